//! Simulated annealing over aisle sets: open, close and swap aisles, force orders; the other orders follow by [`Fill`]. What
//! is maximised is `units - lambda x aisles` with lambda the best ratio known (Dinkelbach), so that more than nothing is a
//! better ratio; units short of the least cost extra.
//!
//! Source: W. Dinkelbach, "On nonlinear fractional programming", Management Science 13 (1967).

use super::fill::{Fill, Wave};
use super::presolve::Reduced;
use crate::search::{Budget, Random};

/// How one run cools down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    /// Moves to try.
    pub moves: u64,
    /// First and last temperature, as shares of lambda.
    pub hot: f64,
    pub cold: f64,
    /// The run looks among waves of at least so many units.
    pub least: i64,
    /// The ratio to beat.
    pub lambda: f64,
}

/// What one unit short of the least costs beside its own worth.
const SHORT: f64 = 1.0;
/// Moves between two looks at the clock.
const LOOK: u64 = 512;

/// Sets of aisles that a run met and that filled best, each once, for an exact fill afterwards.
#[derive(Default)]
pub(super) struct Elite {
    /// Units, hash and aisles.
    sets: Vec<(i64, u64, Vec<u32>)>,
    /// Whether one of them held more than the most units.
    pub over: bool,
}

impl Elite {
    const SIZE: usize = 12;

    fn offer(&mut self, fill: &Fill<'_>) {
        self.over |= fill.units > fill.counted();
        let (units, aisles) = (fill.counted(), fill.open.len() as i64);
        let mut worst = 0;
        if let Some(known) = self.sets.iter_mut().find(|s| s.1 == fill.mark) {
            known.0 = known.0.max(units);
            return;
        }
        for n in 1..self.sets.len() {
            let last = &self.sets[worst];
            if self.sets[n].0 * (last.2.len() as i64) < last.0 * self.sets[n].2.len() as i64 {
                worst = n;
            }
        }
        if self.sets.len() < Self::SIZE {
            self.sets.push((units, fill.mark, fill.open.clone()));
        } else if units * self.sets[worst].2.len() as i64 > self.sets[worst].0 * aisles {
            self.sets[worst] = (units, fill.mark, fill.open.clone());
        }
    }

    /// The sets, best first.
    pub(super) fn sets(mut self) -> Vec<Vec<u32>> {
        self.sets.sort_by(|a, b| {
            let (a_here, b_here) = (a.0 * b.2.len() as i64, b.0 * a.2.len() as i64);
            b_here.cmp(&a_here).then_with(|| a.2.cmp(&b.2))
        });
        self.sets.into_iter().map(|s| s.2).collect()
    }
}

/// Anneals from the wave as it stands and returns the best one met that has the least units.
pub(super) fn anneal(
    fill: &mut Fill<'_>,
    schedule: Schedule,
    elite: &mut Elite,
    random: &mut Random,
    budget: &Budget<'_>,
) -> Option<Wave> {
    let mut best: Option<Wave> = None;
    // Ratio that the next wave to be noted has to beat, as a fraction.
    let mut beat = (i64::MIN, 1);
    let mut lambda = schedule.lambda;
    let worth = |fill: &Fill<'_>, lambda: f64| {
        let short = (schedule.least - fill.units).max(0) as f64;
        fill.counted() as f64 - lambda * fill.open.len() as f64 - SHORT * short
    };
    let (hot, cold) = ((schedule.hot * lambda).max(1e-9), (schedule.cold * lambda).max(1e-9));
    let mut temperature = hot;
    let mut now = worth(fill, lambda);
    for step in 0..=schedule.moves {
        let counted = fill.counted();
        let aisles = fill.open.len() as i64;
        if counted >= schedule.least && aisles > 0 && (beat.0 == i64::MIN || counted * beat.1 > beat.0 * aisles) {
            beat = (counted, aisles);
            let wave = fill.wave();
            if wave.units >= schedule.least && wave.beats(best.as_ref()) {
                lambda = lambda.max(wave.units as f64 / aisles as f64);
                now = worth(fill, lambda);
                best = Some(wave);
            }
        }
        if step % LOOK == 0 {
            if budget.overdue() {
                break;
            }
            let done = step as f64 / schedule.moves.max(1) as f64;
            temperature = hot * (cold / hot).powf(done);
        }
        if !propose(fill, random) {
            continue;
        }
        let then = worth(fill, lambda);
        let accept = then >= now || {
            let chance = ((then - now) / temperature).exp();
            (random.below(1 << 32) as f64) < chance * (1_u64 << 32) as f64
        };
        if accept && !fill.open.is_empty() {
            fill.keep();
            now = then;
            // Within half a per cent of the best of this run.
            let near = |fill: &Fill<'_>| fill.counted() * beat.1 * 200 >= beat.0 * fill.open.len() as i64 * 199;
            if beat.0 > 0 && fill.counted() >= schedule.least && near(fill) {
                elite.offer(fill);
            }
        } else {
            fill.undo();
        }
    }
    best
}

