//! Policies: the simple rules by which pickers walk in practice, one file each. None is shorter than the exact tour.
//!
//! The depot counts as being at the front: where it is on the back cross aisle, the floor is looked at from there. With
//! several blocks, S-shape, largest gap and combined go up the leftmost aisle to the farthest block and then work block by
//! block back towards the front (Roodbergen and de Koster); return and midpoint use the front and the back cross aisle only.
//!
//! Source: K. J. Roodbergen and R. de Koster, "Routing methods for warehouses with multiple cross aisles", International
//! Journal of Production Research 39 (2001); C. G. Petersen, "An evaluation of order picking routeing policies",
//! International Journal of Operations & Production Management 17 (1997).

mod combined;
mod largest_gap;
mod midpoint;
mod return_trips;
mod s_shape;

use std::collections::BTreeMap;

use super::TourMethod;
use super::stops::{Grid, StopSet};
use crate::index::LocationIdx;
use crate::model::Waypoint;

/// The stops of an aisle or of a block of it, upwards: height above the front and location.
type Stops = Vec<(i64, LocationIdx)>;

/// The walk of a policy; empty for [`TourMethod::Exact`].
pub(super) fn walk(grid: &Grid, set: &StopSet, method: TourMethod) -> Vec<Waypoint> {
    let mut course = Course::new(grid, set);
    match method {
        TourMethod::Exact => return Vec::new(),
        TourMethod::SShape => s_shape::walk(&mut course),
        TourMethod::Return => return_trips::walk(&mut course),
        TourMethod::Midpoint => midpoint::walk(&mut course),
        TourMethod::LargestGap => largest_gap::walk(&mut course),
        TourMethod::Combined => combined::walk(&mut course),
    }
    course.home()
}

/// A walk in the making, and the stops that it has not met.
struct Course<'a> {
    grid: &'a Grid,
    /// The floor is looked at from the back.
    flipped: bool,
    walk: Vec<Waypoint>,
    aisle: usize,
    cross: usize,
    /// By block from the front, the aisles that have stops left.
    left: Vec<BTreeMap<usize, Stops>>,
}

impl<'a> Course<'a> {
    fn new(grid: &'a Grid, set: &StopSet) -> Self {
        let flipped = grid.depot_cross == grid.blocks;
        let length = grid.crosses[grid.blocks];
        let mut left = vec![BTreeMap::new(); grid.blocks];
        for aisle in 0..grid.aisles {
            for (block, left) in left.iter_mut().enumerate() {
                let block = if flipped { grid.blocks - 1 - block } else { block };
                let mut stops: Stops = grid.stops(set, aisle, block).collect();
                if flipped {
                    stops.reverse();
                    for stop in &mut stops {
                        stop.0 = length - stop.0;
                    }
                }
                if !stops.is_empty() {
                    left.insert(aisle, stops);
                }
            }
        }
        let mut course = Self {
            grid,
            flipped,
            walk: vec![Waypoint::Depot],
            aisle: grid.depot_aisle,
            cross: if flipped { 0 } else { grid.depot_cross },
            left,
        };
        course.here();
        course
    }

    /// Height of a cross aisle above the front.
    fn height(&self, cross: usize) -> i64 {
        let crosses = &self.grid.crosses;
        let back = crosses[self.grid.blocks];
        if self.flipped {
            back - crosses[self.grid.blocks - cross]
        } else {
            crosses[cross]
        }
    }

    /// From one aisle to another along a cross aisle.
    fn apart(&self, a: usize, b: usize) -> i64 {
        self.grid.gaps[a.min(b)..a.max(b)].iter().sum()
    }

    /// Notes the crossing that the walk is at.
    fn here(&mut self) {
        let cross = if self.flipped {
            self.grid.blocks - self.cross
        } else {
            self.cross
        };
        let crossing = Waypoint::Crossing {
            aisle: self.aisle as u32,
            cross: cross as u32,
        };
        if self.walk.last() != Some(&crossing) {
            self.walk.push(crossing);
        }
    }

    /// Along the cross aisle to an aisle.
    fn along(&mut self, aisle: usize) {
        self.aisle = aisle;
        self.here();
    }

    fn visit(&mut self, stops: impl IntoIterator<Item = (i64, LocationIdx)>) {
        self.walk.extend(stops.into_iter().map(|s| Waypoint::Location(s.1)));
    }

    /// Through a block in the current aisle to its other end, picking what is left there.
    fn through(&mut self, block: usize) {
        let stops = self.left[block].remove(&self.aisle).unwrap_or_default();
        if self.cross == block {
            self.visit(stops);
            self.cross = block + 1;
        } else {
            self.visit(stops.into_iter().rev());
            self.cross = block;
        }
        self.here();
    }

    /// Along the current aisle to a cross aisle, picking on the way.
    fn walk_to_cross(&mut self, cross: usize) {
        while self.cross < cross {
            self.through(self.cross);
        }
        while self.cross > cross {
            self.through(self.cross - 1);
        }
    }

    /// Into a block of the current aisle, past these stops, and back to the same end.
    fn in_and_out(&mut self, block: usize, stops: Stops) {
        if self.cross == block {
            self.visit(stops);
        } else {
            self.visit(stops.into_iter().rev());
        }
        self.here();
    }

    /// First and last aisle with stops left in a block.
    fn span(&self, block: usize) -> Option<(usize, usize)> {
        Some((
            *self.left[block].first_key_value()?.0,
            *self.left[block].last_key_value()?.0,
        ))
    }

    /// The aisles of a block with stops left, from whichever end is nearer.
    fn aisles(&self, block: usize) -> Vec<usize> {
        let mut aisles: Vec<usize> = self.left[block].keys().copied().collect();
        if let Some((first, last)) = self.span(block)
            && self.apart(self.aisle, last) < self.apart(self.aisle, first)
        {
            aisles.reverse();
        }
        aisles
    }

    /// Up the leftmost aisle with stops to the farthest block, then each block from there to the front: `pick` is given the
    /// course at an end of a block that has stops, and has to leave it at the front of that block.
    fn block_by_block(&mut self, pick: impl Fn(&mut Self, usize)) {
        let Some(farthest) = self.left.iter().rposition(|b| !b.is_empty()) else {
            return;
        };
        let leftmost = self.left.iter().filter_map(|b| b.first_key_value()).map(|(&a, _)| a);
        if let Some(leftmost) = leftmost.min() {
            self.along(leftmost);
        }
        self.walk_to_cross(self.cross.clamp(farthest, farthest + 1));
        for block in (0..=farthest).rev() {
            if self.left[..=block].iter().all(BTreeMap::is_empty) {
                return;
            }
            if self.left[block].is_empty() {
                self.walk_to_cross(block);
            } else {
                pick(self, block);
            }
        }
    }

    /// All stops of each aisle, whatever their block; nothing is left of them.
    fn whole_aisles(&mut self) -> BTreeMap<usize, Stops> {
        let mut aisles = BTreeMap::<usize, Stops>::new();
        for (aisle, stops) in self.left.iter_mut().flat_map(std::mem::take) {
            aisles.entry(aisle).or_default().extend(stops);
        }
        aisles
    }

    /// Back to the depot.
    fn home(mut self) -> Vec<Waypoint> {
        let depot = if self.flipped { 0 } else { self.grid.depot_cross };
        self.walk_to_cross(depot);
        self.along(self.grid.depot_aisle);
        self.walk.push(Waypoint::Depot);
        self.walk
    }
}
