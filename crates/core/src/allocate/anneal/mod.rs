//! Simulated annealing over single lines: every line of every order at a spot, within stock, moved one or a few at a time.
//!
//! ```text
//! board     all orders flat: atoms, slots, spots, what they cost and take      board
//! seating   which spot each atom has; put and lift with exact costs            seating
//! moves     shift and push out, spread a shipment, open one                    moves
//! ```
//! Orders of many lines hold a little of very many stock rows, so that no order can be served better by itself once a plan has
//! settled: lines of different orders have to change places. A move does that in a microsecond: it puts a line where another
//! holds what it needs, and that one goes where it costs least. Stock is never exceeded; limits of nodes may be, at a penalty
//! that rises until they hold. What costs more is accepted less and less often (S. Kirkpatrick, C. Gelatt and M. Vecchi,
//! "Optimization by simulated annealing", Science 220, 1983).
//!
//! An epoch cuts the orders into parts, as ruin and recreate does, and works on them side by side.

mod board;
mod moves;
mod seating;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

use self::board::{Board, UNFILLED};
use self::moves::Walk;
use self::seating::{Penalties, Seating};
use super::book::Book;
use super::harden::{dearest, fit};
use super::options::taken;
use super::parts::{Wanted, deal, parts, scarce};
use super::price::Workspace;
use super::serve::penalty_unit;
use super::shadow::{Prices, Rows};
use super::state::{Left, State};
use super::valuation::Priced;
use crate::index::{Idx as _, OrderIdx};
use crate::quantity::Money;
use crate::search::{Budget, Random};

/// Orders of one part at least, and most parts: in more of them fewer of those who could make room are at hand.
const PART: usize = 100;
const MOST_PARTS: usize = 2;
/// Moves for each atom in an epoch.
const MOVES: usize = 5;
/// Moves that count for one unit of work.
const WORK: u64 = 5;
/// Moves between looks at the clock.
const LOOK: usize = 1024;
/// First and last heat, in money.
const HEAT: (f64, f64) = (1.5 * Money::SCALE as f64, 0.02 * Money::SCALE as f64);
/// Epochs where nothing is limited.
const EPOCHS: u64 = 150;
/// Share of the run after which penalties only rise.
const FIRM: f64 = 0.7;

