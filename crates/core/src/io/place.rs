//! Lines and columns of a text that is held whole.

use std::ops::Range;

use crate::diagnostic::Location;

/// Line and column of a range of bytes; its length is that of its first line.
pub(crate) fn place(file: &str, text: &str, span: Range<usize>) -> Location {
    let before = text.get(..span.start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |n| n + 1);
    Location {
        file: file.to_owned(),
        line: before.matches('\n').count() as u64 + 1,
        column: before[line_start..].chars().count() as u64 + 1,
        length: text
            .get(span)
            .map_or(1, |t| t.lines().next().unwrap_or("").chars().count() as u64),
    }
}
