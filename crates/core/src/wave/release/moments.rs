//! When waves are released, by mode.
//!
//! In the mode `fixed` at one of the times of day, so that the lines of all releases are as even as they can be (the latest
//! time where only so many shipments may be open); in the others when the first tour of the wave begins, as early as can be, which
//! in the mode `cutoff` is put off afterwards ([`back`](crate::wave::assign::back)).

use std::collections::HashSet;

use crate::model::floor::ReleaseMode;
use crate::quantity::{Moment, Seconds};
use crate::wave::assign::load::Draft;
use crate::wave::assign::schedule::Schedule;
use crate::wave::assign::site::Site;

/// The first moment at or after another at which a wave may be released.
pub(crate) fn at_or_after(site: &Site<'_>, from: Moment) -> Moment {
    if site.floor.rules().mode != ReleaseMode::Fixed {
        return from.max(site.floor.now());
    }
    let next = site.releases.get(site.releases.partition_point(|at| *at < from));
    // After the last release there is no picker either: shifts begin before the horizon.
    next.copied().unwrap_or(Moment(i64::MAX))
}

/// Chooses the release of every wave whose tours have their times.
pub(crate) fn choose(site: &Site<'_>, draft: &Draft, schedule: &mut Schedule) {
    if site.floor.rules().mode != ReleaseMode::Fixed {
        if site.floor.rules().max_open.is_none() {
            apart(site, schedule);
        }
        return; // when the first tour begins
    }
    let last_before = |start: Moment| site.releases.partition_point(|at| *at <= start).saturating_sub(1);
    if site.floor.rules().max_open.is_some() {
        for times in schedule.times.iter_mut().flatten() {
            times.release = site.releases[last_before(times.start)];
        }
        return;
    }
    let mut waves: Vec<(u64, usize)> = Vec::new();
    for n in 0..schedule.times.len() {
        if schedule.times[n].is_some() {
            waves.push((schedule.placed_of(draft, n).0.into(), n));
        }
    }
    waves.sort_by_key(|&(lines, n)| (std::cmp::Reverse(lines), n));
    let mut load = vec![0u64; site.releases.len()];
    for (lines, n) in waves {
        if let Some(times) = &mut schedule.times[n] {
            let least = (0..=last_before(times.start)).min_by_key(|&at| (load[at], std::cmp::Reverse(at)));
            let at = least.unwrap_or_default();
            load[at] += lines;
            times.release = site.releases[at];
        }
    }
}

/// Waves whose first tours begin in the same second are released in seconds of their own, as far as there are any since now.
fn apart(site: &Site<'_>, schedule: &mut Schedule) {
    let mut taken: HashSet<Moment> = schedule.times.iter().flatten().map(|t| t.release).collect();
    let mut seen: HashSet<Moment> = HashSet::new();
    for times in schedule.times.iter_mut().flatten() {
        if !seen.insert(times.release) {
            let mut at = times.release;
            while taken.contains(&at) && at > site.floor.now() {
                at = at - Seconds(1);
            }
            times.release = at;
            taken.insert(at);
        }
    }
}
