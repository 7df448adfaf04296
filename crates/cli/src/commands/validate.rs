//! `clapot validate`: everything that is wrong with a problem, and with floors for it.

use std::path::{Path, PathBuf};

use clap::Args;
use clapot::diagnostic::Diagnostic;
use clapot::io::{self, Unrouted};
use clapot::validate::Checked;

use super::reading::{Reading, ended};
use super::work::{Shipments, beside, is_of_shipments};
use crate::exit::{Done, Exit, Failure};
use crate::output::{Format, Look, diagnostics, json, text};

const EXAMPLES: &str = "\
Examples:
  clapot validate problem
  clapot validate problem --floor floor
  # the floors alone
  clapot validate --floor floor
  clapot validate --shipments today.csv --floor floor
  clapot validate problem --format json | jq \\
      '.errors[] | {file, line, message}'";

/// Check a problem and report everything that is wrong with it
///
/// Every fault is reported, not only the first: its code, its place, what is wrong, why, and what to do. Errors stop a
/// problem from being used, warnings do not. Exits with 2 where there is an error.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Validate {
    /// Problem directory
    #[arg(
        value_name = "PROBLEM",
        required_unless_present = "floor",
        conflicts_with = "shipments"
    )]
    problem: Option<PathBuf>,
    /// Floor directory, checked against the problem, or alone
    #[arg(long, value_name = "DIR")]
    floor: Option<PathBuf>,
    #[command(flatten)]
    shipments: Shipments,
    #[command(flatten)]
    reading: Reading,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Print no verdict; what is wrong stays, and the exit code tells the rest
    #[arg(short, long)]
    quiet: bool,
}

impl Validate {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let Some(problem) = &self.problem else {
            return self.floors_alone();
        };
        match io::read_problem_with(problem, &self.reading.options(0)) {
            Ok(checked) => match &self.floor {
                None => Ok(self.done(&checked, &[])),
                Some(floor) => match io::read_floors_with(&checked.problem, floor, &self.reading.options(0)) {
                    Ok(floors) => Ok(self.done(&checked, &floors.warnings)),
                    Err(error) => self.refused(error, floor),
                },
            },
            Err(error) => self.refused(error, problem),
        }
    }

    fn done(&self, checked: &Checked, of_floors: &[Diagnostic]) -> Done {
        Done {
            output: self.valid(checked, of_floors),
            exit: ended(Exit::Done, &checked.problem),
        }
    }

    /// Floors without a problem, and shipments of them where there is a table.
    fn floors_alone(&self) -> Result<Done, Failure> {
        let dir = self.floor.as_deref().unwrap_or(Path::new("floor"));
        let (at, options) = (
            self.shipments.at.or(self.reading.now.as_deref(), None),
            self.reading.options(0),
        );
        let read = match &self.shipments.shipments {
            Some(file) => io::read_shipments(file, dir, &at, &options),
            None => io::read_floors_alone(dir, &at, &options),
        };
        match read {
            Ok(read) => Ok(Done {
                output: self.valid_floors(&read, dir),
                exit: ended(Exit::Done, &read.problem),
            }),
            Err(error) => self.refused(error, dir),
        }
    }

    fn valid_floors(&self, read: &Unrouted, dir: &Path) -> String {
        match self.format {
            Format::Json => json::valid_floors(read),
            Format::Text => {
                let list = self.render(&read.warnings, dir);
                let left_out = diagnostics::left_out(read.problem.left_out(), self.home(), Look::of_stdout());
                let count = text::count(diagnostics::number(&read.warnings), "warning");
                let verdict = format!("VALID {}; {count}\n", self.sizes(read));
                list + &left_out + self.unless_quiet(&verdict)
            }
        }
    }

    const fn unless_quiet<'v>(&self, verdict: &'v str) -> &'v str {
        if self.quiet { "" } else { verdict }
    }

    /// `1 floor, 400 shipments, 1,100 lines`.
    fn sizes(&self, read: &Unrouted) -> String {
        let floors = text::count(read.floors.floors().len() as u64, "floor");
        if self.shipments.shipments.is_none() {
            return floors;
        }
        let shipments = text::count(read.plan.shipments.len() as u64, "shipment");
        let lines = text::count(read.problem.lines().len() as u64, "line");
        format!("{floors}, {shipments}, {lines}")
    }

    /// Diagnostics of a directory, and of the table of shipments in its own.
    fn render(&self, list: &[Diagnostic], dir: &Path) -> String {
        let (of_shipments, others): (Vec<_>, Vec<_>) = list.iter().cloned().partition(is_of_shipments);
        let look = Look::of_stdout();
        diagnostics::render(&of_shipments, self.home(), look) + &diagnostics::render(&others, dir, look)
    }

    /// The directory of the problem, or of the table of shipments.
    fn home(&self) -> &Path {
        let of_shipments = || self.shipments.shipments.as_deref().map(beside);
        let home = self.problem.as_deref().or_else(of_shipments);
        home.or(self.floor.as_deref()).unwrap_or(Path::new(""))
    }

    fn refused(&self, error: clapot::Error, dir: &Path) -> Result<Done, Failure> {
        if error.diagnostics().is_empty() {
            return Err(error.into());
        }
        Ok(Done {
            output: self.invalid(error.diagnostics(), dir),
            exit: Exit::BadInput,
        })
    }

    fn valid(&self, checked: &Checked, of_floors: &[Diagnostic]) -> String {
        let sizes = json::Sizes::of(&checked.problem);
        match self.format {
            Format::Json => {
                let found = [&checked.warnings, of_floors].concat();
                json::validation(Some(&sizes), &found, checked.problem.left_out())
            }
            Format::Text => {
                let mut warnings = diagnostics::render(&checked.warnings, self.home(), Look::of_stdout());
                if let Some(floor) = &self.floor {
                    warnings += &diagnostics::render(of_floors, floor, Look::of_stdout());
                }
                let left_out = diagnostics::left_out(checked.problem.left_out(), self.home(), Look::of_stdout());
                let count = diagnostics::number(&checked.warnings) + diagnostics::number(of_floors);
                let count = text::count(count, "warning");
                let verdict = format!("VALID {}; {count}\n", sizes.sentence());
                warnings + &left_out + self.unless_quiet(&verdict)
            }
        }
    }

    fn invalid(&self, found: &[Diagnostic], dir: &Path) -> String {
        match self.format {
            Format::Json => json::validation(None, found, &[]),
            Format::Text => {
                let list = self.render(found, dir);
                let whole = self.shipments.shipments.as_deref();
                let dir = whole.filter(|_| found.iter().any(is_of_shipments)).unwrap_or(dir);
                let verdict = format!("INVALID {}: {}\n", text::path(dir), diagnostics::count(found));
                list + self.unless_quiet(&verdict)
            }
        }
    }
}
