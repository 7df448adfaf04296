//! The proof: every partial tour that the prices do not rule out, aisle by aisle, until the best whole one is known.

use hashbrown::HashMap;

use super::model::{Layer, Model, Way};
use super::relax::{Prices, SCALE};
use crate::wave::picker_routing::moves::NEVER;
use crate::wave::picker_routing::walk::Vertical::{self, Absent, FromBack, FromBoth, FromFront, Once, Twice};

/// What is lacking, a field of equal width for each need, the highest bit of each field free.
type Lack = u128;

/// What the search found.
#[derive(Clone, Debug, Default)]
pub(super) struct Proof {
    /// Offers of a tour that is shorter than the one known before.
    pub better: Option<Vec<usize>>,
    /// No tour is shorter than this, in millimetres.
    pub bound: i64,
}

/// A partial tour.
#[derive(Clone, Copy, Debug)]
struct Label {
    /// Millimetres so far.
    cost: i64,
    lack: Lack,
    /// What is lacking, at its prices.
    priced: i64,
    /// Position among the labels of the layer before.
    parent: u32,
    /// The way that was taken where the layer picks.
    way: u32,
    state: u16,
}

const NO_WAY: u32 = u32::MAX;
/// With how many labels that are cheaper each one is compared.
const COMPARED: usize = 200;

/// Arithmetic on [`Lack`].
#[derive(Clone, Copy, Debug)]
struct Fields {
    width: u32,
    /// The free bit of each field.
    guards: Lack,
}

impl Fields {
    /// Fields for these needs; `None` where they are too many or too large.
    fn new(needs: &[u32]) -> Option<Self> {
        let most = needs.iter().max()?;
        let width = 33 - most.leading_zeros();
        if width as usize * needs.len() > 128 {
            return None;
        }
        let guards = (0..needs.len()).map(|k| 1 << (k as u32 * width + width - 1)).sum();
        Some(Self { width, guards })
    }

    fn pack(self, units: impl Iterator<Item = (u32, u32)>) -> Lack {
        units.map(|(need, n)| Lack::from(n) << (need * self.width)).sum()
    }

    fn get(self, lack: Lack, need: u32) -> u32 {
        (lack >> (need * self.width)) as u32 & ((1 << self.width) - 1)
    }

    /// Each field less that of `other`, and never below 0.
    fn less(self, lack: Lack, other: Lack) -> Lack {
        let raw = (lack | self.guards) - other;
        let kept = raw & self.guards;
        raw & (kept - (kept >> (self.width - 1)))
    }

    /// Whether each field is at most that of `other`.
    fn at_most(self, lack: Lack, other: Lack) -> bool {
        ((other | self.guards) - lack) & self.guards == self.guards
    }
}

/// A way to pick a block that the prices do not rule out.
struct Open<'a> {
    number: u32,
    way: &'a Way,
    brings: Lack,
}

/// Looks for a tour shorter than `length`, and proves how long each must be.
///
/// # Complexity
///
/// Time and space by the number of labels, at most `most` in all; where that is reached, only the bound of the prices is
/// proved.
pub(super) fn search(model: &Model, prices: &Prices, length: i64, most: usize) -> Proof {
    let known = length - model.depot_both_ways;
    // Tours differ by multiples of the grain.
    let least = prices.bound.div_euclid(SCALE) + i64::from(prices.bound.rem_euclid(SCALE) > 0);
    let least = (least + model.grain - 1).div_euclid(model.grain) * model.grain;
    let mut proof = Proof {
        better: None,
        bound: least.min(known) + model.depot_both_ways,
    };
    let Some(fields) = Fields::new(&model.needs) else {
        return proof;
    };
    if least >= known {
        return proof;
    }
    // From narrow to wide: what is found within a narrow limit is the best at once.
    let mut limit = least;
    let mut slack = model.grain;
    loop {
        limit = limit.min(known - model.grain);
        match Search::new(model, prices, fields, limit, most).run() {
            None => return proof, // too many labels
            Some(Some((cost, offers))) => {
                proof.better = Some(offers);
                proof.bound = cost + model.depot_both_ways;
                return proof;
            }
            Some(None) => proof.bound = limit + model.grain + model.depot_both_ways,
        }
        if limit >= known - model.grain {
            return proof;
        }
        limit += slack;
        slack *= 2;
    }
}

