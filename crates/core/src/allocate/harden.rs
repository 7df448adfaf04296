//! Price hardening: from prices to a plan that holds every limit.
//!
//! Orders are served one after another, each against what the others leave, at the shadow prices plus a penalty for every
//! unit beyond what is left. From sweep to sweep the penalty grows, rows that are overused become dearer, and priced rows
//! that are not used up become cheaper, until the limits hold by themselves. What is still overused then is served again
//! with hard limits. Sweeps repeat exactly for the same seed.

use super::book::{Book, NEVER};
use super::climb::Climb;
use super::large::LargeWay;
use super::price::Workspace;
use super::serve::{penalty_unit, serve};
use super::shadow::{Prices, Rows};
use super::state::{Left, State};
use super::valuation::{Hard, Priced, Soft};
use crate::index::{Idx as _, OrderIdx};
use crate::search::Budget;

/// Most sweeps with soft limits.
const SWEEPS: i32 = 300;
/// Penalty of the first sweep, as a share of the mean penalty of an unfilled unit.
const FIRST: f64 = 0.001;
/// Growth of the penalty over all sweeps.
const GROWTH: f64 = 4000.0;
/// How much dearer or cheaper a row becomes after a sweep, in penalties of that sweep.
const MOVE: f64 = 0.25;

/// The gap to what the prices prove, as a share of it, at which a plan from the relaxation needs no other beside it.
const CLOSE: f64 = 1e-3;

/// A plan within all limits, guided by what the climb found, by the budget share `until`: from the solution of the
/// relaxation where there is one, by hardening where there is none or it comes out dear.
pub(crate) fn first_plan(
    book: &Book<'_>,
    rows: &Rows,
    climb: &Climb,
    sequence: &[OrderIdx],
    budget: &Budget<'_>,
    until: f64,
) -> State {
    let shares = climb.shares.as_ref();
    let rounded = shares.and_then(|s| s.round(book, &climb.prices, sequence, budget));
    let is_close = |state: &State| (state.total() - climb.bound) as f64 <= CLOSE * climb.bound.abs() as f64;
    if let Some(state) = rounded.as_ref().filter(|s| is_close(s)) {
        return state.clone();
    }
    let hardened = harden(book, rows, (&climb.prices, &climb.ways), sequence, budget, until);
    match rounded {
        Some(rounded) if rounded.total() < hardened.total() => rounded,
        _ => hardened,
    }
}

/// Serves all orders within all limits, guided by shadow prices; `hints` are how large orders are served at those. Sweeps end when the budget share `until` is spent; the
/// last step, with hard limits, is always done.
pub(crate) fn harden(
    book: &Book<'_>,
    rows: &Rows,
    (prices, hints): (&Prices, &[LargeWay]),
    sequence: &[OrderIdx],
    budget: &Budget<'_>,
    until: f64,
) -> State {
    let mut state = State::empty(book);
    let mut ws = Workspace::default();
    let mut prices = prices.clone();
    let unit = penalty_unit(book);
    let dearest = dearest(book);
    let start = budget.spent();
    for sweep in 0..SWEEPS {
        // With little budget the penalty grows in fewer sweeps.
        let of_budget = if until > start {
            (budget.spent() - start) / (until - start)
        } else {
            1.0
        };
        let progress = (f64::from(sweep) / f64::from(SWEEPS)).max(of_budget);
        if progress >= 1.0 || budget.stop().is_some() {
            break;
        }
        let penalty = (unit * FIRST * GROWTH.powf(progress)).ceil().min(dearest);
        if !sweep_once(
            book,
            &Priced::new(book, &prices),
            penalty as i64,
            (sequence, hints),
            budget,
            &mut state,
            &mut ws,
        ) {
            break;
        }
        if state.left.is_feasible() {
            break;
        }
        move_prices(rows, &state.left, &mut prices, penalty * MOVE, dearest);
    }
    fit(
        book,
        &Priced::new(book, &prices),
        &mut state,
        (sequence, hints),
        &mut ws,
    );
    state
}

