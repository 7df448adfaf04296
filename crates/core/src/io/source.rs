//! Where tables and settings come from: a directory of files, or tables that a caller holds in memory.

use std::io::{self, Read as _};

#[cfg(feature = "arrow")]
use super::arrow::Tables;
use super::files::Files;

/// What the readers read.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    /// The files of a directory.
    Dir(&'a Files),
    /// Tables in memory; one that is not there has no rows.
    #[cfg(feature = "arrow")]
    Memory(&'a Tables),
}

impl Source<'_> {
    /// The bytes of a file that is no table, at most one more than `limit`.
    ///
    /// # Errors
    /// It is missing or cannot be read.
    pub(crate) fn bytes(self, file: &str, limit: u64) -> io::Result<Vec<u8>> {
        match self {
            Self::Dir(files) => {
                let opened = files.get(file).ok_or(io::ErrorKind::NotFound)?.as_ref();
                let mut bytes = Vec::new();
                let mut reader = opened.map_err(copied)?.reader(0).take(limit + 1);
                reader.read_to_end(&mut bytes)?;
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

/// The same error again, which the standard library cannot copy.
fn copied(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}
