//! Why lines stay unfilled, seen from the finished plan: what could fill a line, and what of that
//! is left.

use std::collections::HashMap;

use super::lanes::Lanes;
use super::shipment::{ShipmentCost, stock_day};
use super::tariff::{Load, transport};
use crate::index::{Idx as _, LineIdx, NodeIdx, OrderIdx, ServiceIdx, SkuIdx, Sym};
use crate::model::{Lane, Problem};
use crate::plan::{OrderShipment, UnfilledReason};

/// What a plan leaves of stock and capacity; negative where it takes too much.
pub(super) struct Left {
    stock: Vec<i64>,
    shipments: Vec<Option<i64>>,
    lines: Vec<Option<i64>>,
    units: Vec<Option<i64>>,
}

impl Left {
    pub(super) fn all(problem: &Problem) -> Self {
        let limits =
            |f: fn(&crate::model::Node) -> Option<u32>| problem.nodes().iter().map(|n| f(n).map(i64::from)).collect();
        Self {
            stock: problem.stock().iter().map(|r| i64::from(r.available)).collect(),
            shipments: limits(|n| n.max_shipments),
            lines: limits(|n| n.max_lines),
            units: limits(|n| n.max_units),
        }
    }

    /// Takes what a shipment needs.
    pub(super) fn take(&mut self, problem: &Problem, shipment: &OrderShipment, cost: &ShipmentCost) {
        let take = |cell: &mut Option<i64>, n: i64| {
            if let Some(x) = cell {
                *x -= n;
            }
        };
        let n = shipment.node.get();
        take(&mut self.shipments[n], i64::from(cost.workload));
        take(&mut self.lines[n], shipment.fills.len() as i64);
        let day = stock_day(problem, shipment.node, cost.leaves_on);
        for f in &shipment.fills {
            take(&mut self.units[n], i64::from(f.qty));
            if let Some(row) = problem.stock_row_on(shipment.node, problem.lines()[f.line].sku, day) {
                for row in problem.chains().from(row.0) {
                    self.stock[row as usize] -= i64::from(f.qty);
                }
            }
        }
    }

    /// From now on the stock of a row is what is left for one more shipment that takes from it on:
    /// the least of it and of the later rows of its node and SKU.
    fn look_ahead(&mut self, problem: &Problem) {
        for row in (0..self.stock.len()).rev() {
            if problem.chains().last(row as u32) != row as u32 {
                self.stock[row] = self.stock[row].min(self.stock[row + 1]);
            }
        }
    }
}

/// Most ways in which the lines of an order that ships complete are tried to be filled; beyond, one
/// is taken to exist.
const TRIES: u32 = 2_000;

/// Finds the reasons of a finished plan.
pub(super) struct Reasons<'p> {
    problem: &'p Problem,
    left: Left,
    /// Whether the rules of an order let a group of it be filled, or with `None` all of it.
    known: HashMap<(OrderIdx, Option<Sym>), bool>,
}

impl<'p> Reasons<'p> {
    /// With all that the plan leaves.
    pub(super) fn of(problem: &'p Problem, mut left: Left) -> Self {
        left.look_ahead(problem);
        let known = HashMap::new();
        Self { problem, left, known }
    }

    /// Why a line has units left unfilled, where its order has these shipments.
    pub(super) fn of_line(&mut self, line: LineIdx, shipments: &[OrderShipment]) -> UnfilledReason {
        match self.alone(line, shipments) {
            UnfilledReason::NotChosen if !self.rules_let(line, shipments) => UnfilledReason::OrderRule,
            reason => reason,
        }
    }

    /// The same for the line alone, from the nodes that could fill it and what is left at them.
    fn alone(&self, line: LineIdx, shipments: &[OrderShipment]) -> UnfilledReason {
        let (problem, left) = (self.problem, &self.left);
        let (order, need) = (problem.lines()[line].order, self.need(line));
        let rows = problem.stock_of(problem.lines()[line].sku);
        let rows = rows.map(|r| (r, problem.stock()[r as usize]));
        let eligible = rows.filter(|(_, row)| row.available >= need && self.may_fill(line, row.node));
        let mut reason = UnfilledReason::NoEligibleNode;
        // Later in this order = nearer to being filled; the plan's reason is the nearest miss.
        let rank = |r: UnfilledReason| match r {
            UnfilledReason::NoEligibleNode => 0,
            UnfilledReason::NoService => 1,
            UnfilledReason::StockUsed => 2,
            UnfilledReason::CapacityUsed => 3,
            UnfilledReason::OrderRule | UnfilledReason::NotChosen => 4,
        };
        for (r, row) in eligible {
            let joins = shipments.iter().any(|s| s.node == row.node);
            let with_service = if left.stock[r as usize] < i64::from(need) {
                UnfilledReason::StockUsed
            } else if !self.has_capacity(order, row.node, (1, i64::from(need)), joins) {
                UnfilledReason::CapacityUsed
            } else {
                UnfilledReason::NotChosen
            };
            // Services are looked for only where that could change the answer.
            if rank(with_service) <= rank(reason) {
                continue;
            }
            if any_service(problem, order, Load::of(problem, line, need), row.node) {
                reason = with_service;
            } else if reason == UnfilledReason::NoEligibleNode {
                reason = UnfilledReason::NoService;
            }
            if reason == UnfilledReason::NotChosen {
                break;
            }
        }
        reason
    }

