//! One problem of an input or a plan: what is wrong, where, why, and what to do. Plain data.
//!
//! The catalogue of all codes is [`Code::ALL`]; the page `docs/errors.md` is made from it.

use std::fmt;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The input is used all the same.
    Warning,
    /// The input is refused.
    Error,
}

/// Where in a file a diagnostic points.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// One problem that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of problem.
    pub code: Code,
    /// Table or file, such as `lines`.
    pub table: &'static str,
    /// Row of the table, from 0 for the first after the header; `None` = no single row.
    pub row: Option<u64>,
    /// Column or key.
    pub field: Option<&'static str>,
    /// What is wrong here, in one sentence. Holds ids where they help, never other values of the input.
    pub message: String,
    /// Where it stands in the file, if it came from one.
    pub location: Option<Location>,
}

/// A kind of problem: stable id and name, cause and remedy.
#[derive(Clone, Copy)]
pub struct Code(&'static Entry);

struct Entry {
    id: &'static str,
    name: &'static str,
    severity: Severity,
    cause: &'static str,
    remedy: &'static str,
}

macro_rules! codes {
    ($($const:ident $id:literal $name:literal $severity:ident $cause:literal $remedy:literal;)*) => {
        impl Code {
            $(
                #[doc = $cause]
                pub const $const: Self =
                    Self(&Entry { id: $id, name: $name, severity: Severity::$severity, cause: $cause, remedy: $remedy });
            )*
            /// The catalogue, by id.
            pub const ALL: &'static [Self] = &[$(Self::$const),*];
        }
    };
}

codes! {
    FILE_MISSING "E101" "file-missing" Error
        "A required file is not in the directory."
        "Add the file; every table but exclusions and quotes is required, if only with its header row.";
    UNKNOWN_REFERENCE "E301" "unknown-reference" Error
        "A row names a node, SKU, order, line or service that its own table does not define."
        "Correct the id, or add the missing row to the table that defines it.";
}

impl Code {
    /// Stable id, such as `E301`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.0.id
    }

    /// Stable name, such as `unknown-reference`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// How bad it is.
    #[must_use]
    pub const fn severity(self) -> Severity {
        self.0.severity
    }

    /// Why it happens.
    #[must_use]
    pub const fn cause(self) -> &'static str {
        self.0.cause
    }

    /// What to do.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        self.0.remedy
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for Code {}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.id, self.0.name)
    }
}

/// `E301 lines.csv:12:7 sku: no such SKU`.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.id())?;
        match &self.location {
            Some(at) => write!(f, " {}:{}:{}", at.file, at.line, at.column)?,
            None => {
                write!(f, " {}", self.table)?;
                if let Some(row) = self.row {
                    write!(f, " row {row}")?;
                }
            }
        }
        if let Some(field) = self.field {
            write!(f, " {field}")?;
        }
        write!(f, ": {}", self.message)
    }
}
