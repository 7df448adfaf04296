//! The floor of a node as a picker walks it: parallel aisles with cross aisles, or any graph. Plain, validated data.

mod aisles;
mod graph;

pub use aisles::{AisleInput, AisleLayout, RegularAisles};
pub use graph::GraphLayout;

use crate::index::LocationIdx;

/// Where pick locations lie and how a picker gets from one to another.
#[derive(Clone, Debug, PartialEq)]
pub enum Layout {
    /// Parallel aisles, joined by cross aisles.
    Aisles(AisleLayout),
    /// Vertices and the ways between them.
    Graph(GraphLayout),
}

impl Layout {
    /// How many pick locations there are; they are numbered from 0.
    pub fn locations(&self) -> usize {
        match self {
            Self::Aisles(aisles) => aisles.locations(),
            Self::Graph(graph) => graph.vertices(),
        }
    }

    /// Whether the layout has this pick location.
    pub fn contains(&self, location: LocationIdx) -> bool {
        (location.0 as usize) < self.locations()
    }
}

/// A place that a walk touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Waypoint {
    /// The depot.
    Depot,
    /// Where an aisle meets a cross aisle.
    Crossing {
        /// The aisle.
        aisle: u32,
        /// The cross aisle.
        cross: u32,
    },
    /// A pick location, or a vertex on the way.
    Location(LocationIdx),
}

impl From<AisleLayout> for Layout {
    fn from(aisles: AisleLayout) -> Self {
        Self::Aisles(aisles)
    }
}

impl From<GraphLayout> for Layout {
    fn from(graph: GraphLayout) -> Self {
        Self::Graph(graph)
    }
}

/// Why a layout is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// No aisle, no cell or no vertex, or more than 2^24 pick locations.
    #[error("a layout has from 1 to 2^24 pick locations")]
    Size,
    /// A list has another length than the counts ask for.
    #[error("{what}: {found} given, {expected} needed")]
    Count {
        /// Which list.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length that it must have.
        expected: usize,
    },
    /// Fewer than two cross aisles, the first not at height 0, or not rising.
    #[error("cross aisles: at least two, the first at height 0, each higher than the one before")]
    CrossAisles,
    /// A cell lies outside the aisle.
    #[error("cell {cell} lies at {height} m, outside the aisle of {length} m")]
    Cell {
        /// Number of the cell.
        cell: usize,
        /// Its height in metres.
        height: crate::quantity::Distance,
        /// Length of the aisle in metres.
        length: crate::quantity::Distance,
    },
    /// A distance is negative or above 100 km.
    #[error("{what}: a distance is from 0 to 100,000 m")]
    Distance {
        /// Which distance.
        what: &'static str,
    },
    /// The depot is at an aisle, a cross aisle or a vertex that the layout does not have.
    #[error("the depot is at an aisle, cross aisle or vertex that the layout does not have")]
    Depot,
    /// A way of a graph begins or ends at a vertex that there is not.
    #[error("way {way} begins or ends at a vertex that there is not")]
    Way {
        /// Position of the way in the list.
        way: usize,
    },
    /// A vertex cannot be reached from the depot.
    #[error("vertex {vertex} cannot be reached from the depot")]
    Unreachable {
        /// The vertex.
        vertex: usize,
    },
}

/// Most pick locations of a layout.
const MAX_LOCATIONS: usize = 1 << 24;
/// Longest distance that one field may state, in millimetres: 100 km.
const MAX_DISTANCE: i64 = 100_000_000;

fn in_range(what: &'static str, distance: crate::quantity::Distance) -> Result<(), LayoutError> {
    if (0..=MAX_DISTANCE).contains(&distance.0) {
        Ok(())
    } else {
        Err(LayoutError::Distance { what })
    }
}
