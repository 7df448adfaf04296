//! Collecting diagnostics with bounded memory: a file of a million faulty rows is reported, not copied.
//!
//! Warnings that rows give by the million are collected in groups of one code, table and field: the first few in full, and the
//! number of the others.

use super::{Code, Diagnostic, Severity};

/// How many errors, and how many warnings, are kept; further ones are counted.
pub const MAX_KEPT: usize = 1_000;
/// How many warnings of a group are kept in full.
pub const KEPT_OF_A_GROUP: u64 = 3;

/// How what is wrong with an input is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CheckOptions {
    /// Warnings are errors.
    pub strict: bool,
    /// An error of an order leaves the order out; only other errors make the input unusable.
    pub skip_bad_orders: bool,
}

/// Diagnostics in the order in which they were found: the first [`MAX_KEPT`] errors and as many warnings, and the number
/// of the others. Errors that leave an order out are kept without a limit, so that none is lost.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    options: CheckOptions,
    errors: Kept,
    warnings: Kept,
    of_orders: Vec<Diagnostic>,
    groups: Vec<Group>,
}

/// Those of one severity.
#[derive(Clone, Debug, Default)]
struct Kept {
    list: Vec<Diagnostic>,
    more: u64,
}

impl Kept {
    /// Adds one, or counts it; its position where it was added.
    fn push(&mut self, diagnostic: Diagnostic) -> Option<usize> {
        if self.list.len() < MAX_KEPT {
            self.list.push(diagnostic);
            Some(self.list.len() - 1)
        } else {
            self.more += 1 + diagnostic.more;
            None
        }
    }
}

/// What the warnings of a group have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupKey {
    /// Their code.
    pub code: Code,
    /// Their table.
    pub table: &'static str,
    /// Their field.
    pub field: Option<&'static str>,
    /// Tells apart several groups of these, such as one for each reason; 0 where there is one.
    pub subject: u32,
}

/// Warnings that have a key in common.
#[derive(Clone, Debug)]
struct Group {
    key: GroupKey,
    /// How many are kept.
    kept: u64,
    /// How many may be kept.
    most: u64,
    /// Position of the last kept one.
    last: Option<usize>,
}

impl Diagnostics {
    /// Nothing found so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing found so far, to be judged by these options.
    #[must_use]
    pub fn with(options: CheckOptions) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// How what is found is judged.
    #[must_use]
    pub const fn options(&self) -> CheckOptions {
        self.options
    }

