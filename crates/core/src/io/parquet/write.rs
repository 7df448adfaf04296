//! Writing a Parquet file row by row, each column as the type of its kind. Snappy, which every reader knows; row groups of
//! 262,144 rows.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::io::arrow::BatchBuilder;
use crate::io::column::Schema;

/// Rows that are encoded at once.
const BATCH: usize = 8_192;
const GROUP: usize = 1 << 18;

/// Writes the rows of one table.
pub(crate) struct ParquetWriter<W: Write + Send> {
    file: ArrowWriter<W>,
    rows: BatchBuilder,
}

impl<W: Write + Send> ParquetWriter<W> {
    pub(crate) fn new(schema: &Schema, to: W) -> io::Result<Self> {
        let rows = BatchBuilder::new(schema);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP))
            .set_created_by(format!("clapot {}", crate::VERSION))
            .build();
        let file = ArrowWriter::try_new(to, Arc::clone(rows.schema()), Some(properties))?;
        Ok(Self { file, rows })
    }

    /// The next cell of the row.
    pub(crate) fn cell(&mut self, text: &str) -> io::Result<()> {
        self.rows.cell(text)
    }

    /// Ends the row.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        if self.rows.end() == BATCH {
            self.encode()
        } else {
            Ok(())
        }
    }

    fn encode(&mut self) -> io::Result<()> {
        Ok(self.file.write(&self.rows.take()?)?)
    }

    /// Writes what is left and the end of the file.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if self.rows.rows() > 0 {
            self.encode()?;
        }
        self.file.close()?;
        Ok(())
    }
}
