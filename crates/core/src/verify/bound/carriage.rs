//! Which tariffs go from each node to one destination, and when they leave and arrive.

use crate::cost::{calendar, lane};
use crate::index::{DestIdx, Idx as _, NodeIdx, RateIdx};
use crate::model::Problem;
use crate::quantity::Date;

/// One service from one node: its price table there and, without waiting, its days of leaving and arrival.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    pub(super) rate: RateIdx,
    leaves: Date,
    arrives: Date,
    transit_days: u32,
}

impl Route {
    /// When it arrives if it leaves within a stop of the node; `None` where it does not.
    pub(super) fn arrives(&self, problem: &Problem, node: NodeIdx, stop: Stop) -> Option<Date> {
        let service = problem.rates()[self.rate].service;
        match stop.from.filter(|&from| from > self.leaves) {
            None => stop.holds(self.leaves).then_some(self.arrives),
            Some(from) => {
                let leaves = calendar::leaves_from(problem, service, node, Some(from));
                let arrives = || calendar::arrives(problem, service, leaves, self.transit_days);
                stop.holds(leaves).then(arrives)
            }
        }
    }
}

/// Days between two dates on which more of an order's SKUs comes to a node: all that leaves within them takes from the same
/// stock rows. `None` = without limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stop {
    pub(super) from: Option<Date>,
    pub(super) until: Option<Date>,
}

impl Stop {
    /// Whether a day is one of it.
    pub(super) fn holds(self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    /// The stops between dates, which rise.
    pub(super) fn between(dates: &[Date]) -> impl Iterator<Item = Self> {
        let from = std::iter::once(None).chain(dates.iter().copied().map(Some));
        let until = dates.iter().copied().map(Some).chain([None]);
        from.zip(until).map(|(from, until)| Self { from, until })
    }
}

/// For every node the services that go from it to one destination.
pub(super) struct Routes {
    routes: Vec<Route>,
    starts: Vec<usize>,
}

impl Routes {
    /// Looks up the lane of every service from every node.
    pub(super) fn to(problem: &Problem, dest: DestIdx) -> Self {
        let mut all = Self {
            routes: Vec::new(),
            starts: vec![0],
        };
        for node in problem.nodes().indices() {
            let km = lane::distance(problem, node, dest);
            for service in problem.services().indices() {
                let Some(lane) = lane::find(problem, service, node, dest, km) else {
                    continue;
                };
                let Some(rate) = problem.rate_of(service, lane.zone) else {
                    continue;
                };
                let leaves = calendar::leaves(problem, service, node);
                let arrives = calendar::arrives(problem, service, leaves, lane.transit_days);
                all.routes.push(Route {
                    rate,
                    leaves,
                    arrives,
                    transit_days: lane.transit_days,
                });
            }
            all.starts.push(all.routes.len());
        }
        all
    }

    /// The services of a node.
    pub(super) fn from(&self, node: NodeIdx) -> &[Route] {
        &self.routes[self.starts[node.get()]..self.starts[node.get() + 1]]
    }
}
