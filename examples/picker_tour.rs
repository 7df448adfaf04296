//! One picker, twelve stops, two blocks: the shortest tour and what the usual policies walk instead.
//! `cargo run --release -p clapot-examples --example picker_tour`.

use clapot::Distance;
use clapot::model::{AisleLayout, Layout, RegularAisles, Waypoint};
use clapot::wave::picker_routing::{Offer, PickTimes, Picker, ScatteredLimits, TourMethod};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let metre = Distance::from_metres(1);
    let floor = AisleLayout::new(
        RegularAisles {
            aisles: 8,
            cells: 30,
            blocks: 2,
            aisle_gap: metre * 4,
            cell_gap: metre,
            front_gap: metre,
            back_gap: metre,
            middle_gap: metre * 2,
            cells_from_back: false,
            depot_aisle: 0,
            depot_cross: 0,
            depot_distance: metre * 3,
        }
        .input(),
    )?;
    let places = [
        (0, 3),
        (0, 25),
        (1, 17),
        (2, 4),
        (2, 12),
        (3, 28),
        (4, 1),
        (5, 14),
        (5, 16),
        (6, 22),
        (7, 5),
        (7, 9),
    ];
    let stops: Vec<_> = places
        .iter()
        .filter_map(|&(aisle, cell)| floor.location(aisle, cell))
        .collect();
    let mut picker = Picker::new(&Layout::from(floor.clone()))?;
    let times = PickTimes::default();
    for method in TourMethod::ALL {
        let tour = picker.tour(&stops, method);
        let minutes = times.milliseconds(tour.length, tour.stops.len(), 12) as f64 / 60_000.0;
        println!("{method:<12} {:>6} m {minutes:>6.1} min", tour.length);
    }

    let tour = picker.tour(&stops, TourMethod::Exact);
    println!("\nthe shortest walk:");
    for waypoint in &tour.walk {
        match *waypoint {
            Waypoint::Location(location) => {
                let (aisle, cell) = floor.aisle_and_cell(location);
                println!("  pick at aisle {aisle}, cell {cell}");
            }
            Waypoint::Crossing { aisle, cross } => println!("  to aisle {aisle}, cross aisle {cross}"),
            Waypoint::Depot => println!("  depot"),
        }
    }

    // The same twelve places, but four articles that lie in three places each: where to pick three, three, two and one?
    let offers: Vec<Offer> = stops
        .iter()
        .enumerate()
        .map(|(n, &location)| Offer {
            article: n as u32 % 4,
            location,
            quantity: 2,
        })
        .collect();
    let found = picker.pick_from(&[3, 3, 2, 1], &offers, ScatteredLimits::default())?;
    println!(
        "\nscattered storage: {} m, proved: {}",
        found.tour.length,
        found.is_optimal()
    );
    Ok(())
}
