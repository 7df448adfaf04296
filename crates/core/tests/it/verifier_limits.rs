//! What judging may take: all cuts together so many steps, and everything until the caller says that it is over. What is not
//! judged is said and not called valid, and nothing wrong is found in a right plan, wherever it ends.

use std::sync::atomic::{AtomicUsize, Ordering};

use clapot::Problem;
use clapot::generate::{GenerateOptions, Profile, generate};
use clapot::model::{Draft, ItemInput, LineInput, OrderInput, StockInput};
use clapot::plan::{Cut, CutResource, CutTerm, RoutingPlan};
use clapot::solve::RouteOptions;
use clapot::verify::{CUT_STEPS, Verification, VerifyOptions, verify, verify_until, verify_waves, verify_waves_until};

use crate::support::hand::{self, money, node_of};
use crate::support::judge::{good_plan, names, routed};
use crate::support::random::Random;
use crate::support::{tiny_floors, waves};

fn options(cut_steps: u64) -> VerifyOptions {
    VerifyOptions {
        threads: 1,
        cut_steps,
        ..VerifyOptions::default()
    }
}

fn unchecked(found: &Verification) -> Vec<&'static str> {
    found.unchecked.iter().map(|u| u.code.name()).collect()
}

/// A problem of one row of so many units that so many lines want, each of a large and another quantity.
fn one_row(units: u32, lines: u32) -> Problem {
    let more = |draft: &mut Draft| {
        draft.item(ItemInput {
            sku: "bulk",
            weight_g: 1,
            volume_cm3: 0,
        });
        draft.stock(StockInput {
            node_id: "A",
            sku: "bulk",
            on_hand: units.into(),
            reserved: 0,
            safety: 0,
            available_from: None,
        });
        for n in 0..lines {
            let id = format!("bulk{n}");
            draft.order(OrderInput::new(&id, "FR", "35000"));
            draft.line(LineInput::new(&id, "1", "bulk", units / 180 + n * 7));
        }
    };
    hand::problem_with(more)
}

/// A right plan with so many true cuts over that row, each with a term of every line; and steps that each of them takes.
fn with_cuts(problem: &Problem, units: u32, cuts: usize) -> (RoutingPlan, u64) {
    let mut random = Random::new(18);
    let sku = problem.sku_ids().find("bulk").unwrap();
    let mut plan = good_plan(problem);
    for _ in 0..cuts {
        let of_sku = problem.lines().iter_enumerated().filter(|(_, l)| l.sku == sku);
        let terms: Vec<CutTerm> = of_sku
            .map(|(line, _)| CutTerm {
                line,
                coefficient: random.between(100_000_000, 300_000_000) as u32,
            })
            .collect();
        plan.prices.cuts.push(Cut {
            node: node_of(problem, "A"),
            resource: CutResource::Stock(sku),
            rhs: 1_000_000_000_000,
            price: money("0.0001"),
            terms,
        });
    }
    plan.outcome.bound = clapot::Money::from_ten_thousandths(i64::MIN / 8);
    let lines = problem.lines().iter().filter(|l| l.sku == sku).count();
    (plan, u64::from(units) * lines as u64)
}

#[test]
fn all_cuts_together_take_so_many_steps_at_most() {
    let problem = one_row(9_000, 200);
    let (plan, each) = with_cuts(&problem, 9_000, 40);
    let all = verify(&problem, &plan, &options(40 * each));
    assert!(all.is_valid(), "{:?} {:?}", all.violations, all.unchecked);
    // One step too few for the last.
    let found = verify(&problem, &plan, &options(40 * each - 1));
    assert_eq!((unchecked(&found), names(&found).len()), (vec!["cuts-not-checked"], 0));
    assert!(!found.is_valid());
    assert!(
        found.unchecked[0]
            .message
            .starts_with("1 of 40 cuts are not checked, cut 40 first"),
        "{}",
        found.unchecked[0].message
    );
    // What is not checked counts for nothing, as if it were not there.
    let mut fewer = plan.clone();
    fewer.prices.cuts.truncate(7);
    let found = verify(&problem, &plan, &options(7 * each));
    assert_eq!(
        found.proved_bound,
        verify(&problem, &fewer, &options(7 * each)).proved_bound
    );
    // A bound that the cuts left out may prove is neither wrong nor certain.
    let mut bold = plan.clone();
    bold.outcome.bound = found.proved_bound.unwrap().lower + money("0.01");
    let found = verify(&problem, &bold, &options(7 * each));
    assert_eq!((unchecked(&found), names(&found).len()), (vec!["cuts-not-checked"], 0));
    assert!(found.certified_bound().unwrap() < bold.outcome.bound);
    // What is wrong beside it is wrong.
    bold.prices.cuts[39].terms[0].coefficient = 0;
    assert_eq!(
        names(&verify(&problem, &bold, &options(0)))
            .into_iter()
            .collect::<Vec<_>>(),
        ["cut-term"]
    );
}

