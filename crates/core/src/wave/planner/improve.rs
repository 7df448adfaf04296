//! The search over waves: shipments to other batches, batches to other waves, waves joined, split and put elsewhere. A change
//! stays where the schedule that follows from it is worth more.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::state::State;
use crate::plan::WaveGroup;
use crate::search::{Budget, Random};
use crate::wave::assign::load::{Draft, Load, Wave};
use crate::wave::assign::schedule::schedule;
use crate::wave::assign::site::Site;

/// Work for each task where nothing limits the call.
pub(super) const WORK_PER_TASK: u64 = 4_000;
/// Batches in which a shipment is tried before the best is taken.
const TRIED: usize = 8;

/// Kicks after the first climb, on floors of at most so many tasks.
const KICKS: usize = 24;
const MOST_KICKED: usize = 400;

/// Where a load is: its wave, and its place in that.
type At = (usize, usize);

/// Searches until the budget is spent, or until so many changes in a row, also after some kicks, do not help that there is
/// little hope.
pub(super) fn improve(state: &mut State<'_, '_>, seed: u64, budget: &Budget<'_>) {
    let mut random = Random::stream(seed, "waves", u64::from(state.site.floor.node().0));
    climb(state, &mut random, budget);
    let kicks = if state.site.tasks.len() <= MOST_KICKED {
        KICKS
    } else {
        0
    };
    for _ in 0..kicks {
        if budget.stop().is_some() {
            break;
        }
        let best = (state.draft.clone(), state.schedule.clone());
        kick(state, &mut random, budget);
        climb(state, &mut random, budget);
        if best.1.objective <= state.schedule.objective {
            (state.draft, state.schedule) = best;
        }
    }
}

/// Takes every change that helps until none does for long.
fn climb(state: &mut State<'_, '_>, random: &mut Random, budget: &Budget<'_>) {
    let mut index = Index::new(state);
    let (mut idle, mut most) = (0, index.patience());
    while budget.stop().is_none() && idle < most {
        let asked = state.walker.asked;
        let proposed = propose(state, &index, random);
        budget.spend(1 + state.walker.asked - asked);
        idle += 1;
        let Some(draft) = proposed else { continue };
        budget.spend(index.loads.len() as u64 / 8);
        if state.offer(draft) {
            index = Index::new(state);
            (idle, most) = (0, index.patience());
        }
    }
}

/// Makes some changes whatever they cost.
fn kick(state: &mut State<'_, '_>, random: &mut Random, budget: &Budget<'_>) {
    for _ in 0..2 + random.below(4) {
        let index = Index::new(state);
        let proposed = propose(state, &index, random);
        budget.spend(1 + index.loads.len() as u64 / 8);
        if let Some(draft) = proposed {
            state.schedule = schedule(state.site, &draft);
            state.draft = draft;
        }
    }
}

/// Where the loads of each group are.
struct Index {
    loads: Vec<At>,
    groups: BTreeMap<WaveGroup, Vec<At>>,
}

impl Index {
    fn new(state: &State<'_, '_>) -> Self {
        let mut index = Self {
            loads: Vec::new(),
            groups: BTreeMap::new(),
        };
        for (w, wave) in state.draft.waves.iter().enumerate() {
            let group = index.groups.entry(wave.group(state.site)).or_default();
            for l in 0..wave.loads.len() {
                index.loads.push((w, l));
                group.push((w, l));
            }
        }
        index
    }

    fn patience(&self) -> usize {
        1_000 + 100 * self.loads.len()
    }
}

fn propose(state: &mut State<'_, '_>, index: &Index, random: &mut Random) -> Option<Draft> {
    let at = *random.pick(&index.loads)?;
    let group = &index.groups[&state.draft.waves[at.0].group(state.site)];
    match random.below(16) {
        0..=4 => relocate(state, at, group, random),
        5..=8 => swap(state, at, group, random),
        9 => join_loads(state, at, group, random),
        10 => split(state, at, random),
        11 => join_waves(state, at.0, group, random),
        12 | 13 => elsewhere(state, at.0, random),
        _ => move_load(state, at, group, random),
    }
}

