//! Moves against full recomputation, plans against their limits, and the same answer at any number of threads.

use super::super::book::{Book, Builder};
use super::super::options::{OrderOptions, gather};
use super::super::polish::Better;
use super::super::shadow::Prices;
use super::super::state::State;
use super::super::testing::{Random as TestRandom, some_prices, tiny};
use super::super::valuation::Priced;
use super::moves::{Chain, Move, Shift};
use super::plan::Plan;
use super::table::Table;
use super::{How, improve};
use crate::index::OrderIdx;
use crate::model::Problem;
use crate::search::{Budget, StdClock};

/// All options of all orders of a problem of which nothing is served.
fn all_options(problem: &Problem, book: &Book<'_>, prices: &Prices) -> (Vec<OrderOptions>, State) {
    let orders: Vec<OrderIdx> = problem.orders().indices().collect();
    let state = State::empty(book);
    let options = gather(book, &orders, &Priced::new(book, prices), i64::MAX / 8, 50, &state);
    (options, state)
}

fn with_table(seed: u64, work: impl FnOnce(&Table, &mut TestRandom)) {
    let problem = tiny(seed);
    let book = Builder::new(&problem).build();
    let mut random = TestRandom::new(seed);
    let prices = some_prices(&mut random, &book);
    let (options, state) = all_options(&problem, &book, &prices);
    work(&Table::new(&options, &prices, &state.left), &mut random);
}

fn some_options(table: &Table, random: &mut TestRandom) -> Vec<u32> {
    let of_order = |o| {
        let options = table.options(o);
        options.start + random.below((options.end - options.start) as usize) as u32
    };
    (0..table.orders() as u32).map(of_order).collect()
}

#[test]
fn changes_are_what_recomputation_says() {
    let (mut checked, mut overused) = (0, 0);
    for seed in 0..500 {
        with_table(seed, |table, random| {
            let weight = |p: &i64| p + random.between(0, 50_000);
            let weights = table.price.iter().map(weight).collect();
            let mut plan = Plan::new(table, some_options(table, random), weights);
            let mut value = plan.value_of(&plan.option);
            for _ in 0..220 {
                let option = random.below(table.cost.len()) as u32;
                let order = table.order[option as usize];
                value += plan.change(order, option);
                plan.apply(order, option);
                assert_eq!(value, plan.value_of(&plan.option), "seed {seed}");
                overused += usize::from(!plan.is_feasible());
                checked += 1;
            }
            let again = Plan::new(table, plan.option.clone(), plan.weight.clone());
            assert_eq!((&plan.left, plan.cost), (&again.left, again.cost));
            for row in 0..table.rows() as u32 {
                let sorted = |p: &Plan<'_>| {
                    let mut holders = p.holders(row).to_vec();
                    holders.sort_unstable();
                    holders
                };
                assert_eq!(sorted(&plan), sorted(&again), "seed {seed}");
            }
        });
    }
    assert!(
        checked >= 100_000 && overused > 1000,
        "{checked} checked, {overused} overused"
    );
}

#[test]
fn moves_gain_what_they_say_and_leave_the_plan_alone_until_applied() {
    let mut gains = [0, 0];
    for seed in 0..4000 {
        with_table(seed, |table, random| {
            let weights = table.price.iter().map(|p| p + random.between(0, 200_000)).collect();
            let mut plan = Plan::new(table, some_options(table, random), weights);
            let moves: [&mut dyn Move; 2] = [&mut Shift::default(), &mut Chain::default()];
            for (n, kind) in moves.into_iter().enumerate() {
                for _ in 0..10 {
                    let order = random.below(table.orders()) as u32;
                    let (before, left) = (plan.option.clone(), plan.left.clone());
                    let value = plan.value_of(&before);
                    let gain = kind.evaluate(&mut plan, order, i64::MAX);
                    assert_eq!((&before, &left), (&plan.option, &plan.left), "seed {seed}");
                    let Some(gain) = gain else { continue };
                    assert!(gain.change < 0);
                    kind.apply(&mut plan, &gain);
                    assert_eq!(value + gain.change, plan.value_of(&plan.option), "seed {seed}");
                    gains[n] += 1;
                }
                assert!(kind.counts().evaluated >= kind.counts().applied);
            }
        });
    }
    assert!(gains[0] > 1000 && gains[1] > 100, "{gains:?}");
}

/// What the search finds for a tiny problem, as the total of each step.
fn found(seed: u64, threads: usize) -> (i64, i64) {
    let problem = tiny(seed);
    let book = Builder::new(&problem).build();
    let prices = some_prices(&mut TestRandom::new(seed), &book);
    let (options, mut state) = all_options(&problem, &book, &prices);
    let before = state.total();
    let clock = StdClock::start();
    let budget = Budget::new(&clock, None, Some(2000), None);
    let how = How {
        seed,
        until: 1.0,
        enough: i64::MIN,
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let table = Table::new(&options, &prices, &state.left);
    let changes = pool.install(|| improve(&options, &table, how, &budget));
    Better {
        changes,
        ..Better::default()
    }
    .apply(&book, &mut state);
    assert!(state.left.is_feasible(), "seed {seed}");
    assert!(state.total() <= before, "seed {seed}");
    (state.total(), budget.work() as i64)
}

#[test]
fn the_search_holds_limits_and_repeats_at_any_number_of_threads() {
    for seed in 0..120 {
        let one = found(seed, 1);
        assert_eq!((one, one), (found(seed, 2), found(seed, 4)), "seed {seed}");
    }
}

/// Compared with all combinations of options, where there are few.
#[test]
fn the_search_finds_the_best_of_nearly_all_tiny_problems() {
    let (mut best, mut all) = (0, 0);
    for seed in 0..200 {
        let problem = tiny(seed);
        let book = Builder::new(&problem).build();
        let (options, state) = all_options(&problem, &book, &Prices::zero(&problem));
        let combinations: f64 = options.iter().map(|o| o.choices.len() as f64).product();
        if combinations > 2e5 {
            continue;
        }
        let table = Table::new(&options, &Prices::zero(&problem), &state.left);
        let least = least(&table, 0, &mut table.there_is.clone());
        let total = found(seed, 2).0;
        assert!(total >= least, "seed {seed}");
        (best, all) = (best + usize::from(total == least), all + 1);
    }
    assert!(all > 50 && best * 20 >= all * 19, "{best} of {all}");
}

fn least(table: &Table, order: u32, left: &mut [i64]) -> i64 {
    if order as usize == table.orders() {
        return 0;
    }
    let mut best = i64::MAX / 4;
    for option in table.options(order) {
        if table.takes(option).iter().all(|&(row, n)| n <= left[row as usize]) {
            table.takes(option).iter().for_each(|&(row, n)| left[row as usize] -= n);
            best = best.min(table.cost[option as usize] + least(table, order + 1, left));
            table.takes(option).iter().for_each(|&(row, n)| left[row as usize] += n);
        }
    }
    best
}
