//! Files in, files out: read a problem and its floors, route, plan the waves, write the plan.
//!
//! `from_files PROBLEM FLOOR PLAN [SEED]` works on directories of yours. Without arguments it makes a small problem in a directory of
//! its own first. The command line and Python write the same bytes for the same problem, seed and work limits.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::path::{Path, PathBuf};

use clapot::generate::{FloorOptions, GenerateOptions, generate, generate_floors};
use clapot::io::{TableFormat, read_floors, read_problem, write_floors, write_plan_with_waves, write_problem};
use clapot::{Error, RouteOptions, StdClock, Surroundings, WaveOptions, plan_waves, route, validate};

/// Work of routing, and of planning waves.
const WORK: (u64, u64) = (40_000, 20_000);

fn main() -> Result<(), Error> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    match given.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => own(),
        [problem, floor, plan] => plan_files(problem.as_ref(), floor.as_ref(), plan.as_ref(), 1),
        [problem, floor, plan, seed] => {
            let seed = seed.parse().map_err(|_| Error::options("SEED must be a number"))?;
            plan_files(problem.as_ref(), floor.as_ref(), plan.as_ref(), seed)
        }
        _ => Err(Error::options("give PROBLEM FLOOR PLAN [SEED], or nothing")),
    }
}

/// Reads, plans and writes.
fn plan_files(problem: &Path, floor: &Path, plan: &Path, seed: u64) -> Result<(), Error> {
    let clock = StdClock::start();
    let problem = read_problem(problem)?.problem;
    let floors = read_floors(&problem, floor)?.floors;
    let options = RouteOptions {
        work_limit: Some(WORK.0),
        seed,
        ..RouteOptions::default()
    };
    let around = Surroundings::new(&clock);
    let routed = route(&problem, &options, around)?;
    let options = WaveOptions {
        work_limit: Some(WORK.1),
        seed,
        ..WaveOptions::default()
    };
    let around = Surroundings::new(&clock);
    let waves = plan_waves(&problem, &routed, &floors, &options, around)?;
    write_plan_with_waves(&problem, &routed, &floors, &waves, plan, TableFormat::Csv)?;
    let (total, tours) = (routed.cost.total(), waves.total().batches);
    println!("{total} for {} shipments in {tours} tours", routed.shipments.len());
    Ok(())
}

/// The same on a small problem in a directory that is removed afterwards.
fn own() -> Result<(), Error> {
    let home: PathBuf = std::env::temp_dir().join(format!("clapot-from-files-{}", std::process::id()));
    let draft = generate(&GenerateOptions {
        orders: 100,
        nodes: 4,
        ..GenerateOptions::default()
    })?;
    write_problem(&draft, &home.join("problem"))?;
    let problem = validate::check(draft).map_err(Error::input)?.problem;
    let floors = generate_floors(&problem, &FloorOptions::default())?;
    write_floors(&floors, &home.join("floor"))?;
    let planned = plan_files(&home.join("problem"), &home.join("floor"), &home.join("plan"), 1);
    // What cannot be removed stays in the directory for temporary files.
    let _ = std::fs::remove_dir_all(&home);
    planned
}
