//! Reading a Parquet file: its columns, its row groups, and rows as cells of text.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema as ArrowSchema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;

use super::text::{Texts, is_read};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location};
use crate::io::cells::{Cells, Row};
use crate::io::column::Schema;
use crate::io::csv::{MAX_FIELD, Position};
use crate::io::format::TableFormat;
use crate::io::table::{Header, MAX_ROWS, columns, shown, too_many_rows};

/// Rows that are decoded at once.
const BATCH: usize = 4_096;

/// A Parquet file whose columns are known to be readable.
pub(crate) struct ParquetTable {
    metadata: ArrowReaderMetadata,
    header: Header,
    /// Columns of the file that are read, rising.
    read: Vec<usize>,
}

/// Rows of a table that are read together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    index: usize,
    /// Number of its first row in the table.
    pub first: u32,
    /// How many rows it has.
    pub rows: u32,
}

impl ParquetTable {
    /// Reads what a file says of itself; `None` where its rows cannot be read.
    pub(crate) fn open(file: &File, schema: &Schema, found: &mut Diagnostics) -> Option<Self> {
        let options = ArrowReaderOptions::new;
        let metadata = match guarded(|| ArrowReaderMetadata::load(file, options())) {
            Ok(metadata) => metadata,
            Err(why) => {
                found.push(damaged(schema, &why));
                return None;
            }
        };
        let fields = metadata.schema().fields();
        let names: Vec<&str> = fields.iter().map(|f| f.name().as_str()).collect();
        let header = columns(&names, schema, found, &|cell| place(schema, 0, cell))?;
        let mut good = true;
        for &cell in header.places.iter().flatten() {
            let kind = plain(fields[cell].data_type());
            if !is_read(&kind) {
                let message = format!("column {} is of type {}", names[cell], shown(&kind.to_string()));
                let fault = Diagnostic::new(Code::COLUMN_TYPE, schema.name, message);
                found.push(fault.at(place(schema, 0, Some(cell))));
                good = false;
            }
        }
        if metadata.metadata().file_metadata().num_rows() > i64::from(MAX_ROWS) {
            found.push(too_many_rows(schema));
            good = false;
        }
        let fields = fields
            .iter()
            .map(|f| Field::new(f.name(), plain(f.data_type()), f.is_nullable()));
        let options = options().with_schema(Arc::new(ArrowSchema::new(fields.collect::<Vec<_>>())));
        let mut read: Vec<usize> = header.places.iter().flatten().copied().collect();
        read.sort_unstable();
        match guarded(|| ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options)) {
            Ok(metadata) => good.then_some(Self { metadata, header, read }),
            Err(why) => {
                found.push(damaged(schema, &why));
                None
            }
        }
    }

    /// The row groups in order. A damaged file may claim any number of rows; they are counted as they are read.
    pub(crate) fn groups(&self) -> Vec<Group> {
        let mut first = 0u32;
        let mut groups = Vec::new();
        for (index, group) in self.metadata.metadata().row_groups().iter().enumerate() {
            let rows = u32::try_from(group.num_rows()).unwrap_or(0);
            groups.push(Group { index, first, rows });
            first = first.saturating_add(rows);
        }
        groups
    }

    /// Hands over each row of a group.
    pub(crate) fn read(
        &self,
        dir: &Path,
        group: Group,
        schema: &Schema,
        found: &mut Diagnostics,
        each: &mut impl FnMut(Option<Cells<'_, '_>>),
    ) {
        // A handle of its own: two readers of one handle would move each other.
        let opened = File::open(dir.join(schema.file(TableFormat::Parquet))).map_err(|e| e.kind().to_string());
        let reader = opened.and_then(|file| {
            guarded(|| {
                let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
                let mask = ProjectionMask::roots(builder.parquet_schema(), self.read.iter().copied());
                builder
                    .with_projection(mask)
                    .with_row_groups(vec![group.index])
                    .with_batch_size(BATCH)
                    .build()
            })
        });
        let mut number = group.first;
        let failed = match reader {
            Err(why) => Some(why),
            Ok(mut reader) => loop {
                match guarded(|| Ok::<_, ParquetError>(reader.next().transpose()?)) {
                    Err(why) => break Some(why),
                    Ok(None) => break None,
                    Ok(Some(batch)) => number = self.rows(&batch, number, schema, found, each),
                }
            },
        };
        let missing = number != group.first.saturating_add(group.rows);
        if let Some(why) = failed.or_else(|| missing.then(|| "rows are missing".to_owned())) {
            found.push(damaged(schema, &why).in_row(number));
            each(None);
        }
    }

    /// Hands over the rows of a batch, and returns the number of the row after it.
    fn rows(
        &self,
        batch: &RecordBatch,
        first: u32,
        schema: &Schema,
        found: &mut Diagnostics,
        each: &mut impl FnMut(Option<Cells<'_, '_>>),
    ) -> u32 {
        let mut texts: Vec<Option<Texts>> = Vec::new();
        texts.resize_with(self.header.width, || None);
        for (&cell, array) in self.read.iter().zip(batch.columns()) {
            texts[cell] = Texts::of(array);
        }
        let long = texts.iter().flatten().any(|t| t.longest() > MAX_FIELD);
        let mut number = first;
        for at in 0..batch.num_rows() {
            let row = ParquetRow {
                texts: &texts,
                at,
                number,
            };
            let too_long = || (0..texts.len()).find(|&cell| row.text(cell).len() > MAX_FIELD);
            if let Some(cell) = if long { too_long() } else { None } {
                let fault = Diagnostic::new(Code::FIELD_TOO_LONG, schema.name, "the cell is longer than 64 KiB");
                found.push(fault.in_row(number).at(place(schema, number + 1, Some(cell))));
                each(None);
            } else {
                each(Some(Cells::new(
                    Row::Parquet(row),
                    number,
                    &self.header.places,
                    schema,
                    found,
                )));
            }
            number = number.saturating_add(1);
        }
        number
    }

    /// Where a cell stands, or a row.
    pub(crate) fn position(&self, schema: &Schema, row: u32, field: Option<&str>) -> Position {
        let column = field.and_then(|f| schema.position(f));
        position(row + 1, column.and_then(|column| self.header.places[column]))
    }
}

