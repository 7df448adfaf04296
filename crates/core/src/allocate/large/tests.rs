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

/// Lays all ladders out in staircases of two stairs and more; how many there are.
fn with_staircases(problem: &crate::model::Problem, book: &mut Book<'_>) -> usize {
    let mut staircases = 0;
    for large in &mut book.large {
        let all = large.atoms.iter().fold(Load::default(), |sum, a| sum.plus(a.load));
        for ladder in &mut large.ladders {
            *ladder = Ladder::with_plain(problem, ladder.rates.clone(), all, (0, 2));
            staircases += ladder.steps().list.iter().filter(|s| s.is_staircase()).count();
        }
    }
    staircases
}

#[test]
fn the_tree_finds_the_cheapest_of_all_ways() {
    let (mut exact, mut closed, mut parts, mut staircases) = (0, 0, 0, 0);
    for seed in 0..600 {
        let problem = tiny(seed);
        let mut book = Builder::with_most_atoms(&problem, 0).build();
        if seed % 2 == 1 {
            staircases += with_staircases(&problem, &mut book);
        }
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
    assert!(
        exact > 500 && parts > 100 && staircases > 50,
        "{exact} exact, {parts} with shared rows, {staircases} staircases"
    );
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
    let (mut checked, mut started, mut undercut, mut divided, mut staircases, mut relaxed) = (0, 0, 0, 0, 0, 0);
    for seed in 1100..1500 {
        let problem = tiny(seed);
        let mut book = Builder::with_most_atoms(&problem, 0).build();
        if seed % 2 == 1 {
            staircases += with_staircases(&problem, &mut book);
        }
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
            assert!(
                if block.is_exact {
                    stated == cost(&now)
                } else {
                    stated <= cost(&now)
                },
                "{what}: the start costs what the way costs"
            );
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
            let stated: i64 = chosen.iter().map(|&c| block.columns[c as usize].cost).sum();
            assert!(i128::from(stated) <= least && least <= i128::from(cost(&way)), "{what}");
            assert!(
                !block.is_exact || i128::from(cost(&way)) == least,
                "{what}: {way:?}, {least}"
            );
            relaxed += usize::from(!block.is_exact);
            checked += 1;
        }
    }
    assert!(
        checked > 300 && started > 150 && divided > 50 && undercut > 50 && staircases > 50 && relaxed > 2,
        "{checked} checked, {started} started, {divided} with divisible lines, {undercut} where more costs less, {staircases} \
         staircases, {relaxed} relaxed"
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
                ..Step::FREE
            })
            .collect();
        steps.sort_by_key(|s| s.price);
        let ladder = Ladder::of(Vec::new(), (steps.clone(), Vec::new()), &Load::default(), true);
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

/// A price table of a service with everything that the format knows, up to parcels of tons.
fn some_table(random: &mut crate::search::Random, problem: &crate::model::Problem) -> Option<crate::index::RateIdx> {
    let rates = problem.rates();
    (!rates.is_empty()).then(|| crate::index::RateIdx::new(random.below(rates.len() as u64) as usize))
}

#[test]
fn a_ladder_of_staircases_has_the_price_of_the_tariffs_and_its_corners_are_below() {
    let mut random = crate::search::Random::new(11);
    let (mut exact, mut staircases, mut near) = (0, 0, 0);
    for seed in 0..400 {
        let problem = tiny(seed);
        let list: Vec<_> = (0..2)
            .filter_map(|_| Some((some_table(&mut random, &problem)?, 7 * seed as i64)))
            .collect();
        let most = 1 << (8 + random.below(16));
        let mut load = |most: u64| Load {
            weight: Grams(random.below(most) as i64 + 1),
            volume: Volume(random.below(5 * most) as i64),
            heaviest_unit: Grams(1),
        };
        let all = load(most);
        let ladder = Ladder::with_plain(&problem, list.clone(), all, (20, 2));
        let slopes: [i64; 2] = [load(2 << 20).weight.0 % (1 << 20), load(2 << 18).weight.0 % (1 << 18)];
        let steps = ladder.steps();
        staircases += steps.list.iter().filter(|s| s.is_staircase()).count();
        exact += usize::from(ladder.exact);
        let least = |at: &staircase::Corner, slopes: [i64; 2]| {
            (i128::from(at.price) << 16) - i128::from(slopes[0] * at.weight) - i128::from(slopes[1] * at.volume)
        };
        if steps.list.is_empty() {
            continue;
        }
        let corners = steps.corners(0, steps.list.len() - 1);
        let intercept = |slopes| corners.iter().map(|c| least(c, slopes)).min();
        for _ in 0..60 {
            let mut some = load(most);
            some.weight.0 = some.weight.0.min(all.weight.0);
            some.volume.0 = some.volume.0.min(all.volume.0);
            let price = |&(rate, late): &(crate::index::RateIdx, i64)| {
                let carriage = crate::cost::tariff::transport(&problem, rate, some)?;
                Some(carriage.price.ten_thousandths() + late)
            };
            let cheapest = list.iter().filter_map(price).min();
            assert_eq!(
                ladder.price(&problem, some),
                cheapest,
                "seed {seed}, {some:?} of {all:?}"
            );
            let by_steps = ladder.first_price(&some);
            let is_below = cheapest.is_none_or(|c| by_steps.is_some_and(|s| s <= c));
            assert!(
                is_below && (!ladder.exact || by_steps == cheapest),
                "seed {seed}, {some:?} of {all:?}: {by_steps:?}, {cheapest:?} by {ladder:?}"
            );
            let Some(cheapest) = cheapest else { continue };
            let loaded = staircase::Corner {
                weight: some.weight.0,
                volume: some.volume.0,
                price: cheapest,
            };
            for slopes in [slopes, [slopes[0], 0], [0, slopes[1]]] {
                let (here, below) = (least(&loaded, slopes), intercept(slopes).unwrap());
                assert!(below <= here, "seed {seed}, {some:?} of {all:?}: {below} above {here}");
                near += usize::from(here - below < i128::from(cheapest) << 11);
            }
        }
    }
    assert!(
        exact > 150 && staircases > 200 && near > 500,
        "{exact} exact, {staircases} staircases, {near} near"
    );
}
