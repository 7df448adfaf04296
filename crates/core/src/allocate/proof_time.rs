//! How much of a time limit to keep for pricing, proving and judging the plan after the search.
//!
//! How long that takes depends on the machine and on what else it does. Laying out the order book is work of the same kind, on
//! the same threads, a moment before: what it took is the measure.

use std::time::Duration;

use crate::model::{Order, Problem};

/// Orders of more lines are proved between bounds; so are those of many more, with far more work.
const MANY_LINES: usize = 6;
const VERY_MANY: usize = 12;
/// Of one order, in microseconds.
const OF_MANY: u64 = 1500;
const OF_VERY_MANY: u64 = 7500;
/// Of one order of few lines in a single thread, and in all together, in microseconds.
const OF_FEW: (u64, u64) = (30, 60);
/// What is done in a single thread for one order, in microseconds.
const SINGLE: u64 = 6;
/// The proof of small orders takes so many times what their order book took.
const TIMES: f64 = 3.0;
/// Whatever the problem.
const ALWAYS: Duration = Duration::from_millis(20);

/// Before anything is known of the machine. From a start its prices are proved, too.
pub(crate) fn guess(problem: &Problem, threads: usize, started: bool) -> Duration {
    let small = OF_FEW.0 + OF_FEW.1 / threads.max(1) as u64;
    let few = problem.orders().iter().filter(|o| lines(o) <= MANY_LINES).count() as u64;
    of_long_orders(problem, started) + Duration::from_micros(few * small) + ALWAYS
}

/// When the order book was laid out in so much time.
pub(crate) fn measured(problem: &Problem, building: Duration, started: bool) -> Duration {
    let single = Duration::from_micros(SINGLE * problem.orders().len() as u64);
    let proofs = if started { 2.0 } else { 1.0 };
    of_long_orders(problem, started) + building.mul_f64(TIMES * proofs) + single + ALWAYS
}

fn of_long_orders(problem: &Problem, started: bool) -> Duration {
    let micros = problem.orders().iter().map(|o| match lines(o) {
        n if n > VERY_MANY => OF_VERY_MANY,
        n if n > MANY_LINES => OF_MANY,
        _ => 0,
    });
    Duration::from_micros(micros.sum::<u64>() * (1 + u64::from(started)))
}

fn lines(order: &Order) -> usize {
    order.lines().len()
}
