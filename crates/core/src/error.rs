//! The one public error: opaque, with a code and predicates for those who must branch.

use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Severity};

/// What went wrong. User-data problems are a list of [`Diagnostic`]s, never only the first.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] Box<Kind>);

/// What kind of thing went wrong, for those who must branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input is not valid; [`Error::diagnostics`] has all that is wrong with it.
    Input,
    /// A file could not be read or written.
    Io,
    /// A parameter is outside its range.
    Options,
    /// The caller asked to stop before there was a plan.
    Interrupted,
    /// The plan that was made is not valid: a bug, caught before it could be written.
    Verification,
    /// Something that must hold does not: a bug.
    Internal,
}

impl ErrorKind {
    /// A stable word: `input`, `io`, `options`, `interrupted`, `verification` or `internal`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Io => "io",
            Self::Options => "options",
            Self::Interrupted => "interrupted",
            Self::Verification => "verification",
            Self::Internal => "internal",
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error("{}", summary(.0))]
    Input(Vec<Diagnostic>),
    #[error("{}: {}", shown(path), said(source))]
    Io { path: PathBuf, source: io::Error },
    #[error("{0}")]
    Options(String),
    #[error("stopped before there was a plan")]
    Interrupted,
    #[error("the plan failed its own verification: {0}")]
    Verification(String),
    #[error("internal error: {0}")]
    Internal(String),
}

fn summary(diagnostics: &[Diagnostic]) -> String {
    match diagnostics {
        [] => "the input is not valid".to_owned(),
        [one] => one.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
    }
}

/// A path as a message shows it: what could steer a terminal is escaped.
fn shown(path: &Path) -> String {
    let escaped = |c: char| {
        if c.is_control() {
            c.escape_debug().collect()
        } else {
            String::from(c)
        }
    };
    path.display().to_string().chars().map(escaped).collect()
}

/// What the system says, without the number that Rust adds, and without the hidden path of a file that was to be written aside.
pub(crate) fn said(error: &io::Error) -> String {
    if error.raw_os_error().is_none() && error.get_ref().is_none() {
        match error.kind() {
            io::ErrorKind::NotFound => return "there is no such file or directory".to_owned(),
            io::ErrorKind::InvalidInput => return "this cannot be the name of a file".to_owned(),
            io::ErrorKind::UnexpectedEof => return "it ends too early".to_owned(),
            _ => {}
        }
    }
    let text = error.to_string();
    let text = text.split_once(" at path \"").map_or(text.as_str(), |(why, _)| why);
    text.split_once(" (os error ").map_or(text, |(why, _)| why).to_owned()
}

impl Error {
    /// The input is not valid. Errors come before warnings, which do not stop anybody.
    #[must_use]
    pub fn input(mut diagnostics: Vec<Diagnostic>) -> Self {
        // Stable: each kind stays in the order of its places.
        diagnostics.sort_by_key(|d| d.code.severity() != Severity::Error);
        Self(Box::new(Kind::Input(diagnostics)))
    }

    /// A file could not be read or written.
    #[must_use]
    pub fn io(path: &Path, source: io::Error) -> Self {
        Self(Box::new(Kind::Io {
            path: path.to_owned(),
            source,
        }))
    }

    /// A parameter is outside its range.
    #[must_use]
    pub fn options(message: impl Into<String>) -> Self {
        Self(Box::new(Kind::Options(message.into())))
    }

    /// The caller asked to stop before there was a plan.
    #[must_use]
    pub fn interrupted() -> Self {
        Self(Box::new(Kind::Interrupted))
    }

    /// The plan that was made is not valid: a bug, caught before it could be written.
    #[must_use]
    pub fn verification(message: impl Into<String>) -> Self {
        Self(Box::new(Kind::Verification(message.into())))
    }

    /// Something that must hold does not: a bug.
    #[must_use]
    pub fn internal(message: impl Into<String>) -> Self {
        Self(Box::new(Kind::Internal(message.into())))
    }

    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match *self.0 {
            Kind::Input(_) => ErrorKind::Input,
            Kind::Io { .. } => ErrorKind::Io,
            Kind::Options(_) => ErrorKind::Options,
            Kind::Interrupted => ErrorKind::Interrupted,
            Kind::Verification(_) => ErrorKind::Verification,
            Kind::Internal(_) => ErrorKind::Internal,
        }
    }

    /// The stable word for its [kind](Self::kind).
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind().as_str()
    }

    /// Every problem of the input, where the input is what is wrong; empty otherwise.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match &*self.0 {
            Kind::Input(list) => list,
            _ => &[],
        }
    }

    /// Whether the user's data or parameters are what is wrong.
    #[must_use]
    pub fn is_input(&self) -> bool {
        matches!(self.kind(), ErrorKind::Input | ErrorKind::Options)
    }

    /// Whether a file could not be read or written.
    #[must_use]
    pub fn is_io(&self) -> bool {
        self.kind() == ErrorKind::Io
    }

    /// Whether the caller asked to stop.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.kind() == ErrorKind::Interrupted
    }

    /// Whether a plan failed its own verification.
    #[must_use]
    pub fn is_verification(&self) -> bool {
        self.kind() == ErrorKind::Verification
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_system_are_told_in_its_words_alone() {
        let io = |error: io::Error| Error::io(Path::new("a"), error).to_string();
        assert_eq!(io(io::Error::from_raw_os_error(2)), "a: No such file or directory");
        assert_eq!(
            io(io::ErrorKind::NotFound.into()),
            "a: there is no such file or directory"
        );
        assert_eq!(io(io::Error::other("why")), "a: why");
        let missing = Path::new("no such place");
        let error = tempfile::Builder::new().tempdir_in(missing).unwrap_err();
        assert_eq!(io(error), "a: No such file or directory");
        let error = Error::io(Path::new("a\n\u{1b}[31m"), io::Error::other("why"));
        assert_eq!(error.to_string(), "a\\n\\u{1b}[31m: why");
    }
}