    /// The least units of a line that can ship.
    fn need(&self, line: LineIdx) -> u32 {
        let line = &self.problem.lines()[line];
        if line.divisible { 1 } else { line.qty }
    }

    /// Whether pins, exclusions and the node let a line leave from it.
    fn may_fill(&self, line: LineIdx, node: NodeIdx) -> bool {
        let l = &self.problem.lines()[line];
        let n = &self.problem.nodes()[node];
        l.pin.is_none_or(|pin| pin == node)
            && !self.problem.is_excluded(line, node)
            && self.problem.orders()[l.order]
                .pickup_node
                .map_or(n.ships, |p| p == node && n.pickup)
    }

    /// Whether a node has capacity left for so many more lines and units of an order, in a shipment
    /// that is there or a new one.
    fn has_capacity(&self, order: OrderIdx, node: NodeIdx, (lines, units): (i64, i64), joins: bool) -> bool {
        let has = |left: Option<i64>, need: i64| left.is_none_or(|left| left >= need);
        let is_quoted = self.problem.orders()[order].pickup_node.is_none();
        let quotes = self
            .problem
            .quotes_of(order)
            .iter()
            .filter(|q| is_quoted && q.node == node);
        let workload = quotes.map(|q| i64::from(q.workload)).min().unwrap_or(1);
        let (left, n) = (&self.left, node.get());
        (joins || has(left.shipments[n], workload)) && has(left.lines[n], lines) && has(left.units[n], units)
    }

    /// Whether the rules of its order let a line be filled from what is left, as far as [`TRIES`]
    /// ways tell.
    fn rules_let(&mut self, line: LineIdx, shipments: &[OrderShipment]) -> bool {
        let l = &self.problem.lines()[line];
        let is_complete = self.problem.orders()[l.order].ship_complete;
        if !is_complete && l.group.is_none() {
            return self.can_place(l.order, &[Block::Whole(vec![(line, self.need(line))])], shipments);
        }
        let key = (l.order, l.group.filter(|_| !is_complete));
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let can = self.can_place(l.order, &self.blocks(l.order, key.1), shipments);
        self.known.insert(key, can);
        can
    }

    /// What of an order must leave together: one group of it, or with `None` all of it, each line
    /// whole.
    fn blocks(&self, order: OrderIdx, only: Option<Sym>) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut of_group: HashMap<Sym, Vec<(LineIdx, u32)>> = HashMap::new();
        let mut groups = Vec::new();
        for line in self.problem.orders()[order].lines() {
            let l = &self.problem.lines()[line];
            match l.group {
                _ if only.is_some() && l.group != only => {}
                Some(group) => {
                    let lines = of_group.entry(group).or_default();
                    if lines.is_empty() {
                        groups.push(group);
                    }
                    lines.push((line, l.qty));
                }
                None if l.divisible => blocks.push(Block::Spread(line, l.qty)),
                None => blocks.push(Block::Whole(vec![(line, l.qty)])),
            }
        }
        blocks.extend(
            groups
                .iter()
                .filter_map(|group| of_group.remove(group).map(Block::Whole)),
        );
        blocks
    }

    /// Whether all blocks of an order can leave, in the shipments that are there and as many more
    /// as it may have.
    fn can_place(&self, order: OrderIdx, blocks: &[Block], shipments: &[OrderShipment]) -> bool {
        let most = self.problem.orders()[order]
            .max_shipments
            .map_or(usize::MAX, |most| most as usize);
        let mut placing = Placing {
            reasons: self,
            order,
            blocks,
            room: most.saturating_sub(shipments.len()),
            loads: shipments.iter().map(|s| (s.node, Vec::new(), Some(s))).collect(),
            tries: TRIES,
        };
        placing.place(0)
    }

    /// Whether units of lines of an order can be added to a shipment that is there, or leave in a
    /// new one, of what is left at a node.
    fn fits(&self, order: OrderIdx, units: &[(LineIdx, u32)], node: NodeIdx, there: Option<&OrderShipment>) -> bool {
        let problem = self.problem;
        if !units.iter().all(|&(line, _)| self.may_fill(line, node)) {
            return false;
        }
        let mut needs: HashMap<SkuIdx, i64> = HashMap::new();
        let mut load = Load::default();
        for &(line, qty) in units {
            *needs.entry(problem.lines()[line].sku).or_default() += i64::from(qty);
            load = load.plus(Load::of(problem, line, qty));
        }
        let has = |(sku, need): (&SkuIdx, &i64)| {
            let mut rows = problem.stock_of(*sku);
            rows.any(|r| problem.stock()[r as usize].node == node && self.left.stock[r as usize] >= *need)
        };
        let more = (units.len() as i64, needs.values().sum());
        if !needs.iter().all(has) || !self.has_capacity(order, node, more, there.is_some()) {
            return false;
        }
        let fills = there.into_iter().flat_map(|s| &s.fills);
        let whole = fills.fold(load, |load, f| load.plus(Load::of(problem, f.line, f.qty)));
        any_service(problem, order, whole, node)
    }
}