/// A row of a batch.
#[derive(Clone, Copy)]
pub(crate) struct ParquetRow<'r> {
    /// By column of the file; those that are not read have none.
    texts: &'r [Option<Texts>],
    at: usize,
    number: u32,
}

impl<'r> ParquetRow<'r> {
    pub(crate) fn text(&self, cell: usize) -> &'r str {
        match self.texts.get(cell) {
            Some(Some(texts)) => texts.get(self.at),
            _ => "",
        }
    }

    pub(crate) fn position(&self, cell: Option<usize>) -> Position {
        position(self.number + 1, cell)
    }
}

/// Row and column from 1, where CSV has line and character.
fn position(row: u32, cell: Option<usize>) -> Position {
    Position {
        line: row.into(),
        column: cell.map_or(0, |cell| cell as u64 + 1),
        length: 0,
    }
}

fn place(schema: &Schema, row: u32, cell: Option<usize>) -> Location {
    schema.location(TableFormat::Parquet, position(row, cell))
}

fn damaged(schema: &Schema, why: &str) -> Diagnostic {
    let message = format!("the file cannot be read as Parquet: {why}");
    Diagnostic::new(Code::BAD_PARQUET, schema.name, message).at(place(schema, 0, None))
}

/// The type as which a column is read: texts as views, which share what they repeat, and dictionaries as their values.
fn plain(kind: &DataType) -> DataType {
    match kind {
        DataType::Dictionary(_, value) => plain(value),
        DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView => DataType::Utf8View,
        other => other.clone(),
    }
}

/// Runs a call of the decoder; a panic in it, which a damaged file can cause, becomes an error like any other.
fn guarded<T>(call: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    let why = |e: &ParquetError| {
        let text = e.to_string();
        let text = text.strip_prefix("Parquet error: ").unwrap_or(&text);
        text.chars().take(200).collect::<String>()
    };
    catch_unwind(AssertUnwindSafe(call)).map_or_else(
        |_| Err("it is damaged".to_owned()),
        |result| result.map_err(|e| why(&e)),
    )
}
