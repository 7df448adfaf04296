//! Simulated annealing over single lines: every line of every order at a spot, within stock, moved one or a few at a time.
//!
//! ```text
//! board     all orders flat: atoms, slots, spots, what they cost and take      board
//! seating   which spot each atom has; put and lift with exact costs            seating
//! moves     shift and push out, leave to others, spread, open, whole orders    moves
//! repack    all lines of one SKU anew                                          repack
//! ```
//! Orders of many lines hold a little of very many stock rows, so that no order can be served better by itself once a plan has
//! settled: lines of different orders have to change places. A move does that in a microsecond: it puts a line where another
//! holds what it needs, and that one goes where it costs least. Stock is never exceeded; limits of nodes may be: what they
//! limit has a price that follows its use, and costs more beyond the limit, at last so much that it holds. What costs more is
//! accepted less and less often (S. Kirkpatrick, C. Gelatt and M. Vecchi, "Optimization by simulated annealing", Science 220,
//! 1983).
//!
//! An epoch cuts the orders into parts, as ruin and recreate does, and works on them side by side.

mod board;
mod moves;
mod repack;
mod seating;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

use self::board::{Board, UNFILLED};
use self::moves::Walk;
use self::seating::{Penalties, Rate, Seating};
use super::book::Book;
use super::climb::Climb;
use super::harden::{dearest, fit, harden};
use super::options::taken;
use super::parts::{Wanted, deal, parts, scarce};
use super::price::Workspace;
use super::serve::{penalty_unit, shuffled};
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
const HEAT: (f64, f64) = (2.0 * Money::SCALE as f64, 0.05 * Money::SCALE as f64);
/// Epochs where nothing is limited.
const EPOCHS: u64 = 150;
/// Epochs of a short annealing, and sweeps of the hardening before it.
const SHORT: u64 = 200;
const SWEEPS: u64 = 60;
/// How many of these run side by side, how often where nothing is limited, and how many of their plans are kept.
const SIDE_BY_SIDE: u64 = 2;
const ROUNDS: u64 = 10;
const KEPT: usize = 12;
/// Share of the run after which what is beyond a limit only becomes dearer.
const FIRM: f64 = 0.7;
/// What one beyond a limit costs more at first, as a share of the shadow price.
const EXCESS: f64 = 0.5;
/// Share by which a price moves in an epoch at most, where so large a share of the limit is exceeded or left.
const STEP: f64 = 0.02;
const WIDE: f64 = 0.02;
/// Shares by which what is beyond a limit becomes dearer and cheaper.
const RISE: f64 = 0.2;
const FALL: f64 = 0.05;
/// These steps are for epochs of so many moves; shorter ones take shorter steps.
const PACE: f64 = 20_000.0;

