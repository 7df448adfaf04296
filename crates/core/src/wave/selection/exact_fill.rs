//! The most units of a given set of aisles. Nearly all orders that fit alone fit together, so what is decided is which few to
//! drop: of each SKU that is asked for more than is held, orders with at least the excess, at the least units. SKUs that
//! share no such order are apart, and each part is solved by a small tree; one that is too hard for it goes to a
//! mixed-integer programme, where a strong solver is built in.

use super::fill::{Fill, Wave};
use super::nearest::Choice;
use super::presolve::Reduced;
use crate::quantity::Money;
use crate::search::Budget;
use crate::search::milp::{self, Limits, Milp, Model, Row};

/// Nodes of the tree of one part.
const NODES: u32 = 20_000;
/// Branch-and-bound nodes and seconds of a programme.
const MILP_NODES: u64 = 500;
const SECONDS: f64 = 5.0;

/// An order that may be dropped: its units, and its lines of scarce SKUs.
struct Item {
    class: Option<u32>,
    units: i64,
    lines: Vec<(u32, i64)>,
}

/// The wave of the most units that visits these aisles, and whether that is proved.
pub(super) fn fill_exactly(reduced: &Reduced, wave: Wave, milp: Milp, budget: &Budget<'_>) -> (Wave, bool) {
    let mut held = vec![0_i64; reduced.skus()];
    for &aisle in &wave.aisles {
        for cell in reduced.aisles.row(aisle as usize) {
            held[cell.at as usize] += i64::from(cell.units);
        }
    }
    let times: Vec<i64> = (0..reduced.classes.len())
        .map(|class| {
            let row = reduced.classes.row(class);
            let fit = row.iter().map(|c| held[c.at as usize] / i64::from(c.units)).min();
            fit.unwrap_or(0).min(i64::from(reduced.count(class)))
        })
        .collect();
    let mut excess: Vec<i64> = held.iter().map(|h| -h).collect();
    for (class, &times) in times.iter().enumerate() {
        for cell in reduced.classes.row(class) {
            excess[cell.at as usize] += times * i64::from(cell.units);
        }
    }
    // Single lines compete where classes want the SKU as well.
    let shared = |sku: usize| reduced.wanted_by.row(sku).iter().any(|c| times[c.at as usize] > 0);
    let mut items: Vec<Item> = Vec::new();
    for sku in (0..reduced.skus()).filter(|&s| held[s] > 0 && shared(s)) {
        for (units, orders) in &reduced.singles[sku] {
            let units = i64::from(*units);
            let fit = (held[sku] / units).min(orders.len() as i64);
            excess[sku] += units * fit;
            for _ in 0..fit {
                items.push(Item {
                    class: None,
                    units,
                    lines: vec![(sku as u32, units)],
                });
            }
        }
    }
    items.retain(|item| excess[item.lines[0].0 as usize] > 0);
    for (class, &times) in times.iter().enumerate() {
        let scarce = |c: &&super::presolve::Cell| excess[c.at as usize] > 0;
        let row = reduced.classes.row(class);
        let lines: Vec<(u32, i64)> = row.iter().filter(scarce).map(|c| (c.at, i64::from(c.units))).collect();
        for _ in 0..if lines.is_empty() { 0 } else { times } {
            let units = i64::from(reduced.units[class]);
            items.push(Item {
                class: Some(class as u32),
                units,
                lines: lines.clone(),
            });
        }
    }
    let (mut taken, mut proved) = (times, true);
    let mut work = 0;
    for part in parts(&items, reduced.skus()) {
        let mut tree = Tree::new(&items, &part, &excess);
        tree.search();
        work += u64::from(tree.nodes) * part.len() as u64;
        let mut dropped = tree.best.1;
        if tree.nodes >= NODES {
            proved = false;
            if milp.backend().carries_neighbourhoods() && part.len() <= milp.backend().columns_at_once() {
                work += part.len() as u64 * 1000;
                if let Some((better, sure)) = programme(&items, &part, &excess, milp, budget) {
                    let units = |d: &[u32]| d.iter().map(|&i| items[i as usize].units).sum::<i64>();
                    if units(&better) < units(&dropped) {
                        dropped = better;
                    }
                    proved = sure;
                }
            }
        }
        for item in dropped {
            if let Some(class) = items[item as usize].class {
                taken[class as usize] -= 1;
            }
        }
    }
    budget.spend(work);
    let taken: Vec<i32> = taken.iter().map(|&t| t as i32).collect();
    let mut fill = Fill::new(reduced);
    if !fill.become_taken(&wave.aisles, &taken) {
        return (wave, false);
    }
    if fill.units > reduced.most && wave.units < reduced.most {
        // What is most without a limit is not what comes nearest to it.
        return Choice::of(reduced, &wave, &held).best();
    }
    let exact = fill.wave();
    if exact.units > wave.units {
        (exact, proved)
    } else {
        (wave, proved)
    }
}

