//! `clapot validate`: everything that is wrong with a problem, and with floors for it.

use std::path::{Path, PathBuf};

use clap::Args;
use clapot::diagnostic::Diagnostic;
use clapot::io;
use clapot::validate::Checked;

use super::reading::{Reading, ended};
use crate::exit::{Done, Exit, Failure};
use crate::output::{Format, Look, diagnostics, json, text};

const EXAMPLES: &str = "\
Examples:
  clapot validate problem
  clapot validate problem --floor floor
  clapot validate problem --format json | jq '.errors[] | {file, line, message}'";

/// Check a problem and report everything that is wrong with it
///
/// Every fault is reported, not only the first: its code, its place, what is wrong, why, and what to do. Errors stop a
/// problem from being used, warnings do not. Exits with 2 where there is an error.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Validate {
    /// Problem directory
    #[arg(value_name = "PROBLEM")]
    problem: PathBuf,
    /// Floor directory, checked against the problem
    #[arg(long, value_name = "DIR")]
    floor: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

impl Validate {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        match io::read_problem_with(&self.problem, &self.reading.options(0)) {
            Ok(checked) => match &self.floor {
                None => Ok(self.done(&checked, &[])),
                Some(floor) => match io::read_floors_with(&checked.problem, floor, &self.reading.options(0)) {
                    Ok(floors) => Ok(self.done(&checked, &floors.warnings)),
                    Err(error) => self.refused(error, floor),
                },
            },
            Err(error) => self.refused(error, &self.problem),
        }
    }

    fn done(&self, checked: &Checked, of_floors: &[Diagnostic]) -> Done {
        Done {
            output: self.valid(checked, of_floors),
            exit: ended(Exit::Done, &checked.problem),
        }
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
                let mut warnings = diagnostics::render(&checked.warnings, &self.problem, Look::of_stdout());
                if let Some(floor) = &self.floor {
                    warnings += &diagnostics::render(of_floors, floor, Look::of_stdout());
                }
                let left_out = diagnostics::left_out(checked.problem.left_out(), &self.problem, Look::of_stdout());
                let count = diagnostics::number(&checked.warnings) + diagnostics::number(of_floors);
                let count = text::count(count, "warning");
                format!("{warnings}{left_out}VALID {}; {count}\n", sizes.sentence())
            }
        }
    }

    fn invalid(&self, found: &[Diagnostic], dir: &Path) -> String {
        match self.format {
            Format::Json => json::validation(None, found, &[]),
            Format::Text => {
                let list = diagnostics::render(found, dir, Look::of_stdout());
                format!("{list}INVALID {}: {}\n", dir.display(), diagnostics::count(found))
            }
        }
    }
}