/// Plans by short annealings side by side, each from a plan hardened in an order of its own, until the budget share `until` is spent: the best
/// of them, the cheapest first.
///
/// Where few orders are at hand a longer annealing ends no better: what it ends near, it has from the plan that it starts from.
pub(crate) fn anneal_often(
    (book, rows): (&Book<'_>, &Rows),
    climb: &Climb,
    seed: u64,
    budget: &Budget<'_>,
    until: f64,
) -> Vec<State> {
    let work_to_harden = SWEEPS * book.orders.len() as u64;
    let work = SHORT * (MOVES * book.atoms_in_all()) as u64 / WORK + 1;
    let mut plans: Vec<State> = Vec::new();
    for round in 0..if budget.is_limited() { u64::MAX } else { ROUNDS } {
        let is_over = budget.is_limited() && budget.spent() >= until || budget.stop().is_some();
        // Of a work limit what a round needs is left.
        let needed = SIDE_BY_SIDE * (work + work_to_harden);
        let has_work = budget.until(until).work_left().is_none_or(|left| left >= needed);
        if is_over || !has_work {
            break;
        }
        let one = |n: u64| {
            let own_seed = Random::stream(seed, "anneal often", round * SIDE_BY_SIDE + n).bits();
            let sequence = shuffled(book, own_seed);
            let (prices, ways) = (&climb.prices, &climb.ways);
            let mut plan = harden(book, rows, (prices, ways), &sequence, &budget.part(work_to_harden), 1.0);
            let own = budget.until(until);
            run((book, rows), prices, &mut plan, (own_seed, Some(SHORT)), &own, 1.0);
            plan
        };
        let found: Vec<State> = (0..SIDE_BY_SIDE).into_par_iter().map(one).collect();
        budget.spend(needed);
        budget.moved();
        plans.extend(found);
        plans.sort_by_key(State::total);
        plans.truncate(KEPT);
    }
    plans
}

/// Improves a plan until the budget share `until` is spent.
pub(crate) fn anneal(
    (book, rows): (&Book<'_>, &Rows),
    prices: &Prices,
    state: &mut State,
    seed: u64,
    budget: &Budget<'_>,
    until: f64,
) {
    run((book, rows), prices, state, (seed, None), budget, until);
}

/// One annealing, of so many epochs if that is said.
fn run(
    (book, rows): (&Book<'_>, &Rows),
    prices: &Prices,
    state: &mut State,
    (seed, epochs): (u64, Option<u64>),
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
    for epoch in 0.. {
        let progress = if let Some(epochs) = epochs {
            epoch as f64 / epochs as f64
        } else if budget.is_limited() {
            (budget.spent() - start) / (until - start).max(1e-9)
        } else {
            epoch as f64 / EPOCHS as f64
        };
        if progress >= 1.0 || budget.stop().is_some() {
            break;
        }
        budget.moved(); // while it cools, the plan stands for none
        let heat = HEAT.0 * (HEAT.1 / HEAT.0).powf(progress);
        let mut random = Random::stream(seed, "anneal parts", epoch);
        let parts = parts(book, (all.len() / PART).clamp(1, MOST_PARTS), &mut random);
        let lefts = deal(&seating.left, book.problem.chains(), &wanted, &parts, &mut random);
        let work = |(n, (part, left)): (usize, (&Vec<OrderIdx>, Left))| {
            let (atoms, may_move) = board.movable(part);
            let mut walk = Walk::new(
                (&board, &penalties),
                seating.part(left, &may_move),
                (&atoms, &may_move),
                &prices.stock,
                heat,
                Random::stream(seed, "anneal", epoch * parts.len() as u64 + n as u64),
            );
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
        penalties.follow(book, &seating.left, MOVES * board.atoms.len(), progress > FIRM);
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
    /// The shadow prices; beyond the limits a share of them more, and a little where there are none.
    fn new(book: &Book<'_>, prices: &Prices) -> Self {
        let unit = penalty_unit(book);
        let (little, most) = ((unit * 0.02) as i64 + 1, dearest(book) as i64 / 2);
        let rate = |&p: &i64| Rate {
            price: p.min(most),
            excess: ((p as f64 * EXCESS) as i64).max(little).min(most),
        };
        let of = |prices: &[i64]| prices.iter().map(rate).collect();
        Self {
            lines: of(&prices.lines),
            units: of(&prices.units),
            shipments: of(&prices.shipments),
            little,
            dearest: ((unit * 100.0) as i64).min(most),
        }
    }

    /// After so many moves, prices follow what is left: dearer where a limit is exceeded, cheaper where it is not reached. What is
    /// beyond a limit becomes dearer while there is any, and cheaper else, unless it shall be firm.
    fn follow(&mut self, book: &Book<'_>, left: &Left, moves: usize, firm: bool) {
        let (little, dearest) = (self.little, self.dearest);
        let pace = (moves as f64 / PACE).min(1.0);
        let nodes = book.problem.nodes();
        let one = |rate: &mut Rate, left: i64, limit: Option<u32>| {
            let Some(limit) = limit else { return };
            let over = (-left as f64 / (f64::from(limit) * WIDE).max(1.0)).clamp(-1.0, 1.0);
            let step = rate.price.max(little) as f64 * STEP * over * pace;
            rate.price = (rate.price + step as i64).clamp(0, dearest);
            if left < 0 {
                rate.excess = (rate.excess + (rate.excess as f64 * RISE * pace) as i64 + 1).min(dearest);
            } else if !firm {
                rate.excess = (rate.excess - (rate.excess as f64 * FALL * pace) as i64).max(1);
            }
        };
        for (n, node) in nodes.iter().enumerate() {
            one(&mut self.lines[n], left.lines[n], node.max_lines);
            one(&mut self.units[n], left.units[n], node.max_units);
            one(&mut self.shipments[n], left.shipments[n], node.max_shipments);
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

    /// Some atoms alone, with what is left for them.
    fn part(&self, left: Left, may_move: &[bool]) -> Self {
        let mut part = self.clone();
        part.left = left;
        part.keep_holders(|a| may_move[a as usize]);
        part
    }
}
