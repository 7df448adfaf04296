//! Nodes by distance from a destination. Distances are compared in whole metres, so that the last bit of a platform's
//! sine cannot turn a plan.

use std::collections::HashMap;
use std::rc::Rc;

use crate::cost::lane;
use crate::index::{DestIdx, IndexVec, NodeIdx};
use crate::model::Problem;

/// Distance of every node from one destination in metres; [`UNKNOWN`] where either end has no coordinates.
pub(super) type Metres = IndexVec<NodeIdx, u64>;

/// Farther than any place on earth, so that unknown nodes come last.
pub(super) const UNKNOWN: u64 = 1_000_000_000;

/// Finds distances, and remembers them by destination.
#[derive(Default)]
pub(super) struct Near {
    known: HashMap<DestIdx, Rc<Metres>>,
    kept: usize,
}

impl Near {
    /// Distances kept at most; about 64 MB.
    const MOST_KEPT: usize = 8_000_000;

    /// The distances of all nodes from a destination.
    pub(super) fn metres(&mut self, problem: &Problem, dest: DestIdx) -> Rc<Metres> {
        if let Some(metres) = self.known.get(&dest) {
            return Rc::clone(metres);
        }
        if self.kept > Self::MOST_KEPT {
            self.known.clear();
            self.kept = 0;
        }
        let metres = |node| lane::distance(problem, node, dest).map_or(UNKNOWN, |km| (km * 1000.0).round() as u64);
        let metres: Rc<Metres> = Rc::new(problem.nodes().indices().map(metres).collect());
        self.kept += metres.len();
        self.known.insert(dest, Rc::clone(&metres));
        metres
    }
}
