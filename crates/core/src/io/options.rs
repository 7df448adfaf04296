//! How a directory is written, and whether it can be.

use std::path::Path;

use super::directory::Kind;
use super::format::TableFormat;
use super::stage::{self, Replace};
use crate::Error;

/// How a directory of a problem, of floors or of a plan is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WriteOptions {
    /// How its tables are written.
    pub format: TableFormat,
    /// Whether an earlier directory of the same kind is replaced with all that it holds, also with files that are none of
    /// such a directory, and also where `generated` would spare it. A directory of another kind never is.
    pub force: bool,
    /// Whether the directory is a synthetic one, of a problem or of floors. It is marked by a file `generated.txt`, and
    /// replaces only what is marked so and was not changed since.
    pub generated: bool,
}

impl From<TableFormat> for WriteOptions {
    fn from(format: TableFormat) -> Self {
        Self {
            format,
            ..Self::default()
        }
    }
}

impl WriteOptions {
    /// What may be replaced.
    pub(crate) const fn replace(self) -> Replace {
        match self {
            Self { force: true, .. } => Replace::Any,
            Self { generated: true, .. } => Replace::Generated,
            _ => Replace::SameKind,
        }
    }

    fn check(self, dir: &Path, kind: Kind) -> Result<(), Error> {
        self.format.check()?;
        stage::check(dir, kind, self.replace())
    }
}

/// Whether a plan can be written to a directory, to be asked before there is one. It is left as it is.
///
/// # Errors
/// Why not: it holds what may not be replaced, or the system does not let.
pub fn check_plan_place(dir: &Path, options: impl Into<WriteOptions>) -> Result<(), Error> {
    options.into().check(dir, Kind::plan())
}

/// Whether a plan of waves alone can be written to a directory; see [`check_plan_place`].
///
/// # Errors
/// As there.
pub fn check_waves_place(dir: &Path, options: impl Into<WriteOptions>) -> Result<(), Error> {
    options.into().check(dir, Kind::waves())
}

/// Whether a problem can be written to a directory; see [`check_plan_place`].
///
/// # Errors
/// As there.
pub fn check_problem_place(dir: &Path, options: impl Into<WriteOptions>) -> Result<(), Error> {
    options.into().check(dir, Kind::problem())
}

/// Whether floors can be written to a directory; see [`check_plan_place`].
///
/// # Errors
/// As there.
pub fn check_floor_place(dir: &Path, options: impl Into<WriteOptions>) -> Result<(), Error> {
    options.into().check(dir, Kind::floors())
}
