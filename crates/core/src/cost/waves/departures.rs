//! Departures: when a service leaves a node, which departure a shipment is due to make, and which it makes.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use crate::index::{Idx as _, ServiceIdx, ShipmentIdx};
use crate::model::Problem;
use crate::model::floor::Floor;
use crate::plan::{Carriage, Shipment};
use crate::quantity::{Date, Moment, Seconds};

/// How many days after the day on which a shipment leaves a departure is looked for where that day has none.
const DAYS_AFTER: i32 = 14;

/// The departures of a service on a date by time, then file order, each with the parcels that it takes (`None` = any).
///
/// A service that has no row for the node leaves on its service days at its cut-off, or without one when the day ends. A
/// service that is not listed in `services.csv` and has no row does not leave.
#[must_use]
pub fn departures_on(problem: &Problem, floor: &Floor, service: ServiceIdx, date: Date) -> Vec<(Moment, Option<u32>)> {
    let clock = floor.clock();
    let mut rows = floor.departures_of(service).peekable();
    if rows.peek().is_some() {
        let mut list: Vec<_> = rows
            .filter_map(|(_, d)| Some((d.on(date, clock)?, d.max_parcels)))
            .collect();
        list.sort_by_key(|d| d.0); // stable
        return list;
    }
    match problem.services().as_slice().get(service.get()) {
        Some(s) if s.days.contains(date.iso_weekday()) && clock.has(date) => {
            let end = || clock.midnight(date.next());
            vec![(s.cutoff.map_or_else(end, |time| clock.moment(date, time)), None)]
        }
        _ => Vec::new(),
    }
}

/// The departure that a shipment is due to make: the last one, not before now, on the day on which it leaves by the
/// routing plan; where that day has none, the first one after that day, not before now. `None` for pickup, for a shipment
/// without such a day, and where there is no departure in the 14 days after it.
#[must_use]
pub fn due(problem: &Problem, floor: &Floor, shipment: &Shipment) -> Option<Moment> {
    let (Carriage::Service(service), Some(day)) = (shipment.carriage, shipment.leaves_on) else {
        return None;
    };
    let on = |date| departures_on(problem, floor, service, date).into_iter().map(|d| d.0);
    let in_time = |moment: &Moment| *moment >= floor.now();
    on(day).filter(in_time).max().or_else(|| {
        let mut later = (1..=DAYS_AFTER).map(|n| Date::from_days(day.days() + n));
        later.find_map(|date| on(date).find(in_time))
    })
}

/// The days on which departures are looked for, as numbers of dates: from yesterday to the last day of the plan, or to that on
/// which a shipment is due last.
#[must_use]
pub fn departure_days(floor: &Floor, last_due: Option<Moment>) -> RangeInclusive<i32> {
    let first = floor.today().days() - 1;
    let last = first + 1 + floor.rules().horizon_days as i32;
    first..=last_due.map_or(last, |due| last.max(floor.clock().date(due).days()))
}

/// The departures of a service over some days, by time, each with the parcels that it still takes.
#[derive(Clone, Debug)]
pub struct Timetable(Vec<(Moment, i64)>);

impl Timetable {
    /// No limit.
    const ANY: i64 = i64::MAX;

    /// The departures on these days, as numbers of dates.
    #[must_use]
    pub fn new(problem: &Problem, floor: &Floor, service: ServiceIdx, days: RangeInclusive<i32>) -> Self {
        let dates = days.map(Date::from_days);
        let all = dates.flat_map(|date| departures_on(problem, floor, service, date));
        let mut list: Vec<_> = all.map(|(at, room)| (at, room.map_or(Self::ANY, i64::from))).collect();
        list.sort_by_key(|d| d.0); // stable
        Self(list)
    }

    /// Whether one of them takes only so many parcels.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.0.iter().any(|d| d.1 != Self::ANY)
    }

    /// The first departure not before a moment, whatever it takes.
    #[must_use]
    pub fn first(&self, from: Moment) -> Option<Moment> {
        Some(self.0.get(self.after(from))?.0)
    }

    /// Takes room for parcels in the first departure, not before a moment, that has it; the departure.
    pub fn take(&mut self, from: Moment, parcels: i64) -> Option<Moment> {
        let from = self.after(from);
        let (at, room) = self.0[from..].iter_mut().find(|d| d.1 >= parcels)?;
        if *room != Self::ANY {
            *room -= parcels;
        }
        Some(*at)
    }

    fn after(&self, from: Moment) -> usize {
        self.0.partition_point(|d| d.0 < from)
    }
}

/// How late a shipment is that is due at a moment and makes a departure, or none.
#[must_use]
pub fn lateness(floor: &Floor, due: Moment, departs: Option<Moment>) -> Seconds {
    match departs {
        Some(at) => (at - due).max(Seconds(0)),
        None => (floor.horizon() - due).max(Seconds(1)),
    }
}

/// A shipment that is to depart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    /// The shipment.
    pub shipment: ShipmentIdx,
    /// By what it travels.
    pub carriage: Carriage,
    /// Its parcels.
    pub parcels: i64,
    /// Its priority.
    pub priority: u8,
    /// The departure that it is due to make.
    pub due: Option<Moment>,
    /// When its wave ends.
    pub end: Moment,
}

/// The departure that each shipment makes, and how late it is; in the order of `ready`.
///
/// By rising (due, priority, shipment), each takes the first departure of its service that is not before its wave's end
/// and has room for its parcels. Departures are looked for up to the horizon of the floor, or the last day on which a
/// shipment is due, if that is later. Where there is none, the shipment is as late as the horizon, and at least a second.
/// A shipment that is not due departs with none and is not late.
#[must_use]
pub fn depart(problem: &Problem, floor: &Floor, ready: &[Ready]) -> Vec<(Option<Moment>, Seconds)> {
    let last_due = ready.iter().filter_map(|r| r.due).max();
    let days = departure_days(floor, last_due);
    let mut order: Vec<usize> = (0..ready.len()).filter(|&n| ready[n].due.is_some()).collect();
    order.sort_by_key(|&n| (ready[n].due, ready[n].priority, ready[n].shipment));
    let mut timetables: HashMap<ServiceIdx, Timetable> = HashMap::new();
    let mut made = vec![(None, Seconds(0)); ready.len()];
    for n in order {
        let r = &ready[n];
        let (Carriage::Service(service), Some(due)) = (r.carriage, r.due) else {
            continue;
        };
        let timetable = timetables
            .entry(service)
            .or_insert_with(|| Timetable::new(problem, floor, service, days.clone()));
        let departs = timetable.take(r.end, r.parcels);
        made[n] = (departs, lateness(floor, due, departs));
    }
    made
}
