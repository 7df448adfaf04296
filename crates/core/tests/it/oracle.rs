//! The verifier against brute force on tiny random problems: optima are valid, and bounds are what enumeration says.

use clapot::generate::{GenerateOptions, Profile, generate};
use clapot::plan::ShadowPrices;
use clapot::quantity::Money;
use clapot::solve::RouteOptions;
use clapot::validate;
use clapot::verify::{BoundOptions, VerifyOptions, prove_bound, verify};

use crate::support::guess::{shape, some_cut, some_prices};
use crate::support::judge::routed;
use crate::support::random::Random;
use crate::support::tiny::{self, Shape};
use crate::support::{modest_plan, oracle};

const SEEDS: u64 = 500;
const COMBINATIONS: u128 = 200_000;

#[test]
fn the_optimum_is_valid_and_no_prices_prove_more() {
    let (mut solved, mut reached) = (0, 0);
    for seed in 0..SEEDS {
        let problem = tiny::problem(seed, shape(seed));
        let Some((allocation, optimum)) = oracle::optimum(&problem, COMBINATIONS) else {
            continue;
        };
        solved += 1;
        let mut plan = modest_plan(&problem, allocation);
        assert_eq!(i128::from(plan.cost.total().ten_thousandths()), optimum, "seed {seed}");
        let mut random = Random::new(seed);
        for trial in 0..4 {
            plan.prices = if trial == 0 {
                ShadowPrices::default()
            } else {
                some_prices(&mut random, &problem)
            };
            plan.prices
                .cuts
                .extend((0..trial).filter_map(|_| some_cut(&mut random, &problem)));
            plan.outcome.bound = Money::from_ten_thousandths(i64::MIN);
            let found = verify(
                &problem,
                &plan,
                &VerifyOptions {
                    threads: 1,
                    ..VerifyOptions::default()
                },
            );
            assert!(found.is_valid(), "seed {seed}: {:?}", found.violations);
            assert_eq!(found.warnings, [], "seed {seed}");
            assert_eq!(i128::from(found.cost.total().ten_thousandths()), optimum, "seed {seed}");
            let proved = found.proved_bound.unwrap();
            assert!(
                i128::from(proved.lower.ten_thousandths()) <= optimum,
                "seed {seed}: {proved:?} above {optimum}"
            );
            reached += usize::from(i128::from(proved.lower.ten_thousandths()) == optimum);
        }
    }
    // Not a test of nothing: most problems are small enough, and some bounds are tight.
    assert!(solved > SEEDS / 2 && reached > 50, "{solved} solved, {reached} tight");
}

#[test]
fn bounds_equal_enumeration() {
    let options = |max_groups| BoundOptions { threads: 1, max_groups };
    let mut close = 0;
    for seed in 1000..1000 + SEEDS {
        let problem = tiny::problem(seed, shape(seed));
        let mut random = Random::new(seed);
        let mut prices = some_prices(&mut random, &problem);
        prices.cuts.extend(some_cut(&mut random, &problem));
        for prices in [ShadowPrices::default(), prices] {
            let expected = oracle::bound(&problem, &prices);
            let proved = prove_bound(&problem, &prices, &options(12));
            assert_eq!(i128::from(proved.lower.ten_thousandths()), expected, "seed {seed}");
            assert_eq!(
                (proved.lower, proved.by_lower_bound_only),
                (proved.upper, 0),
                "seed {seed}"
            );
            // The same by lower bounds only.
            for max_groups in [0, 1, 2] {
                let proved = prove_bound(&problem, &prices, &options(max_groups));
                let (lower, upper) = (
                    proved.lower.ten_thousandths().into(),
                    proved.upper.ten_thousandths().into(),
                );
                assert!(
                    (lower..=upper).contains(&expected),
                    "seed {seed}: {expected} not in {lower}..={upper}"
                );
                close += usize::from(max_groups == 0 && expected - lower <= expected.abs() / 100);
            }
        }
    }
    assert!(close > 100, "only {close} lower bounds within 1 %");
}

#[test]
fn bounds_of_orders_of_many_lines_are_nearly_their_least_cost() {
    let options = GenerateOptions {
        orders: 80,
        nodes: 7,
        seed: 3,
        profile: Profile::B2b,
        plain: true,
        ..GenerateOptions::default()
    };
    let problem = validate::check(generate(&options).unwrap()).unwrap().problem;
    let run = RouteOptions {
        work_limit: Some(20_000),
        threads: 1,
        ..RouteOptions::default()
    };
    let prices = routed(&problem, &run, None).prices;
    let proved = prove_bound(&problem, &prices, &BoundOptions::default());
    let (lower, upper) = (proved.lower.ten_thousandths(), proved.upper.ten_thousandths());
    let long = problem.orders().iter().filter(|o| o.lines().len() > 12);
    assert!(long.count() >= 20);
    assert!(
        lower <= upper && upper - lower <= upper / 5_000,
        "{lower} far below {upper}"
    );
}

#[test]
fn the_bound_does_not_depend_on_the_number_of_threads() {
    let problem = tiny::problem(7, Shape::default());
    let prices = some_prices(&mut Random::new(7), &problem);
    let by = |threads| prove_bound(&problem, &prices, &BoundOptions { threads, max_groups: 2 });
    assert_eq!(by(1), by(3));
}
