//! A strict, streaming CSV reader with borrowed cells, bounded memory and positions.
//!
//! RFC 4180 with LF or CRLF line ends and an optional byte order mark; blank lines are skipped; the file is UTF-8. What
//! the RFC does not allow is a [`Fault`], after which reading goes on at the next line, so that all faults of a file are
//! found. The `csv` crate, with which tables are written, does none of three things needed here: it has no limit on the
//! size of a record, so one unclosed quote takes the rest of a file into memory; it knows the position of records, not of
//! cells; and it accepts every input, a stray quote too.
//!
//! A record is scanned inside one reused buffer that grows to the largest record allowed and no further. Scanning a
//! record is a pure function of the bytes ([`scan`]), so how a file is cut into reads cannot change what is read.

use std::io::{ErrorKind, Read};

use super::scan::{Scan, Span, scan};
use crate::diagnostic::Code;

/// Largest record in bytes, without its line end.
pub const MAX_RECORD: usize = 1 << 20;
/// Largest cell in bytes, without its quotes.
pub const MAX_FIELD: usize = 64 << 10;
/// First size of the buffer.
const BUFFER: usize = 128 << 10;
/// Most columns of a header; more would be read, but each unknown one is reported with its place.
pub const MAX_COLUMNS: usize = 1_024;
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Where something stands: line and column from 1, column and length in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub line: u64,
    pub column: u64,
    pub length: u64,
}

impl Position {
    /// A line as a whole.
    pub(crate) const fn line(line: u64) -> Self {
        Self {
            line,
            column: 0,
            length: 0,
        }
    }
}

/// What is wrong with the syntax of a record, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub code: Code,
    pub position: Position,
}

/// Why there is no record.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// The record is not well formed; the next call goes on after it.
    Fault(Fault),
    /// The source failed; there is no going on.
    Io(std::io::Error),
}

/// One record: its cells, borrowed from the reader.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'r> {
    raw: &'r str,
    unescaped: &'r str,
    spans: &'r [Span],
    line: u64,
}

impl<'r> Record<'r> {
    /// Whether it has several cells, and there is nothing in any of them.
    pub(crate) fn is_empty(&self) -> bool {
        self.spans.first().is_some_and(|span| span.start == span.end)
            && self.spans.len() > 1
            && self.spans.iter().all(|span| span.start == span.end)
    }

    /// How many cells it has.
    pub(crate) const fn len(&self) -> usize {
        self.spans.len()
    }

    /// A cell without its quotes; empty past the last.
    pub(crate) fn get(&self, cell: usize) -> &'r str {
        let Some(span) = self.spans.get(cell) else { return "" };
        let text = if span.escaped { self.unescaped } else { self.raw };
        text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Line on which it begins.
    pub(crate) const fn line(&self) -> u64 {
        self.line
    }

    /// Where a cell stands, quotes included.
    pub(crate) fn position(&self, cell: usize) -> Position {
        let (start, end) = self
            .spans
            .get(cell)
            .map_or((self.raw.len(), self.raw.len()), |s| s.raw(self.raw));
        let mut position = place(self.raw.as_bytes(), start, self.line);
        position.length = self.raw.get(start..end).map_or(0, |t| t.chars().count() as u64);
        position
    }
}

/// The first cell of a record with a fault at this byte, if the cell ends before it and holds no quote of its own.
fn first_cell(record: &[u8], separator: u8, fault: usize) -> Option<String> {
    let sound = &record[..fault.min(record.len())];
    let cell = match sound.strip_prefix(b"\"") {
        None => &sound[..memchr::memchr(separator, sound)?],
        Some(quoted) => {
            let end = memchr::memchr(b'"', quoted)?;
            (quoted.get(end + 1) == Some(&separator)).then_some(&quoted[..end])?
        }
    };
    std::str::from_utf8(cell).ok().map(str::to_owned)
}

/// The text of bytes in Windows-1252, which is Latin-1 and more: every byte is a character.
fn windows_1252(bytes: &[u8]) -> String {
    const FROM_80: [char; 32] = [
        '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}',
        '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}', '\u{2019}',
        '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}',
        '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
    ];
    let character = |&byte: &u8| match byte {
        0x80..=0x9f => FROM_80[usize::from(byte - 0x80)],
        byte => char::from(byte),
    };
    bytes.iter().map(character).collect()
}