struct Search<'a> {
    model: &'a Model,
    prices: &'a Prices,
    fields: Fields,
    /// Longest whole tour that is looked for, in the scale of prices.
    limit: i64,
    most: usize,
    layers: Vec<Vec<Label>>,
}

impl<'a> Search<'a> {
    fn new(model: &'a Model, prices: &'a Prices, fields: Fields, limit: i64, most: usize) -> Self {
        Self {
            model,
            prices,
            fields,
            limit: limit * SCALE,
            most,
            layers: Vec::with_capacity(model.layers.len() + 1),
        }
    }

    /// The shortest whole tour within the limit, if any; `None` where there are too many labels.
    #[allow(
        clippy::option_option,
        reason = "given up, none, one: the caller takes them apart at once"
    )]
    fn run(mut self) -> Option<Option<(i64, Vec<usize>)>> {
        let needs = self.model.needs.iter().enumerate().map(|(k, &d)| (k as u32, d));
        let priced = self.model.needs.iter().zip(&self.prices.prices);
        self.layers.push(vec![Label {
            cost: 0,
            lack: self.fields.pack(needs),
            priced: priced.map(|(&d, p)| i64::from(d) * p).sum(),
            parent: 0,
            way: NO_WAY,
            state: 0,
        }]);
        let mut kept = 1;
        let mut best: Option<(i64, usize, usize)> = None;
        for l in 0..=self.model.layers.len() {
            if self.model.may_end[l] {
                for (at, label) in self.layers[l].iter().enumerate() {
                    let whole = label.lack == 0 && self.model.states.complete[label.state as usize];
                    // Prices may promise that going on pays, so this is not said by the label being there.
                    if whole && label.cost * SCALE <= self.limit && best.is_none_or(|(cost, ..)| label.cost < cost) {
                        best = Some((label.cost, l, at));
                        self.limit = self.limit.min((label.cost - self.model.grain) * SCALE);
                    }
                }
            }
            if l == self.model.layers.len() {
                break;
            }
            let labels = self.expand(l)?;
            kept += labels.len();
            if kept > self.most {
                return None;
            }
            self.layers.push(labels);
        }
        Some(best.map(|(cost, layer, at)| (cost, self.offers(layer, at))))
    }

    /// The labels after a layer.
    fn expand(&self, l: usize) -> Option<Vec<Label>> {
        let to_end = &self.prices.paths.to_end[l + 1];
        let mut next: Vec<Vec<Label>> = vec![Vec::new(); self.model.states.count];
        let mut add = |label: Label| {
            let rest = to_end[label.state as usize];
            if rest < NEVER && label.cost * SCALE + label.priced + rest <= self.limit {
                next[label.state as usize].push(label);
            }
        };
        let labels = &self.layers[l];
        match self.model.layers[l] {
            Layer::Depot => {
                for (at, label) in labels.iter().enumerate() {
                    add(Label {
                        state: self.model.moves.depot[label.state as usize].to,
                        parent: at as u32,
                        way: NO_WAY,
                        ..*label
                    });
                }
            }
            Layer::Along { gap } => {
                let list = &self.model.moves.along;
                for (at, label) in labels.iter().enumerate() {
                    let first = list.partition_point(|m| m.from < label.state);
                    for m in list[first..].iter().take_while(|m| m.from == label.state) {
                        add(Label {
                            state: m.to,
                            cost: label.cost + i64::from(m.cost) * gap,
                            parent: at as u32,
                            way: NO_WAY,
                            ..*label
                        });
                    }
                }
            }
            Layer::Pick { at: block, block: b } => {
                let open = self.open(l, block, b);
                for (at, label) in labels.iter().enumerate() {
                    let parent = at as u32;
                    add(Label {
                        parent,
                        way: NO_WAY,
                        ..*label
                    });
                    for way in &open {
                        let state = self.after(way.way.vertical, b, label.state);
                        let rest = to_end[state as usize];
                        let cost = label.cost + way.way.cost;
                        // Not even with nothing lacking?
                        if rest >= NEVER || cost * SCALE + rest > self.limit {
                            continue;
                        }
                        let mut priced = label.priced;
                        for &(need, units) in &way.way.brings {
                            let met = self.fields.get(label.lack, need).min(units);
                            priced -= i64::from(met) * self.prices.prices[need as usize];
                        }
                        if cost * SCALE + priced + rest > self.limit {
                            continue;
                        }
                        add(Label {
                            cost,
                            lack: self.fields.less(label.lack, way.brings),
                            priced,
                            parent,
                            way: way.number,
                            state,
                        });
                    }
                }
            }
        }
        if next.iter().map(Vec::len).sum::<usize>() > 4 * self.most {
            return None;
        }
        Some(next.into_iter().flat_map(|labels| self.undominated(labels)).collect())
    }

    fn after(&self, vertical: Vertical, block: usize, state: u16) -> u16 {
        let states = &self.model.states;
        let s = state as usize;
        match vertical {
            Vertical::Absent => state,
            Vertical::FromFront => states.touch[block][s],
            Vertical::FromBack => states.touch[block + 1][s],
            Vertical::FromBoth => states.both[block][s],
            Vertical::Once => states.once[block][s],
            Vertical::Twice => states.twice[block][s],
        }
    }

    /// The ways of a block that a whole tour within the limit can take.
    fn open(&self, l: usize, block: usize, b: usize) -> Vec<Open<'a>> {
        let paths = &self.prices.paths;
        let needs = self.model.needs.iter().zip(&self.prices.prices);
        let priced: i64 = needs.map(|(&d, p)| i64::from(d) * p).sum();
        let around = |vertical| {
            let states = 0..self.model.states.count;
            let cost = states.map(|s| {
                let to = self.after(vertical, b, s as u16);
                paths.from_start[l][s].min(NEVER) + paths.to_end[l + 1][to as usize].min(NEVER)
            });
            cost.min().unwrap_or(NEVER)
        };
        let least = [Absent, FromFront, FromBack, FromBoth, Once, Twice].map(around);
        let ways = self.model.blocks[block].ways.iter().enumerate();
        let open = ways.filter(|(_, way)| {
            let brings = way.brings.iter();
            let earned: i64 = brings
                .map(|&(k, n)| i64::from(n) * self.prices.prices[k as usize])
                .sum();
            least[way.vertical as usize] + way.cost * SCALE - earned + priced <= self.limit
        });
        open.map(|(n, way)| Open {
            number: n as u32,
            way,
            brings: self.fields.pack(way.brings.iter().copied()),
        })
        .collect()
    }

    /// Labels of one state without those that another is no worse than.
    fn undominated(&self, mut labels: Vec<Label>) -> Vec<Label> {
        if labels.len() < 2 {
            return labels;
        }
        labels.sort_unstable_by_key(|l| (l.cost, l.priced, l.lack, l.parent, l.way));
        let mut seen = HashMap::with_capacity(labels.len());
        let mut kept: Vec<Label> = Vec::new();
        // Those that lack least are the ones that rule out most.
        let mut strong: Vec<Label> = Vec::new();
        for label in labels {
            if seen.insert(label.lack, ()).is_some() {
                continue;
            }
            if strong.iter().any(|s| self.fields.at_most(s.lack, label.lack)) {
                continue;
            }
            kept.push(label);
            if strong.len() < COMPARED {
                strong.push(label);
            } else if let Some(weakest) = strong.iter_mut().max_by_key(|s| s.priced)
                && weakest.priced > label.priced
            {
                *weakest = label;
            }
        }
        kept
    }

    /// The offers of the tour that ends in this label: all within reach that are needed, in the order of the walk.
    fn offers(&self, layer: usize, at: usize) -> Vec<usize> {
        let mut left = self.model.needs.clone();
        let mut offers = Vec::new();
        let mut at = at;
        for l in (1..=layer).rev() {
            let label = self.layers[l][at];
            if let (Layer::Pick { at: block, .. }, true) = (self.model.layers[l - 1], label.way != NO_WAY) {
                let block = &self.model.blocks[block];
                let way = &block.ways[label.way as usize];
                let within = block.heights[..way.front]
                    .iter()
                    .chain(&block.heights[way.back.max(way.front)..]);
                for supply in within.flat_map(|h| &h.supplies) {
                    let units = supply.units.min(left[supply.need]);
                    if units > 0 {
                        left[supply.need] -= units;
                        offers.push(supply.offer);
                    }
                }
            }
            at = label.parent as usize;
        }
        offers
    }
}
