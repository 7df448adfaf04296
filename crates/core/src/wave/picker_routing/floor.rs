//! Tours on the floor of a node: in which order a picker visits pick locations, by the methods of `floor.toml`.

use hashbrown::HashMap;

use super::{Picker, TourMethod};
use crate::cost::waves::walk::lengths;
use crate::index::{LocationIdx, PickLocationIdx};
use crate::model::floor::{Floor, PickMethod};
use crate::model::{AisleLayout, Layout, Waypoint};
use crate::quantity::Distance;

/// A tour past pick locations of a floor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FloorTour {
    /// The pick locations in the order of the walk, each with the way to it: from the one before, or from the depot.
    pub stops: Vec<(PickLocationIdx, Distance)>,
    /// The way from the last one back to the depot.
    pub back: Distance,
    /// All of the walk.
    pub length: Distance,
}

impl Picker {
    /// Brings things into the order in which a picker meets the pick locations where they lie: by the method, those at one
    /// cell by pick location, those in one pick location as `T` is ordered.
    ///
    /// The picker has to be one of the floor's layout.
    pub fn arrange<T: Ord + Copy>(
        &mut self,
        floor: &Floor,
        method: PickMethod,
        things: &mut [T],
        place: impl Fn(&T) -> PickLocationIdx,
    ) {
        let locations = floor.locations();
        if let Some(method) = tour_method(method) {
            let cells: Vec<LocationIdx> = things.iter().map(|thing| locations[place(thing)].cell).collect();
            let tour = self.tour(&cells, method);
            let rank: HashMap<LocationIdx, usize> = tour.stops.iter().enumerate().map(|(n, &cell)| (cell, n)).collect();
            things.sort_unstable_by_key(|thing| (rank[&locations[place(thing)].cell], place(thing), *thing));
        } else {
            things.sort_unstable_by_key(|thing| {
                let sequence = locations[place(thing)].sequence;
                (sequence.is_none(), sequence, place(thing), *thing)
            });
        }
    }

    /// A tour past these pick locations of a floor, each visited once, as the method walks it.
    ///
    /// In aisles a policy is walked by its own rule, through whole aisles or back where it came from, even where there is a
    /// shorter way to the next stop. By sequence, and on a graph, the picker takes the shortest way from stop to stop.
    ///
    /// # Example
    ///
    /// ```
    /// use clapot::generate::{FloorOptions, GenerateOptions, generate, generate_floors};
    /// use clapot::index::PickLocationIdx;
    /// use clapot::model::floor::PickMethod;
    /// use clapot::wave::picker_routing::Picker;
    /// use clapot::{Error, validate};
    ///
    /// # fn main() -> Result<(), Error> {
    /// let draft = generate(&GenerateOptions { orders: 50, nodes: 4, ..GenerateOptions::default() })?;
    /// let problem = validate::check(draft).map_err(Error::input)?.problem;
    /// let floors = generate_floors(&problem, &FloorOptions::default())?;
    /// let floors = validate::check_floors(floors, &problem).map_err(Error::input)?.floors;
    /// let floor = &floors.floors()[0];
    ///
    /// let mut picker = Picker::new(floor.layout())?;
    /// let places = [5, 1, 9].map(PickLocationIdx);
    /// let tour = picker.floor_tour(floor, PickMethod::Exact, &places);
    /// assert!(tour.length <= picker.floor_tour(floor, PickMethod::SShape, &places).length);
    /// # Ok(())
    /// # }
    /// ```
    pub fn floor_tour(&mut self, floor: &Floor, method: PickMethod, places: &[PickLocationIdx]) -> FloorTour {
        let mut order = places.to_vec();
        order.sort_unstable();
        order.dedup();
        let (ways, length) = match (tour_method(method), floor.layout()) {
            (Some(method), Layout::Aisles(aisles)) if !order.is_empty() => {
                let cell = |place: PickLocationIdx| floor.locations()[place].cell;
                let cells: Vec<LocationIdx> = order.iter().map(|&place| cell(place)).collect();
                let tour = self.tour(&cells, method);
                let met = first_met_at(aisles, &tour.walk);
                order.sort_unstable_by_key(|&place| (met[&cell(place)], place));
                let reached = order.iter().map(|&place| met[&cell(place)].1).chain([tour.length]);
                let mut walked = Distance::ZERO;
                let ways = reached.map(|at| at - std::mem::replace(&mut walked, at)).collect();
                (ways, tour.length)
            }
            _ => {
                self.arrange(floor, method, &mut order, |place| *place);
                let ways = ways(floor, order.iter().copied());
                let length = ways.iter().copied().sum();
                (ways, length)
            }
        };
        FloorTour {
            back: ways.last().copied().unwrap_or_default(),
            stops: order.into_iter().zip(ways).collect(),
            length,
        }
    }
}

/// For each location of a walk its place in the walk, and what is walked until it is first met.
fn first_met_at(aisles: &AisleLayout, walk: &[Waypoint]) -> HashMap<LocationIdx, (usize, Distance)> {
    let mut met = HashMap::new();
    let mut walked = Distance::ZERO;
    for (n, pair) in walk.windows(2).enumerate() {
        walked += aisles.walk_length(pair);
        if let Waypoint::Location(location) = pair[1] {
            met.entry(location).or_insert((n, walked));
        }
    }
    met
}

/// The ways of a tour in this order: to each place, and back; nothing is walked without places.
pub(crate) fn ways(floor: &Floor, places: impl Iterator<Item = PickLocationIdx>) -> Vec<Distance> {
    let cells = places.map(|place| Some(floor.locations()[place].cell));
    let stops: Vec<_> = std::iter::once(None).chain(cells).chain([None]).collect();
    let pairs: Vec<_> = stops.windows(2).map(|pair| (pair[0], pair[1])).collect();
    lengths(floor.layout(), &pairs)
}

/// How tours of a method are found; `None` where the sequence of the pick locations is followed.
const fn tour_method(method: PickMethod) -> Option<TourMethod> {
    match method {
        PickMethod::Exact => Some(TourMethod::Exact),
        PickMethod::SShape => Some(TourMethod::SShape),
        PickMethod::Return => Some(TourMethod::Return),
        PickMethod::Midpoint => Some(TourMethod::Midpoint),
        PickMethod::LargestGap => Some(TourMethod::LargestGap),
        PickMethod::Combined => Some(TourMethod::Combined),
        PickMethod::Sequence => None,
    }
}
