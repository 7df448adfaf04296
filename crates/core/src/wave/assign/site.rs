//! The floor and its work as planning sees them: sizes that add up, what is due when, and when pickers work.

use std::collections::{BTreeMap, HashMap};

use super::portions::{Portion, portions};
use crate::cost::waves::Task;
use crate::cost::waves::departures::{Timetable, departure_days, lateness};
use crate::cost::waves::times::packing;
use crate::index::{CartIdx, LineIdx, ServiceIdx, ShiftIdx, ShipmentIdx};
use crate::model::Problem;
use crate::model::floor::{Floor, ReleaseMode, WaveLimits};
use crate::plan::Carriage;
use crate::quantity::{Date, Grams, Moment, Seconds, Volume};

/// What limits of waves count, and the work of packing; adds up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub shipments: u32,
    pub lines: u32,
    pub units: u64,
    pub weight: i64,
    pub volume: i64,
    /// Thousandths of a second of one packer.
    pub packing: i64,
}

impl Size {
    pub(crate) fn plus(mut self, other: &Self) -> Self {
        self.shipments += other.shipments;
        self.lines += other.lines;
        self.units += other.units;
        self.weight = self.weight.saturating_add(other.weight);
        self.volume = self.volume.saturating_add(other.volume);
        self.packing = self.packing.saturating_add(other.packing);
        self
    }

    /// Whether a wave may hold so much; one shipment alone always may.
    fn within(&self, limits: &WaveLimits) -> bool {
        let fits = |amount: i64, limit: Option<i64>| limit.is_none_or(|limit| amount <= limit);
        self.shipments <= 1
            || (fits(self.shipments.into(), limits.shipments.map(i64::from))
                && fits(self.lines.into(), limits.lines.map(i64::from))
                && fits(self.units as i64, limits.units.map(i64::from))
                && fits(self.weight, limits.weight.map(|w| w.0))
                && fits(self.volume, limits.volume.map(|v| v.0)))
    }
}

/// Shipments that are late alike: of one service, due at one moment, and of one priority where the service's departures
/// take only so many parcels.
#[derive(Clone, Debug)]
pub(crate) struct DueClass {
    pub due: Option<Moment>,
    /// Position of the service's departures in the timetables of the site.
    timetable: usize,
    /// Whether one of them takes only so many.
    pub is_limited: bool,
}

/// One shift on one day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub date: Date,
    pub shift: ShiftIdx,
    /// Not before now.
    pub start: Moment,
    pub end: Moment,
    pub pickers: u32,
}

/// A floor and its work.
pub(crate) struct Site<'a> {
    pub problem: &'a Problem,
    pub floor: &'a Floor,
    /// Shipments, and the portions of those that no cart takes whole, one after another.
    pub tasks: Vec<Task>,
    /// Of each task, which portion of its shipment it is.
    pub portions: Vec<Portion>,
    /// Shipments of which there would be more portions than can be picked.
    pub endless: Vec<ShipmentIdx>,
    /// Of each task; what counts once for a shipment is that of its first portion.
    pub sizes: Vec<Size>,
    /// Position of each task's class in [`classes`](Self::classes).
    pub class_of: Vec<u32>,
    pub classes: Vec<DueClass>,
    timetables: Vec<Timetable>,
    /// Tasks of limited classes in the order in which departures make room for them.
    pub in_turn: Vec<u32>,
    /// By start.
    pub turns: Vec<Turn>,
    /// In the mode `fixed`: the moments at which waves may be released, rising.
    pub releases: Vec<Moment>,
    /// Most shipments of a wave, by its limit and by that of open shipments.
    limits: WaveLimits,
}

