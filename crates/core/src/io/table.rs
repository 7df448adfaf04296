//! A table of a directory: which file it is, its header, and its rows with what is wrong in them.

use std::io::Read;

#[cfg(feature = "arrow")]
use super::arrow::MemoryTable;
use super::cells::{Cells, Row, empty_row, order_of};
use super::column::Schema;
use super::csv::{Fault, MAX_COLUMNS, Position, ReadError, Reader, Record};
use super::files::{FileReader, Files};
use super::format::TableFormat;
#[cfg(feature = "parquet")]
use super::parquet::ParquetTable;
use super::sniff::{Parts, sniff};
use super::source::Source;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location, nearest, readable};
use crate::error::said;

/// Most rows of one table.
pub const MAX_ROWS: u32 = u32::MAX - 1;

/// A table that could be opened.
pub(crate) enum Opened {
    /// A CSV file, its header read.
    Csv(Reader<FileReader>, Header),
    #[cfg(feature = "parquet")]
    Parquet(ParquetTable),
    #[cfg(feature = "arrow")]
    Memory(MemoryTable),
}

/// Which columns of a file are those of the schema.
#[derive(Debug)]
pub(crate) struct Header {
    /// For each column of the schema the column of the file.
    pub places: Vec<Option<usize>>,
    /// Columns of the file.
    pub width: usize,
    /// What parts the cells of a CSV file.
    pub separator: u8,
}

/// Opens a table and checks its header. Without one to read, says whether that is fine: an optional file that is missing.
pub(crate) fn open(from: Source<'_>, schema: &Schema, found: &mut Diagnostics) -> Result<Opened, bool> {
    match from {
        Source::Dir(files) => open_file(files, schema, found),
        #[cfg(feature = "arrow")]
        Source::Memory(tables) => {
            let table = tables.get(schema.name).ok_or(true)?;
            MemoryTable::open(table, schema, found).map(Opened::Memory).ok_or(false)
        }
    }
}

fn open_file(files: &Files, schema: &Schema, found: &mut Diagnostics) -> Result<Opened, bool> {
    let format = format_of(files, schema);
    let name = schema.file(format);
    let report = |code, message: String| Diagnostic::new(code, schema.name, message).at(Location::file(&name));
    if format == TableFormat::Parquet && files.get(&schema.file(TableFormat::Csv)).is_some() {
        let message = format!("there is {} too", schema.file(TableFormat::Csv));
        found.push(report(Code::TWO_FILES, message));
        return Err(false);
    }
    let file = match files.get(&name) {
        Some(Ok(file)) => file,
        Some(Err(e)) => {
            found.push(report(Code::FILE_UNREADABLE, said(e)));
            return Err(false);
        }
        None => {
            if schema.required {
                found.push(report(Code::FILE_MISSING, "the file is missing".to_owned()));
            }
            return Err(!schema.required);
        }
    };
    match format {
        TableFormat::Csv => {
            let mut reader = Reader::new(file.reader(0));
            if let Some(other) = reader.beginning().ok().and_then(|bytes| sniff(bytes, schema)) {
                found.push(report(other.code, other.message));
                // Cells that something else parts are read all the same, to tell at once what else is wrong with them.
                let Some(Parts { separator, is_told }) = other.parts else {
                    return Err(false);
                };
                reader = reader.parted_by(separator);
                if is_told {
                    // The line that tells it is none of the table.
                    let _ = reader.next();
                }
            }
            let header = header(&mut reader, schema, found).ok_or(false)?;
            Ok(Opened::Csv(reader, header))
        }
        #[cfg(feature = "parquet")]
        TableFormat::Parquet => ParquetTable::open(file, schema, found)
            .map(Opened::Parquet)
            .ok_or(false),
        #[cfg(not(feature = "parquet"))]
        TableFormat::Parquet => {
            found.push(report(
                Code::BAD_PARQUET,
                "this program was built without Parquet".to_owned(),
            ));
            Err(false)
        }
    }
}

/// In which format a table is there; CSV where it is missing.
fn format_of(files: &Files, schema: &Schema) -> TableFormat {
    if files.get(&schema.file(TableFormat::Parquet)).is_some() {
        TableFormat::Parquet
    } else {
        TableFormat::Csv
    }
}

/// The table's file as a whole.
pub(crate) fn file_location(files: &Files, schema: &Schema) -> Location {
    Location::file(&schema.file(format_of(files, schema)))
}

/// Reads a table: opens it, checks the header, and hands over each row. A row that is not well formed is handed over as
/// `None`. Returns whether the header could be used; if not, there were no rows.
pub(crate) fn read_table(
    from: Source<'_>,
    schema: &Schema,
    found: &mut Diagnostics,
    mut each: impl FnMut(Option<Cells<'_, '_>>),
) -> bool {
    match open(from, schema, found) {
        Ok(Opened::Csv(mut reader, header)) => {
            read_rows(&mut reader, &header, schema, found, &mut each);
            true
        }
        #[cfg(feature = "parquet")]
        Ok(Opened::Parquet(table)) => {
            for group in table.groups() {
                table.read(group, schema, found, &mut each);
            }
            true
        }
        #[cfg(feature = "arrow")]
        Ok(Opened::Memory(table)) => {
            for slice in table.slices() {
                table.read(slice, schema, found, &mut each);
            }
            true
        }
        Err(fine) => fine,
    }
}

