//! Picker routing: the shortest walk from the depot past given pick locations and back.
//!
//! A [`Picker`] holds everything that can be known of a layout before the stops are known, and all memory that a tour needs;
//! so one per thread is made once (cloning is cheap), and asking it for a length in aisles allocates nothing.
//!
//! | module | what it does |
//! |---|---|
//! | `stops` | sets of stops as bits, sorted by aisle, block and height |
//! | `one_block` | the shortest length in one block, in registers (Ratliff and Rosenthal) |
//! | `states`, `moves`, `blocks` | the shortest tour in any number of blocks (Pansart, Catusse and Cambazard) |
//! | `walk` | from the ways of a tour to the order in which the stops are met |
//! | `policies` | S-shape, return, midpoint, largest gap, combined |
//! | `graph` | tours on any graph |
//! | `scattered` | where to pick, when an article lies in several places |
//! | `floor` | tours past the pick locations of a node's floor |
//! | `time` | from metres and picks to seconds |

mod blocks;
mod floor;
mod graph;
mod moves;
mod one_block;
mod policies;
mod scattered;
mod states;
mod stops;
mod time;
mod walk;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::Error;
use crate::index::LocationIdx;
use crate::model::{AisleLayout, Layout, Waypoint};
use crate::quantity::Distance;

use blocks::Blocks;
pub use floor::FloorTour;
pub(crate) use floor::ways;
use graph::Graph;
pub use scattered::{Offer, ScatteredLimits, ScatteredTour};
use stops::Grid;
pub(crate) use stops::Piece;
pub use stops::StopSet;
pub use time::PickTimes;

/// A walk from the depot past all stops and back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tour {
    /// The pick locations in the order in which the walk first meets them, each once.
    pub stops: Vec<LocationIdx>,
    /// Places on the walk in their order, from depot to depot. In aisles every place where it turns or picks is named, so that
    /// neighbouring ones are joined by a straight way; on a graph only the stops are, joined by shortest ways.
    pub walk: Vec<Waypoint>,
    /// Its length, there and back to the depot.
    pub length: Distance,
    /// Whether it is proved that no tour past these stops is shorter.
    pub is_shortest: bool,
}

/// How a tour is found. All but [`Exact`](Self::Exact) are policies for aisles; on a graph every method is the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TourMethod {
    /// The shortest tour there is; on a graph with more than 12 stops a short one.
    #[default]
    Exact,
    /// Every aisle with stops is walked through, in turn up and down.
    SShape,
    /// Every aisle with stops is entered and left at the front.
    Return,
    /// The front halves of the aisles from the front, the back halves from the back.
    Midpoint,
    /// The widest stretch without stops of each aisle is left out.
    LargestGap,
    /// Each aisle is walked through or left where it was entered, whichever is better for all.
    Combined,
}

impl TourMethod {
    /// All methods.
    pub const ALL: [Self; 6] = [
        Self::Exact,
        Self::SShape,
        Self::Return,
        Self::Midpoint,
        Self::LargestGap,
        Self::Combined,
    ];

    /// The word for it in files and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::SShape => "s-shape",
            Self::Return => "return",
            Self::Midpoint => "midpoint",
            Self::LargestGap => "largest-gap",
            Self::Combined => "combined",
        }
    }
}

impl fmt::Display for TourMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for TourMethod {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|m| m.as_str() == text)
            .ok_or_else(|| format!("`{text}` is none of {}", Self::ALL.map(Self::as_str).join(", ")))
    }
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
    floor: Ground,
    scratch: StopSet,
}

#[derive(Clone, Debug)]
enum Ground {
    Aisles(Aisles),
    Graph(Graph),
}

/// What tours in aisles need.
#[derive(Clone, Debug)]
struct Aisles {
    layout: Arc<AisleLayout>,
    grid: Arc<Grid>,
    blocks: Blocks,
}

impl Picker {
    /// A picker of this layout.
    ///
    /// # Errors
    ///
    /// Where the layout is beyond what tours can be found for: more than 5 blocks.
    pub fn new(layout: &Layout) -> Result<Self, Error> {
        let floor = match layout {
            Layout::Aisles(aisles) if aisles.blocks() > blocks::MOST_BLOCKS => {
                return Err(Error::options(format!(
                    "a layout of {} blocks: tours are found for up to {}",
                    aisles.blocks(),
                    blocks::MOST_BLOCKS
                )));
            }
            Layout::Aisles(aisles) => {
                let grid = Arc::new(Grid::new(aisles));
                Ground::Aisles(Aisles {
                    layout: Arc::new(aisles.clone()),
                    blocks: Blocks::new(&grid),
                    grid,
                })
            }
            Layout::Graph(graph) => Ground::Graph(Graph::new(graph)),
        };
        let scratch = floor.empty_set();
        Ok(Self { floor, scratch })
    }

    /// The set of these stops, for [`length_of`](Self::length_of).
    ///
    /// # Panics
    ///
    /// Where a stop is not in the layout.
    pub fn set(&self, stops: &[LocationIdx]) -> StopSet {
        let mut set = self.floor.empty_set();
        self.floor.fill(&mut set, stops.iter().copied());
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
        self.floor.fill(&mut set, stops);
        let length = self.length_of(&set);
        self.scratch = set;
        length.0
    }

    /// The length of the shortest tour past a set of stops; 0 without stops. Sets of orders are joined with
    /// [`StopSet::add`], which costs a few machine words.
    pub fn length_of(&mut self, stops: &StopSet) -> Distance {
        Distance(match &mut self.floor {
            Ground::Aisles(aisles) if aisles.grid.blocks == 1 => one_block::length(&aisles.grid, stops),
            Ground::Aisles(aisles) => aisles.blocks.length(&aisles.grid, stops),
            Ground::Graph(graph) => graph.length(stops),
        })
    }

    /// A tour past these stops.
    ///
    /// # Panics
    ///
    /// Where a stop is not in the layout.
    pub fn tour(&mut self, stops: &[LocationIdx], method: TourMethod) -> Tour {
        let set = self.set(stops);
        if set.is_empty() {
            return Tour::default();
        }
        match &mut self.floor {
            Ground::Graph(graph) => graph.tour(&set),
            Ground::Aisles(aisles) if method == TourMethod::Exact => aisles.blocks.tour(&aisles.grid, &set),
            Ground::Aisles(aisles) => {
                let walk = policies::walk(&aisles.grid, &set, method);
                Tour {
                    stops: first_met(&walk),
                    length: aisles.layout.walk_length(&walk),
                    walk,
                    is_shortest: false,
                }
            }
        }
    }
}

/// The locations of a walk, each where it is first met.
fn first_met(walk: &[Waypoint]) -> Vec<LocationIdx> {
    let mut met = hashbrown::HashSet::new();
    let locations = walk.iter().filter_map(|w| match *w {
        Waypoint::Location(location) => Some(location),
        Waypoint::Depot | Waypoint::Crossing { .. } => None,
    });
    locations.filter(|&l| met.insert(l)).collect()
}

impl Ground {
    fn empty_set(&self) -> StopSet {
        match self {
            Self::Aisles(aisles) => aisles.grid.empty_set(),
            Self::Graph(graph) => graph.empty_set(),
        }
    }

    fn fill(&self, set: &mut StopSet, stops: impl IntoIterator<Item = LocationIdx>) {
        match self {
            Self::Aisles(aisles) => aisles.grid.fill(set, stops),
            Self::Graph(_) => Graph::fill(set, stops),
        }
    }
}
