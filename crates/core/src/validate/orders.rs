//! Rules of `orders.csv`.

use super::context::{At, Context, Kind, shown};
use super::defined::Defined;
use crate::diagnostic::Code;
use crate::index::{Idx as _, NodeIdx, OrderIdx};
use crate::model::Table;

/// Checks the orders.
pub(super) fn check(context: &mut Context<'_>, nodes: &Defined<NodeIdx>) -> Defined<OrderIdx> {
    let draft = context.draft;
    let rows = draft.orders.iter().map(|row| (row.number, row.value.id));
    let defined = Defined::check(context, Table::Orders, "order_id", &draft.ids.orders, rows);
    for row in &draft.orders {
        let at = At {
            table: Table::Orders,
            row: row.number,
        };
        context.country(at, row.value.country);
        context.place(at, row.value.place);
        context.date(at, "deliver_by", row.value.deliver_by);
        context.count(at, "max_shipments", row.value.max_shipments, 1);
        if let Some(node) = row.value.pickup_node {
            check_pickup(context, at, node, nodes);
        }
    }
    defined
}

fn check_pickup(context: &mut Context<'_>, at: At, node: NodeIdx, nodes: &Defined<NodeIdx>) {
    let id = context.draft.ids.nodes.text(node);
    match nodes.get(node) {
        Some(n) if !context.draft.nodes[n.get()].value.pickup => {
            let message = format!("node {} offers no pickup", shown(id));
            context.report(Code::PICKUP_NOT_OFFERED, at, "pickup_node", message);
        }
        None if nodes.lacks(node) => context.unknown(at, "pickup_node", Kind::Node, id),
        _ => {}
    }
}