impl<'a> Site<'a> {
    /// The site of a floor with this work, which can all be done.
    pub(crate) fn new(problem: &'a Problem, floor: &'a Floor, tasks: Vec<Task>) -> Self {
        let rules = floor.rules();
        let mut limits = rules.limits;
        limits.shipments = [limits.shipments, rules.max_open].into_iter().flatten().min();
        let mut site = Self {
            problem,
            floor,
            sizes: Vec::with_capacity(tasks.len()),
            portions: Vec::with_capacity(tasks.len()),
            endless: Vec::new(),
            class_of: Vec::with_capacity(tasks.len()),
            classes: Vec::new(),
            timetables: Vec::new(),
            in_turn: Vec::new(),
            turns: turns(floor),
            releases: releases(floor),
            limits,
            tasks: Vec::with_capacity(tasks.len()),
        };
        for task in tasks {
            site.add(&task);
        }
        site.classify();
        site
    }

    /// Adds a shipment, in portions where no cart takes it whole.
    fn add(&mut self, task: &Task) {
        let parts = portions(self.problem, self.floor, task);
        if parts.is_empty() {
            self.endless.push(task.shipment);
        }
        let of = parts.len() as u32;
        let mut counted: Vec<LineIdx> = Vec::new();
        for (part, number) in parts.into_iter().zip(0..) {
            let mut size = size(self.floor, &part);
            if number == 0 {
                size.packing = packing(self.floor.rates(), task.lines(), task.units).0;
            } else {
                (size.shipments, size.packing) = (0, 0);
            }
            // A line counts where it is picked first.
            size.lines = part.fills.iter().filter(|fill| !counted.contains(&fill.line)).count() as u32;
            counted.extend(part.fills.iter().map(|fill| fill.line));
            self.sizes.push(size);
            self.portions.push(Portion { number, of });
            self.tasks.push(part);
        }
    }

    fn classify(&mut self) {
        let days = departure_days(self.floor, self.tasks.iter().filter_map(|task| task.due).max());
        let mut timetable_of: HashMap<ServiceIdx, usize> = HashMap::new();
        let mut known: BTreeMap<(Carriage, Option<Moment>), u32> = BTreeMap::new();
        for task in &self.tasks {
            let due = match task.carriage {
                Carriage::Service(_) => task.due,
                Carriage::Pickup => None,
            };
            let class = *known.entry((task.carriage, due)).or_insert_with(|| {
                let timetable = match (task.carriage, due) {
                    (Carriage::Service(service), Some(_)) => *timetable_of.entry(service).or_insert_with(|| {
                        let all = Timetable::new(self.problem, self.floor, service, days.clone());
                        self.timetables.push(all);
                        self.timetables.len() - 1
                    }),
                    _ => usize::MAX,
                };
                let is_limited = timetable != usize::MAX && self.timetables[timetable].is_limited();
                self.classes.push(DueClass {
                    due,
                    timetable,
                    is_limited,
                });
                self.classes.len() as u32 - 1
            });
            self.class_of.push(class);
        }
        let limited = |&n: &u32| {
            self.portions[n as usize].number == 0 && self.classes[self.class_of[n as usize] as usize].is_limited
        };
        let mut in_turn: Vec<u32> = (0..self.tasks.len() as u32).filter(limited).collect();
        in_turn.sort_by_key(|&n| {
            let task = &self.tasks[n as usize];
            (task.due, task.group.priority, task.shipment)
        });
        self.in_turn = in_turn;
    }

    /// How late a shipment of a class is that ends then, where departures take any number of parcels.
    pub(crate) fn late(&self, class: u32, end: Moment) -> Seconds {
        let class = &self.classes[class as usize];
        let Some(due) = class.due else { return Seconds(0) };
        lateness(self.floor, due, self.timetables[class.timetable].first(end))
    }

