//! The optimum of a small problem whose lines may be of many units, by dynamic programming over the nodes.
//!
//! All that orders compete for belongs to one node. So what the first nodes have filled of each line, and how many shipments
//! each order has from them, is all that the next node needs to know. It shares no code with the solver or the verifier; only
//! the price of a single shipment is that of `cost`. Slow on purpose.

use std::collections::BTreeMap;

use clapot::index::{LineIdx, NodeIdx, OrderIdx};
use clapot::model::Problem;
use clapot::plan::Fill;

use super::oracle::{Resource, all_stock, may_fill, services, there_is};

/// Pieces of each line of the problem that are filled, then shipments of each order that has a limit of them.
type State = Vec<u32>;

/// The least total of any plan; `None` where it would take more than `limit` steps to find out.
pub(crate) fn least_total(problem: &Problem, limit: usize) -> Option<i128> {
    let states = States::new(problem, limit)?;
    let mut least: Vec<Option<i128>> = vec![None; states.all.len()];
    least[0] = Some(0);
    for node in problem.nodes().indices() {
        let loads = node_loads(problem, node, limit)?;
        let reached = least.iter().flatten().count();
        if reached.saturating_mul(loads.len()) > limit {
            return None;
        }
        let mut next = vec![None; least.len()];
        for (at, (state, cost)) in states.all.iter().zip(&least).enumerate() {
            let Some(cost) = cost else { continue };
            for (adds, more) in &loads {
                let mut sums = state.iter().zip(adds).map(|(a, b)| a + b).zip(&states.most);
                if sums.all(|(sum, most)| sum <= *most) {
                    let to = &mut next[at + states.position(adds)];
                    *to = Some(to.map_or(cost + more, |known: i128| known.min(cost + more)));
                }
            }
        }
        least = next;
    }
    let ends = states.all.iter().zip(&least);
    let totals = ends.filter_map(|(state, cost)| Some((*cost)? + rest(problem, state)?));
    totals.min()
}

/// The pieces that a line comes in: units of a divisible line, else the line itself.
fn pieces(problem: &Problem, line: LineIdx) -> u32 {
    let l = &problem.lines()[line];
    if l.divisible { l.qty } else { 1 }
}

/// All states; the position of a sum is the sum of the positions.
struct States {
    most: State,
    all: Vec<State>,
    weights: Vec<usize>,
}

impl States {
    fn new(problem: &Problem, limit: usize) -> Option<Self> {
        let lines = problem.lines().indices().map(|l| pieces(problem, l));
        let counted = counters(problem)
            .into_iter()
            .filter_map(|o| problem.orders()[o].max_shipments);
        let most: State = lines.chain(counted).collect();
        let mut weights = Vec::new();
        let mut all = 1usize;
        for &n in &most {
            weights.push(all);
            all = all.checked_mul(n as usize + 1).filter(|&n| n <= limit)?;
        }
        let digit = |at: usize, i: usize| (at / weights[i] % (most[i] as usize + 1)) as u32;
        let state = |at| (0..most.len()).map(|i| digit(at, i)).collect();
        let all = (0..all).map(state).collect();
        Some(Self { most, all, weights })
    }

    fn position(&self, state: &State) -> usize {
        state
            .iter()
            .zip(&self.weights)
            .map(|(&n, weight)| n as usize * weight)
            .sum()
    }
}

/// What unfilled units cost, less the split penalty of each order's first shipment; `None` where an order that must ship whole
/// ships in part.
fn rest(problem: &Problem, state: &State) -> Option<i128> {
    let mut cost = 0;
    for order in problem.orders() {
        let filled = |l: LineIdx| state[l.0 as usize];
        let is_whole = order.lines().all(|l| filled(l) == pieces(problem, l));
        let ships = order.lines().any(|l| filled(l) > 0);
        if order.ship_complete && ships && !is_whole {
            return None;
        }
        for line in order.lines() {
            let l = &problem.lines()[line];
            let units = l.qty / pieces(problem, line) * (pieces(problem, line) - filled(line));
            cost += i128::from(l.unfilled_penalty.ten_thousandths()) * i128::from(units);
        }
        cost -= i128::from(ships) * split_penalty(problem);
    }
    Some(cost)
}

fn split_penalty(problem: &Problem) -> i128 {
    problem.objective().split_penalty.ten_thousandths().into()
}

/// What a node ships of some orders, what that takes, and what it costs.
#[derive(Clone)]
struct Load {
    adds: State,
    takes: BTreeMap<Resource, i128>,
    cost: i128,
}

