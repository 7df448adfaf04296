//! Tours on a graph: shortest ways between the stops, then the best order, exact for few stops and searched for many.

mod held_karp;
mod local_search;

use std::sync::Arc;

use super::Tour;
use super::stops::StopSet;
use crate::index::LocationIdx;
use crate::model::{GraphLayout, Waypoint};
use crate::quantity::Distance;

/// Most stops for which the order is exact.
pub(super) const MOST_EXACT: usize = 12;
/// Most vertices for which all distances are kept (8 bytes for each pair).
const MOST_KEPT: usize = 2_000;

/// Finds tours on one graph.
#[derive(Clone, Debug)]
pub(super) struct Graph {
    layout: Arc<GraphLayout>,
    /// From each vertex to each, in millimetres; empty for large graphs.
    distances: Arc<Vec<i64>>,
    matrix: Matrix,
}

/// Distances between the depot (0) and the stops of one tour.
#[derive(Clone, Debug, Default)]
pub(super) struct Matrix {
    pub size: usize,
    cells: Vec<i64>,
}

impl Matrix {
    pub(super) fn at(&self, a: usize, b: usize) -> i64 {
        self.cells[a * self.size + b]
    }

    /// The length of the closed walk in this order.
    pub(super) fn length(&self, order: &[usize]) -> i64 {
        let next = order.iter().skip(1).chain(order.first());
        order.iter().zip(next).map(|(&a, &b)| self.at(a, b)).sum()
    }
}

impl Graph {
    pub(super) fn new(layout: &GraphLayout) -> Self {
        let vertices = layout.vertices();
        let kept = if vertices <= MOST_KEPT { vertices } else { 0 };
        let rows = (0..kept).flat_map(|v| layout.distances_from(LocationIdx(v as u32)));
        Self {
            layout: Arc::new(layout.clone()),
            distances: Arc::new(rows.map(|d| d.0).collect()),
            matrix: Matrix::default(),
        }
    }

    pub(super) fn empty_set(&self) -> StopSet {
        StopSet {
            words: vec![0; self.layout.vertices().div_ceil(64)],
        }
    }

    /// Adds stops to a set.
    pub(super) fn fill(set: &mut StopSet, stops: impl IntoIterator<Item = LocationIdx>) {
        for stop in stops {
            set.words[stop.0 as usize / 64] |= 1 << (stop.0 % 64);
        }
    }

    /// The stops of a set.
    fn stops(set: &StopSet) -> Vec<LocationIdx> {
        let words = set.words.iter().enumerate();
        words
            .flat_map(|(n, &word)| {
                (0..64)
                    .filter(move |bit| word >> bit & 1 == 1)
                    .map(move |bit| n * 64 + bit)
            })
            .map(|vertex| LocationIdx(vertex as u32))
            .collect()
    }

    /// The length of the tour past a set of stops, in millimetres.
    pub(super) fn length(&mut self, set: &StopSet) -> i64 {
        let stops = Self::stops(set);
        let order = self.order(&stops);
        self.matrix.length(&order)
    }

    /// The tour past a set of stops.
    pub(super) fn tour(&mut self, set: &StopSet) -> Tour {
        let stops = Self::stops(set);
        if stops.is_empty() {
            return Tour::default();
        }
        let order = self.order(&stops);
        let length = Distance(self.matrix.length(&order));
        let stops: Vec<LocationIdx> = order[1..].iter().map(|&n| stops[n - 1]).collect();
        let walk = stops.iter().map(|&s| Waypoint::Location(s));
        Tour {
            walk: std::iter::once(Waypoint::Depot)
                .chain(walk)
                .chain([Waypoint::Depot])
                .collect(),
            is_shortest: stops.len() <= MOST_EXACT,
            stops,
            length,
        }
    }

    /// The order of a tour: the depot (0), then the stops (from 1 on).
    fn order(&mut self, stops: &[LocationIdx]) -> Vec<usize> {
        let places: Vec<LocationIdx> = std::iter::once(self.layout.depot())
            .chain(stops.iter().copied())
            .collect();
        let vertices = self.layout.vertices();
        self.matrix.size = places.len();
        self.matrix.cells.clear();
        for &from in &places {
            if self.distances.is_empty() {
                let row = self.layout.distances_from(from);
                self.matrix.cells.extend(places.iter().map(|to| row[to.0 as usize].0));
            } else {
                let row = &self.distances[from.0 as usize * vertices..];
                self.matrix.cells.extend(places.iter().map(|to| row[to.0 as usize]));
            }
        }
        if stops.len() <= MOST_EXACT {
            held_karp::order(&self.matrix)
        } else {
            local_search::order(&self.matrix)
        }
    }
}