/// Hands over each further row of a CSV file, and returns how many there were.
pub(crate) fn read_rows<R: Read>(
    reader: &mut Reader<R>,
    header: &Header,
    schema: &Schema,
    found: &mut Diagnostics,
    each: &mut impl FnMut(Option<Cells<'_, '_>>),
) -> u32 {
    let Header { places, width, .. } = header;
    let mut number = 0;
    loop {
        let next = reader.next();
        if number == MAX_ROWS && !matches!(next, Ok(None)) {
            found.push(too_many_rows(schema));
            return number;
        }
        match next {
            Ok(None) => return number,
            Ok(Some(record)) if record.is_empty() => {
                let line = record.line();
                empty_row(schema, found, number, || {
                    schema.location(TableFormat::Csv, Position::line(line))
                });
                continue;
            }
            Ok(Some(record)) if record.len() == *width => {
                each(Some(Cells::new(Row::Csv(record), number, places, schema, found)));
            }
            Ok(Some(record)) => {
                let cells = if record.len() == 1 { "cell" } else { "cells" };
                found.of_column(Code::CELL_COUNT, schema.name, None, || {
                    let hint = decimal_commas(&record, *width);
                    let message = format!("the row has {} {cells}, the header has {width}{hint}", record.len());
                    let order = named(places, schema, || Some(record.get(0).to_owned()));
                    let diagnostic = Diagnostic::new(Code::CELL_COUNT, schema.name, message);
                    let place = Position::line(record.line());
                    at(diagnostic.in_row(number).of_order(order), schema, place)
                });
                each(None);
            }
            Err(ReadError::Fault(fault)) => {
                let mut first = reader.first_of_fault();
                let reread = reader.reread();
                if let Some(record) = reread {
                    first = Some(record.get(0).to_owned());
                }
                found.of_column(fault.code, schema.name, None, || {
                    let order = named(places, schema, || first);
                    syntax(fault, schema).in_row(number).of_order(order)
                });
                match reread.filter(|record| record.len() == *width) {
                    Some(record) => each(Some(Cells::new(Row::Csv(record), number, places, schema, found))),
                    None => each(None),
                }
            }
            Err(ReadError::Io(e)) => {
                found.push(unreadable(&e, schema));
                each(None);
                return number + 1;
            }
        }
        number += 1;
    }
}

/// The order that a row is of which is not well formed: named by its first cell, which alone is surely where it should be.
fn named(places: &[Option<usize>], schema: &Schema, first: impl FnOnce() -> Option<String>) -> Option<String> {
    let first = (places.first() == Some(&Some(0))).then(first).flatten();
    order_of(schema, &first.unwrap_or_default())
}

