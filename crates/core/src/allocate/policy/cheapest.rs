//! `cheapest`: the cheapest way to serve each order by itself, with the stock and capacity that earlier orders left. What
//! a "least cost" routing does at its best; it looks at no later order.
//!
//! Exact up to twelve line groups: what each node would cost for each set of groups, then the cheapest partition of the
//! order over nodes and "unfilled" (see [`partition`](super::partition)). Larger orders, and divisible lines in parts,
//! get the best of `distance`, `fewest-splits` and best insertion. Of equals the first node in file order.

use super::basket::Basket;
use super::offer::Ways;
use super::packing::{Packing, Piece};
use super::partition::{self, NEVER, Set, Terms, each_subset};
use super::{Desk, distance, fewest_splits, insertion};
use crate::cost::shipment;
use crate::cost::tariff::{Load, transport};
use crate::index::{NodeIdx, RateIdx};
use crate::model::Problem;

/// Groups of an order that is served exactly.
const MOST_EXACT: usize = 12;

/// Packs an order at the least cost.
pub(super) fn pack(desk: &mut Desk<'_>, basket: &Basket) -> Packing {
    let mut best = Packing::new(basket);
    let mut least = basket.penalty();
    let mut consider = |problem: &Problem, packing: Packing| {
        let cost = packing.cost(problem, basket);
        if cost < least {
            (best, least) = (packing, cost);
        }
    };
    let small = basket.groups.len() <= MOST_EXACT;
    if small {
        consider(desk.problem, exact(desk, basket));
    }
    if !small || basket.has_divisible() {
        for pack in [distance::pack, fewest_splits::pack, insertion::pack] {
            consider(desk.problem, pack(desk, basket));
        }
    }
    best
}

/// The cheapest way to ship something, every group whole; nothing where nothing can ship.
fn exact(desk: &mut Desk<'_>, basket: &Basket) -> Packing {
    let problem = desk.problem;
    let terms = Terms {
        unfilled: basket.groups.iter().map(|g| g.penalty.ten_thousandths()).collect(),
        max_parts: basket.max_shipments,
        complete: basket.ship_complete,
    };
    let sets = Sets::new(basket);
    let tables = tables(desk, basket, &sets);
    let mut packing = Packing::new(basket);
    for (node, set) in parts(&tables, &terms, sets.all()) {
        let Some(offer) = desk.offers.cheapest(&desk.left, basket.order, node, sets.load[set]) else {
            continue;
        };
        for group in (0..basket.groups.len()).filter(|g| set >> g & 1 == 1) {
            let piece = Piece {
                group,
                units: basket.groups[group].units,
            };
            packing.put(problem, basket, piece, node, offer);
        }
    }
    packing
}

/// What every set of groups asks for.
struct Sets {
    lines: Vec<i64>,
    units: Vec<i64>,
    load: Vec<Load>,
}

impl Sets {
    fn new(basket: &Basket) -> Self {
        let count = 1 << basket.groups.len();
        let mut sets = Self {
            lines: vec![0; count],
            units: vec![0; count],
            load: vec![Load::default(); count],
        };
        for set in 1..count {
            let (group, rest) = (&basket.groups[set.trailing_zeros() as usize], set & (set - 1));
            sets.lines[set] = sets.lines[rest] + group.lines.len() as i64;
            sets.units[set] = sets.units[rest] + group.units;
            sets.load[set] = sets.load[rest].plus(group.load);
        }
        sets
    }

    fn all(&self) -> Set {
        self.lines.len() - 1
    }
}

/// What each set of groups costs as one shipment of one node, handling and one split penalty included.
struct Table {
    node: NodeIdx,
    cost: Vec<i64>,
}

/// The tables of all nodes that can ship some group, by rising node.
fn tables(desk: &mut Desk<'_>, basket: &Basket, sets: &Sets) -> Vec<Table> {
    let mut nodes: Vec<NodeIdx> = basket.groups.iter().flat_map(|g| g.nodes.iter().copied()).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let mut prices = Prices {
        problem: desk.problem,
        known: Vec::new(),
    };
    nodes
        .into_iter()
        .filter_map(|node| table(desk, basket, sets, node, &mut prices))
        .collect()
}

