//! HiGHS that can be asked to stop, which the crate `highs` has no word for: its C interface asks a function of ours, at every
//! look at its limits, whether to go on.
//!
//! This is a crate of its own, so that the library can go on forbidding unsafe code.

#![cfg(feature = "highs")]
#![allow(unsafe_code, reason = "a callback of the C interface of HiGHS")]

use std::ffi::{c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

use highs::{HighsStatus, Model, SolvedModel};
use highs_sys::{
    Highs_setCallback, Highs_startCallback, Highs_stopCallback, HighsCallbackDataIn, HighsCallbackDataOut, HighsInt,
};

/// Number of the callback "may a mixed-integer programme go on" in the C interface.
const MIP_INTERRUPT: HighsInt = 6;

/// Solves like [`Model::try_solve`], and stops soon after the flag is set, with the best solution so far.
///
/// # Errors
/// As [`Model::try_solve`].
pub fn solve_until(mut model: Model, stop: &AtomicBool) -> Result<SolvedModel, HighsStatus> {
    let highs = model.as_mut_ptr();
    // SAFETY: the pointer is that of a living instance. The flag outlives the run, after which HiGHS forgets it. Where HiGHS
    // refuses, it runs without being asked to stop.
    unsafe {
        let flag = ptr::from_ref(stop).cast_mut().cast::<c_void>();
        Highs_setCallback(highs, Some(ask), flag);
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

/// Tells HiGHS whether the flag is set.
unsafe extern "C" fn ask(
    _kind: c_int,
    _message: *const c_char,
    _out: *const HighsCallbackDataOut,
    answer: *mut HighsCallbackDataIn,
    flag: *mut c_void,
) {
    if answer.is_null() || flag.is_null() {
        return;
    }
    // SAFETY: HiGHS hands over the flag that `solve_until` gave it, which is alive, and an answer of its own.
    unsafe {
        let stop = &*flag.cast_const().cast::<AtomicBool>();
        if stop.load(Ordering::Relaxed) {
            (*answer).user_interrupt = 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
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
        let solved = solve_until(market_split(), &stop);
        let took = start.elapsed();
        timer.join().ok();
        assert!(solved.is_ok());
        assert!(
            took >= Duration::from_millis(500),
            "solved in {took:?}: too easy for this test"
        );
        assert!(took < Duration::from_secs(30), "{took:?}");
    }
}
