//! Cells of tables that go out: as texts, and as values of Python. And columns that Python makes.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder, StringBuilder,
};
use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use clapot::Money;
use clapot::io::arrow::ArrowTable;
use clapot::quantity::Date;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::money::decimal;

/// The text of a cell, as the files have it.
pub(crate) fn text(column: &ArrayRef, row: usize) -> String {
    macro_rules! number {
        ($kind:ty) => {
            column.as_primitive::<$kind>().value(row).to_string()
        };
    }
    if column.is_null(row) {
        return String::new();
    }
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float32 => number!(Float32Type),
        DataType::Float64 => number!(Float64Type),
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        DataType::Decimal128(..) => column.as_primitive::<Decimal128Type>().value_as_string(row),
        DataType::Date32 => Date::from_days(column.as_primitive::<Date32Type>().value(row)).to_string(),
        DataType::Timestamp(..) => Python::attach(|py| {
            let shown = value(py, column, row).and_then(|moment| moment.call_method0("isoformat"));
            shown.map_or_else(|_| String::new(), |shown| shown.to_string())
        }),
        other => format!("<{other}>"),
    }
}

/// The value of a cell.
pub(crate) fn value<'py>(py: Python<'py>, column: &ArrayRef, row: usize) -> PyResult<Bound<'py, PyAny>> {
    if column.is_null(row) {
        return Ok(py.None().into_bound(py));
    }
    match column.data_type() {
        kind if kind.is_integer() => {
            let number = text(column, row).parse::<i128>().unwrap_or_default();
            Ok(number.into_pyobject(py)?.into_any())
        }
        DataType::Float32 => Ok(f64::from(column.as_primitive::<Float32Type>().value(row))
            .into_pyobject(py)?
            .into_any()),
        DataType::Float64 => Ok(column
            .as_primitive::<Float64Type>()
            .value(row)
            .into_pyobject(py)?
            .into_any()),
        DataType::Boolean => Ok(column.as_boolean().value(row).into_pyobject(py)?.to_owned().into_any()),
        DataType::Decimal128(..) => decimal(py, &text(column, row)),
        DataType::Date32 => {
            let class = py.import("datetime")?.getattr("date")?;
            class.call_method1("fromisoformat", (text(column, row),))
        }
        DataType::Timestamp(_, zone) => {
            let moment = py.import("clapot._settings")?.getattr("moment")?;
            let instant = column.as_primitive::<TimestampSecondType>().value(row);
            moment.call1((instant, zone.as_deref().unwrap_or("UTC")))
        }
        _ => Ok(text(column, row).into_pyobject(py)?.into_any()),
    }
}

/// A table of columns that Python made: name, kind (`text`, `whole`, `money`, `number`, `truth` or `date`), and cells, of which
/// any may be missing.
pub(crate) fn made(columns: Vec<(String, String, Vec<Bound<'_, PyAny>>)>) -> PyResult<ArrowTable> {
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for (name, kind, cells) in columns {
        let array = array(&kind, &cells)?;
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(|e| PyValueError::new_err(e.to_string()))?;
    Ok(ArrowTable {
        schema,
        batches: vec![batch],
    })
}

fn array(kind: &str, cells: &[Bound<'_, PyAny>]) -> PyResult<ArrayRef> {
    macro_rules! built {
        ($builder:expr, $cell:expr) => {{
            let mut builder = $builder;
            for cell in cells {
                builder.append_option(if cell.is_none() { None } else { Some($cell(cell)?) });
            }
            Arc::new(builder.finish())
        }};
    }
    let days = |cell: &Bound<'_, PyAny>| -> PyResult<i32> {
        let first = 719_163; // 1970-01-01
        Ok(cell.call_method0("toordinal")?.extract::<i32>()? - first)
    };
    let money = |cell: &Bound<'_, PyAny>| -> PyResult<i128> {
        let text = cell.str()?.to_string();
        let money = text.parse::<Money>();
        let money = money.map_err(|_| PyValueError::new_err(format!("{text} is no amount")))?;
        Ok(i128::from(money.ten_thousandths()))
    };
    Ok(match kind {
        "whole" => built!(Int64Builder::new(), |cell: &Bound<'_, PyAny>| cell.extract::<i64>()),
        "number" => built!(Float64Builder::new(), |cell: &Bound<'_, PyAny>| cell.extract::<f64>()),
        "truth" => built!(BooleanBuilder::new(), |cell: &Bound<'_, PyAny>| cell.extract::<bool>()),
        "date" => built!(Date32Builder::new(), days),
        "money" => built!(
            Decimal128Builder::new().with_data_type(DataType::Decimal128(19, 4)),
            money
        ),
        _ => built!(StringBuilder::new(), |cell: &Bound<'_, PyAny>| cell.extract::<String>()),
    })
}
