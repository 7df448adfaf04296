//! Any other floor: vertices, and ways between them that are walked in both directions.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use petgraph::graph::{NodeIndex, UnGraph};
use petgraph::visit::EdgeRef as _;

use super::{LayoutError, MAX_LOCATIONS, in_range};
use crate::index::LocationIdx;
use crate::quantity::Distance;

/// A valid layout that is a graph. Every vertex may be a pick location, and is numbered as one.
///
/// # Example
///
/// ```
/// use clapot::Distance;
/// use clapot::index::LocationIdx;
/// use clapot::model::GraphLayout;
///
/// # fn main() -> Result<(), clapot::model::LayoutError> {
/// let metres = Distance::from_metres;
/// let floor = GraphLayout::new(4, &[(0, 1, metres(2)), (1, 2, metres(3)), (2, 3, metres(1)), (3, 0, metres(9))], 0)?;
/// assert_eq!(floor.distances_from(LocationIdx(0))[3], metres(6));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct GraphLayout {
    graph: UnGraph<(), Distance, u32>,
    depot: LocationIdx,
}

impl PartialEq for GraphLayout {
    fn eq(&self, other: &Self) -> bool {
        let ways = |g: &Self| -> Vec<_> { g.ways().collect() };
        self.depot == other.depot && self.vertices() == other.vertices() && ways(self) == ways(other)
    }
}

impl GraphLayout {
    /// A graph of `vertices` vertices, numbered from 0, with these ways (one end, other end, length), and the depot.
    ///
    /// # Errors
    ///
    /// Where there is no vertex, a vertex is named that there is not, a length is out of range, or a vertex cannot be
    /// reached.
    pub fn new(vertices: usize, ways: &[(u32, u32, Distance)], depot: u32) -> Result<Self, LayoutError> {
        if !(1..=MAX_LOCATIONS).contains(&vertices) {
            return Err(LayoutError::Size);
        }
        if depot as usize >= vertices {
            return Err(LayoutError::Depot);
        }
        let mut graph = UnGraph::with_capacity(vertices, ways.len());
        for _ in 0..vertices {
            graph.add_node(());
        }
        for (way, &(a, b, length)) in ways.iter().enumerate() {
            if a as usize >= vertices || b as usize >= vertices {
                return Err(LayoutError::Way { way });
            }
            in_range("length of a way", length)?;
            graph.add_edge(NodeIndex::from(a), NodeIndex::from(b), length);
        }
        let layout = Self {
            graph,
            depot: LocationIdx(depot),
        };
        let reached = layout.distances_from(layout.depot);
        match reached.iter().position(|&d| d == UNREACHED) {
            Some(vertex) => Err(LayoutError::Unreachable { vertex }),
            None => Ok(layout),
        }
    }

    /// How many vertices.
    pub fn vertices(&self) -> usize {
        self.graph.node_count()
    }

    /// The vertex of the depot.
    pub const fn depot(&self) -> LocationIdx {
        self.depot
    }

    /// All ways: one end, other end, length.
    pub fn ways(&self) -> impl Iterator<Item = (u32, u32, Distance)> + '_ {
        self.graph
            .edge_references()
            .map(|e| (e.source().index() as u32, e.target().index() as u32, *e.weight()))
    }

    /// Shortest distances from one vertex to all (Dijkstra).
    ///
    /// Complexity: `O((V + E) log V)` time, `O(V)` space.
    pub fn distances_from(&self, from: LocationIdx) -> Vec<Distance> {
        let mut distances = vec![UNREACHED; self.vertices()];
        let mut queue = BinaryHeap::from([(Reverse(Distance::ZERO), from.0)]);
        distances[from.0 as usize] = Distance::ZERO;
        while let Some((Reverse(distance), vertex)) = queue.pop() {
            if distance > distances[vertex as usize] {
                continue;
            }
            for way in self.graph.edges(NodeIndex::from(vertex)) {
                let next = distance + *way.weight();
                let known = &mut distances[way.target().index()];
                if next < *known {
                    *known = next;
                    queue.push((Reverse(next), way.target().index() as u32));
                }
            }
        }
        distances
    }
}

/// Longer than any way.
const UNREACHED: Distance = Distance(i64::MAX);
