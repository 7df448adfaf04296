//! Calendars: when a shipment leaves, what it may wait for, and when it arrives.

use crate::index::{NodeIdx, ServiceIdx, SkuIdx};
use crate::model::{Problem, Weekdays};
use crate::quantity::Date;

/// The day on which a shipment leaves a node by a service: the first service day from the node's ready date on; on the
/// ready date itself the full local ready time must not be after the cut-off.
#[must_use]
pub fn leaves(problem: &Problem, service: ServiceIdx, node: NodeIdx) -> Date {
    let s = &problem.services()[service];
    let ready = problem.nodes()[node].ready;
    let today = s.days.contains(ready.date.iso_weekday()) && s.cutoff.is_none_or(|cutoff| ready.time <= cutoff);
    if today {
        ready.date
    } else {
        next_service_day(s.days, ready.date)
    }
}

/// The day on which a shipment leaves that waits for stock of the date `from`: the first service day from then on, but not
/// before it could leave without waiting. The cut-off is only of the ready date.
#[must_use]
pub fn leaves_from(problem: &Problem, service: ServiceIdx, node: NodeIdx, from: Option<Date>) -> Date {
    let earliest = leaves(problem, service, node);
    let days = problem.services()[service].days;
    match from {
        Some(from) if from > earliest && days.contains(from.iso_weekday()) => from,
        Some(from) if from > earliest => next_service_day(days, from),
        _ => earliest,
    }
}

/// The dates after the node's ready date from which more of one of the SKUs is there, rising: what a shipment of them may
/// wait for.
#[must_use]
pub fn waits(problem: &Problem, node: NodeIdx, skus: impl IntoIterator<Item = SkuIdx>) -> Vec<Date> {
    if !problem.chains().is_dated() {
        return Vec::new();
    }
    let ready = problem.nodes()[node].ready.date;
    let rows = skus.into_iter().flat_map(|sku| problem.stock_at(node, sku));
    let dates = rows.filter_map(|r| problem.stock()[r as usize].available_from);
    let mut dates: Vec<Date> = dates.filter(|&d| d > ready).collect();
    dates.sort_unstable();
    dates.dedup();
    dates
}

/// The day on which it arrives: `transit_days` service days after it leaves.
#[must_use]
pub fn arrives(problem: &Problem, service: ServiceIdx, leaves: Date, transit_days: u32) -> Date {
    let days = problem.services()[service].days;
    let per_week = (1..=7).filter(|&d| days.contains(d)).count() as u32;
    // Whole weeks hold the same number of service days wherever they start.
    let weeks = transit_days.saturating_sub(1) / per_week;
    let rest = transit_days - weeks * per_week;
    let start = Date::from_days(leaves.days() + 7 * weeks as i32);
    (0..rest).fold(start, |date, _| next_service_day(days, date))
}

/// Calendar days from the promised date to the arrival, at least 0; 0 where either is not given.
#[must_use]
pub fn days_late(deliver_by: Option<Date>, arrives: Option<Date>) -> u32 {
    match (deliver_by, arrives) {
        (Some(by), Some(on)) => on.days_since(by).max(0) as u32,
        _ => 0,
    }
}

/// The first service day after `date`; the set of days is never empty.
fn next_service_day(days: Weekdays, date: Date) -> Date {
    let mut date = date.next();
    while !days.contains(date.iso_weekday()) {
        date = date.next();
    }
    date
}
