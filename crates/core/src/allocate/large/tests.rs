//! Tests of large orders: tiny orders taken for large ones, against all their ways.

use super::super::book::{Builder, NEVER};
use super::super::price::Workspace;
use super::super::testing::{Random, at_prices, fits, some_left, some_prices, tiny, ways};
use super::super::valuation::{Free, Hard, Priced};
use super::*;
use crate::quantity::{Grams, Volume};

const LONG: Effort = Effort {
    branches: 100_000,
    insert: true,
    tolerance: 0,
};

/// Values are whole, and so a bound may be short of the cost by some of them.
const CLOSE: i64 = 20;

#[test]
fn the_tree_finds_the_cheapest_of_all_ways() {
    let (mut exact, mut closed, mut parts) = (0, 0, 0);
    for seed in 0..600 {
        let problem = tiny(seed);
        let book = Builder::with_most_atoms(&problem, 0).build();
        let prices = some_prices(&mut Random::new(seed), &book);
        let (priced, stated) = (
            Priced::new(&book, &prices),
            super::super::shadow_prices(&problem, &prices),
        );
        let mut ws = Workspace::default();
        for order in problem.orders().indices() {
            let large = &book.large[book.head(order).large as usize - 1];
            let all = ways(&problem, order);
            let least = all.iter().map(|w| at_prices(w, &stated)).min().unwrap();
            let solved = large.solve(&book, &priced, None, LONG, &mut ws.space);
            let what = format!("seed {seed}, order {}: {solved:?}", order.0);
            assert_eq!(large.cost(&book, &solved.way, &priced), solved.cost, "{what}");
            assert!(i128::from(solved.cost) >= least, "{what}, least {least}");
            if large.is_exact() {
                assert_eq!(i128::from(solved.cost), least, "{what}");
                assert!(solved.lower <= solved.cost, "{what}");
                closed += usize::from(solved.cost - solved.lower <= CLOSE + solved.cost / 20_000);
                exact += 1;
            } else {
                parts += 1;
            }
            // With less effort the bounds are wider, never wrong.
            for branches in [1, 2, 5] {
                let effort = Effort {
                    branches,
                    insert: true,
                    tolerance: 1000,
                };
                let quick = large.solve(&book, &priced, None, effort, &mut ws.space);
                assert!(
                    quick.lower <= solved.cost && quick.cost >= solved.cost,
                    "{what}, {quick:?}"
                );
                assert!(
                    !large.is_exact() || i128::from(quick.lower) <= least,
                    "{what}, {quick:?}"
                );
            }
        }
    }
    assert!(closed * 100 >= exact * 99, "{closed} of {exact} closed");
    assert!(exact > 600 && parts > 20, "{exact} exact, {parts} with shared rows");
}

#[test]
fn what_is_left_holds_every_way_that_is_found() {
    let (mut served, mut best, mut orders) = (0, 0, 0);
    for seed in 600..900 {
        let problem = tiny(seed);
        let book = Builder::with_most_atoms(&problem, 0).build();
        let mut random = Random::new(seed);
        let priced = Priced::new(&book, &some_prices(&mut random, &book));
        let mut ws = Workspace::default();
        for order in problem.orders().indices() {
            let large = &book.large[book.head(order).large as usize - 1];
            let left = some_left(&mut random, &problem);
            let hard = Hard {
                prices: &priced,
                left: &left,
            };
            let solved = large.solve(&book, &hard, None, LONG, &mut ws.space);
            let mut state = super::super::state::State::empty(&book);
            state.left = left.clone();
            state.lift(&book, order);
            state.put_large(&book, order, solved.way.clone());
            assert!(state.left.is_feasible(), "seed {seed}, order {}", order.0);
            let free = large.cost(&book, &solved.way, &Free { book: &book });
            assert_eq!(state.cost[order.get()], free);
            let zero = super::super::shadow::Prices::zero(&problem);
            let zero = Priced::new(&book, &zero);
            let hard = Hard {
                prices: &zero,
                left: &left,
            };
            let cost = large.solve(&book, &hard, None, LONG, &mut ws.space).cost;
            let fitting = ways(&problem, order).into_iter().filter(|w| fits(&problem, &left, w));
            let least = fitting.map(|w| w.cost).min().unwrap();
            assert!(
                i128::from(cost) >= least && cost < NEVER,
                "seed {seed}, order {}",
                order.0
            );
            served += usize::from(solved.way != LargeWay::default());
            best += usize::from(i128::from(cost) == least);
            orders += 1;
        }
    }
    assert!(
        served > 150 && best * 10 > orders * 9,
        "{served} served, {best} best of {orders}"
    );
}

