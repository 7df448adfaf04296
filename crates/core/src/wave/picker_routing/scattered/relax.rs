//! Shadow prices on the needs: the bound that they prove, and prices that prove much.
//!
//! For prices p, one per need, none negative: the cheapest path through the states of the tour programme, where each way to
//! pick a block earns p for what it brings, plus p times the needs, is no longer than any tour that meets the needs.

use crate::wave::picker_routing::Picker;
use crate::wave::picker_routing::blocks::vertical_cost::{
    BACK, BACK_OR_BOTH, BOTH, FRONT, FRONT_OR_BOTH, LEAST, ONCE, TWICE,
};
use crate::wave::picker_routing::moves::{Move, NEVER, relax, serving};
use crate::wave::picker_routing::walk::Vertical;

use super::model::{Layer, Model};
use super::repair::{Best, repair};

/// Prices and costs of paths are in this fraction of a millimetre.
pub(super) const SCALE: i64 = 1_000;

/// Most steps of the climb.
const STEPS: usize = 1_500;
/// Steps without gain before they become shorter.
const PATIENCE: usize = 15;
/// Steps from one repaired path to the next.
const REPAIRED: usize = 50;
/// How much of the direction before is kept.
const KEPT: f64 = 0.7;
/// Positions in the costs of a step beyond those of picking fixed stops.
const ABSENT: u8 = 8;
const FRONT_OR_ABSENT: u8 = 9;
const BACK_OR_ABSENT: u8 = 10;

/// The moves of each layer, with no stops fixed, and the memory of a path.
#[derive(Debug)]
pub(super) struct Paths {
    /// By block of an aisle.
    pick: Vec<Vec<Move>>,
    /// By layer: cost at each position.
    costs: Vec<[i64; 16]>,
    /// By layer: the way that each position stands for.
    ways: Vec<[Option<u32>; 16]>,
    /// By layer and state: cheapest from the start to just before the layer; one more at the end.
    pub from_start: Vec<Vec<i64>>,
    /// By layer and state: cheapest from just before the layer to an end.
    pub to_end: Vec<Vec<i64>>,
}

impl Paths {
    pub(super) fn new(model: &Model) -> Self {
        let layers = model.layers.len();
        Self {
            pick: (0..model.states.once.len()).map(|b| moves(model, b)).collect(),
            costs: vec![[NEVER; 16]; layers],
            ways: vec![[None; 16]; layers],
            from_start: vec![vec![NEVER; model.moves.width]; layers + 1],
            to_end: vec![vec![NEVER; model.moves.width]; layers + 1],
        }
    }

    fn list<'a>(&'a self, model: &'a Model, layer: Layer) -> &'a [Move] {
        match layer {
            Layer::Pick { block, .. } => &self.pick[block],
            Layer::Depot => &model.moves.depot,
            Layer::Along { .. } => &model.moves.along,
        }
    }

    /// The cheapest path at these prices: its cost plus the price of the needs, and the ways that it takes.
    pub(super) fn cheapest(&mut self, model: &Model, prices: &[i64]) -> (i64, Vec<(usize, u32)>) {
        self.price(model, prices);
        self.from_start[0].fill(NEVER);
        self.from_start[0][0] = 0;
        let mut end: Option<(i64, usize, usize)> = None;
        for l in 0..=model.layers.len() {
            if model.may_end[l] {
                for &s in &model.moves.complete {
                    let cost = self.from_start[l][s];
                    if cost < NEVER && end.is_none_or(|(best, ..)| cost < best) {
                        end = Some((cost, l, s));
                    }
                }
            }
            if l == model.layers.len() {
                break;
            }
            let (before, after) = self.from_start.split_at_mut(l + 1);
            let list = match model.layers[l] {
                Layer::Pick { block, .. } => &self.pick[block],
                Layer::Depot => &model.moves.depot,
                Layer::Along { .. } => &model.moves.along,
            };
            relax(list, &self.costs[l], &before[l], &mut after[0]);
        }
        let Some((cost, layer, state)) = end else {
            return (NEVER, Vec::new());
        };
        let needs: i64 = prices.iter().zip(&model.needs).map(|(p, &d)| p * i64::from(d)).sum();
        (cost + needs, self.trace(model, layer, state))
    }

    /// Block and way of every block that the path to this state picks from.
    fn trace(&self, model: &Model, layer: usize, state: usize) -> Vec<(usize, u32)> {
        let mut taken = Vec::new();
        let mut state = state;
        for l in (0..layer).rev() {
            let goal = self.from_start[l + 1][state];
            let found = self.list(model, model.layers[l]).iter().find(|m| {
                m.to as usize == state && self.from_start[l][m.from as usize] + self.costs[l][m.cost as usize] == goal
            });
            let Some(found) = found else { break };
            state = found.from as usize;
            if let (Layer::Pick { at, .. }, Some(way)) = (model.layers[l], self.ways[l][found.cost as usize]) {
                taken.push((at, way));
            }
        }
        taken
    }

