//! Reading a table in pieces: several are parsed at once while earlier ones are put together. What comes out, rows, ids
//! and diagnostics, is the same as row by row.
//!
//! A CSV file is cut between records. Where no quote is near, that is after any line feed; near quotes the scanner of the
//! reader tells. What is not well formed is left to the reader, together with all that follows it. A Parquet file comes in
//! row groups.

use std::io::{Cursor, Read};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::cells::Cells;
use super::column::Schema;
use super::csv::Reader;
use super::files::FileReader;
use super::rows::add_row;
use super::scan::{Scan, scan};
use super::source::Source;
use super::table::{Header, MAX_ROWS, Opened, open, read_rows, too_many_rows};
use crate::diagnostic::{CheckOptions, Diagnostics};
use crate::model::{Draft, Table};

/// Bytes of a piece of a CSV file.
pub(crate) const PIECE: usize = 1 << 20;

/// What was read of a piece.
struct Parsed {
    draft: Draft,
    found: Diagnostics,
    rows: u32,
}

/// Reads a table into a draft, on the current rayon pool. Returns whether the header could be used; if not, there were no
/// rows. Once the flag is set, the rows that are left are skipped.
pub(crate) fn read_into(
    draft: &mut Draft,
    from: Source<'_>,
    table: Table,
    schema: &Schema,
    found: &mut Diagnostics,
    piece: usize,
    abandoned: &AtomicBool,
) -> bool {
    let wanted = || !abandoned.load(Ordering::Relaxed);
    match open(from, schema, found) {
        Ok(Opened::Csv(reader, header)) => {
            let mut cutter = Cutter::new(reader, piece);
            let options = found.options();
            let parse = |piece| parse_csv(piece, &header, table, schema, options);
            in_rounds(
                || cutter.next().filter(|_| wanted()),
                parse,
                &mut Whole { draft, found, rows: 0 },
                schema,
            );
            true
        }
        #[cfg(feature = "parquet")]
        Ok(Opened::Parquet(parquet)) => {
            let mut groups = parquet.groups().into_iter();
            let options = found.options();
            let parse = |group: super::parquet::Group| {
                let (mut draft, mut found) = (Draft::default(), Diagnostics::with(options));
                let each = &mut |cells: Option<Cells<'_, '_>>| add_row(&mut draft, table, cells);
                parquet.read(group, schema, &mut found, each);
                // Its diagnostics know their rows already.
                Parsed { draft, found, rows: 0 }
            };
            in_rounds(
                || groups.next().filter(|_| wanted()),
                parse,
                &mut Whole { draft, found, rows: 0 },
                schema,
            );
            true
        }
        #[cfg(feature = "arrow")]
        Ok(Opened::Memory(memory)) => {
            let mut slices = memory.slices().into_iter();
            let options = found.options();
            let parse = |slice: super::arrow::Slice| {
                let (mut draft, mut found) = (Draft::default(), Diagnostics::with(options));
                let each = &mut |cells: Option<Cells<'_, '_>>| add_row(&mut draft, table, cells);
                memory.read(slice, schema, &mut found, each);
                Parsed { draft, found, rows: 0 }
            };
            in_rounds(
                || slices.next().filter(|_| wanted()),
                parse,
                &mut Whole { draft, found, rows: 0 },
                schema,
            );
            true
        }
        Err(fine) => fine,
    }
}

/// What is put together.
struct Whole<'a> {
    draft: &'a mut Draft,
    found: &'a mut Diagnostics,
    rows: u32,
}

impl Whole<'_> {
    /// Adds what was read of the next piece; false where the table has too many rows.
    fn add(&mut self, parsed: Parsed, schema: &Schema) -> bool {
        let Some(rows) = self.rows.checked_add(parsed.rows).filter(|rows| *rows <= MAX_ROWS) else {
            self.found.push(too_many_rows(schema));
            return false;
        };
        self.draft.append(parsed.draft);
        self.found.append(parsed.found.after_rows(self.rows));
        self.rows = rows;
        true
    }
}

