//! A lower bound on the cost of serving one order alone: a Lagrangian relaxation where every node packs its own shipment.
//!
//! ```text
//! L(v) = sum of min(v, cost of leaving) over units  +  sum over nodes that ship of  min over prices of (base + price - profit)
//!        profit of a price = most that units with values v above their cost there can bring, of what the price carries
//! ```
//!
//! That each unit ships once is in the objective, at a value v. What a price carries is a fractional knapsack, by weight and by
//! volume. Any values give a valid bound, in integers that round down; subgradient steps look for good ones (the step length
//! is Polyak's, in floats, which decide nothing but where to look). Values of a branch are a start for those below it.
//!
//! Source: M. L. Fisher, "The Lagrangian relaxation method for solving integer programming problems", Management Science 27
//! (1981), 1-18.

use super::alone::{Alone, Carriage, Offer, Piece, Source, times};
use super::rungs::{Rung, rungs};
use crate::cost::tariff::Load;

/// Stands for "cannot"; a few of them still add up.
pub(super) const NEVER: i64 = i64::MAX / 4;
/// Climbs of so many steps of orders of so few pieces begin with moving one value after another.
const LONG: usize = 100;
const FEW: usize = 12;
/// Steps without progress after which the step length is halved.
const PATIENCE: usize = 4;

/// One order laid out for the bound.
pub(super) struct Facilities<'a> {
    pub(super) alone: &'a Alone<'a>,
    /// Per source its rungs; one that holds everything for the fixed price where carriage is fixed.
    pub(super) rungs: Vec<Vec<Rung>>,
    /// Per piece, where its units may come from.
    pub(super) places: Vec<Vec<Place>>,
    /// Per piece the cost of leaving a unit, [`NEVER`] where all must ship.
    pub(super) left: Vec<i64>,
    /// Per piece the load of all of it.
    pub(super) loads: Vec<Load>,
}

/// A source that may ship units of a piece.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) source: usize,
    /// Cost of a unit there, never above the true one.
    pub(super) cost: i64,
    /// How many it may ship; at least 1.
    pub(super) most: u32,
}

/// What is decided of a source.
#[derive(Clone, Copy)]
pub(super) struct Site {
    /// Ships nothing (`Some(false)`), ships (`Some(true)`), or may ship.
    pub(super) ships: Option<bool>,
    /// First and last rung at which it may ship.
    pub(super) first: usize,
    pub(super) last: usize,
}

/// A decision on a piece: it comes from the source, or it does not.
pub(super) type Settled = (usize, usize, bool);

/// A bound, and the mean of the solutions that it comes from.
pub(super) struct Relaxed {
    /// With a split penalty for the first shipment too.
    pub(super) bound: i128,
    /// The values that give it.
    pub(super) values: Vec<i64>,
    /// Per source, in which share of the solutions it ships, and how often at which rung.
    pub(super) ships: Vec<f64>,
    pub(super) rungs: Vec<Vec<(usize, f64)>>,
    /// Per piece its sources with their shares.
    pub(super) shares: Vec<Vec<(usize, f64)>>,
}

/// The pieces that a source would gain by.
#[derive(Default)]
struct Knapsack {
    /// Profit, measure and piece, by falling profit per measure.
    items: Vec<(i64, i64, usize)>,
}

impl Knapsack {
    fn sort(&mut self) {
        let falls = |a: &(i64, i64, usize), b: &(i64, i64, usize)| {
            let cross = |x: &(i64, i64, usize), y: &(i64, i64, usize)| i128::from(x.0) * i128::from(y.1);
            cross(b, a).cmp(&cross(a, b)).then(a.2.cmp(&b.2))
        };
        self.items.sort_unstable_by(falls);
    }

    /// The most profit within a room, rounded up.
    fn profit(&self, mut room: i128) -> i128 {
        let mut sum = 0;
        for &(profit, measure, _) in &self.items {
            if i128::from(measure) > room {
                return sum + i128::from(share(profit, room as i64, measure));
            }
            room -= i128::from(measure);
            sum += i128::from(profit);
        }
        sum
    }

    /// Calls `see(piece, share)` for what the best packing of a room holds.
    fn packed(&self, mut room: i128, mut see: impl FnMut(usize, f64)) {
        for &(_, measure, piece) in &self.items {
            if i128::from(measure) > room {
                see(piece, room as f64 / measure as f64);
                return;
            }
            room -= i128::from(measure);
            see(piece, 1.0);
        }
    }
}

/// `profit x room / measure`, rounded up, for a room below the measure.
pub(super) fn share(profit: i64, room: i64, measure: i64) -> i64 {
    profit.checked_mul(room).map_or_else(
        || ((i128::from(profit) * i128::from(room) + i128::from(measure) - 1) / i128::from(measure)) as i64,
        |part| part / measure + i64::from(part % measure > 0),
    )
}