/// A way that a large order may start from: as it is served at the shadow prices.
fn hint<'a>(book: &Book<'_>, order: OrderIdx, hints: &'a [LargeWay]) -> Option<&'a LargeWay> {
    hints.get((book.head(order).large as usize).checked_sub(1)?)
}

/// The dearest that a unit may become, so that the price of no order leaves the range of integers.
pub(crate) fn dearest(book: &Book<'_>) -> f64 {
    let units = |o: &crate::model::Order| o.lines().map(|l| i64::from(book.problem.lines()[l].qty)).sum::<i64>();
    let most = book.problem.orders().iter().map(units).max().unwrap_or(1).max(1);
    (NEVER / 64 / most) as f64
}

/// Serves every order again with soft limits; false if the budget ended it early.
fn sweep_once(
    book: &Book<'_>,
    priced: &Priced,
    penalty: i64,
    (sequence, hints): (&[OrderIdx], &[LargeWay]),
    budget: &Budget<'_>,
    state: &mut State,
    ws: &mut Workspace,
) -> bool {
    for &order in sequence {
        if ws.spend(book, 20) {
            return false;
        }
        state.lift(book, order);
        let soft = Soft {
            prices: priced,
            left: &state.left,
            penalty,
        };
        let start = state.large_way(book, order).or_else(|| hint(book, order, hints));
        serve(book, order, &soft, start, ws);
        state.place(book, order, ws);
    }
    budget.spend(sequence.len() as u64);
    true
}

/// Makes overused rows dearer, and priced rows that are not used up cheaper.
fn move_prices(rows: &Rows, left: &Left, prices: &mut Prices, step: f64, dearest: f64) {
    for i in 0..rows.keys.len() {
        let (unused, price) = (rows.left(i, left), rows.price(i, prices));
        if unused < 0 || unused > 0 && price > 0 {
            let share = (unused.abs() as f64 / (rows.there_is[i] as f64 + 1.0)).sqrt().min(1.0);
            let by = (step * (0.3 + share)) as i64;
            rows.set(
                i,
                prices,
                if unused < 0 {
                    (price + by).min(dearest as i64).max(price)
                } else {
                    (price - by).max(0)
                },
            );
        }
    }
}

/// Makes a plan hold all limits: who uses an overused row, or is not served at all, is served again with hard limits. Whose turn
/// comes when it is overdue stays unserved.
pub(crate) fn fit(
    book: &Book<'_>,
    priced: &Priced,
    state: &mut State,
    (sequence, hints): (&[OrderIdx], &[LargeWay]),
    ws: &mut Workspace,
) {
    let mut again = Vec::new();
    for &order in sequence.iter().rev() {
        if !state.is_served(book, order) {
            again.push(order);
        } else if state.uses_overused(book, order) {
            state.lift(book, order);
            ws.clear();
            state.place(book, order, ws);
            again.push(order);
        }
    }
    for &order in again.iter().rev() {
        state.lift(book, order);
        let hard = Hard {
            prices: priced,
            left: &state.left,
        };
        serve(book, order, &hard, hint(book, order, hints), ws);
        state.place(book, order, ws);
    }
    debug_assert!(
        state.left.is_feasible(),
        "whoever was served last took only what was left"
    );
}

/// Serves every order again and again with hard limits and no prices, until none gets cheaper.
pub(crate) fn settle(book: &Book<'_>, state: &mut State, sequence: &[OrderIdx], budget: &Budget<'_>) {
    /// Most sweeps; later ones gain next to nothing.
    const SWEEPS: usize = 20;
    let mut ws = Workspace::default();
    let priced = Priced::new(book, &Prices::zero(book.problem));
    for _ in 0..SWEEPS {
        let before = state.total();
        for &order in sequence {
            if ws.spend(book, 20) {
                return;
            }
            let old = state.cost[order.get()];
            state.lift(book, order);
            let hard = Hard {
                prices: &priced,
                left: &state.left,
            };
            if serve(book, order, &hard, state.large_way(book, order), &mut ws) < old {
                state.place(book, order, &mut ws);
            } else {
                state.put_back(book, order);
            }
        }
        budget.spend(sequence.len() as u64);
        if state.total() == before || budget.stop().is_some() {
            return;
        }
    }
}
