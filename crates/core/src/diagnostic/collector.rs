//! Collecting diagnostics with bounded memory: a file of a million faulty rows is reported, not copied.
//!
//! What rows give by the million is collected in groups of one code, table and field: the first few in full, and the number of
//! the others. So one column of faults never hides those of another.

use super::{Code, Diagnostic, Severity};

/// How many errors, and how many warnings, are kept; further ones are counted, but for the first [`KEPT_OF_A_GROUP`] of a group.
pub const MAX_KEPT: usize = 1_000;
/// How many warnings of a group are kept in full, and how many diagnostics of a group a text for people shows.
pub const KEPT_OF_A_GROUP: u64 = 3;
/// How many errors of a group are kept in full.
pub const ERRORS_KEPT_OF_A_GROUP: u64 = 100;

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
    /// Of each in the list its group.
    groups: Vec<Option<usize>>,
    more: u64,
}

impl Kept {
    /// Adds one, or counts it where there are enough and it is not to be kept in any case; its position where it was added.
    fn push(&mut self, diagnostic: Diagnostic, group: Option<usize>, in_any_case: bool) -> Option<usize> {
        if in_any_case || self.list.len() < MAX_KEPT {
            self.list.push(diagnostic);
            self.groups.push(group);
            Some(self.list.len() - 1)
        } else {
            self.more += 1 + diagnostic.more;
            None
        }
    }
}

/// What the diagnostics of a group have in common.
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

/// Diagnostics that have a key in common.
#[derive(Clone, Debug)]
struct Group {
    key: GroupKey,
    severity: Severity,
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
        self.keep(diagnostic, None, false);
    }

    fn keep(&mut self, mut diagnostic: Diagnostic, group: Option<usize>, in_any_case: bool) -> Option<usize> {
        if self.options.strict {
            diagnostic.severity = Severity::Error;
        }
        if self.leaves_out(&diagnostic) {
            self.of_orders.push(diagnostic);
            return None;
        }
        self.kept(diagnostic.severity).push(diagnostic, group, in_any_case)
    }

    /// Whether a diagnostic leaves an order out.
    fn leaves_out(&self, diagnostic: &Diagnostic) -> bool {
        let is_error = self.options.strict || diagnostic.severity == Severity::Error;
        is_error && self.options.skip_bad_orders && diagnostic.order.is_some()
    }

    const fn kept(&mut self, severity: Severity) -> &mut Kept {
        match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        }
    }

    /// Adds an error of a column, or of the rows of a table, to its group: the first [`ERRORS_KEPT_OF_A_GROUP`] are kept in full.
    pub fn of_column(
        &mut self,
        code: Code,
        table: &'static str,
        field: Option<&'static str>,
        make: impl FnOnce() -> Diagnostic,
    ) {
        let subject = 0;
        let key = GroupKey {
            code,
            table,
            field,
            subject,
        };
        self.group(key, ERRORS_KEPT_OF_A_GROUP, make);
    }

    /// Adds a diagnostic to its group; `make` is called only where it is kept in full, as the first `most` are. What leaves
    /// orders out is always kept.
    pub fn group(&mut self, key: GroupKey, most: u64, make: impl FnOnce() -> Diagnostic) {
        let is_error = self.options.strict || key.code.severity() == Severity::Error;
        if !(is_error && self.options.skip_bad_orders) {
            return self.add(key, most, make);
        }
        let diagnostic = make();
        if self.leaves_out(&diagnostic) {
            self.push(diagnostic);
        } else {
            self.add(key, most, || diagnostic);
        }
    }

    fn add(&mut self, key: GroupKey, most: u64, make: impl FnOnce() -> Diagnostic) {
        let known = self.groups.iter().position(|group| group.key == key);
        let at = known.unwrap_or_else(|| {
            let severity = if self.options.strict {
                Severity::Error
            } else {
                key.code.severity()
            };
            self.groups.push(Group {
                key,
                severity,
                kept: 0,
                most,
                last: None,
            });
            self.groups.len() - 1
        });
        let Group { severity, kept, .. } = self.groups[at];
        let is_first = kept < KEPT_OF_A_GROUP.min(most);
        if is_first || (kept < most && self.kept(severity).list.len() < MAX_KEPT) {
            let last = self.keep(make(), Some(at), is_first);
            let group = &mut self.groups[at];
            (group.kept, group.last) = (group.kept + 1, last);
        } else {
            self.add_to_group(at, 1);
        }
    }

    /// Counts so many further ones of a group.
    fn add_to_group(&mut self, at: usize, count: u64) {
        let Group { severity, last, .. } = self.groups[at];
        let kept = self.kept(severity);
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

    /// Adds all of `other`, counts included. Groups of the same key become one.
    pub fn append(&mut self, other: Self) {
        self.of_orders.extend(other.of_orders);
        for (severity, kept) in [(Severity::Error, other.errors), (Severity::Warning, other.warnings)] {
            self.kept(severity).more += kept.more;
            for (diagnostic, group) in kept.list.into_iter().zip(kept.groups) {
                let Some(group) = group.and_then(|group| other.groups.get(group)) else {
                    self.push(diagnostic);
                    continue;
                };
                let more = diagnostic.more;
                self.group(group.key, group.most, || Diagnostic { more: 0, ..diagnostic });
                let at = self.groups.iter().position(|known| known.key == group.key);
                if let Some(at) = at.filter(|_| more > 0) {
                    self.add_to_group(at, more);
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

    /// Errors of two columns in each row, as pieces of so many rows.
    fn of_columns(rows: u32, piece: usize) -> Vec<(Option<&'static str>, Option<u64>, u64)> {
        let mut whole = Diagnostics::new();
        for piece in (0..rows).collect::<Vec<_>>().chunks(piece) {
            let mut found = Diagnostics::new();
            for &row in piece {
                for field in ["lat", "lon"] {
                    found.of_column(Code::NOT_A_DECIMAL, "orders", Some(field), || {
                        let diagnostic = Diagnostic::new(Code::NOT_A_DECIMAL, "orders", "");
                        diagnostic.in_field(field).in_row(row)
                    });
                }
            }
            whole.append(found);
        }
        let list = whole.into_sorted(|d| (d.field, d.row));
        list.iter().map(|d| (d.field, d.row, d.more)).collect()
    }

    #[test]
    fn errors_of_one_column_do_not_hide_those_of_another() {
        let whole = of_columns(5_000, 5_000);
        assert_eq!(whole.len() as u64, 2 * ERRORS_KEPT_OF_A_GROUP);
        assert_eq!(whole[99], (Some("lat"), Some(99), 4_900));
        assert_eq!(whole[199], (Some("lon"), Some(99), 4_900));
        for piece in [1, 7, 99, 100, 101, 1_000] {
            assert_eq!(of_columns(5_000, piece), whole, "pieces of {piece}");
        }
    }

    #[test]
    fn the_first_of_a_column_are_kept_however_much_else_there_is() {
        let mut found = Diagnostics::new();
        for _ in 0..2 * MAX_KEPT {
            found.push(Diagnostic::new(Code::DUPLICATE_ID, "items", ""));
        }
        for _ in 0..10 {
            found.of_column(Code::BAD_DATE, "orders", Some("deliver_by"), || {
                Diagnostic::new(Code::BAD_DATE, "orders", "")
            });
        }
        let list = found.into_sorted(|d| d.table);
        let kept: Vec<_> = list.iter().filter(|d| d.table == "orders").map(|d| d.more).collect();
        assert_eq!(kept, [0, 0, 7]);
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
