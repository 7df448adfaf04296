//! What the checks of all tables of a floor share: the draft, the problem, what was found, and the range of each kind of cell.

use std::ops::RangeInclusive;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::index::{NodeIdx, Sym};
use crate::model::Problem;
use crate::model::floor::{FloorDraft, FloorTable};
use crate::quantity::{MAX_COUNT, MAX_MEASURE};
use crate::validate::MAX_ID;
use crate::validate::context::shown;

/// The draft and what was found in it so far.
pub(super) struct FloorContext<'d> {
    pub draft: &'d FloorDraft,
    pub problem: &'d Problem,
    found: Diagnostics,
}

impl<'d> FloorContext<'d> {
    pub(super) fn new(draft: &'d FloorDraft, problem: &'d Problem) -> Self {
        Self {
            draft,
            problem,
            found: Diagnostics::new(),
        }
    }

    pub(super) fn finish(self) -> Diagnostics {
        self.found
    }

    /// Reports a problem of one cell.
    pub(super) fn report(
        &mut self,
        code: Code,
        table: FloorTable,
        row: u32,
        field: &'static str,
        message: impl Into<String>,
    ) {
        let diagnostic = Diagnostic::new(code, table.name(), message);
        self.found.push(diagnostic.in_row(row).in_field(field));
    }

    /// Reports a problem of a key of the settings: of those of all nodes, or of the n-th node that has its own.
    pub(super) fn report_setting(
        &mut self,
        code: Code,
        of: Option<u32>,
        field: &'static str,
        message: impl Into<String>,
    ) {
        let diagnostic = Diagnostic::new(code, FloorTable::Settings.name(), message).in_field(field);
        self.found.push(match of {
            Some(n) => diagnostic.in_row(n),
            None => diagnostic,
        });
    }

    /// A text of the draft.
    pub(super) fn text(&self, text: Sym) -> &'d str {
        self.draft.texts.text(text)
    }

    /// A whole number within its range.
    pub(super) fn integer(
        &mut self,
        table: FloorTable,
        row: u32,
        field: &'static str,
        value: Option<i64>,
        range: RangeInclusive<i64>,
    ) {
        if value.is_some_and(|value| !range.contains(&value)) {
            self.report(Code::OUT_OF_RANGE, table, row, field, outside(&range));
        }
    }

    /// A count from 1 to [`MAX_COUNT`].
    pub(super) fn count(&mut self, table: FloorTable, row: u32, field: &'static str, value: Option<u32>) {
        self.integer(table, row, field, value.map(i64::from), 1..=MAX_COUNT.into());
    }

    /// Grams or cubic centimetres of a capacity.
    pub(super) fn measure(&mut self, table: FloorTable, row: u32, field: &'static str, value: Option<i64>) {
        self.integer(table, row, field, value, 1..=MAX_MEASURE * 1_000);
    }

    /// An id that is given and not too long.
    pub(super) fn id(&mut self, table: FloorTable, row: u32, field: &'static str, id: Sym) {
        let id = self.text(id);
        if id.is_empty() {
            self.report(Code::MISSING_VALUE, table, row, field, "the id is empty");
        } else if id.len() > MAX_ID {
            let message = format!("the id has {} bytes, more than {MAX_ID}", id.len());
            self.report(Code::ID_TOO_LONG, table, row, field, message);
        }
    }

    /// The node that a row is of.
    pub(super) fn node(&mut self, table: FloorTable, row: u32, id: Sym) -> Option<NodeIdx> {
        let node = self.problem.node_ids().find(self.text(id));
        if node.is_none() {
            self.unknown(table, row, "node_id", "node", self.text(id));
        }
        node
    }

    /// An id that names nothing.
    pub(super) fn unknown(&mut self, table: FloorTable, row: u32, field: &'static str, what: &str, id: &str) {
        let message = format!("there is no {what} {}", shown(id));
        self.report(Code::UNKNOWN_REFERENCE, table, row, field, message);
    }
}

/// What a number out of range should be.
pub(super) fn outside(range: &RangeInclusive<i64>) -> String {
    format!("must be from {} to {}", range.start(), range.end())
}
