//! Writing a table: cells by their text. In CSV, rows are ended by a line feed, with quotes where they are needed. A table may
//! stay in memory too.

use std::fmt::{Display, Write as _};
use std::io::{self, Write};

#[cfg(feature = "arrow")]
use super::arrow::{ArrowTable, BatchBuilder};
use super::column::Schema;
use super::format::TableFormat;
#[cfg(feature = "parquet")]
use super::parquet::ParquetWriter;

/// Rows of a batch in memory.
#[cfg(feature = "arrow")]
const BATCH: usize = 1 << 16;

/// Writes the rows of one table.
pub(crate) struct TableWriter<W: Write + Send> {
    form: Form<W>,
    cell: String,
}

enum Form<W: Write + Send> {
    Csv(Box<csv::Writer<W>>),
    #[cfg(feature = "parquet")]
    Parquet(Box<ParquetWriter<W>>),
    #[cfg(feature = "arrow")]
    Memory(Box<(BatchBuilder, ArrowTable)>),
}

impl<W: Write + Send> TableWriter<W> {
    /// Writes the header.
    pub(crate) fn new(schema: &Schema, format: TableFormat, to: W) -> io::Result<Self> {
        let form = match format {
            TableFormat::Csv => {
                let mut csv = csv::WriterBuilder::new().buffer_capacity(1 << 16).from_writer(to);
                csv.write_record(schema.columns.iter().map(|column| column.name))?;
                Form::Csv(Box::new(csv))
            }
            #[cfg(feature = "parquet")]
            TableFormat::Parquet => Form::Parquet(Box::new(ParquetWriter::new(schema, to)?)),
            #[cfg(not(feature = "parquet"))]
            TableFormat::Parquet => return Err(io::ErrorKind::Unsupported.into()),
        };
        let cell = String::new();
        Ok(Self { form, cell })
    }

    /// The next cell of the row.
    pub(crate) fn cell(&mut self, value: impl Display) -> io::Result<&mut Self> {
        let mut cell = std::mem::take(&mut self.cell);
        cell.clear();
        // Writing to a string cannot fail; a value that fails to print itself is left empty.
        let _ = write!(cell, "{value}");
        let written = self.text(&cell).map(|_| ());
        self.cell = cell;
        written.map(|()| self)
    }

    /// The next cell of the row, as it is.
    pub(crate) fn text(&mut self, value: &str) -> io::Result<&mut Self> {
        match &mut self.form {
            Form::Csv(csv) => csv.write_field(value)?,
            #[cfg(feature = "parquet")]
            Form::Parquet(parquet) => parquet.cell(value)?,
            #[cfg(feature = "arrow")]
            Form::Memory(memory) => memory.0.cell(value)?,
        }
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
        match &mut self.form {
            Form::Csv(csv) => Ok(csv.write_record(None::<&[u8]>)?),
            #[cfg(feature = "parquet")]
            Form::Parquet(parquet) => parquet.end(),
            #[cfg(feature = "arrow")]
            Form::Memory(memory) => {
                let (rows, table) = &mut **memory;
                if rows.end() == BATCH {
                    table.batches.push(rows.take()?);
                }
                Ok(())
            }
        }
    }

    /// Hands everything over; a writer that is dropped could lose its last rows and say nothing.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self.form {
            Form::Csv(mut csv) => csv.flush(),
            #[cfg(feature = "parquet")]
            Form::Parquet(parquet) => parquet.finish(),
            #[cfg(feature = "arrow")]
            Form::Memory(_) => Ok(()),
        }
    }
}

#[cfg(feature = "arrow")]
impl<W: Write + Send> TableWriter<W> {
    /// A table that stays in memory.
    pub(crate) fn in_memory(schema: &Schema) -> Self {
        let rows = BatchBuilder::new(schema);
        let table = ArrowTable {
            schema: std::sync::Arc::clone(rows.schema()),
            batches: Vec::new(),
        };
        let form = Form::Memory(Box::new((rows, table)));
        let cell = String::new();
        Self { form, cell }
    }

    /// The table that stayed in memory.
    pub(crate) fn into_table(self) -> io::Result<ArrowTable> {
        match self.form {
            Form::Memory(memory) => {
                let (mut rows, mut table) = *memory;
                if rows.rows() > 0 {
                    table.batches.push(rows.take()?);
                }
                Ok(table)
            }
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}