    /// Costs of all layers at these prices.
    fn price(&mut self, model: &Model, prices: &[i64]) {
        for (l, layer) in model.layers.iter().enumerate() {
            match *layer {
                Layer::Depot => self.costs[l] = [0; 16],
                Layer::Along { gap } => self.costs[l] = std::array::from_fn(|n| n as i64 * gap * SCALE),
                Layer::Pick { at, .. } => {
                    let mut best = [(NEVER, None); 16];
                    best[ABSENT as usize] = (0, None);
                    for (n, way) in model.blocks[at].ways.iter().enumerate() {
                        let earned: i64 = way.brings.iter().map(|&(k, b)| prices[k as usize] * i64::from(b)).sum();
                        let cost = way.cost * SCALE - earned;
                        let position = match way.vertical {
                            Vertical::FromFront => FRONT,
                            Vertical::FromBack => BACK,
                            Vertical::FromBoth => BOTH,
                            Vertical::Once => ONCE,
                            Vertical::Twice => TWICE,
                            Vertical::Absent => ABSENT,
                        } as usize;
                        if cost < best[position].0 {
                            best[position] = (cost, Some(n as u32));
                        }
                    }
                    let least = |list: &[u8]| {
                        let all = list.iter().map(|&p| best[p as usize]);
                        all.min_by_key(|b| b.0).unwrap_or((NEVER, None))
                    };
                    let joined = [
                        (LEAST, least(&[ABSENT, FRONT, BACK, BOTH])),
                        (FRONT_OR_BOTH, least(&[FRONT, BOTH])),
                        (BACK_OR_BOTH, least(&[BACK, BOTH])),
                        (FRONT_OR_ABSENT, least(&[ABSENT, FRONT])),
                        (BACK_OR_ABSENT, least(&[ABSENT, BACK])),
                    ];
                    for (position, value) in joined {
                        best[position as usize] = value;
                    }
                    self.costs[l] = best.map(|b| b.0);
                    self.ways[l] = best.map(|b| b.1);
                }
            }
        }
    }

    /// Cheapest from each state to an end, after [`cheapest`](Self::cheapest) at the same prices.
    pub(super) fn backwards(&mut self, model: &Model) {
        for l in (0..=model.layers.len()).rev() {
            let (before, after) = self.to_end.split_at_mut(l + 1);
            let here = &mut before[l];
            here.fill(NEVER);
            if model.may_end[l] {
                for &s in &model.moves.complete {
                    here[s] = 0;
                }
            }
            if l < model.layers.len() {
                let list = match model.layers[l] {
                    Layer::Pick { block, .. } => &self.pick[block],
                    Layer::Depot => &model.moves.depot,
                    Layer::Along { .. } => &model.moves.along,
                };
                for m in list {
                    let cost = after[0][m.to as usize] + self.costs[l][m.cost as usize];
                    let known = &mut here[m.from as usize];
                    *known = cost.min(*known);
                }
            }
        }
    }
}

/// Moves of a block where nothing has to be picked.
fn moves(model: &Model, block: usize) -> Vec<Move> {
    let alone = (FRONT_OR_ABSENT, BACK_OR_ABSENT);
    serving(&model.states, block, alone, Some(ABSENT))
}

/// Prices, the bound that they prove, and the paths at them.
#[derive(Debug)]
pub(super) struct Climbed {
    pub prices: Vec<i64>,
    /// Without the way to the depot's crossing, in the scale of prices.
    pub bound: i64,
    pub paths: Paths,
}

/// Climbs from zero prices by steps along what paths lack in the mean, of Polyak's length, aimed at the best tour or a
/// twentieth above the bound; and repairs paths to tours on the way.
///
/// Source: F. Barahona and R. Anbil, "The volume algorithm", Mathematical Programming 87 (2000); M. Held, P. Wolfe and H. P. Crowder, "Validation of subgradient optimization", Mathematical Programming 6 (1974).
pub(super) fn climb(model: &Model, picker: &mut Picker, best: &mut Best) -> Climbed {
    let mut paths = Paths::new(model);
    let mut prices = vec![0i64; model.needs.len()];
    let mut kept = (prices.clone(), i64::MIN);
    let mut direction = vec![0.0f64; model.needs.len()];
    let (mut pace, mut stalled) = (1.0f64, 0);
    for step in 0..STEPS {
        let (bound, taken) = paths.cheapest(model, &prices);
        if step % REPAIRED == 0 {
            repair(model, picker, &taken, best);
        }
        if bound > kept.1 {
            kept = (prices.clone(), bound);
            stalled = 0;
        } else {
            stalled += 1;
            if stalled >= PATIENCE {
                pace *= 0.7;
                stalled = 0;
                if pace < 0.002 {
                    break;
                }
            }
        }
        let goal = (best.length - model.depot_both_ways) * SCALE;
        if kept.1 > goal - model.grain * SCALE {
            break; // proved
        }
        let mut lack: Vec<i64> = model.needs.iter().map(|&d| i64::from(d)).collect();
        for &(at, way) in &taken {
            for &(need, units) in &model.blocks[at].ways[way as usize].brings {
                lack[need as usize] -= i64::from(units);
            }
        }
        for (mean, &lack) in direction.iter_mut().zip(&lack) {
            *mean = KEPT * *mean + (1.0 - KEPT) * lack as f64;
        }
        // A price of 0 that would fall stays where it is, and does not count.
        let counts = |(lack, price): (&f64, &i64)| *price > 0 || *lack > 0.0;
        let norm: f64 = direction
            .iter()
            .zip(&prices)
            .filter(|&x| counts(x))
            .map(|(g, _)| g * g)
            .sum();
        if norm < 1e-9 {
            break;
        }
        let near = goal.min(kept.1 + kept.1.abs() / 20 + model.grain * SCALE);
        let length = pace * (near - bound).max(SCALE) as f64 / norm;
        for (price, lack) in prices.iter_mut().zip(&direction) {
            *price = (*price + (length * lack).round() as i64).max(0);
        }
    }
    let (prices, bound) = kept;
    paths.cheapest(model, &prices);
    paths.backwards(model);
    Climbed { prices, bound, paths }
}
