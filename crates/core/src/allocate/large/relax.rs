//! A lower bound on serving a large order: facility location with carriage from below.
//!
//! ```text
//! carriage(W, V) >= intercept + a W + b V      any slopes a, b >= 0; intercept = min over corners of (price - a weight - b volume)
//! so the order costs at least                  min over open sets of sum (base + intercept) + sum over atoms of
//!                                              min(unfilled, min over open nodes of (cost + a weight + b volume))
//! and that at least  sum of v                  for any v with  sum over atoms of max(0, v - cost there) <= base + intercept
//! ```
//! at each node. The values v rise from atom to atom until every one is blocked (dual ascent: Erlenkotter 1978), the slopes
//! follow the loads of the solution that comes with them. All in integers, rounded down.

use super::ladder::Steps;
use super::staircase::Corner;
use super::{Costs, LargeOrder, OUT};
use crate::allocate::book::NEVER;
use crate::cost::tariff::Load;

/// Slopes are counted in parts of this power of two.
const SHIFT: u32 = 16;

/// Whether a node ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    Closed,
    Maybe,
    Open,
}

/// What is decided for a node, and the slopes of its carriage.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub opening: Opening,
    /// First and last step of its ladder that its carriage may be.
    pub steps: (u16, u16),
    weight: i64,
    volume: i64,
}

impl Cell {
    pub(super) const fn new(opening: Opening, last: u16) -> Self {
        Self {
            opening,
            steps: (0, last),
            weight: 0,
            volume: 0,
        }
    }

    /// First and last step, as positions.
    pub(super) fn range(&self) -> (usize, usize) {
        (usize::from(self.steps.0), usize::from(self.steps.1))
    }

    fn of<'a>(&self, steps: Steps<'a>) -> &'a [Corner] {
        let (first, last) = self.range();
        steps.corners(first, last)
    }
}

/// What a node ships in the solution that comes with a bound.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shipped {
    pub atoms: u32,
    pub load: Load,
    /// Cost of its atoms there.
    pub sum: i64,
}

/// The relaxation of one order; buffers are kept between uses.
#[derive(Default)]
pub(super) struct Relax {
    /// Largest slopes, so that nothing overflows.
    most: (i64, i64),
    sequence: Vec<u16>,
    /// Per candidate: may it not be used; its cost with slopes.
    pub barred: Vec<bool>,
    cost: Vec<i64>,
    /// Per atom: cost of leaving it, [`NEVER`] where that is barred; its value.
    pub out: Vec<i64>,
    value: Vec<i64>,
    /// Per node: carriage at no load; what of its opening no value pays for yet, below 0 where it is closed.
    intercept: Vec<i64>,
    slack: Vec<i64>,
    open: Vec<bool>,
    /// The solution: per atom its node; per node what it ships.
    pub at: Vec<u16>,
    pub shipped: Vec<Shipped>,
    saved: (Vec<i64>, Vec<i64>),
}

impl Relax {
    /// Prepares for an order.
    pub(super) fn start(&mut self, order: &LargeOrder, costs: &Costs) {
        let all = order.atoms.iter().fold(Load::default(), |sum, a| sum.plus(a.load));
        let most = |x: i64| (1i64 << 60) / (x + 1);
        self.most = (most(all.weight.0), most(all.volume.0));
        self.barred.clear();
        self.barred.resize(costs.all().len(), false);
        self.cost.resize(costs.all().len(), 0);
        self.out.clone_from(&costs.out);
        self.sequence.clear();
        self.sequence.extend(0..order.atoms.len() as u16);
        self.sequence.sort_by_key(|&a| costs.of(usize::from(a)).len());
    }

    /// A lower bound with these cells, [`NEVER`] where they allow no way. It holds the split penalty of all shipments.
    pub(super) fn bound(&mut self, order: &LargeOrder, costs: &Costs, cells: &[Cell]) -> i64 {
        let mut sum = self.open_nodes(order, costs, cells);
        self.value.clear();
        for (a, atom) in order.atoms.iter().enumerate() {
            let mut least = self.out[a];
            for i in costs.range(a) {
                let c = costs.all()[i];
                let cell = &cells[usize::from(c.node)];
                self.cost[i] = if self.barred[i] || cell.opening == Opening::Closed {
                    NEVER
                } else {
                    c.cost + ((cell.weight * atom.load.weight.0 + cell.volume * atom.load.volume.0) >> SHIFT)
                };
                least = least.min(self.cost[i]);
            }
            if least >= NEVER {
                return NEVER;
            }
            self.value.push(least);
        }
        self.ascend(costs);
        self.choose(costs, cells);
        if self.adjust(costs) {
            self.choose(costs, cells);
        }
        self.place(order, costs);
        sum += self.value.iter().sum::<i64>();
        sum
    }