/// Whether only shorter tours can help: nothing is late or tight.
fn is_calm(state: &State<'_, '_>) -> bool {
    let o = &state.schedule.objective;
    (o.no_time, o.late_shipments, o.tight) == (0, 0, 0)
}

fn load_at(state: &State<'_, '_>, at: At) -> Arc<Load> {
    Arc::clone(&state.draft.waves[at.0].loads[at.1])
}

/// Brings one task to the best of some other batches.
fn relocate(state: &mut State<'_, '_>, from: At, group: &[At], random: &mut Random) -> Option<Draft> {
    let site = state.site;
    let load = load_at(state, from);
    let task = *random.pick(&load.tasks)?;
    let (left, picks) = load.without(site, &mut state.walker, task);
    let saved = load.time.0 - left.as_ref().map_or(0, |l| l.time.0);
    let mut best: Option<(i64, At, Load)> = None;
    for _ in 0..TRIED.min(2 * group.len()) {
        let to = *random.pick(group)?;
        if to == from {
            continue;
        }
        let other = load_at(state, to);
        if let Some(with) = other.with(site, &mut state.walker, task, &picks) {
            let longer = with.time.0 - other.time.0;
            if best.as_ref().is_none_or(|b| longer < b.0) {
                best = Some((longer, to, with));
            }
        }
    }
    let (longer, to, with) = best?;
    if is_calm(state) && longer > saved {
        return None;
    }
    replaced(
        site,
        &state.draft,
        &[(from, left.map(Arc::new)), (to, Some(Arc::new(with)))],
        None,
    )
}

/// Exchanges two tasks of two batches.
fn swap(state: &mut State<'_, '_>, from: At, group: &[At], random: &mut Random) -> Option<Draft> {
    let site = state.site;
    let to = *random.pick(group)?;
    if from == to {
        return None;
    }
    let (x, y) = (load_at(state, from), load_at(state, to));
    let (mine, other) = (*random.pick(&x.tasks)?, *random.pick(&y.tasks)?);
    let picks_mine: Vec<_> = x.picks_of(site, mine).collect();
    let picks_other: Vec<_> = y.picks_of(site, other).collect();
    let exchanged = |state: &mut State<'_, '_>, load: &Load, out: u32, task: u32, picks: &[_]| match load
        .without(site, &mut state.walker, out)
        .0
    {
        Some(left) => left.with(site, &mut state.walker, task, picks),
        None => Load::new(site, &mut state.walker, vec![task], picks.to_vec()),
    };
    let x_new = exchanged(state, &x, mine, other, &picks_other)?;
    let y_new = exchanged(state, &y, other, mine, &picks_mine)?;
    if is_calm(state) && x_new.time.0 + y_new.time.0 > x.time.0 + y.time.0 {
        return None;
    }
    replaced(
        site,
        &state.draft,
        &[(from, Some(Arc::new(x_new))), (to, Some(Arc::new(y_new)))],
        None,
    )
}

/// Makes one batch of two.
fn join_loads(state: &mut State<'_, '_>, a: At, group: &[At], random: &mut Random) -> Option<Draft> {
    let site = state.site;
    let b = *random.pick(group)?;
    let (x, y) = (load_at(state, a), load_at(state, b));
    if a == b {
        return None;
    }
    let order = |n: &u32| site.tasks[*n as usize].order;
    if x.tasks.iter().any(|n| y.tasks.iter().any(|m| order(n) == order(m))) {
        return None;
    }
    let tasks = x.tasks.iter().chain(&y.tasks).copied().collect();
    let picks = x.picks.iter().chain(&y.picks).copied().collect();
    let both = Load::new(site, &mut state.walker, tasks, picks)?;
    replaced(site, &state.draft, &[(a, None), (b, Some(Arc::new(both)))], None)
}

