//! Which tariffs go from each node to one destination, and when they arrive.

use crate::cost::{calendar, lane};
use crate::index::{DestIdx, Idx as _, NodeIdx, RateIdx};
use crate::model::Problem;
use crate::quantity::Date;

/// One service from one node: its price table there and its day of arrival.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    pub(super) rate: RateIdx,
    pub(super) arrives: Date,
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
                all.routes.push(Route { rate, arrives });
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
