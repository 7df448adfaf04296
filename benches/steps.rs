//! Times of single steps on a generated problem of 5,000 orders and 20 nodes: reading, the order book, pricing all orders
//! once, from prices to a plan, and verifying with the bound. `make bench-steps`, or `cargo bench -p clapot-bench`.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use clapot::allocate::steps::Steps;
use clapot::generate::{GenerateOptions, generate};
use clapot::io::{ReadOptions, TableFormat, read_problem_with, write_problem_as};
use clapot::verify::{VerifyOptions, verify};
use clapot::{Error, Method, Policy, Problem, RouteOptions, RoutingPlan, StdClock, Surroundings, route};
use criterion::Criterion;

/// All steps run on this many threads, so that machines of different sizes compare.
const THREADS: usize = 2;
const ITERATIONS: usize = 60;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let draft = generate(&GenerateOptions {
        orders: 5_000,
        nodes: 20,
        ..GenerateOptions::default()
    })?;
    for format in TableFormat::ALL {
        write_problem_as(&draft, &dir.path().join(format.as_str()), format)?;
    }
    let problem = read(&dir.path().join("csv"))?;
    let plan = plan(&problem)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS).build()?;
    let mut criterion = Criterion::default()
        .sample_size(20)
        .measurement_time(Duration::from_secs(8))
        .configure_from_args();
    for format in TableFormat::ALL {
        let dir = dir.path().join(format.as_str());
        criterion.bench_function(&format!("read {format}"), |b| {
            b.iter(|| read(&dir).map(|problem| problem.lines().len()));
        });
    }
    let steps = pool.install(|| Steps::new(&problem, ITERATIONS));
    criterion.bench_function("order book", |b| {
        b.iter(|| pool.install(|| Steps::build(black_box(&problem))));
    });
    criterion.bench_function("price all orders", |b| b.iter(|| pool.install(|| steps.evaluate())));
    criterion.bench_function("harden", |b| b.iter(|| pool.install(|| steps.harden())));
    let options = VerifyOptions {
        threads: THREADS,
        ..VerifyOptions::default()
    };
    criterion.bench_function("verify with bound", |b| {
        b.iter(|| verify(&problem, black_box(&plan), &options).is_valid());
    });
    criterion.final_summary();
    Ok(())
}

fn read(dir: &Path) -> Result<Problem, Error> {
    let reading = ReadOptions {
        threads: THREADS,
        ..ReadOptions::default()
    };
    Ok(read_problem_with(dir, &reading)?.problem)
}

fn plan(problem: &Problem) -> Result<RoutingPlan, Error> {
    let options = RouteOptions {
        method: Method::Policy(Policy::FewestSplits),
        threads: THREADS,
        ..RouteOptions::default()
    };
    let around = Surroundings {
        clock: &StdClock::start(),
        interrupt: None,
        progress: &mut |_| {},
    };
    route(problem, &options, around)
}