/// Improves a plan until the budget share `until` is spent.
pub(crate) fn anneal(
    (book, rows): (&Book<'_>, &Rows),
    prices: &Prices,
    state: &mut State,
    seed: u64,
    budget: &Budget<'_>,
    until: f64,
) {
    if book.problem.chains().is_dated() || budget.is_limited() && budget.spent() >= until {
        return;
    }
    let board = Board::new(book);
    if board.atoms.is_empty() {
        return;
    }
    let mut penalties = Penalties::new(book, prices);
    let mut seating = Seating::of(&board, &penalties, state);
    let all: Vec<OrderIdx> = (0..book.orders.len()).map(OrderIdx::new).collect();
    let wanted = Wanted::new(book, &scarce(book, rows), &all);
    let start = budget.spent();
    let mut best: Option<(i64, Vec<u32>)> = None;
    let dearest = (penalty_unit(book) * 100.0).min(dearest(book)) as i64;
    for epoch in 0.. {
        let progress = if budget.is_limited() {
            (budget.spent() - start) / (until - start).max(1e-9)
        } else {
            epoch as f64 / EPOCHS as f64
        };
        if progress >= 1.0 || budget.stop().is_some() {
            break;
        }
        let heat = HEAT.0 * (HEAT.1 / HEAT.0).powf(progress);
        let mut random = Random::stream(seed, "anneal parts", epoch);
        let parts = parts(book, (all.len() / PART).clamp(1, MOST_PARTS), &mut random);
        let lefts = deal(&seating.left, book.problem.chains(), &wanted, &parts, &mut random);
        let work = |(n, (part, left)): (usize, (&Vec<OrderIdx>, Left))| {
            let atoms: Vec<u32> = part.iter().flat_map(|o| board.orders[o.get()].atoms.clone()).collect();
            let mut walk = Walk {
                board: &board,
                penalties: &penalties,
                seating: seating.part(left, &atoms),
                atoms: &atoms,
                random: Random::stream(seed, "anneal", epoch * parts.len() as u64 + n as u64),
                worth: &prices.stock,
                heat,
                log: Vec::new(),
                pushed: Vec::new(),
            };
            for i in 0..MOVES * atoms.len() {
                if i % LOOK == 0 && budget.overdue() {
                    break;
                }
                walk.step();
            }
            (walk.seating.at, atoms)
        };
        let done: Vec<(Vec<u32>, Vec<u32>)> = parts.par_iter().zip(lefts).enumerate().map(work).collect();
        let mut at = seating.at.clone();
        for (local, atoms) in done {
            budget.spend((MOVES * atoms.len()) as u64 / WORK);
            for a in atoms {
                at[a as usize] = local[a as usize];
            }
        }
        seating.seat(&board, &penalties, &at);
        penalties.follow(&seating.left, progress > FIRM, dearest);
        let total = seating.total(&board);
        let holds = seating.left.is_feasible();
        if holds && best.as_ref().is_none_or(|b| total < b.0) {
            best = Some((total, seating.at.clone()));
        }
    }
    // The last seating may exceed a limit a little and cost far less than the best that held all.
    let last = best
        .as_ref()
        .is_none_or(|b| seating.total(&board) < b.0)
        .then_some(seating.at);
    let mut improved: Option<State> = None;
    for at in best.into_iter().map(|b| b.1).chain(last) {
        let mut found = state.clone();
        for o in 0..board.orders.len() {
            board.serve(&mut found, o, &at);
        }
        if !found.left.is_feasible() {
            let priced = Priced::new(book, prices);
            fit(book, &priced, &mut found, (&all, &[]), &mut Workspace::default());
        }
        let least = improved.as_ref().map_or(state.total(), State::total);
        if found.left.is_feasible() && found.total() < least {
            improved = Some(found);
        }
    }
    if let Some(improved) = improved {
        *state = improved;
    }
}

impl Penalties {
    /// Twice the shadow prices, and a little where there are none.
    fn new(book: &Book<'_>, prices: &Prices) -> Self {
        let little = (penalty_unit(book) * 0.02) as i64 + 1;
        let most = dearest(book) as i64;
        let of = |prices: &[i64]| prices.iter().map(|p| (2 * p).max(little).min(most)).collect();
        Self {
            lines: of(&prices.lines),
            units: of(&prices.units),
            shipments: of(&prices.shipments),
        }
    }

    /// Dearer where a limit is exceeded, and cheaper where it is not.
    fn follow(&mut self, left: &Left, firm: bool, dearest: i64) {
        let cells = [
            (&mut self.lines, &left.lines),
            (&mut self.units, &left.units),
            (&mut self.shipments, &left.shipments),
        ];
        for (penalties, left) in cells {
            for (p, &left) in penalties.iter_mut().zip(left) {
                if left < 0 {
                    *p = (*p + *p / 5 + 1).min(dearest);
                } else if !firm {
                    *p = (*p - *p / 20).max(1);
                }
            }
        }
    }
}

impl Seating {
    /// The seating of a plan.
    fn of(board: &Board<'_>, penalties: &Penalties, state: &State) -> Self {
        let mut left = state.left.clone();
        // What orders hold that the board does not know is taken; all else comes back and is put again.
        let at = board.spots_of(state);
        for (o, order) in board.orders.iter().enumerate() {
            if !order.slots.is_empty() {
                for (row, n) in taken(board.book, OrderIdx::new(o), state) {
                    left.give(row, n);
                }
            }
        }
        let mut seating = Self::empty(board, left);
        seating.seat(board, penalties, &at);
        seating
    }

    /// The same with all atoms in other spots.
    fn seat(&mut self, board: &Board<'_>, penalties: &Penalties, at: &[u32]) {
        let moved: Vec<u32> = (0..at.len() as u32)
            .filter(|&a| self.at[a as usize] != at[a as usize])
            .collect();
        for &a in &moved {
            if self.at[a as usize] != UNFILLED {
                self.lift(board, penalties, a);
            }
        }
        for &a in &moved {
            if at[a as usize] != UNFILLED {
                self.put(board, penalties, a, at[a as usize]);
            }
        }
    }

    /// The orders of some atoms alone, with what is left for them.
    fn part(&self, left: Left, atoms: &[u32]) -> Self {
        let mut part = self.clone();
        part.left = left;
        let mut inside = vec![false; self.at.len()];
        for &a in atoms {
            inside[a as usize] = true;
        }
        part.keep_holders(|a| inside[a as usize]);
        part
    }
}
