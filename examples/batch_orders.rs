//! Batches 60 orders of a small store: ten aisles, carts of 40 units.
//!
//! `cargo run --release -p clapot-examples --example batch_orders`

#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::time::Duration;

use clapot::model::{AisleLayout, Layout, RegularAisles};
use clapot::search::Random;
use clapot::wave::batch::{AisleTours, BatchOptions, BatchProblem, Capacity, Objective, Order, plan_batches};
use clapot::{Distance, StdClock};

fn main() -> Result<(), Box<dyn Error>> {
    let metre = Distance::from_metres(1);
    let aisles = AisleLayout::new(
        RegularAisles {
            aisles: 10,
            cells: 45,
            blocks: 1,
            aisle_gap: metre * 5,
            cell_gap: metre,
            front_gap: metre,
            back_gap: metre,
            middle_gap: metre,
            cells_from_back: false,
            depot_aisle: 0,
            depot_cross: 0,
            depot_distance: Distance::ZERO,
        }
        .input(),
    )?;
    let mut random = Random::new(7);
    let orders: Vec<Order> = (0..60)
        .map(|_| {
            let lines = 2 + random.below(9);
            let mut order = Order {
                units: lines,
                ..Order::default()
            };
            for _ in 0..lines {
                let (aisle, cell) = (random.below(10) as usize, random.below(45) as usize);
                order.stops.extend(aisles.location(aisle, cell));
            }
            order
        })
        .collect();

    let tours = AisleTours::new(&Layout::from(aisles))?;
    let problem = BatchProblem {
        orders: &orders,
        tours: &tours,
        capacity: Capacity {
            units: Some(40),
            ..Capacity::default()
        },
        objective: Objective::Distance,
        pickers: 1,
    };
    let options = BatchOptions {
        time_limit: Some(Duration::from_secs(3)),
        ..BatchOptions::default()
    };
    let plan = plan_batches(&problem, &options, &StdClock::start(), None)?;
    for batch in &plan.batches {
        println!("{:>8} m  orders {:?}", Distance(batch.length), batch.orders);
    }
    println!("{} batches, {} m in all", plan.batches.len(), Distance(plan.length));

    // The same orders, each due within 20 to 90 minutes; three pickers, 5 s for each pick.
    let due: Vec<Order> = orders
        .iter()
        .map(|order| Order {
            picking: 5_000 * order.units,
            due: Some(60_000 * (20 + random.below(71))),
            ..order.clone()
        })
        .collect();
    let problem = BatchProblem {
        orders: &due,
        objective: Objective::Time {
            speed: 1_200,
            set_up: 60_000,
            per_stop: 5_000,
        },
        pickers: 3,
        ..problem
    };
    let mut plan = plan_batches(&problem, &options, &StdClock::start(), None)?;
    plan.batches
        .sort_by_key(|batch| batch.turn.map(|turn| (turn.picker, turn.start)));
    let minutes = |millis: i64| millis as f64 / 60_000.0;
    for batch in &plan.batches {
        let Some(turn) = batch.turn else { continue };
        println!(
            "picker {} {:>5.1} to {:>5.1} min  orders {:?}",
            turn.picker + 1,
            minutes(turn.start),
            minutes(turn.end),
            batch.orders
        );
    }
    println!(
        "{} of {} orders late, {:.1} min in all (at least {:.1})",
        plan.late,
        due.len(),
        minutes(plan.lateness),
        minutes(plan.lateness_bound)
    );
    Ok(())
}
