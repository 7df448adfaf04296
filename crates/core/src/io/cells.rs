//! The cells of one row, read by type, wherever the row stands.

use super::column::Schema;
use super::csv::{Position, Record};
use super::format::TableFormat;
use super::hint::with_hint;
use super::parse::Bad;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, GroupKey, Location};
use crate::validate::MAX_ID;

/// The column of the order that a row is of.
const ORDER: &str = "order_id";

/// One row of a table.
#[derive(Clone, Copy)]
pub(crate) enum Row<'r> {
    /// A record of a CSV file.
    Csv(Record<'r>),
    /// A row of a table in columns: of a Parquet file, or in memory.
    #[cfg(feature = "arrow")]
    Arrow(super::arrow::ArrowRow<'r>),
}

impl<'r> Row<'r> {
    fn text(&self, cell: usize) -> &'r str {
        match self {
            Self::Csv(record) => record.get(cell),
            #[cfg(feature = "arrow")]
            Self::Arrow(row) => row.text(cell),
        }
    }

    /// Where a cell stands; `None` = the row as a whole.
    pub(crate) fn position(&self, cell: Option<usize>) -> Position {
        match (self, cell) {
            (Self::Csv(record), Some(cell)) => record.position(cell),
            (Self::Csv(record), None) => Position::line(record.line()),
            #[cfg(feature = "arrow")]
            (Self::Arrow(row), cell) => row.position(cell),
        }
    }

    const fn format(&self) -> TableFormat {
        match self {
            Self::Csv(_) => TableFormat::Csv,
            #[cfg(feature = "arrow")]
            Self::Arrow(_) => TableFormat::Parquet,
        }
    }
}

impl Schema {
    /// A place in the table's file.
    pub(crate) fn location(&self, format: TableFormat, p: Position) -> Location {
        Location {
            file: self.file(format),
            line: p.line,
            column: p.column,
            length: p.length,
        }
    }
}

/// The cells of one row, read by type. A cell that is not what it should be is reported once, and a harmless value takes
/// its place, so that one fault does not cause others.
pub(crate) struct Cells<'r, 'f> {
    row: Row<'r>,
    places: &'f [Option<usize>],
    schema: &'f Schema,
    found: &'f mut Diagnostics,
    number: u32,
    /// The order that the row is of, where its first column does not tell.
    order: Option<String>,
    ok: bool,
}

impl<'r, 'f> Cells<'r, 'f> {
    /// The cells of a row. `places` says for each column of the schema which cell holds it.
    pub(crate) const fn new(
        row: Row<'r>,
        number: u32,
        places: &'f [Option<usize>],
        schema: &'f Schema,
        found: &'f mut Diagnostics,
    ) -> Self {
        Self {
            row,
            places,
            schema,
            found,
            number,
            order: None,
            ok: true,
        }
    }

    /// The number of the row, from 0.
    pub(crate) const fn number(&self) -> u32 {
        self.number
    }

    /// Whether the file has a column of the schema.
    pub(crate) fn has(&self, column: usize) -> bool {
        self.places.get(column).is_some_and(Option::is_some)
    }

    /// Says of which order the row is, where its first column does not.
    pub(crate) fn set_order(&mut self, order: &str) {
        self.order = Some(order.to_owned());
    }

    /// Whether no column of the schema has anything in this row.
    pub(crate) fn are_empty(&self) -> bool {
        (0..self.schema.columns.len()).all(|column| self.text(column).is_empty())
    }

    /// Reports the row as one in which every cell is empty.
    pub(crate) fn pass_over(&mut self) {
        let place = self.schema.location(self.row.format(), self.row.position(None));
        empty_row(self.schema, self.found, self.number, || place);
    }

    /// Whether every cell read so far is sound.
    pub(crate) const fn ok(&self) -> bool {
        self.ok
    }

    /// The text of a column; empty where the file lacks the column.
    pub(crate) fn text(&self, column: usize) -> &'r str {
        self.places
            .get(column)
            .copied()
            .flatten()
            .map_or("", |cell| self.row.text(cell))
    }

    /// The text of a column, unless it is empty.
    pub(crate) fn given(&self, column: usize) -> Option<&'r str> {
        Some(self.text(column)).filter(|text| !text.is_empty())
    }

    /// The text of a column that must not be empty.
    pub(crate) fn needed(&mut self, column: usize) -> Option<&'r str> {
        let text = self.given(column);
        if text.is_none() {
            self.fault(column, Code::MISSING_VALUE, "the cell is empty");
        }
        text
    }

    /// Reports a fault of a cell.
    pub(crate) fn fault(&mut self, column: usize, code: Code, message: impl Into<String>) {
        self.fault_as(column, code, || message.into());
    }

    /// The same; the message is made where it is kept.
    fn fault_as(&mut self, column: usize, code: Code, message: impl FnOnce() -> String) {
        self.ok = false;
        let field = self.schema.columns.get(column).map_or("", |column| column.name);
        let cell = self.places.get(column).copied().flatten();
        let first = self.text(0);
        let (row, schema, number, order) = (self.row, self.schema, self.number, &self.order);
        self.found.of_column(code, schema.name, Some(field), || {
            Diagnostic::new(code, schema.name, message())
                .in_row(number)
                .in_field(field)
                .of_order(order.clone().or_else(|| order_of(schema, first)))
                .at(schema.location(row.format(), row.position(cell)))
        });
    }

    /// Reads the text by `read`; a failure is reported.
    fn parse<T>(&mut self, column: usize, text: &str, read: impl FnOnce(&str) -> Result<T, Bad>) -> Option<T> {
        match read(text) {
            Ok(value) => Some(value),
            Err((code, message)) => {
                self.fault_as(column, code, || with_hint(code, message, text));
                None
            }
        }
    }

    /// A cell read by `read`, where it is given.
    pub(crate) fn optional<T>(&mut self, column: usize, read: impl FnOnce(&str) -> Result<T, Bad>) -> Option<T> {
        let text = self.given(column)?;
        self.parse(column, text, read)
    }

    /// A cell read by `read`, which must be given.
    pub(crate) fn required<T>(&mut self, column: usize, read: impl FnOnce(&str) -> Result<T, Bad>) -> Option<T> {
        let text = self.needed(column)?;
        self.parse(column, text, read)
    }
}

/// The order that a row is of, by the text of the first column of its schema. A row of `orders` is of one that has no id where
/// the cell is empty.
pub(crate) fn order_of(schema: &Schema, first: &str) -> Option<String> {
    let is_of_order = schema.columns.first().is_some_and(|column| column.name == ORDER);
    let is_known = !first.is_empty() && first.len() <= MAX_ID;
    match (is_of_order, is_known) {
        (true, true) => Some(first.to_owned()),
        (true, false) if schema.name == "orders" => Some(String::new()),
        _ => None,
    }
}

/// Warns of a row in which every cell is empty; all of a table are told together.
pub(crate) fn empty_row(schema: &Schema, found: &mut Diagnostics, number: u32, place: impl FnOnce() -> Location) {
    let code = Code::EMPTY_ROWS;
    let key = GroupKey {
        code,
        table: schema.name,
        field: None,
        subject: 0,
    };
    let message = "every cell of the row is empty, so it is skipped";
    found.group(key, 1, || {
        Diagnostic::new(code, schema.name, message).in_row(number).at(place())
    });
}
