//! `clapot verify`: judges a plan, whoever made it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use clapot::diagnostic::Diagnostic;
use clapot::io;
use clapot::search::{Clock as _, StdClock};
use clapot::verify::{CUT_STEPS, VerifyOptions, verify_until, verify_waves_until};

use super::reading::{Reading, ended};
use super::work::{Shipments, Work};
use crate::exit::{Done, Exit, Failure};
use crate::output::{self, Format, Look, Verdict, WaveVerdict, diagnostics, json, tables, text};
use crate::values::span;

const EXAMPLES: &str = "\
Examples:
  clapot verify problem plan
  # quicker: rules and costs only
  clapot verify problem plan --no-bound
  # the plan of waves too
  clapot verify problem plan --floor floor
  # whatever the plan holds
  clapot verify problem plan -t 10s
  clapot verify waves --shipments today.csv --floor floor \\
      --now 2026-03-02T09:00:00+01:00
  clapot verify problem plan --format json | jq \\
      '.violations[].message'";

/// Check a plan against its problem: every rule, every cost, and the bound
///
/// Trusts nothing that the plan states. Costs are recomputed to the ten-thousandth, and the bound is recomputed from the
/// plan's shadow prices, so that VALID means: the plan keeps every rule, costs what it says, and no valid plan costs less
/// than the bound. Exits with 3 where anything is wrong, also where the plan's files cannot be read, and with 7 where nothing
/// wrong was found in what could be checked within the limits (NOT CHECKED).
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Verify {
    /// Problem directory; with --shipments the plan directory
    #[arg(value_name = "PROBLEM")]
    problem: PathBuf,
    /// Plan directory
    #[arg(
        value_name = "PLAN",
        required_unless_present = "shipments",
        conflicts_with = "shipments"
    )]
    plan: Option<PathBuf>,
    #[command(flatten)]
    shipments: Shipments,
    /// Floor directory: the plan of waves is checked as well
    #[arg(long, value_name = "DIR")]
    floor: Option<PathBuf>,
    /// Do not recompute the bound
    #[arg(long)]
    no_bound: bool,
    /// Time for everything from start to verdict, in seconds or as 90s, 5m, 1h30m; what is left then is not checked
    #[arg(short, long, value_name = "TIME", value_parser = span)]
    time_limit: Option<Duration>,
    /// Steps that proving all cuts of the plan together may take, about a nanosecond each; a cut beyond them is not checked
    #[arg(long, value_name = "N", default_value_t = CUT_STEPS)]
    cut_steps: u64,
    /// Threads; 0 means one per core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=1024))]
    threads: u16,
    #[command(flatten)]
    reading: Reading,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

impl Verify {
    pub(crate) fn run(self, clock: StdClock) -> Result<Done, Failure> {
        let Some(dir) = self.plan.as_deref() else {
            return self.waves_alone(clock);
        };
        let problem = self.reading.problem(&self.problem, self.threads)?.problem;
        let floors = self.floor.as_ref().map(|dir| {
            let checked = self.reading.floors(&problem, dir);
            checked.map(|checked| checked.floors)
        });
        let floors = floors.transpose()?;
        let read = match &floors {
            None => io::read_plan(&problem, dir).map(|plan| (plan, None)),
            Some(floors) => {
                let read = io::read_plan_with_waves(&problem, floors, dir);
                read.map(|(plan, waves)| (plan, Some((floors, waves))))
            }
        };
        let (plan, waves) = match read {
            Ok(read) => read,
            Err(error) if !error.diagnostics().is_empty() => return Ok(self.unreadable(error.diagnostics())),
            Err(error) => return Err(error.into()),
        };
        let options = VerifyOptions {
            bound: !self.no_bound,
            threads: self.threads.into(),
            cut_steps: self.cut_steps,
            ..VerifyOptions::default()
        };
        let is_over = || self.time_limit.is_some_and(|limit| clock.elapsed() >= limit);
        let mut found = verify_until(&problem, &plan, &options, &is_over);
        let judged = waves.map(|(floors, waves)| verify_waves_until(&problem, &plan, floors, &waves, &is_over));
        if let Some(of_waves) = &judged {
            found.violations.extend(of_waves.violations.iter().cloned());
            found.unchecked.extend(of_waves.unchecked.iter().cloned());
        }
        if self.format == Format::Text {
            output::left_out(problem.left_out(), &self.problem);
        }
        let verdict = Verdict::new(&problem, &found, judged.as_ref());
        let output = match self.format {
            Format::Json => verdict.json(),
            Format::Text => tables::verify(&verdict),
        };
        Ok(Done {
            output,
            exit: if verdict.valid {
                ended(Exit::Done, &problem)
            } else if verdict.violations.is_empty() {
                Exit::NotChecked
            } else {
                Exit::VerificationFailed
            },
        })
    }

    /// Judges a plan of waves of shipments that no routing plan made.
    fn waves_alone(&self, clock: StdClock) -> Result<Done, Failure> {
        let work = self.unrouted()?;
        let waves = match io::read_waves(&work.problem, &work.plan, &work.floors, &self.problem) {
            Ok(waves) => waves,
            Err(error) if !error.diagnostics().is_empty() => return Ok(self.unreadable(error.diagnostics())),
            Err(error) => return Err(error.into()),
        };
        let is_over = || self.time_limit.is_some_and(|limit| clock.elapsed() >= limit);
        let found = verify_waves_until(&work.problem, &work.plan, &work.floors, &waves, &is_over);
        if self.format == Format::Text {
            work.warn();
        }
        let verdict = WaveVerdict::new(&work.problem, &found);
        let output = match self.format {
            Format::Json => verdict.json(),
            Format::Text => tables::verify_waves(&verdict),
        };
        let exit = match (verdict.valid, verdict.violations.is_empty()) {
            (true, _) => ended(Exit::Done, &work.problem),
            (false, true) => Exit::NotChecked,
            (false, false) => Exit::VerificationFailed,
        };
        Ok(Done { output, exit })
    }

    /// The shipments and floors, as of the instant that the plan states.
    fn unrouted(&self) -> Result<Work, Failure> {
        let (Some(file), Some(floor)) = (&self.shipments.shipments, &self.floor) else {
            return Err(Failure::usage(
                "name PROBLEM and PLAN, or PLAN with --shipments FILE and --floor DIR",
            ));
        };
        let planned = io::planning_instant(&self.problem)?;
        self.shipments
            .unrouted(file, floor, (&self.reading, self.threads), planned)
    }

    /// The plan directory.
    fn dir(&self) -> &Path {
        self.plan.as_deref().unwrap_or(&self.problem)
    }

    /// A plan that cannot be read is not a valid plan.
    fn unreadable(&self, found: &[Diagnostic]) -> Done {
        let output = match self.format {
            Format::Json => json::unreadable_plan(found),
            Format::Text => {
                let list = diagnostics::render(found, self.dir(), Look::of_stdout());
                format!(
                    "{list}INVALID {} cannot be read: {}\n",
                    text::path(self.dir()),
                    diagnostics::count(found)
                )
            }
        };
        Done {
            output,
            exit: Exit::VerificationFailed,
        }
    }
}
