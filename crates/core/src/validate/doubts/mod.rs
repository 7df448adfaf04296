//! What is valid and yet seldom meant: a zone without prices, an id with a blank at its end, a line that nothing can ship. Each
//! is a warning, because the input has a meaning all the same.
//!
//! All of it is linear in the rows. What concerns texts looks at each distinct text once.

mod network;
mod parcels;
mod postcodes;
mod reach;
mod sales;
mod texts;
mod twins;
mod unservable;

use jiff::Timestamp;

use super::context::Context;
use super::defined::Defined;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, GroupKey};
use crate::index::{Idx as _, LineIdx, OrderIdx, ServiceIdx};
use crate::model::{Problem, Table};

/// Warns of what the draft shows.
pub(super) fn check(context: &mut Context<'_>, services: &Defined<ServiceIdx>, now: Option<&Timestamp>) {
    texts::check(context);
    twins::check(context);
    sales::check(context, now);
    postcodes::check(context);
    network::check(context, services);
}

/// The numbers of the rows of orders and lines.
pub(super) struct Rows {
    pub orders: Vec<u32>,
    pub lines: Vec<u32>,
}

/// Warns of what only the problem as a whole shows.
pub(super) fn check_problem(problem: &Problem, rows: &Rows, found: &mut Diagnostics) {
    unservable::check(problem, rows, found);
    parcels::check(problem, rows, found);
}

impl Rows {
    /// A warning of a line, in a group of its code, field and subject.
    fn warn_line(
        &self,
        (problem, found): (&Problem, &mut Diagnostics),
        (code, field, subject): (Code, &'static str, u32),
        line: LineIdx,
        message: impl FnOnce() -> String,
    ) {
        let key = GroupKey {
            code,
            table: Table::Lines.name(),
            field: Some(field),
            subject,
        };
        let row = self.lines.get(line.get()).copied().unwrap_or_default();
        let order = problem.lines()[line].order;
        found.group(key, crate::diagnostic::KEPT_OF_A_GROUP, || {
            Diagnostic::new(code, key.table, message())
                .in_row(row)
                .in_field(field)
                .of_order(Some(problem.order_id(order).to_owned()))
        });
    }

    /// A warning of an order, in a group of its code.
    fn warn_order(
        &self,
        (problem, found): (&Problem, &mut Diagnostics),
        code: Code,
        order: OrderIdx,
        message: impl FnOnce() -> String,
    ) {
        let field = "order_id";
        let key = GroupKey {
            code,
            table: Table::Orders.name(),
            field: Some(field),
            subject: 0,
        };
        let row = self.orders.get(order.get()).copied().unwrap_or_default();
        found.group(key, crate::diagnostic::KEPT_OF_A_GROUP, || {
            Diagnostic::new(code, key.table, message())
                .in_row(row)
                .in_field(field)
                .of_order(Some(problem.order_id(order).to_owned()))
        });
    }
}
