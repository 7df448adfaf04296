//! Rules of `priorities.csv`.

use std::collections::HashMap;

use super::context::FloorContext;
use crate::diagnostic::Code;
use crate::index::OrderIdx;
use crate::model::floor::{FloorTable, PriorityRule, PriorityService};
use crate::validate::context::shown;

const TABLE: FloorTable = FloorTable::Priorities;

/// Checks the priorities: those of single orders, and the rules.
pub(super) fn check(context: &mut FloorContext<'_>) -> (HashMap<OrderIdx, u8>, Vec<PriorityRule>) {
    let (mut orders, mut rules) = (HashMap::new(), Vec::new());
    for row in &context.draft.priorities {
        let (n, of) = (row.number, &row.value);
        context.integer(TABLE, n, "priority", Some(of.priority.into()), 1..=9);
        let priority = of.priority.clamp(1, 9) as u8;
        match (of.order_id, of.channel.is_some() || of.service_id.is_some()) {
            (Some(_), true) => {
                let message = "an order, and a channel or service besides";
                context.report(Code::PRIORITY_OF_WHAT, TABLE, n, "order_id", message);
            }
            (None, false) => {
                let message = "neither an order nor a channel nor a service";
                context.report(Code::PRIORITY_OF_WHAT, TABLE, n, "order_id", message);
            }
            (Some(order), false) => {
                let id = context.text(order);
                match context.problem.order_ids().find(id) {
                    // An order that was left out of the problem is no unknown one.
                    None if context.problem.left_out().iter().any(|order| order.order == id) => {}
                    None => context.unknown(TABLE, n, "order_id", "order", id),
                    Some(order) if orders.insert(order, priority).is_some() => {
                        let message = format!("order {} has a priority already", shown(id));
                        context.report(Code::DUPLICATE_PRIORITY, TABLE, n, "order_id", message);
                    }
                    Some(_) => {}
                }
            }
            (None, true) => {
                let id = of.service_id.map(|id| context.text(id));
                let service = match id {
                    None => None,
                    Some("pickup") => Some(PriorityService::Pickup),
                    Some(id) => {
                        let found = context.problem.service_ids().find(id);
                        if found.is_none() {
                            context.unknown(TABLE, n, "service_id", "service", id);
                        }
                        found.map(PriorityService::Service)
                    }
                };
                // A channel that no order has never agrees: the rule is left out.
                let channel = of
                    .channel
                    .map(|channel| context.problem.find_text(context.text(channel)));
                if channel != Some(None) {
                    rules.push(PriorityRule {
                        channel: channel.flatten(),
                        service,
                        priority,
                    });
                }
            }
        }
    }
    (orders, rules)
}
