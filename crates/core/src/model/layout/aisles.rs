//! Parallel aisles: every aisle runs from the front cross aisle to the back one, and middle cross aisles cut them in blocks.
//!
//! ```text
//! height = length   ──┬────┬────┬──   cross aisle 2 (back)
//!                     │    │    │     block 1
//!                   ──┼────┼────┼──   cross aisle 1
//!                     │    │    │     block 0
//! height = 0        ──┴────┴────┴──   cross aisle 0 (front)
//!               aisle 0    1    2
//! ```
//!
//! A picker reaches both sides of an aisle from its middle, so a cell is a height in an aisle. Cross aisles are lines at a
//! height too: their width is in the heights of the cells beside them.

use super::{LayoutError, MAX_LOCATIONS, Waypoint, in_range};
use crate::index::LocationIdx;
use crate::quantity::Distance;

/// What [`AisleLayout::new`] asks for. All heights are measured along an aisle from the front cross aisle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AisleInput {
    /// How many aisles.
    pub aisles: usize,
    /// From each aisle to the next; one fewer than there are aisles.
    pub aisle_gaps: Vec<Distance>,
    /// Height of each cell, in any order; the same in all aisles. Cell `c` is the `c`-th of this list.
    pub cell_heights: Vec<Distance>,
    /// Height of each cross aisle: 0 for the front one, then rising to the back one, whose height is the length of the aisles.
    pub cross_heights: Vec<Distance>,
    /// The aisle at whose end the depot is.
    pub depot_aisle: usize,
    /// The cross aisle on which the depot is; 0 is the front one.
    pub depot_cross: usize,
    /// From the depot to that crossing, walked once at the beginning and once at the end of every tour.
    pub depot_distance: Distance,
}

/// Aisles that are all alike, as most studies have them. [`RegularAisles::input`] spells them out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegularAisles {
    /// How many aisles.
    pub aisles: usize,
    /// How many cells each has.
    pub cells: usize,
    /// How many blocks; the cells are dealt evenly, the front blocks get those that are left over.
    pub blocks: usize,
    /// From one aisle to the next.
    pub aisle_gap: Distance,
    /// From one cell to the next within a block.
    pub cell_gap: Distance,
    /// From the front cross aisle to the nearest cell.
    pub front_gap: Distance,
    /// From the back cross aisle to the nearest cell.
    pub back_gap: Distance,
    /// From a middle cross aisle to the nearest cell on either side.
    pub middle_gap: Distance,
    /// Whether cell 0 is the one nearest to the back cross aisle, instead of the front one.
    pub cells_from_back: bool,
    /// The aisle at whose end the depot is.
    pub depot_aisle: usize,
    /// The cross aisle on which the depot is.
    pub depot_cross: usize,
    /// From the depot to that crossing.
    pub depot_distance: Distance,
}

impl RegularAisles {
    /// The same, cell by cell.
    pub fn input(&self) -> AisleInput {
        let blocks = self.blocks.max(1);
        let mut cell_heights = Vec::with_capacity(self.cells);
        let mut cross_heights = vec![Distance::ZERO];
        let mut height = Distance::ZERO;
        for block in 0..blocks {
            let cells = self.cells / blocks + usize::from(block < self.cells % blocks);
            height += if block == 0 { self.front_gap } else { self.middle_gap };
            for cell in 0..cells {
                if cell > 0 {
                    height += self.cell_gap;
                }
                cell_heights.push(height);
            }
            height += if block + 1 == blocks {
                self.back_gap
            } else {
                self.middle_gap
            };
            cross_heights.push(height);
        }
        if self.cells_from_back {
            cell_heights.reverse();
        }
        AisleInput {
            aisles: self.aisles,
            aisle_gaps: vec![self.aisle_gap; self.aisles.saturating_sub(1)],
            cell_heights,
            cross_heights,
            depot_aisle: self.depot_aisle,
            depot_cross: self.depot_cross,
            depot_distance: self.depot_distance,
        }
    }
}

/// A valid layout of parallel aisles.
///
/// # Example
///
/// ```
/// use clapot::Distance;
/// use clapot::model::{AisleLayout, RegularAisles};
///
/// # fn main() -> Result<(), clapot::model::LayoutError> {
/// let metre = Distance::from_metres(1);
/// let floor = AisleLayout::new(RegularAisles {
///     aisles: 3, cells: 10, blocks: 2, aisle_gap: metre * 4, cell_gap: metre, front_gap: metre, back_gap: metre,
///     middle_gap: metre * 2, cells_from_back: false, depot_aisle: 0, depot_cross: 0, depot_distance: Distance::ZERO,
/// }.input())?;
/// assert_eq!(floor.length(), metre * 14); // 1 + 4 + 2 and 2 + 4 + 1
/// let (a, b) = (floor.location(0, 4), floor.location(2, 5));
/// assert_eq!(floor.distance(a.unwrap(), b.unwrap()), metre * (2 + 8 + 2)); // by the middle cross aisle
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AisleLayout {
    input: AisleInput,
    /// Where each aisle is along the cross aisles.
    offsets: Vec<Distance>,
}

