//! How the program ends: the exit codes, what a command leaves behind, and what went wrong.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clapot::Error;
use clapot::diagnostic::Diagnostic;
use clapot::plan::LimitReached;

use crate::commands::is_of_shipments;
use crate::output::{Format, Look, diagnostics, json, text};

/// The exit codes; `clapot --help` and the guide list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// A bug.
    Internal = 1,
    /// Wrong usage, bad input, or a file that cannot be read or written.
    BadInput = 2,
    /// A plan failed verification.
    VerificationFailed = 3,
    /// Done, but orders with errors were left out. 4 and 5 are kept for other ends.
    OrdersLeftOut = 6,
    /// Nothing wrong was found in a plan, but a part of it was not checked.
    NotChecked = 7,
    /// Ctrl-C or SIGTERM: 128 + SIGINT, as shells have it.
    Interrupted = 130,
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) const fn code(self) -> u8 {
        self as u8
    }
}

/// A run that was stopped early is done too, unless it was interrupted.
impl From<Option<LimitReached>> for Exit {
    fn from(limit: Option<LimitReached>) -> Self {
        if limit == Some(LimitReached::Interrupted) {
            Self::Interrupted
        } else {
            Self::Done
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// A command that came to its end: what to print, and how to exit.
#[derive(Debug)]
pub(crate) struct Done {
    /// For standard output; may be empty.
    pub(crate) output: String,
    /// How to exit.
    pub(crate) exit: Exit,
}

impl Done {
    /// Success, with this on standard output.
    pub(crate) const fn with(output: String) -> Self {
        Self {
            output,
            exit: Exit::Done,
        }
    }
}

/// A command that could not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    error: Error,
    /// The directory that the diagnostics are about.
    dir: Option<PathBuf>,
    /// The directory of the table of shipments, where some may be about that.
    shipments: Option<PathBuf>,
    /// The command that lists all of them.
    lists: &'static str,
    /// Of a plan that could not be written: where it is, or why it is nowhere.
    kept: Option<Result<PathBuf, Error>>,
    /// How to exit.
    pub(crate) exit: Exit,
}

/// Diagnostics that are shown before the rest is only counted; `validate` shows all.
const SHOWN: usize = 20;

impl Failure {
    /// The command line makes no sense.
    pub(crate) fn usage(message: &str) -> Self {
        Error::options(message).into()
    }

    /// A failure to read the input in a directory.
    pub(crate) fn of_input(error: Error, dir: &Path) -> Self {
        Self {
            dir: Some(dir.to_owned()),
            ..Self::from(error)
        }
    }

    /// A failure to read a table of shipments in a directory, or the floors in another.
    pub(crate) fn of_shipments(error: Error, dir: &Path, floor: &Path) -> Self {
        Self {
            shipments: Some(dir.to_owned()),
            ..Self::of_input(error, floor)
        }
    }

    /// A failure to read the plan in a directory.
    pub(crate) fn of_plan(error: Error, dir: &Path) -> Self {
        Self {
            lists: "verify",
            ..Self::of_input(error, dir)
        }
    }

    /// A failure to read a table of decisions, which are shown in full.
    pub(crate) fn of_decisions(error: Error, file: &Path) -> Self {
        Self {
            lists: "price",
            ..Self::of_input(error, file.parent().unwrap_or(Path::new("")))
        }
    }

    /// A plan could not be written to its place: where it was kept instead, or why it could not be kept either.
    pub(crate) fn not_written(error: Error, kept: Result<PathBuf, Error>) -> Self {
        Self {
            kept: Some(kept),
            ..Self::from(error)
        }
    }

    /// The failure as the user reads it, without a line end.
    pub(crate) fn text(&self, format: Format) -> String {
        match format {
            Format::Json => json::failure(
                &self.error,
                self.exit,
                self.kept.as_ref().and_then(|kept| kept.as_ref().ok()),
            ),
            Format::Text => match self.error.diagnostics() {
                [] => format!("error: {}{}", text::printable(&self.error.to_string()), self.advice()),
                list => self.list(list),
            },
        }
    }

    fn list(&self, list: &[Diagnostic]) -> String {
        let dir = self.dir.as_deref().unwrap_or(Path::new("."));
        let (of_shipments, others): (Vec<_>, Vec<_>) = list.iter().cloned().partition(is_of_shipments);
        let home = self.shipments.as_deref().unwrap_or(dir);
        let (first, left) = diagnostics::render_first(&of_shipments, SHOWN, home, Look::of_stderr());
        let (text, more) = diagnostics::render_first(&others, SHOWN, dir, Look::of_stderr());
        let text = first + &text;
        let more = match left + more {
            0 => String::new(),
            n => format!("... and {n} more: `clapot {}` lists them all\n", self.lists),
        };
        format!(
            "{text}{more}error: {} cannot be used: {}",
            text::path(&self.subject(list)),
            diagnostics::count(list)
        )
    }

    /// What cannot be used: the directory, or the table of shipments where it is at fault.
    fn subject(&self, list: &[Diagnostic]) -> PathBuf {
        let dir = || self.dir.clone().unwrap_or_else(|| PathBuf::from("."));
        let file = || {
            list.iter()
                .filter(|d| is_of_shipments(d))
                .find_map(|d| d.location.as_ref())
        };
        match &self.shipments {
            Some(home) => file().map_or_else(dir, |at| home.join(&at.file)),
            None => dir(),
        }
    }

    fn advice(&self) -> String {
        match (&self.kept, self.exit) {
            (Some(Ok(place)), _) => format!(
                "\nThe plan is kept in {}: whole, verified, and yours to move where it belongs.",
                text::path(place)
            ),
            (Some(Err(why)), _) => format!("\nThe plan could not be kept elsewhere either: {why}"),
            (None, Exit::VerificationFailed) => {
                "\nThis is a bug in Clapot; no plan was written. Please report it.".to_owned()
            }
            (None, Exit::Internal) => "\nThis is a bug in Clapot. Please report it.".to_owned(),
            _ => String::new(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = match &error {
            e if e.is_input() || e.is_io() => Exit::BadInput,
            e if e.is_interrupted() => Exit::Interrupted,
            e if e.is_verification() => Exit::VerificationFailed,
            _ => Exit::Internal,
        };
        Self {
            error,
            dir: None,
            shipments: None,
            lists: "validate",
            kept: None,
            exit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_error_has_its_exit_code() {
        let cases = [
            (Error::options("x"), 2),
            (Error::input(Vec::new()), 2),
            (Error::io(Path::new("x"), std::io::Error::other("x")), 2),
            (Error::verification("x"), 3),
            (Error::interrupted(), 130),
            (Error::internal("x"), 1),
        ];
        for (error, code) in cases {
            let word = error.code();
            assert_eq!(Failure::from(error).exit.code(), code, "{word}");
        }
    }
}