impl<'a> Facilities<'a> {
    pub(super) fn new(alone: &'a Alone<'a>) -> Self {
        let by_tariffs: Vec<Vec<Rung>> = alone.tariffs.iter().map(|t| rungs(alone, t)).collect();
        let fixed = |price: i64| {
            vec![Rung {
                weight: i128::MAX,
                volume: i128::MAX,
                heaviest: i64::MAX,
                price: i128::from(price),
                staircase: None,
            }]
        };
        let of_source = |s: &Source| match s.carriage {
            Carriage::Fixed(cost) => fixed(cost),
            Carriage::Tariffs(t) => by_tariffs[t].clone(),
        };
        let left = |p: &Piece| if alone.order.ship_complete { NEVER } else { p.unfilled };
        let mut facilities = Self {
            rungs: alone.sources.iter().map(of_source).collect(),
            places: Vec::with_capacity(alone.pieces.len()),
            left: alone.pieces.iter().map(left).collect(),
            loads: alone.pieces.iter().map(|p| times(p.load, p.count)).collect(),
            alone,
        };
        for (piece, p) in alone.pieces.iter().enumerate() {
            let offers = alone.sources.iter().map(|s| s.offers[piece]).enumerate();
            // The cost per line is spread over as many units as could come.
            let place = |(source, o): (usize, Offer)| {
                let most = o.most.min(p.count);
                let line = o.line.checked_div(i64::from(most))?;
                Some(Place {
                    source,
                    cost: o.each.saturating_add(line),
                    most,
                })
            };
            let list = offers.filter_map(place).filter(|p| p.cost < facilities.left[piece]);
            facilities.places.push(list.collect());
        }
        facilities
    }

    /// Nothing is decided.
    pub(super) fn open_sites(&self) -> Vec<Site> {
        let site = |rungs: &Vec<Rung>| Site {
            ships: if rungs.is_empty() { Some(false) } else { None },
            first: 0,
            last: rungs.len().saturating_sub(1),
        };
        self.rungs.iter().map(site).collect()
    }

    /// The share of a unit of a piece in the carriage of everything from the dearest source, by weight.
    fn share(&self, piece: usize) -> i64 {
        let all: i128 = self.loads.iter().map(|l| i128::from(l.weight.0)).sum();
        let dearest = self
            .rungs
            .iter()
            .filter_map(|r| r.last())
            .map(Rung::highest)
            .min()
            .unwrap_or(0);
        let share = dearest * i128::from(self.loads[piece].weight.0) / all.max(1) / i128::from(self.count(piece));
        share.clamp(0, i128::from(NEVER / 1024)) as i64
    }

    /// The best bound of some steps where so much is decided, from the values that a branch above found (none at first);
    /// `None` where that allows no way. `target` is the cost of a way. Where it is over the bound is that of the steps so far,
    /// or none at all.
    pub(super) fn relax(
        &self,
        (sites, settled): (&[Site], &[Settled]),
        values: Vec<i64>,
        target: i128,
        steps: usize,
    ) -> Option<Relaxed> {
        Some(Climb::new(self, sites, settled, values)?.run(target, steps))
    }

    /// The largest value of a piece, so that nothing overflows.
    fn most(&self, piece: usize) -> i64 {
        NEVER / 1024 / self.count(piece)
    }

    /// The load of some units of a piece.
    fn load(&self, piece: usize, units: u32) -> Load {
        times(self.alone.pieces[piece].load, units)
    }

    fn count(&self, piece: usize) -> i64 {
        i64::from(self.alone.pieces[piece].count)
    }
}

/// What a source ships at some values.
#[derive(Clone, Copy)]
struct Shipment {
    source: usize,
    /// Its base and price less the profit in it.
    cost: i64,
    rung: usize,
    /// What of the rung's room counts, and how much of it.
    by_volume: bool,
    room: i128,
}

/// Values on their way.
struct Climb<'a> {
    f: &'a Facilities<'a>,
    sites: &'a [Site],
    /// Per source its pieces, rising, with the load of all that it may ship of each.
    pieces: Vec<Vec<(usize, Place, Load)>>,
    /// Cost of leaving a piece, [`NEVER`] where it must ship.
    left: Vec<i64>,
    values: Vec<i64>,
    by_weight: Knapsack,
    by_volume: Knapsack,
}

