//! Columns of one table that came in several pieces: frames of Arrow, lists, and values that all rows have.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, NullArray, RecordBatch, StringArray};
use arrow_schema::{Field, Schema};
use clapot::io::arrow::ArrowTable;

/// A column that is no frame.
pub(crate) enum Column {
    Texts(Vec<Option<String>>),
    Wholes(Vec<Option<i64>>),
    /// All rows have it.
    Constant(String),
    /// It is not read: its name is enough.
    Unknown,
}

impl Column {
    fn array(self, rows: usize) -> ArrayRef {
        match self {
            Self::Texts(cells) => Arc::new(StringArray::from(cells)),
            Self::Wholes(cells) => Arc::new(Int64Array::from(cells)),
            Self::Constant(cell) => Arc::new(StringArray::from_iter_values((0..rows).map(|_| cell.as_str()))),
            Self::Unknown => Arc::new(NullArray::new(rows)),
        }
    }
}

/// One table of the columns of all; the rows are those of the frames, or as many as are told.
pub(crate) fn side_by_side(
    frames: &[ArrowTable],
    columns: Vec<(String, Column)>,
    rows: Option<usize>,
) -> Result<ArrowTable, String> {
    if let ([frame], true) = (frames, columns.is_empty()) {
        return Ok(frame.clone());
    }
    let rows = rows.or_else(|| frames.first().map(ArrowTable::rows)).unwrap_or(0);
    let mut tables = frames.to_vec();
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for (name, column) in columns {
        let array = column.array(rows);
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    if !arrays.is_empty() {
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(|e| e.to_string())?;
        tables.push(ArrowTable {
            schema,
            batches: vec![batch],
        });
    }
    if let Some(other) = tables.iter().map(ArrowTable::rows).find(|&n| n != rows) {
        return Err(format!("columns of {rows} and of {other} rows"));
    }
    joined(&tables)
}

/// Tables of the same number of rows side by side, in batches that end wherever one of theirs does.
fn joined(tables: &[ArrowTable]) -> Result<ArrowTable, String> {
    let fields: Vec<_> = tables.iter().flat_map(|t| t.schema.fields().iter().cloned()).collect();
    let schema = Arc::new(Schema::new(fields));
    let mut cuts = BTreeSet::new();
    for table in tables {
        let ends = table.batches.iter().scan(0, |end, batch| {
            *end += batch.num_rows();
            Some(*end)
        });
        cuts.extend(ends.filter(|&end| end > 0));
    }
    let mut batches = Vec::with_capacity(cuts.len());
    let mut begin = 0;
    for end in cuts {
        let arrays = tables.iter().flat_map(|table| rows_of(table, begin, end)).collect();
        batches.push(RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(|e| e.to_string())?);
        begin = end;
    }
    Ok(ArrowTable { schema, batches })
}

/// The columns of rows that lie in one batch.
fn rows_of(table: &ArrowTable, begin: usize, end: usize) -> Vec<ArrayRef> {
    let mut before = 0;
    for batch in &table.batches {
        if begin < before + batch.num_rows() {
            return batch.slice(begin - before, end - begin).columns().to_vec();
        }
        before += batch.num_rows();
    }
    Vec::new()
}
