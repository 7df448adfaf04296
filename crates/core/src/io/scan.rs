//! The state machine of the CSV reader: from bytes to the cells of one record, or to what is wrong with it.

use super::csv::{MAX_FIELD, MAX_RECORD};
use crate::diagnostic::Code;

/// Where a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// Start of its content: in the record, or in the unescaped text.
    pub start: u32,
    /// End of its content.
    pub end: u32,
    /// Start in the record, opening quote included.
    pub raw_start: u32,
    /// It held doubled quotes, and is in the unescaped text.
    pub escaped: bool,
}

impl Span {
    /// Start and end in the record, quotes included.
    pub(crate) fn raw(self, record: &str) -> (usize, usize) {
        let start = self.raw_start as usize;
        let quoted = record.as_bytes().get(start) == Some(&b'"');
        if !quoted {
            return (start, self.end as usize);
        }
        let mut rest = record
            .as_bytes()
            .get(start + 1..)
            .unwrap_or(&[])
            .iter()
            .enumerate()
            .peekable();
        while let Some((n, &byte)) = rest.next() {
            if byte == b'"' && rest.next_if(|(_, next)| **next == b'"').is_none() {
                return (start, start + n + 2);
            }
        }
        (start, record.len())
    }
}

/// What the bytes hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scan {
    /// The end of the record is not among the bytes.
    More,
    /// A record.
    Record {
        /// Bytes without the line end; 0 = a blank line.
        length: usize,
        /// Bytes with it.
        used: usize,
        /// Line feeds in it.
        lines: u64,
    },
    /// The record is not well formed, seen at this byte.
    Fault { code: Code, at: usize },
}

/// Scans the record that begins with `bytes`, whose cells a separator parts and after which the file has nothing if `at_end`. Fills
/// `spans` with its cells, and `unescaped` with the content of those that held doubled quotes.
pub(crate) fn scan(bytes: &[u8], separator: u8, at_end: bool, spans: &mut Vec<Span>, unescaped: &mut Vec<u8>) -> Scan {
    spans.clear();
    unescaped.clear();
    // A record that does not end here is too long, however much of the file has been read.
    let view = &bytes[..bytes.len().min(MAX_RECORD + 2)];
    let at_end = at_end && view.len() == bytes.len();
    let found = match memchr::memchr3(b'\n', b'"', b'\r', view) {
        Some(at) if view[at] == b'"' => Quoted {
            view,
            separator,
            at_end,
            spans,
            unescaped,
        }
        .scan(),
        Some(at) => line_end(view, at, at_end),
        None => open_end(view, 0, at_end),
    };
    match found {
        Scan::Record { length, .. } if length > MAX_RECORD => Scan::Fault {
            code: Code::RECORD_TOO_LONG,
            at: 0,
        },
        Scan::Record { length, .. } => {
            if spans.is_empty() {
                split(&view[..length], separator, spans);
            }
            found
        }
        Scan::More if view.len() == MAX_RECORD + 2 => Scan::Fault {
            code: Code::RECORD_TOO_LONG,
            at: 0,
        },
        other => other,
    }
}

/// A record that ends with the bytes, if the file does.
const fn open_end(view: &[u8], lines: u64, at_end: bool) -> Scan {
    if at_end {
        Scan::Record {
            length: view.len(),
            used: view.len(),
            lines,
        }
    } else {
        Scan::More
    }
}

/// A record that ends at a line feed or carriage return.
fn line_end(view: &[u8], at: usize, at_end: bool) -> Scan {
    match (view[at], view.get(at + 1)) {
        (b'\n', _) => Scan::Record {
            length: at,
            used: at + 1,
            lines: 1,
        },
        (_, Some(b'\n')) => Scan::Record {
            length: at,
            used: at + 2,
            lines: 1,
        },
        (_, None) if !at_end => Scan::More,
        _ => Scan::Fault {
            code: Code::STRAY_CARRIAGE_RETURN,
            at,
        },
    }
}

