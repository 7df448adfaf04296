//! What every call of a search begins with: its limits are checked, and it gets threads of its own.

use std::time::Duration;

use crate::error::Error;

/// Most threads of a call.
const MOST_THREADS: usize = 1024;

/// Checks the limits of a call; `None` = no such limit, 0 threads = one per core.
///
/// # Errors
/// A limit of nothing, or more threads than any machine has.
pub(crate) fn check_limits(time: Option<Duration>, work: Option<u64>, threads: usize) -> Result<(), Error> {
    if time.is_some_and(|t| t.is_zero()) {
        return Err(Error::options("the time limit must be above 0"));
    }
    if work == Some(0) {
        return Err(Error::options("the work limit must be above 0"));
    }
    if threads > MOST_THREADS {
        return Err(Error::options("threads must be at most 1024"));
    }
    Ok(())
}

/// The pool of a call, never rayon's global one.
///
/// # Errors
/// The system has no threads left.
pub(crate) fn pool(threads: usize) -> Result<rayon::ThreadPool, Error> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|n| format!("clapot-{n}"))
        .build()
        .map_err(|e| Error::internal(format!("no thread pool: {e}")))
}