/// What must leave.
enum Block {
    /// Units of lines, from one node.
    Whole(Vec<(LineIdx, u32)>),
    /// Units of a divisible line, from one node or several.
    Spread(LineIdx, u32),
}

/// A node, the units of lines that were added to its shipment, and what the shipment is without
/// them.
type Filling<'a> = (NodeIdx, Vec<(LineIdx, u32)>, Option<&'a OrderShipment>);

/// A search for shipments that take all blocks of an order.
struct Placing<'a> {
    reasons: &'a Reasons<'a>,
    order: OrderIdx,
    blocks: &'a [Block],
    /// How many more shipments there may be.
    room: usize,
    loads: Vec<Filling<'a>>,
    tries: u32,
}

impl Placing<'_> {
    /// Whether the blocks from this one on can be placed; also where there are no more tries.
    fn place(&mut self, block: usize) -> bool {
        match self.blocks.get(block) {
            None => true,
            Some(Block::Whole(units)) => self.put(units, &mut |rest| rest.place(block + 1)),
            Some(&Block::Spread(line, units)) => self.spread(block, line, units),
        }
    }

    /// The same, where so many units of a block are still to be placed, the most first from one
    /// node.
    fn spread(&mut self, block: usize, line: LineIdx, units: u32) -> bool {
        (1..=units).rev().any(|here| {
            self.put(&[(line, here)], &mut |rest| {
                if here == units {
                    rest.place(block + 1)
                } else {
                    rest.spread(block, line, units - here)
                }
            })
        })
    }

    /// Whether units of lines can leave from one node, and `then` the rest.
    fn put(&mut self, units: &[(LineIdx, u32)], then: &mut dyn FnMut(&mut Self) -> bool) -> bool {
        let (reasons, order) = (self.reasons, self.order);
        for n in 0..self.loads.len() {
            let (node, added, there) = &self.loads[n];
            let together = [&added[..], units].concat();
            if self.tries == 0 {
                return true;
            }
            self.tries -= 1;
            if reasons.fits(order, &together, *node, *there) {
                let before = std::mem::replace(&mut self.loads[n].1, together);
                if then(self) {
                    return true;
                }
                self.loads[n].1 = before;
            }
        }
        if self.room == 0 {
            return false;
        }
        for node in reasons.problem.nodes().indices() {
            // An order has one shipment from a node.
            if self.loads.iter().any(|(taken, ..)| *taken == node) {
                continue;
            }
            if !units.iter().all(|&(line, _)| reasons.may_fill(line, node)) {
                continue;
            }
            if self.tries == 0 {
                return true;
            }
            self.tries -= 1;
            if reasons.fits(order, units, node, None) {
                self.loads.push((node, units.to_vec(), None));
                self.room -= 1;
                if then(self) {
                    return true;
                }
                self.room += 1;
                self.loads.pop();
            }
        }
        false
    }
}

/// Whether any service takes a load of an order from a node.
fn any_service(problem: &Problem, order: OrderIdx, load: Load, node: NodeIdx) -> bool {
    if problem.orders()[order].pickup_node.is_some() {
        return true;
    }
    let quotes = problem.quotes_of(order);
    if !quotes.is_empty() {
        return quotes.iter().any(|q| q.node == node);
    }
    let takes = |service: ServiceIdx, lane: &Lane| {
        let rate = problem.rate_of(service, lane.zone);
        rate.is_some_and(|rate| transport(problem, rate, load).is_some())
    };
    Lanes::to(problem, problem.orders()[order].destination).any(node, takes)
}