/// All that a node can ship, and the least cost of each; `None` where there are more than `limit` ways.
fn node_loads(problem: &Problem, node: NodeIdx, limit: usize) -> Option<Vec<(State, i128)>> {
    let counters: Vec<OrderIdx> = counters(problem);
    let mut loads = vec![Load {
        adds: vec![0; problem.lines().len() + counters.len()],
        takes: BTreeMap::new(),
        cost: 0,
    }];
    for order in problem.orders().indices() {
        let own = shipments(problem, (order, node), &counters, limit)?;
        if loads.len().saturating_mul(own.len() + 1) > limit {
            return None;
        }
        let with = loads
            .iter()
            .flat_map(|load| own.iter().map(move |more| both(load, more)));
        let with: Vec<Load> = with.filter(|load| fits(problem, &load.takes)).collect();
        loads.extend(with);
    }
    let mut cheapest = BTreeMap::new();
    for load in loads {
        keep_cheapest(&mut cheapest, load.adds, load.cost);
    }
    Some(cheapest.into_iter().collect())
}

/// The orders whose shipments are counted: from each node an order has one at most.
fn counters(problem: &Problem) -> Vec<OrderIdx> {
    let limited = |most: u32| (most as usize) < problem.nodes().len();
    let orders = problem.orders().iter_enumerated();
    orders
        .filter(|(_, o)| o.max_shipments.is_some_and(limited))
        .map(|(o, _)| o)
        .collect()
}

fn fits(problem: &Problem, takes: &BTreeMap<Resource, i128>) -> bool {
    takes
        .iter()
        .all(|(&resource, n)| there_is(problem, resource).is_none_or(|most| *n <= most))
}

fn both(a: &Load, b: &Load) -> Load {
    let mut both = a.clone();
    both.cost += b.cost;
    both.adds.iter_mut().zip(&b.adds).for_each(|(a, b)| *a += b);
    for (&resource, n) in &b.takes {
        *both.takes.entry(resource).or_insert(0) += n;
    }
    both
}

fn keep_cheapest<K: Ord>(known: &mut BTreeMap<K, i128>, key: K, cost: i128) {
    let least = known.entry(key).or_insert(cost);
    *least = cost.min(*least);
}

/// Every shipment of an order from a node that can be by itself; for equal units and use of resources the cheapest.
fn shipments(
    problem: &Problem,
    (order, node): (OrderIdx, NodeIdx),
    counters: &[OrderIdx],
    limit: usize,
) -> Option<Vec<Load>> {
    let mut cheapest: BTreeMap<(Vec<Fill>, BTreeMap<Resource, i128>), i128> = BTreeMap::new();
    for fills in picks(problem, (order, node), limit)? {
        for way in services(problem, order, node, &fills) {
            if fits(problem, &way.takes) {
                keep_cheapest(&mut cheapest, (fills.clone(), way.takes), way.cost);
            }
        }
    }
    let lines = problem.lines().len();
    let load = |((fills, takes), cost): ((Vec<Fill>, _), i128)| {
        let mut adds = vec![0; lines + counters.len()];
        for fill in fills {
            let units = problem.lines()[fill.line].qty / pieces(problem, fill.line);
            adds[fill.line.0 as usize] = fill.qty / units;
        }
        if let Some(counter) = counters.iter().position(|&o| o == order) {
            adds[lines + counter] = 1;
        }
        Load {
            adds,
            takes,
            cost: cost + split_penalty(problem),
        }
    };
    Some(cheapest.into_iter().map(load).collect())
}

/// Everything of an order that its own rules let a node ship; `None` where there is more than `limit` of it.
fn picks(problem: &Problem, (order, node): (OrderIdx, NodeIdx), limit: usize) -> Option<Vec<Vec<Fill>>> {
    let mut picks: Vec<Vec<Fill>> = vec![Vec::new()];
    for line in problem.orders()[order].lines() {
        let l = &problem.lines()[line];
        let there = all_stock(problem, node, l.sku).clamp(0, l.qty.into()) as u32;
        let least = if l.divisible { 1 } else { l.qty };
        let most = if may_fill(problem, line, node) { there } else { 0 };
        let with = |pick: &Vec<Fill>, qty| pick.iter().copied().chain([Fill { line, qty }]).collect();
        let more = picks
            .iter()
            .flat_map(|pick| (least..=most).map(move |qty| with(pick, qty)));
        let more: Vec<Vec<Fill>> = more.collect();
        picks.extend(more);
        if picks.len() > limit {
            return None;
        }
    }
    picks.retain(|fills| is_together(problem, order, fills));
    Some(picks)
}

/// Something ships, and of each group all lines or none.
fn is_together(problem: &Problem, order: OrderIdx, fills: &[Fill]) -> bool {
    let ships = |line: LineIdx| fills.iter().any(|f| f.line == line);
    let group = |line: LineIdx| problem.lines()[line].group;
    let pairs = || {
        problem.orders()[order]
            .lines()
            .flat_map(|a| problem.orders()[order].lines().map(move |b| (a, b)))
    };
    let apart = |(a, b): (LineIdx, LineIdx)| group(a).is_some() && group(a) == group(b) && ships(a) != ships(b);
    !fills.is_empty() && !pairs().any(apart)
}