/// What is perhaps wrong with a row of too many cells, as the end of a message: each number with a decimal comma is two cells.
fn decimal_commas(record: &Record<'_>, width: usize) -> &'static str {
    let is_number = |cell: usize| {
        let text = record.get(cell);
        let digits = text.strip_prefix('-').unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let pairs = (1..record.len()).filter(|&cell| is_number(cell - 1) && is_number(cell));
    if record.len() > width && pairs.count() >= record.len() - width {
        ": a decimal comma? write a point"
    } else {
        ""
    }
}

pub(crate) fn too_many_rows(schema: &Schema) -> Diagnostic {
    Diagnostic::new(Code::TOO_MANY_ROWS, schema.name, format!("more than {MAX_ROWS} rows"))
}

/// Where rows stand: for each wanted (row, column), in rising order of rows, the position of the cell.
pub(crate) fn locate(
    files: &Files,
    schema: &Schema,
    wanted: &[(u32, Option<&'static str>)],
    place: impl FnMut(usize, Location),
) {
    let mut ignored = Diagnostics::new();
    match open_file(files, schema, &mut ignored) {
        Ok(Opened::Csv(mut reader, header)) => locate_csv(&mut reader, &header, schema, wanted, place),
        #[cfg(feature = "parquet")]
        Ok(Opened::Parquet(table)) => {
            let mut place = place;
            for (n, &(row, field)) in wanted.iter().enumerate() {
                place(
                    n,
                    schema.location(TableFormat::Parquet, table.position(schema, row, field)),
                );
            }
        }
        _ => {}
    }
}

fn locate_csv(
    reader: &mut Reader<FileReader>,
    header: &Header,
    schema: &Schema,
    wanted: &[(u32, Option<&'static str>)],
    mut place: impl FnMut(usize, Location),
) {
    let (mut number, mut next) = (0, 0);
    while next < wanted.len() {
        let record = match reader.next() {
            Ok(None) | Err(ReadError::Io(_)) => return,
            Ok(Some(record)) if record.is_empty() => continue,
            Ok(Some(record)) => Some(record),
            Err(ReadError::Fault(_)) => reader.reread(),
        };
        while let Some((_, field)) = wanted.get(next).filter(|(row, _)| *row == number) {
            if let Some(record) = record {
                let cell = field
                    .and_then(|f| schema.position(f))
                    .and_then(|column| header.places[column]);
                place(next, schema.location(TableFormat::Csv, Row::Csv(record).position(cell)));
            }
            next += 1;
        }
        number += 1;
    }
}

/// Reads the header; `None` where it cannot be used.
fn header<R: Read>(reader: &mut Reader<R>, schema: &Schema, found: &mut Diagnostics) -> Option<Header> {
    let separator = reader.separator();
    let record = match reader.next() {
        Ok(Some(record)) => record,
        Ok(None) => {
            let message = "the file has no header row";
            let whole = Location::file(&schema.file(TableFormat::Csv));
            found.push(Diagnostic::new(Code::NO_HEADER, schema.name, message).at(whole));
            return None;
        }
        Err(ReadError::Fault(fault)) => {
            found.push(syntax(fault, schema));
            reader.reread()?
        }
        Err(ReadError::Io(e)) => {
            found.push(unreadable(&e, schema));
            return None;
        }
    };
    let row = Row::Csv(record);
    let names: Vec<&str> = (0..record.len()).map(|cell| record.get(cell)).collect();
    let header = columns(&names, schema, found, &|cell| {
        schema.location(TableFormat::Csv, row.position(cell))
    });
    header.map(|header| Header { separator, ..header })
}

/// Finds the columns of a schema among those of a file; `None` where they cannot be used. `place` tells where a column
/// stands, and without one where the header stands.
pub(crate) fn columns(
    names: &[&str],
    schema: &Schema,
    found: &mut Diagnostics,
    place: &dyn Fn(Option<usize>) -> Location,
) -> Option<Header> {
    let report = |code, message: String, cell| Diagnostic::new(code, schema.name, message).at(place(cell));
    if names.len() > MAX_COLUMNS {
        let message = format!("the header has {} columns, more than {MAX_COLUMNS}", names.len());
        found.push(report(Code::TOO_MANY_COLUMNS, message, None));
        return None;
    }
    let mut places = vec![None; schema.columns.len()];
    let mut good = true;
    // Of each unknown name the column that was perhaps meant: one that the header has not.
    let absent: Vec<&str> = schema
        .columns
        .iter()
        .map(|c| c.name)
        .filter(|name| !names.contains(name))
        .collect();
    let meant: Vec<Option<&str>> = names
        .iter()
        .map(|name| nearest(name, absent.iter().copied()).filter(|_| schema.position(name).is_none()))
        .collect();
    for (cell, name) in names.iter().enumerate() {
        match schema.position(name) {
            None => {
                let hint = meant[cell].map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
                let message = format!("unknown column {}{hint}", shown(name));
                let code = if hint.is_empty() {
                    Code::UNKNOWN_COLUMN
                } else {
                    Code::MISSPELT_COLUMN
                };
                found.push(report(code, message, Some(cell)));
            }
            Some(column) if places[column].is_some() => {
                let message = format!("column {name} is given twice");
                found.push(report(Code::DUPLICATE_COLUMN, message, Some(cell)));
                good = false;
            }
            Some(column) => places[column] = Some(cell),
        }
    }
    for (column, place) in schema.columns.iter().zip(&places) {
        if column.required && place.is_none() {
            let there = names.iter().zip(&meant).find(|(_, meant)| **meant == Some(column.name));
            let hint = there.map_or_else(String::new, |(name, _)| {
                format!("; did you mean it by {}?", shown(name))
            });
            let message = format!("column {} is missing{hint}", column.name);
            found.push(report(Code::MISSING_COLUMN, message, None).in_field(column.name));
            good = false;
        }
    }
    good.then_some(Header {
        places,
        width: names.len(),
        separator: b',',
    })
}

/// A name from the file as a message shows it: escaped, and cut where it is long.
pub(crate) fn shown(name: &str) -> String {
    const LONGEST: usize = 64;
    let cut: String = name.chars().take(LONGEST).collect();
    let dots = if cut.len() < name.len() { "..." } else { "" };
    format!("`{}{dots}`", readable(&cut))
}

fn at(diagnostic: Diagnostic, schema: &Schema, position: Position) -> Diagnostic {
    diagnostic.at(schema.location(TableFormat::Csv, position))
}

fn unreadable(error: &std::io::Error, schema: &Schema) -> Diagnostic {
    Diagnostic::new(Code::FILE_UNREADABLE, schema.name, said(error)).at(Location::file(&schema.file(TableFormat::Csv)))
}

fn syntax(fault: Fault, schema: &Schema) -> Diagnostic {
    let message = match fault.code.name() {
        "invalid-utf8" => "not UTF-8 here, but perhaps Windows-1252 (Latin-1): save the file as UTF-8",
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