#[test]
fn choices_are_different_ways_at_their_cost() {
    let (mut best, mut more, mut listed) = (0, 0, 0);
    for seed in 900..1100 {
        let problem = tiny(seed);
        let book = Builder::with_most_atoms(&problem, 0).build();
        let prices = some_prices(&mut Random::new(seed), &book);
        let priced = Priced::new(&book, &prices);
        let mut ws = Workspace::default();
        for order in problem.orders().indices() {
            let large = &book.large[book.head(order).large as usize - 1];
            let least = large.solve(&book, &priced, None, LONG, &mut ws.space).cost;
            let slack = 300_000;
            let (choices, complete) = large.choices(&book, &priced, None, LONG, (slack, 8), &mut ws.space);
            for (cost, way) in &choices {
                assert_eq!(large.cost(&book, way, &priced), *cost, "seed {seed}: {way:?}");
                assert!(*cost <= least + slack, "seed {seed}: {way:?}");
            }
            assert!(choices.is_sorted() && choices.windows(2).all(|w| w[0].1 != w[1].1));
            assert!(choices.len() <= 8 && choices.first().is_some_and(|c| c.0 <= least));
            if complete {
                let stated = super::super::shadow_prices(&problem, &prices);
                let all = ways(&problem, order);
                let near = all
                    .iter()
                    .filter(|w| at_prices(w, &stated) <= i128::from(least + slack));
                let mut different: Vec<_> = near.map(super::super::testing::shipped).collect();
                different.sort_unstable();
                different.dedup();
                assert_eq!(choices.len(), different.len(), "seed {seed}, order {}", order.0);
                listed += 1;
            }
            best += 1;
            more += choices.len() - 1;
        }
    }
    assert!(
        more * 4 > best && listed > 10,
        "{more} more than {best} best ones, {listed} lists of all"
    );
}

/// By brute force: the cheapest solution of a block in which every column is tried.
fn cheapest_of(block: &Block, milp: crate::search::Milp) -> Vec<u32> {
    let model = crate::search::milp::Model {
        costs: block.columns.iter().map(|c| c.cost).collect(),
        rows: block.rows.clone(),
        most: block.most.clone(),
    };
    let limits = crate::search::milp::Limits {
        seconds: None,
        nodes: None,
        gap: 0.0,
        threads: 1,
        bound_first: false,
        patience: None,
        work: None,
    };
    let clock = crate::search::StdClock::start();
    let budget = crate::search::Budget::new(&clock, None, None, None);
    let answer = crate::search::milp::solve(milp, model, Some(block.start.clone()), limits, (&budget, None));
    assert!(answer.proved && answer.close);
    answer.chosen.unwrap()
}

#[test]
fn the_cheapest_solution_of_a_block_is_the_cheapest_way() {
    let (mut checked, mut started, mut undercut, mut divided) = (0, 0, 0, 0);
    for seed in 1100..1500 {
        let problem = tiny(seed);
        let book = Builder::with_most_atoms(&problem, 0).build();
        let free = Free { book: &book };
        let mut ws = Workspace::default();
        let mut random = Random::new(seed);
        for order in problem.orders().indices() {
            let large = &book.large[book.head(order).large as usize - 1];
            let nodes: Vec<u16> = (0..large.nodes.len() as u16).collect();
            let priced = Priced::new(&book, &some_prices(&mut random, &book));
            // Some way to start from: the best at some prices.
            let now = large.solve(&book, &priced, None, LONG, &mut ws.space).way;
            let extent = Extent {
                nodes: &nodes,
                may_be: &|_, _| true,
                most_steps: 300,
            };
            let block = large.block(&book, extent, &now).expect("few steps");
            let what = format!("seed {seed}, order {}", order.0);
            let back = block
                .way(&book, large, &block.start)
                .expect("the way that the order has");
            let cost = |way: &LargeWay| large.cost(&book, way, &free);
            assert_eq!(cost(&back), cost(&now), "{what}");
            started += usize::from(now != LargeWay::default());
            undercut += usize::from(!large.ladders.iter().all(|l| l.exact));
            divided += usize::from(large.is_divisible);
            let stated: i64 = block.start.iter().map(|&c| block.columns[c as usize].cost).sum();
            assert_eq!(stated, cost(&now), "{what}: the start costs what the way costs");
            for row in &block.rows {
                let times = |column: u32| block.start.iter().filter(|c| **c == column).count() as i64;
                let sum: i64 = row.terms.iter().map(|&(c, n)| n * times(c)).sum();
                assert!(
                    if row.equal { sum == row.rhs } else { sum <= row.rhs },
                    "{what}: {row:?}"
                );
            }
            let chosen = cheapest_of(&block, crate::search::Milp::MicroLp);
            let way = block.way(&book, large, &chosen).expect("a way that the rules allow");
            let least = ways(&problem, order).iter().map(|w| w.cost).min().unwrap();
            assert_eq!(i128::from(cost(&way)), least, "{what}");
            checked += 1;
        }
    }
    assert!(
        checked > 300 && started > 150 && divided > 50 && undercut > 50,
        "{checked} checked, {started} started, {divided} with divisible lines, {undercut} where more costs less"
    );
}

#[test]
fn a_ladder_has_the_price_of_the_first_step_that_holds_a_load() {
    let mut random = crate::search::Random::new(7);
    let (mut held, mut too_much) = (0, 0);
    for _ in 0..300 {
        let scale = 1 << random.below(40);
        let mut amount = |most: u64| (random.below(most * scale) + 1) as i64;
        let mut steps: Vec<Step> = (0..=amount(30) / scale as i64)
            .map(|i| Step {
                weight: amount(20),
                volume: amount(20),
                heaviest: amount(20),
                price: i * 3,
            })
            .collect();
        steps.sort_by_key(|s| s.price);
        let ladder = Ladder::of(Vec::new(), steps.clone(), true);
        for _ in 0..50 {
            let load = Load {
                weight: Grams(amount(21)),
                volume: Volume(amount(21)),
                heaviest_unit: Grams(amount(10)),
            };
            let first = steps.iter().find(|s| s.holds(&load)).map(|s| s.price);
            assert_eq!(ladder.first_price(&load), first);
            held += usize::from(first.is_some());
            too_much += usize::from(first.is_none());
        }
    }
    assert!(held > 3000 && too_much > 1000, "{held} {too_much}");
}