    /// The departures that tasks of limited classes make when they end then (`None` = never), in the order of
    /// [`in_turn`](Self::in_turn), each with how late that is.
    pub(crate) fn depart_in_turn(&self, end: impl Fn(u32) -> Option<Moment>) -> Vec<(Option<Moment>, Seconds)> {
        let mut room: HashMap<usize, Timetable> = HashMap::new();
        let of = |&task: &u32| {
            let class = &self.classes[self.class_of[task as usize] as usize];
            let (Some(due), Some(end)) = (class.due, end(task)) else {
                return (None, Seconds(0));
            };
            let parcels = self.tasks[task as usize].parcels;
            let timetable = room
                .entry(class.timetable)
                .or_insert_with(|| self.timetables[class.timetable].clone());
            let departs = timetable.take(end, parcels);
            (departs, lateness(self.floor, due, departs))
        };
        self.in_turn.iter().map(of).collect()
    }

    /// Whether a wave may hold so much of so many services.
    pub(crate) fn may_be_wave(&self, size: &Size, docks: usize) -> bool {
        size.within(&self.limits) && self.limits.docks.is_none_or(|most| docks <= most as usize)
    }

    /// Most docks of a wave.
    pub(crate) const fn docks(&self) -> Option<u32> {
        self.limits.docks
    }

    /// What limits a batch beside its cart: a batch is within one wave.
    pub(crate) const fn limits(&self) -> &WaveLimits {
        &self.limits
    }

    /// The earliest moment at which a tour may begin.
    pub(crate) fn opening(&self) -> Moment {
        let now = self.floor.now();
        self.releases.first().map_or(now, |first| now.max(*first))
    }

    /// Whether a cart takes these tasks together.
    pub(crate) fn cart_takes(&self, cart: CartIdx, tasks: &[u32]) -> bool {
        let cart = &self.floor.carts()[cart];
        let mut sum = Size::default();
        let mut bins = 0i64;
        for &n in tasks {
            sum = sum.plus(&self.sizes[n as usize]);
            bins = bins.saturating_add(self.tasks[n as usize].bins(cart));
        }
        cart.holds(
            tasks.len() as u32,
            sum.units as i64,
            Grams(sum.weight),
            Volume(sum.volume),
            bins,
        )
    }

    /// The carts that take these tasks together: those of which there are always enough first, then by number.
    pub(crate) fn carts_for(&self, tasks: &[u32]) -> Vec<CartIdx> {
        let carts = self.floor.carts();
        let mut fit: Vec<CartIdx> = carts.indices().filter(|&cart| self.cart_takes(cart, tasks)).collect();
        fit.sort_by_key(|&cart| carts[cart].count.is_some()); // stable
        fit
    }
}

fn size(floor: &Floor, task: &Task) -> Size {
    Size {
        shipments: 1,
        lines: task.lines(),
        units: task.units,
        weight: task.weight.0,
        volume: task.volume.0,
        packing: packing(floor.rates(), task.lines(), task.units).0,
    }
}

/// The shifts of all days of the plan, as far as they are not over, by start.
fn turns(floor: &Floor) -> Vec<Turn> {
    let mut turns = Vec::new();
    for date in floor.shift_dates() {
        for (shift, s) in floor.shifts().iter_enumerated() {
            if let Some((start, end)) = s.on(date, floor.clock())
                && end > floor.now()
            {
                turns.push(Turn {
                    date,
                    shift,
                    start: start.max(floor.now()),
                    end,
                    pickers: s.pickers,
                });
            }
        }
    }
    turns.sort_by_key(|turn| turn.start); // stable: by date, then shift
    turns
}

/// The moments of release of the mode `fixed`, from now to the horizon.
fn releases(floor: &Floor) -> Vec<Moment> {
    if floor.rules().mode != ReleaseMode::Fixed {
        return Vec::new();
    }
    let clock = floor.clock();
    let days = floor.today().days()..=clock.date(floor.horizon()).days();
    let dates = days.map(Date::from_days).filter(|&date| clock.has(date));
    let all = dates.flat_map(|date| floor.rules().releases.iter().map(move |&time| clock.moment(date, time)));
    let mut list: Vec<Moment> = all.filter(|at| *at >= floor.now()).collect();
    list.sort_unstable();
    list.dedup();
    list
}
