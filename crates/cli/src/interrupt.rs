//! Ctrl-C and SIGTERM: the first asks a run to stop with the best so far, one that comes a second later or more ends the
//! program at once. What comes within that second is the same wish: `timeout`, `docker stop` and closing terminals signal a
//! process and its group, which reaches it twice within microseconds.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clapot::Error;

use crate::exit::Exit;
use crate::output::{self, Format, json};
use crate::progress;

/// How long after the first signal others are the same wish.
const SAME_WISH: Duration = Duration::from_secs(1);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static WRITING: AtomicBool = AtomicBool::new(false);
static FIRST: OnceLock<Instant> = OnceLock::new();

/// What a signal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Stop with the best so far.
    Stop,
    /// What was meant before.
    Same,
    /// End at once.
    End,
}

fn meaning(first: Option<Instant>, now: Instant) -> Meaning {
    match first.map(|first| now.saturating_duration_since(first)) {
        None => Meaning::Stop,
        Some(later) if later < SAME_WISH => Meaning::Same,
        Some(_) => Meaning::End,
    }
}

/// Takes over the signals, and returns the flag that the first one sets. What it comes to is said on standard error: the end
/// at once always, the first signal only in text that is not quiet.
pub(crate) fn watch(format: Format, quiet: bool) -> Result<&'static AtomicBool, Error> {
    ctrlc::set_handler(move || {
        let now = Instant::now();
        match meaning(FIRST.get().copied(), now) {
            Meaning::Stop => {
                let _ = FIRST.set(now);
                INTERRUPTED.store(true, Ordering::Relaxed);
                if format == Format::Text && !quiet {
                    progress::say("interrupted: ending with the best so far; a second signal ends at once");
                }
            }
            Meaning::Same => {}
            Meaning::End => end(format),
        }
    })
    .map_err(|e| Error::internal(format!("cannot watch for Ctrl-C: {e}")))?;
    Ok(&INTERRUPTED)
}

/// From now on the result is being written or was.
pub(crate) fn writing() {
    WRITING.store(true, Ordering::Relaxed);
}

fn end(format: Format) {
    let message = if WRITING.load(Ordering::Relaxed) {
        "ended at once by a second signal, while the result was being written: in its place is the earlier one or the new one, whole"
    } else {
        "ended at once by a second signal; nothing was written"
    };
    match format {
        Format::Text => output::print_error(&format!("error: {message}")),
        Format::Json => output::print_error(&json::ended(message, Exit::Interrupted)),
    }
    std::process::exit(Exit::Interrupted.code().into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_signal_counts_a_second_later() {
        let first = Instant::now();
        let after = |ms| meaning(Some(first), first + Duration::from_millis(ms));
        assert_eq!(meaning(None, first), Meaning::Stop);
        assert_eq!([after(0), after(1), after(999)], [Meaning::Same; 3]);
        assert_eq!([after(1_000), after(60_000)], [Meaning::End; 2]);
    }
}
