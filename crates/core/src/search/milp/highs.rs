//! HiGHS, for models of any size. The model is stated through `good_lp`; options and the proof are read from HiGHS itself,
//! since `good_lp` shows neither.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use clapot_highs::Standing;
use good_lp::SolverModel as _;
use highs::{HighsModelStatus, HighsSolutionStatus, SolvedModel};

use super::{Answer, Backend, Limits, Model, Wire, chosen, stated, values};
use crate::quantity::Money;
use crate::search::Patience;

/// What HiGHS's bound is lowered by, in ten-thousandths: more than its floats are off.
const TOLERANCE: f64 = 10.0;

/// HiGHS's bound on the objective, in ten-thousandths.
fn bound(solved: &SolvedModel) -> Option<i64> {
    let bound = solved.double_info_value(c"mip_dual_bound").ok()? * Money::SCALE as f64 - TOLERANCE;
    (bound.abs() < 1e15).then_some(bound.floor() as i64)
}

/// Rows and columns of a model of which an iteration of the simplex method takes as long as pricing an order once.
const SIZE_OF_UNIT: u64 = 10;
/// Columns of a model whose memory is worth giving back to the system at once.
const LARGE: usize = 5_000;

/// What so many iterations took, in orders priced once.
fn work(model: &Model, iterations: i64) -> u64 {
    let size = (model.rows.len() + model.costs.len()) as u64;
    iterations.max(0).unsigned_abs().saturating_mul(size.max(1)) / SIZE_OF_UNIT
}

/// HiGHS.
#[derive(Debug)]
pub(crate) struct Highs;

impl Backend for Highs {
    fn choices_at_once(&self) -> usize {
        2500
    }

    fn choices_nearby(&self) -> usize {
        5000
    }

    fn columns_at_once(&self) -> usize {
        1_000_000
    }

    fn solve(&self, model: &Model, start: Option<&[u32]>, limits: Limits, wire: &Wire) -> Answer {
        let answer = solved(model, start, limits, wire);
        if model.costs.len() >= LARGE {
            clapot_highs::give_memory_back();
        }
        answer
    }
}

fn solved(model: &Model, start: Option<&[u32]>, limits: Limits, wire: &Wire) -> Answer {
    let (problem, _, constraints) = stated(model, None);
    let mut solver = problem.using(good_lp::highs);
    for constraint in constraints {
        solver.add_constraint(constraint);
    }
    let Ok(mut inner) = solver.try_into_inner() else {
        return Answer::default();
    };
    let threads = i32::try_from(limits.threads.max(1)).unwrap_or(1);
    let nodes = limits.nodes.map_or(i32::MAX, |n| i32::try_from(n).unwrap_or(i32::MAX));
    let set = [
        inner.try_set_option("output_flag", false),
        inner.try_set_option("threads", threads),
        inner.try_set_option("parallel", if threads > 1 { "on" } else { "off" }),
        inner.try_set_option("time_limit", limits.seconds.unwrap_or(f64::INFINITY).max(0.01)),
        inner.try_set_option("mip_max_nodes", nodes),
        inner.try_set_option("mip_rel_gap", limits.gap),
        inner.try_set_option("mip_abs_gap", 1e-5),
    ];
    if set.iter().any(Result::is_err) {
        return Answer::default();
    }
    if limits.bound_first {
        // Reductions of models of many columns take longer than their cuts, and hide no column that is not priced out.
        let _ = inner.try_set_option("presolve", "off");
        let _ = inner.try_set_option("mip_heuristic_effort", 0.0);
        for heuristic in ["rens", "rins", "root_reduced_cost"] {
            let _ = inner.try_set_option(format!("mip_heuristic_run_{heuristic}"), false);
        }
    }
    if let Some(start) = start {
        // A start that HiGHS refuses costs time, not correctness.
        let _ = inner.try_set_solution(Some(&values(model, start)), None, None, None);
    }
    let before = limits.patience.map_or(0, Patience::moved_at);
    let patience = Mutex::new(limits.patience.unwrap_or(Patience::new(0)));
    let stalled = AtomicBool::new(false);
    let is_enough = |now: Standing| {
        let mut patience = patience.lock().unwrap_or_else(PoisonError::into_inner);
        if patience.moves(before + work(model, now.lp_iterations), now.primal, now.dual) {
            wire.moves.fetch_add(1, Ordering::Relaxed);
        }
        let is_out = limits.patience.is_some() && patience.is_out(before + work(model, now.lp_iterations));
        stalled.fetch_or(is_out, Ordering::Relaxed);
        let is_spent = limits.work.is_some_and(|most| work(model, now.lp_iterations) >= most);
        is_out || is_spent || wire.enough.load(Ordering::Relaxed)
    };
    let Ok(solved) = clapot_highs::solve_until(inner, &is_enough) else {
        return Answer::default();
    };
    let spent = Answer {
        work: work(model, solved.simplex_iteration_count()),
        stalled: stalled.into_inner(),
        ..Answer::default()
    };
    if solved.primal_solution_status() != HighsSolutionStatus::Feasible {
        return spent;
    }
    Answer {
        chosen: Some(chosen(solved.get_solution().columns().iter().copied())),
        proved: solved.status() == HighsModelStatus::Optimal && limits.gap <= 0.0,
        close: solved.status() == HighsModelStatus::Optimal,
        bound: bound(&solved),
        ..spent
    }
}

#[cfg(test)]
mod tests {
    use super::super::Row;
    use super::*;

    /// Knapsacks of many rows, each of half of what there is: no bound closes soon.
    fn knapsacks(columns: u32, rows: u32) -> Model {
        let mut random = 18_u64;
        let mut next = |n: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (random >> 33) as i64 % n as i64
        };
        let costs = (0..columns).map(|_| -100_000 - next(300_000)).collect();
        let row = |_| {
            let terms: Vec<(u32, i64)> = (0..columns).map(|c| (c, 10 + next(90))).collect();
            let rhs = terms.iter().map(|t| t.1).sum::<i64>() / 2;
            Row {
                terms,
                rhs,
                equal: false,
            }
        };
        let rows = (0..rows).map(row).collect();
        Model {
            costs,
            rows,
            ..Model::default()
        }
    }

    fn limits(patience: Option<Patience>, work: Option<u64>) -> Limits {
        Limits {
            seconds: None,
            nodes: None,
            gap: 0.0,
            threads: 1,
            bound_first: false,
            patience,
            work,
        }
    }

    #[test]
    fn a_model_ends_where_its_work_does_in_the_same_place_each_time() {
        let model = knapsacks(60, 12);
        let ends = || Highs.solve(&model, None, limits(None, Some(4_000)), &Wire::default());
        let first = ends();
        assert!((4_000..40_000).contains(&first.work), "{}", first.work);
        assert!(!first.proved && !first.stalled && first.chosen.is_some());
        let again = ends();
        assert_eq!(
            (first.work, first.chosen, first.bound),
            (again.work, again.chosen, again.bound)
        );
    }

    #[test]
    fn a_model_whose_gap_stands_still_ends_by_itself_and_tells_of_its_moves() {
        let model = knapsacks(90, 30);
        let wire = Wire::default();
        let answer = Highs.solve(&model, None, limits(Some(Patience::new(0)), None), &wire);
        assert!(answer.stalled && !answer.proved && answer.chosen.is_some());
        assert!(wire.moves.into_inner() > 1);
    }
}
