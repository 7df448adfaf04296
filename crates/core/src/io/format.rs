//! In which form a table is on disk.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// In which form the tables of a problem or plan are written. Either is read, each table by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TableFormat {
    /// Text: `orders.csv`.
    #[default]
    Csv,
    /// Columns with types, compressed: `orders.parquet`. Needs the feature `parquet`.
    Parquet,
}

impl TableFormat {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Parquet];

    /// The format of a file, by the ending of its name; CSV where it says nothing.
    pub(crate) fn of(file: &std::path::Path) -> Self {
        let ending = file.extension().is_some_and(|e| e.eq_ignore_ascii_case("parquet"));
        if ending { Self::Parquet } else { Self::Csv }
    }

    /// The word of the command line, which is also the ending of a file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    /// Refuses a format that this build does not write.
    pub(crate) fn check(self) -> Result<(), Error> {
        if self == Self::Parquet && !cfg!(feature = "parquet") {
            return Err(Error::options("this program was built without Parquet"));
        }
        Ok(())
    }
}

impl fmt::Display for TableFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TableFormat {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == text)
            .ok_or_else(|| Error::options(format!("no format of tables {text:?}")))
    }
}
