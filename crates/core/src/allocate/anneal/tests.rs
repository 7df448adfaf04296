//! Tests of annealing: seatings cost what plans cost, moves cost what they say, and no plan gets worse.

use super::super::book::{Builder, MAX_ATOMS, NEVER};
use super::super::harden::harden;
use super::super::serve::shuffled;
use super::super::shadow::Prices;
use super::super::testing::tiny;
use super::*;
use crate::index::NodeIdx;
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

/// Node limits cost nothing.
fn no_penalties(state: &State) -> Penalties {
    let nodes = state.left.lines.len();
    Penalties {
        lines: vec![Rate::default(); nodes],
        units: vec![Rate::default(); nodes],
        shipments: vec![Rate::default(); nodes],
        little: 0,
        dearest: 0,
    }
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
        let none = no_penalties(&state);
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
                if !seating.fits(&board, spot) || price >= NEVER {
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

#[test]
fn prices_follow_what_is_left_of_a_limit() {
    let mut followed = 0;
    each_plan(|_, book, _, state| {
        let mut penalties = Penalties::new(book, &Prices::zero(book.problem));
        let mut left = state.left.clone();
        let limited: Vec<usize> = (0..left.lines.len())
            .filter(|&n| book.problem.nodes()[NodeIdx::new(n)].max_lines.is_some())
            .collect();
        let Some(&n) = limited.first() else { return };
        let before = penalties.lines[n];
        left.lines[n] = -1;
        penalties.follow(book, &left, 20_000, true);
        let dearer = penalties.lines[n];
        assert!(dearer.price > before.price && dearer.excess > before.excess);
        left.lines[n] = 1;
        penalties.follow(book, &left, 20_000, true);
        let firm = penalties.lines[n];
        assert!(firm.price < dearer.price && firm.excess == dearer.excess);
        penalties.follow(book, &left, 20_000, false);
        assert!(penalties.lines[n].excess < firm.excess);
        followed += 1;
    });
    assert!(followed > 50, "{followed}");
}

#[test]
fn steps_keep_stock_rules_and_counts_and_take_complete_orders_in_and_out() {
    let (mut came, mut left) = (0, 0);
    each_plan(|seed, book, _, state| {
        let board = Board::new(book);
        if board.atoms.is_empty() {
            return;
        }
        let prices = Prices::zero(book.problem);
        let penalties = Penalties::new(book, &prices);
        let seating = Seating::of(&board, &penalties, &state);
        let atoms: Vec<u32> = (0..board.atoms.len() as u32).collect();
        let may_move = vec![true; atoms.len()];
        let mut walk = Walk::new(
            (&board, &penalties),
            seating.part(seating.left.clone(), &may_move),
            (&atoms, &may_move),
            &prices.stock,
            50.0 * Money::SCALE as f64,
            Random::new(seed),
        );
        let mut ships: Vec<bool> = Vec::new();
        for _ in 0..400 {
            walk.step();
            let at = |a: u32| walk.seating.at[a as usize];
            let filled = |o: &board::Order| o.atoms.clone().filter(|&a| at(a) != UNFILLED).count();
            let complete = board.orders.iter().filter(|o| o.complete && !o.atoms.is_empty());
            let now: Vec<bool> = complete
                .map(|o| {
                    let n = filled(o);
                    assert!(n == 0 || n == o.atoms.len(), "seed {seed}");
                    n > 0
                })
                .collect();
            came += ships
                .iter()
                .zip(&now)
                .filter(|(before, now)| !**before && **now)
                .count();
            left += ships
                .iter()
                .zip(&now)
                .filter(|(before, now)| **before && !**now)
                .count();
            ships = now;
            assert!(walk.seating.left.stock.iter().all(|&n| n >= 0), "seed {seed}");
        }
        // Seated anew, it costs and leaves the same.
        let mut again = seating.clone();
        again.seat(&board, &penalties, &walk.seating.at);
        assert_eq!(again.total(&board), walk.seating.total(&board), "seed {seed}");
        assert_eq!(again.left.stock, walk.seating.left.stock, "seed {seed}");
        assert_eq!(again.left.lines, walk.seating.left.lines, "seed {seed}");
        assert_eq!(again.left.shipments, walk.seating.left.shipments, "seed {seed}");
    });
    assert!(came > 30 && left > 30, "{came} came, {left} left");
}

#[test]
fn moves_of_a_whole_sku_cost_what_they_say_and_find_room_for_more() {
    let (mut moved, mut better, mut came) = (0, 0, 0);
    each_plan(|seed, book, _, state| {
        if !is_exact(book) {
            return;
        }
        let board = Board::new(book);
        let prices = Prices::zero(book.problem);
        let penalties = no_penalties(&state);
        let seating = Seating::of(&board, &penalties, &state);
        let atoms: Vec<u32> = (0..board.atoms.len() as u32).collect();
        let may_move = vec![true; atoms.len()];
        let mut walk = Walk::new(
            (&board, &penalties),
            seating,
            (&atoms, &may_move),
            &prices.stock,
            0.0,
            Random::new(seed),
        );
        let filled = |walk: &Walk<'_>| walk.seating.at.iter().filter(|&&s| s != UNFILLED).count();
        for &atom in &atoms {
            let (before, total) = (filled(&walk), walk.seating.total(&board));
            let at = walk.seating.at.clone();
            walk.log.clear();
            let change = walk.repack(atom);
            assert!(walk.seating.left.stock.iter().all(|&n| n >= 0), "seed {seed}");
            let Some(change) = change else {
                walk.undo();
                assert_eq!(walk.seating.at, at, "seed {seed}");
                continue;
            };
            assert_eq!(walk.seating.total(&board) - total, change, "seed {seed}");
            better += usize::from(change < 0);
            moved += 1;
            came += usize::from(filled(&walk) > before);
            if change > 0 {
                walk.undo();
            }
        }
    });
    assert!(
        moved > 50 && better > 40 && came > 30,
        "{moved} moved, {better} better, {came} with more filled"
    );
}

#[test]
fn short_annealings_repeat_under_a_work_limit() {
    let clock = StdClock::start();
    let mut plans_seen = 0;
    each_plan(|seed, book, rows, _| {
        if seed % 10 != 0 {
            return;
        }
        let unlimited = Budget::new(&clock, None, None, None);
        let climb = super::super::climb::climb(book, rows, &unlimited, 0.0, 20, None);
        let run = || {
            let budget = Budget::new(&clock, None, Some(60_000), None);
            let plans = anneal_often((book, rows), &climb, seed, &budget, 0.5);
            assert!(
                budget.work() <= 30_000 || plans.is_empty(),
                "seed {seed}: {}",
                budget.work()
            );
            plans
        };
        let (first, second) = (run(), run());
        let totals = |plans: &[State]| plans.iter().map(State::total).collect::<Vec<_>>();
        assert_eq!(totals(&first), totals(&second), "seed {seed}");
        assert!(
            totals(&first).is_sorted() && first.iter().all(|p| p.left.is_feasible()),
            "seed {seed}"
        );
        plans_seen += first.len();
    });
    assert!(plans_seen > 50, "{plans_seen}");
}