/// Parses as many pieces at once as the pool has threads, while those of the round before are put together.
fn in_rounds<P: Send>(
    mut next: impl FnMut() -> Option<P>,
    parse: impl Fn(P) -> Parsed + Sync,
    whole: &mut Whole<'_>,
    schema: &Schema,
) {
    let width = rayon::current_num_threads();
    let mut before: Vec<Parsed> = Vec::new();
    loop {
        let pieces: Vec<P> = std::iter::from_fn(&mut next).take(width).collect();
        if pieces.is_empty() && before.is_empty() {
            return;
        }
        let (parsed, fits) = rayon::join(
            || pieces.into_par_iter().map(&parse).collect(),
            || before.drain(..).all(|parsed| whole.add(parsed, schema)),
        );
        if !fits {
            return;
        }
        before = parsed;
    }
}

fn parse_csv(
    piece: Piece<FileReader>,
    header: &Header,
    table: Table,
    schema: &Schema,
    options: CheckOptions,
) -> Parsed {
    let (mut draft, mut found) = (Draft::default(), Diagnostics::with(options));
    let each = &mut |cells: Option<Cells<'_, '_>>| add_row(&mut draft, table, cells);
    let bytes = Cursor::new(piece.bytes);
    let rows = match piece.rest {
        None => read_rows(
            &mut Reader::resume(bytes, piece.line, header.separator),
            header,
            schema,
            &mut found,
            each,
        ),
        Some(rest) => {
            let mut reader = Reader::resume(bytes.chain(rest), piece.line, header.separator);
            read_rows(&mut reader, header, schema, &mut found, each)
        }
    };
    Parsed { draft, found, rows }
}

/// Whole records of a CSV file.
pub(crate) struct Piece<R> {
    pub bytes: Vec<u8>,
    /// Line on which the first begins.
    pub line: u64,
    /// All that follows, where that cannot be cut.
    pub rest: Option<R>,
}

/// Cuts a CSV file into pieces.
pub(crate) struct Cutter<R> {
    /// What was read but not handed out.
    bytes: Vec<u8>,
    source: Option<R>,
    line: u64,
    separator: u8,
    size: usize,
}

impl<R: Read> Cutter<R> {
    /// Goes on where a reader is, after a well-formed record.
    pub(crate) fn new(reader: Reader<R>, size: usize) -> Self {
        let separator = reader.separator();
        let (bytes, source, line) = reader.into_rest();
        Self {
            bytes,
            source: Some(source),
            line,
            separator,
            size: size.max(1),
        }
    }

    /// The next piece.
    pub(crate) fn next(&mut self) -> Option<Piece<R>> {
        let mut source = self.source.take()?;
        let mut bytes = std::mem::take(&mut self.bytes);
        let line = self.line;
        let wanted = self.size.saturating_sub(bytes.len()) as u64;
        let read = source.by_ref().take(wanted).read_to_end(&mut bytes);
        if matches!(read, Ok(n) if (n as u64) < wanted) {
            let rest = None;
            return Some(Piece { bytes, line, rest }).filter(|piece| !piece.bytes.is_empty());
        }
        let cut = if read.is_ok() { cut(&bytes, self.separator) } else { 0 };
        if cut == 0 {
            let rest = Some(source);
            return Some(Piece { bytes, line, rest });
        }
        self.bytes = bytes.split_off(cut);
        self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        self.source = Some(source);
        let rest = None;
        Some(Piece { bytes, line, rest })
    }
}

/// Where the last whole record of some bytes ends; 0 where the reader has to find out.
fn cut(bytes: &[u8], separator: u8) -> usize {
    if memchr::memchr(b'"', bytes).is_none() {
        return memchr::memrchr(b'\n', bytes).map_or(0, |n| n + 1);
    }
    let (mut at, mut spans, mut unescaped) = (0, Vec::new(), Vec::new());
    loop {
        match scan(&bytes[at..], separator, false, &mut spans, &mut unescaped) {
            Scan::Record { used, .. } => at += used,
            Scan::More => return at,
            Scan::Fault { .. } => return 0,
        }
    }
}
