//! Tests of annealing: seatings cost what plans cost, moves cost what they say, and no plan gets worse.

use super::super::book::{Builder, MAX_ATOMS};
use super::super::harden::harden;
use super::super::serve::shuffled;
use super::super::shadow::Prices;
use super::super::testing::tiny;
use super::*;
use crate::search::StdClock;

/// Calls `see` for a hardened plan of many tiny problems, with their orders taken for large ones, and for small ones.
fn each_plan(mut see: impl FnMut(u64, &Book<'_>, &Rows, State)) {
    let clock = StdClock::start();
    let budget = Budget::new(&clock, None, None, None);
    for seed in 0..300 {
        let problem = tiny(seed);
        for most in [0, MAX_ATOMS] {
            let book = Builder::with_most_atoms(&problem, most).build();
            let rows = Rows::binding(&book);
            let sequence = shuffled(&book, seed);
            let free = Prices::zero(&problem);
            let state = harden(&book, &rows, (&free, &[]), &sequence, &budget, 1.0);
            see(seed, &book, &rows, state);
        }
    }
}

fn is_exact(book: &Book<'_>) -> bool {
    !book.problem.chains().is_dated() && book.large.iter().all(super::super::large::LargeOrder::is_exact)
}

#[test]
fn a_seating_costs_what_its_plan_costs_and_moves_what_they_say() {
    let mut moved = 0;
    each_plan(|seed, book, _, state| {
        if !is_exact(book) {
            return;
        }
        let board = Board::new(book);
        let mut random = Random::new(seed);
        let nodes = state.left.lines.len();
        let none = Penalties {
            lines: vec![0; nodes],
            units: vec![0; nodes],
            shipments: vec![0; nodes],
        };
        let mut seating = Seating::of(&board, &none, &state);
        // What the board does not know stays as it is.
        let unknown = (0..board.orders.len()).filter(|&o| board.orders[o].atoms.is_empty());
        let outside: i64 = unknown.map(|o| state.cost[o]).sum();
        assert_eq!(seating.total(&board) + outside, state.total(), "seed {seed}");
        assert_eq!(seating.left.stock, state.left.stock, "seed {seed}");
        for _ in 0..if board.atoms.is_empty() { 0 } else { 200 } {
            let atom = random.below(board.atoms.len() as u64) as u32;
            let before = seating.total(&board);
            let change = if seating.at[atom as usize] == UNFILLED {
                let spots: Vec<u32> = board.atoms[atom as usize].spots.clone().collect();
                let Some(&spot) = random.pick(&spots) else { continue };
                let price = seating.price(&board, &none, atom, spot);
                if !seating.fits(&board, spot) || price >= super::super::book::NEVER {
                    continue;
                }
                seating.put(&board, &none, atom, spot)
            } else {
                let loss = seating.loss(&board, &none, atom);
                let change = seating.lift(&board, &none, atom);
                assert_eq!(loss, change, "seed {seed}");
                change
            };
            assert_eq!(seating.total(&board) - before, change, "seed {seed}");
            moved += 1;
        }
    });
    assert!(moved > 2000, "{moved}");
}

#[test]
fn annealing_never_makes_a_plan_worse_and_holds_all_limits() {
    let clock = StdClock::start();
    let budget = Budget::new(&clock, None, None, None);
    let mut better = 0;
    each_plan(|seed, book, rows, mut state| {
        let before = state.total();
        anneal(
            (book, rows),
            &Prices::zero(book.problem),
            &mut state,
            seed,
            &budget,
            1.0,
        );
        assert!(state.left.is_feasible() && state.total() <= before, "seed {seed}");
        better += usize::from(state.total() < before);
    });
    assert!(better > 20, "{better}");
}

#[test]
fn a_plan_read_from_a_board_and_served_again_is_the_same_plan() {
    let (mut unknown, mut served) = (0, 0);
    each_plan(|seed, book, _, state| {
        let board = Board::new(book);
        let at = board.spots_of(&state);
        let mut again = state.clone();
        for (o, order) in board.orders.iter().enumerate() {
            board.serve(&mut again, o, &at);
            assert_eq!(again.cost[o], state.cost[o], "seed {seed}, order {o}");
            let is_served = state.is_served(book, OrderIdx::new(o));
            assert_eq!(
                again.is_served(book, OrderIdx::new(o)),
                is_served,
                "seed {seed}, order {o}"
            );
            // A divisible line is not on the board.
            unknown += usize::from(is_served && order.slots.is_empty());
            served += usize::from(is_served);
        }
        assert!(
            again.left.stock == state.left.stock && again.left.lines == state.left.lines,
            "seed {seed}"
        );
    });
    assert!(unknown > 20 && served > 300, "{unknown} of {served} not on the board");
}