impl AisleLayout {
    /// Checks the input.
    ///
    /// # Errors
    ///
    /// Where a count, a distance or the depot is not as [`AisleInput`] says.
    pub fn new(input: AisleInput) -> Result<Self, LayoutError> {
        let locations = input.aisles.checked_mul(input.cell_heights.len());
        if !locations.is_some_and(|n| (1..=MAX_LOCATIONS).contains(&n)) {
            return Err(LayoutError::Size);
        }
        if input.aisle_gaps.len() != input.aisles - 1 {
            return Err(LayoutError::Count {
                what: "gaps between aisles",
                found: input.aisle_gaps.len(),
                expected: input.aisles - 1,
            });
        }
        for &gap in &input.aisle_gaps {
            in_range("gap between aisles", gap)?;
        }
        in_range("distance to the depot", input.depot_distance)?;
        let rising = input.cross_heights.windows(2).all(|pair| pair[0] < pair[1]);
        if input.cross_heights.len() < 2 || input.cross_heights[0] != Distance::ZERO || !rising {
            return Err(LayoutError::CrossAisles);
        }
        let length = input.cross_heights[input.cross_heights.len() - 1];
        in_range("length of the aisles", length)?;
        let outside = |&(_, &height): &(usize, &Distance)| height < Distance::ZERO || height > length;
        if let Some((cell, &height)) = input.cell_heights.iter().enumerate().find(outside) {
            return Err(LayoutError::Cell { cell, height, length });
        }
        if input.depot_aisle >= input.aisles || input.depot_cross >= input.cross_heights.len() {
            return Err(LayoutError::Depot);
        }
        let mut offsets = vec![Distance::ZERO];
        let mut offset = Distance::ZERO;
        for &gap in &input.aisle_gaps {
            offset += gap;
            offsets.push(offset);
        }
        Ok(Self { input, offsets })
    }

    /// What the layout was made from.
    pub const fn input(&self) -> &AisleInput {
        &self.input
    }

    /// How many aisles.
    pub const fn aisles(&self) -> usize {
        self.input.aisles
    }

    /// How many cells each aisle has.
    pub fn cells(&self) -> usize {
        self.input.cell_heights.len()
    }

    /// How many blocks.
    pub fn blocks(&self) -> usize {
        self.input.cross_heights.len() - 1
    }

    /// How many pick locations.
    pub fn locations(&self) -> usize {
        self.aisles() * self.cells()
    }

    /// The length of each aisle, from the front to the back cross aisle.
    pub fn length(&self) -> Distance {
        self.input.cross_heights[self.blocks()]
    }

    /// The pick location of a cell of an aisle; `None` where there is none.
    pub fn location(&self, aisle: usize, cell: usize) -> Option<LocationIdx> {
        (aisle < self.aisles() && cell < self.cells()).then(|| LocationIdx((aisle * self.cells() + cell) as u32))
    }

    /// Aisle and cell of a pick location.
    pub fn aisle_and_cell(&self, location: LocationIdx) -> (usize, usize) {
        let n = location.0 as usize;
        (n / self.cells(), n % self.cells())
    }

    /// Where an aisle is along the cross aisles, from aisle 0.
    pub fn offset(&self, aisle: usize) -> Distance {
        self.offsets[aisle]
    }

    /// Aisle and height of a pick location.
    pub fn aisle_and_height(&self, location: LocationIdx) -> (usize, Distance) {
        let (aisle, cell) = self.aisle_and_cell(location);
        (aisle, self.input.cell_heights[cell])
    }

    /// Aisle and height of the crossing of the depot.
    pub fn depot(&self) -> (usize, Distance) {
        (self.input.depot_aisle, self.input.cross_heights[self.input.depot_cross])
    }

    /// Aisle and height of a waypoint; of the depot, those of its crossing.
    pub fn place(&self, waypoint: Waypoint) -> (usize, Distance) {
        match waypoint {
            Waypoint::Depot => self.depot(),
            Waypoint::Crossing { aisle, cross } => (aisle as usize, self.input.cross_heights[cross as usize]),
            Waypoint::Location(location) => self.aisle_and_height(location),
        }
    }

    /// The length of a walk from waypoint to waypoint, each by the shortest way, the depot's distance included.
    pub fn walk_length(&self, walk: &[Waypoint]) -> Distance {
        let step = |pair: &[Waypoint]| {
            let at_depot = pair.iter().filter(|&&w| w == Waypoint::Depot).count() % 2;
            self.between(self.place(pair[0]), self.place(pair[1])) + self.input.depot_distance * at_depot as i64
        };
        walk.windows(2).map(step).sum()
    }

    /// The shortest way between two pick locations.
    pub fn distance(&self, from: LocationIdx, to: LocationIdx) -> Distance {
        self.between(self.aisle_and_height(from), self.aisle_and_height(to))
    }

    /// The shortest way between the depot and a pick location, the distance to the depot's crossing included.
    pub fn from_depot(&self, to: LocationIdx) -> Distance {
        self.input.depot_distance + self.between(self.depot(), self.aisle_and_height(to))
    }

    /// The shortest way between two places, each an aisle and a height in it.
    pub fn between(&self, from: (usize, Distance), to: (usize, Distance)) -> Distance {
        let apart = |a: Distance, b: Distance| (a.0 - b.0).abs();
        if from.0 == to.0 {
            return Distance(apart(from.1, to.1));
        }
        let along = self
            .input
            .cross_heights
            .iter()
            .map(|&cross| apart(from.1, cross) + apart(cross, to.1));
        let along = along.min().unwrap_or_default(); // there are two cross aisles at least
        Distance(apart(self.offsets[from.0], self.offsets[to.0]) + along)
    }
}
