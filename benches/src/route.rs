//! `clapot-bench route`: order routing on problem directories, one row each, every plan verified by the call itself.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use clapot::search::{Clock as _, Progress};
use clapot::{Method, RouteOptions, StdClock, Surroundings, io, route};

use crate::gap::per_cent;
use crate::limit;

/// Problems to run and how.
#[derive(Args, Debug)]
pub(crate) struct Route {
    /// Problem directories
    #[arg(required = true, value_name = "DIR")]
    problems: Vec<PathBuf>,
    /// Method of every run
    #[arg(long, default_value = "auto")]
    method: Method,
    /// Seconds for each problem, from reading to the verified plan
    #[arg(long, default_value_t = 60.0)]
    time_limit: f64,
    /// Work for each problem instead of time: the same plan at every run
    #[arg(long)]
    work_limit: Option<u64>,
    /// Threads; 0 = one per core
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Seeds, one run each
    #[arg(long, value_delimiter = ',', default_value = "1")]
    seeds: Vec<u64>,
}

const HEADER: &str = "problem                     seed   orders nodes           total           bound    gap %  ship/order  \
                      read s  bound s  plan s  total s        work";

impl Route {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
        writeln!(out, "{HEADER}")?;
        for problem in &self.problems {
            for &seed in &self.seeds {
                self.one(problem, seed, out)?;
            }
        }
        Ok(())
    }

    fn one(&self, dir: &Path, seed: u64, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
        let clock = StdClock::start();
        let problem = io::read_problem(dir)?.problem;
        let read = clock.elapsed().as_secs_f64();
        let options = RouteOptions {
            method: self.method,
            time_limit: limit::time(self.time_limit, self.work_limit)?,
            work_limit: self.work_limit,
            threads: self.threads,
            seed,
            ..RouteOptions::default()
        };
        let mut phases = Vec::<(&str, f64)>::new();
        let mut note = |p: Progress| phases.push((p.phase, p.seconds));
        let surroundings = Surroundings {
            clock: &clock,
            interrupt: None,
            progress: &mut note,
        };
        let plan = route(&problem, &options, surroundings)?;
        let since = |phase: &str| phases.iter().find(|p| p.0 == phase).map(|p| p.1);
        // The bound is done where hardening starts, the plan where verification starts.
        let proved = since("harden").map_or(0.0, |t| t - read);
        let planned = since("verify").map_or(0.0, |t| t - read - proved);
        let orders = problem.orders().len();
        writeln!(
            out,
            "{:<27} {seed:>4} {orders:>8} {:>5} {:>15} {:>15} {:>8} {:>11.3} {read:>7.2} {proved:>8.2} {planned:>7.2} {:>8.2} {:>11}",
            problem.settings().name,
            problem.nodes().len(),
            plan.cost.total(),
            plan.outcome.bound,
            per_cent(plan.gap()),
            plan.shipments.len() as f64 / orders.max(1) as f64,
            clock.elapsed().as_secs_f64(),
            plan.outcome.work,
        )?;
        Ok(out.flush()?)
    }
}
