//! Everything that the program writes: how (text or JSON), where to, and in which look.

pub(crate) mod diagnostics;
mod floors;
pub(crate) mod json;
mod priced;
mod reports;
mod source;
mod summary;
pub(crate) mod tables;
pub(crate) mod text;
mod verdict;
mod where_tables;

use std::ffi::OsString;
use std::io::{ErrorKind, IsTerminal, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use clap::ValueEnum;
use clapot::Error;
use clapot::diagnostic::Diagnostic;
use clapot::model::LeftOut;

pub(crate) use floors::{ShipmentId, WaveSummary};
pub(crate) use priced::Priced;
pub(crate) use reports::Moved;
pub(crate) use summary::{Start, Summary};
pub(crate) use verdict::{Verdict, WaveVerdict};

/// How results and errors are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs: one JSON object, errors on standard error included
    Json,
}

impl Format {
    /// What a command line that could not be read asks for, as far as one can tell.
    pub(crate) fn asked_for(args: impl IntoIterator<Item = OsString>) -> Self {
        let args: Vec<OsString> = args.into_iter().collect();
        let split = args.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json");
        if split || args.iter().any(|arg| arg == "--format=json") {
            Self::Json
        } else {
            Self::Text
        }
    }
}

/// What a reader of text can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// It is a terminal: source lines are shown. Elsewhere (a log, say) values of the input are not repeated.
    pub(crate) terminal: bool,
    /// Colours are welcome.
    pub(crate) colour: bool,
}

impl Look {
    /// The look of standard output.
    pub(crate) fn of_stdout() -> Self {
        Self::of(&std::io::stdout())
    }

    /// The look of standard error.
    pub(crate) fn of_stderr() -> Self {
        Self::of(&std::io::stderr())
    }

    fn of(stream: &impl IsTerminal) -> Self {
        let terminal = stream.is_terminal();
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let unable = std::env::var_os("TERM").is_some_and(|v| v == "dumb");
        Self {
            terminal,
            colour: terminal && !unwanted && !unable,
        }
    }
}

/// Writes to standard output. That nobody reads it any more (`| head`) is no error.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(Error::io(Path::new("standard output"), e)),
        _ => Ok(()),
    }
}

/// The directory of fixed tables, where one is given.
static SITE: OnceLock<PathBuf> = OnceLock::new();

/// From now on files that a problem directory lacks are looked for in this one too.
pub(crate) fn set_site(dir: &Path) {
    let _ = SITE.set(dir.to_owned()); // it is the same for the whole run
}

/// Where a file of a problem directory is: there, or among the fixed tables.
pub(crate) fn place_of(dir: &Path, file: &str) -> PathBuf {
    let here = dir.join(file);
    match SITE.get().map(|site| site.join(file)) {
        Some(there) if !here.exists() && there.exists() => there,
        _ => here,
    }
}

/// Writes the warnings about the input in a directory to standard error, if there are any.
pub(crate) fn warn(warnings: &[Diagnostic], dir: &Path) {
    if !warnings.is_empty() {
        print_error(diagnostics::render(warnings, dir, Look::of_stderr()).trim_end());
    }
}

/// Writes the orders that were left out of the problem in a directory to standard error, if there are any.
pub(crate) fn left_out(orders: &[LeftOut], dir: &Path) {
    if !orders.is_empty() {
        print_error(diagnostics::left_out(orders, dir, Look::of_stderr()).trim_end());
    }
}

/// Writes a line to standard error. Where that fails there is nobody left to tell.
pub(crate) fn print_error(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_noticed_in_a_wrong_command_line() {
        let asked = |line: &str| Format::asked_for(line.split(' ').map(OsString::from));
        assert_eq!(asked("clapot route --format json"), Format::Json);
        assert_eq!(asked("clapot route --format=json x"), Format::Json);
        assert_eq!(asked("clapot route --format text"), Format::Text);
    }
}
