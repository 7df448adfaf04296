//! The last line: a panic is a bug, and the user reads a plain message about it instead of a trace.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{PanicHookInfo, UnwindSafe, catch_unwind};

use crate::exit::Exit;
use crate::output;

/// Runs the program; a panic anywhere in it becomes the exit code for a bug.
pub(crate) fn guard(run: impl FnOnce() -> Exit + UnwindSafe) -> Exit {
    std::panic::set_hook(Box::new(|info| output::print_error(&report(info))));
    exit_of(run)
}

fn exit_of(run: impl FnOnce() -> Exit + UnwindSafe) -> Exit {
    catch_unwind(run).unwrap_or(Exit::Internal)
}

fn report(info: &PanicHookInfo<'_>) -> String {
    let at = info
        .location()
        .map(|at| format!(" ({}:{})", at.file(), at.line()))
        .unwrap_or_default();
    let text = message(payload(info), &at);
    let trace = Backtrace::capture(); // taken only where RUST_BACKTRACE asks for it
    if trace.status() == BacktraceStatus::Captured {
        format!("{text}\n{trace}")
    } else {
        text
    }
}

fn payload<'a>(info: &'a PanicHookInfo<'_>) -> &'a str {
    let text = info.payload().downcast_ref::<String>().map(String::as_str);
    text.or_else(|| info.payload().downcast_ref::<&str>().copied())
        .unwrap_or("unknown")
}

/// What the user reads.
fn message(what: &str, at: &str) -> String {
    format!(
        "error: internal error: {what}{at}\n\
         This is a bug in Clapot {}. Please report it with the command line and this message.",
        clapot::VERSION
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_exit_code() {
        assert_eq!(exit_of(|| Exit::Done), Exit::Done);
        assert_eq!(exit_of(|| panic!("planted")), Exit::Internal);
    }

    #[test]
    fn the_message_asks_for_a_report() {
        let text = message("attempt to add with overflow", " (a.rs:7)");
        assert!(
            text.starts_with("error: internal error: attempt to add with overflow (a.rs:7)\n"),
            "{text}"
        );
        assert!(text.contains("Please report it"), "{text}");
    }
}