impl<'a> Climb<'a> {
    fn new(f: &'a Facilities<'a>, sites: &'a [Site], settled: &[Settled], mut values: Vec<i64>) -> Option<Self> {
        let open = |list: &Vec<Place>| {
            let open = list.iter().filter(|p| sites[p.source].ships != Some(false));
            open.copied().collect()
        };
        let mut places: Vec<Vec<Place>> = f.places.iter().map(open).collect();
        let mut left = f.left.clone();
        for &(piece, source, comes) in settled {
            places[piece].retain(|p| (p.source == source) == comes);
            if comes {
                left[piece] = NEVER;
            }
        }
        let mut pieces = vec![Vec::new(); sites.len()];
        let fresh = values.is_empty();
        values.resize(places.len(), 0);
        for (n, list) in places.iter().enumerate() {
            let least = list.iter().map(|p| p.cost).fold(left[n], i64::min);
            if least >= NEVER {
                return None;
            }
            if fresh {
                // At first each piece pays for its share of the weight in a shipment of half of what the order holds.
                values[n] = least.saturating_add(f.share(n)).min(left[n]);
            }
            values[n] = values[n].max(least).min(f.most(n));
            for place in list {
                pieces[place.source].push((n, *place, f.load(n, place.most)));
            }
        }
        Some(Self {
            by_weight: Knapsack::default(),
            by_volume: Knapsack::default(),
            f,
            sites,
            pieces,
            left,
            values,
        })
    }

    /// Fills the knapsacks with what a source gains by; returns the profit, weight and volume of all of it.
    fn fill(&mut self, source: usize) -> (i128, i128, i128) {
        self.by_weight.items.clear();
        self.by_volume.items.clear();
        let (mut all, mut weight, mut volume) = (0, 0, 0);
        for (piece, place, load) in &self.pieces[source] {
            let piece = *piece;
            let profit = (self.values[piece] - place.cost).saturating_mul(i64::from(place.most));
            if profit > 0 {
                all += i128::from(profit);
                weight += i128::from(load.weight.0);
                volume += i128::from(load.volume.0);
                self.by_weight.items.push((profit, load.weight.0, piece));
                self.by_volume.items.push((profit, load.volume.0, piece));
            }
        }
        self.by_weight.sort();
        self.by_volume.sort();
        (all, weight, volume)
    }

    /// The least over the rungs of a source of base and price less the most profit that the rung carries.
    fn pack(&mut self, source: usize) -> Shipment {
        let site = &self.sites[source];
        let (all, weight, volume) = self.fill(source);
        let mut best = (i128::from(NEVER), site.first, false, 0);
        for (n, rung) in self.f.rungs[source]
            .iter()
            .enumerate()
            .take(site.last + 1)
            .skip(site.first)
        {
            if rung.price - all >= best.0 {
                break; // what follows is dearer still
            }
            let (mut profit, mut by_volume) = (all, false);
            if rung.weight < weight {
                profit = profit.min(self.by_weight.profit(rung.weight));
            }
            if rung.volume < volume {
                let part = self.by_volume.profit(rung.volume);
                (profit, by_volume) = if part < profit { (part, true) } else { (profit, false) };
            }
            let room = if by_volume { rung.volume } else { rung.weight };
            let (mut cost, mut room) = (rung.price - profit, room);
            if let Some(staircase) = rung.staircase {
                let by = staircase.line().is_by_volume(weight, volume);
                let (items, whole) = if by {
                    (&self.by_volume, rung.volume)
                } else {
                    (&self.by_weight, rung.weight)
                };
                let items = items.items.iter().map(|i| (i.0, i.1));
                let (least, held) = staircase.line().least(items, by, (whole, 0));
                if least > cost {
                    (cost, room, by_volume) = (least, held, by);
                }
            }
            if cost < best.0 {
                best = (cost, n, by_volume, room);
            }
        }
        let least = best.0 + i128::from(self.f.alone.sources[source].base);
        Shipment {
            source,
            cost: least.clamp(-i128::from(NEVER), i128::from(NEVER)) as i64,
            rung: best.1,
            by_volume: best.2,
            room: best.3,
        }
    }

    /// The shipments at the values: of sources that must ship, and those of the others that are worth it.
    /// `None` where it was over before all were known.
    fn shipments(&mut self) -> Option<Vec<Shipment>> {
        let (mut must, mut may) = (Vec::new(), Vec::new());
        for n in 0..self.sites.len() {
            if self.f.alone.pace.spend(self.pieces[n].len() + self.f.rungs[n].len()) {
                return None;
            }
            match self.sites[n].ships {
                Some(false) => {}
                Some(true) => must.push(self.pack(n)),
                None => may.push(self.pack(n)),
            }
        }
        may.retain(|s| s.cost < 0);
        may.sort_by_key(|s| s.cost);
        may.truncate(self.f.alone.most_shipments().saturating_sub(must.len()));
        must.extend(may);
        Some(must)
    }

