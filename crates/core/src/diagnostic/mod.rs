//! One problem of an input or a plan: what is wrong, where, why, and what to do. Plain data.
//!
//! The catalogue of all codes is [`Code::ALL`]; the page `docs/errors.md` is made from it. [`Diagnostics`] collects what
//! is found, with a limit on how much is kept.

mod catalogue;
mod collector;
mod nearest;

use std::fmt;

pub use catalogue::Code;
pub use collector::{CheckOptions, Diagnostics, ERRORS_KEPT_OF_A_GROUP, GroupKey, KEPT_OF_A_GROUP, MAX_KEPT};
pub use nearest::nearest;

/// A text of the input as a message shows it: as it is, but for what cannot be seen, which is escaped.
#[must_use]
pub fn readable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (n, c) in text.chars().enumerate() {
        match c {
            '\'' | '"' | '\\' => shown.push(c),
            // A mark that joins the letter before it is seen.
            c if n > 0 && !c.is_ascii() => shown.extend(format!("a{c}").escape_debug().skip(1)),
            c => shown.extend(c.escape_debug()),
        }
    }
    shown
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Severity {
    /// The input is used all the same.
    Warning,
    /// The input is refused.
    Error,
}

impl Severity {
    /// `warning` or `error`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Where in a file a diagnostic points.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Location {
    /// File name, such as `lines.csv`, relative to the directory that was read.
    pub file: String,
    /// Line, from 1; 0 = the file as a whole.
    pub line: u64,
    /// Column in characters, from 1; 0 = the line as a whole.
    pub column: u64,
    /// Length in characters; 0 = a point.
    pub length: u64,
}

impl Location {
    /// A file as a whole.
    #[must_use]
    pub fn file(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            line: 0,
            column: 0,
            length: 0,
        }
    }
}

/// `lines.csv:12:7`; a line or column of 0 is left out.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        for part in [self.line, self.column].into_iter().take_while(|&part| part > 0) {
            write!(f, ":{part}")?;
        }
        Ok(())
    }
}

/// One problem that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Diagnostic {
    /// What kind of problem.
    pub code: Code,
    /// How bad it is here: that of its code, or an error where [warnings are errors](CheckOptions::strict).
    pub severity: Severity,
    /// Table or file, such as `lines`.
    pub table: &'static str,
    /// Row of the table, from 0 for the first after the header; `None` = no single row.
    pub row: Option<u64>,
    /// Column or key.
    pub field: Option<&'static str>,
    /// What is wrong here, in one sentence. Holds ids where they help, and of other values of the input only how a number, date,
    /// time or truth value is to be written.
    pub message: String,
    /// Where it stands in the file, if it came from one.
    pub location: Option<Location>,
    /// Id of the order that it is of: that of its row, if the row is of an order. Empty where a row of `orders` gives none.
    pub order: Option<String>,
    /// How many more of the same code, table and field were found that are not listed.
    pub more: u64,
}

impl Diagnostic {
    /// A problem of a table as a whole.
    #[must_use]
    pub fn new(code: Code, table: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            table,
            row: None,
            field: None,
            message: message.into(),
            location: None,
            order: None,
            more: 0,
        }
    }

    /// The same problem in one row, from 0 for the first after the header.
    #[must_use]
    pub fn in_row(self, row: u32) -> Self {
        Self {
            row: Some(row.into()),
            ..self
        }
    }

    /// The same problem in one column or key.
    #[must_use]
    pub fn in_field(self, field: &'static str) -> Self {
        Self {
            field: Some(field),
            ..self
        }
    }

    /// The same problem of an order, where it is of one.
    #[must_use]
    pub fn of_order(self, order: Option<String>) -> Self {
        Self { order, ..self }
    }

    /// The same problem at a place in a file.
    #[must_use]
    pub fn at(self, location: Location) -> Self {
        Self {
            location: Some(location),
            ..self
        }
    }
}

/// `E301 lines.csv:12:7 sku: no such SKU`.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.id())?;
        if let Some(at) = &self.location {
            write!(f, " {at}")?;
        } else {
            write!(f, " {}", self.table)?;
            if let Some(row) = self.row {
                write!(f, " row {row}")?;
            }
        }
        if let Some(field) = self.field {
            write!(f, " {field}")?;
        }
        write!(f, ": {}", self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_seen_is_escaped() {
        for (text, shown) in [
            ("O'Neil \"A\" C:\\x", "O'Neil \"A\" C:\\x"),
            ("e\u{301}te\u{301}", "e\u{301}te\u{301}"),
            ("a\tb\u{1b}[31m\0", "a\\tb\\u{1b}[31m\\0"),
            ("\u{301}x\u{202e}", "\\u{301}x\\u{202e}"),
            ("", ""),
        ] {
            assert_eq!(readable(text), shown);
        }
    }
}
