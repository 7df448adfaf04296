//! The cheapest service for a load from a node to an order: transport and late penalty together.
//!

use super::left::Left;
use crate::cost::departures::{Departure, Departures};
use crate::cost::tariff::{Load, transport};
use crate::cost::{calendar, shipment};
use crate::index::{NodeIdx, OrderIdx};
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

/// How the shipments of an order can leave a node.
pub(super) enum Ways {
    /// The same for every load: pickup, or the cheapest quote. `None` = not at all.
    Fixed(Option<Offer>),
    /// By these services, each with its late penalty; the price depends on the load.
    Departures(Vec<(Departure, Money)>),
}

/// Finds offers.
pub(super) struct Offers<'p> {
    problem: &'p Problem,
    departures: Departures<'p>,
    /// Services that the last answer took a look at.
    looked_at: usize,
}

impl<'p> Offers<'p> {
    pub(super) fn new(problem: &'p Problem) -> Self {
        Self {
            problem,
            departures: Departures::new(problem),
            looked_at: 0,
        }
    }

    /// How many services the last answer took a look at.
    pub(super) const fn looked_at(&self) -> usize {
        self.looked_at
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
        self.departures.go_to(o.destination);
        let departures = self.departures.from(node);
        self.looked_at = departures.len();
        for departure in &*departures {
            let late = late(problem, o.deliver_by, departure.arrives);
            if best.is_some_and(|b| b.cost <= late) {
                continue;
            }
            let Some(t) = transport(problem, departure.rate, load) else {
                continue;
            };
            if best.is_none_or(|b| t.price + late < b.cost) {
                let carriage = Carriage::Service(departure.service);
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
        self.departures.go_to(o.destination);
        let departures = self.departures.from(node);
        self.looked_at = departures.len();
        let with_late = |&d: &Departure| (d, late(problem, o.deliver_by, d.arrives));
        Ways::Departures(departures.iter().map(with_late).collect())
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
}

fn late(problem: &Problem, deliver_by: Option<Date>, arrives: Date) -> Money {
    shipment::late(problem, calendar::days_late(deliver_by, Some(arrives)))
}
