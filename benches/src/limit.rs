//! The time limit of a run: none where its work is limited, so that it repeats.

use std::time::{Duration, TryFromFloatSecsError};

/// The limit of so many seconds, unless there is a limit of work.
///
/// # Errors
/// The seconds are no span of time.
pub(crate) fn time(seconds: f64, work: Option<u64>) -> Result<Option<Duration>, TryFromFloatSecsError> {
    match work {
        Some(_) => Ok(None),
        None => Duration::try_from_secs_f64(seconds).map(Some),
    }
}
