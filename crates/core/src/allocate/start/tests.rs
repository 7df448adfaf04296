//! Starts in the terms of the book: what is taken over is what was given, and prices prove no less.

use super::*;
use crate::allocate::book::Builder;
use crate::allocate::climb::climb;
use crate::allocate::harden::harden;
use crate::allocate::serve::shuffled;
use crate::allocate::shadow::{EFFORTS, evaluate};
use crate::allocate::testing::{Random, some_prices, tiny};
use crate::allocate::{allocation, shadow_prices};
use crate::plan::ShadowPrices;
use crate::search::{Budget, StdClock};

fn b(book: &Book<'_>, prices: &Prices) -> i64 {
    let cost = evaluate(book, &Priced::new(book, prices), (&[], &[], EFFORTS[2]));
    let problem = book.problem;
    let rows = problem.stock().iter().zip(&prices.stock);
    let mut paid: i64 = rows.map(|(r, p)| i64::from(r.available) * p).sum();
    for (n, node) in problem.nodes().iter().enumerate() {
        for (limit, of_node) in [
            (node.max_shipments, &prices.shipments),
            (node.max_lines, &prices.lines),
            (node.max_units, &prices.units),
        ] {
            paid += i64::from(limit.unwrap_or(0)) * of_node[n];
        }
    }
    cost - paid - prices.cuts.iter().map(|c| c.price * c.rhs).sum::<i64>()
}

#[test]
fn prices_prove_no_less_for_the_rows_that_can_bind() {
    let (mut cuts, mut more) = (0, 0);
    for seed in 0..600 {
        let problem = tiny(seed);
        let book = Builder::new(&problem).build();
        let rows = Rows::binding(&book);
        let given = some_prices(&mut Random::new(seed), &book);
        let (taken, kept) = prices(&book, &rows, &shadow_prices(&problem, &given));
        assert!(kept, "seed {seed}");
        assert!(
            b(&book, &taken) >= b(&book, &given),
            "seed {seed}: {given:?} became {taken:?}"
        );
        cuts += taken.cuts.len();
        more += usize::from(b(&book, &taken) > b(&book, &given));
    }
    assert!(cuts > 20 && more > 100, "{cuts} cuts, {more} bounds lifted");
}

#[test]
fn a_cut_over_more_stock_gets_a_right_hand_side_that_holds() {
    let (mut checked, mut raised) = (0, 0);
    for seed in 0..600 {
        let problem = tiny(seed);
        let book = Builder::new(&problem).build();
        let rows = Rows::binding(&book);
        let mut given = some_prices(&mut Random::new(seed), &book);
        // As if they were of a day with less stock.
        for cut in &mut given.cuts {
            cut.rhs = (cut.rhs - 1).max(0);
        }
        let (taken, _) = prices(&book, &rows, &shadow_prices(&problem, &given));
        for cut in &taken.cuts {
            let qty = |t: &crate::allocate::cuts::Term| i64::from(problem.lines()[t.line].qty);
            let there_is = i64::from(problem.stock()[cut.row as usize].available);
            let sets = 0..1u32 << cut.terms.len();
            let inside = |set: u32| cut.terms.iter().enumerate().filter(move |(i, _)| set >> i & 1 == 1);
            let fitting = sets.filter(|&set| inside(set).map(|(_, t)| qty(t)).sum::<i64>() <= there_is);
            let most = fitting
                .map(|set| inside(set).map(|(_, t)| t.coefficient).sum::<i64>())
                .max();
            assert_eq!(most, Some(cut.rhs), "seed {seed}: {cut:?}");
            checked += 1;
            raised += usize::from(given.cuts.iter().any(|g| g.terms == cut.terms && g.rhs < cut.rhs));
        }
    }
    assert!(checked > 20 && raised > 20, "{checked} cuts, {raised} raised");
}

/// Plans of the book, its orders small or large, come back as they were.
#[test]
fn own_plans_come_back_whole() {
    let (mut split, mut large) = (0, 0);
    for seed in 0..600 {
        let problem = tiny(seed);
        for most_atoms in [12, 1] {
            let book = Builder::with_most_atoms(&problem, most_atoms).build();
            let rows = Rows::binding(&book);
            let clock = StdClock::start();
            let budget = Budget::new(&clock, None, None, None);
            let climb = climb(&book, &rows, &budget, 1.0, 20, None);
            let sequence = shuffled(&book, seed);
            let plan = harden(&book, &rows, (&climb.prices, &climb.ways), &sequence, &budget, 1.0);
            let start = Start::new(allocation(&book, &plan), ShadowPrices::default());
            let warm = Warm::new(&book, &rows, &start);
            let what = format!("seed {seed}, {most_atoms} atoms: {:?}", warm.kept);
            assert!(warm.kept.taken_over.is_whole(), "{what}");
            assert_eq!(warm.kept.taken_over.total.ten_thousandths(), plan.total(), "{what}");
            let again = warm.plan(&book, &climb.prices, &sequence, &budget);
            assert_eq!(again.cost, plan.cost, "{what}");
            assert_eq!(again.left.stock, plan.left.stock, "{what}");
            split += start.allocation.orders.iter().filter(|s| s.len() > 1).count();
            large += book.large.len();
        }
    }
    assert!(split > 20 && large > 500, "{split} split orders, {large} large ones");
}

/// However little is left, what is taken over keeps the limits.
#[test]
fn what_no_longer_fits_is_dropped() {
    let (mut dropped, mut taken) = (0, 0);
    for seed in 0..300 {
        let (yesterday, today) = (tiny(2 * seed + 1), tiny(2 * seed));
        let book = Builder::new(&yesterday).build();
        let rows = Rows::binding(&book);
        let clock = StdClock::start();
        let budget = Budget::new(&clock, None, None, None);
        let climb = climb(&book, &rows, &budget, 1.0, 20, None);
        let sequence = shuffled(&book, seed);
        let plan = harden(&book, &rows, (&climb.prices, &climb.ways), &sequence, &budget, 1.0);
        let start = Start::new(allocation(&book, &plan), shadow_prices(&yesterday, &climb.prices));
        let book = Builder::new(&today).build();
        let warm = Warm::new(&book, &Rows::binding(&book), &start);
        assert!(warm.state.left.is_feasible(), "seed {seed}");
        dropped += warm.kept.taken_over.dropped;
        taken += warm.kept.taken_over.taken + warm.kept.taken_over.adapted;
    }
    assert!(dropped > 50 && taken > 20, "{dropped} dropped, {taken} taken");
}