/// The cells of a record without quotes.
fn split(record: &[u8], separator: u8, spans: &mut Vec<Span>) {
    let mut start = 0;
    for end in memchr::memchr_iter(separator, record).chain([record.len()]) {
        spans.push(Span {
            start,
            end: end as u32,
            raw_start: start,
            escaped: false,
        });
        start = end as u32 + 1;
    }
}

/// What follows a cell.
enum After {
    Separator(usize),
    End(Scan),
}

/// A record that holds a quote somewhere.
struct Quoted<'a> {
    view: &'a [u8],
    separator: u8,
    at_end: bool,
    spans: &'a mut Vec<Span>,
    unescaped: &'a mut Vec<u8>,
}

impl Quoted<'_> {
    fn scan(mut self) -> Scan {
        let mut at = 0;
        loop {
            let after = if self.view.get(at) == Some(&b'"') {
                self.quoted(at)
            } else {
                self.plain(at)
            };
            match after {
                After::Separator(end) => at = end + 1,
                After::End(end) => return self.with_lines(end),
            }
        }
    }

    /// Line feeds inside quotes count too.
    fn with_lines(&self, end: Scan) -> Scan {
        let Scan::Record { length, used, .. } = end else {
            return end;
        };
        Scan::Record {
            length,
            used,
            lines: memchr::memchr_iter(b'\n', &self.view[..used]).count() as u64,
        }
    }

    /// A cell that does not begin with a quote.
    fn plain(&mut self, start: usize) -> After {
        let separator = self.separator;
        let special = |b: &u8| *b == separator || matches!(b, b'\n' | b'\r' | b'"');
        let Some(end) = self.view[start..].iter().position(special).map(|n| start + n) else {
            self.push(start, start, self.view.len(), false);
            return After::End(open_end(self.view, 0, self.at_end));
        };
        self.push(start, start, end, false);
        match self.view[end] {
            b if b == separator => After::Separator(end),
            b'"' => After::End(Scan::Fault {
                code: Code::STRAY_QUOTE,
                at: end,
            }),
            _ => After::End(line_end(self.view, end, self.at_end)),
        }
    }

    /// A cell that begins with a quote at `open`.
    fn quoted(&mut self, open: usize) -> After {
        let (mut piece, copied) = (open + 1, self.unescaped.len());
        let mut escaped = false;
        loop {
            let Some(quote) = memchr::memchr(b'"', &self.view[piece..]).map(|n| piece + n) else {
                return After::End(self.unclosed(open));
            };
            if self.view.get(quote + 1) == Some(&b'"') {
                self.unescaped.extend_from_slice(&self.view[piece..=quote]);
                escaped = true;
                piece = quote + 2;
                continue;
            }
            if escaped {
                self.unescaped.extend_from_slice(&self.view[piece..quote]);
                self.push(open, copied, self.unescaped.len(), true);
            } else {
                self.push(open, piece, quote, false);
            }
            return self.after_quote(quote + 1);
        }
    }

    fn after_quote(&self, at: usize) -> After {
        match self.view.get(at) {
            Some(&b) if b == self.separator => After::Separator(at),
            Some(b'\n' | b'\r') => After::End(line_end(self.view, at, self.at_end)),
            Some(_) => After::End(Scan::Fault {
                code: Code::DATA_AFTER_QUOTE,
                at,
            }),
            None => After::End(open_end(self.view, 0, self.at_end)),
        }
    }

    /// The quote is not closed here. At the limit of a record, it is what is wrong where its cell is too long already.
    fn unclosed(&self, open: usize) -> Scan {
        if self.at_end || (self.view.len() == MAX_RECORD + 2 && self.view.len() - open > MAX_FIELD) {
            Scan::Fault {
                code: Code::UNCLOSED_QUOTE,
                at: open,
            }
        } else {
            Scan::More
        }
    }

    fn push(&mut self, raw_start: usize, start: usize, end: usize, escaped: bool) {
        self.spans.push(Span {
            start: start as u32,
            end: end as u32,
            raw_start: raw_start as u32,
            escaped,
        });
    }
}
