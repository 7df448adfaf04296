//! The proof: every partial tour that the prices do not rule out, aisle by aisle, until the best whole one is known.

use hashbrown::HashMap;

use super::model::{Layer, Model, Way};
use super::relax::{Climbed, SCALE};
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
/// Labels kept of one layer in the first run; each run after it keeps eight times as many.
const FIRST_WIDTH: usize = 500;
/// Up to this width every run is followed by a wider one until there is a proof,
const ALWAYS: usize = 500;
/// above it only where what is open is less than this part of the length.
const HOPELESS: i64 = 15;
/// Above this one less than a quarter of it.
const COSTLY: usize = 100_000;
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
/// Time and space by the number of labels, at most `most` for each layer; where that is reached, the bound is what the
/// labels that were dropped could have cost.
pub(super) fn search(model: &Model, climbed: &Climbed, length: i64, most: usize) -> Proof {
    let known = length - model.depot_both_ways;
    let least = in_grains(model, climbed.bound);
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
    let mut known = known;
    let mut width = FIRST_WIDTH.min(most);
    loop {
        let run = Search::new(model, climbed, fields, known - model.grain, width).run();
        if let Some((cost, offers)) = run.best {
            known = cost;
            proof.better = Some(offers);
        }
        let dropped = run.dropped.map_or(i64::MAX, |least| in_grains(model, least));
        proof.bound = known.min(dropped.max(least)) + model.depot_both_ways;
        let open = known - (proof.bound - model.depot_both_ways);
        if open <= 0
            || width >= most
            || width > ALWAYS && open * HOPELESS > known
            || width > COSTLY && open * 4 * HOPELESS > known
        {
            return proof;
        }
        width = (width * 8).min(most);
    }
}

/// The shortest length that a tour of at least this cost, in the scale of prices, can have.
fn in_grains(model: &Model, cost: i64) -> i64 {
    let length = cost.div_euclid(SCALE) + i64::from(cost.rem_euclid(SCALE) > 0);
    (length + model.grain - 1).div_euclid(model.grain) * model.grain
}

/// What one run found.
#[derive(Debug, Default)]
struct Run {
    /// The shortest whole tour that was met, and its offers.
    best: Option<(i64, Vec<usize>)>,
    /// The least that a whole tour which was not looked at could cost, in the scale of prices; `None` where all were.
    dropped: Option<i64>,
}

struct Search<'a> {
    model: &'a Model,
    climbed: &'a Climbed,
    fields: Fields,
    /// Longest whole tour that is looked for, in the scale of prices.
    limit: i64,
    /// Most labels that are kept of one layer.
    width: usize,
    dropped: Option<i64>,
    /// The labels before the layer at hand.
    now: Vec<Label>,
    /// By layer, of each label: its parent, and the way that was taken.
    past: Vec<Vec<(u32, u32)>>,
}

impl<'a> Search<'a> {
    fn new(model: &'a Model, climbed: &'a Climbed, fields: Fields, limit: i64, width: usize) -> Self {
        Self {
            model,
            climbed,
            fields,
            limit: limit * SCALE,
            width,
            dropped: None,
            now: Vec::new(),
            past: Vec::with_capacity(model.layers.len() + 1),
        }
    }

