//! A table of a directory: its file, its header, and its rows cell by cell with what is wrong in them.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::str::FromStr;

use super::csv::{Fault, Position, ReadError, Reader, Record};
use super::decimal;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location};
use crate::quantity::{Date, MAX_COUNT, Money, ParseDecimalError, Percent, TimeOfDay};

/// Most rows of one table.
pub const MAX_ROWS: u32 = u32::MAX - 1;

/// What a table is called, and which columns it has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schema {
    /// Name without ending.
    pub name: &'static str,
    /// Whether the directory must have it.
    pub required: bool,
    /// Name of each column and whether the header must have it.
    pub columns: &'static [(&'static str, bool)],
}

impl Schema {
    /// Name of the file.
    pub(crate) fn file(&self) -> String {
        format!("{}.csv", self.name)
    }
}

/// Where the cells of each column of a schema are in the file.
type Places = Vec<Option<usize>>;

/// Reads a table: opens it, checks the header, and hands over each row. A row that is not well formed is handed over as
/// `None`. Returns whether the header could be used; if not, there were no rows.
pub(crate) fn read_table(
    dir: &Path,
    schema: &Schema,
    found: &mut Diagnostics,
    mut each: impl FnMut(Option<Cells<'_, '_>>),
) -> bool {
    let file = match File::open(dir.join(schema.file())) {
        Ok(file) => file,
        Err(e) => {
            let missing = e.kind() == ErrorKind::NotFound;
            if schema.required || !missing {
                let code = if missing {
                    Code::FILE_MISSING
                } else {
                    Code::FILE_UNREADABLE
                };
                let message = if missing {
                    "the file is missing".to_owned()
                } else {
                    e.kind().to_string()
                };
                found.push(Diagnostic::new(code, schema.name, message).at(Location::file(&schema.file())));
            }
            return missing && !schema.required;
        }
    };
    read_rows(file, schema, found, &mut each)
}

/// Reads a table from any source.
pub(crate) fn read_rows<R: Read>(
    source: R,
    schema: &Schema,
    found: &mut Diagnostics,
    each: &mut impl FnMut(Option<Cells<'_, '_>>),
) -> bool {
    let mut reader = Reader::new(source);
    let Some((places, width)) = header(&mut reader, schema, found) else {
        return false;
    };
    let mut number = 0;
    loop {
        let next = reader.next();
        if number == MAX_ROWS && !matches!(next, Ok(None)) {
            found.push(Diagnostic::new(
                Code::TOO_MANY_ROWS,
                schema.name,
                format!("more than {MAX_ROWS} rows"),
            ));
            return true;
        }
        match next {
            Ok(None) => return true,
            Ok(Some(record)) if record.len() == width => {
                each(Some(Cells {
                    record,
                    places: &places,
                    schema,
                    found,
                    number,
                    ok: true,
                }));
            }
            Ok(Some(record)) => {
                let cells = if record.len() == 1 { "cell" } else { "cells" };
                let message = format!("the row has {} {cells}, the header has {width}", record.len());
                let line = Position {
                    line: record.line(),
                    column: 0,
                    length: 0,
                };
                found.push(at(
                    Diagnostic::new(Code::CELL_COUNT, schema.name, message).in_row(number),
                    schema,
                    line,
                ));
                each(None);
            }
            Err(ReadError::Fault(fault)) => {
                found.push(syntax(fault, schema).in_row(number));
                each(None);
            }
            Err(ReadError::Io(e)) => {
                found.push(unreadable(&e, schema));
                each(None);
                return true;
            }
        }
        number += 1;
    }
}

