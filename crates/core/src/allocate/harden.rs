//! Price hardening: from prices to a plan that holds every limit.
//!
//! Orders are served one after another, each against what the others leave, at the shadow prices plus a penalty for every
//! unit beyond what is left. The penalty grows from sweep to sweep, and rows that stay overused become dearer, until the
//! limits hold by themselves; what is still overused then is served again with hard limits. Sweeps repeat exactly for the
//! same seed.

use super::book::Book;
use super::serve::{penalty_unit, serve, shuffled};
use super::price::Workspace;
use super::shadow::{Prices, Rows};
use super::state::{Hard, Left, Priced, Soft, State};
use crate::index::{Idx as _, OrderIdx};
use crate::search::Budget;

/// Most sweeps with soft limits.
const SWEEPS: i32 = 100;
/// Penalty of the first sweep, in penalty units, and its growth from sweep to sweep.
const FIRST: f64 = 0.005;
/// Growth of the penalty from sweep to sweep.
const GROWTH: f64 = 1.07;
/// How much dearer an overused row becomes after a sweep, in penalties of that sweep.
const RISE: f64 = 0.25;

/// Serves all orders within all limits, guided by shadow prices.
pub(crate) fn harden(book: &Book<'_>, rows: &Rows, prices: &Prices, seed: u64, budget: &Budget<'_>) -> State {
    let mut state = State::empty(book);
    let mut ws = Workspace::default();
    let mut prices = prices.clone();
    let sequence = shuffled(book, seed);
    let unit = penalty_unit(book);
    let ev = |k: &str, d: f64| std::env::var(k).ok().and_then(|s| s.parse::<f64>().ok()).unwrap_or(d);
    let (sw, fi, gr, ri) = (ev("SWEEPS", SWEEPS as f64) as i32, ev("FIRST", FIRST), ev("GROWTH", GROWTH), ev("RISE", RISE));
    for sweep in 0..sw {
        let penalty = (unit * fi * gr.powi(sweep)).ceil();
        let priced = Priced::new(book, &prices);
        for (n, &order) in sequence.iter().enumerate() {
            if n % 256 == 0 && budget.stop().is_some() {
                fit(book, &priced, &mut state, &sequence, &mut ws);
                return state;
            }
            state.lift(book, order);
            let soft = Soft { prices: &priced, left: &state.left, penalty: penalty as i64 };
            serve(book, order, &soft, Some(&state), &mut ws);
            state.place(book, order, &mut ws);
        }
        budget.spend(sequence.len() as u64);
        if state.left.is_feasible() {
            break;
        }
        raise(rows, &state.left, &mut prices, penalty * ri);
    }
    fit(book, &Priced::new(book, &prices), &mut state, &sequence, &mut ws);
    state
}

/// Makes the overused rows dearer.
fn raise(rows: &Rows, left: &Left, prices: &mut Prices, step: f64) {
    for i in 0..rows.keys.len() {
        let over = -rows.left(i, left);
        if over > 0 {
            let share = (over as f64 / (rows.there_is[i] as f64 + 1.0)).sqrt().min(1.0);
            rows.set(i, prices, rows.price(i, prices) + (step * (0.3 + share)) as i64);
        } else if over < 0 {
            let ev = |k: &str, d: f64| std::env::var(k).ok().and_then(|s| s.parse::<f64>().ok()).unwrap_or(d);
            let p = rows.price(i, prices);
            if p > 0 { 
            let share = (-over as f64 / (rows.there_is[i] as f64 + 1.0)).sqrt().min(1.0);
            rows.set(i, prices, (p - (ev("LOWER", 0.25) * step * (0.3 + share)) as i64).max(0));
            }
        }
    }
}

/// Makes a plan hold all limits: whoever uses an overused row is lifted and served again with hard limits.
pub(crate) fn fit(book: &Book<'_>, priced: &Priced, state: &mut State, sequence: &[OrderIdx], ws: &mut Workspace) {
    if state.left.is_feasible() {
        return;
    }
    let mut lifted = Vec::new();
    for &order in sequence.iter().rev() {
        if state.uses_overused(book, order) {
            state.lift(book, order);
            ws.clear();
            state.place(book, order, ws);
            lifted.push(order);
        }
    }
    for &order in lifted.iter().rev() {
        state.lift(book, order);
        let hard = Hard { prices: priced, left: &state.left };
        serve(book, order, &hard, None, ws);
        state.place(book, order, ws);
    }
    debug_assert!(state.left.is_feasible());
}

/// Serves every order again and again with hard limits and no prices, until none gets cheaper.
pub(crate) fn settle(book: &Book<'_>, state: &mut State, sequence: &[OrderIdx], budget: &Budget<'_>) {
    let mut ws = Workspace::default();
    let priced = Priced::new(book, &Prices::zero(book.problem));
    for _ in 0..20 {
        let before = state.total();
        for (n, &order) in sequence.iter().enumerate() {
            if n % 256 == 0 && budget.stop().is_some() {
                return;
            }
            let old = state.cost[order.get()];
            state.lift(book, order);
            let hard = Hard { prices: &priced, left: &state.left };
            if serve(book, order, &hard, Some(state), &mut ws) < old {
                state.place(book, order, &mut ws);
            } else {
                state.put_back(book, order);
            }
        }
        budget.spend(sequence.len() as u64);
        if state.total() == before {
            return;
        }
    }
}
