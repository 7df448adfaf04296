//! What changed against the plan from which a run started: orders that leave other nodes, or by other services.

use std::collections::{BTreeMap, BTreeSet};

use crate::index::{Idx as _, LineIdx, NodeIdx, OrderIdx};
use crate::model::Problem;
use crate::plan::{Carriage, Known, OrderShipment, RoutingPlan, Start};

/// An order of which something leaves otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The order.
    pub order: OrderIdx,
    /// The nodes that it left, rising.
    pub from: Vec<NodeIdx>,
    /// The nodes that it leaves now, rising.
    pub to: Vec<NodeIdx>,
    /// Whether units of a line leave another node than before, or none; else only the service is another.
    pub other_nodes: bool,
}

/// The orders of a plan that the start knew and that leave otherwise now, by order. New orders, and what is gone, did not move.
#[must_use]
pub fn moved(problem: &Problem, start: &Start, plan: &RoutingPlan) -> Vec<Move> {
    let now = Start::of(problem, plan).allocation;
    let known = start.known.iter().zip(start.allocation.orders.iter()).zip(&now.orders);
    let mut moves = Vec::new();
    for (n, ((known, before), now)) in known.enumerate() {
        if *known == Known::New {
            continue;
        }
        let other_nodes = units(before) != units(now);
        if other_nodes || services(before) != services(now) {
            moves.push(Move {
                order: OrderIdx::new(n),
                from: nodes(before),
                to: nodes(now),
                other_nodes,
            });
        }
    }
    moves
}

/// Units of each line from each node.
fn units(shipments: &[OrderShipment]) -> BTreeMap<(LineIdx, NodeIdx), u64> {
    let mut units = BTreeMap::new();
    for shipment in shipments {
        for fill in &shipment.fills {
            *units.entry((fill.line, shipment.node)).or_default() += u64::from(fill.qty);
        }
    }
    units
}

fn services(shipments: &[OrderShipment]) -> BTreeSet<(NodeIdx, Carriage)> {
    shipments.iter().map(|s| (s.node, s.carriage)).collect()
}

fn nodes(shipments: &[OrderShipment]) -> Vec<NodeIdx> {
    let nodes: BTreeSet<NodeIdx> = shipments.iter().map(|s| s.node).collect();
    nodes.into_iter().collect()
}
