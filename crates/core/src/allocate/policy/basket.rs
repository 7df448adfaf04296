//! An order as the rules of the format let it be served: what ships together, from which nodes.

use super::left::Left;
use crate::cost::Load;
use crate::index::{LineIdx, NodeIdx, OrderIdx, StockIdx};
use crate::model::Problem;
use crate::quantity::Money;

/// An order with what is left for it.
pub(super) struct Basket {
    pub(super) order: OrderIdx,
    /// What ships whole, by first line.
    pub(super) groups: Vec<Group>,
    /// Most shipments.
    pub(super) max_shipments: usize,
    pub(super) ship_complete: bool,
    /// Whether two lines ask for one SKU, so that stock has to be counted over lines.
    pub(super) repeats: bool,
}

/// Lines that ship from one node together or stay unfilled together; or one line without a group.
pub(super) struct Group {
    pub(super) lines: Vec<LineIdx>,
    pub(super) units: i64,
    pub(super) load: Load,
    /// What it costs to leave all of it unfilled.
    pub(super) penalty: Money,
    /// One divisible line of two or more units: it may be filled in part, and from several nodes.
    pub(super) divisible: bool,
    /// Nodes that may ship it and have all of it, by rising index.
    pub(super) nodes: Vec<NodeIdx>,
    /// Where divisible, the nodes that may ship it and have any of it; else empty.
    pub(super) part_nodes: Vec<NodeIdx>,
}

impl Basket {
    /// The order, with what earlier orders left.
    pub(super) fn new(problem: &Problem, left: &Left, order: OrderIdx) -> Self {
        let o = &problem.orders()[order];
        let mut groups: Vec<Group> = Vec::with_capacity(o.lines().len());
        for line in o.lines() {
            let name = problem.lines()[line].group;
            let same = |g: &&mut Group| g.lines.first().is_some_and(|&l| problem.lines()[l].group == name);
            match name.and_then(|_| groups.iter_mut().find(same)) {
                Some(group) => group.add(problem, left, line),
                None => groups.push(Group::of_line(problem, left, line)),
            }
        }
        let mut skus: Vec<_> = o.lines().map(|l| problem.lines()[l].sku).collect();
        skus.sort_unstable();
        Self {
            order,
            groups,
            max_shipments: o.max_shipments.map_or(usize::MAX, |n| n as usize),
            ship_complete: o.ship_complete,
            repeats: skus.windows(2).any(|pair| pair[0] == pair[1]),
        }
    }

    /// Whether some group can be filled in part.
    pub(super) fn has_divisible(&self) -> bool {
        self.groups.iter().any(|g| g.divisible)
    }

    /// What it costs to ship nothing.
    pub(super) fn penalty(&self) -> Money {
        self.groups.iter().map(|g| g.penalty).sum()
    }
}

impl Group {
    fn of_line(problem: &Problem, left: &Left, line: LineIdx) -> Self {
        let l = &problem.lines()[line];
        let divisible = l.divisible && l.qty > 1;
        Self {
            lines: vec![line],
            units: i64::from(l.qty),
            load: Load::of(problem, line, l.qty),
            penalty: l.unfilled_penalty * i64::from(l.qty),
            divisible,
            nodes: nodes_with(problem, left, line, l.qty),
            part_nodes: if divisible {
                nodes_with(problem, left, line, 1)
            } else {
                Vec::new()
            },
        }
    }

    fn add(&mut self, problem: &Problem, left: &Left, line: LineIdx) {
        let other = Self::of_line(problem, left, line);
        self.lines.push(line);
        self.units += other.units;
        self.load = self.load.plus(other.load);
        self.penalty += other.penalty;
        self.nodes.retain(|n| other.nodes.binary_search(n).is_ok());
    }
}

/// Nodes that may ship a line and have so many units of it, by rising index.
fn nodes_with(problem: &Problem, left: &Left, line: LineIdx, units: u32) -> Vec<NodeIdx> {
    let l = &problem.lines()[line];
    let pickup = problem.orders()[l.order].pickup_node;
    let mut nodes = Vec::new();
    let mut all = problem.stock_of(l.sku);
    while let Some(first) = all.next() {
        // Where there are dates, the row of what leaves as early as it can.
        let rows = problem.chains().from(first);
        all.start = rows.end;
        let node = problem.stock()[first as usize].node;
        let Some(row) = problem.row_by(rows, problem.nodes()[node].ready.date) else {
            continue;
        };
        if left.from(problem, StockIdx(row)) >= units
            && l.pin.is_none_or(|pin| pin == node)
            && pickup.map_or(problem.nodes()[node].ships, |p| p == node)
            && !problem.is_excluded(line, node)
        {
            nodes.push(node);
        }
    }
    nodes
}
