//! What cells of a column mean before the library reads them: 0 and 1 as truth values, instants as dates on the problem's clock,
//! and amounts rounded where that is asked for.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Float32Type, Float64Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType,
};
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray, TimestampSecondArray};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use clapot::io::arrow::{self, ArrowTable};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// What the columns of a table hold, by their names.
pub(crate) struct Kinds(Vec<arrow::ColumnType>);

impl Kinds {
    pub(crate) fn of(table: &str) -> Self {
        Self(arrow::columns_of(table).unwrap_or_default())
    }

    fn get(&self, column: &str) -> Option<&'static str> {
        self.0.iter().find(|c| c.name == column).map(|c| c.kind)
    }

    pub(crate) fn dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let kinds = PyDict::new(py);
        for column in &self.0 {
            kinds.set_item(column.name, column.kind)?;
        }
        Ok(kinds)
    }
}

/// How cells are understood.
pub(crate) struct Meaning<'a, 'py> {
    pub kinds: Kinds,
    /// Money to 4 decimals, grams and cubic centimetres to whole ones.
    pub is_rounded: bool,
    /// Where the date of an instant is read.
    pub clock: Option<&'a Bound<'py, PyAny>>,
}

impl Meaning<'_, '_> {
    /// The table with its cells as they are meant.
    pub(crate) fn of(&self, py: Python<'_>, table: ArrowTable) -> PyResult<ArrowTable> {
        let titles: Vec<String> = table.schema.fields().iter().map(|f| f.name().clone()).collect();
        let mut changed: Vec<Vec<ArrayRef>> = table.batches.iter().map(|b| b.columns().to_vec()).collect();
        let mut is_changed = false;
        for (n, title) in titles.iter().enumerate() {
            let Some(kind) = self.kinds.get(title) else { continue };
            let is = table.schema.field(n).data_type();
            let places = self.places(title, kind);
            let as_truth = kind == "truth" && (is.is_integer() || is.is_floating());
            let as_date = matches!(is, DataType::Timestamp(_, Some(_))) && kind == "date" && self.clock.is_some();
            if places.is_none() && !as_truth && !as_date {
                continue;
            }
            let mut offsets = HashMap::new();
            for columns in &mut changed {
                let array = &columns[n];
                let made = if as_truth {
                    truths(array)
                } else if as_date {
                    self.local(py, array, &mut offsets)?
                } else {
                    places.and_then(|places| rounded(array, places))
                };
                let Some(made) = made else { break };
                columns[n] = made;
                is_changed = true;
            }
        }
        if !is_changed {
            return Ok(table);
        }
        let first = changed.first().map_or(&[][..], Vec::as_slice);
        let fields = titles.iter().zip(first);
        let fields: Vec<Field> = fields
            .map(|(title, array)| Field::new(title, array.data_type().clone(), true))
            .collect();
        let schema = Arc::new(Schema::new(fields));
        let batches = changed
            .into_iter()
            .map(|columns| RecordBatch::try_new(Arc::clone(&schema), columns));
        let batches = batches.collect::<Result<Vec<_>, _>>();
        let batches = batches.map_err(|e| PyTypeError::new_err(e.to_string()))?;
        Ok(ArrowTable { schema, batches })
    }

    /// To how many decimals a column is rounded, if it is.
    fn places(&self, title: &str, kind: &str) -> Option<usize> {
        let is_measure = kind == "whole" && (title.ends_with("_g") || title.ends_with("_cm3"));
        let places = if kind == "money" {
            Some(4)
        } else {
            is_measure.then_some(0)
        };
        places.filter(|_| self.is_rounded)
    }

    /// Instants as the clock shows them.
    fn local(&self, py: Python<'_>, array: &ArrayRef, offsets: &mut HashMap<i64, i64>) -> PyResult<Option<ArrayRef>> {
        let Some(clock) = self.clock else { return Ok(None) };
        let datetime = py.import("datetime")?;
        let (class, utc) = (
            datetime.getattr("datetime")?,
            datetime.getattr("timezone")?.getattr("utc")?,
        );
        let mut shown = Vec::with_capacity(array.len());
        for instant in seconds(array) {
            let Some(instant) = instant else {
                shown.push(None);
                continue;
            };
            let offset = if let Some(&offset) = offsets.get(&instant) {
                offset
            } else {
                let moment = class.call_method1("fromtimestamp", (instant, &utc))?;
                let offset = moment.call_method1("astimezone", (clock,))?.call_method0("utcoffset")?;
                #[allow(clippy::cast_possible_truncation, reason = "less than a day")]
                let offset = offset.call_method0("total_seconds")?.extract::<f64>()? as i64;
                *offsets.entry(instant).or_insert(offset)
            };
            shown.push(Some(instant + offset));
        }
        Ok(Some(Arc::new(TimestampSecondArray::from(shown))))
    }
}

/// Instants in seconds; a part of a second is one more, so that it is no midnight.
fn seconds(array: &ArrayRef) -> Vec<Option<i64>> {
    macro_rules! of {
        ($kind:ty, $per_second:expr) => {{
            let cells = array.as_primitive::<$kind>();
            let whole = |n: i64| n.div_euclid($per_second) + i64::from(n.rem_euclid($per_second) != 0);
            cells.iter().map(|n| n.map(whole)).collect()
        }};
    }
    match array.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => of!(TimestampSecondType, 1),
        DataType::Timestamp(TimeUnit::Millisecond, _) => of!(TimestampMillisecondType, 1_000),
        DataType::Timestamp(TimeUnit::Microsecond, _) => of!(TimestampMicrosecondType, 1_000_000),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => of!(TimestampNanosecondType, 1_000_000_000),
        _ => vec![None; array.len()],
    }
}

