//! Late shipments, and those for which there is no time: each is tried in every other batch and in a batch of its own at
//! every place, until moving one alone helps no more.

use std::sync::Arc;

use super::improve::replaced;
use super::state::State;
use crate::index::ShipmentIdx;
use crate::plan::WaveObjective;
use crate::search::Budget;
use crate::wave::assign::load::{Draft, Load, Wave};
use crate::wave::assign::schedule::schedule;

/// What mending looks at: no time, late shipments, lateness.
fn lateness(o: &WaveObjective) -> (u32, u32, i64) {
    (o.no_time, o.late_shipments, o.late.0)
}

/// Mends as long as it helps or the budget lasts.
pub(super) fn mend(state: &mut State<'_, '_>, budget: &Budget<'_>) {
    while lateness(&state.schedule.objective) > (0, 0, 0) && mend_one(state, budget) {}
}

/// Moves one shipment so that there is less lateness; whether one was found.
fn mend_one(state: &mut State<'_, '_>, budget: &Budget<'_>) -> bool {
    for (w, l, task) in troubled(state) {
        if budget.stop().is_some() {
            return false;
        }
        let asked = state.walker.asked;
        let candidates = moves(state, (w, l), task);
        budget.spend(state.walker.asked - asked);
        for draft in candidates {
            let made = schedule(state.site, &draft);
            budget.spend(1 + draft.waves.len() as u64 / 8);
            if lateness(&made.objective) < lateness(&state.schedule.objective) {
                (state.draft, state.schedule) = (draft, made);
                return true;
            }
            if budget.stop().is_some() {
                return false;
            }
        }
    }
    false
}

/// The shipments that are late or for which there is no time: wave, load, task.
fn troubled(state: &State<'_, '_>) -> Vec<(usize, usize, u32)> {
    let site = state.site;
    let mut found = Vec::new();
    let leaving = state.schedule.departures(site, &state.draft);
    let mut late = vec![false; site.tasks.len()];
    for l in &leaving {
        late[l.task as usize] = l.late.0 > 0;
    }
    for (w, wave) in state.draft.waves.iter().enumerate() {
        for (l, load) in wave.loads.iter().enumerate() {
            let end = state.schedule.placed[w][l].and(state.schedule.times[w]).map(|t| t.end);
            // A shipment in portions stands for all of them where the first one is.
            for &task in load
                .tasks
                .iter()
                .filter(|&&task| site.portions[task as usize].number == 0)
            {
                let class = site.class_of[task as usize];
                let is_late = end.is_none_or(|end| {
                    if site.classes[class as usize].is_limited {
                        late[task as usize]
                    } else {
                        site.late(class, end).0 > 0
                    }
                });
                if is_late {
                    found.push((w, l, task));
                }
            }
        }
    }
    found
}

/// The plans in which a shipment that is picked in several tours is a wave of its own, at any place.
fn in_own_wave(state: &State<'_, '_>, wave: usize, shipment: ShipmentIdx) -> Vec<Draft> {
    let site = state.site;
    let is_own = |load: &Arc<Load>| load.portion(site).is_some_and(|(of, _)| of == shipment);
    let loads = state.draft.waves[wave].loads.iter();
    let (own, rest): (Vec<Arc<Load>>, Vec<Arc<Load>>) = loads.cloned().partition(is_own);
    let mut others = state.draft.clone();
    if rest.is_empty() {
        others.waves.remove(wave);
    } else {
        let Some(rest) = Wave::new(site, rest) else {
            return Vec::new();
        };
        others.waves[wave] = Arc::new(rest);
    }
    let Some(own) = Wave::new(site, own).map(Arc::new) else {
        return Vec::new();
    };
    let at_place = |at: usize| {
        let mut draft = others.clone();
        draft.waves.insert(at, Arc::clone(&own));
        draft
    };
    (0..=others.waves.len()).map(at_place).collect()
}

/// The plans in which this task alone is elsewhere.
fn moves(state: &mut State<'_, '_>, from: (usize, usize), task: u32) -> Vec<Draft> {
    let site = state.site;
    let load = Arc::clone(&state.draft.waves[from.0].loads[from.1]);
    let group = load.group(site);
    if let Some((shipment, _)) = load.portion(site) {
        return in_own_wave(state, from.0, shipment);
    }
    let (left, picks) = load.without(site, &mut state.walker, task);
    let left = left.map(Arc::new);
    let mut made = Vec::new();
    for (w, wave) in state.draft.waves.iter().enumerate() {
        if wave.group(site) != group {
            continue;
        }
        for (l, other) in wave.loads.iter().enumerate() {
            if (w, l) == from {
                continue;
            }
            let Some(with) = other.with(site, &mut state.walker, task, &picks) else {
                continue;
            };
            let changes = [(from, left.clone()), ((w, l), Some(Arc::new(with)))];
            made.extend(replaced(site, &state.draft, &changes, None));
        }
    }
    // In a batch of its own: in a wave that there is, or in a wave of its own anywhere.
    let Some(alone) = Load::new(site, &mut state.walker, vec![task], picks) else {
        return made;
    };
    let alone = Arc::new(alone);
    let same: Vec<usize> = (0..state.draft.waves.len())
        .filter(|&w| state.draft.waves[w].group(site) == group)
        .collect();
    for w in same {
        made.extend(replaced(
            site,
            &state.draft,
            &[(from, left.clone())],
            Some(&(w, Arc::clone(&alone))),
        ));
    }
    let is_alone = load.tasks.len() == 1 && state.draft.waves[from.0].loads.len() == 1;
    let rest = replaced(site, &state.draft, &[(from, left)], None);
    if let (false, Some(wave), Some(rest)) = (is_alone, Wave::new(site, vec![alone]), rest) {
        let wave = Arc::new(wave);
        for at in 0..=rest.waves.len() {
            let mut draft = rest.clone();
            draft.waves.insert(at, Arc::clone(&wave));
            made.push(draft);
        }
    }
    made
}