/// Units per aisle of the best wave; without one, of the least units over all aisles.
pub(super) fn ratio(reduced: &Reduced, best: Option<&Wave>) -> f64 {
    best.map_or_else(
        || reduced.least as f64 / reduced.aisles.len().max(1) as f64,
        |b| b.units as f64 / b.aisles.len() as f64,
    )
}

/// Makes one random move; `false` where there was none to make.
fn propose(fill: &mut Fill<'_>, random: &mut Random) -> bool {
    match random.below(100) {
        0..5 => open(fill, random.pick(&fill.closed).copied()),
        5..10 => open(fill, wanted_aisle(fill, random)),
        10..20 => {
            let Some(&aisle) = random.pick(&fill.open) else {
                return false;
            };
            fill.close(aisle);
            true
        }
        20..55 => swap(
            fill,
            random.pick(&fill.open).copied(),
            random.pick(&fill.closed).copied(),
        ),
        55..90 => {
            let new = wanted_aisle(fill, random).or_else(|| random.pick(&fill.closed).copied());
            swap(fill, random.pick(&fill.open).copied(), new)
        }
        _ => force_some(fill, random),
    }
}

fn open(fill: &mut Fill<'_>, aisle: Option<u32>) -> bool {
    aisle.inspect(|&a| fill.open(a)).is_some()
}

fn swap(fill: &mut Fill<'_>, old: Option<u32>, new: Option<u32>) -> bool {
    let (Some(old), Some(new)) = (old, new) else {
        return false;
    };
    fill.shut(old);
    fill.open(new);
    fill.refill();
    true
}

/// Forces an order that open aisles hold.
fn force_some(fill: &mut Fill<'_>, random: &mut Random) -> bool {
    let reduced = fill.reduced;
    for _ in 0..8 {
        let Some(&aisle) = random.pick(&fill.open) else {
            return false;
        };
        let Some(cell) = random.pick(reduced.aisles.row(aisle as usize)) else {
            return false;
        };
        if let Some(class) = random.pick(reduced.wanted_by.row(cell.at as usize))
            && fill.force(class.at)
        {
            return true;
        }
    }
    false
}

/// A closed aisle that holds what a waiting order lacks, where an open aisle holds another line of the order.
fn wanted_aisle(fill: &Fill<'_>, random: &mut Random) -> Option<u32> {
    let reduced = fill.reduced;
    for _ in 0..8 {
        let &aisle = random.pick(&fill.open)?;
        let sku = random.pick(reduced.aisles.row(aisle as usize))?.at;
        let Some(class) = random.pick(reduced.wanted_by.row(sku as usize)).map(|c| c.at) else {
            continue;
        };
        if fill.waiting(class) == 0 {
            continue;
        }
        let lack = random.pick(reduced.classes.row(class as usize))?;
        if fill.left[lack.at as usize] >= lack.units {
            continue;
        }
        let from = random.pick(reduced.held_by.row(lack.at as usize))?.at;
        if !fill.is_open(from) {
            return Some(from);
        }
    }
    None
}
