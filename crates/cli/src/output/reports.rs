//! Where and who: a plan by node and by service, what is scarce, and what moved; for tables and as JSON.

use std::collections::BTreeMap;

use clapot::index::NodeIdx;
use clapot::model::Problem;
use clapot::plan::{Carriage, RoutingPlan};
use clapot::report::{LimitUse, Move, NodeFigures, Scarce, ScarceThing, ServiceFigures, by_node, by_service, scarce};
use serde::Serialize;

use super::json::Amount;

/// A limit and what is used of it.
#[derive(Clone, Copy, Debug, Serialize)]
struct Limit {
    used: u64,
    limit: Option<u32>,
}

impl Limit {
    const fn new(of: LimitUse) -> Self {
        let LimitUse { used, limit } = of;
        Self { used, limit }
    }
}

/// What a plan does at a node.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct NodeRow {
    pub(crate) shipments: u32,
    pub(crate) lines: u32,
    pub(crate) units: u64,
    limits: BTreeMap<&'static str, Limit>,
    /// Transport, handling and lateness together.
    pub(crate) cost: Amount,
    transport: Amount,
    handling: Amount,
    late: Amount,
    pub(crate) late_shipments: u32,
    /// The largest share of a limit that is used; `None` where there is no limit.
    #[serde(skip)]
    pub(crate) fullest: Option<(&'static str, f64)>,
}

impl NodeRow {
    fn new(of: &NodeFigures) -> Self {
        Self {
            shipments: of.shipments,
            lines: of.lines,
            units: of.units,
            limits: of.limits().map(|(name, of)| (name, Limit::new(of))).into(),
            cost: Amount(of.cost()),
            transport: Amount(of.transport),
            handling: Amount(of.handling),
            late: Amount(of.late),
            late_shipments: of.late_shipments,
            fullest: of.fullest(),
        }
    }
}

/// What a plan sends by a service.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ServiceRow {
    pub(crate) shipments: u32,
    parcels: i64,
    pub(crate) units: u64,
    weight_g: i64,
    pub(crate) transport: Amount,
    late: Amount,
    pub(crate) late_shipments: u32,
}

impl ServiceRow {
    const fn new(of: &ServiceFigures) -> Self {
        Self {
            shipments: of.shipments,
            parcels: of.parcels,
            units: of.units,
            weight_g: of.weight.0,
            transport: Amount(of.transport),
            late: Amount(of.late),
            late_shipments: of.late_shipments,
        }
    }
}

/// Something that is scarce.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ScarceRow<'a> {
    pub(crate) resource: &'static str,
    pub(crate) node: &'a str,
    pub(crate) sku: Option<&'a str>,
    pub(crate) available: u64,
    pub(crate) used: u64,
    /// Of one more, by prices alone.
    price: Amount,
    cuts: u32,
    /// Of one, by prices and cuts.
    pub(crate) each: Amount,
    /// Of all of it, by prices and cuts.
    pub(crate) worth: Amount,
}

impl<'a> ScarceRow<'a> {
    fn new(problem: &'a Problem, of: &Scarce) -> Self {
        Self {
            resource: of.thing.as_str(),
            node: problem.node_id(of.node),
            sku: match of.thing {
                ScarceThing::Stock(sku) => Some(problem.sku(sku)),
                _ => None,
            },
            available: of.available,
            used: of.used,
            price: Amount(of.price),
            cuts: of.cuts,
            each: Amount(of.each()),
            worth: Amount(of.worth),
        }
    }
}

/// Scarce things that are listed.
const SCARCE: usize = 100;

/// A plan by node, by service, and what is scarce in it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Where<'a> {
    /// Every node.
    pub(crate) nodes: BTreeMap<&'a str, NodeRow>,
    /// Those by which something travels.
    pub(crate) services: BTreeMap<&'a str, ServiceRow>,
    /// By falling worth.
    pub(crate) scarce: Vec<ScarceRow<'a>>,
    /// How many things are scarce, those that are not listed included.
    pub(crate) scarce_things: usize,
}

impl<'a> Where<'a> {
    pub(crate) fn new(problem: &'a Problem, plan: &RoutingPlan) -> Self {
        let service = |carriage| match carriage {
            Carriage::Pickup => "pickup",
            Carriage::Service(service) => problem.service_id(service),
        };
        let scarce = scarce(problem, plan);
        let nodes = by_node(problem, plan);
        let services = by_service(plan);
        Self {
            nodes: nodes
                .iter()
                .map(|of| (problem.node_id(of.node), NodeRow::new(of)))
                .collect(),
            services: services
                .iter()
                .map(|of| (service(of.carriage), ServiceRow::new(of)))
                .collect(),
            scarce: scarce
                .iter()
                .take(SCARCE)
                .map(|of| ScarceRow::new(problem, of))
                .collect(),
            scarce_things: scarce.len(),
        }
    }
}

/// Orders that leave otherwise than in the plan from which the run started.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Moved<'a> {
    /// From other nodes.
    pub(crate) other_nodes: usize,
    /// From the same nodes, by another service.
    pub(crate) other_service: usize,
    /// Each with the nodes that it left and leaves.
    orders: Vec<MovedOrder<'a>>,
}

#[derive(Clone, Debug, Serialize)]
struct MovedOrder<'a> {
    order: &'a str,
    from: Vec<&'a str>,
    to: Vec<&'a str>,
}

impl<'a> Moved<'a> {
    pub(crate) fn new(problem: &'a Problem, moves: &[Move]) -> Self {
        let other_nodes = moves.iter().filter(|of| of.other_nodes).count();
        let ids = |nodes: &[NodeIdx]| nodes.iter().map(|&node| problem.node_id(node)).collect();
        Self {
            other_nodes,
            other_service: moves.len() - other_nodes,
            orders: moves
                .iter()
                .map(|of| MovedOrder {
                    order: problem.order_id(of.order),
                    from: ids(&of.from),
                    to: ids(&of.to),
                })
                .collect(),
        }
    }
}