/// Items that share scarce SKUs, directly or by others.
fn parts(items: &[Item], skus: usize) -> Vec<Vec<u32>> {
    let mut first = vec![u32::MAX; skus];
    let mut sets = petgraph::unionfind::UnionFind::<usize>::new(items.len());
    for (n, item) in items.iter().enumerate() {
        for &(sku, _) in &item.lines {
            if first[sku as usize] == u32::MAX {
                first[sku as usize] = n as u32;
            } else {
                sets.union(first[sku as usize] as usize, n);
            }
        }
    }
    let mut parts: std::collections::BTreeMap<usize, Vec<u32>> = std::collections::BTreeMap::new();
    for n in 0..items.len() {
        parts.entry(sets.find(n)).or_default().push(n as u32);
    }
    parts.into_values().collect()
}

/// Depth-first search for the cheapest orders to drop in one part.
struct Tree<'a> {
    items: &'a [Item],
    /// SKUs of the part, with what still has to go and the items that hold them, the cheapest for what they free first.
    skus: Vec<(u32, i64, Vec<u32>)>,
    at: std::collections::BTreeMap<u32, usize>,
    /// 0 open, 1 dropped, 2 kept.
    state: std::collections::BTreeMap<u32, u8>,
    cost: i64,
    best: (i64, Vec<u32>),
    nodes: u32,
}

impl<'a> Tree<'a> {
    fn new(items: &'a [Item], part: &[u32], excess: &[i64]) -> Self {
        let mut made = Self {
            items,
            skus: Vec::new(),
            at: std::collections::BTreeMap::new(),
            state: part.iter().map(|&i| (i, 0)).collect(),
            cost: 0,
            best: (i64::MAX, part.to_vec()),
            nodes: 0,
        };
        for &item in part {
            for &(sku, _) in &items[item as usize].lines {
                let at = *made.at.entry(sku).or_insert_with(|| {
                    made.skus.push((sku, excess[sku as usize], Vec::new()));
                    made.skus.len() - 1
                });
                made.skus[at].2.push(item);
            }
        }
        for (sku, _, holders) in &mut made.skus {
            let price = |i: u32| (items[i as usize].units, units_of(&items[i as usize], *sku));
            holders.sort_by(|&a, &b| {
                let (a, b) = (price(a), price(b));
                (a.0 * b.1).cmp(&(b.0 * a.1))
            });
        }
        made.best.0 = part.iter().map(|&i| items[i as usize].units).sum();
        made
    }

    /// The least that one SKU's excess costs, orders in parts allowed; `None` where it cannot be met.
    fn least(&self, sku: usize) -> Option<i64> {
        let (number, mut rest, holders) = (self.skus[sku].0, self.skus[sku].1, &self.skus[sku].2);
        let mut cost = 0;
        for &item in holders.iter().filter(|i| self.state[i] == 0) {
            if rest <= 0 {
                break;
            }
            let (units, frees) = (
                self.items[item as usize].units,
                units_of(&self.items[item as usize], number),
            );
            cost += if frees <= rest {
                units
            } else {
                (units * rest + frees - 1) / frees
            };
            rest -= frees;
        }
        (rest <= 0).then_some(cost)
    }

