//! `clapot route`: from a problem to a verified plan.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use clapot::diagnostic::Diagnostic;
use clapot::io;
use clapot::model::Problem;
use clapot::plan::{RoutingPlan, TakenOver};
use clapot::report::{Move, moved};
use clapot::search::StdClock;
use clapot::solve::{Method, RouteOptions, Surroundings, route, route_from, start_of_decisions};
use clapot::validate::Checked;

use super::reading::{Reading, ended};
use super::target::Target;
use crate::exit::{Done, Failure};
use crate::output::{self, Format, Moved, Start, Summary, tables};
use crate::progress::Log;
use crate::values::{MethodName, gap, span};
use crate::{interrupt, progress};

const EXAMPLES: &str = "\
Examples:
  clapot route problem -o plan --time-limit 60s
  clapot route problem -o plan --time-limit 5m --gap 0.5% \\
      --threads 4
  clapot route problem -o plan --format json | jq .gap

  The same plan again, at any number of threads:
  clapot route problem -o plan --work-limit 1000000 --seed 7

  Orders and stock have changed since the last plan:
  clapot route problem -o plan --start plan --time-limit 20s

  What many systems do today, to compare:
  clapot route problem -o plan-today --method cheapest

Ctrl-C ends the run with the best plan so far: it is verified and written, and the exit code is \
130. While the problem is read there is no plan yet, and none is written. A second Ctrl-C, a \
second later or more, ends the program at once and writes nothing.";

/// Decide what ships from where by what, and prove how good that is
///
/// Reads a problem directory (problem.toml and tables in CSV or Parquet), decides which node ships which order line by which service,
/// has the plan judged by an independent verifier, and only then writes it, whole or not at all. Without a limit it ends once
/// the plan is proved to be the best, or plan and bound have hardly moved in the last third of the work.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Route {
    /// Problem directory
    #[arg(value_name = "PROBLEM")]
    problem: PathBuf,
    #[command(flatten)]
    target: Target,
    /// Plan directory to start from, also one of an earlier state of the problem: what still fits is taken over, and its
    /// prices and cuts. Where it is valid as it is, the new plan costs no more. Or a table of decisions as `price` reads it
    #[arg(long, value_name = "OLD_PLAN")]
    start: Option<PathBuf>,
    /// How the plan is made
    #[arg(short, long, value_enum, default_value_t = MethodName::Auto)]
    method: MethodName,
    /// Time for everything from start to written plan, in seconds or as 90s, 5m, 1h30m
    #[arg(short, long, value_name = "TIME", value_parser = span)]
    time_limit: Option<Duration>,
    /// Stop once neither plan nor bound has moved for so long, in seconds or as 90s, 5m, 1h
    #[arg(long, value_name = "TIME", value_parser = span)]
    patience: Option<Duration>,
    /// Limit in units of work (one order priced once), which gives the same plan at every run
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    work_limit: Option<u64>,
    /// Stop once the plan is proved to be this close to the best, as a share (0.005) or in per cent (0.5%)
    #[arg(short, long, value_name = "GAP", value_parser = gap, default_value = "0")]
    gap: f64,
    /// Threads; 0 means one per core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=1024))]
    threads: u16,
    /// Seed of everything random
    #[arg(long, value_name = "N", default_value_t = RouteOptions::default().seed)]
    seed: u64,
    /// Prove no bound, which is quicker where a rule is only to be compared; the plan states what is certain of any plan
    #[arg(long)]
    no_bound: bool,
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

/// Time to write one line of the orders.
pub(super) const PER_LINE: Duration = Duration::from_micros(3);

