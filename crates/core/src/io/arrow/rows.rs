//! The columns of a table that is given in columns, and its rows as cells of text.

use arrow_array::RecordBatch;
use arrow_schema::DataType;

use super::text::{Texts, is_read};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location};
use crate::io::cells::{Cells, Row};
use crate::io::column::Schema;
use crate::io::csv::{MAX_FIELD, Position};
use crate::io::format::TableFormat;
use crate::io::table::{Header, columns, shown};

/// Which columns of a table are those of the schema.
pub(in crate::io) struct Columns {
    header: Header,
    /// Columns of the table that are read, rising.
    read: Vec<usize>,
}

impl Columns {
    /// Finds the columns by their names; `None` where they cannot be used.
    pub(in crate::io) fn find(fields: &[(&str, DataType)], schema: &Schema, found: &mut Diagnostics) -> Option<Self> {
        let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        let header = columns(&names, schema, found, &|cell| place(schema, 0, cell))?;
        let mut read: Vec<usize> = header.places.iter().flatten().copied().collect();
        read.sort_unstable();
        Some(Self { header, read })
    }

    /// Whether all of them are of types that can be read; those that are not are reported.
    pub(in crate::io) fn are_read(
        &self,
        fields: &[(&str, DataType)],
        schema: &Schema,
        found: &mut Diagnostics,
    ) -> bool {
        let mut good = true;
        for (column, &cell) in schema.columns.iter().zip(&self.header.places) {
            let Some((name, kind)) = cell.map(|cell| &fields[cell]) else {
                continue;
            };
            if !is_read(kind) {
                let message = format!("column {name} is of type {}", shown(&kind.to_string()));
                let fault = Diagnostic::new(Code::COLUMN_TYPE, schema.name, message).in_field(column.name);
                found.push(fault.at(place(schema, 0, cell)));
                good = false;
            }
        }
        good
    }

    /// The columns of the table that are read, rising.
    pub(in crate::io) fn read(&self) -> &[usize] {
        &self.read
    }

    /// The column of the table that is this column of the schema.
    pub(in crate::io) fn cell_of(&self, column: usize) -> Option<usize> {
        self.header.places[column]
    }

    /// Hands over the rows of a batch, which has the columns that are read and no others, and returns the number of the row
    /// after it.
    pub(in crate::io) fn rows(
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
            let row = ArrowRow {
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
                    Row::Arrow(row),
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
}

/// A row of a batch.
#[derive(Clone, Copy)]
pub(crate) struct ArrowRow<'r> {
    /// By column of the table; those that are not read have none.
    texts: &'r [Option<Texts>],
    at: usize,
    number: u32,
}

impl<'r> ArrowRow<'r> {
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
pub(in crate::io) fn position(row: u32, cell: Option<usize>) -> Position {
    Position {
        line: row.into(),
        column: cell.map_or(0, |cell| cell as u64 + 1),
        length: 0,
    }
}

/// A place in the Parquet file of a table.
pub(in crate::io) fn place(schema: &Schema, row: u32, cell: Option<usize>) -> Location {
    schema.location(TableFormat::Parquet, position(row, cell))
}
