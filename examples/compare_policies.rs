//! Every method on one problem: what the rules of today's order systems cost, and what is possible.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use clapot::generate::{GenerateOptions, generate};
use clapot::{Error, Method, RouteOptions, StdClock, Surroundings, route, validate};

fn main() -> Result<(), Error> {
    // A small week-end: 40 orders over 5 nodes. `exact` is for problems of about this size.
    let draft = generate(&GenerateOptions {
        orders: 40,
        nodes: 5,
        seed: 3,
        plain: true,
        ..GenerateOptions::default()
    })?;
    let problem = validate::check(draft).map_err(Error::input)?.problem;

    println!(
        "{:<14} {:>12} {:>10} {:>9} {:>9}",
        "method", "total", "shipments", "unfilled", "gap"
    );
    for method in Method::ALL {
        // Under a work limit a run gives the same plan on every machine and at any number of threads.
        let options = RouteOptions {
            method,
            work_limit: Some(200_000),
            ..RouteOptions::default()
        };
        let clock = StdClock::start();
        let around = Surroundings::new(&clock);
        let plan = route(&problem, &options, around)?;
        println!(
            "{:<14} {:>12} {:>10} {:>9} {:>9}",
            method.as_str(),
            plan.cost.total().to_string(),
            plan.shipments.len(),
            plan.unfilled_units(),
            plan.gap()
                .map_or_else(|| "no bound".to_owned(), |gap| format!("{:.2} %", 100.0 * gap)),
        );
    }
    Ok(())
}