impl Route {
    pub(crate) fn run(self, clock: StdClock) -> Result<Done, Failure> {
        if self.start.is_some() {
            Method::from(self.method).check_start()?;
        }
        self.target.check()?;
        let interrupt = interrupt::watch(self.format, self.quiet)?;
        let line = progress::Line::new(!self.quiet, self.log);
        line.phase("read");
        let mut checked = self.reading.problem_unless(&self.problem, self.threads, interrupt)?;
        checked.warnings.extend(self.doubts(&checked.problem)?);
        let has_limit = self.time_limit.is_some() || self.work_limit.is_some() || self.patience.is_some();
        if !has_limit && !self.quiet && self.format == Format::Text {
            say_what_ends(self.method.into(), self.gap);
        }
        line.counts_in(&checked.problem.settings().currency);
        let options = self.options(checked.problem.lines().len());
        let surroundings = Surroundings {
            clock: &clock,
            interrupt: Some(interrupt),
            progress: &mut |news| line.show(news),
        };
        let (plan, started) = match &self.start {
            None => (route(&checked.problem, &options, surroundings)?, None),
            Some(dir) => {
                let start = read_start(&checked.problem, dir)?;
                let (plan, taken_over) = route_from(&checked.problem, &options, &start, surroundings)?;
                let moves = moved(&checked.problem, &start, &plan);
                (plan, Some((taken_over, moves)))
            }
        };
        line.phase("write");
        self.target
            .write(|dir, options| io::write_plan_as(&checked.problem, &plan, dir, options))?;
        drop(line);
        self.warn(&checked);
        Ok(Done {
            output: self.summary(&checked, &plan, started.as_ref()),
            exit: ended(plan.outcome.limit.into(), &checked.problem),
        })
    }

    /// What makes the method another one than it seems.
    fn doubts(&self, problem: &Problem) -> Result<Vec<Diagnostic>, Failure> {
        self.reading.doubts(problem, self.method.into(), &self.problem)
    }

    fn options(&self, lines: usize) -> RouteOptions {
        RouteOptions {
            method: self.method.into(),
            time_limit: self
                .time_limit
                .map(|limit| limit.saturating_sub(writing(lines, PER_LINE, limit))),
            work_limit: self.work_limit,
            patience: self.patience,
            gap: self.gap,
            threads: self.threads.into(),
            seed: self.seed,
            bound: !self.no_bound,
            ..RouteOptions::default()
        }
    }

    /// Warnings of the input; as JSON they are part of the summary.
    fn warn(&self, checked: &Checked) {
        if self.format == Format::Text {
            output::warn(&checked.warnings, &self.problem);
            output::left_out(checked.problem.left_out(), &self.problem);
        }
    }

    fn summary(&self, checked: &Checked, plan: &RoutingPlan, started: Option<&(TakenOver, Vec<Move>)>) -> String {
        let mut summary = Summary::new(&checked.problem, plan, Some(&self.target.output), &checked.warnings);
        if let (Some(dir), Some((taken_over, moves))) = (&self.start, started) {
            summary.start = Some(Start::new(dir, taken_over, Moved::new(&checked.problem, moves)));
        }
        match self.format {
            Format::Json => summary.json(),
            Format::Text if self.quiet => String::new(),
            Format::Text => tables::route(&summary),
        }
    }
}

/// What a run starts from: a plan directory, or a table of decisions.
pub(super) fn read_start(problem: &Problem, path: &Path) -> Result<clapot::plan::Start, Failure> {
    if path.is_dir() {
        return io::read_start(problem, path).map_err(|e| Failure::of_plan(e, path));
    }
    let earlier = io::read_earlier_decisions(problem, path).map_err(|e| Failure::of_decisions(e, path))?;
    Ok(start_of_decisions(
        problem,
        &earlier.decisions,
        earlier.known,
        earlier.gone,
    ))
}

/// Time to keep for writing a plan, so that the limit holds for the whole run: so much for each line, a quarter at most.
pub(super) fn writing(lines: usize, each: Duration, limit: Duration) -> Duration {
    let lines = u32::try_from(lines).unwrap_or(u32::MAX);
    (each * lines + Duration::from_millis(30)).min(limit / 4)
}

/// Says on standard error what will end a run that has no limit.
pub(super) fn say_what_ends(method: Method, gap: f64) {
    let proof = if gap > 0.0 {
        "the plan is proved to be within the wanted gap"
    } else {
        "the plan is proved best"
    };
    let end = match method {
        Method::Auto => format!("{proof}, or plan and bound stand still"),
        Method::Exact => "the plan is proved best, however long that takes".to_owned(),
        _ => return,
    };
    output::print_error(&format!(
        "no limit: ends once {end}, or with Ctrl-C, with the best plan so far (--time-limit sets an end)"
    ));
}