/// Before there was one budget for all cuts, each of these took seconds, and there is no end of them.
#[test]
fn a_hostile_certificate_takes_no_more_than_the_default() {
    let problem = one_row(9_000_000, 200);
    let (plan, each) = with_cuts(&problem, 9_000_000, 2_000);
    assert!(2_000 * each > 300 * CUT_STEPS, "it would take an hour");
    let found = verify(&problem, &plan, &options(each / 2));
    assert_eq!(unchecked(&found), ["cuts-not-checked"]);
    assert!(found.unchecked[0].message.starts_with("2000 of 2000"));
    assert!(!found.is_valid() && found.violations.is_empty());
    // The end is looked for within one of them, too.
    let asked = AtomicUsize::new(0);
    let before_the_cuts = {
        let count = || {
            asked.fetch_add(1, Ordering::Relaxed);
            false
        };
        let without = VerifyOptions {
            bound: false,
            ..options(0)
        };
        let _ = verify_until(&problem, &plan, &without, &count);
        asked.swap(0, Ordering::Relaxed)
    };
    let in_the_first = || asked.fetch_add(1, Ordering::Relaxed) >= before_the_cuts + 3;
    let found = verify_until(&problem, &plan, &options(CUT_STEPS), &in_the_first);
    assert!(unchecked(&found).contains(&"cuts-not-checked"), "{:?}", found.unchecked);
    assert!(
        found.unchecked[0].message.starts_with("2000 of 2000"),
        "{}",
        found.unchecked[0].message
    );
}

fn generated(profile: Profile, seed: u64) -> Problem {
    let options = GenerateOptions {
        orders: 60,
        nodes: 6,
        seed,
        profile,
        incoming: if seed.is_multiple_of(2) { 30 } else { 0 },
        ..GenerateOptions::default()
    };
    clapot::validate::check(generate(&options).unwrap()).unwrap().problem
}

#[test]
fn plans_of_the_library_are_checked_whole_within_a_thousandth() {
    let mut cuts = 0;
    for seed in 1..=4 {
        for profile in [Profile::B2c, Profile::B2b] {
            let problem = generated(profile, seed);
            let run = RouteOptions {
                work_limit: Some(6_000),
                seed,
                ..RouteOptions::default()
            };
            let plan = routed(&problem, &run, None);
            cuts += plan.prices.cuts.len();
            let found = verify(&problem, &plan, &options(CUT_STEPS / 1000));
            assert!(found.is_valid(), "{profile:?} {seed}: {:?}", found.unchecked);
        }
    }
    assert!(cuts > 30, "{cuts}");
}

#[test]
fn wherever_it_ends_a_right_plan_is_not_called_wrong_and_a_wrong_one_not_right() {
    let problem = one_row(9_000, 60);
    let (right, _) = with_cuts(&problem, 9_000, 3);
    let mut wrong = right.clone();
    wrong.shipments.as_mut_slice().last_mut().unwrap().parcels += 1;
    let whole = verify(&problem, &right, &options(CUT_STEPS));
    let (mut ends, mut parts) = (0, std::collections::BTreeSet::new());
    loop {
        let asked = AtomicUsize::new(0);
        let at = |asked: &AtomicUsize| asked.fetch_add(1, Ordering::Relaxed) >= ends;
        let found = verify_until(&problem, &right, &options(CUT_STEPS), &|| at(&asked));
        assert_eq!(found.violations, [], "after {ends} questions");
        let of_wrong = AtomicUsize::new(0);
        let found_wrong = verify_until(&problem, &wrong, &options(CUT_STEPS), &|| at(&of_wrong));
        assert!(!found_wrong.is_valid(), "after {ends} questions");
        if let Some(bound) = found.certified_bound() {
            assert!(bound <= whole.certified_bound().unwrap());
        }
        if asked.load(Ordering::Relaxed) <= ends {
            assert_eq!(found, whole, "it did not end before the end");
            break;
        }
        assert!(!found.is_valid(), "after {ends} questions");
        parts.extend(unchecked(&found));
        ends += 1;
    }
    assert!(ends > 50, "{ends}");
    let all = ["bound-not-checked", "cuts-not-checked", "rules-not-checked"];
    assert!(parts.iter().eq(&all), "{parts:?}");
}

#[test]
fn waves_too() {
    let (problem, routing, floors) = tiny_floors::tiny(5, 4);
    let plan = waves::plain_plan(&problem, &routing, &floors);
    let whole = verify_waves(&problem, &routing, &floors, &plan);
    assert!(whole.is_valid(), "{:?}", whole.violations);
    for ends in 0.. {
        let asked = AtomicUsize::new(0);
        let is_over = || asked.fetch_add(1, Ordering::Relaxed) >= ends;
        let found = verify_waves_until(&problem, &routing, &floors, &plan, &is_over);
        assert_eq!(found.violations, [], "after {ends} questions");
        if asked.load(Ordering::Relaxed) <= ends {
            assert_eq!(found, whole);
            assert!(ends > 2, "{ends}");
            break;
        }
        assert_eq!(found.unchecked[0].code.name(), "waves-not-checked");
        assert!(!found.is_valid() && found.figures.is_empty());
    }
}
