//! Times of picker tours past 30 stops: the length in one to four blocks, the tour itself, every policy, and a graph.
//! `cargo bench -p clapot-bench --bench tours`.

use std::hint::black_box;

use clapot::Distance;
use clapot::index::LocationIdx;
use clapot::model::{AisleLayout, GraphLayout, Layout, RegularAisles};
use clapot::search::Random;
use clapot::wave::picker_routing::{Picker, TourMethod};
use criterion::Criterion;

const AISLES: usize = 10;
const CELLS: usize = 48;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut criterion = Criterion::default().configure_from_args();
    let mut random = Random::stream(1, "stops", 0);
    let mut draw = || LocationIdx(random.below((AISLES * CELLS) as u64) as u32);
    let stops: Vec<LocationIdx> = (0..30).map(|_| draw()).collect();
    for blocks in 1..=4 {
        let mut picker = Picker::new(&Layout::from(aisles(blocks)?))?;
        criterion.bench_function(&format!("length, 30 stops, blocks: {blocks}"), |b| {
            b.iter(|| picker.length(black_box(&stops)));
        });
    }
    let mut picker = Picker::new(&Layout::from(aisles(2)?))?;
    for method in TourMethod::ALL {
        criterion.bench_function(&format!("tour, 30 stops, 2 blocks, {method}"), |b| {
            b.iter(|| picker.tour(black_box(&stops), method).length);
        });
    }
    let mut picker = Picker::new(&Layout::from(ring(400)?))?;
    for count in [10, 20] {
        criterion.bench_function(&format!("length, {count} stops, graph"), |b| {
            let stops: Vec<LocationIdx> = stops[..count].iter().map(|s| LocationIdx(s.0 % 400)).collect();
            b.iter(|| picker.length(black_box(&stops)));
        });
    }
    criterion.final_summary();
    Ok(())
}

fn aisles(blocks: usize) -> Result<AisleLayout, clapot::model::LayoutError> {
    let metre = Distance::from_metres(1);
    let regular = RegularAisles {
        aisles: AISLES,
        cells: CELLS,
        blocks,
        aisle_gap: metre * 5,
        cell_gap: metre,
        front_gap: metre,
        back_gap: metre,
        middle_gap: metre * 2,
        cells_from_back: false,
        depot_aisle: 0,
        depot_cross: 0,
        depot_distance: Distance::ZERO,
    };
    AisleLayout::new(regular.input())
}

/// A ring with chords.
fn ring(vertices: u32) -> Result<GraphLayout, clapot::model::LayoutError> {
    let metres = Distance::from_metres;
    let ways: Vec<(u32, u32, Distance)> = (0..vertices)
        .flat_map(|v| {
            [
                (v, (v + 1) % vertices, metres(2)),
                (v, (v * 7 + 3) % vertices, metres(9)),
            ]
        })
        .collect();
    GraphLayout::new(vertices as usize, &ways, 0)
}