/// Line and column of the byte at `offset` of a record that begins on `line`. Bytes need not be UTF-8.
fn place(record: &[u8], offset: usize, line: u64) -> Position {
    let before = &record[..offset.min(record.len())];
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |n| n + 1);
    let lines = memchr::memchr_iter(b'\n', before).count() as u64;
    // A character is one byte that does not continue another.
    let column = before[line_start..].iter().filter(|b| **b & 0xC0 != 0x80).count() as u64 + 1;
    Position {
        line: line + lines,
        column,
        length: 1,
    }
}

/// Reads the records of one file; see the [module](self) page.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is an independent state of reading")]
pub(crate) struct Reader<R> {
    source: R,
    /// What parts cells: a comma, or what a faulty file has in its place.
    separator: u8,
    buffer: Vec<u8>,
    /// First byte not yet used.
    start: usize,
    /// End of what was read.
    end: usize,
    /// The source has no more.
    at_end: bool,
    /// Whether the start of the file was looked at for a byte order mark.
    began: bool,
    /// The rest of the line belongs to a faulty record.
    skip_line: bool,
    /// A quote was not closed within the largest record: nothing after it can be trusted.
    given_up: bool,
    line: u64,
    spans: Vec<Span>,
    unescaped: Vec<u8>,
    /// The first cell of the last faulty record, where it ends before the fault.
    first: Option<String>,
    /// The last record if it was not UTF-8, as [`reread`](Self::reread) gives it.
    foreign: Option<(String, u64)>,
}

impl<R: Read> Reader<R> {
    /// A reader at the start of a file.
    pub(crate) fn new(source: R) -> Self {
        Self::with_capacity(source, BUFFER)
    }

    /// A reader whose buffer begins with this size, at least 1.
    pub(crate) fn with_capacity(source: R, capacity: usize) -> Self {
        Self {
            source,
            separator: b',',
            buffer: vec![0; capacity.max(1)],
            start: 0,
            end: 0,
            at_end: false,
            began: false,
            skip_line: false,
            given_up: false,
            line: 1,
            spans: Vec::new(),
            unescaped: Vec::new(),
            first: None,
            foreign: None,
        }
    }

    /// The same, whose cells another byte parts.
    pub(crate) fn parted_by(self, separator: u8) -> Self {
        Self { separator, ..self }
    }

    /// The first cell of the last faulty record, where it ends before the fault.
    pub(crate) fn first_of_fault(&mut self) -> Option<String> {
        self.first.take()
    }

