//! Bounds by branching, where models of hundreds of orders are worth a try (with HiGHS): never above the cost of the best plan,
//! also where a model was not finished or had not all options.

use clapot::generate::{GenerateOptions, generate};
use clapot::model::Problem;
use clapot::plan::{RoutingPlan, Status};
use clapot::solve::RouteOptions;
use clapot::validate;

use crate::support::judge::routed;

fn run(problem: &Problem, work_limit: Option<u64>) -> RoutingPlan {
    let options = RouteOptions {
        work_limit,
        threads: 2,
        ..RouteOptions::default()
    };
    routed(problem, &options, None)
}

#[test]
fn no_plan_costs_less_than_the_bound_by_branching() {
    let mut between = 0;
    for seed in 4..7 {
        let options = GenerateOptions {
            orders: 400,
            nodes: 5,
            seed,
            ..GenerateOptions::default()
        };
        let problem = validate::check(generate(&options).unwrap()).unwrap().problem;
        let best = run(&problem, None);
        assert_eq!(best.outcome.status, Status::Optimal, "seed {seed}");
        let optimum = best.cost.total();
        for work in [20_000, 40_000, 80_000, 200_000] {
            let plan = run(&problem, Some(work));
            assert!(plan.cost.total() >= optimum, "seed {seed}, work {work}");
            let Some(proved) = plan.outcome.proved_bound else {
                continue;
            };
            assert!(proved <= optimum, "seed {seed}, work {work}: {proved} above {optimum}");
            assert!(proved > plan.outcome.bound, "seed {seed}, work {work}");
            assert_eq!(plan.outcome.status == Status::Optimal, proved == plan.cost.total());
            between += usize::from(proved < plan.cost.total());
        }
    }
    // Not only bounds that close the gap were looked at.
    assert!(between >= 6, "{between}");
}
