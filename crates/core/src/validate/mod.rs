//! From draft to problem: every diagnostic, never only the first.
//!
//! One file per table, and `amounts` for what only the whole shows. What a table defines is judged where it is defined;
//! what refers to it is judged where it refers. Where rows of a table could not be read, nothing is said to be missing
//! from it: one fault does not cause others. Floors are judged by [`check_floors`] in the same manner.

mod amounts;
mod build;
mod carriers;
mod context;
mod defined;
pub(crate) mod floor;
mod lines;
mod nodes;
mod orders;
mod quotes;
mod settings;
mod stock;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Draft, Problem, Table};
use context::Context;

pub use context::{MAX_ID, MAX_TRANSIT_DAYS};
pub use floor::{CheckedFloors, check_floors};

/// A valid problem and what was noticed on the way.
#[derive(Debug)]
pub struct Checked {
    /// The problem.
    pub problem: Problem,
    /// Warnings; never errors.
    pub warnings: Vec<Diagnostic>,
}

/// Checks a draft and makes the problem that it describes.
///
/// # Errors
/// All errors and warnings, in the order of tables and rows, where there is at least one error.
pub fn check(draft: Draft) -> Result<Checked, Vec<Diagnostic>> {
    let skipped = Table::ALL.into_iter().find(|&table| !draft.is_whole(table));
    let (problem, mut found) = judge(draft);
    if let Some(table) = skipped.filter(|_| !found.has_errors()) {
        found.push(Diagnostic::new(
            Code::ROWS_SKIPPED,
            table.name(),
            "rows of the table were left out",
        ));
    }
    let list = sorted(found);
    match problem {
        Some(problem) => Ok(Checked {
            problem,
            warnings: list,
        }),
        None => Err(list),
    }
}

/// Checks a draft; what was found, in no particular order, and the problem, unless there is an error or a row was skipped:
/// who skipped it has the error.
pub(crate) fn judge(draft: Draft) -> (Option<Problem>, Diagnostics) {
    let mut context = Context::new(&draft);
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
    let mut found = context.finish();
    if found.has_errors() || !Table::ALL.into_iter().all(|table| draft.is_whole(table)) {
        return (None, found);
    }
    let order_rows: Vec<u32> = draft.orders.iter().map(|row| row.number).collect();
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
    amounts::check(&parts, &order_rows, &mut found);
    let problem = (!found.has_errors()).then(|| Problem::new(parts));
    (problem, found)
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
