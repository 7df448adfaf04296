//! The verifier's own shortest ways: the floor as a plain graph of crossings (or of its vertices), searched by Dijkstra's
//! algorithm. Shares nothing with the layouts' own distances or with picker routing.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use crate::index::LocationIdx;
use crate::model::Layout;

/// How many distances are remembered.
const REMEMBERED: usize = 1 << 23;

/// A place: the vertices next to it, each with the way there; for a place in an aisle also where it is.
struct Place {
    doors: Vec<(u32, i64)>,
    aisle: Option<(usize, i64)>,
}

/// The ways of one floor, in millimetres.
pub(super) struct Ways<'l> {
    layout: &'l Layout,
    /// Of each vertex, its neighbours and the way to each.
    next: Vec<Vec<(u32, i64)>>,
    depot: Place,
    searched: HashMap<u32, Vec<i64>>,
}

impl<'l> Ways<'l> {
    pub(super) fn new(layout: &'l Layout) -> Self {
        let mut next;
        let depot;
        match layout {
            Layout::Aisles(aisles) => {
                let input = aisles.input();
                let crossings = input.cross_heights.len();
                next = vec![Vec::new(); input.aisles * crossings];
                let mut join = |a: usize, b: usize, way: i64| {
                    next[a].push((b as u32, way));
                    next[b].push((a as u32, way));
                };
                for aisle in 0..input.aisles {
                    for cross in 0..crossings {
                        let here = aisle * crossings + cross;
                        if cross + 1 < crossings {
                            join(
                                here,
                                here + 1,
                                input.cross_heights[cross + 1].0 - input.cross_heights[cross].0,
                            );
                        }
                        if aisle + 1 < input.aisles {
                            join(here, here + crossings, input.aisle_gaps[aisle].0);
                        }
                    }
                }
                let crossing = (input.depot_aisle * crossings + input.depot_cross) as u32;
                depot = Place {
                    doors: vec![(crossing, input.depot_distance.0)],
                    aisle: None,
                };
            }
            Layout::Graph(graph) => {
                next = vec![Vec::new(); graph.vertices()];
                for (a, b, way) in graph.ways() {
                    next[a as usize].push((b, way.0));
                    next[b as usize].push((a, way.0));
                }
                depot = Place {
                    doors: vec![(graph.depot().0, 0)],
                    aisle: None,
                };
            }
        }
        Self {
            layout,
            next,
            depot,
            searched: HashMap::new(),
        }
    }

    /// The shortest way from one place to another; `None` is the depot.
    pub(super) fn between(&mut self, from: Option<LocationIdx>, to: Option<LocationIdx>) -> i64 {
        if from == to {
            return 0;
        }
        let (a, b) = (self.place(from), self.place(to));
        let mut best = match (a.aisle, b.aisle) {
            (Some((aisle, height)), Some((other, end))) if aisle == other => (height - end).abs(),
            _ => i64::MAX,
        };
        for &(start, before) in &a.doors {
            for &(goal, after) in &b.doors {
                best = best.min(before + self.search(start)[goal as usize] + after);
            }
        }
        best
    }

    fn place(&self, of: Option<LocationIdx>) -> Place {
        let Some(location) = of else {
            return Place {
                doors: self.depot.doors.clone(),
                aisle: None,
            };
        };
        let Layout::Aisles(aisles) = self.layout else {
            return Place {
                doors: vec![(location.0, 0)],
                aisle: None,
            };
        };
        let input = aisles.input();
        let cells = input.cell_heights.len();
        let (aisle, cell) = (location.0 as usize / cells, location.0 as usize % cells);
        let height = input.cell_heights[cell].0;
        let crossings = input.cross_heights.len();
        let doors = input.cross_heights.iter().enumerate();
        Place {
            doors: doors
                .map(|(cross, at)| ((aisle * crossings + cross) as u32, (at.0 - height).abs()))
                .collect(),
            aisle: Some((aisle, height)),
        }
    }

    /// The shortest ways from a vertex to all.
    fn search(&mut self, from: u32) -> &[i64] {
        if self.searched.len() * self.next.len() >= REMEMBERED {
            self.searched.clear();
        }
        let next = &self.next;
        self.searched.entry(from).or_insert_with(|| {
            let mut ways = vec![i64::MAX / 4; next.len()];
            ways[from as usize] = 0;
            let mut queue = BinaryHeap::from([Reverse((0, from))]);
            while let Some(Reverse((way, vertex))) = queue.pop() {
                if way > ways[vertex as usize] {
                    continue;
                }
                for &(other, length) in &next[vertex as usize] {
                    if way + length < ways[other as usize] {
                        ways[other as usize] = way + length;
                        queue.push(Reverse((way + length, other)));
                    }
                }
            }
            ways
        })
    }
}
