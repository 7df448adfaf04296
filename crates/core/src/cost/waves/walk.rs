//! Ways: how far it is from one pick location to the next. A picker always takes the shortest way.

use crate::index::LocationIdx;
use crate::model::Layout;
use crate::quantity::Distance;

/// The length of each way, in the order of `ways`. `None` is the depot.
///
/// Complexity: in a graph one search of all of it per place from which a way leads.
#[must_use]
pub fn lengths(layout: &Layout, ways: &[(Option<LocationIdx>, Option<LocationIdx>)]) -> Vec<Distance> {
    match layout {
        Layout::Aisles(aisles) => {
            let length = |way: &(Option<LocationIdx>, Option<LocationIdx>)| match *way {
                (Some(from), Some(to)) => aisles.distance(from, to),
                (None, Some(place)) | (Some(place), None) => aisles.from_depot(place),
                (None, None) => Distance::ZERO,
            };
            ways.iter().map(length).collect()
        }
        Layout::Graph(graph) => {
            let vertex = |place: Option<LocationIdx>| place.unwrap_or_else(|| graph.depot());
            let mut order: Vec<usize> = (0..ways.len()).collect();
            order.sort_by_key(|&n| vertex(ways[n].0));
            let mut lengths = vec![Distance::ZERO; ways.len()];
            for same in order.chunk_by(|&a, &b| vertex(ways[a].0) == vertex(ways[b].0)) {
                let from = graph.distances_from(vertex(ways[same[0]].0));
                for &n in same {
                    lengths[n] = from[vertex(ways[n].1).0 as usize];
                }
            }
            lengths
        }
    }
}
