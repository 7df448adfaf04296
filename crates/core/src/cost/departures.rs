//! What goes from the nodes to one destination after another: service, price table, and when it leaves and arrives.
//!
//! Looked up when it is first asked for, and kept: destinations to which the same lanes go share it.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::calendar;
use super::lanes::{Lanes, Sameness};
use super::shipment::late;
use super::tariff::{Load, transport};
use crate::index::{DestIdx, NodeIdx, OrderIdx, RateIdx, ServiceIdx};
use crate::model::Problem;
use crate::plan::Fill;
use crate::quantity::{Date, Money};

/// A service that goes from a node to a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure {
    /// The service.
    pub service: ServiceIdx,
    /// Its prices there.
    pub rate: RateIdx,
    /// When it leaves without waiting.
    pub leaves: Date,
    /// When it then arrives.
    pub arrives: Date,
    /// Service days between the two.
    pub transit_days: u32,
}

/// The departures to a destination, and what is kept of other ones. Each thread has its own.
pub struct Departures<'p> {
    problem: &'p Problem,
    at: Option<(DestIdx, Arc<Kept<'p>>)>,
    kept: HashMap<Sameness, Arc<Kept<'p>>>,
    /// How many departures and lists of them are kept.
    count: Cell<usize>,
}

/// The departures by some lanes.
struct Kept<'p> {
    lanes: Lanes<'p>,
    from: Mutex<HashMap<NodeIdx, Arc<[Departure]>>>,
}

impl<'p> Departures<'p> {
    /// Departures kept at most; about 40 MB.
    const MOST: usize = 1_000_000;

    /// Nothing looked up yet.
    #[must_use]
    pub fn new(problem: &'p Problem) -> Self {
        Self {
            problem,
            at: None,
            kept: HashMap::new(),
            count: Cell::new(0),
        }
    }

    /// From now on it is about this destination.
    pub fn go_to(&mut self, dest: DestIdx) {
        if self.at.as_ref().is_some_and(|at| at.0 == dest) {
            return;
        }
        if self.count.get() > Self::MOST {
            self.kept.clear();
            self.count.set(0);
        }
        let lanes = Lanes::to(self.problem, dest);
        let kept = self.kept.entry(lanes.sameness()).or_insert_with(|| {
            let from = Mutex::new(HashMap::new());
            Arc::new(Kept { lanes, from })
        });
        self.at = Some((dest, Arc::clone(kept)));
    }

    /// The service of least carriage and late cost by which an order's shipment goes from a node, the first of equals, with
    /// that cost; `None` where no listed service takes it there. `from`: the date of the stock that it waits for.
    pub fn cheapest(
        &mut self,
        order: OrderIdx,
        node: NodeIdx,
        from: Option<Date>,
        fills: &[Fill],
    ) -> Option<(Money, ServiceIdx)> {
        let problem = self.problem;
        let o = &problem.orders()[order];
        let load = Load::of_fills(problem, fills);
        self.go_to(o.destination);
        let mut best: Option<(Money, ServiceIdx)> = None;
        for d in &*self.from(node) {
            let Some(transport) = transport(problem, d.rate, load) else {
                continue;
            };
            let arrives = if from.is_none_or(|from| from <= d.leaves) {
                d.arrives
            } else {
                let leaves = calendar::leaves_from(problem, d.service, node, from);
                calendar::arrives(problem, d.service, leaves, d.transit_days)
            };
            let cost = transport.price + late(problem, calendar::days_late(o.deliver_by, Some(arrives)));
            if best.is_none_or(|b| cost < b.0) {
                best = Some((cost, d.service));
            }
        }
        best
    }

    /// The departures from a node, by rising service; none before the first destination.
    #[must_use]
    pub fn from(&self, node: NodeIdx) -> Arc<[Departure]> {
        let Some((_, at)) = &self.at else {
            return Arc::new([]);
        };
        let Kept { lanes, from } = &**at;
        if let Some(known) = locked(from).get(&node) {
            return Arc::clone(known);
        }
        let mut list = Vec::new();
        lanes.each(node, |service, lane| {
            let Some(rate) = self.problem.rate_of(service, lane.zone) else {
                return;
            };
            let leaves = calendar::leaves(self.problem, service, node);
            list.push(Departure {
                service,
                rate,
                leaves,
                arrives: calendar::arrives(self.problem, service, leaves, lane.transit_days),
                transit_days: lane.transit_days,
            });
        });
        self.count.set(self.count.get() + list.len() + 10); // a list without any takes memory too
        let list: Arc<[Departure]> = list.into();
        locked(from).insert(node, Arc::clone(&list));
        list
    }
}

/// What is kept is whole at any moment, whatever became of a thread that held it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
