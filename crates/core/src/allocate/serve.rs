//! Serving one order at a valuation, small or large alike, and the scales that searches share.

use super::book::Book;
use super::large::{Effort, LargeWay};
use super::price::{Valuation, Workspace, solve};
use crate::index::{Idx as _, OrderIdx};
use crate::search::random::Random;

/// Effort for a large order while a plan is sought.
pub(crate) const EFFORT: Effort = Effort {
    branches: 0,
    insert: false,
    tolerance: 1000,
};

/// Finds the cheapest (for a large order: a good) way to serve an order and leaves it in the workspace. `start` gives a
/// large order a way to start from.
pub(crate) fn serve<V: Valuation>(
    book: &Book<'_>,
    order: OrderIdx,
    v: &V,
    start: Option<&LargeWay>,
    ws: &mut Workspace,
) -> i64 {
    let head = book.head(order);
    if head.large == 0 {
        return solve(book, head, v, ws);
    }
    let n = head.large as usize - 1;
    let solved = book.large[n].solve(book, v, start, EFFORT, &mut ws.space);
    ws.parts.clear();
    ws.large = solved.way;
    solved.cost
}

/// All orders in an order drawn from the seed.
pub(crate) fn shuffled(book: &Book<'_>, seed: u64) -> Vec<OrderIdx> {
    let mut random = Random::stream(seed, "sequence", 0);
    let mut orders: Vec<OrderIdx> = (0..book.orders.len()).map(OrderIdx::new).collect();
    random.shuffle(&mut orders);
    orders
}

/// Mean penalty of an unfilled unit: the scale on which penalties for overuse live.
pub(crate) fn penalty_unit(book: &Book<'_>) -> f64 {
    let lines = book.problem.lines();
    let sum: f64 = lines.iter().map(|l| l.unfilled_penalty.ten_thousandths() as f64).sum();
    (sum / lines.len().max(1) as f64).max(1.0)
}
