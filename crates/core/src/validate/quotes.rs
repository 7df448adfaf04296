//! Rules of `quotes.csv`.

use std::collections::HashSet;

use super::carriers::PICKUP;
use super::context::{At, Context, Kind};
use super::defined::Defined;
use crate::diagnostic::Code;
use crate::index::{NodeIdx, OrderIdx};
use crate::model::Table;

/// Checks the quotes, each and against each other. Their services need not be listed.
pub(super) fn check(context: &mut Context<'_>, orders: &Defined<OrderIdx>, nodes: &Defined<NodeIdx>) {
    let draft = context.draft;
    let mut seen = HashSet::with_capacity(draft.quotes.len());
    for row in &draft.quotes {
        let (at, quote) = (
            At {
                table: Table::Quotes,
                row: row.number,
            },
            &row.value,
        );
        if orders.lacks(quote.order) {
            context.unknown(at, "order_id", Kind::Order, draft.ids.orders.text(quote.order));
        }
        if nodes.lacks(quote.node) {
            context.unknown(at, "node_id", Kind::Node, draft.ids.nodes.text(quote.node));
        }
        let service = draft.ids.services.text(quote.service);
        context.id(at, "service_id", service);
        if service == PICKUP {
            context.report(Code::RESERVED_ID, at, "service_id", "pickup is the built-in service");
        }
        context.money(at, "price", quote.price);
        context.date(at, "deliver_on", quote.deliver_on);
        context.count(at, "workload", Some(quote.workload), 0);
        if !seen.insert((quote.order, quote.node, quote.service)) {
            let message = "the order has a quote for this node and service already";
            context.report(Code::DUPLICATE_QUOTE, at, "service_id", message);
        }
    }
}