    /// The record that was refused last because it is not UTF-8, its bytes taken for Windows-1252: so all else that is wrong
    /// with its cells can be told too.
    pub(crate) fn reread(&mut self) -> Option<Record<'_>> {
        let (text, line) = self.foreign.as_ref()?;
        match scan(
            text.as_bytes(),
            self.separator,
            true,
            &mut self.spans,
            &mut self.unescaped,
        ) {
            Scan::Record { length, .. } if length == text.len() => Some(Record {
                raw: text,
                unescaped: std::str::from_utf8(&self.unescaped).ok()?,
                spans: &self.spans,
                line: *line,
            }),
            _ => None,
        }
    }

    /// The beginning of the file, without a byte order mark, as far as a buffer holds it.
    pub(crate) fn beginning(&mut self) -> std::io::Result<&[u8]> {
        self.begin()?;
        if self.start == self.end && !self.at_end {
            self.fill()?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    /// A reader in the midst of a file, where a record begins on this line.
    pub(crate) fn resume(source: R, line: u64, separator: u8) -> Self {
        Self {
            began: true,
            line,
            ..Self::new(source).parted_by(separator)
        }
    }

    /// What parts cells.
    pub(crate) const fn separator(&self) -> u8 {
        self.separator
    }

    /// What is left of a file after a well-formed record: bytes that were read ahead, the source, and the line.
    pub(crate) fn into_rest(mut self) -> (Vec<u8>, R, u64) {
        self.buffer.truncate(self.end);
        self.buffer.drain(..self.start);
        (self.buffer, self.source, self.line)
    }

    /// Bytes of the buffer.
    #[cfg(test)]
    pub(crate) const fn capacity(&self) -> usize {
        self.buffer.len()
    }

    /// The next record; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Record<'_>>, ReadError> {
        self.foreign = None;
        self.begin().map_err(ReadError::Io)?;
        if self.given_up {
            return Ok(None);
        }
        if self.skip_line {
            self.finish_line().map_err(ReadError::Io)?;
        }
        let (length, used, line) = loop {
            let bytes = &self.buffer[self.start..self.end];
            if bytes.is_empty() && self.at_end {
                return Ok(None);
            }
            match scan(bytes, self.separator, self.at_end, &mut self.spans, &mut self.unescaped) {
                Scan::More => self.fill().map_err(ReadError::Io)?,
                Scan::Record { length: 0, used, .. } => self.advance(used, 1),
                Scan::Record { length, used, lines } => break (length, used, lines),
                Scan::Fault { code, at } => return Err(self.fault(code, at)),
            }
        };
        self.check_fields(length, used, line)?;
        self.record(length, used, line)
    }

    fn record(&mut self, length: usize, used: usize, lines: u64) -> Result<Option<Record<'_>>, ReadError> {
        let (start, line) = (self.start, self.line);
        self.advance(used, lines);
        let bytes = &self.buffer[start..start + length];
        let mut bad = |at: usize| {
            self.first = first_cell(bytes, self.separator, at);
            self.foreign = Some((windows_1252(bytes), line));
            ReadError::Fault(Fault {
                code: Code::INVALID_UTF8,
                position: place(bytes, at, line),
            })
        };
        let raw = std::str::from_utf8(bytes).map_err(|e| bad(e.valid_up_to()))?;
        // Made of whole pieces of `raw` between quotes, so it is UTF-8 where `raw` is.
        let unescaped = std::str::from_utf8(&self.unescaped).map_err(|_| bad(0))?;
        Ok(Some(Record {
            raw,
            unescaped,
            spans: &self.spans,
            line,
        }))
    }

    /// Refuses a record with a cell above the limit; reading goes on after the record.
    fn check_fields(&mut self, length: usize, used: usize, lines: u64) -> Result<(), ReadError> {
        if length <= MAX_FIELD {
            return Ok(());
        }
        let Some(span) = self.spans.iter().find(|s| (s.end - s.start) as usize > MAX_FIELD) else {
            return Ok(());
        };
        let (bytes, at) = (&self.buffer[self.start..self.end], span.raw_start as usize);
        let position = place(bytes, at, self.line);
        self.first = first_cell(bytes, self.separator, at);
        self.advance(used, lines);
        Err(ReadError::Fault(Fault {
            code: Code::FIELD_TOO_LONG,
            position,
        }))
    }

    /// A fault at an offset of the current record; what follows it on its line is skipped. After a quote that is not closed
    /// within the largest record the file ends here: what is inside the quote and what is not can only be guessed, and a
    /// large file should fail fast.
    ///
    /// No file makes this slow. A record that is given up far from its start leaves the quotes of each line after that
    /// start in pairs, so none of those lines can begin another such record.
    fn fault(&mut self, code: Code, at: usize) -> ReadError {
        let bytes = &self.buffer[self.start..self.end];
        let position = place(bytes, at, self.line);
        // What stands inside a quote that is not closed may be rows of other orders.
        self.first = first_cell(bytes, self.separator, at).filter(|_| code != Code::UNCLOSED_QUOTE);
        self.start += at;
        self.line = position.line;
        self.skip_line = true;
        self.given_up = code == Code::UNCLOSED_QUOTE && !self.at_end;
        ReadError::Fault(Fault { code, position })
    }

    const fn advance(&mut self, used: usize, lines: u64) {
        self.start += used;
        self.line += lines;
    }

    /// Drops everything up to and including the next line feed.
    fn finish_line(&mut self) -> std::io::Result<()> {
        loop {
            if let Some(n) = memchr::memchr(b'\n', &self.buffer[self.start..self.end]) {
                self.advance(n + 1, 1);
                break;
            }
            self.start = self.end;
            if self.at_end {
                break;
            }
            self.fill()?;
        }
        self.skip_line = false;
        Ok(())
    }

    /// Skips the byte order mark.
    fn begin(&mut self) -> std::io::Result<()> {
        while !self.began {
            let bytes = &self.buffer[..self.end];
            if bytes.len() >= BOM.len() || self.at_end {
                self.start = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
                self.began = true;
            } else {
                self.fill()?;
            }
        }
        Ok(())
    }

    /// Makes room and reads more; doubles the buffer where one record fills it. The scanner needs no more than the
    /// largest record and its line end, so the buffer stays below twice that.
    fn fill(&mut self) -> std::io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            self.buffer.resize(2 * self.end, 0);
        }
        let before = self.end;
        while self.end < self.buffer.len() {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => {
                    self.at_end = true;
                    break;
                }
                Ok(n) => self.end += n,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if self.end == before => return Err(e),
                // What came before the failure is used first; the next call meets the failure again.
                Err(_) => break,
            }
        }
        Ok(())
    }
}