fn table(desk: &mut Desk<'_>, basket: &Basket, sets: &Sets, node: NodeIdx, prices: &mut Prices<'_>) -> Option<Table> {
    let problem = desk.problem;
    let ways = desk.offers.ways(&desk.left, basket.order, node);
    if matches!(ways, Ways::Fixed(None)) {
        return None;
    }
    let has = |set: Set, (i, group): (usize, &super::basket::Group)| {
        if group.nodes.binary_search(&node).is_ok() {
            set | 1 << i
        } else {
            set
        }
    };
    if desk.spend(sets.lines.len() * (10 + 10 * desk.offers.looked_at())) {
        return None;
    }
    let here = basket.groups.iter().enumerate().fold(0, has);
    let split = problem.objective().split_penalty.ten_thousandths();
    let mut cost = vec![NEVER; sets.lines.len()];
    each_subset(here, |set| {
        let (lines, units) = (sets.lines[set], sets.units[set]);
        if desk.left.has_lines_units(node, lines, units) && (!basket.repeats || stock_lasts(desk, basket, set, node)) {
            let handling = shipment::handling(problem, node, lines, units).ten_thousandths();
            let carriage = prices.carriage(&ways, set, sets);
            cost[set] = if carriage >= NEVER {
                NEVER
            } else {
                handling + split + carriage
            };
        }
    });
    Some(Table { node, cost })
}

/// Whether the node has enough of every SKU that the set's lines ask for together.
fn stock_lasts(desk: &Desk<'_>, basket: &Basket, set: Set, node: NodeIdx) -> bool {
    let problem = desk.problem;
    let groups = basket.groups.iter().enumerate().filter(|(i, _)| set >> i & 1 == 1);
    let lines: Vec<_> = groups
        .flat_map(|(_, g)| &g.lines)
        .map(|&l| &problem.lines()[l])
        .collect();
    lines.iter().all(|line| {
        let asked: i64 = lines
            .iter()
            .filter(|l| l.sku == line.sku)
            .map(|l| i64::from(l.qty))
            .sum();
        asked <= i64::from(desk.left.of(problem, node, line.sku))
    })
}

/// Transport of the sets in the price tables that this order has met; nodes share them.
struct Prices<'p> {
    problem: &'p Problem,
    /// By price table: for each set its price, or `None` where not yet asked for.
    known: Vec<(RateIdx, Vec<Option<i64>>)>,
}

impl Prices<'_> {
    /// Transport and lateness of a set by the cheapest of the ways.
    fn carriage(&mut self, ways: &Ways, set: Set, sets: &Sets) -> i64 {
        match ways {
            Ways::Fixed(offer) => offer.map_or(NEVER, |o| o.cost.ten_thousandths()),
            Ways::Departures(departures) => {
                let costs = departures
                    .iter()
                    .map(|(d, late)| self.transport(d.rate, set, sets) + late.ten_thousandths());
                costs.min().unwrap_or(NEVER)
            }
        }
    }

    fn transport(&mut self, rate: RateIdx, set: Set, sets: &Sets) -> i64 {
        let position = self.known.iter().position(|(r, _)| *r == rate).unwrap_or_else(|| {
            self.known.push((rate, vec![None; sets.load.len()]));
            self.known.len() - 1
        });
        *self.known[position].1[set].get_or_insert_with(|| {
            transport(self.problem, rate, sets.load[set]).map_or(NEVER, |t| t.price.ten_thousandths())
        })
    }
}

/// The cheapest partition of an order over its nodes.
fn parts(tables: &[Table], terms: &Terms, all: Set) -> Vec<(NodeIdx, Set)> {
    let (mut whole, mut node) = (vec![NEVER; all + 1], vec![NodeIdx(0); all + 1]);
    for table in tables {
        for (set, &cost) in table.cost.iter().enumerate() {
            if cost < whole[set] {
                (whole[set], node[set]) = (cost, table.node);
            }
        }
    }
    let Some((_, sets)) = partition::cheapest(&whole, terms) else {
        return Vec::new();
    };
    let parts: Vec<(NodeIdx, Set)> = sets.into_iter().map(|set| (node[set], set)).collect();
    let twice = parts
        .iter()
        .enumerate()
        .any(|(i, (n, _))| parts[..i].iter().any(|(m, _)| m == n));
    if !twice {
        return parts;
    }
    let costs: Vec<Vec<i64>> = tables.iter().map(|t| t.cost.clone()).collect();
    let exact = partition::over_nodes(&costs, terms).map_or(Vec::new(), |(_, parts)| parts);
    exact
        .into_iter()
        .map(|(position, set)| (tables[position].node, set))
        .collect()
}
