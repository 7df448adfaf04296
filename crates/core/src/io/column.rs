//! What a table is called, and which columns of which kind it has.

use super::format::TableFormat;

/// What the cells of a column are. CSV writes all of them as text; in Parquet each kind is a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Ids, words, times of day.
    Text,
    /// Whole numbers.
    Whole,
    /// Decimal numbers of 4 places: money and per cent.
    Money,
    /// Decimal numbers of 9 places.
    Hours,
    /// Coordinates and distances.
    Number,
    /// True or false.
    Truth,
    /// Dates.
    Day,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// Whether the header must have it.
    pub required: bool,
    /// What its cells are.
    #[cfg_attr(not(feature = "arrow"), allow(dead_code, reason = "CSV has no types"))]
    pub kind: Kind,
}

/// A column that the header must have.
pub(crate) const fn needed(name: &'static str, kind: Kind) -> Column {
    let required = true;
    Column { name, required, kind }
}

/// A column that may be left out.
pub(crate) const fn given(name: &'static str, kind: Kind) -> Column {
    let required = false;
    Column { name, required, kind }
}

/// A table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schema {
    /// Name without ending.
    pub name: &'static str,
    /// Whether the directory must have it.
    pub required: bool,
    /// Its columns.
    pub columns: &'static [Column],
}

impl Schema {
    /// Name of the file.
    pub(crate) fn file(&self, format: TableFormat) -> String {
        format!("{}.{format}", self.name)
    }

    /// Position of a column among those of the schema.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}
