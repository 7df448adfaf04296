//! The lanes to one destination, found by index: the same as [`lane::find`] finds by looking at every row.
//!
//! Which lanes go to a destination is looked up once for all; finding one then takes a few binary searches.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::lane;
use crate::index::{DestIdx, NodeIdx, ServiceIdx};
use crate::model::{Lane, Problem, Shelf};

/// What destinations to which the same lanes go have in common; where lanes end at a distance, each is by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sameness {
    number: u32,
    dest: Option<DestIdx>,
}

/// The lanes that go to one destination.
#[derive(Clone)]
pub struct Lanes<'p> {
    problem: &'p Problem,
    dest: DestIdx,
    /// By prefix, the longest first.
    shelves: &'p [Shelf],
    /// Destinations with the same shelves have it in common.
    number: u32,
    by_distance: bool,
    /// The services with a lane from any node, rising.
    any: OnceLock<Vec<ServiceIdx>>,
}

impl<'p> Lanes<'p> {
    /// The lanes to a destination.
    #[must_use]
    pub fn to(problem: &'p Problem, dest: DestIdx) -> Self {
        let (shelves, number) = problem.lane_index().to(problem, dest);
        Self {
            problem,
            dest,
            by_distance: shelves.iter().any(Shelf::is_by_distance),
            shelves,
            number,
            any: OnceLock::new(),
        }
    }

    /// The lane of a service from a node, or `None` where the service does not go there: what [`lane::find`] says.
    #[must_use]
    pub fn find(&self, service: ServiceIdx, node: NodeIdx) -> Option<&'p Lane> {
        self.find_within(service, node, self.kilometres(node))
    }

    /// Calls `see(service, lane)` for every service that goes from a node, by rising service.
    pub fn each(&self, node: NodeIdx, mut see: impl FnMut(ServiceIdx, &'p Lane)) {
        self.any(node, |service, lane| {
            see(service, lane);
            false
        });
    }

    /// Whether it holds for any service that goes from a node, and its lane.
    pub fn any(&self, node: NodeIdx, mut holds: impl FnMut(ServiceIdx, &'p Lane) -> bool) -> bool {
        let km = self.kilometres(node);
        let services = self.services(node);
        services.iter().any(|&service| {
            self.find_within(service, node, km)
                .is_some_and(|lane| holds(service, lane))
        })
    }

    /// The services with a lane from a node, whatever its reach.
    fn services(&self, node: NodeIdx) -> Cow<'_, [ServiceIdx]> {
        let gather = |node| {
            let shelves = self.shelves.iter();
            shelves.flat_map(move |s| s.services(self.problem, node))
        };
        let sorted = |mut list: Vec<ServiceIdx>| {
            list.sort_unstable();
            list.dedup();
            list
        };
        let any = self.any.get_or_init(|| sorted(gather(None).collect()));
        let named: Vec<ServiceIdx> = gather(Some(node)).collect();
        if named.is_empty() {
            Cow::Borrowed(any)
        } else {
            Cow::Owned(sorted(named.into_iter().chain(any.iter().copied()).collect()))
        }
    }

    /// Equal for destinations to which the same services go by the same lanes, from every node.
    #[must_use]
    pub fn sameness(&self) -> Sameness {
        Sameness {
            number: self.number,
            dest: self.by_distance.then_some(self.dest),
        }
    }

    /// The distance of a node, where it matters.
    fn kilometres(&self, node: NodeIdx) -> Option<f64> {
        let distance = || lane::distance(self.problem, node, self.dest);
        self.by_distance.then(distance).flatten()
    }

    fn find_within(&self, service: ServiceIdx, node: NodeIdx, km: Option<f64>) -> Option<&'p Lane> {
        let among = |node| {
            self.shelves
                .iter()
                .find_map(|s| s.find(self.problem, service, node, km))
        };
        among(Some(node)).or_else(|| among(None))
    }
}
