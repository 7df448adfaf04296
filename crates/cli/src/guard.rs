//! The last line: a panic is a bug, and the user reads a plain message about it instead of a trace.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{PanicHookInfo, UnwindSafe, catch_unwind};

use crate::exit::Exit;
use crate::output;

/// Runs the program; a panic anywhere in it becomes the exit code for a bug.
pub(crate) fn guard(run: impl FnOnce() -> Exit + UnwindSafe) -> Exit {
    std::panic::set_hook(Box::new(|info| output::print_error(&message(info))));
    catch_unwind(run).unwrap_or(Exit::Internal)
}

/// What the user reads. The message of the panic is ours and says nothing of the input beyond numbers.
fn message(info: &PanicHookInfo<'_>) -> String {
    let what = info.payload_as_str().unwrap_or("unknown");
    let at = info.location().map(|at| format!(" ({}:{})", at.file(), at.line())).unwrap_or_default();
    let mut text = format!(
        "error: internal error: {what}{at}\n\
         This is a bug in Clapot {}; nothing was half written. Please report it with the command line and this message.",
        clapot::VERSION
    );
    let trace = Backtrace::capture(); // taken only where RUST_BACKTRACE asks for it
    if trace.status() == BacktraceStatus::Captured {
        text += &format!("\n{trace}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_exit_code() {
        assert_eq!(guard(|| Exit::Done), Exit::Done);
        assert_eq!(guard(|| panic!("planted")), Exit::Internal);
        let _ = std::panic::take_hook();
    }
}
