//! What goes from every node to a destination: the lanes of [`cost::lane`](crate::cost::lane), found for all nodes at once.
//!
//! For one destination, the rows of a service that match its country and postcode are filtered and ranked once; each node
//! then takes the first that fits its name and distance. The result equals `cost::lane::find` for every node.

use crate::cost::{calendar, lane};
use crate::index::{DestIdx, Idx as _, NodeIdx, RateIdx, ServiceIdx};
use crate::model::{Lane, Problem};
use crate::quantity::Date;

/// A service that goes from a node to a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    pub service: ServiceIdx,
    pub rate: RateIdx,
    /// When it leaves and arrives without waiting.
    pub leaves: Date,
    pub arrives: Date,
    pub transit_days: u32,
}

/// Lanes in rank order and departures, shared by all destinations.
pub(crate) struct Network<'p> {
    problem: &'p Problem,
    /// Per service, its lanes by rank.
    ranked: Vec<Vec<&'p Lane>>,
    /// Per service and node, the day of leaving.
    leaves: Vec<Vec<Date>>,
}

impl<'p> Network<'p> {
    pub(crate) fn new(problem: &'p Problem) -> Self {
        let ranked = problem.services().indices().map(|s| ranked(problem, s)).collect();
        let days = |s| {
            problem
                .nodes()
                .indices()
                .map(|n| calendar::leaves(problem, s, n))
                .collect()
        };
        let leaves = problem.services().indices().map(days).collect();
        Self {
            problem,
            ranked,
            leaves,
        }
    }

    /// The offers from every node to a destination, in service order: `offers[starts[n]..starts[n + 1]]` for node `n`.
    pub(crate) fn offers(&self, dest: DestIdx, out: &mut Offers) {
        let problem = self.problem;
        let to = &problem.destinations()[dest];
        let postcode = problem.text(to.postcode);
        let matching: Vec<Vec<&Lane>> = self
            .ranked
            .iter()
            .map(|lanes| {
                let fits =
                    |l: &&&Lane| l.country == to.country && postcode.starts_with(problem.text(l.postcode_prefix));
                lanes.iter().filter(fits).copied().collect()
            })
            .collect();
        out.starts.clear();
        out.offers.clear();
        for node in problem.nodes().indices() {
            out.starts.push(out.offers.len() as u32);
            let km = lane::distance(problem, node, dest);
            for (service, lanes) in problem.services().indices().zip(&matching) {
                let reaches = |l: &&&Lane| {
                    l.node.is_none_or(|n| n == node) && l.max_km.is_none_or(|max| km.is_some_and(|km| km <= max))
                };
                let Some(lane) = lanes.iter().find(reaches) else {
                    continue;
                };
                let Some(rate) = problem.rate_of(service, lane.zone) else {
                    continue;
                };
                let leaves = self.leaves[service.get()][node.get()];
                let arrives = calendar::arrives(problem, service, leaves, lane.transit_days);
                out.offers.push(Offer {
                    service,
                    rate,
                    leaves,
                    arrives,
                    transit_days: lane.transit_days,
                });
            }
        }
        out.starts.push(out.offers.len() as u32);
    }
}

/// The lanes of a service by rank: named nodes first, then longer prefixes, then shorter reach, then file order.
fn ranked(problem: &Problem, service: ServiceIdx) -> Vec<&Lane> {
    let mut lanes: Vec<&Lane> = problem.lanes_of(service).iter().collect();
    let key = |l: &&Lane| {
        let prefix = problem.text(l.postcode_prefix).len();
        (l.node.is_none(), usize::MAX - prefix)
    };
    let reach = |l: &Lane| l.max_km.unwrap_or(f64::INFINITY);
    lanes.sort_by(|a, b| key(a).cmp(&key(b)).then(reach(a).total_cmp(&reach(b)))); // stable: file order
    lanes
}

/// The offers to one destination; buffers are kept between uses.
#[derive(Default)]
pub(crate) struct Offers {
    starts: Vec<u32>,
    offers: Vec<Offer>,
}

impl Offers {
    /// Offers from a node, in service order.
    pub(crate) fn of(&self, node: NodeIdx) -> &[Offer] {
        let n = node.get();
        &self.offers[self.starts[n] as usize..self.starts[n + 1] as usize]
    }
}
