//! Lanes by where they go, so that nobody has to look at all of them.
//!
//! [`cost::lane`](crate::cost::lane) defines which lane is taken; [`cost::lanes`](crate::cost::lanes) finds the same one here.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use super::{Destination, Lane, Problem};
use crate::index::{DestIdx, Idx as _, NodeIdx, ServiceIdx, Sym};

/// The lanes of a problem by country and postcode prefix.
#[derive(Clone, Debug)]
pub(crate) struct LaneIndex {
    /// Positions of lanes: by country and prefix, then named nodes before any node, by node, service, reach and file order.
    sorted: Vec<u32>,
    shelves: HashMap<(Sym, Sym), Shelf>,
    to: OnceLock<To>,
}

/// The lanes to every destination.
#[derive(Clone, Debug)]
struct To {
    /// By destination, the position of its shelves.
    of: Vec<u32>,
    /// Distinct lists of shelves: by prefix, the longest first.
    lists: Vec<Vec<Shelf>>,
}

/// The lanes of one country and prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shelf {
    /// Their positions among the sorted ones; from `any` on those from any node.
    all: Range<u32>,
    any: u32,
    /// Whether some of them end at a distance.
    by_distance: bool,
}

/// A lane's reach in kilometres.
fn reach(lane: &Lane) -> f64 {
    lane.max_km.unwrap_or(f64::INFINITY)
}

impl LaneIndex {
    /// Sorts lanes, which come by service and in file order within one.
    pub(super) fn new(lanes: &[Lane]) -> Self {
        let key = |lane: &Lane| {
            (
                lane.country,
                lane.postcode_prefix,
                lane.node.is_none(),
                lane.node,
                lane.service,
            )
        };
        let order = |&a: &u32, &b: &u32| {
            let (a, b) = (&lanes[a as usize], &lanes[b as usize]);
            let by_reach = || reach(a).partial_cmp(&reach(b)).unwrap_or(Ordering::Equal);
            key(a).cmp(&key(b)).then_with(by_reach)
        };
        let mut sorted: Vec<u32> = (0..lanes.len() as u32).collect();
        sorted.sort_by(order); // stable: file order
        let mut shelves = HashMap::new();
        let place = |&n: &u32| (lanes[n as usize].country, lanes[n as usize].postcode_prefix);
        let mut start = 0;
        for shelf in sorted.chunk_by(|a, b| place(a) == place(b)) {
            let end = start + shelf.len() as u32;
            let named = shelf.partition_point(|&n| lanes[n as usize].node.is_some()) as u32;
            let by_distance = shelf.iter().any(|&n| lanes[n as usize].max_km.is_some());
            let entry = Shelf {
                all: start..end,
                any: start + named,
                by_distance,
            };
            shelves.insert(place(&shelf[0]), entry);
            start = end;
        }
        Self {
            sorted,
            shelves,
            to: OnceLock::new(),
        }
    }

    /// The lanes of the destination's country whose prefix its postcode starts with, by prefix, the longest first; and a number
    /// that destinations with the same lanes have in common.
    pub(crate) fn to(&self, problem: &Problem, dest: DestIdx) -> (&[Shelf], u32) {
        let to = self.to.get_or_init(|| self.to_all(problem));
        let number = to.of[dest.get()];
        (&to.lists[number as usize], number)
    }

    fn to_all(&self, problem: &Problem) -> To {
        let mut lists = Vec::new();
        let mut of_place: HashMap<(Sym, Sym), u32> = HashMap::new();
        let mut of_list: HashMap<Vec<u32>, u32> = HashMap::new();
        let mut number_of = |to: &Destination| {
            *of_place.entry((to.country, to.postcode)).or_insert_with(|| {
                let list = self.matching(problem, to.country, problem.text(to.postcode));
                let starts = list.iter().map(|shelf| shelf.all.start).collect();
                *of_list.entry(starts).or_insert_with(|| {
                    lists.push(list);
                    lists.len() as u32 - 1
                })
            })
        };
        let of = problem.destinations().iter().map(&mut number_of).collect();
        To { of, lists }
    }

    fn matching(&self, problem: &Problem, country: Sym, postcode: &str) -> Vec<Shelf> {
        let ends = (0..=postcode.len()).rev().filter(|&end| postcode.is_char_boundary(end));
        let prefixes = ends.filter_map(|end| problem.find_text(&postcode[..end]));
        prefixes
            .filter_map(|prefix| self.shelves.get(&(country, prefix)).cloned())
            .collect()
    }
}

impl Shelf {
    /// Whether some of the lanes end at a distance.
    pub(crate) const fn is_by_distance(&self) -> bool {
        self.by_distance
    }

    /// The lanes that name a node, by service; with `None` those from any node.
    fn from<'p>(&self, problem: &'p Problem, node: Option<NodeIdx>) -> &'p [u32] {
        let sorted = &problem.lane_index().sorted;
        if node.is_none() {
            return &sorted[self.any as usize..self.all.end as usize];
        }
        let named = &sorted[self.all.start as usize..self.any as usize];
        let first = named.partition_point(|&n| problem.lane(n).node < node);
        let count = named[first..].partition_point(|&n| problem.lane(n).node == node);
        &named[first..first + count]
    }

    /// The services with lanes that name a node, rising and with repeats; with `None` of those from any node.
    pub(crate) fn services<'p>(
        &self,
        problem: &'p Problem,
        node: Option<NodeIdx>,
    ) -> impl Iterator<Item = ServiceIdx> + use<'p> {
        self.from(problem, node).iter().map(|&n| problem.lane(n).service)
    }

    /// Of the lanes of a service that name a node (with `None`: from any node), that of the least reach that is enough.
    pub(crate) fn find<'p>(
        &self,
        problem: &'p Problem,
        service: ServiceIdx,
        node: Option<NodeIdx>,
        km: Option<f64>,
    ) -> Option<&'p Lane> {
        let lanes = self.from(problem, node);
        let first = lanes.partition_point(|&n| problem.lane(n).service < service);
        let of_service = &lanes[first..];
        let count = of_service.partition_point(|&n| problem.lane(n).service == service);
        let least = km.unwrap_or(f64::INFINITY);
        let enough = of_service[..count].partition_point(|&n| reach(problem.lane(n)) < least);
        of_service[..count].get(enough).map(|&n| problem.lane(n))
    }
}
