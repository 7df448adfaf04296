//! Ids in the type in which they came: a column of integers comes back as integers, so that it can be joined with the table that
//! it came from.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, PrimitiveArray, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use clapot::io::arrow::{ArrowTable, Tables};
use pyo3::prelude::*;
use pyo3::types::PyInt;

/// Kinds of ids: the table that defines each, its column there, and the other columns that hold such ids.
const KINDS: [(&str, &str, &[&str]); 5] = [
    ("orders", "order_id", &[]),
    ("lines", "line_id", &[]),
    ("nodes", "node_id", &["pickup_node"]),
    ("items", "sku", &[]),
    ("services", "service_id", &["service"]),
];

/// The types of the ids of a problem, by kind; texts where there is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct IdTypes([Option<DataType>; KINDS.len()]);

impl IdTypes {
    /// Those of the tables that are given; for the others those that were.
    pub(crate) fn with(&self, tables: &Tables) -> Self {
        let mut types = self.clone();
        for ((table, column, _), kind) in KINDS.iter().zip(&mut types.0) {
            if let Some(table) = tables.get(table) {
                let field = table.schema.field_with_name(column).ok();
                *kind = field
                    .map(|f| f.data_type().clone())
                    .filter(|t| t.is_integer() || is_float(t));
            }
        }
        types
    }

    fn of(&self, title: &str) -> Option<&DataType> {
        let kinds = KINDS.iter().zip(&self.0);
        let mut named = kinds.filter(|((_, column, also), _)| *column == title || also.contains(&title));
        named.next()?.1.as_ref()
    }

    /// The table with its ids in their types. A column that holds others too, such as the lanes of all nodes, stays text.
    pub(crate) fn typed(&self, table: ArrowTable) -> ArrowTable {
        if self.0.iter().all(Option::is_none) {
            return table;
        }
        self.columns(&table).unwrap_or(table)
    }

    fn columns(&self, table: &ArrowTable) -> Option<ArrowTable> {
        let mut batches: Vec<Vec<ArrayRef>> = table.batches.iter().map(|b| b.columns().to_vec()).collect();
        let mut fields: Vec<Field> = table.schema.fields().iter().map(|f| f.as_ref().clone()).collect();
        for (n, field) in fields.iter_mut().enumerate() {
            let Some(kind) = self.of(field.name()) else { continue };
            let made: Option<Vec<ArrayRef>> = batches.iter().map(|columns| parsed(&columns[n], kind)).collect();
            if let Some(made) = made {
                *field = Field::new(field.name(), kind.clone(), true);
                batches
                    .iter_mut()
                    .zip(made)
                    .for_each(|(columns, array)| columns[n] = array);
            }
        }
        let schema = Arc::new(Schema::new(fields));
        let batches = batches
            .into_iter()
            .map(|columns| RecordBatch::try_new(Arc::clone(&schema), columns));
        let batches = batches.collect::<Result<_, _>>().ok()?;
        Some(ArrowTable { schema, batches })
    }

    /// An id as a value of Python.
    pub(crate) fn value<'py>(&self, py: Python<'py>, title: &str, id: &str) -> PyResult<Bound<'py, PyAny>> {
        match self.of(title) {
            Some(kind) if kind.is_integer() && id.parse::<i128>().is_ok_and(|n| n.to_string() == id) => {
                py.get_type::<PyInt>().call1((id,))
            }
            Some(kind) if is_float(kind) => match id.parse::<f64>() {
                Ok(n) => Ok(n.into_pyobject(py)?.into_any()),
                Err(_) => Ok(id.into_pyobject(py)?.into_any()),
            },
            _ => Ok(id.into_pyobject(py)?.into_any()),
        }
    }

    /// Words by which they are pickled; empty for texts.
    pub(crate) fn words(&self) -> Vec<String> {
        let word = |kind: &Option<DataType>| kind.as_ref().map_or_else(String::new, ToString::to_string);
        self.0.iter().map(word).collect()
    }

    /// From those words.
    pub(crate) fn from_words(words: &[String]) -> Self {
        let mut types = Self::default();
        for (kind, word) in types.0.iter_mut().zip(words) {
            *kind = TYPES.iter().find(|known| known.to_string() == *word).cloned();
        }
        types
    }
}

/// Every type of ids that is no text.
const TYPES: [DataType; 10] = [
    DataType::Int8,
    DataType::Int16,
    DataType::Int32,
    DataType::Int64,
    DataType::UInt8,
    DataType::UInt16,
    DataType::UInt32,
    DataType::UInt64,
    DataType::Float32,
    DataType::Float64,
];

fn is_float(kind: &DataType) -> bool {
    matches!(kind, DataType::Float32 | DataType::Float64)
}

/// Texts as numbers; `None` where one of them is not how such a number is written.
fn parsed(array: &ArrayRef, kind: &DataType) -> Option<ArrayRef> {
    match kind {
        DataType::Int8 => numbers::<Int8Type>(array),
        DataType::Int16 => numbers::<Int16Type>(array),
        DataType::Int32 => numbers::<Int32Type>(array),
        DataType::Int64 => numbers::<Int64Type>(array),
        DataType::UInt8 => numbers::<UInt8Type>(array),
        DataType::UInt16 => numbers::<UInt16Type>(array),
        DataType::UInt32 => numbers::<UInt32Type>(array),
        DataType::UInt64 => numbers::<UInt64Type>(array),
        DataType::Float32 => numbers::<Float32Type>(array),
        DataType::Float64 => numbers::<Float64Type>(array),
        _ => None,
    }
}

fn numbers<T: ArrowPrimitiveType<Native: FromStr + Display>>(array: &ArrayRef) -> Option<ArrayRef> {
    let mut numbers = Vec::with_capacity(array.len());
    for text in array.as_string_opt::<i32>()? {
        numbers.push(match text {
            None => None,
            Some(text) => {
                let number = text.parse::<T::Native>().ok()?;
                if number.to_string() != text {
                    return None;
                }
                Some(number)
            }
        });
    }
    Some(Arc::new(PrimitiveArray::<T>::from_iter(numbers)))
}
