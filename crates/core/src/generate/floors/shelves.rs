//! Where things lie: layouts, pick locations and their stock.

use super::{Demand, FloorOptions, Site};
use crate::model::floor::{AislePlan, EdgeInput, FloorDraft, LayoutInput, LocationInput, LocationStockInput};
use crate::quantity::Distance;
use crate::search::Random;

/// Where a pick location is.
#[derive(Clone, Debug)]
enum Cell {
    Aisle(u32, u32),
    Vertex(String),
}

/// A pick location before anything lies in it, in the order of the way to it from the depot.
#[derive(Clone, Debug)]
struct Shelf {
    id: String,
    cell: Cell,
    /// Millimetres from the depot.
    far: i64,
    sequence: u32,
    zone: Option<&'static str>,
}

/// Writes the layout of a node, its pick locations and what lies in them.
pub(super) fn write(options: &FloorOptions, site: &Site<'_>, demand: &Demand, draft: &mut FloorDraft) {
    let mut random = Random::stream(options.seed, "shelves", u64::from(site.node.0));
    let parts = parts(options, site, &mut random);
    let is_graph = !site.is_large && site.node.0 % 4 == 3;
    let mut shelves = if is_graph {
        graph(site, parts.len(), draft)
    } else {
        aisles(site, parts.len(), draft)
    };
    for shelf in &shelves {
        let (aisle, cell, vertex) = match &shelf.cell {
            Cell::Aisle(aisle, cell) => (Some(*aisle), Some(*cell), None),
            Cell::Vertex(id) => (None, None, Some(id.as_str())),
        };
        draft.location(LocationInput {
            node_id: site.id,
            location_id: &shelf.id,
            aisle,
            cell,
            vertex,
            sequence: Some(shelf.sequence),
            zone: shelf.zone,
        });
    }
    shelves.sort_by_key(|shelf| shelf.far); // stable
    for (stock, shelf) in by_class(parts, demand, site, &mut random).into_iter().zip(&shelves) {
        draft.location_stock(LocationStockInput {
            node_id: site.id,
            location_id: &shelf.id,
            sku: site.stock[stock.0].1,
            qty: stock.1.into(),
            reserved: 0,
        });
    }
}

/// The stock as it is spread over pick locations: position of the SKU, and units.
fn parts(options: &FloorOptions, site: &Site<'_>, random: &mut Random) -> Vec<(usize, u32)> {
    let mut parts = Vec::new();
    for (n, &(_, _, units)) in site.stock.iter().enumerate() {
        let second = if random.chance(10 * u64::from(options.scattered)) {
            units / 3
        } else {
            0
        };
        parts.extend([(n, units - second), (n, second)].into_iter().filter(|part| part.1 > 0));
    }
    parts
}

/// Classes by demand: the fifth that is ordered most, the next three tenths, the rest; mixed within each class.
fn by_class(mut parts: Vec<(usize, u32)>, demand: &Demand, site: &Site<'_>, random: &mut Random) -> Vec<(usize, u32)> {
    parts.sort_by_key(|&(n, _)| std::cmp::Reverse(demand.lines[site.stock[n].0])); // stable
    let (a, b) = (parts.len() / 5, parts.len() / 2);
    let (first, rest) = parts.split_at_mut(a);
    let (second, third) = rest.split_at_mut(b - a);
    for class in [first, second, third] {
        for n in (1..class.len()).rev() {
            class.swap(n, random.below(n as u64 + 1) as usize);
        }
    }
    parts
}

/// Parallel aisles with two pick locations per cell, left and right.
fn aisles(site: &Site<'_>, needed: usize, draft: &mut FloorDraft) -> Vec<Shelf> {
    let cells = if site.is_large { 24 } else { 8 };
    let aisles = (needed as u32).div_ceil(2 * cells).max(2);
    let blocks = if site.is_large && aisles >= 4 { 2 } else { 1 };
    let plan = AislePlan {
        aisles,
        cells,
        blocks,
        aisle_gap_m: Distance(if site.is_large { 4_500 } else { 2_500 }),
        cell_gap_m: Distance(1_200),
        front_gap_m: Distance(1_500),
        back_gap_m: Distance(1_500),
        middle_gap_m: Distance(1_800),
        depot_aisle: aisles.div_ceil(2),
        depot_cross: 1,
        depot_m: Distance(if site.is_large { 6_000 } else { 2_000 }),
    };
    draft.layout(LayoutInput::Aisles { node_id: site.id, plan });
    let mut shelves = Vec::new();
    for aisle in 1..=aisles {
        for cell in 1..=cells {
            for side in ["L", "R"] {
                // Every second aisle is walked downwards.
                let along = if aisle % 2 == 1 { cell } else { cells + 1 - cell };
                let across = i64::from(aisle.abs_diff(plan.depot_aisle)) * plan.aisle_gap_m.0;
                let zone = if aisle <= aisles.div_ceil(2) { "west" } else { "east" };
                shelves.push(Shelf {
                    id: format!("{aisle:02}-{cell:02}-{side}"),
                    cell: Cell::Aisle(aisle, cell),
                    far: across + i64::from(cell) * plan.cell_gap_m.0,
                    sequence: aisle * 1_000 + along,
                    zone: site.is_large.then_some(zone),
                });
            }
        }
    }
    shelves
}

/// A back room: a winding way of shelves with short cuts, three pick locations at each.
fn graph(site: &Site<'_>, needed: usize, draft: &mut FloorDraft) -> Vec<Shelf> {
    const STEP: i64 = 1_500;
    draft.layout(LayoutInput::Graph {
        node_id: site.id,
        depot_vertex: "desk",
    });
    let vertices = needed.div_ceil(3).max(2);
    let name = |n: usize| if n == 0 { "desk".to_owned() } else { format!("rack{n}") };
    let mut shelves = Vec::new();
    for n in 1..=vertices {
        let mut edge = |from: usize, length: i64| {
            draft.edge(EdgeInput {
                node_id: site.id,
                from: &name(from),
                to: &name(n),
                length_m: Distance(length),
            });
        };
        edge(n - 1, STEP);
        if n % 5 == 0 {
            edge(n - 5, 2 * STEP);
        }
        for level in ["A", "B", "C"] {
            shelves.push(Shelf {
                id: format!("{}-{level}", name(n)),
                cell: Cell::Vertex(name(n)),
                far: n as i64 * STEP,
                sequence: n as u32,
                zone: None,
            });
        }
    }
    shelves
}
