//! The verifier against brute force on tiny random problems: optima are valid, and bounds are what enumeration says.

use clapot::model::Problem;
use clapot::plan::{Cut, CutResource, CutTerm, ShadowPrices};
use clapot::quantity::Money;
use clapot::verify::{BoundOptions, VerifyOptions, prove_bound, verify};

use crate::support::random::Random;
use crate::support::tiny::{self, Shape};
use crate::support::{modest_plan, oracle};

const SEEDS: u64 = 500;
const COMBINATIONS: u128 = 200_000;

fn shape(seed: u64) -> Shape {
    Shape {
        divisible: seed.is_multiple_of(3),
        tight: seed.is_multiple_of(2),
    }
}

/// Random prices of limited resources.
fn some_prices(random: &mut Random, problem: &Problem) -> ShadowPrices {
    let mut price = |percent, most| {
        random
            .chance(percent)
            .then(|| Money::from_ten_thousandths(random.between(0, most)))
    };
    let mut prices = ShadowPrices::default();
    for row in problem.stock() {
        prices.stock.extend(price(40, 60_000).map(|p| (row.node, row.sku, p)));
    }
    prices.stock.sort_by_key(|p| (p.0, p.1));
    for (node, n) in problem.nodes().iter_enumerated() {
        prices
            .shipments
            .extend(n.max_shipments.and_then(|_| price(50, 30_000)).map(|p| (node, p)));
        prices
            .lines
            .extend(n.max_lines.and_then(|_| price(50, 20_000)).map(|p| (node, p)));
        prices
            .units
            .extend(n.max_units.and_then(|_| price(50, 20_000)).map(|p| (node, p)));
    }
    prices
}

/// A valid cut over a random row, its right-hand side found by enumeration; `None` where the row has no indivisible line.
fn some_cut(random: &mut Random, problem: &Problem) -> Option<Cut> {
    let node = random.pick(&problem.nodes().indices().collect::<Vec<_>>());
    let resource = if random.chance(50) {
        CutResource::Units
    } else {
        CutResource::Stock(problem.lines().as_slice().first()?.sku)
    };
    let have = oracle::row_of(problem, node, resource)?;
    let fits_row = |sku| resource == CutResource::Units || resource == CutResource::Stock(sku);
    let lines = problem
        .lines()
        .iter_enumerated()
        .filter(|(_, l)| !l.divisible && fits_row(l.sku));
    let terms: Vec<CutTerm> = lines
        .map(|(line, l)| CutTerm {
            line,
            coefficient: random.pick(&[1, 1, l.qty, 4]),
        })
        .take(12)
        .collect();
    let sum = |set: usize, f: &dyn Fn(&CutTerm) -> i128| -> i128 {
        terms
            .iter()
            .enumerate()
            .filter(|(i, _)| set >> i & 1 == 1)
            .map(|(_, t)| f(t))
            .sum()
    };
    let fit = (0..1 << terms.len()).filter(|&s| sum(s, &|t| problem.lines()[t.line].qty.into()) <= have);
    let rhs = fit.map(|s| sum(s, &|t| t.coefficient.into())).max()? as u64;
    let price = Money::from_ten_thousandths(random.between(1, 300_000));
    (!terms.is_empty()).then_some(Cut {
        node,
        resource,
        rhs,
        price,
        terms,
    })
}

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
fn the_bound_does_not_depend_on_the_number_of_threads() {
    let problem = tiny::problem(7, Shape::default());
    let prices = some_prices(&mut Random::new(7), &problem);
    let by = |threads| prove_bound(&problem, &prices, &BoundOptions { threads, max_groups: 2 });
    assert_eq!(by(1), by(3));
}
