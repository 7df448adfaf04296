//! Tables in Parquet: the same columns as in CSV, each of its own type.
//!
//! Reading turns every cell into the text that CSV would hold (`io/arrow`), and what follows is the same for both: the
//! parsers, their limits and their diagnostics. A row is named by its number from 1 in place of its line, a column by its
//! number in the file. Writing does the reverse, by the kind of each column.

mod read;
mod write;

pub(crate) use read::{Group, ParquetTable};
pub(crate) use write::ParquetWriter;
