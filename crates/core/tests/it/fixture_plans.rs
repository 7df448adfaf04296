//! Plans in files: `fixtures/plans/<problem>/bad-<code>/` has exactly that fault, every other plan has none.

use std::collections::BTreeSet;
use std::fs;

use clapot::io;
use clapot::verify::{VerifyOptions, verify};

use crate::support::files::repository;

#[test]
fn plans_in_files_get_the_verdict_in_their_name() {
    let mut judged = 0;
    for problem_dir in fs::read_dir(repository("fixtures/plans")).unwrap() {
        let problem_dir = problem_dir.unwrap();
        let problem = io::read_problem(&repository("fixtures/problems").join(problem_dir.file_name()))
            .unwrap()
            .problem;
        for plan_dir in fs::read_dir(problem_dir.path()).unwrap() {
            let plan_dir = plan_dir.unwrap();
            let name = plan_dir.file_name().into_string().unwrap();
            let plan = io::read_plan(&problem, &plan_dir.path()).unwrap_or_else(|e| panic!("{name}: {e}"));
            let found = verify(
                &problem,
                &plan,
                &VerifyOptions {
                    threads: 1,
                    ..VerifyOptions::default()
                },
            );
            let codes: BTreeSet<_> = found.violations.iter().map(|v| v.code.name()).collect();
            assert_eq!(
                codes,
                name.strip_prefix("bad-").into_iter().collect(),
                "{name}: {:?}",
                found.violations
            );
            judged += 1;
        }
    }
    assert!(judged >= 20, "only {judged} plans");
}
