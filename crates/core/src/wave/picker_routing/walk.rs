//! From the ways of a tour, as a dynamic programme chose them, to a walk: an Euler tour of these ways.

use super::Tour;
use super::stops::{Grid, StopSet};
use crate::index::LocationIdx;
use crate::model::Waypoint;
use crate::quantity::Distance;

/// How the tour picks and passes a block of an aisle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Vertical {
    /// Not at all.
    #[default]
    Absent,
    /// In from the lower end to the highest stop, and out again.
    FromFront,
    /// In from the upper end to the lowest stop, and out again.
    FromBack,
    /// In from both ends; the widest gap is left out.
    FromBoth,
    /// Through it once.
    Once,
    /// Through it twice.
    Twice,
}

/// The ways of a tour.
#[derive(Clone, Debug, Default)]
pub(super) struct Ways {
    pub first: usize,
    /// By aisle from `first` on, and block.
    pub vertical: Vec<Vertical>,
    /// By aisle from `first` on, and cross aisle: how often it is walked to the next aisle.
    pub along: Vec<u8>,
}

/// One way between two crossings, or from one crossing into a block and back, with the stops on it.
#[derive(Debug)]
struct Way {
    ends: [usize; 2],
    stops: Vec<LocationIdx>,
    used: bool,
}

/// Walks all ways once, from the depot.
///
/// # Complexity
///
/// `O(ways + stops)` time and space.
///
/// # Source
///
/// C. Hierholzer (1873); ways into a block and back are loops, walked when their crossing is left for the last time.
pub(super) fn walk(grid: &Grid, set: &StopSet, ways: &Ways, length: i64) -> Tour {
    let crosses = grid.blocks + 1;
    let columns = ways.along.len() / crosses;
    let list = list(grid, set, ways, columns);
    let mut at_crossing = vec![Vec::new(); columns * crosses];
    for (n, way) in list.iter().enumerate().rev() {
        at_crossing[way.ends[0]].push(n);
        if way.ends[0] != way.ends[1] {
            at_crossing[way.ends[1]].push(n);
        }
    }
    let mut list = list;
    let start = (grid.depot_aisle - ways.first) * crosses + grid.depot_cross;
    // Hierholzer: `done` receives crossings and the ways between them, last first.
    let mut path = vec![(start, None)];
    let mut done: Vec<(usize, Option<usize>)> = Vec::new();
    while let Some(&(crossing, by)) = path.last() {
        match at_crossing[crossing].pop() {
            Some(way) if list[way].used => {}
            Some(way) => {
                list[way].used = true;
                let [a, b] = list[way].ends;
                path.push((if a == crossing { b } else { a }, Some(way)));
            }
            None => {
                path.pop();
                done.push((crossing, by));
            }
        }
    }
    let mut tour = Tour {
        length: Distance(length),
        walk: vec![Waypoint::Depot],
        is_shortest: true,
        ..Tour::default()
    };
    // `done` ends with the start, and each entry knows the way that led to it: read backwards it is the walk.
    let mut from = start;
    for &(crossing, by) in done.iter().rev() {
        if let Some(way) = by {
            let way = &list[way];
            let forwards = way.ends[0] == from;
            let stops: Box<dyn Iterator<Item = &LocationIdx>> = if forwards {
                Box::new(way.stops.iter())
            } else {
                Box::new(way.stops.iter().rev())
            };
            for &stop in stops {
                tour.stops.push(stop);
                tour.walk.push(Waypoint::Location(stop));
            }
        }
        from = crossing;
        let waypoint = Waypoint::Crossing {
            aisle: (ways.first + crossing / crosses) as u32,
            cross: (crossing % crosses) as u32,
        };
        tour.walk.push(waypoint);
    }
    tour.walk.push(Waypoint::Depot);
    tour
}

fn list(grid: &Grid, set: &StopSet, ways: &Ways, columns: usize) -> Vec<Way> {
    let crosses = grid.blocks + 1;
    let mut list = Vec::new();
    let mut add = |a: usize, b: usize, stops: Vec<LocationIdx>| {
        list.push(Way {
            ends: [a, b],
            stops,
            used: false,
        });
    };
    for column in 0..columns {
        for block in 0..grid.blocks {
            let (lower, upper) = (column * crosses + block, column * crosses + block + 1);
            let stops: Vec<(i64, LocationIdx)> = grid.stops(set, ways.first + column, block).collect();
            let up = |part: &[(i64, LocationIdx)]| part.iter().map(|s| s.1).collect::<Vec<_>>();
            let down = |part: &[(i64, LocationIdx)]| part.iter().rev().map(|s| s.1).collect::<Vec<_>>();
            match ways.vertical[column * grid.blocks + block] {
                Vertical::Absent => {}
                Vertical::FromFront => add(lower, lower, up(&stops)),
                Vertical::FromBack => add(upper, upper, down(&stops)),
                Vertical::FromBoth => {
                    let widest = (1..stops.len()).max_by_key(|&i| (stops[i].0 - stops[i - 1].0, std::cmp::Reverse(i)));
                    let (below, above) = stops.split_at(widest.unwrap_or(0));
                    add(lower, lower, up(below));
                    add(upper, upper, down(above));
                }
                Vertical::Once => add(lower, upper, up(&stops)),
                Vertical::Twice => {
                    add(lower, upper, up(&stops));
                    add(lower, upper, Vec::new());
                }
            }
        }
        for cross in 0..crosses {
            for _ in 0..ways.along[column * crosses + cross] {
                add(column * crosses + cross, (column + 1) * crosses + cross, Vec::new());
            }
        }
    }
    list
}
