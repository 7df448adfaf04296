//! What makes a method another one than its name says.

use super::Method;
use crate::allocate::policy::Policy;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, GroupKey, KEPT_OF_A_GROUP, readable};
use crate::model::{Problem, Table};

/// Warnings of a method for a problem: one that goes by distance, where orders or nodes have no coordinates. To the rule such
/// nodes are farther than all others, and among them the order of the file decides: `distance` becomes `priority`.
#[must_use]
pub fn method_doubts(problem: &Problem, method: Method) -> Vec<Diagnostic> {
    let goes_by_distance = matches!(method, Method::Policy(Policy::Distance | Policy::FewestSplits));
    let mut found = Diagnostics::new();
    if !goes_by_distance {
        return Vec::new();
    }
    let rows = problem.rows();
    for (node, here) in problem
        .nodes()
        .iter_enumerated()
        .filter(|(_, node)| node.place.is_none())
    {
        if here.ships {
            let id = problem.node_id(node);
            warn(&mut found, Table::Nodes, rows.of_node(node), method, id);
        }
    }
    for (order, wanted) in problem.orders().iter_enumerated() {
        if wanted.pickup_node.is_none() && problem.destinations()[wanted.destination].place.is_none() {
            let id = problem.order_id(order);
            warn(&mut found, Table::Orders, rows.of_order(order), method, id);
        }
    }
    found.into_sorted(|d| (d.table == Table::Orders.name(), d.row))
}

fn warn(found: &mut Diagnostics, table: Table, row: u32, method: Method, id: &str) {
    let (code, field) = (Code::NO_COORDINATES, "lat");
    let key = GroupKey {
        code,
        table: table.name(),
        field: Some(field),
        subject: 0,
    };
    found.group(key, KEPT_OF_A_GROUP, || {
        let shown = readable(id);
        let message = format!(
            "`{shown}` has no coordinates, by which the method {} goes",
            method.as_str()
        );
        let of_order = (table == Table::Orders).then(|| id.to_owned());
        Diagnostic::new(code, table.name(), message)
            .in_row(row)
            .in_field(field)
            .of_order(of_order)
    });
}
