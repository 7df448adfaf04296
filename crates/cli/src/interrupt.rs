//! Ctrl-C and SIGTERM: the first asks a run to stop with the best plan so far, the second ends the program at once.

use std::sync::atomic::{AtomicBool, Ordering};

use clapot::Error;

use crate::exit::Exit;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Takes over the signals, and returns the flag that the first one sets.
pub(crate) fn watch() -> Result<&'static AtomicBool, Error> {
    ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::Relaxed) {
            std::process::exit(Exit::Interrupted.code().into());
        }
    })
    .map_err(|e| Error::internal(format!("cannot watch for Ctrl-C: {e}")))?;
    Ok(&INTERRUPTED)
}