    /// What open nodes cost in any case; the rest is left as slack.
    fn open_nodes(&mut self, order: &LargeOrder, costs: &Costs, cells: &[Cell]) -> i64 {
        let mut sum = 0;
        self.slack.clear();
        self.intercept.clear();
        for (n, cell) in cells.iter().enumerate() {
            if cell.opening == Opening::Closed {
                self.slack.push(-1);
                self.intercept.push(0);
                continue;
            }
            let intercept = intercept(cell, order.steps(n as u16));
            self.intercept.push(intercept);
            let opening = costs.base[n] + intercept;
            if cell.opening == Opening::Open || opening < 0 {
                sum += opening;
                self.slack.push(0);
            } else {
                self.slack.push(opening);
            }
        }
        sum
    }

    /// Raises the values until each is blocked: by the cost of leaving its atom, or by a node that is paid for.
    fn ascend(&mut self, costs: &Costs) {
        let mut rising = true;
        while rising {
            rising = false;
            for s in 0..self.sequence.len() {
                rising |= self.raise(costs, usize::from(self.sequence[s]));
            }
        }
    }

    /// Raises one value to the next cost above it, as far as the nodes below it leave slack; true if it rose.
    fn raise(&mut self, costs: &Costs, atom: usize) -> bool {
        let value = self.value[atom];
        let (mut limit, mut room) = (self.out[atom], i64::MAX);
        if value >= limit {
            return false;
        }
        let range = costs.range(atom);
        for (c, &cost) in costs.all()[range.clone()].iter().zip(&self.cost[range.clone()]) {
            if cost > value {
                limit = limit.min(cost);
            } else {
                room = room.min(self.slack[usize::from(c.node)]);
            }
        }
        let by = room.min(limit - value);
        if by <= 0 {
            return false;
        }
        for (c, &cost) in costs.all()[range.clone()].iter().zip(&self.cost[range]) {
            if cost <= value {
                self.slack[usize::from(c.node)] -= by;
            }
        }
        self.value[atom] = value + by;
        true
    }

    /// Lowers values that pay for several open nodes, so that others may rise by more (dual adjustment); true if the sum rose.
    fn adjust(&mut self, costs: &Costs) -> bool {
        let mut rose = false;
        for s in 0..self.sequence.len() {
            let atom = usize::from(self.sequence[s]);
            let value = self.value[atom];
            let (mut paid, mut next) = (0, i64::MIN);
            for i in costs.range(atom) {
                if self.cost[i] < value {
                    paid += i32::from(self.open[usize::from(costs.all()[i].node)]);
                    next = next.max(self.cost[i]);
                }
            }
            if paid < 2 {
                continue;
            }
            self.saved.0.clone_from(&self.value);
            self.saved.1.clone_from(&self.slack);
            let before: i64 = self.value.iter().sum();
            for i in costs.range(atom) {
                if self.cost[i] < value {
                    self.slack[usize::from(costs.all()[i].node)] += value - next;
                }
            }
            self.value[atom] = next;
            // The others first, then this one.
            for t in 0..self.sequence.len() {
                let other = usize::from(self.sequence[t]);
                if other != atom {
                    self.raise(costs, other);
                }
            }
            self.ascend(costs);
            if self.value.iter().sum::<i64>() > before {
                rose = true;
            } else {
                std::mem::swap(&mut self.value, &mut self.saved.0);
                std::mem::swap(&mut self.slack, &mut self.saved.1);
            }
        }
        rose
    }

    /// Opens nodes that are paid for until every atom has one or is left.
    fn choose(&mut self, costs: &Costs, cells: &[Cell]) {
        self.open.clear();
        self.open.extend(cells.iter().map(|c| c.opening == Opening::Open));
        for &atom in &self.sequence {
            let a = usize::from(atom);
            let value = self.value[a];
            if value >= self.out[a] {
                continue;
            }
            let (mut served, mut best) = (false, (NEVER, OUT));
            for i in costs.range(a) {
                let n = costs.all()[i].node;
                if self.cost[i] <= value && self.slack[usize::from(n)] == 0 {
                    served |= self.open[usize::from(n)];
                    best = best.min((self.cost[i], n));
                }
            }
            if !served && best.1 != OUT {
                self.open[usize::from(best.1)] = true;
            }
        }
    }

