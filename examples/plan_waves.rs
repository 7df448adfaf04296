//! A day from orders to picker tours: route 300 orders over six nodes, plan the waves of their floors, and print what a floor does.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use clapot::generate::{FloorOptions, GenerateOptions, generate, generate_floors};
use clapot::{Error, RouteOptions, StdClock, Surroundings, WaveOptions, plan_waves, route, validate};

fn main() -> Result<(), Error> {
    let draft = generate(&GenerateOptions {
        orders: 300,
        nodes: 6,
        seed: 7,
        ..GenerateOptions::default()
    })?;
    let problem = validate::check(draft).map_err(Error::input)?.problem;
    let floors = generate_floors(&problem, &FloorOptions::default())?;
    let floors = validate::check_floors(floors, &problem).map_err(Error::input)?.floors;

    // Under work limits a run gives the same plan on every machine and at any number of threads.
    let clock = StdClock::start();
    let routing = RouteOptions {
        work_limit: Some(30_000),
        ..RouteOptions::default()
    };
    let around = Surroundings::new(&clock);
    let plan = route(&problem, &routing, around)?;
    let options = WaveOptions {
        work_limit: Some(500_000),
        ..WaveOptions::default()
    };
    let around = Surroundings::new(&clock);
    let waves = plan_waves(&problem, &plan, &floors, &options, around)?;

    for wave in waves.waves.iter().take(5) {
        println!(
            "{}  released {}  packed {}  due {}  {} shipments in {} tours",
            problem.node_id(wave.node),
            wave.release,
            wave.end,
            wave.due.map_or_else(|| "-".to_owned(), |due| due.to_string()),
            wave.shipments,
            wave.batches.len(),
        );
    }
    let total = waves.total();
    println!("waves         {} with {} tours", total.objective.waves, total.batches);
    println!(
        "late          {} of {} shipments",
        total.objective.late_shipments, total.shipments
    );
    println!("lines/hour    {:.1}", total.lines_per_hour());
    println!("metres/line   {:.1}", total.metres_per_line());
    Ok(())
}
