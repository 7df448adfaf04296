//! From draft to problem: every diagnostic, never only the first.
//!
//! One file per table, and `amounts` for what only the whole shows; `doubts` are warnings of what is valid and seldom meant. What
//! a table defines is judged where it is defined; what refers to it is judged where it refers. Where rows of a table could not be
//! read, nothing is said to be missing from it: one fault does not cause others. Floors are judged by [`check_floors`] in the same
//! manner.

mod amounts;
mod build;
mod carriers;
mod context;
mod defined;
mod doubts;
pub(crate) mod floor;
mod fold;
mod leave_out;
mod lines;
mod nodes;
mod orders;
mod places;
mod quotes;
mod settings;
mod stock;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Draft, Problem, Table};
use context::Context;

pub use crate::diagnostic::CheckOptions;
pub use context::{MAX_ID, MAX_TRANSIT_DAYS};
pub use floor::{CheckedFloors, check_floors};
pub(crate) use leave_out::{Place, by_order, refused, settle};
pub(crate) use settings::timezone;

/// A valid problem and what was noticed on the way.
#[derive(Debug)]
pub struct Checked {
    /// The problem. Orders that were left out of it are told by [`Problem::left_out`].
    pub problem: Problem,
    /// Warnings; never errors.
    pub warnings: Vec<Diagnostic>,
}

/// Checks a draft and makes the problem that it describes.
///
/// # Errors
/// All errors and warnings, in the order of tables and rows, where there is at least one error.
pub fn check(draft: Draft) -> Result<Checked, Vec<Diagnostic>> {
    check_with(draft, CheckOptions::default())
}

/// The same with options: warnings as errors, orders with errors left out.
///
/// # Errors
/// As [`check`]; and where every order would be left out.
pub fn check_with(draft: Draft, options: CheckOptions) -> Result<Checked, Vec<Diagnostic>> {
    settle(draft, Diagnostics::with(options), &Place::Nowhere, |_| ()).map(|((), checked)| checked)
}

/// Checks a draft; what was found, in no particular order, and the problem, unless there is an error or a row was skipped:
/// who skipped it has the error.
pub(crate) fn judge(draft: Draft, options: CheckOptions) -> (Option<Problem>, Diagnostics) {
    let mut context = Context::new(&draft, options);
    let now = settings::check(&mut context);
    let nodes = nodes::check(&mut context, now.as_ref());
    let skus = stock::check_items(&mut context);
    stock::check(&mut context, &nodes.defined, &skus);
    let orders = orders::check(&mut context, &nodes.defined);
    let lines = lines::check(&mut context, &orders, &skus, &nodes.defined);
    lines::check_exclusions(&mut context, &orders, &nodes.defined, &lines);
    let services = carriers::check_services(&mut context);
    carriers::check_lanes(&mut context, &services, &nodes.defined);
    carriers::check_rates(&mut context, &services);
    quotes::check(&mut context, &orders, &nodes.defined);
    places::check(&mut context);
    doubts::check(&mut context, &services, now.as_ref());
    let mut found = context.finish();
    let is_whole = Table::ALL.into_iter().all(|table| draft.is_whole(table));
    if found.has_errors() || found.leaves_orders_out() || !is_whole {
        return (None, found);
    }
    let rows = doubts::Rows {
        orders: draft.orders.iter().map(|row| row.number).collect(),
        lines: lines.sorted.iter().map(|&n| draft.lines[n as usize].number).collect(),
    };
    let parts = build::parts(
        draft,
        &build::Maps {
            nodes,
            skus,
            orders,
            services,
            lines,
        },
    );
    amounts::check(&parts, &rows.orders, &mut found);
    if found.has_errors() || found.leaves_orders_out() {
        return (None, found);
    }
    let problem = Problem::new(parts);
    doubts::check_problem(&problem, &rows, &mut found);
    let is_sound = !found.has_errors() && !found.leaves_orders_out();
    (is_sound.then_some(problem), found)
}

/// What was found by table, then row; what concerns a table as a whole stands before its rows.
pub(crate) fn sorted(found: Diagnostics) -> Vec<Diagnostic> {
    let place = |table: &str| Table::ALL.iter().position(|t| t.name() == table);
    found.into_sorted(|d| {
        let at = d.location.as_ref().map(|at| (at.line, at.column));
        (d.code == Code::MORE_DIAGNOSTICS, place(d.table), d.row, at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SettingsInput;

    #[test]
    fn a_draft_that_lacks_rows_makes_no_problem() {
        let settings = SettingsInput {
            name: "empty".to_owned(),
            currency: "EUR".to_owned(),
            now: "2026-03-03T10:30:00Z".to_owned(),
            ..SettingsInput::default()
        };
        let mut draft = Draft::new(settings);
        assert!(check(draft.clone()).is_ok());
        draft.skip_row(Table::Stock);
        assert_eq!(check(draft).unwrap_err()[0].code, Code::ROWS_SKIPPED);
    }
}