/// Gives one task a batch of its own, in the same wave or a wave of its own before it.
fn split(state: &mut State<'_, '_>, at: At, random: &mut Random) -> Option<Draft> {
    let site = state.site;
    let load = load_at(state, at);
    if is_calm(state) || load.tasks.len() < 2 {
        return None;
    }
    let task = *random.pick(&load.tasks)?;
    let (left, picks) = load.without(site, &mut state.walker, task);
    let alone = Arc::new(Load::new(site, &mut state.walker, vec![task], picks)?);
    let changes = [(at, left.map(Arc::new))];
    if random.chance(500) {
        return replaced(site, &state.draft, &changes, Some(&(at.0, alone)));
    }
    let mut draft = replaced(site, &state.draft, &changes, None)?;
    let wave = Arc::new(Wave::new(site, vec![alone])?);
    let to = random.below(at.0 as u64 + 1) as usize;
    draft.waves.insert(to, wave);
    Some(draft)
}

/// Makes one wave of two, in the place of either.
fn join_waves(state: &State<'_, '_>, w: usize, group: &[At], random: &mut Random) -> Option<Draft> {
    let (other, _) = *random.pick(group)?;
    if w == other {
        return None;
    }
    let (first, second) = (w.min(other), w.max(other));
    let waves = &state.draft.waves;
    let loads = waves[first].loads.iter().chain(&waves[second].loads).cloned().collect();
    let joined = Wave::new(state.site, loads)?;
    let mut draft = state.draft.clone();
    if random.chance(500) {
        draft.waves.remove(second);
        draft.waves[first] = Arc::new(joined);
    } else {
        draft.waves[second] = Arc::new(joined);
        draft.waves.remove(first);
    }
    Some(draft)
}

/// Puts a wave to another place in the order.
fn elsewhere(state: &State<'_, '_>, w: usize, random: &mut Random) -> Option<Draft> {
    let many = state.draft.waves.len();
    if many < 2 || (is_calm(state) && random.chance(900)) {
        return None;
    }
    let to = random.below(many as u64) as usize;
    let mut draft = state.draft.clone();
    let wave = draft.waves.remove(w);
    draft.waves.insert(to, wave);
    Some(draft)
}

/// Brings a batch to another wave, or makes a wave of it.
fn move_load(state: &State<'_, '_>, at: At, group: &[At], random: &mut Random) -> Option<Draft> {
    let load = load_at(state, at);
    if random.chance(300) {
        let is_alone = state.draft.waves[at.0].loads.len() == 1;
        if is_alone || is_calm(state) {
            return None;
        }
        let mut draft = replaced(state.site, &state.draft, &[(at, None)], None)?;
        let to = random.below(draft.waves.len() as u64 + 1) as usize;
        draft.waves.insert(to, Arc::new(Wave::new(state.site, vec![load])?));
        return Some(draft);
    }
    let (to, _) = *random.pick(group)?;
    if to == at.0 {
        return None;
    }
    replaced(state.site, &state.draft, &[(at, None)], Some(&(to, load)))
}

/// The draft with some loads replaced (`None` = taken out) and one added to a wave; `None` where a wave would be beyond a
/// limit. Waves without loads go.
pub(super) fn replaced(
    site: &Site<'_>,
    draft: &Draft,
    changes: &[(At, Option<Arc<Load>>)],
    added: Option<&(usize, Arc<Load>)>,
) -> Option<Draft> {
    let mut touched: Vec<usize> = changes.iter().map(|(at, _)| at.0).chain(added.map(|a| a.0)).collect();
    touched.sort_unstable();
    touched.dedup();
    let mut made = draft.clone();
    for &w in touched.iter().rev() {
        let mut loads = Vec::with_capacity(draft.waves[w].loads.len() + 1);
        for (l, load) in draft.waves[w].loads.iter().enumerate() {
            match changes.iter().find(|(at, _)| *at == (w, l)) {
                Some((_, change)) => loads.extend(change.clone()),
                None => loads.push(Arc::clone(load)),
            }
        }
        loads.extend(added.filter(|a| a.0 == w).map(|a| Arc::clone(&a.1)));
        if loads.is_empty() {
            made.waves.remove(w);
        } else {
            made.waves[w] = Arc::new(Wave::new(site, loads)?);
        }
    }
    Some(made)
}
