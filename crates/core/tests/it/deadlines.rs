//! The limit of time on problems that are large in one way. No test reads a clock: each look at the clock is a tick of it, so
//! what is counted is how often a run looks, and how soon it ends after the look that finds time up.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use clapot::Money;
use clapot::model::Problem;
use clapot::plan::{LimitReached, ShadowPrices};
use clapot::search::{Clock, Progress};
use clapot::solve::{Method, RouteOptions, Surroundings, route};
use clapot::verify::{BoundOptions, VerifyOptions, certain_bound, prove_bound, verify, verify_within};

use crate::support::guess::shape;
use crate::support::hostile::KINDS;
use crate::support::judge::{judge, routed};
use crate::support::tiny;

/// A clock on which every look takes a millisecond.
struct Ticks {
    looks: AtomicU64,
    /// From this look on, the caller has asked to stop.
    interrupt_at: u64,
    interrupt: AtomicBool,
}

impl Ticks {
    fn new(interrupt_at: u64) -> Self {
        Self {
            looks: AtomicU64::new(0),
            interrupt_at,
            interrupt: AtomicBool::new(false),
        }
    }

    fn looks(&self) -> u64 {
        self.looks.load(Ordering::Relaxed)
    }
}

impl Clock for Ticks {
    fn elapsed(&self) -> Duration {
        let looks = self.looks.fetch_add(1, Ordering::Relaxed) + 1;
        if looks >= self.interrupt_at {
            self.interrupt.store(true, Ordering::Relaxed);
        }
        Duration::from_millis(looks)
    }
}

/// Routes on a clock of ticks, has the plan judged, and returns its limit, its work, and the looks at the clock when the prices
/// began and in all.
fn ticked(problem: &Problem, options: RouteOptions, clock: &Ticks) -> (Option<LimitReached>, u64, u64) {
    let mut looks_before_prices = 0;
    let mut see = |news: Progress| {
        if news.phase == "prices" && looks_before_prices == 0 {
            looks_before_prices = clock.looks();
        }
    };
    let around = Surroundings {
        clock,
        interrupt: Some(&clock.interrupt),
        progress: &mut see,
    };
    let options = RouteOptions { threads: 1, ..options };
    let plan = route(problem, &options, around).unwrap_or_else(|e| panic!("{options:?}: {e}"));
    let verdict = judge(problem, &plan);
    assert!(verdict.is_valid(), "{options:?}: {:?}", verdict.violations);
    assert!(plan.outcome.bound <= verdict.proved_bound.unwrap().lower, "{options:?}");
    (plan.outcome.limit, plan.outcome.work, looks_before_prices)
}

/// Limits in ticks: a run ends in every phase.
const LIMITS: [u64; 12] = [1, 3, 6, 10, 20, 40, 80, 150, 300, 600, 1200, 2500];
/// Looks that a run may take after the one that finds time up: some where every phase begins, and those of the proof.
const AFTERWARDS: u64 = 200;

#[test]
fn whenever_time_is_up_a_run_ends_soon_with_a_valid_plan() {
    for (name, problem) in KINDS {
        let problem = problem();
        for method in [Method::Auto, Method::Exact] {
            for limit in LIMITS {
                let clock = Ticks::new(u64::MAX);
                let options = RouteOptions {
                    method,
                    time_limit: Some(Duration::from_millis(limit)),
                    ..RouteOptions::default()
                };
                let (reached, ..) = ticked(&problem, options, &clock);
                let looks = clock.looks();
                assert!(
                    looks <= limit + AFTERWARDS,
                    "{name}, {method:?}: {looks} looks with a limit of {limit}"
                );
                assert!(
                    reached == Some(LimitReached::Time) || looks <= limit + 30,
                    "{name}: {reached:?}"
                );
            }
        }
    }
}

#[test]
fn whenever_it_is_interrupted_a_run_ends_soon_with_a_valid_plan() {
    for (name, problem) in KINDS {
        let problem = problem();
        for moment in LIMITS {
            let clock = Ticks::new(moment);
            let options = RouteOptions {
                time_limit: Some(Duration::from_secs(3600)),
                ..RouteOptions::default()
            };
            ticked(&problem, options, &clock);
            let looks = clock.looks();
            // The proof goes on for 300 ms, which are ticks.
            assert!(
                looks <= moment + AFTERWARDS + 600,
                "{name}: {looks} looks, interrupted at {moment}"
            );
        }
    }
}

/// Building the order book looks at the clock at least so often: once in some 20,000 steps.
#[test]
fn the_order_book_is_built_with_an_eye_on_the_clock() {
    for (name, least) in [("dates", 5), ("services", 5), ("twelve", 5)] {
        let problem = KINDS.iter().find(|k| k.0 == name).unwrap().1();
        let clock = Ticks::new(u64::MAX);
        let options = RouteOptions {
            time_limit: Some(Duration::from_secs(3600)),
            work_limit: Some(1),
            ..RouteOptions::default()
        };
        let (.., looks) = ticked(&problem, options, &clock);
        assert!(looks >= least, "{name}: {looks} looks");
    }
}

#[test]
fn what_is_certain_at_a_glance_is_below_what_is_proved_without_prices() {
    let mut positive = 0;
    for seed in 0..600 {
        let problem = tiny::problem(seed, shape(seed));
        let proved = prove_bound(&problem, &ShadowPrices::default(), &BoundOptions::default());
        let certain = certain_bound(&problem);
        assert!(
            Money::ZERO <= certain && certain <= proved.lower,
            "seed {seed}: {certain}, {proved:?}"
        );
        assert_eq!(proved.at_a_glance, 0, "seed {seed}");
        positive += usize::from(certain > Money::ZERO);
    }
    assert!(positive > 300, "{positive}");
}

#[test]
fn a_proof_that_is_cut_anywhere_proves_no_more_than_the_whole() {
    let problem = KINDS.iter().find(|k| k.0 == "excluded").unwrap().1();
    let options = RouteOptions {
        work_limit: Some(2_000),
        ..RouteOptions::default()
    };
    let plan = routed(&problem, &options, None);
    let limits = VerifyOptions {
        threads: 1,
        ..VerifyOptions::default()
    };
    let whole = verify(&problem, &plan, &limits).proved_bound.unwrap();
    let mut cut = 0;
    for looks in 0..40 {
        let asked = AtomicU64::new(0);
        let is_over = || asked.fetch_add(1, Ordering::Relaxed) >= looks;
        let found = verify_within(&problem, &plan, &limits, &is_over);
        assert!(found.violations.is_empty(), "{:?}", found.violations);
        if let Some(proved) = found.proved_bound {
            assert!(
                proved.lower <= whole.lower && whole.upper <= proved.upper,
                "{looks}: {proved:?}, {whole:?}"
            );
            cut += usize::from(proved.at_a_glance > 0);
        }
    }
    assert!(cut > 10, "{cut}");
}