/// Numbers that are 0 or 1, or missing, as truth values; `None` where others are among them.
fn truths(array: &ArrayRef) -> Option<ArrayRef> {
    let numbers: Vec<Option<f64>> = if array.data_type().is_integer() {
        let wide = arrow_cast(array)?;
        #[allow(clippy::cast_precision_loss, reason = "only 0 and 1 matter")]
        wide.into_iter().map(|n| n.map(|n| n as f64)).collect()
    } else if let Some(cells) = array.as_primitive_opt::<Float64Type>() {
        cells.iter().collect()
    } else {
        let cells = array.as_primitive_opt::<Float32Type>()?;
        cells.iter().map(|n| n.map(f64::from)).collect()
    };
    let mut truths = Vec::with_capacity(numbers.len());
    for number in numbers {
        truths.push(match number {
            None => None,
            Some(n) if n.is_nan() => None,
            Some(0.0) => Some(false),
            Some(n) if (n - 1.0).abs() < f64::EPSILON => Some(true),
            Some(_) => return None,
        });
    }
    Some(Arc::new(BooleanArray::from(truths)))
}

/// Integers of any width as the widest.
fn arrow_cast(array: &ArrayRef) -> Option<Vec<Option<i64>>> {
    use arrow_array::types::{Int8Type, Int16Type, Int32Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type};
    macro_rules! of {
        ($kind:ty) => {
            array
                .as_primitive::<$kind>()
                .iter()
                .map(|n| n.map(i64::from))
                .collect()
        };
    }
    Some(match array.data_type() {
        DataType::Int8 => of!(Int8Type),
        DataType::Int16 => of!(Int16Type),
        DataType::Int32 => of!(Int32Type),
        DataType::Int64 => of!(Int64Type),
        DataType::UInt8 => of!(UInt8Type),
        DataType::UInt16 => of!(UInt16Type),
        DataType::UInt32 => of!(UInt32Type),
        DataType::UInt64 => {
            let cells = array.as_primitive::<UInt64Type>().iter();
            cells.map(|n| n.map(|n| i64::try_from(n).unwrap_or(i64::MAX))).collect()
        }
        _ => return None,
    })
}

/// Cells of a float, decimal or text column rounded to so many decimals; `None` for a type that has no decimals.
fn rounded(array: &ArrayRef, places: usize) -> Option<ArrayRef> {
    use arrow_array::types::{Decimal128Type, Decimal256Type};
    let shown: Vec<Option<String>> = match array.data_type() {
        DataType::Float64 => {
            let cells = array.as_primitive::<Float64Type>();
            cells
                .iter()
                .map(|n| n.filter(|n| !n.is_nan()).map(|n| n.to_string()))
                .collect()
        }
        DataType::Float32 => {
            let cells = array.as_primitive::<Float32Type>();
            cells
                .iter()
                .map(|n| n.filter(|n| !n.is_nan()).map(|n| n.to_string()))
                .collect()
        }
        DataType::Decimal128(..) => {
            let cells = array.as_primitive::<Decimal128Type>();
            (0..cells.len())
                .map(|n| cells.is_valid(n).then(|| cells.value_as_string(n)))
                .collect()
        }
        DataType::Decimal256(..) => {
            let cells = array.as_primitive::<Decimal256Type>();
            (0..cells.len())
                .map(|n| cells.is_valid(n).then(|| cells.value_as_string(n)))
                .collect()
        }
        DataType::Utf8 => array.as_string::<i32>().iter().map(|t| t.map(str::to_owned)).collect(),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().map(|t| t.map(str::to_owned)).collect(),
        DataType::Utf8View => array.as_string_view().iter().map(|t| t.map(str::to_owned)).collect(),
        _ => return None,
    };
    let cells = shown.into_iter().map(|text| text.map(|text| nearest(text, places)));
    Some(Arc::new(cells.collect::<StringArray>()))
}

/// A decimal number rounded to so many decimals, halves away from 0; what is no such number stays as it is.
fn nearest(text: String, places: usize) -> String {
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |digits| ("-", digits));
    let Some((whole, fraction)) = digits.split_once('.') else {
        return text;
    };
    let is_plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if fraction.len() <= places || whole.is_empty() || !is_plain(whole) || !is_plain(fraction) {
        return text;
    }
    let mut kept: Vec<u8> = whole.bytes().chain(fraction.bytes().take(places)).collect();
    if fraction.as_bytes()[places] >= b'5' {
        let mut at = kept.len();
        loop {
            if at == 0 {
                kept.insert(0, b'1');
                break;
            }
            at -= 1;
            if kept[at] < b'9' {
                kept[at] += 1;
                break;
            }
            kept[at] = b'0';
        }
    }
    let point = kept.len() - places;
    let (whole, fraction) = kept.split_at(point);
    let (whole, fraction) = (String::from_utf8_lossy(whole), String::from_utf8_lossy(fraction));
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    let is_zero = fraction.is_empty() && whole.bytes().all(|b| b == b'0');
    format!("{}{whole}{point}{fraction}", if is_zero { "" } else { sign })
}