    /// Adds a diagnostic, or counts it where enough of its severity are kept.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.keep(diagnostic);
    }

    fn keep(&mut self, mut diagnostic: Diagnostic) -> Option<usize> {
        if self.options.strict {
            diagnostic.severity = Severity::Error;
        }
        match diagnostic.severity {
            Severity::Error if self.options.skip_bad_orders && diagnostic.order.is_some() => {
                self.of_orders.push(diagnostic);
                None
            }
            Severity::Error => self.errors.push(diagnostic),
            Severity::Warning => self.warnings.push(diagnostic),
        }
    }

    /// Adds a warning to its group; `make` is called only where it is kept in full, as the first
    /// `most` are. Where warnings are errors that leave orders out, each is kept.
    pub fn group(&mut self, key: GroupKey, most: u64, make: impl FnOnce() -> Diagnostic) {
        if self.options.strict && self.options.skip_bad_orders {
            return self.push(make());
        }
        let known = self.groups.iter().position(|group| group.key == key);
        let at = known.unwrap_or_else(|| {
            let (kept, last) = (0, None);
            self.groups.push(Group { key, kept, most, last });
            self.groups.len() - 1
        });
        if self.groups[at].kept < self.groups[at].most {
            let last = self.keep(make());
            let group = &mut self.groups[at];
            (group.kept, group.last) = (group.kept + 1, last);
        } else {
            self.add_to_group(at, 1);
        }
    }

    /// Counts so many further ones of a group.
    fn add_to_group(&mut self, at: usize, count: u64) {
        let last = self.groups[at].last;
        let kept = if self.options.strict {
            &mut self.errors
        } else {
            &mut self.warnings
        };
        match last.and_then(|last| kept.list.get_mut(last)) {
            Some(last) => last.more += count,
            None => kept.more += count,
        }
    }

    /// Whether there is an error among them, beside those that leave orders out.
    #[must_use]
    pub const fn has_errors(&self) -> bool {
        !self.errors.list.is_empty()
    }

    /// Takes out the errors that leave orders out.
    pub fn take_of_orders(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.of_orders)
    }

    /// Whether there are errors that leave orders out.
    #[must_use]
    pub const fn leaves_orders_out(&self) -> bool {
        !self.of_orders.is_empty()
    }

    /// Adds all of `other`, counts included. Groups of the same key become one where there is one of their code, table and
    /// field.
    pub fn append(&mut self, other: Self) {
        self.errors.more += other.errors.more;
        self.warnings.more += other.warnings.more;
        self.of_orders.extend(other.of_orders);
        for diagnostic in other.errors.list.into_iter().chain(other.warnings.list) {
            let key = GroupKey {
                code: diagnostic.code,
                table: diagnostic.table,
                field: diagnostic.field,
                subject: 0,
            };
            match other.groups.iter().find(|group| group.key == key) {
                None => self.push(diagnostic),
                Some(group) => {
                    let more = diagnostic.more;
                    self.group(key, group.most, || Diagnostic { more: 0, ..diagnostic });
                    let at = self.groups.iter().position(|group| group.key == key);
                    if let Some(at) = at.filter(|_| more > 0) {
                        self.add_to_group(at, more);
                    }
                }
            }
        }
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
        self.errors
            .list
            .iter_mut()
            .chain(&mut self.warnings.list)
            .chain(&mut self.of_orders)
    }

    /// All that is kept, sorted by `key`; those with equal keys stay in the order in which they were found, errors first.
    /// Where some were only counted, a last warning says how many.
    #[must_use]
    pub fn into_sorted<K: Ord>(self, key: impl Fn(&Diagnostic) -> K) -> Vec<Diagnostic> {
        let (errors, warnings) = (self.errors.more, self.warnings.more);
        let mut list = self.errors.list;
        list.extend(self.warnings.list);
        list.sort_by_key(key);
        if errors + warnings > 0 {
            let message = format!("{errors} more errors and {warnings} more warnings are not listed");
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

    const KEY: GroupKey = GroupKey {
        code: Code::UNUSUAL_COUNTRY,
        table: "orders",
        field: Some("country"),
        subject: 0,
    };

    /// As many warnings of one group, in rows that rise.
    fn grouped(options: CheckOptions, rows: std::ops::Range<u32>) -> Diagnostics {
        let mut found = Diagnostics::with(options);
        for row in rows {
            found.group(KEY, KEPT_OF_A_GROUP, || {
                Diagnostic::new(KEY.code, KEY.table, "")
                    .in_field("country")
                    .in_row(row)
                    .of_order(Some(row.to_string()))
            });
        }
        found
    }

    #[test]
    fn a_group_is_three_and_a_number_however_it_is_put_together() {
        for cut in 0..=20 {
            let mut found = grouped(CheckOptions::default(), 0..cut);
            found.append(grouped(CheckOptions::default(), cut..20));
            let list = found.into_sorted(|d| d.row);
            let rows: Vec<_> = list.iter().map(|d| (d.row, d.more, d.severity)).collect();
            let warning = |row, more| (Some(row), more, Severity::Warning);
            assert_eq!(rows, [warning(0, 0), warning(1, 0), warning(2, 17)], "{cut}");
        }
    }

    #[test]
    fn strict_makes_errors_and_those_of_orders_are_all_kept() {
        let strict = CheckOptions {
            strict: true,
            ..CheckOptions::default()
        };
        let found = grouped(strict, 0..2_000);
        assert!(found.has_errors());
        let list = found.into_sorted(|d| d.row);
        assert_eq!(
            (list.len(), list[2].more, list[0].severity),
            (3, 1_997, Severity::Error)
        );

        let skipping = CheckOptions {
            skip_bad_orders: true,
            ..strict
        };
        let mut found = grouped(skipping, 0..2_000);
        assert!(!found.has_errors());
        assert_eq!(found.take_of_orders().len(), 2_000);
    }
}
