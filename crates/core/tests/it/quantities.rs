//! Lines of many units against the optimum: random problems of every rule, many of their lines divisible.
//!
//! The environment widens it: `CLAPOT_CASES` problems from the seed `CLAPOT_SEED` on, with lines of up to `CLAPOT_UNITS`
//! units. `CLAPOT_CASES=20000 CLAPOT_UNITS=60` is the long run.

use std::str::FromStr;
use std::time::Duration;

use clapot::model::Problem;
use clapot::plan::Status;
use clapot::solve::{Method, RouteOptions};

use crate::support::judge::try_routed;
use crate::support::oracle;
use crate::support::quantities::least_total;
use crate::support::tiny::{self, Shape};

/// Steps that the optimum of one problem may take.
const STEPS: usize = 3_000_000;
/// Seconds after which a run counts as one that does not end.
const SECONDS: u64 = 60;

fn from_environment<T: FromStr>(name: &str, default: T) -> T {
    let text = std::env::var(name).ok();
    text.map_or(default, |t| {
        t.parse().unwrap_or_else(|_| panic!("{name}={t} is no such number"))
    })
}

/// Four of five with divisible lines, a third tight, a fifth with incoming stock.
fn problem(seed: u64, units: u32) -> Problem {
    let shape = Shape {
        divisible: seed % 5 != 1,
        tight: seed.is_multiple_of(3),
        dated: seed % 5 == 2,
        units: Some(units),
    };
    tiny::problem(seed, shape)
}

/// What is wrong with the plans of all methods, and by how much of the optimum `auto` is above it.
fn faults(problem: &Problem, optimum: i128) -> (Vec<String>, f64) {
    let (mut faults, mut excess) = (Vec::new(), 0.0);
    for method in Method::ALL {
        let options = RouteOptions {
            method,
            threads: 1,
            time_limit: Some(Duration::from_secs(SECONDS)),
            ..RouteOptions::default()
        };
        let mut fault = |what: String| faults.push(format!("{}: {what}", method.as_str()));
        let plan = match try_routed(problem, &options, None) {
            Ok(plan) => plan,
            Err(what) => {
                fault(what);
                continue;
            }
        };
        let total = i128::from(plan.cost.total().ten_thousandths());
        let is_optimal = plan.outcome.status == Status::Optimal;
        for bound in [Some(plan.outcome.bound), plan.outcome.proved_bound]
            .into_iter()
            .flatten()
        {
            if i128::from(bound.ten_thousandths()) > optimum {
                fault(format!("bound {bound} above {optimum}"));
            }
        }
        if total < optimum || total > optimum && is_optimal {
            fault(format!(
                "{total}, {:?}, where {optimum} is the optimum",
                plan.outcome.status
            ));
        }
        if method == Method::Exact && !is_optimal {
            fault(format!(
                "not proved: {total}, bound {}, optimum {optimum}",
                plan.outcome.bound
            ));
        }
        if plan.outcome.limit.is_some() {
            fault(format!("not done in {SECONDS} s"));
        }
        if method == Method::Auto {
            excess = (total - optimum) as f64 / (optimum as f64).max(1.0);
        }
    }
    (faults, excess)
}

#[test]
fn exact_equals_the_optimum_auto_is_near_it_and_no_bound_is_above() {
    let first = from_environment("CLAPOT_SEED", 0);
    let cases = from_environment("CLAPOT_CASES", 150);
    let units = from_environment("CLAPOT_UNITS", 4);
    let (mut solved, mut excess, mut wrong) = (0u64, 0.0, Vec::new());
    for seed in first..first + cases {
        let problem = problem(seed, units);
        let Some(optimum) = least_total(&problem, STEPS) else {
            continue;
        };
        let (faults, above) = faults(&problem, optimum);
        solved += 1;
        excess += above;
        if above > 0.001 {
            eprintln!("seed {seed}: auto is {:.3} % above the optimum", 100.0 * above);
        }
        for fault in faults {
            eprintln!("seed {seed}: {fault}");
            wrong.push(seed);
        }
    }
    wrong.dedup();
    let mean = excess / solved.max(1) as f64;
    println!(
        "{solved} of {cases} solved, {} wrong, auto {:.4} % above in the mean",
        wrong.len(),
        100.0 * mean
    );
    assert!(wrong.is_empty(), "{} of {solved}: seeds {wrong:?}", wrong.len());
    assert!(mean <= 0.001, "auto is {:.4} % above in the mean", 100.0 * mean);
    assert!(10 * solved >= 9 * cases, "only {solved} of {cases} solved");
}

#[test]
fn both_ways_to_the_optimum_agree() {
    let mut both = 0;
    for seed in 0..300 {
        let problem = problem(seed, 3);
        if let Some((_, optimum)) = oracle::optimum(&problem, 20_000) {
            assert_eq!(least_total(&problem, STEPS), Some(optimum), "seed {seed}");
            both += 1;
        }
    }
    assert!(both > 100, "only {both}");
}
