//! A second verifier, where there is one: the environment variable `CLAPOT_PEER_VERIFIER` names a Python script that takes
//! a problem directory, a plan directory, `--bound` and `--json`, and prints an object with `valid`, `objective.total`,
//! `bound_recomputed` and `bound_recomputed_upper`. Without it there is nothing to compare.

use std::path::Path;
use std::process::Command;

use clapot::plan::RoutingPlan;
use clapot::quantity::Money;
use clapot::verify::{VerifyOptions, verify};
use clapot::{io, validate};

use crate::support::guess::{careless, shape, some_cut, some_prices};
use crate::support::random::Random;
use crate::support::{modest_plan, oracle, tiny};

const SEEDS: u64 = 200;

/// What the peer says of the files; it must be able to read them.
fn ask(script: &str, problem: &Path, plan: &Path) -> serde_json::Value {
    let mut command = Command::new("python3");
    let command = command
        .arg(script)
        .args([problem, plan])
        .args(["--bound", "--json", "--jobs", "1"]);
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let end = text.rfind('}').unwrap_or_else(|| panic!("{}: {text}", plan.display()));
    serde_json::from_str(&text[..=end]).unwrap()
}

/// One small falsehood, or none.
fn spoil(random: &mut Random, plan: &mut RoutingPlan) {
    let cent = Money::from_ten_thousandths(100);
    match random.below(8) {
        0 => plan.cost.transport += cent,
        1 => plan.outcome.bound = plan.cost.total() + cent,
        2 if !plan.shipments.is_empty() => plan.shipments[0].handling += cent,
        3 if !plan.shipments.is_empty() => plan.shipments[0].late += cent,
        4 if !plan.unfilled.is_empty() => plan.unfilled[0].penalty += cent,
        5 if !plan.assignments.is_empty() => plan.assignments[0].qty += 1,
        _ => {}
    }
}

#[test]
fn the_peer_agrees() {
    let Ok(script) = std::env::var("CLAPOT_PEER_VERIFIER") else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let mut verdicts = [0, 0];
    for seed in 9000..9000 + SEEDS {
        let (problem_dir, plan_dir) = (
            dir.path().join(format!("{seed}-problem")),
            dir.path().join(format!("{seed}-plan")),
        );
        let draft = tiny::draft(seed, shape(seed));
        io::write_problem(&draft, &problem_dir).unwrap();
        let problem = validate::check(draft).unwrap().problem;
        let mut random = Random::new(seed);
        let best = if random.chance(60) {
            oracle::optimum(&problem, 100_000)
        } else {
            None
        };
        let mut plan = modest_plan(&problem, best.map_or_else(|| careless(&mut random, &problem), |b| b.0));
        plan.prices = some_prices(&mut random, &problem);
        // Cuts that are not quite valid, too.
        plan.prices.cuts.extend(some_cut(&mut random, &problem));
        for cut in &mut plan.prices.cuts {
            cut.rhs -= u64::from(cut.rhs > 0 && random.chance(20));
        }
        let options = VerifyOptions {
            threads: 1,
            ..VerifyOptions::default()
        };
        let proved = verify(&problem, &plan, &options).proved_bound.unwrap();
        // A little above what is proved, but not where the peer has no exact minimum and could not see it.
        let divisible = problem.lines().iter().any(|l| l.divisible && l.qty > 1);
        let above = random.pick(&[-1, 0, 0, i64::from(!divisible)]);
        plan.outcome.bound = proved.lower.min(plan.cost.total()) + Money::from_ten_thousandths(above);
        spoil(&mut random, &mut plan);
        io::write_plan(&problem, &plan, &plan_dir).unwrap();

        let found = verify(&problem, &plan, &options);
        let peer = ask(&script, &problem_dir, &plan_dir);
        let proved = found.proved_bound.unwrap();
        let text = |key: &str| peer[key].as_str().map(|t| t.parse::<Money>().unwrap());
        let (lower, upper) = (
            text("bound_recomputed").unwrap(),
            text("bound_recomputed_upper").unwrap(),
        );
        // The peer bounds orders with divisible lines only; the minimum is between.
        assert!(
            lower <= proved.lower && proved.lower <= upper,
            "seed {seed}: {lower}..{upper} {proved:?}"
        );
        assert!(divisible || lower == upper, "seed {seed}");
        assert_eq!(
            peer["valid"],
            found.is_valid(),
            "seed {seed}: {:?}\n{}",
            found.violations,
            peer["list"]
        );
        if found.is_valid() {
            assert_eq!(
                peer["objective"]["total"],
                found.cost.total().to_string(),
                "seed {seed}"
            );
        }
        verdicts[usize::from(found.is_valid())] += 1;
    }
    assert!(verdicts.iter().all(|&n| n > SEEDS / 10), "{verdicts:?}");
}
