//! Tables in columns, made row by row from texts: texts and dates as such, money as exact decimals, missing cells as nulls.

use std::io;
use std::str::FromStr as _;
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder, StringBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema as ArrowSchema, SchemaRef};

use crate::io::column::{Column, Kind, Schema};
use crate::io::decimal;
use crate::quantity::{Date, Money};

/// Digits of money: all of a 64-bit number of ten-thousandths.
const MONEY: (u8, i8) = (19, 4);
const HOURS: (u8, i8) = (19, 9);

/// Rows on their way into a batch.
pub(in crate::io) struct BatchBuilder {
    schema: SchemaRef,
    columns: Vec<Cells>,
    /// Column of the next cell.
    next: usize,
    rows: usize,
}

impl BatchBuilder {
    pub(in crate::io) fn new(schema: &Schema) -> Self {
        let field = |c: &Column| Field::new(c.name, kind(c.kind), true);
        let fields: Vec<Field> = schema.columns.iter().map(field).collect();
        Self {
            schema: Arc::new(ArrowSchema::new(fields)),
            columns: schema.columns.iter().map(|c| Cells::new(c.kind)).collect(),
            next: 0,
            rows: 0,
        }
    }

    /// Names and types of the columns.
    pub(in crate::io) const fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The next cell of the row.
    pub(in crate::io) fn cell(&mut self, text: &str) -> io::Result<()> {
        let column = self.columns.get_mut(self.next);
        self.next += 1;
        let added = column.and_then(|cells| cells.add(text));
        added.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a cell that its column cannot hold"))
    }

    /// Ends the row, and says how many there are.
    pub(in crate::io) const fn end(&mut self) -> usize {
        self.next = 0;
        self.rows += 1;
        self.rows
    }

    /// How many rows there are.
    pub(in crate::io) const fn rows(&self) -> usize {
        self.rows
    }

    /// Takes the rows.
    pub(in crate::io) fn take(&mut self) -> io::Result<RecordBatch> {
        let columns: Result<Vec<ArrayRef>, ArrowError> = self.columns.iter_mut().map(Cells::finish).collect();
        let batch = columns.and_then(|columns| RecordBatch::try_new(Arc::clone(&self.schema), columns));
        self.rows = 0;
        batch.map_err(io::Error::other)
    }
}

/// The cells of a column until they are encoded.
enum Cells {
    Text(StringBuilder),
    Whole(Int64Builder),
    Money(Decimal128Builder),
    Hours(Decimal128Builder),
    Number(Float64Builder),
    Truth(BooleanBuilder),
    Day(Date32Builder),
}

const fn kind(kind: Kind) -> DataType {
    match kind {
        Kind::Text => DataType::Utf8,
        Kind::Whole => DataType::Int64,
        Kind::Money => DataType::Decimal128(MONEY.0, MONEY.1),
        Kind::Hours => DataType::Decimal128(HOURS.0, HOURS.1),
        Kind::Number => DataType::Float64,
        Kind::Truth => DataType::Boolean,
        Kind::Day => DataType::Date32,
    }
}

impl Cells {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(StringBuilder::new()),
            Kind::Whole => Self::Whole(Int64Builder::new()),
            Kind::Money => Self::Money(Decimal128Builder::new()),
            Kind::Hours => Self::Hours(Decimal128Builder::new()),
            Kind::Number => Self::Number(Float64Builder::new()),
            Kind::Truth => Self::Truth(BooleanBuilder::new()),
            Kind::Day => Self::Day(Date32Builder::new()),
        }
    }

    /// Adds a cell by its text; an empty one is null. `None` where the text is not of the column's kind.
    fn add(&mut self, text: &str) -> Option<()> {
        let given = Some(text).filter(|text| !text.is_empty());
        // The value of a given cell must be there; that of an empty one is null.
        macro_rules! append {
            ($cells:ident, $read:expr) => {{
                let value = given.map($read);
                if value == Some(None) {
                    return None;
                }
                $cells.append_option(value.flatten());
            }};
        }
        match self {
            Self::Text(cells) => cells.append_option(given),
            Self::Whole(cells) => append!(cells, |t| t.parse::<i64>().ok()),
            Self::Money(cells) => append!(cells, |t| Money::from_str(t)
                .ok()
                .map(|m| i128::from(m.ten_thousandths()))),
            Self::Hours(cells) => append!(cells, |t| decimal::billionths(t).ok().map(i128::from)),
            Self::Number(cells) => append!(cells, |t| t.parse::<f64>().ok()),
            Self::Truth(cells) => append!(cells, |t| t.parse::<bool>().ok()),
            Self::Day(cells) => append!(cells, |t| Date::from_str(t).ok().map(Date::days)),
        }
        Some(())
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let decimals = |cells: &mut Decimal128Builder, (precision, scale)| {
            let array = cells.finish().with_precision_and_scale(precision, scale);
            array.map(|array| Arc::new(array) as ArrayRef)
        };
        Ok(match self {
            Self::Text(cells) => Arc::new(cells.finish()),
            Self::Whole(cells) => Arc::new(cells.finish()),
            Self::Money(cells) => decimals(cells, MONEY)?,
            Self::Hours(cells) => decimals(cells, HOURS)?,
            Self::Number(cells) => Arc::new(cells.finish()),
            Self::Truth(cells) => Arc::new(cells.finish()),
            Self::Day(cells) => Arc::new(cells.finish()),
        })
    }
}
