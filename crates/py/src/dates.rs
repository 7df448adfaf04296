//! Dates and moments in tables that go out.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::{ArrayRef, RecordBatch, TimestampSecondArray, new_null_array};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use clapot::io::arrow::ArrowTable;
use clapot::quantity::Moment;

/// Moments as timestamps of a zone; texts in the files.
pub(crate) fn with_moments(table: ArrowTable, zone: &str) -> ArrowTable {
    const MOMENTS: [&str; 6] = ["start", "picked", "end", "due", "departs", "done"];
    let mut fields: Vec<Field> = table.schema.fields().iter().map(|f| f.as_ref().clone()).collect();
    let mut batches: Vec<Vec<ArrayRef>> = table.batches.iter().map(|b| b.columns().to_vec()).collect();
    for (n, field) in fields
        .iter_mut()
        .enumerate()
        .filter(|(_, f)| MOMENTS.contains(&f.name().as_str()))
    {
        let made: Option<Vec<ArrayRef>> = batches.iter().map(|columns| moments(&columns[n], zone)).collect();
        if let Some(made) = made {
            let kind = DataType::Timestamp(TimeUnit::Second, Some(zone.into()));
            *field = Field::new(field.name(), kind, true);
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
    match batches.collect::<Result<_, _>>() {
        Ok(batches) => ArrowTable { schema, batches },
        Err(_) => table,
    }
}

/// Texts as instants; `None` where one of them is none.
fn moments(array: &ArrayRef, zone: &str) -> Option<ArrayRef> {
    let texts = array.as_string_opt::<i32>()?;
    let instants: Result<Vec<Option<i64>>, _> = texts
        .iter()
        .map(|text| {
            text.map(|text| text.parse::<Moment>().map(|moment| moment.0))
                .transpose()
        })
        .collect();
    Some(Arc::new(TimestampSecondArray::from(instants.ok()?).with_timezone(zone)))
}

/// Prices with the column of the date, which the file has only where there is one.
pub(crate) fn dated(table: ArrowTable) -> ArrowTable {
    const DATE: &str = "available_from";
    if table.schema.field_with_name(DATE).is_ok() {
        return table;
    }
    let mut fields: Vec<Field> = table.schema.fields().iter().map(|f| f.as_ref().clone()).collect();
    fields.push(Field::new(DATE, DataType::Date32, true));
    let schema = Arc::new(Schema::new(fields));
    let batches = table.batches.iter().map(|batch| {
        let mut columns = batch.columns().to_vec();
        columns.push(new_null_array(&DataType::Date32, batch.num_rows()));
        RecordBatch::try_new(Arc::clone(&schema), columns)
    });
    match batches.collect::<Result<_, _>>() {
        Ok(batches) => ArrowTable { schema, batches },
        Err(_) => table,
    }
}
