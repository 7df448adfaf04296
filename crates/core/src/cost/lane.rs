//! Lanes: whether and how a service goes from a node to a destination.

use std::cmp::Ordering;

use geo::{Distance as _, HaversineMeasure, Point};

use crate::index::{DestIdx, NodeIdx, ServiceIdx};
use crate::model::{Lane, Place, Problem};

/// Radius of the sphere on which distances are measured, in kilometres.
pub const EARTH_RADIUS_KM: f64 = 6371.0088;

/// Great-circle distance in kilometres: `2 R asin(sqrt(h))` in float64.
#[must_use]
pub fn kilometres(a: Place, b: Place) -> f64 {
    HaversineMeasure::new(EARTH_RADIUS_KM).distance(Point::new(a.lon, a.lat), Point::new(b.lon, b.lat))
}

/// Distance from a node to a destination; `None` where either end lacks coordinates.
#[must_use]
pub fn distance(problem: &Problem, node: NodeIdx, dest: DestIdx) -> Option<f64> {
    Some(kilometres(
        problem.nodes()[node].place?,
        problem.destinations()[dest].place?,
    ))
}

/// The lane of a service from a node to a destination, or `None` where the service does not go there.
///
/// Of the rows that match (same country, the postcode starts with the prefix, distance at most `max_km`), the first by: a
/// named node before any node, then the longer prefix, then the smaller `max_km` with none last, then file order.
/// `km` is the [`distance`] of the two; where it is unknown, rows with `max_km` do not match.
#[must_use]
pub fn find(problem: &Problem, service: ServiceIdx, node: NodeIdx, dest: DestIdx, km: Option<f64>) -> Option<&Lane> {
    let to = &problem.destinations()[dest];
    let postcode = problem.text(to.postcode);
    let matches = |lane: &&Lane| {
        lane.node.is_none_or(|n| n == node)
            && lane.country == to.country
            && postcode.starts_with(problem.text(lane.postcode_prefix))
            && lane.max_km.is_none_or(|max| km.is_some_and(|km| km <= max))
    };
    let rank = |a: &&Lane, b: &&Lane| {
        let prefix = |l: &Lane| problem.text(l.postcode_prefix).len();
        let reach = |l: &Lane| l.max_km.unwrap_or(f64::INFINITY);
        a.node
            .is_none()
            .cmp(&b.node.is_none())
            .then(prefix(b).cmp(&prefix(a)))
            .then(reach(a).partial_cmp(&reach(b)).unwrap_or(Ordering::Equal))
    };
    // `min_by` keeps the first of equals: file order.
    problem.lanes_of(service).iter().filter(matches).min_by(rank)
}
