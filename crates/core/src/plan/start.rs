//! What a run may start from: a plan that was made before, as far as it speaks of the problem at hand, and its prices.

use super::{Allocation, Carriage, Fill, OrderShipment, RoutingPlan, ShadowPrices, Shipment};
use crate::index::{Idx as _, OrderIdx};
use crate::model::Problem;
use crate::quantity::{Date, Money};

/// How far an earlier plan speaks of an order of the problem.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Known {
    /// Not at all.
    #[default]
    New,
    /// The plan says where each of its lines is filled from, or that it is not.
    Whole,
    /// Something of it is not as it was: a line, a quantity, a node, a service.
    Changed,
}

/// A decision and prices to start from. Neither has to be valid for the problem: what does not fit is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Start {
    /// What ships from where. An indivisible line is filled whole from its node, whatever quantity it had.
    pub allocation: Allocation,
    /// For every order of the problem, how far the earlier plan speaks of it.
    pub known: Vec<Known>,
    /// Orders of the earlier plan that the problem does not have.
    pub gone: usize,
    /// Prices and cuts.
    pub prices: ShadowPrices,
}

impl Start {
    /// A start from a decision and prices for the same problem.
    #[must_use]
    pub fn new(allocation: Allocation, prices: ShadowPrices) -> Self {
        Self {
            known: vec![Known::Whole; allocation.orders.len()],
            allocation,
            gone: 0,
            prices,
        }
    }

    /// A start from a plan for the same problem.
    #[must_use]
    pub fn of(problem: &Problem, plan: &RoutingPlan) -> Self {
        let mut allocation = Allocation::empty(problem.orders().len());
        let mut shipments: Vec<Option<OrderShipment>> = plan
            .shipments
            .iter()
            .map(|s| {
                Some(OrderShipment {
                    node: s.node,
                    carriage: s.carriage,
                    waits_for: None,
                    fills: Vec::new(),
                })
            })
            .collect();
        for a in &plan.assignments {
            if let Some(Some(shipment)) = shipments.get_mut(a.shipment.get()) {
                shipment.fills.push(Fill {
                    line: a.line,
                    qty: a.qty,
                });
            }
        }
        for (s, shipment) in plan.shipments.iter().zip(&mut shipments) {
            if let (Some(of_order), Some(mut shipment)) = (allocation.orders.get_mut(s.order.get()), shipment.take()) {
                shipment.waits_for = waits_for(problem, s, &shipment.fills);
                of_order.push(shipment);
            }
        }
        Self::new(allocation, plan.prices.clone())
    }

    /// Whether all that it says is about lines, nodes and services of the problem, no more of a line than is ordered.
    #[must_use]
    pub fn speaks_of(&self, problem: &Problem) -> bool {
        let orders = self.allocation.orders.iter().enumerate();
        let shipments = |(n, list)| std::iter::repeat(n).zip(list);
        self.allocation.orders.len() == problem.orders().len()
            && orders.flat_map(shipments).all(|(n, s): (usize, &OrderShipment)| {
                let carried = match s.carriage {
                    Carriage::Pickup => true,
                    Carriage::Service(service) => service.get() < problem.service_ids().len(),
                };
                let line = |f: &Fill| problem.lines().as_slice().get(f.line.get());
                let fills = |f: &Fill| line(f).is_some_and(|l| l.order.get() == n && f.qty <= l.qty);
                carried && s.node.get() < problem.nodes().len() && s.fills.iter().all(fills)
            })
    }

    /// The shipments of an order.
    #[must_use]
    pub fn shipments_of(&self, order: OrderIdx) -> &[OrderShipment] {
        self.allocation.orders.get(order.get()).map_or(&[], |list| list)
    }

    /// How far the earlier plan speaks of an order.
    #[must_use]
    pub fn known(&self, order: OrderIdx) -> Known {
        self.known.get(order.get()).copied().unwrap_or_default()
    }
}

/// The date of the stock for which a shipment waits that leaves on the day that it states: the last, up to that day, on which
/// more of what it holds is there; `None` where it leaves as early as it can, or by a quote.
#[must_use]
pub fn waits_for(problem: &Problem, shipment: &Shipment, fills: &[Fill]) -> Option<Date> {
    let leaves_on = shipment.leaves_on?;
    let known = shipment.order.get() < problem.orders().len() && shipment.node.get() < problem.nodes().len();
    if !known || !problem.quotes_of(shipment.order).is_empty() {
        return None;
    }
    let lines = fills
        .iter()
        .filter_map(|f| problem.lines().as_slice().get(f.line.get()));
    let skus = lines.map(|l| l.sku);
    let rows = skus.flat_map(|sku| problem.stock_at(shipment.node, sku));
    let dates = rows.filter_map(|r| problem.stock()[r as usize].available_from);
    let ready = problem.nodes()[shipment.node].ready.date;
    dates.filter(|d| *d > ready && *d <= leaves_on).max()
}

/// What a run took over from a start. Taken, adapted, dropped and new orders are together those of the problem.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TakenOver {
    /// Orders that start as the earlier plan serves them.
    pub taken: usize,
    /// Orders that start nearly so: something of them has changed, or is no longer allowed.
    pub adapted: usize,
    /// Orders that no longer fit, for lack of stock, capacity or carriage; they start anew.
    pub dropped: usize,
    /// Orders that the earlier plan does not know.
    pub new: usize,
    /// Orders of the earlier plan that the problem does not have.
    pub gone: usize,
    /// What the taken and adapted orders cost today. Where there are no others, the total of the start.
    pub total: Money,
}

impl TakenOver {
    /// Whether every order of the problem starts as the earlier plan serves it.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.adapted == 0 && self.dropped == 0 && self.new == 0
    }
}
