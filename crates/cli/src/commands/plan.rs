//! `clapot plan`: routing and waves in one go.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clapot::plan::{RoutingPlan, TakenOver, WavePlan};
use clapot::report::{Move, moved};
use clapot::search::{Clock as _, StdClock};
use clapot::solve::{Method, RouteOptions, Surroundings, route, route_from};
use clapot::validate::{Checked, CheckedFloors};
use clapot::{io, plan_waves};
use serde::Serialize;

use super::reading::{Reading, ended};
use super::route::read_start;
use super::target::Target;
use super::waves::{Limits, floor_dir};
use crate::exit::{Done, Failure};
use crate::output::{self, Format, Moved, Start, Summary, WaveSummary, json, tables};
use crate::progress::Log;
use crate::values::{MethodName, gap};
use crate::{interrupt, progress};

const EXAMPLES: &str = "\
Examples:
  clapot plan problem --floor floor -o plan --time-limit 2m
  clapot plan problem -o plan --gap 0.5%
  clapot plan problem -o plan --start plan

  The floor is in `floor`, beside `problem`, if not said.

  clapot plan problem -o plan --format json | jq \\
      '.waves.total.late_shipments'

Ctrl-C ends routing with the best plan so far and goes on to waves, and ends those with their \
best; the exit code is 130. A second Ctrl-C, a second later or more, ends the program at once \
and writes nothing.";

/// Decide what ships from where by what, and how each node picks it
///
/// The same as `route` and then `waves`: one time limit holds for both, half of it for routing at most. Both plans are judged
/// by the independent verifier and written together, whole or not at all.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Plan {
    /// Problem directory
    #[arg(value_name = "PROBLEM")]
    problem: PathBuf,
    /// Floor directory [default: `floor` beside PROBLEM]
    #[arg(long, value_name = "DIR")]
    floor: Option<PathBuf>,
    #[command(flatten)]
    target: Target,
    /// Plan directory to start routing from, also one of an earlier state of the problem, or a table of decisions as `price`
    /// reads it
    #[arg(long, value_name = "OLD_PLAN")]
    start: Option<PathBuf>,
    /// How the routing plan is made
    #[arg(short, long, value_enum, default_value_t = MethodName::Auto)]
    method: MethodName,
    /// Stop routing once its plan is proved to be this close to the best, as a share (0.005) or in per cent (0.5%)
    #[arg(short, long, value_name = "GAP", value_parser = gap, default_value = "0")]
    gap: f64,
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

/// What `plan` prints as JSON.
#[derive(Serialize)]
struct Both<'a> {
    routing: Summary<'a>,
    waves: WaveSummary<'a>,
}

impl Plan {
    pub(crate) fn run(self, clock: StdClock) -> Result<Done, Failure> {
        if self.start.is_some() {
            Method::from(self.method).check_start()?;
        }
        self.target.check()?;
        let interrupt = interrupt::watch(self.format, self.quiet)?;
        let line = progress::Line::new(!self.quiet, self.log);
        line.phase("read");
        let threads = self.limits.threads.into();
        let mut checked = self
            .reading
            .problem_unless(&self.problem, self.limits.threads, interrupt)?;
        let doubts = self
            .reading
            .doubts(&checked.problem, self.method.into(), &self.problem)?;
        checked.warnings.extend(doubts);
        let has_limit = self.limits.time_limit.is_some() || self.limits.work_limit.is_some();
        if !has_limit && !self.quiet && self.format == Format::Text {
            super::route::say_what_ends(self.method.into(), self.gap);
        }
        let problem = &checked.problem;
        line.counts_in(&problem.settings().currency);
        let dir = floor_dir(self.floor.as_deref(), &self.problem);
        let floors = self.reading.floors(problem, &dir)?;
        let options = self.limits.options(problem.lines().len());
        let routing = RouteOptions {
            method: self.method.into(),
            time_limit: options.time_limit.map(|limit| half(limit, clock.elapsed())),
            work_limit: options.work_limit.map(|work| work.div_ceil(2)),
            gap: self.gap,
            threads,
            seed: self.limits.seed,
            ..RouteOptions::default()
        };
        let around = Surroundings {
            clock: &clock,
            interrupt: Some(interrupt),
            progress: &mut |news| line.show(news),
        };
        let (plan, started) = match &self.start {
            None => (route(problem, &routing, around)?, None),
            Some(start) => {
                let start = read_start(problem, start)?;
                let (plan, taken_over) = route_from(problem, &routing, &start, around)?;
                let moves = moved(problem, &start, &plan);
                (plan, Some((taken_over, moves)))
            }
        };
        let options = clapot::WaveOptions {
            work_limit: options.work_limit.map(|work| (work / 2).max(1)),
            ..options
        };
        let around = Surroundings {
            clock: &clock,
            interrupt: Some(interrupt),
            progress: &mut |news| line.show(news),
        };
        line.phase("waves");
        let waves = plan_waves(problem, &plan, &floors.floors, &options, around)?;
        line.phase("write");
        self.target
            .write(|dir, options| io::write_plan_with_waves(problem, &plan, &floors.floors, &waves, dir, options))?;
        drop(line);
        if self.format == Format::Text {
            output::warn(&checked.warnings, &self.problem);
            output::warn(&floors.warnings, &dir);
            output::left_out(checked.problem.left_out(), &self.problem);
        }
        Ok(Done {
            output: self.summary(&checked, &floors, (&plan, started.as_ref()), &waves)?,
            exit: ended(waves.run.limit.into(), problem),
        })
    }

    fn summary(
        &self,
        checked: &Checked,
        floors: &CheckedFloors,
        (plan, started): (&RoutingPlan, Option<&(TakenOver, Vec<Move>)>),
        waves: &WavePlan,
    ) -> Result<String, Failure> {
        if self.quiet && self.format == Format::Text {
            return Ok(String::new());
        }
        let mut routing = Summary::new(&checked.problem, plan, Some(&self.target.output), &checked.warnings);
        if let (Some(dir), Some((taken_over, moves))) = (&self.start, started) {
            routing.start = Some(Start::new(dir, taken_over, Moved::new(&checked.problem, moves)));
        }
        let of = (&checked.problem, plan, &floors.floors);
        let waves = WaveSummary::new(of, waves, &self.target.output, &floors.warnings)?;
        Ok(match self.format {
            Format::Json => json::object(&Both { routing, waves }),
            Format::Text => format!("{}\n{}", tables::route(&routing), tables::waves(&waves)),
        })
    }
}

/// Until when routing may go on: half of what is left after reading.
fn half(limit: Duration, read: Duration) -> Duration {
    read + limit.saturating_sub(read) / 2
}
