//! The cheapest service for a load from a node to an order: transport and late penalty together.
//!
//! Which services go from a node to a destination, in which price table and when they arrive, is looked up once and kept.

use std::collections::HashMap;
use std::ops::Range;

use super::left::Left;
use crate::cost::tariff::{Load, transport};
use crate::cost::{calendar, lane, shipment};
use crate::index::{DestIdx, NodeIdx, OrderIdx, RateIdx, ServiceIdx};
use crate::model::Problem;
use crate::plan::Carriage;
use crate::quantity::{Date, Money};

/// A way for a shipment to travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    /// Transport and late penalty.
    pub(super) cost: Money,
    pub(super) carriage: Carriage,
    /// What it takes of the node's `max_shipments`.
    pub(super) workload: u32,
}

/// A listed service that goes from a node to a destination.
#[derive(Clone, Copy)]
pub(super) struct Route {
    pub(super) service: ServiceIdx,
    pub(super) rate: RateIdx,
    arrives: Date,
}

/// How the shipments of an order can leave a node.
pub(super) enum Ways {
    /// The same for every load: pickup, or the cheapest quote. `None` = not at all.
    Fixed(Option<Offer>),
    /// By these routes, each with its late penalty; the price depends on the load.
    Routes(Vec<(Route, Money)>),
}

/// Finds offers, and remembers routes.
pub(super) struct Offers<'p> {
    problem: &'p Problem,
    routes: Vec<Route>,
    known: HashMap<(DestIdx, NodeIdx), Range<usize>>,
}

impl<'p> Offers<'p> {
    /// Routes kept at most; about 100 MB. Where every order has its own destination, keeping more would gain nothing.
    const MOST_ROUTES: usize = 4_000_000;

    pub(super) fn new(problem: &'p Problem) -> Self {
        Self {
            problem,
            routes: Vec::new(),
            known: HashMap::new(),
        }
    }

    /// The cheapest service for a load; of equals the first listed. `None` where none takes it or the node has no
    /// shipment left.
    pub(super) fn cheapest(&mut self, left: &Left, order: OrderIdx, node: NodeIdx, load: Load) -> Option<Offer> {
        if !self.by_lanes(order) {
            return self.fixed(left, order, node);
        }
        if !left.has_shipment(node, 1) {
            return None;
        }
        let problem = self.problem;
        let o = &problem.orders()[order];
        let mut best: Option<Offer> = None;
        for route in self.routes(o.destination, node) {
            let late = late(problem, o.deliver_by, route.arrives);
            if best.is_some_and(|b| b.cost <= late) {
                continue;
            }
            let Some(t) = transport(problem, route.rate, load) else {
                continue;
            };
            if best.is_none_or(|b| t.price + late < b.cost) {
                let carriage = Carriage::Service(route.service);
                best = Some(Offer {
                    cost: t.price + late,
                    carriage,
                    workload: 1,
                });
            }
        }
        best
    }

    /// Every way for the shipments of an order to leave a node.
    pub(super) fn ways(&mut self, left: &Left, order: OrderIdx, node: NodeIdx) -> Ways {
        if !self.by_lanes(order) {
            return Ways::Fixed(self.fixed(left, order, node));
        }
        if !left.has_shipment(node, 1) {
            return Ways::Fixed(None);
        }
        let problem = self.problem;
        let o = &problem.orders()[order];
        let routes = self.routes(o.destination, node);
        Ways::Routes(
            routes
                .iter()
                .map(|&r| (r, late(problem, o.deliver_by, r.arrives)))
                .collect(),
        )
    }

    /// Whether the order travels by lanes and rates: no pickup, and no quotes.
    fn by_lanes(&self, order: OrderIdx) -> bool {
        self.problem.orders()[order].pickup_node.is_none() && self.problem.quotes_of(order).is_empty()
    }

    /// Pickup or the cheapest quote, whatever the load.
    fn fixed(&self, left: &Left, order: OrderIdx, node: NodeIdx) -> Option<Offer> {
        let o = &self.problem.orders()[order];
        if o.pickup_node.is_some() {
            let offer = Offer {
                cost: Money::ZERO,
                carriage: Carriage::Pickup,
                workload: 1,
            };
            return left.has_shipment(node, 1).then_some(offer);
        }
        let quotes = self.problem.quotes_of(order);
        let here = quotes
            .iter()
            .filter(|q| q.node == node && left.has_shipment(node, q.workload));
        let offers = here.map(|q| Offer {
            cost: q.price + shipment::late(self.problem, calendar::days_late(o.deliver_by, q.deliver_on)),
            carriage: Carriage::Service(q.service),
            workload: q.workload,
        });
        offers.min_by_key(|offer| offer.cost)
    }

    fn routes(&mut self, dest: DestIdx, node: NodeIdx) -> &[Route] {
        let range = match self.known.get(&(dest, node)) {
            Some(range) => range.clone(),
            None => self.look_up(dest, node),
        };
        &self.routes[range]
    }

    fn look_up(&mut self, dest: DestIdx, node: NodeIdx) -> Range<usize> {
        if self.routes.len() > Self::MOST_ROUTES {
            self.routes.clear();
            self.known.clear();
        }
        let problem = self.problem;
        let km = lane::distance(problem, node, dest);
        let first = self.routes.len();
        self.routes.extend(problem.services().indices().filter_map(|service| {
            let lane = lane::find(problem, service, node, dest, km)?;
            let rate = problem.rate_of(service, lane.zone)?;
            let leaves = calendar::leaves(problem, service, node);
            Some(Route {
                service,
                rate,
                arrives: calendar::arrives(problem, service, leaves, lane.transit_days),
            })
        }));
        let range = first..self.routes.len();
        self.known.insert((dest, node), range.clone());
        range
    }
}

fn late(problem: &Problem, deliver_by: Option<Date>, arrives: Date) -> Money {
    shipment::late(problem, calendar::days_late(deliver_by, Some(arrives)))
}