    /// Puts every atom where it costs least among the open nodes.
    fn place(&mut self, order: &LargeOrder, costs: &Costs) {
        self.at.clear();
        self.shipped.clear();
        self.shipped.resize(self.open.len(), Shipped::default());
        for (a, atom) in order.atoms.iter().enumerate() {
            let (mut best, mut sum) = ((self.out[a], OUT), 0);
            for i in costs.range(a) {
                let c = costs.all()[i];
                if self.open[usize::from(c.node)] && self.cost[i] < best.0 {
                    (best, sum) = ((self.cost[i], c.node), c.cost);
                }
            }
            self.at.push(best.1);
            if let Some(s) = self.shipped.get_mut(usize::from(best.1)) {
                s.atoms += 1;
                s.sum += sum;
                s.load = s.load.plus(atom.load);
            }
        }
    }

    /// By how much the carriage of a node's shipment is below the true one.
    pub(super) fn short(&self, cell: &Cell, node: usize, carriage: i64) -> i64 {
        let load = self.shipped[node].load;
        let sloped = (cell.weight * load.weight.0 + cell.volume * load.volume.0) >> SHIFT;
        carriage - self.intercept[node] - sloped
    }

    /// What of a node's opening no value pays for.
    pub(super) fn slack_of(&self, node: usize) -> i64 {
        self.slack[node]
    }

    /// How much atoms that are elsewhere pay for the opening of a node.
    pub(super) fn paid_from_elsewhere(&self, costs: &Costs, node: usize) -> i64 {
        let mut paid = 0;
        for (a, &at) in self.at.iter().enumerate() {
            if usize::from(at) != node {
                for i in costs.range(a) {
                    if usize::from(costs.all()[i].node) == node {
                        paid += (self.value[a] - self.cost[i]).max(0);
                    }
                }
            }
        }
        paid
    }

    /// Turns the slopes of a node to where its carriage is highest at what it ships.
    pub(super) fn turn(&self, cell: &mut Cell, node: usize, steps: Steps<'_>) {
        let corners = cell.of(steps);
        let load = self.shipped[node].load;
        let by_weight = support(corners, |s| s.weight, load.weight.0);
        let by_volume = support(corners, |s| s.volume, load.volume.0);
        let scaled = |slope: f64, most: i64| (slope * f64::from(1 << SHIFT)).min(most as f64) as i64;
        match (by_weight, by_volume) {
            (Some(w), Some(v)) if w.1 >= v.1 => {
                (cell.weight, cell.volume) = (scaled(w.0, self.most.0), 0);
            }
            (Some(_), Some(v)) => (cell.weight, cell.volume) = (0, scaled(v.0, self.most.1)),
            (None, _) => cell.weight = steeper(cell.weight, corners, |s| s.weight, self.most.0),
            (_, None) => cell.volume = steeper(cell.volume, corners, |s| s.volume, self.most.1),
        }
    }
}

/// What carriage costs at least at no load, as the slopes have it.
fn intercept(cell: &Cell, steps: Steps<'_>) -> i64 {
    if cell.weight == 0 && cell.volume == 0 {
        return steps.list[usize::from(cell.steps.0)].price;
    }
    let at = |s: &Corner| s.price - ((cell.weight * s.weight + cell.volume * s.volume) >> SHIFT) - 1;
    cell.of(steps).iter().map(at).min().unwrap_or(0)
}

/// A steeper slope, where the load is more than any corner.
fn steeper(slope: i64, corners: &[Corner], measure: impl Fn(&Corner) -> i64, most: i64) -> i64 {
    let mean = corners
        .last()
        .map_or(0.0, |s| s.price as f64 / measure(s).max(1) as f64);
    let mean = (mean * f64::from(1 << SHIFT)) as i64;
    slope.saturating_mul(2).max(mean.max(1)).min(most)
}

/// The slope of the highest line below all corners at a load, and its height there; `None` where all of them are below the load.
fn support(corners: &[Corner], measure: impl Fn(&Corner) -> i64, load: i64) -> Option<(f64, f64)> {
    let first = corners.first()?;
    if measure(first) >= load {
        return Some((0.0, first.price as f64));
    }
    let mut low = first;
    let (mut slope, mut found) = (0.0, false);
    for _ in 0..corners.len() {
        let mut least = f64::INFINITY;
        for s in corners.iter().filter(|s| measure(s) >= load) {
            least = least.min((s.price - low.price) as f64 / (measure(s) - measure(low)) as f64);
            found = true;
        }
        if !found {
            return None;
        }
        slope = least.max(0.0);
        let height = |s: &Corner| s.price as f64 - slope * measure(s) as f64;
        let lower = corners
            .iter()
            .filter(|s| measure(s) < load)
            .min_by(|a, b| height(a).total_cmp(&height(b)));
        match lower {
            Some(s) if height(s) < height(low) - 0.5 => low = s,
            _ => break,
        }
    }
    Some((slope, low.price as f64 + slope * (load - measure(low)) as f64))
}
