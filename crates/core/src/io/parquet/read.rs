//! Reading a Parquet file: its columns, its row groups, and rows as cells of text.

use std::io::{BufReader, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema as ArrowSchema};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::error::said;
use crate::io::arrow::{Columns, place, position};
use crate::io::cells::Cells;
use crate::io::column::Schema;
use crate::io::csv::Position;
use crate::io::files::{FileReader, OpenFile};
use crate::io::sniff::no_parquet;
use crate::io::table::{MAX_ROWS, too_many_rows};

/// Rows that are decoded at once.
const BATCH: usize = 4_096;

/// A Parquet file whose columns are known to be readable.
pub(crate) struct ParquetTable {
    file: OpenFile,
    metadata: ArrowReaderMetadata,
    columns: Columns,
}

impl Length for OpenFile {
    fn len(&self) -> u64 {
        Self::len(self)
    }
}

impl ChunkReader for OpenFile {
    type T = BufReader<FileReader>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::new(self.reader(start)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        // A damaged file may ask for more than there is.
        let mut bytes = Vec::with_capacity(length.min(Self::len(self) as usize));
        self.reader(start).take(length as u64).read_to_end(&mut bytes)?;
        if bytes.len() < length {
            return Err(ParquetError::EOF(format!(
                "{length} bytes are wanted, {} are there",
                bytes.len()
            )));
        }
        Ok(bytes.into())
    }
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
    pub(crate) fn open(file: &OpenFile, schema: &Schema, found: &mut Diagnostics) -> Option<Self> {
        if let Some(message) =
            ends(file).map_or_else(|e| Some(said(&e)), |(first, last)| no_parquet(&first, &last, schema))
        {
            found.push(Diagnostic::new(Code::BAD_PARQUET, schema.name, message).at(place(schema, 0, None)));
            return None;
        }
        let options = ArrowReaderOptions::new;
        let metadata = match guarded(|| ArrowReaderMetadata::load(file, options())) {
            Ok(metadata) => metadata,
            Err(why) => {
                found.push(damaged(schema, &why));
                return None;
            }
        };
        let fields = metadata.schema().fields();
        let types: Vec<(&str, DataType)> = fields
            .iter()
            .map(|f| (f.name().as_str(), plain(f.data_type())))
            .collect();
        let columns = Columns::find(&types, schema, found)?;
        let mut good = columns.are_read(&types, schema, found);
        if metadata.metadata().file_metadata().num_rows() > i64::from(MAX_ROWS) {
            found.push(too_many_rows(schema));
            good = false;
        }
        let fields = fields
            .iter()
            .map(|f| Field::new(f.name(), plain(f.data_type()), f.is_nullable()));
        let options = options().with_schema(Arc::new(ArrowSchema::new(fields.collect::<Vec<_>>())));
        match guarded(|| ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options)) {
            Ok(metadata) => good.then(|| Self {
                file: file.clone(),
                metadata,
                columns,
            }),
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
        group: Group,
        schema: &Schema,
        found: &mut Diagnostics,
        each: &mut impl FnMut(Option<Cells<'_, '_>>),
    ) {
        let reader = guarded(|| {
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.clone(), self.metadata.clone());
            let mask = ProjectionMask::roots(builder.parquet_schema(), self.columns.read().iter().copied());
            builder
                .with_projection(mask)
                .with_row_groups(vec![group.index])
                .with_batch_size(BATCH)
                .build()
        });
        let mut number = group.first;
        let failed = match reader {
            Err(why) => Some(why),
            Ok(mut reader) => loop {
                match guarded(|| Ok::<_, ParquetError>(reader.next().transpose()?)) {
                    Err(why) => break Some(why),
                    Ok(None) => break None,
                    Ok(Some(batch)) => number = self.columns.rows(&batch, number, schema, found, each),
                }
            },
        };
        let missing = number != group.first.saturating_add(group.rows);
        if let Some(why) = failed.or_else(|| missing.then(|| "rows are missing".to_owned())) {
            found.push(damaged(schema, &why).in_row(number));
            each(None);
        }
    }

    /// Where a cell stands, or a row.
    pub(crate) fn position(&self, schema: &Schema, row: u32, field: Option<&str>) -> Position {
        let column = field.and_then(|f| schema.position(f));
        position(row + 1, column.and_then(|column| self.columns.cell_of(column)))
    }
}

/// The first bytes of a file and its last four.
fn ends(file: &OpenFile) -> std::io::Result<(Vec<u8>, Vec<u8>)> {
    const FIRST: u64 = 4_096;
    let (mut first, mut last) = (Vec::new(), Vec::new());
    file.reader(0).take(FIRST).read_to_end(&mut first)?;
    file.reader(OpenFile::len(file).saturating_sub(4))
        .take(4)
        .read_to_end(&mut last)?;
    Ok((first, last))
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
    catch_unwind(AssertUnwindSafe(call)).map_or_else(
        |_| Err("it is damaged".to_owned()),
        |result| result.map_err(|e| why(&e)),
    )
}

/// Why the decoder fails, without its own words.
fn why(error: &ParquetError) -> String {
    const UNREAD: &str = "Disabled feature at compile time: ";
    let text = error.to_string();
    let of_system = match error {
        ParquetError::External(inner) => inner.downcast_ref::<std::io::Error>(),
        _ => None,
    };
    match error {
        _ if of_system.is_some() => of_system.map(said).unwrap_or_default(),
        _ if text.contains(UNREAD) => match text.split_once(UNREAD).map(|(_, codec)| codec.trim()) {
            Some("flate2") => "it is compressed with gzip".to_owned(),
            Some(codec) => format!("it is compressed with {codec}"),
            None => "it is compressed".to_owned(),
        },
        _ if text.to_lowercase().contains("encrypt") => "it is encrypted".to_owned(),
        ParquetError::NYI(_) => "it has what is not read here, such as another compression".to_owned(),
        ParquetError::EOF(_) => "it ends too early".to_owned(),
        _ => "it is damaged".to_owned(),
    }
}
