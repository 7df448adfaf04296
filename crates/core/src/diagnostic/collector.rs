//! Collecting diagnostics with bounded memory: a file of a million faulty rows is reported, not copied.

use super::{Code, Diagnostic, Severity};

/// How many errors, and how many warnings, are kept; further ones are counted.
pub const MAX_KEPT: usize = 1_000;

/// Diagnostics in the order in which they were found: the first [`MAX_KEPT`] errors and as many warnings, and the number
/// of the others.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
    more_errors: u64,
    more_warnings: u64,
}

impl Diagnostics {
    /// Nothing found so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a diagnostic, or counts it where enough of its severity are kept.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let (kept, more) = match diagnostic.code.severity() {
            Severity::Error => (&mut self.errors, &mut self.more_errors),
            Severity::Warning => (&mut self.warnings, &mut self.more_warnings),
        };
        if kept.len() < MAX_KEPT {
            kept.push(diagnostic);
        } else {
            *more += 1;
        }
    }

    /// Whether there is an error among them.
    #[must_use]
    pub const fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Adds all of `other`, counts included.
    pub fn append(&mut self, other: Self) {
        self.more_errors += other.more_errors;
        self.more_warnings += other.more_warnings;
        other
            .errors
            .into_iter()
            .chain(other.warnings)
            .for_each(|d| self.push(d));
    }

    /// The same, found in rows that follow `rows` others.
    #[must_use]
    pub fn after_rows(mut self, rows: u32) -> Self {
        for diagnostic in self.iter_mut() {
            diagnostic.row = diagnostic.row.map(|row| row + u64::from(rows));
        }
        self
    }

    /// The kept diagnostics, errors first, to complete or change in place.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Diagnostic> {
        self.errors.iter_mut().chain(&mut self.warnings)
    }

    /// All that is kept, sorted by `key`; those with equal keys stay in the order in which they were found, errors first.
    /// Where some were only counted, a last warning says how many.
    #[must_use]
    pub fn into_sorted<K: Ord>(self, key: impl Fn(&Diagnostic) -> K) -> Vec<Diagnostic> {
        let mut list = self.errors;
        list.extend(self.warnings);
        list.sort_by_key(key);
        if self.more_errors + self.more_warnings > 0 {
            let message = format!(
                "{} more errors and {} more warnings are not listed",
                self.more_errors, self.more_warnings
            );
            list.push(Diagnostic::new(Code::MORE_DIAGNOSTICS, "problem", message));
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_kept_though_warnings_came_first() {
        let mut found = Diagnostics::new();
        for _ in 0..MAX_KEPT + 7 {
            found.push(Diagnostic::new(Code::UNKNOWN_COLUMN, "nodes", ""));
        }
        assert!(!found.has_errors());
        found.push(Diagnostic::new(Code::FILE_MISSING, "items", ""));
        assert!(found.has_errors());
        let list = found.into_sorted(|d| d.table);
        assert_eq!((list.len(), list[0].code), (MAX_KEPT + 2, Code::FILE_MISSING));
        assert_eq!(
            list[MAX_KEPT + 1].message,
            "0 more errors and 7 more warnings are not listed"
        );
    }
}