    fn search(&mut self) {
        self.nodes += 1;
        if self.nodes >= NODES || self.cost >= self.best.0 {
            return;
        }
        let mut worst: Option<(i64, usize)> = None;
        for sku in (0..self.skus.len()).filter(|&s| self.skus[s].1 > 0) {
            let Some(cost) = self.least(sku) else { return };
            if self.cost + cost >= self.best.0 {
                return;
            }
            if worst.is_none_or(|w| cost > w.0) {
                worst = Some((cost, sku));
            }
        }
        let Some((_, sku)) = worst else {
            let dropped = self.state.iter().filter(|s| *s.1 == 1).map(|s| *s.0).collect();
            self.best = (self.cost, dropped);
            return;
        };
        // One of the open holders goes; those tried before it stay.
        let open: Vec<u32> = self.skus[sku]
            .2
            .iter()
            .copied()
            .filter(|i| self.state[i] == 0)
            .collect();
        for &item in &open {
            self.set(item, 1);
            self.search();
            self.set(item, 2);
        }
        for &item in &open {
            self.state.insert(item, 0);
        }
    }

    /// Drops an item, or keeps one that was dropped.
    fn set(&mut self, item: u32, state: u8) {
        let sign = if state == 1 { 1 } else { -1 };
        self.state.insert(item, state);
        self.cost += sign * self.items[item as usize].units;
        for &(sku, units) in &self.items[item as usize].lines {
            self.skus[self.at[&sku]].1 -= sign * units;
        }
    }
}

/// Units of a SKU in an item.
fn units_of(item: &Item, sku: u32) -> i64 {
    item.lines.iter().find(|l| l.0 == sku).map_or(0, |l| l.1)
}

/// The same by a mixed-integer programme: what is dropped, and whether that is proved the least.
fn programme(
    items: &[Item],
    part: &[u32],
    excess: &[i64],
    milp: Milp,
    budget: &Budget<'_>,
) -> Option<(Vec<u32>, bool)> {
    let mut rows: std::collections::BTreeMap<u32, Row> = std::collections::BTreeMap::new();
    let mut costs = Vec::new();
    for (column, &item) in part.iter().enumerate() {
        let item = &items[item as usize];
        costs.push(item.units * Money::SCALE);
        for &(sku, units) in &item.lines {
            let rhs = -excess[sku as usize];
            let row = rows.entry(sku).or_insert(Row {
                terms: Vec::new(),
                rhs,
                equal: false,
            });
            row.terms.push((column as u32, -units));
        }
    }
    let limits = Limits {
        seconds: budget.seconds_left().map(|s| s.min(SECONDS)),
        nodes: Some(MILP_NODES),
        gap: 0.0,
        threads: 1,
        bound_first: false,
        patience: None,
        work: None,
    };
    let model = Model {
        costs,
        rows: rows.into_values().collect(),
        ..Model::default()
    };
    let answer = milp::solve(milp, model, None, limits, (budget, None));
    let dropped: Vec<u32> = answer.chosen?.into_iter().map(|c| part[c as usize]).collect();
    let mut rest: std::collections::BTreeMap<u32, i64> = std::collections::BTreeMap::new();
    for &(sku, _) in part.iter().flat_map(|&i| &items[i as usize].lines) {
        rest.insert(sku, excess[sku as usize]);
    }
    for &(sku, units) in dropped.iter().flat_map(|&i| &items[i as usize].lines) {
        *rest.entry(sku).or_default() -= units;
    }
    rest.values().all(|&r| r <= 0).then_some((dropped, answer.proved))
}
