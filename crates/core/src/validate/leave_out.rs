//! From a draft to a problem with what is wrong in one list; and, where that is asked for, orders with errors left out, so that
//! one bad row does not stop the others. What is not of an order stops all the same.

use std::collections::{HashMap, HashSet};

use super::{Checked, judge, sorted};
use crate::diagnostic::{CheckOptions, Code, Diagnostic, Diagnostics, Severity};
use crate::model::{Draft, LeftOut, Table};

/// Where the draft came from.
pub(crate) enum Place<'p> {
    /// A program that filled it: what it skipped nobody else knows.
    Nowhere,
    /// A reader, which has an error for each row that it skipped. The function finds the places of what is wrong.
    Read(&'p dyn Fn(&mut Diagnostics)),
}

/// Judges a draft of which this was found already. `keep` takes what it wants of the draft that becomes the problem.
pub(crate) fn settle<T>(
    mut draft: Draft,
    mut found: Diagnostics,
    from: &Place<'_>,
    keep: impl FnOnce(&Draft) -> T,
) -> Result<(T, Checked), Vec<Diagnostic>> {
    let options = found.options();
    let place = |judged: &mut Diagnostics| {
        if let Place::Read(place) = from {
            place(judged);
        }
    };
    let skipped = Table::ALL.into_iter().find(|&table| !draft.is_whole(table));
    let mut left: Vec<Diagnostic> = Vec::new();
    let (kept, problem) = if options.skip_bad_orders {
        loop {
            let new = attributed(&draft, found.take_of_orders(), &mut found);
            // A row that no reader has told of is not forgiven.
            let all_known = matches!(from, Place::Read(_)) && !found.has_errors();
            draft.leave_out(new.iter().filter_map(|d| d.order.as_deref()), all_known);
            let is_first = left.is_empty();
            let progress = !new.is_empty() || is_first;
            left.extend(new);
            let (problem, mut judged) = judge(draft.clone(), options);
            place(&mut judged);
            if !judged.leaves_orders_out() || judged.has_errors() || found.has_errors() || !progress {
                found.append(judged);
                break (keep(&draft), problem);
            }
            // Its warnings are found again in what is left.
            let mut next = Diagnostics::with(options);
            judged.take_of_orders().into_iter().for_each(|d| next.push(d));
            next.append(std::mem::replace(&mut found, Diagnostics::with(options)));
            found = next;
        }
    } else {
        let kept = keep(&draft);
        let (problem, mut judged) = judge(draft, options);
        place(&mut judged);
        found.append(judged);
        (kept, problem)
    };
    let is_empty = |orders: usize| orders == 0 && !left.is_empty();
    match problem {
        Some(mut problem) if !found.has_errors() && !is_empty(problem.orders().len()) => {
            problem.leave_out(by_order(left));
            let warnings = sorted(found);
            Ok((kept, Checked { problem, warnings }))
        }
        problem => {
            let none_found = !found.has_errors() && !found.leaves_orders_out() && left.is_empty();
            if let Some(table) = skipped.filter(|_| none_found && problem.is_none()) {
                let message = "rows of the table were left out";
                found.push(Diagnostic::new(Code::ROWS_SKIPPED, table.name(), message));
            }
            Err(refused(found, left))
        }
    }
}

/// Those errors by which an order can be left out. The others become errors of the whole input.
///
/// A row that is not well formed names an order only if there is such an order: a comma too many may have cut its id.
fn attributed(draft: &Draft, errors: Vec<Diagnostic>, found: &mut Diagnostics) -> Vec<Diagnostic> {
    let is_broken = |d: &Diagnostic| d.code.id().starts_with("E1") && d.table != Table::Orders.name();
    if !errors.iter().any(is_broken) {
        return errors;
    }
    let texts = &draft.ids.orders;
    let mut defined: HashSet<String> = draft
        .orders
        .iter()
        .map(|row| texts.text(row.value.id).to_owned())
        .collect();
    defined.extend(
        errors
            .iter()
            .filter(|d| d.table == Table::Orders.name())
            .filter_map(|d| d.order.clone()),
    );
    let is_of_order = |d: &Diagnostic| !is_broken(d) || d.order.as_ref().is_some_and(|id| defined.contains(id));
    let (of_orders, others): (Vec<_>, Vec<_>) = errors.into_iter().partition(is_of_order);
    for other in others {
        found.push(other.of_order(None));
    }
    of_orders
}

/// The orders in the order in which they were first met; rows without an id are each by themselves.
pub(crate) fn by_order(left: Vec<Diagnostic>) -> Vec<LeftOut> {
    let mut orders: Vec<LeftOut> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for reason in left {
        let order = reason.order.clone().unwrap_or_default();
        let at = known
            .get(&order)
            .copied()
            .filter(|_| !order.is_empty())
            .unwrap_or_else(|| {
                known.insert(order.clone(), orders.len());
                orders.push(LeftOut {
                    order,
                    reasons: Vec::new(),
                });
                orders.len() - 1
            });
        orders[at].reasons.push(reason);
    }
    orders
}

/// All that is wrong, as it would be told if no order were to be left out.
pub(crate) fn refused(mut found: Diagnostics, left: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let options = CheckOptions {
        skip_bad_orders: false,
        ..found.options()
    };
    let mut all = Diagnostics::with(options);
    let of_orders = found.take_of_orders();
    for d in left.into_iter().chain(of_orders) {
        all.of_column(d.code, d.table, d.field, || d);
    }
    all.append(found);
    let list = sorted(all);
    debug_assert!(list.iter().any(|d| d.severity == Severity::Error));
    list
}
