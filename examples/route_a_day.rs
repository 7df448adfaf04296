//! A day's orders of a retailer: made up, routed, and summed up per node.
//!
//! With a directory as argument it reads that problem instead: `route_a_day my-problem`.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::path::PathBuf;
use std::time::Duration;

use clapot::generate::{GenerateOptions, generate};
use clapot::index::Idx as _;
use clapot::{Error, Problem, RouteOptions, RoutingPlan, StdClock, Surroundings, io, route, validate};

fn main() -> Result<(), Error> {
    let problem = match std::env::args_os().nth(1) {
        Some(dir) => io::read_problem(&PathBuf::from(dir))?.problem,
        None => made_up()?,
    };
    let options = RouteOptions {
        time_limit: Some(Duration::from_secs(1)),
        ..RouteOptions::default()
    };
    let clock = StdClock::start();
    let around = Surroundings::new(&clock);
    let plan = route(&problem, &options, around)?;
    print_cost(&problem, &plan);
    print_nodes(&problem, &plan);
    Ok(())
}

fn made_up() -> Result<Problem, Error> {
    let draft = generate(&GenerateOptions {
        orders: 300,
        nodes: 8,
        seed: 1,
        ..GenerateOptions::default()
    })?;
    Ok(validate::check(draft).map_err(Error::input)?.problem)
}

fn print_cost(problem: &Problem, plan: &RoutingPlan) {
    let cost = &plan.cost;
    println!(
        "{} orders in {} shipments",
        problem.orders().len(),
        plan.shipments.len()
    );
    for (part, amount) in [
        ("transport", cost.transport),
        ("handling", cost.handling),
        ("split", cost.split),
        ("late", cost.late),
        ("unfilled", cost.unfilled),
        ("total", cost.total()),
        ("bound", plan.outcome.bound),
    ] {
        println!("  {part:<10} {amount:>14} {}", problem.settings().currency);
    }
    match plan.gap() {
        Some(gap) => println!("no plan is more than {:.2} % cheaper\n", 100.0 * gap),
        None => println!("nothing is proved\n"),
    }
}

/// What each node has to do, and how much of its capacity for lines that takes.
fn print_nodes(problem: &Problem, plan: &RoutingPlan) {
    let mut shipments = vec![0; problem.nodes().len()];
    plan.shipments.iter().for_each(|s| shipments[s.node.get()] += 1);
    let mut lines = vec![0; problem.nodes().len()];
    plan.assignments.iter().for_each(|a| lines[a.node.get()] += 1);

    println!("{:<12} {:>9} {:>7} {:>9}", "node", "shipments", "lines", "capacity");
    for (node, data) in problem.nodes().iter_enumerated() {
        let capacity = data.max_lines.map_or("-".to_owned(), |most| most.to_string());
        let (id, n) = (problem.node_id(node), node.get());
        println!("{id:<12} {:>9} {:>7} {capacity:>9}", shipments[n], lines[n]);
    }
}
