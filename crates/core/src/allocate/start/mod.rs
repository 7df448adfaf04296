//! Starting from an earlier plan: what of it still fits becomes a first plan, and its prices the first prices.
//!
//! ```text
//! ways      an order's shipments as parts of the book                ways
//! prices    prices of rows that can bind, cuts proved anew           prices
//! ```
//! Orders are taken over whole or not at all, in problem order, those that have not changed first; each only where stock and
//! capacity are left for it. Then the others are served one after another with what is left. Nothing here depends on time
//! or threads.

mod prices;
#[cfg(test)]
mod tests;
mod ways;

use rayon::prelude::*;

use super::book::Book;
use super::price::Workspace;
use super::serve::serve;
use super::shadow::{Prices, Rows};
use super::state::State;
use super::valuation::{Hard, Priced};
use crate::index::{Idx as _, OrderIdx};
use crate::plan::{Known, Start, TakenOver};
use crate::quantity::Money;
use crate::search::Budget;
pub(crate) use prices::prices;
pub(crate) use ways::{Served, served};

use ways::Taken;

/// What of a start is kept, in numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    pub taken_over: TakenOver,
    /// No cut was left out that might hold.
    pub prices_kept: bool,
}

/// What was taken over from a start.
pub(crate) struct Warm {
    pub prices: Prices,
    kept: Kept,
    state: State,
    /// Orders that are to be served anew.
    anew: Vec<bool>,
}

impl Warm {
    /// Takes over what fits.
    pub(crate) fn new(book: &Book<'_>, rows: &Rows, start: &Start) -> Self {
        let (prices, prices_kept) = prices(book, rows, &start.prices);
        let taken_over = TakenOver {
            gone: start.gone,
            ..TakenOver::default()
        };
        let mut warm = Self {
            prices,
            kept: Kept {
                taken_over,
                prices_kept,
            },
            state: State::empty(book),
            anew: vec![true; book.orders.len()],
        };
        let mut ways: Vec<Option<Taken>> = (0..book.orders.len())
            .into_par_iter()
            .map(|o| ways::taken(book, start, OrderIdx::new(o)))
            .collect();
        for whole in [true, false] {
            for (o, way) in ways.iter_mut().enumerate() {
                if let Some(taken) = way.take_if(|way| way.whole == whole) {
                    warm.take(book, OrderIdx::new(o), taken);
                }
            }
        }
        let known = |o: &usize| start.known(OrderIdx::new(*o)) != Known::New;
        let anew = (0..book.orders.len()).filter(|&o| warm.anew[o]);
        let dropped = anew.clone().filter(known).count();
        warm.kept.taken_over.new = anew.count() - dropped;
        warm.kept.taken_over.dropped = dropped;
        let served = (0..book.orders.len()).filter(|&o| !warm.anew[o]);
        let total = served.map(|o| warm.state.cost[o]).sum();
        warm.kept.taken_over.total = Money::from_ten_thousandths(total);
        warm
    }

    /// Serves an order so if that keeps every limit.
    fn take(&mut self, book: &Book<'_>, order: OrderIdx, taken: Taken) {
        let state = &mut self.state;
        state.lift(book, order);
        match taken.served {
            Served::Small(parts) => state.put(book, order, &parts),
            Served::Large(way) => state.put_large(book, order, way),
        }
        if state.uses_overused(book, order) {
            state.lift(book, order);
            let mut nothing = Workspace::default();
            nothing.clear();
            state.place(book, order, &mut nothing);
            return;
        }
        self.anew[order.get()] = false;
        if taken.whole {
            self.kept.taken_over.taken += 1;
        } else {
            self.kept.taken_over.adapted += 1;
        }
    }

    /// Puts the plan to start from in the place of another that costs more.
    pub(crate) fn compete(
        self,
        book: &Book<'_>,
        prices: &Prices,
        sequence: &[OrderIdx],
        budget: &Budget<'_>,
        other: &mut State,
    ) -> Kept {
        let kept = self.kept;
        let own = self.plan(book, prices, sequence, budget);
        if own.total() <= other.total() {
            *other = own;
        }
        kept
    }

    /// The plan to start from: the orders that could not be taken over are served at the prices, in this sequence, with what
    /// the others leave.
    fn plan(self, book: &Book<'_>, prices: &Prices, sequence: &[OrderIdx], budget: &Budget<'_>) -> State {
        let Self { mut state, anew, .. } = self;
        let priced = Priced::new(book, prices);
        let mut ws = Workspace::default();
        let mut served = 0;
        for &order in sequence.iter().filter(|o| anew[o.get()]) {
            state.lift(book, order);
            let hard = Hard {
                prices: &priced,
                left: &state.left,
            };
            serve(book, order, &hard, None, &mut ws);
            state.place(book, order, &mut ws);
            served += 1;
        }
        budget.spend(served);
        state
    }
}
