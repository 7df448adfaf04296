//! The built-in backend: microlp, pure Rust, for small models.

use good_lp::solvers::{SolutionStatus, WithTimeLimit as _};
use good_lp::{Solution as _, SolverModel as _, WithMipGap as _};

use super::{Answer, Backend, Limits, Model, Wire, chosen, stated};

/// microlp through `good_lp`. It knows no node limit; its models are small instead.
#[derive(Debug)]
pub(crate) struct MicroLp;

impl Backend for MicroLp {
    fn choices_at_once(&self) -> usize {
        40
    }

    fn columns_at_once(&self) -> usize {
        300
    }

    fn counts_nodes(&self) -> bool {
        false
    }

    fn solve(&self, model: &Model, start: Option<&[u32]>, limits: Limits, _: &Wire) -> Answer {
        let _ = (limits.nodes, limits.threads, limits.bound_first);
        let _ = (limits.patience, limits.work); // it has none of them, and cannot be told to stop
        let (problem, columns, constraints) = stated(model, start);
        let mut solver = problem.using(good_lp::microlp);
        if let Some(seconds) = limits.seconds {
            solver = solver.with_time_limit(seconds.max(0.01));
        }
        if limits.gap > 0.0 {
            solver = match solver.with_mip_gap(limits.gap as f32) {
                Ok(solver) => solver,
                Err(_) => return Answer::default(),
            };
        }
        for constraint in constraints {
            solver.add_constraint(constraint);
        }
        match solver.solve() {
            Ok(solution) => Answer {
                chosen: Some(chosen(columns.iter().map(|&x| solution.value(x)))),
                proved: matches!(solution.status(), SolutionStatus::Optimal),
                close: matches!(solution.status(), SolutionStatus::Optimal),
                bound: None,
                ..Answer::default()
            },
            Err(_) => Answer::default(),
        }
    }
}
