//! `clapot price`: what the decisions of any system cost.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clapot::io;
use clapot::search::StdClock;
use clapot::solve::{PriceOptions, Surroundings, price_decisions};

use super::reading::{Reading, ended};
use super::route::{PER_LINE, writing};
use super::target::Way;
use crate::exit::{Done, Exit, Failure};
use crate::output::{self, Format, Priced, tables};
use crate::values::span;
use crate::{interrupt, progress};

const EXAMPLES: &str = "\
Examples:
  clapot price problem yesterday.csv
  clapot price problem yesterday.csv -o plan-yesterday
  # a bound from the prices of a plan
  clapot price problem yesterday.csv --prices plan
  clapot price problem plan/assignments.csv --format json \\
      | jq .cost.total

DECISIONS is one table, CSV or Parquet: order_id, line_id, node_id, and where they are known \
qty, service_id, shipment_id. Lines that it does not name stay unfilled.";

/// Price the decisions of any system: every figure, a bound, and every rule they break
///
/// What did yesterday really cost? Reads which line was filled from which node, fills in what is not said (all that is
/// left of the line, one shipment for an order and node, the cheapest service), and makes a plan of it with every figure,
/// a bound on what any plan costs, and all violations. Exits with 3 where a rule is broken; the plan is written all the
/// same, with the status infeasible.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Price {
    /// Problem directory
    #[arg(value_name = "PROBLEM")]
    problem: PathBuf,
    /// Table of decisions
    #[arg(value_name = "DECISIONS")]
    decisions: PathBuf,
    /// Plan directory to write; an earlier plan there is replaced
    #[arg(short, long, value_name = "PLAN")]
    output: Option<PathBuf>,
    #[command(flatten)]
    way: Way,
    /// Plan directory whose prices and cuts prove the bound [default: some are found]
    #[arg(long, value_name = "PLAN")]
    prices: Option<PathBuf>,
    /// Time for everything, in seconds or as 90s, 5m, 1h30m
    #[arg(short, long, value_name = "TIME", value_parser = span)]
    time_limit: Option<Duration>,
    /// Threads; 0 means one per core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=1024))]
    threads: u16,
    /// How to write the summary
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    #[command(flatten)]
    reading: Reading,
    /// Print no progress and no summary table; warnings stay
    #[arg(short, long)]
    quiet: bool,
}

impl Price {
    pub(crate) fn run(self, clock: StdClock) -> Result<Done, Failure> {
        if let Some(output) = &self.output {
            self.way.check(output)?;
        }
        let interrupt = interrupt::watch(self.format, self.quiet)?;
        let line = progress::Line::new(!self.quiet, progress::Log::default());
        line.phase("read");
        let checked = self.reading.problem_unless(&self.problem, self.threads, interrupt)?;
        let problem = &checked.problem;
        line.counts_in(&problem.settings().currency);
        let decisions =
            io::read_decisions(problem, &self.decisions).map_err(|e| Failure::of_decisions(e, &self.decisions))?;
        let prices = match &self.prices {
            None => None,
            Some(dir) => {
                let plan = io::read_plan(problem, dir).map_err(|e| Failure::of_plan(e, dir))?;
                Some(plan.prices)
            }
        };
        let options = PriceOptions {
            time_limit: self
                .time_limit
                .map(|limit| limit.saturating_sub(writing(problem.lines().len(), PER_LINE, limit))),
            work_limit: None,
            threads: self.threads.into(),
        };
        let surroundings = Surroundings {
            clock: &clock,
            interrupt: Some(interrupt),
            progress: &mut |news| line.show(news),
        };
        let found = price_decisions(problem, &decisions, prices.as_ref(), &options, surroundings)?;
        if let Some(output) = &self.output {
            line.phase("write");
            self.way.write(output, |dir, options| {
                io::write_plan_as(problem, &found.plan, dir, options)
            })?;
        }
        drop(line);
        if self.format == Format::Text {
            output::warn(&checked.warnings, &self.problem);
            output::left_out(problem.left_out(), &self.problem);
        }
        let priced = Priced::new(problem, &found, self.output.as_deref(), &checked.warnings);
        let output = match self.format {
            Format::Json => priced.json(),
            Format::Text if self.quiet => String::new(),
            Format::Text => tables::price(&priced),
        };
        Ok(Done {
            output,
            exit: match (found.is_valid(), Exit::from(found.plan.outcome.limit)) {
                (false, Exit::Done) => Exit::VerificationFailed,
                (_, exit) => ended(exit, problem),
            },
        })
    }
}
