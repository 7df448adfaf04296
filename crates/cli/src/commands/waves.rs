//! `clapot waves`: from a routing plan to a verified plan of waves, batches and tours.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use clapot::io;
use clapot::model::Problem;
use clapot::model::floor::{Floor, Floors};
use clapot::plan::WavePlan;
use clapot::search::StdClock;
use clapot::solve::Surroundings;
use clapot::{WaveOptions, plan_waves};

use super::reading::{Reading, ended};
use super::route::writing;
use super::target::Target;
use super::work::{Shipments, Work};
use crate::exit::{Done, Failure};
use crate::output::{Format, WaveSummary, tables};
use crate::progress::Log;
use crate::values::span;
use crate::{interrupt, progress};

const EXAMPLES: &str = "\
Examples:
  clapot waves problem plan --floor floor -o plan \\
      --time-limit 60s
  # the floor is in `floor`, beside `problem`
  clapot waves problem plan -o plan-waves
  clapot waves problem plan -o plan --work-limit 1000000 \\
      --seed 7
  clapot waves --shipments today.csv --floor floor \\
      -o waves --timezone Europe/Paris
  clapot waves problem plan -o plan --format json | jq \\
      .total.lines_per_hour

Ctrl-C ends the run with the best plan so far: it is verified and written, and the exit code is \
130. A second Ctrl-C, a second later or more, ends the program at once and writes nothing.";

/// Decide what each node releases when, who picks it in which tour, and which departure it makes
///
/// Reads a problem, a routing plan for it, and a floor directory (layouts, pick locations, carts, shifts, departures).
/// Shipments become waves, batches and tours: no later than they are due, with as little labour as can be. The plan is judged
/// by an independent verifier and only then written, together with the routing plan, whole or not at all.
///
/// A table of shipments may stand for the problem and its plan, for a warehouse that is told elsewhere what to ship.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, override_usage = "clapot waves [OPTIONS] --output <PLAN>\n       [PROBLEM] [PLAN]")]
pub(crate) struct Waves {
    /// Problem directory
    #[arg(value_name = "PROBLEM", conflicts_with = "shipments")]
    problem: Option<PathBuf>,
    /// Plan directory: the routing plan
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,
    #[command(flatten)]
    shipments: Shipments,
    /// Floor directory [default: `floor` beside PROBLEM]
    #[arg(long, value_name = "DIR")]
    floor: Option<PathBuf>,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    limits: Limits,
    /// How to write the summary
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    log: Log,
    /// Print no progress and no summary table; warnings stay
    #[arg(short, long)]
    quiet: bool,
}

/// How long waves are planned, and how.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Time for everything from start to written plan, in seconds or as 90s, 5m, 1h30m
    #[arg(short, long, value_name = "TIME", value_parser = span)]
    pub(crate) time_limit: Option<Duration>,
    /// Limit in units of work (one tour asked for), which gives the same plan at every run
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) work_limit: Option<u64>,
    /// Threads; 0 means one per core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=1024))]
    pub(crate) threads: u16,
    /// Seed of everything random
    #[arg(long, value_name = "N", default_value_t = WaveOptions::default().seed)]
    pub(crate) seed: u64,
}

/// Time to write one line of the orders, with its picks.
const PER_LINE: Duration = Duration::from_micros(6);

impl Limits {
    /// The options of planning waves; `lines` are those of the problem.
    pub(crate) fn options(self, lines: usize) -> WaveOptions {
        WaveOptions {
            time_limit: self
                .time_limit
                .map(|limit| limit.saturating_sub(writing(lines, PER_LINE, limit))),
            work_limit: self.work_limit,
            threads: self.threads.into(),
            seed: self.seed,
        }
    }
}

impl Waves {
    pub(crate) fn run(self, clock: StdClock) -> Result<Done, Failure> {
        if self.shipments.shipments.is_some() {
            self.target.check_waves()?;
        } else {
            self.target.check()?;
        }
        let interrupt = interrupt::watch(self.format, self.quiet)?;
        let line = progress::Line::new(!self.quiet, self.log);
        line.phase("read");
        let dirs = (self.problem.as_deref(), self.plan.as_deref(), self.floor.as_deref());
        let work = self
            .shipments
            .read(dirs, (&self.reading, self.limits.threads), interrupt)?;
        let problem = &work.problem;
        line.counts_in(&problem.settings().currency);
        let around = Surroundings {
            clock: &clock,
            interrupt: Some(interrupt),
            progress: &mut |news| line.show(news),
        };
        let options = self.limits.options(problem.lines().len());
        let waves = plan_waves(problem, &work.plan, &work.floors, &options, around)?;
        line.phase("write");
        let (plan, floors) = (&work.plan, &work.floors);
        if self.shipments.shipments.is_some() {
            self.target
                .write(|dir, options| io::write_waves(problem, floors, &waves, dir, options))?;
        } else {
            let write = |dir: &Path, options| io::write_plan_with_waves(problem, plan, floors, &waves, dir, options);
            self.target.write(write)?;
        }
        drop(line);
        if self.format == Format::Text {
            work.warn();
        }
        Ok(Done {
            output: self.summary(&work, &waves)?,
            exit: ended(waves.run.limit.into(), problem),
        })
    }

    fn summary(&self, work: &Work, waves: &WavePlan) -> Result<String, Failure> {
        if self.quiet && self.format == Format::Text {
            return Ok(String::new());
        }
        let of = (&work.problem, &work.plan, &work.floors);
        let summary = WaveSummary::new(of, waves, &self.target.output, &work.warnings)?;
        Ok(match self.format {
            Format::Json => summary.json(),
            Format::Text => tables::waves(&summary),
        })
    }
}

/// The floor directory: the given one, or the one called `floor` beside the problem.
pub(crate) fn floor_dir(given: Option<&Path>, problem: &Path) -> PathBuf {
    let beside = || problem.parent().unwrap_or(Path::new("")).join("floor");
    given.map_or_else(beside, Path::to_path_buf)
}

/// A node of the problem that has a floor.
pub(crate) fn floor_of<'f>(problem: &Problem, floors: &'f Floors, node: &str) -> Result<&'f Floor, Failure> {
    let found = problem.node_ids().find(node).and_then(|n| floors.of(n));
    found.ok_or_else(|| Failure::usage(&format!("node `{node}` has no floor")))
}
