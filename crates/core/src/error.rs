//! The one public error: opaque, with a code and predicates for those who must branch.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Severity};

/// What went wrong. User-data problems are a list of [`Diagnostic`]s, never only the first.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] Box<Kind>);

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error("{}", summary(.0))]
    Input(Vec<Diagnostic>),
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
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
    pub fn io(path: &Path, source: std::io::Error) -> Self {
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

    /// A stable word for the kind of error: `input`, `io`, `options`, `interrupted`, `verification` or `internal`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match *self.0 {
            Kind::Input(_) => "input",
            Kind::Io { .. } => "io",
            Kind::Options(_) => "options",
            Kind::Interrupted => "interrupted",
            Kind::Verification(_) => "verification",
            Kind::Internal(_) => "internal",
        }
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
        matches!(*self.0, Kind::Input(_) | Kind::Options(_))
    }

    /// Whether a file could not be read or written.
    #[must_use]
    pub fn is_io(&self) -> bool {
        matches!(*self.0, Kind::Io { .. })
    }

    /// Whether the caller asked to stop.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        matches!(*self.0, Kind::Interrupted)
    }

    /// Whether a plan failed its own verification.
    #[must_use]
    pub fn is_verification(&self) -> bool {
        matches!(*self.0, Kind::Verification(_))
    }
}
