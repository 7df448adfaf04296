//! Tables in memory: names, texts that stand for files which are no tables, and tables in columns.

use arrow_array::RecordBatch;
use arrow_schema::{DataType, SchemaRef};

use super::rows::Columns;
use crate::diagnostic::Diagnostics;
use crate::io::cells::Cells;
use crate::io::column::Schema;
use crate::io::table::{MAX_ROWS, too_many_rows};

/// Most rows that are read together.
const PIECE: usize = 1 << 15;

/// A table in columns, in one or more batches of the same columns.
#[derive(Clone, Debug)]
pub struct ArrowTable {
    /// Names and types of the columns.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

impl ArrowTable {
    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Whether reading it is worth more than one thread.
    pub(crate) fn is_large(&self) -> bool {
        self.rows() > PIECE
    }
}

/// What a directory would hold: texts and tables by name.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    texts: Vec<(String, String)>,
    tables: Vec<(String, ArrowTable)>,
}

impl Tables {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text by the name of its file, such as `problem.toml`.
    pub fn add_text(&mut self, file: impl Into<String>, text: impl Into<String>) {
        self.texts.push((file.into(), text.into()));
    }

    /// Adds a table by its name, such as `orders`.
    pub fn add(&mut self, name: impl Into<String>, table: ArrowTable) {
        self.tables.push((name.into(), table));
    }

    /// A table by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&ArrowTable> {
        self.tables.iter().find(|(n, _)| n == name).map(|(_, table)| table)
    }

    pub(crate) fn text(&self, file: &str) -> Option<&str> {
        self.texts
            .iter()
            .find(|(n, _)| n == file)
            .map(|(_, text)| text.as_str())
    }
}

/// A table in memory whose columns are known to be readable.
pub(crate) struct MemoryTable {
    batches: Vec<RecordBatch>,
    columns: Columns,
}

/// Rows of a table that are read together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slice {
    batch: usize,
    /// First row in its batch.
    at: usize,
    rows: usize,
    /// Number of the first row in the table.
    first: u32,
}

impl MemoryTable {
    /// Finds the columns; `None` where the rows cannot be read.
    pub(crate) fn open(table: &ArrowTable, schema: &Schema, found: &mut Diagnostics) -> Option<Self> {
        let fields = table.schema.fields();
        let types: Vec<(&str, DataType)> = fields
            .iter()
            .map(|f| (f.name().as_str(), f.data_type().clone()))
            .collect();
        let columns = Columns::find(&types, schema, found)?;
        if !columns.are_read(&types, schema, found) {
            return None;
        }
        if table.rows() > MAX_ROWS as usize {
            found.push(too_many_rows(schema));
            return None;
        }
        let batches = table.batches.clone(); // shares what they hold
        Some(Self { batches, columns })
    }

    /// The table in pieces, in order; those of a batch are of about the same size.
    pub(crate) fn slices(&self) -> Vec<Slice> {
        let mut slices = Vec::new();
        let mut first = 0;
        for (batch, of) in self.batches.iter().enumerate() {
            let most = of.num_rows().div_ceil(of.num_rows().div_ceil(PIECE).max(1));
            let mut at = 0;
            while at < of.num_rows() {
                let rows = most.min(of.num_rows() - at);
                slices.push(Slice { batch, at, rows, first });
                at += rows;
                first += rows as u32;
            }
        }
        slices
    }

    /// Hands over each row of a piece.
    pub(crate) fn read(
        &self,
        slice: Slice,
        schema: &Schema,
        found: &mut Diagnostics,
        each: &mut impl FnMut(Option<Cells<'_, '_>>),
    ) {
        let batch = self.batches[slice.batch].slice(slice.at, slice.rows);
        match batch.project(self.columns.read()) {
            Ok(batch) => {
                self.columns.rows(&batch, slice.first, schema, found, each);
            }
            // Columns that were found are there.
            Err(_) => (0..slice.rows).for_each(|_| each(None)),
        }
    }
}
