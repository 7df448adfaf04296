//! Writing a table: cells by their text, rows ended by a line feed, quotes where they are needed.

use std::fmt::{Display, Write as _};
use std::io::{self, Write};

use super::table::Schema;

/// Writes the rows of one table.
pub(crate) struct TableWriter<W: Write> {
    csv: csv::Writer<W>,
    cell: String,
}

impl<W: Write> TableWriter<W> {
    /// Writes the header.
    pub(crate) fn new(schema: &Schema, to: W) -> io::Result<Self> {
        let mut csv = csv::WriterBuilder::new().buffer_capacity(1 << 16).from_writer(to);
        csv.write_record(schema.columns.iter().map(|(name, _)| name))?;
        Ok(Self {
            csv,
            cell: String::new(),
        })
    }

    /// The next cell of the row.
    pub(crate) fn cell(&mut self, value: impl Display) -> io::Result<&mut Self> {
        self.cell.clear();
        // Writing to a string cannot fail; a value that fails to print itself is left empty.
        let _ = write!(self.cell, "{value}");
        self.csv.write_field(&self.cell)?;
        Ok(self)
    }

    /// The next cell of the row, as it is.
    pub(crate) fn text(&mut self, value: &str) -> io::Result<&mut Self> {
        self.csv.write_field(value)?;
        Ok(self)
    }

    /// The next cell of the row, empty where there is no value.
    pub(crate) fn maybe(&mut self, value: Option<impl Display>) -> io::Result<&mut Self> {
        match value {
            Some(value) => self.cell(value),
            None => self.text(""),
        }
    }

    /// Ends the row.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        Ok(self.csv.write_record(None::<&[u8]>)?)
    }

    /// Hands everything over; a writer that is dropped could lose its last rows and say nothing.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.csv.flush()
    }
}
