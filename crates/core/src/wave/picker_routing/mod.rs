//! Picker routing: the shortest walk from the depot past given pick locations and back.
//!
//! A [`Picker`] holds everything that can be known of a layout before the stops are known, and all memory that a tour needs;
//! so one per thread is made once (cloning is cheap), and asking it for a length allocates nothing.
//!
//! | module | what it does |
//! |---|---|
//! | `stops` | sets of stops as bits, sorted by aisle, block and height |
//! | `one_block` | the shortest length in one block, in registers (Ratliff and Rosenthal) |
//! | `states`, `moves`, `blocks` | the shortest tour in any number of blocks (Pansart, Catusse and Cambazard) |
//! | `walk` | from the ways of a tour to the order in which the stops are met |

mod blocks;
mod moves;
mod one_block;
mod scattered;
mod states;
mod stops;
mod walk;

use std::sync::Arc;

use crate::Error;
use crate::index::LocationIdx;
use crate::model::{Layout, Waypoint};
use crate::quantity::Distance;

use blocks::Blocks;
pub use scattered::{Offer, ScatteredLimits, ScatteredTour};
use stops::Grid;
pub use stops::StopSet;

/// A walk from the depot past all stops and back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tour {
    /// The pick locations in the order in which the walk first meets them, each once.
    pub stops: Vec<LocationIdx>,
    /// Every place where the walk begins, ends, turns or picks; adjacent ones are joined by a straight way.
    pub walk: Vec<Waypoint>,
    /// Its length, there and back to the depot.
    pub length: Distance,
}

/// How a tour is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TourMethod {
    /// The shortest tour there is.
    #[default]
    Exact,
}

/// Finds tours in one layout.
///
/// # Example
///
/// ```
/// use clapot::Distance;
/// use clapot::model::{AisleLayout, Layout, RegularAisles};
/// use clapot::wave::picker_routing::{Picker, TourMethod};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let metre = Distance::from_metres(1);
/// let aisles = AisleLayout::new(RegularAisles {
///     aisles: 3, cells: 10, blocks: 1, aisle_gap: metre * 4, cell_gap: metre, front_gap: metre, back_gap: metre,
///     middle_gap: metre, cells_from_back: false, depot_aisle: 0, depot_cross: 0, depot_distance: Distance::ZERO,
/// }.input())?;
/// let stops = [aisles.location(0, 8), aisles.location(2, 9)].map(Option::unwrap);
/// let mut picker = Picker::new(&Layout::from(aisles))?;
/// assert_eq!(picker.length(&stops), metre * 38); // up aisle 0, along the back, down aisle 2, along the front
/// assert_eq!(picker.tour(&stops, TourMethod::Exact).stops, stops);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Picker {
    grid: Arc<Grid>,
    blocks: Blocks,
    scratch: StopSet,
}

impl Picker {
    /// A picker of this layout.
    ///
    /// # Errors
    ///
    /// Where the layout is beyond what tours can be found for: more than 5 blocks.
    pub fn new(layout: &Layout) -> Result<Self, Error> {
        let Layout::Aisles(aisles) = layout else {
            return Err(Error::options("tours on graphs"));
        };
        if aisles.blocks() > blocks::MOST_BLOCKS {
            return Err(Error::options(format!(
                "a layout of {} blocks: tours are found for up to {}",
                aisles.blocks(),
                blocks::MOST_BLOCKS
            )));
        }
        let grid = Arc::new(Grid::new(aisles));
        Ok(Self {
            blocks: Blocks::new(&grid),
            scratch: grid.empty_set(),
            grid,
        })
    }

    /// The set of these stops, for [`length_of`](Self::length_of).
    ///
    /// # Panics
    ///
    /// Where a stop is not in the layout.
    pub fn set(&self, stops: &[LocationIdx]) -> StopSet {
        let mut set = self.grid.empty_set();
        self.grid.fill(&mut set, stops.iter().copied());
        set
    }

    /// The length of the shortest tour past these stops, in any order and with repetitions; 0 without stops.
    ///
    /// # Panics
    ///
    /// Where a stop is not in the layout.
    pub fn length(&mut self, stops: &[LocationIdx]) -> Distance {
        Distance(self.length_at(stops.iter().copied()))
    }

    /// As [`length`](Self::length), in millimetres.
    fn length_at(&mut self, stops: impl IntoIterator<Item = LocationIdx>) -> i64 {
        let mut set = std::mem::take(&mut self.scratch);
        set.clear();
        self.grid.fill(&mut set, stops);
        let length = self.length_of(&set);
        self.scratch = set;
        length.0
    }

    /// The length of the shortest tour past a set of stops; 0 without stops. Sets of orders are joined with
    /// [`StopSet::add`], which costs a few machine words.
    pub fn length_of(&mut self, stops: &StopSet) -> Distance {
        Distance(if self.grid.blocks == 1 {
            one_block::length(&self.grid, stops)
        } else {
            self.blocks.length(&self.grid, stops)
        })
    }

    /// A tour past these stops.
    ///
    /// # Panics
    ///
    /// Where a stop is not in the layout.
    pub fn tour(&mut self, stops: &[LocationIdx], method: TourMethod) -> Tour {
        let set = self.set(stops);
        match method {
            TourMethod::Exact => self.blocks.tour(&self.grid, &set),
        }
    }
}
