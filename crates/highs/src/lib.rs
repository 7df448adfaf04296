//! HiGHS that can be asked to stop, which the crate `highs` has no word for: its C interface asks a function of ours, at every
//! look at its limits, whether to go on, and says how far it is.
//!
//! This is a crate of its own, so that the library can go on forbidding unsafe code.

#![cfg(feature = "highs")]
#![allow(unsafe_code, reason = "a callback of the C interface of HiGHS")]

use std::ffi::{c_char, c_int, c_void};
use std::ptr;

use highs::{HighsStatus, Model, SolvedModel};
use highs_sys::{
    Highs_setCallback, Highs_startCallback, Highs_stopCallback, HighsCallbackDataIn, HighsCallbackDataOut, HighsInt,
};

/// Number of the callback "may a mixed-integer programme go on" in the C interface.
const MIP_INTERRUPT: HighsInt = 6;

/// How far a run is. The numbers of a run on one thread are the same each time it is done.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Standing {
    /// Iterations of the simplex method so far, those of finished heuristics included.
    pub lp_iterations: i64,
    /// Objective of the best solution; infinite where there is none.
    pub primal: f64,
    /// What no solution is better than; infinite where nothing is known.
    pub dual: f64,
}

/// A question, asked from any thread of HiGHS: is it enough?
type Question<'a> = dyn Fn(Standing) -> bool + Sync + 'a;

/// Solves like [`Model::try_solve`], and stops soon after the answer to `is_enough` is yes, with the best solution so far.
///
/// # Errors
/// As [`Model::try_solve`].
pub fn solve_until(mut model: Model, is_enough: &Question<'_>) -> Result<SolvedModel, HighsStatus> {
    let highs = model.as_mut_ptr();
    // SAFETY: the pointer is that of a living instance. The question outlives the run, after which HiGHS forgets it. Where HiGHS
    // refuses, it runs without asking.
    unsafe {
        let question = ptr::from_ref(&is_enough).cast_mut().cast::<c_void>();
        Highs_setCallback(highs, Some(ask), question);
        Highs_startCallback(highs, MIP_INTERRUPT);
    }
    let mut solved = model.try_solve()?;
    // SAFETY: as above; the instance is now that of the solved model.
    unsafe {
        Highs_stopCallback(solved.as_mut_ptr(), MIP_INTERRUPT);
        Highs_setCallback(solved.as_mut_ptr(), None, ptr::null_mut());
    }
    Ok(solved)
}

/// Gives memory that is free back to the system, where the allocator keeps it for each thread that had some: the GNU C library.
pub fn give_memory_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            fn malloc_trim(pad: usize) -> c_int;
        }
        // SAFETY: it takes any number, and touches nothing that is in use.
        unsafe {
            malloc_trim(0);
        }
    }
}

/// Tells HiGHS whether it is enough.
unsafe extern "C" fn ask(
    _kind: c_int,
    _message: *const c_char,
    out: *const HighsCallbackDataOut,
    answer: *mut HighsCallbackDataIn,
    question: *mut c_void,
) {
    if out.is_null() || answer.is_null() || question.is_null() {
        return;
    }
    // SAFETY: HiGHS hands over the question that `solve_until` gave it, which is alive, and data of its own.
    unsafe {
        let is_enough = *question.cast_const().cast::<&Question<'_>>();
        let standing = Standing {
            lp_iterations: (*out).mip_total_lp_iterations,
            primal: (*out).mip_primal_bound,
            dual: (*out).mip_dual_bound,
        };
        if is_enough(standing) {
            (*answer).user_interrupt = 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
    use std::time::{Duration, Instant};

    use highs::{RowProblem, Sense};

    use super::*;

    /// A market split problem (Cornuéjols and Dawande, 1999): so few rows and columns, and yet nobody's branch and bound ends soon.
    fn market_split() -> Model {
        let mut random = 7_u64;
        let mut next = || {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            f64::from((random >> 33) as u32 % 100)
        };
        let mut problem = RowProblem::default();
        let columns: Vec<_> = (0..40).map(|_| problem.add_integer_column(1.0, 0..=1)).collect();
        for _ in 0..5 {
            let terms: Vec<_> = columns.iter().map(|&column| (column, next())).collect();
            let half = (terms.iter().map(|t| t.1).sum::<f64>() / 2.0).floor();
            problem.add_row(half..=half, &terms);
        }
        let mut model = problem.optimise(Sense::Minimise);
        model.make_quiet();
        model.set_option("threads", 1);
        model.set_option("time_limit", 60.0);
        model
    }

    #[test]
    fn a_run_ends_soon_after_the_flag_is_set() {
        let stop = Arc::new(AtomicBool::new(false));
        let set = Arc::clone(&stop);
        let start = Instant::now();
        let timer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(500));
            set.store(true, Ordering::Relaxed);
        });
        let solved = solve_until(market_split(), &|_| stop.load(Ordering::Relaxed));
        let took = start.elapsed();
        timer.join().ok();
        assert!(solved.is_ok());
        assert!(
            took >= Duration::from_millis(500),
            "solved in {took:?}: too easy for this test"
        );
        assert!(took < Duration::from_secs(30), "{took:?}");
    }

    #[test]
    fn a_run_tells_how_far_it_is_and_ends_at_the_same_place_each_time() {
        let ends = || {
            let at = AtomicI64::new(0);
            let is_enough = |now: Standing| {
                at.fetch_max(now.lp_iterations, Ordering::Relaxed);
                assert!(now.dual <= now.primal, "{now:?}");
                now.lp_iterations >= 20_000
            };
            let solved = solve_until(market_split(), &is_enough).ok();
            assert!(solved.is_some_and(|solved| solved.simplex_iteration_count() >= 20_000));
            at.into_inner()
        };
        let first = ends();
        assert!(first >= 20_000, "it ended before it was asked to: {first}");
        assert_eq!(ends(), first);
    }
}