    /// The bound at the values; `None` where it was over before all shipments were known.
    fn bound(&mut self) -> Option<i128> {
        let shipments: i128 = self.shipments()?.iter().map(|s| i128::from(s.cost)).sum();
        let pieces = (0..self.values.len()).map(|piece| {
            let value = self.values[piece].min(self.left[piece]);
            i128::from(value) * i128::from(self.f.count(piece))
        });
        Some(shipments + pieces.sum::<i128>())
    }

    /// Moves one value after another to where the bound is highest, all others as they are; the bound then. It is concave in
    /// each. `None` where it was over before the bound was known anywhere.
    fn one_by_one(&mut self) -> Option<i128> {
        let mut best = self.bound()?;
        for piece in 0..self.values.len() {
            let (mut low, mut high) = (0, self.left[piece].min(self.f.most(piece)));
            let mut at = |climb: &mut Self, value: i64| {
                let old = std::mem::replace(&mut climb.values[piece], value);
                let bound = climb.bound();
                match bound {
                    Some(bound) if bound > best => best = bound,
                    _ => climb.values[piece] = old,
                }
                bound
            };
            while low < high {
                let middle = low + (high - low) / 2;
                let (Some(here), Some(next)) = (at(self, middle), at(self, middle + 1)) else {
                    return Some(best);
                };
                if here < next {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
        }
        Some(best)
    }

    fn run(mut self, target: i128, steps: usize) -> Relaxed {
        let n = self.values.len();
        // Subgradients of lines of very many units are too long for whole values.
        if steps >= LONG && n <= FEW && self.values.iter().enumerate().any(|(p, _)| self.f.count(p) > 1) {
            let mut bound = self.bound();
            while let (Some(before), Some(next)) = (bound, self.one_by_one()) {
                bound = (next > before + before.abs() / 10_000).then_some(next);
            }
        }
        let mut best = Relaxed {
            bound: i128::MIN,
            values: Vec::new(),
            ships: vec![0.0; self.sites.len()],
            rungs: vec![Vec::new(); self.sites.len()],
            shares: vec![Vec::new(); n],
        };
        let (mut length, mut since) = (1.0, 0);
        for step in 0..steps {
            let Some(shipments) = self.shipments() else {
                break;
            };
            let mut bound: i128 = shipments.iter().map(|s| i128::from(s.cost)).sum();
            let mut missing = vec![0.0; n];
            for (piece, missing) in missing.iter_mut().enumerate() {
                let value = self.values[piece].min(self.left[piece]);
                bound += i128::from(value) * i128::from(self.f.count(piece));
                *missing = if self.values[piece] < self.left[piece] {
                    1.0
                } else {
                    0.0
                };
            }
            let counts = step * 2 >= steps;
            for s in &shipments {
                self.fill(s.source);
                let pieces = &self.pieces[s.source];
                let see = |piece: usize, share: f64| {
                    // Of all that the source may ship; here of the whole piece.
                    let place = pieces.binary_search_by_key(&piece, |p| p.0);
                    let most = place.map_or(0, |n| pieces[n].1.most);
                    let share = share * f64::from(most) / self.f.count(piece) as f64;
                    missing[piece] -= share;
                    if counts {
                        add(&mut best.shares[piece], s.source, share);
                    }
                };
                if s.by_volume {
                    self.by_volume.packed(s.room, see);
                } else {
                    self.by_weight.packed(s.room, see);
                }
                if counts {
                    best.ships[s.source] += 1.0;
                    add(&mut best.rungs[s.source], s.rung, 1.0);
                }
            }
            if bound > best.bound {
                since = 0;
                best.bound = bound;
                best.values.clone_from(&self.values);
            } else {
                since += 1;
                if since == PATIENCE {
                    (length, since) = (length / 2.0, 0);
                    self.values.clone_from(&best.values);
                    continue;
                }
            }
            let norm: f64 = missing.iter().map(|m| m * m).sum();
            let distance = target - bound;
            if norm < 1e-9 || distance < 1 {
                break;
            }
            let length = length * distance as f64 / norm;
            for (piece, missing) in missing.iter().enumerate() {
                let by = (length * missing / self.f.count(piece) as f64) as i64;
                self.values[piece] = self.values[piece]
                    .saturating_add(by)
                    .clamp(0, self.left[piece].min(self.f.most(piece)));
            }
        }
        let counted = steps.div_ceil(2) as f64;
        best.ships.iter_mut().for_each(|s| *s /= counted);
        best.rungs
            .iter_mut()
            .chain(&mut best.shares)
            .flatten()
            .for_each(|r| r.1 /= counted);
        best
    }
}

/// Adds to the entry of a key.
fn add(list: &mut Vec<(usize, f64)>, key: usize, by: f64) {
    match list.iter_mut().find(|e| e.0 == key) {
        Some(entry) => entry.1 += by,
        None => list.push((key, by)),
    }
}
