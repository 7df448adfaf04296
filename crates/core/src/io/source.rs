//! Where tables and settings come from: a directory of files, or tables that a caller holds in memory.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

#[cfg(feature = "arrow")]
use super::arrow::Tables;
use crate::Error;

/// What the readers read.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    /// The files of a directory.
    Dir(&'a Path),
    /// Tables in memory; one that is not there has no rows.
    #[cfg(feature = "arrow")]
    Memory(&'a Tables),
}

impl Source<'_> {
    /// Whether there is anything to read.
    ///
    /// # Errors
    /// There is no such directory.
    pub(crate) fn check(self) -> Result<(), Error> {
        match self {
            Self::Dir(dir) => std::fs::read_dir(dir).map(|_| ()).map_err(|e| Error::io(dir, e)),
            #[cfg(feature = "arrow")]
            Self::Memory(_) => Ok(()),
        }
    }

    /// The bytes of a file that is no table, at most one more than `limit`.
    ///
    /// # Errors
    /// It is missing or cannot be read.
    pub(crate) fn bytes(self, file: &str, limit: u64) -> io::Result<Vec<u8>> {
        match self {
            Self::Dir(dir) => {
                let mut bytes = Vec::new();
                File::open(dir.join(file))?.take(limit + 1).read_to_end(&mut bytes)?;
                Ok(bytes)
            }
            #[cfg(feature = "arrow")]
            Self::Memory(tables) => {
                let text = tables.text(file).ok_or(io::ErrorKind::NotFound)?;
                Ok(text.as_bytes().to_vec())
            }
        }
    }
}
