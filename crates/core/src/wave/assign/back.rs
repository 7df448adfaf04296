//! The same schedule as late as is safe: back-scheduling from the departures.
//!
//! Waves keep their order of packing, and a wave that is late or tight keeps its time. Every other may be packed as late as
//! its safety time before the first of its departures allows, its tours end by then, and each tour, the last one first, goes
//! to the picker with whom it can begin last.

use super::load::Draft;
use super::schedule::{Placed, Schedule};
use super::site::Site;
use crate::cost::waves::times::packed_in;
use crate::quantity::{Millis, Moment, Seconds};

/// One tour of a schedule.
#[derive(Clone, Copy)]
struct Tour {
    wave: usize,
    load: usize,
    time: Seconds,
    at: Placed,
}

/// What of a picker's shift or of the use of a cart is still as it was, and from when on it is as it will be.
#[derive(Clone, Default)]
struct Line {
    /// Ends of tours that are not moved yet, rising.
    before: Vec<Moment>,
    /// Start of the first tour that is.
    after: Option<Moment>,
}

/// The schedule with every wave as late as is safe, where that is worth no less but for the evenness of releases.
///
/// Where departures take only so many parcels, shipments that all wait for the last one may find no room in it. Then they keep
/// the departures that they make.
pub(crate) fn as_late_as_safe(site: &Site<'_>, draft: &Draft, schedule: Schedule) -> Schedule {
    for keep in [false, true] {
        let late = put_off(site, draft, &schedule, keep);
        if late.worth() <= schedule.worth() {
            return late;
        }
        if site.in_turn.is_empty() {
            break;
        }
    }
    schedule
}

/// The schedule put off; with `keep` no shipment of a limited departure leaves with a later one.
fn put_off(site: &Site<'_>, draft: &Draft, schedule: &Schedule, keep: bool) -> Schedule {
    let latest = latest_picked(site, draft, schedule, keep);
    let mut tours: Vec<Tour> = Vec::new();
    for (wave, placed) in schedule.placed.iter().enumerate() {
        for (load, at) in placed.iter().enumerate() {
            if let Some(at) = *at {
                let time = draft.waves[wave].loads[load].time;
                tours.push(Tour { wave, load, time, at });
            }
        }
    }
    tours.sort_by_key(|t| (t.at.start, t.at.turn, t.at.picker, t.wave, t.load));
    let mut pickers: Vec<Vec<Line>> = vec![Vec::new(); site.turns.len()];
    let mut carts: Vec<Vec<Line>> = vec![Vec::new(); site.floor.carts().len()];
    for tour in &tours {
        line(&mut pickers[tour.at.turn as usize], tour.at.picker)
            .before
            .push(tour.at.start + tour.time);
        line(&mut carts[tour.at.cart.0 as usize], tour.at.cart_number)
            .before
            .push(tour.at.start + tour.time);
    }
    let mut made = schedule.clone();
    for tour in tours.iter().rev() {
        let own = &mut pickers[tour.at.turn as usize][tour.at.picker as usize];
        own.before.pop();
        let cart = &mut carts[tour.at.cart.0 as usize][tour.at.cart_number as usize];
        cart.before.pop();
        let limited = site.floor.carts()[tour.at.cart].count.is_some();
        let by = latest[tour.wave].min(cart.after.filter(|_| limited).unwrap_or(Moment(i64::MAX)));
        let mut best = tour.at;
        for (t, turn) in site.turns.iter().enumerate().skip(tour.at.turn as usize) {
            let end = by.min(turn.end);
            if end - tour.time <= best.start || end - tour.time < turn.start {
                continue;
            }
            for (number, line) in pickers[t].iter().enumerate() {
                let start = line.after.map_or(end, |after| end.min(after)) - tour.time;
                let free = line.before.last().copied().unwrap_or(turn.start).max(turn.start);
                if start > best.start && start >= free {
                    best = Placed {
                        turn: t as u32,
                        picker: number as u32,
                        start,
                        ..best
                    };
                }
            }
            // One who has not walked in this shift so far.
            let idle = pickers[t].len() as u32;
            if idle < turn.pickers && end - tour.time > best.start {
                best = Placed {
                    turn: t as u32,
                    picker: idle,
                    start: end - tour.time,
                    ..best
                };
            }
        }
        line(&mut pickers[best.turn as usize], best.picker).after = Some(best.start);
        carts[tour.at.cart.0 as usize][tour.at.cart_number as usize].after = Some(best.start);
        made.placed[tour.wave][tour.load] = Some(best);
    }
    made.settle(site, draft);
    made
}

fn line(lines: &mut Vec<Line>, number: u32) -> &mut Line {
    let n = number as usize;
    if lines.len() <= n {
        lines.resize(n + 1, Line::default());
    }
    &mut lines[n]
}

/// By when the last tour of each wave has to end.
fn latest_picked(site: &Site<'_>, draft: &Draft, schedule: &Schedule, keep: bool) -> Vec<Moment> {
    let mut latest_end = latest_ends(site, draft, schedule, keep);
    let mut latest = vec![Moment(i64::MAX); draft.waves.len()];
    let mut next_begin = Moment(i64::MAX);
    let mut next_picked = Moment(i64::MAX);
    for n in schedule.packing_order(draft).into_iter().rev() {
        let Some(times) = schedule.times[n] else { continue };
        let work = schedule.placed_of(draft, n).2;
        let end = latest_end[n].min(next_begin);
        let begin = end - packed_in(site.floor.rates(), Millis(work));
        // Waves that end together are packed by another rule: none is put at the end of the next one.
        let picked = begin.min(next_picked - Seconds(1)).max(times.picked);
        (latest_end[n], latest[n]) = (end, picked);
        (next_begin, next_picked) = (begin, picked);
    }
    latest
}

/// By when each wave has to be packed so that all of its shipments still make their departures, and safely.
fn latest_ends(site: &Site<'_>, draft: &Draft, schedule: &Schedule, keep: bool) -> Vec<Moment> {
    let safety = site.floor.rules().safety;
    let mut latest = Vec::with_capacity(draft.waves.len());
    for (wave, times) in draft.waves.iter().zip(&schedule.times) {
        let Some(times) = times else {
            latest.push(Moment(i64::MAX));
            continue;
        };
        let safe = wave.due.map_or(times.end, |due| due - safety);
        latest.push(if safe < times.end { times.end } else { safe });
    }
    for leaving in schedule.departures(site, draft) {
        let is_late = leaving.late.0 > 0;
        if !keep && !is_late {
            continue;
        }
        let by = leaving.departs.filter(|_| !is_late).unwrap_or(leaving.end);
        latest[leaving.wave] = latest[leaving.wave].min(by);
    }
    latest
}