    /// All layers.
    fn run(mut self) -> Run {
        let needs = self.model.needs.iter().enumerate().map(|(k, &d)| (k as u32, d));
        let priced = self.model.needs.iter().zip(&self.climbed.prices);
        self.now = vec![Label {
            cost: 0,
            lack: self.fields.pack(needs),
            priced: priced.map(|(&d, p)| i64::from(d) * p).sum(),
            parent: 0,
            way: NO_WAY,
            state: 0,
        }];
        let mut best: Option<(i64, usize, (u32, u32))> = None;
        for l in 0..=self.model.layers.len() {
            if self.model.may_end[l] {
                for label in &self.now {
                    let whole = label.lack == 0 && self.model.states.complete[label.state as usize];
                    // Prices may promise that going on pays, so this is not said by the label being there.
                    if whole && label.cost * SCALE <= self.limit && best.is_none_or(|(cost, ..)| label.cost < cost) {
                        best = Some((label.cost, l, (label.parent, label.way)));
                        self.limit = self.limit.min((label.cost - self.model.grain) * SCALE);
                    }
                }
            }
            if l == self.model.layers.len() {
                break;
            }
            let labels = self.expand(l);
            self.past
                .push(self.now.iter().map(|label| (label.parent, label.way)).collect());
            self.now = self.narrowed(l + 1, labels);
        }
        Run {
            best: best.map(|(cost, layer, end)| (cost, self.offers(layer, end))),
            dropped: self.dropped,
        }
    }

    /// At least what a whole tour from a label before a layer costs.
    fn whole(&self, l: usize, label: &Label) -> i64 {
        label.cost * SCALE + label.priced + self.climbed.paths.to_end[l][label.state as usize]
    }

    /// The most promising labels, where there are more than the width.
    fn narrowed(&mut self, l: usize, mut labels: Vec<Label>) -> Vec<Label> {
        if labels.len() <= self.width {
            return labels;
        }
        let key = |label: &Label| {
            (
                self.whole(l, label),
                label.cost,
                label.lack,
                label.state,
                label.parent,
                label.way,
            )
        };
        labels.select_nth_unstable_by_key(self.width, key);
        let gone = labels.drain(self.width..).map(|label| self.whole(l, &label)).min();
        self.dropped = self.dropped.into_iter().chain(gone).min();
        labels
    }

    /// The labels after a layer.
    fn expand(&self, l: usize) -> Vec<Label> {
        let to_end = &self.climbed.paths.to_end[l + 1];
        let mut next: Vec<Vec<Label>> = vec![Vec::new(); self.model.states.count];
        let mut add = |label: Label| {
            let rest = to_end[label.state as usize];
            if rest < NEVER && label.cost * SCALE + label.priced + rest <= self.limit {
                next[label.state as usize].push(label);
            }
        };
        let labels = &self.now;
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
                            priced -= i64::from(met) * self.climbed.prices[need as usize];
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
        next.into_iter().flat_map(|labels| self.undominated(labels)).collect()
    }

    fn after(&self, vertical: Vertical, block: usize, state: u16) -> u16 {
        let states = &self.model.states;
        let s = state as usize;
        match vertical {
            Absent => state,
            FromFront => states.touch[block][s],
            FromBack => states.touch[block + 1][s],
            FromBoth => states.both[block][s],
            Once => states.once[block][s],
            Twice => states.twice[block][s],
        }
    }

    /// The ways of a block that a whole tour within the limit can take.
    fn open(&self, l: usize, block: usize, b: usize) -> Vec<Open<'a>> {
        let paths = &self.climbed.paths;
        let needs = self.model.needs.iter().zip(&self.climbed.prices);
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
                .map(|&(k, n)| i64::from(n) * self.climbed.prices[k as usize])
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
    fn offers(&self, layer: usize, end: (u32, u32)) -> Vec<usize> {
        let mut left = self.model.needs.clone();
        let mut offers = Vec::new();
        let (mut parent, mut way) = end;
        for l in (1..=layer).rev() {
            if let (Layer::Pick { at: block, .. }, true) = (self.model.layers[l - 1], way != NO_WAY) {
                let block = &self.model.blocks[block];
                let taken = &block.ways[way as usize];
                let within = block.heights[..taken.front]
                    .iter()
                    .chain(&block.heights[taken.back.max(taken.front)..]);
                for supply in within.flat_map(|h| &h.supplies) {
                    let units = supply.units.min(left[supply.need]);
                    if units > 0 {
                        left[supply.need] -= units;
                        offers.push(supply.offer);
                    }
                }
            }
            (parent, way) = self.past[l - 1][parent as usize];
        }
        offers
    }
}
