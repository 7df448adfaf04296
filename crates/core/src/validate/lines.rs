//! Rules of `lines.csv` and `exclusions.csv`, and the lines of each order.

use std::collections::HashSet;

use super::context::{At, Context, Kind, shown};
use super::defined::Defined;
use crate::diagnostic::Code;
use crate::index::{Idx as _, NodeIdx, OrderIdx, SkuIdx, Sym};
use crate::model::{LineRow, Table};

/// From this number of lines on, an order's ids are compared through a hash table.
const MANY: usize = 24;

/// The lines by order: those of an order are consecutive, in the order of the file.
#[derive(Debug)]
pub(super) struct Lines {
    /// Positions of the rows in the draft.
    pub sorted: Vec<u32>,
    /// Where the lines of each order begin, and the end.
    pub starts: Vec<u32>,
}

impl Lines {
    /// Positions of the rows of an order.
    fn of(&self, order: OrderIdx) -> &[u32] {
        &self.sorted[self.starts[order.get()] as usize..self.starts[order.get() + 1] as usize]
    }
}

/// Checks the lines, each and against those of its order.
pub(super) fn check(
    context: &mut Context<'_>,
    orders: &Defined<OrderIdx>,
    skus: &Defined<SkuIdx>,
    nodes: &Defined<NodeIdx>,
) -> Lines {
    let draft = context.draft;
    for row in &draft.lines {
        let (at, line) = (
            At {
                table: Table::Lines,
                row: row.number,
            },
            &row.value,
        );
        if orders.lacks(line.order) {
            context.unknown(at, "order_id", Kind::Order, draft.ids.orders.text(line.order));
        }
        if skus.lacks(line.sku) {
            context.unknown(at, "sku", Kind::Sku, draft.ids.skus.text(line.sku));
        }
        if let Some(node) = line.node.filter(|&node| nodes.lacks(node)) {
            context.unknown(at, "node_id", Kind::Node, draft.ids.nodes.text(node));
        }
        check_row(context, at, line);
    }
    let lines = by_order(context, orders);
    check_ids(context, orders, &lines);
    lines
}

fn check_row(context: &mut Context<'_>, at: At, line: &LineRow) {
    context.id(at, "line_id", context.draft.ids.texts.text(line.id));
    context.count(at, "qty", Some(line.qty), 1);
    if let Some(penalty) = line.unfilled_penalty {
        context.money(at, "unfilled_penalty", penalty);
    }
    if line.divisible && line.group.is_some() {
        context.report(
            Code::GROUP_AND_DIVISIBLE,
            at,
            "divisible",
            "a line in a group cannot be divisible",
        );
    }
}

/// Sorts the lines by order, keeping the order of the file within each.
fn by_order(context: &Context<'_>, orders: &Defined<OrderIdx>) -> Lines {
    let rows = &context.draft.lines;
    let order = |n: u32| orders.get(rows[n as usize].value.order);
    let known = (0..rows.len() as u32).filter(|&n| order(n).is_some());
    let mut starts = vec![0u32; orders.len() + 1];
    for o in known.clone().filter_map(order) {
        starts[o.get() + 1] += 1;
    }
    for o in 0..orders.len() {
        starts[o + 1] += starts[o];
    }
    let mut sorted = vec![0u32; starts[orders.len()] as usize];
    let mut next = starts.clone();
    for n in known {
        if let Some(o) = order(n) {
            sorted[next[o.get()] as usize] = n;
            next[o.get()] += 1;
        }
    }
    Lines { sorted, starts }
}

/// Every order has lines, and no two with the same id.
fn check_ids(context: &mut Context<'_>, orders: &Defined<OrderIdx>, lines: &Lines) {
    let draft = context.draft;
    let whole = draft.is_whole(Table::Lines);
    for (n, row) in draft.orders.iter().enumerate() {
        let positions = lines.of(OrderIdx::new(n));
        // A second row of the same order has its own error, and its lines stand with the first.
        let defines = orders.get(row.value.id) == Some(OrderIdx::new(n));
        if positions.is_empty() && whole && defines {
            let at = At {
                table: Table::Orders,
                row: row.number,
            };
            context.warn(Code::ORDER_WITHOUT_LINES, at, "order_id", || "the order has no lines");
        }
        for repeated in repeated(positions, |p| draft.lines[p as usize].value.id) {
            let row = &draft.lines[repeated as usize];
            let at = At {
                table: Table::Lines,
                row: row.number,
            };
            let id = shown(draft.ids.texts.text(row.value.id));
            context.report(
                Code::DUPLICATE_ID,
                at,
                "line_id",
                format!("the order has a line {id} already"),
            );
        }
    }
}

/// Positions whose id an earlier one has.
fn repeated(positions: &[u32], id: impl Fn(u32) -> Sym) -> Vec<u32> {
    if positions.len() < MANY {
        let met = |n: usize| positions[..n].iter().any(|&p| id(p) == id(positions[n]));
        return (1..positions.len()).filter(|&n| met(n)).map(|n| positions[n]).collect();
    }
    let mut met = HashSet::with_capacity(positions.len());
    positions.iter().copied().filter(|&p| !met.insert(id(p))).collect()
}

/// Checks the exclusions.
pub(super) fn check_exclusions(
    context: &mut Context<'_>,
    orders: &Defined<OrderIdx>,
    nodes: &Defined<NodeIdx>,
    lines: &Lines,
) {
    let draft = context.draft;
    for row in &draft.exclusions {
        let (at, exclusion) = (
            At {
                table: Table::Exclusions,
                row: row.number,
            },
            &row.value,
        );
        if nodes.lacks(exclusion.node) {
            context.unknown(at, "node_id", Kind::Node, draft.ids.nodes.text(exclusion.node));
        }
        let order = orders.get(exclusion.order);
        if orders.lacks(exclusion.order) {
            context.unknown(at, "order_id", Kind::Order, draft.ids.orders.text(exclusion.order));
        }
        if let (Some(order), Some(line)) = (order, exclusion.line) {
            let known = lines
                .of(order)
                .iter()
                .any(|&p| draft.lines[p as usize].value.id == line);
            if !known && draft.is_whole(Table::Lines) {
                context.unknown(at, "line_id", Kind::Line, draft.ids.texts.text(line));
            }
        }
    }
}
