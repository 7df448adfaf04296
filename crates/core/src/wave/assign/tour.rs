//! The order in which a picker makes the picks of a batch, and how long that takes.

use std::collections::HashMap;

use super::site::Site;
use crate::Error;
use crate::cost::waves::times;
use crate::index::{LocationIdx, PickLocationIdx};
use crate::model::Layout;
use crate::model::floor::{Floor, PickMethod};
use crate::plan::PickChoice;
use crate::quantity::{Distance, Seconds};
use crate::wave::picker_routing::{Picker, ways};

/// Asks for tours on one floor, with memory of its own.
#[derive(Clone)]
pub(crate) struct Walker<'a> {
    floor: &'a Floor,
    picker: Picker,
    /// From the depot to every place that is asked for, on a graph.
    from_depot: HashMap<LocationIdx, Distance>,
    cells: Vec<LocationIdx>,
    places: Vec<PickLocationIdx>,
    /// How many tours were asked for.
    pub asked: u64,
}

impl<'a> Walker<'a> {
    /// A walker of a floor.
    ///
    /// # Errors
    /// The layout is one for which no tours can be found.
    pub(crate) fn new(site: &Site<'a>) -> Result<Self, Error> {
        let floor = site.floor;
        let picker = Picker::new(floor.layout()).map_err(|e| {
            let node = site.problem.node_id(floor.node());
            Error::options(format!("node {node}: {e}"))
        })?;
        let from_depot = match floor.layout() {
            Layout::Aisles(_) => HashMap::new(),
            Layout::Graph(graph) => {
                let from = graph.distances_from(graph.depot());
                let cells = floor.locations().iter().map(|place| place.cell);
                cells.map(|cell| (cell, from[cell.0 as usize])).collect()
            }
        };
        Ok(Self {
            floor,
            picker,
            from_depot,
            cells: Vec::new(),
            places: Vec::new(),
            asked: 0,
        })
    }

    /// How far a pick location is from the depot.
    pub(crate) fn way_to(&self, location: PickLocationIdx) -> Distance {
        let cell = self.floor.locations()[location].cell;
        match self.floor.layout() {
            Layout::Aisles(aisles) => aisles.from_depot(cell),
            Layout::Graph(_) => self.from_depot.get(&cell).copied().unwrap_or_default(),
        }
    }

    /// How long a tour past these picks takes, whatever their order.
    pub(crate) fn time(&mut self, picks: &[PickChoice]) -> Seconds {
        self.asked += 1;
        let length = if self.floor.rules().method == PickMethod::Exact {
            let mut cells = std::mem::take(&mut self.cells);
            cells.clear();
            cells.extend(picks.iter().map(|pick| self.floor.locations()[pick.location].cell));
            let length = self.picker.length(&cells);
            self.cells = cells;
            length
        } else {
            let mut picks = picks.to_vec();
            self.arrange(&mut picks)
        };
        self.places.clear();
        self.places.extend(picks.iter().map(|pick| pick.location));
        self.places.sort_unstable();
        self.places.dedup();
        let units: i64 = picks.iter().map(|pick| i64::from(pick.qty)).sum();
        times::tour(self.floor.rates(), length, self.places.len(), picks.len(), units)
    }

    /// Brings picks into the order in which they are made; how far the picker walks.
    pub(crate) fn arrange(&mut self, picks: &mut [PickChoice]) -> Distance {
        let method = self.floor.rules().method;
        self.picker.arrange(self.floor, method, picks, |pick| pick.location);
        ways(self.floor, picks.iter().map(|pick| pick.location))
            .into_iter()
            .sum()
    }
}