/// Where rows stand: for each wanted (row, column), in rising order of rows, the position of the cell.
pub(crate) fn locate(
    dir: &Path,
    schema: &Schema,
    wanted: &[(u32, Option<&'static str>)],
    mut place: impl FnMut(usize, Location),
) {
    let mut ignored = Diagnostics::new();
    let (mut number, mut next) = (0, 0);
    let Ok(file) = File::open(dir.join(schema.file())) else {
        return;
    };
    let mut reader = Reader::new(file);
    let Some((places, _)) = header(&mut reader, schema, &mut ignored) else {
        return;
    };
    while next < wanted.len() {
        let record = match reader.next() {
            Ok(None) | Err(ReadError::Io(_)) => return,
            Ok(Some(record)) => Some(record),
            Err(ReadError::Fault(_)) => None,
        };
        while let Some((_, field)) = wanted.get(next).filter(|(row, _)| *row == number) {
            if let Some(record) = &record {
                let column = field.and_then(|f| schema.columns.iter().position(|(name, _)| *name == f));
                let cell = column.and_then(|c| places[c]);
                place(
                    next,
                    location(schema, cell.map_or_else(|| line_of(record), |c| record.position(c))),
                );
            }
            next += 1;
        }
        number += 1;
    }
}

fn line_of(record: &Record<'_>) -> Position {
    Position {
        line: record.line(),
        column: 0,
        length: 0,
    }
}

/// Reads the header; `None` where it cannot be used.
fn header<R: Read>(reader: &mut Reader<R>, schema: &Schema, found: &mut Diagnostics) -> Option<(Places, usize)> {
    let record = match reader.next() {
        Ok(Some(record)) => record,
        Ok(None) => {
            let message = "the file has no header row";
            found.push(Diagnostic::new(Code::NO_HEADER, schema.name, message).at(Location::file(&schema.file())));
            return None;
        }
        Err(ReadError::Fault(fault)) => {
            found.push(syntax(fault, schema));
            return None;
        }
        Err(ReadError::Io(e)) => {
            found.push(unreadable(&e, schema));
            return None;
        }
    };
    let mut places = vec![None; schema.columns.len()];
    let mut good = true;
    for cell in 0..record.len() {
        let name = record.get(cell);
        let report = |code, message| {
            at(
                Diagnostic::new(code, schema.name, message),
                schema,
                record.position(cell),
            )
        };
        match schema.columns.iter().position(|(column, _)| *column == name) {
            None => found.push(report(Code::UNKNOWN_COLUMN, format!("unknown column {}", shown(name)))),
            Some(column) if places[column].is_some() => {
                found.push(report(Code::DUPLICATE_COLUMN, format!("column {name} is given twice")));
                good = false;
            }
            Some(column) => places[column] = Some(cell),
        }
    }
    for (&(name, required), place) in schema.columns.iter().zip(&places) {
        if required && place.is_none() {
            let missing = Diagnostic::new(Code::MISSING_COLUMN, schema.name, format!("column {name} is missing"));
            found.push(at(missing.in_field(name), schema, line_of(&record)));
            good = false;
        }
    }
    good.then_some((places, record.len()))
}

/// A name from the file as a message shows it: escaped, and cut where it is long.
pub(crate) fn shown(name: &str) -> String {
    const LONGEST: usize = 64;
    let cut: String = name.chars().take(LONGEST).collect();
    let dots = if cut.len() < name.len() { "..." } else { "" };
    format!("`{}{dots}`", cut.escape_debug())
}

fn location(schema: &Schema, p: Position) -> Location {
    Location {
        file: schema.file(),
        line: p.line,
        column: p.column,
        length: p.length,
    }
}

fn at(diagnostic: Diagnostic, schema: &Schema, position: Position) -> Diagnostic {
    diagnostic.at(location(schema, position))
}

fn unreadable(error: &std::io::Error, schema: &Schema) -> Diagnostic {
    Diagnostic::new(Code::FILE_UNREADABLE, schema.name, error.kind().to_string()).at(Location::file(&schema.file()))
}

fn syntax(fault: Fault, schema: &Schema) -> Diagnostic {
    let message = match fault.code.name() {
        "invalid-utf8" => "the bytes here are not UTF-8",
        "unclosed-quote" => "the quote that opens here is not closed",
        "stray-quote" => "a quote inside a cell that does not begin with one",
        "data-after-quote" => "data after the closing quote of a cell",
        "stray-carriage-return" => "a carriage return without a line feed",
        "field-too-long" => "the cell is longer than 64 KiB",
        _ => "the row is longer than 1 MiB",
    };
    at(
        Diagnostic::new(fault.code, schema.name, message),
        schema,
        fault.position,
    )
}

/// The cells of one row, read by type. A cell that is not what it should be is reported once, and a harmless value takes
/// its place, so that one fault does not cause others.
pub(crate) struct Cells<'r, 'f> {
    record: Record<'r>,
    places: &'f [Option<usize>],
    schema: &'f Schema,
    found: &'f mut Diagnostics,
    number: u32,
    ok: bool,
}

impl<'r> Cells<'r, '_> {
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
            .map_or("", |cell| self.record.get(cell))
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
        self.ok = false;
        let field = self.schema.columns.get(column).map_or("", |(name, _)| name);
        let position = match self.places.get(column).copied().flatten() {
            Some(cell) => self.record.position(cell),
            None => line_of(&self.record),
        };
        let diagnostic = Diagnostic::new(code, self.schema.name, message)
            .in_row(self.number)
            .in_field(field);
        self.found.push(at(diagnostic, self.schema, position));
    }

    /// Reads the text by `read`; a failure is reported.
    fn parse<T>(&mut self, column: usize, text: &str, read: impl FnOnce(&str) -> Result<T, Bad>) -> Option<T> {
        match read(text) {
            Ok(value) => Some(value),
            Err((code, message)) => {
                self.fault(column, code, message);
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

/// Why a cell cannot be read.
pub(crate) type Bad = (Code, &'static str);

/// `true` or `false`.
pub(crate) fn boolean(text: &str) -> Result<bool, Bad> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err((Code::BAD_BOOLEAN, "neither true nor false")),
    }
}

/// A whole number.
pub(crate) fn integer(text: &str) -> Result<i64, Bad> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err((Code::NOT_AN_INTEGER, "not a whole number"));
    }
    text.parse()
        .map_err(|_| (Code::OUT_OF_RANGE, "the number is far too large"))
}

/// A whole number from 0 to [`MAX_COUNT`].
pub(crate) fn count(text: &str) -> Result<u32, Bad> {
    let n = integer(text)?;
    let fits = u32::try_from(n).ok().filter(|n| *n <= MAX_COUNT);
    fits.ok_or((Code::OUT_OF_RANGE, "must be from 0 to 1,000,000,000"))
}

fn decimal_fault(error: ParseDecimalError) -> Bad {
    match error {
        ParseDecimalError::TooManyDecimals => (Code::TOO_MANY_DECIMALS, "more than 4 decimals"),
        ParseDecimalError::TooLarge => (Code::OUT_OF_RANGE, "the number is far too large"),
        _ => (Code::NOT_A_DECIMAL, "not a decimal number"),
    }
}

/// An amount of money, of either sign.
pub(crate) fn money(text: &str) -> Result<Money, Bad> {
    Money::from_str(text).map_err(decimal_fault)
}

/// A percentage with at most 4 decimals.
pub(crate) fn percent(text: &str) -> Result<Percent, Bad> {
    money(text).map(|m| Percent(m.ten_thousandths()))
}

/// Hours with at most 9 decimals, as nanoseconds.
pub(crate) fn hours(text: &str) -> Result<i64, Bad> {
    decimal::hours(text).map_err(|e| match e {
        ParseDecimalError::TooManyDecimals => (Code::TOO_MANY_DECIMALS, "more than 9 decimals"),
        other => decimal_fault(other),
    })
}

/// A finite number: a coordinate or a distance.
pub(crate) fn number(text: &str) -> Result<f64, Bad> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    let value = text.parse::<f64>().ok().filter(|v| plain && v.is_finite());
    value.ok_or((Code::NOT_A_DECIMAL, "not a decimal number"))
}

/// A date.
pub(crate) fn date(text: &str) -> Result<Date, Bad> {
    Date::from_str(text).map_err(|_| (Code::BAD_DATE, "not a date of the form YYYY-MM-DD"))
}

/// A time of day.
pub(crate) fn time(text: &str) -> Result<TimeOfDay, Bad> {
    TimeOfDay::from_str(text).map_err(|_| (Code::BAD_TIME, "not a time of the form HH:MM"))
}
