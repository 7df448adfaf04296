//! `clapot validate`: everything that is wrong with a problem.

use std::path::PathBuf;

use clap::Args;
use clapot::diagnostic::Diagnostic;
use clapot::io;
use clapot::validate::Checked;

use crate::exit::{Done, Exit, Failure};
use crate::output::{Format, Look, diagnostics, json, text};

const EXAMPLES: &str = "\
Examples:
  clapot validate problem
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
    /// How to write the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

impl Validate {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        match io::read_problem(&self.problem) {
            Ok(checked) => Ok(Done::with(self.valid(&checked))),
            Err(error) if !error.diagnostics().is_empty() => Ok(Done {
                output: self.invalid(error.diagnostics()),
                exit: Exit::BadInput,
            }),
            Err(error) => Err(error.into()),
        }
    }

    fn valid(&self, checked: &Checked) -> String {
        let sizes = json::Sizes::of(&checked.problem);
        match self.format {
            Format::Json => json::validation(Some(&sizes), &checked.warnings),
            Format::Text => {
                let warnings = diagnostics::render(&checked.warnings, &self.problem, Look::of_stdout());
                let count = text::count(checked.warnings.len() as u64, "warning");
                format!("{warnings}VALID {}; {count}\n", sizes.sentence())
            }
        }
    }

    fn invalid(&self, found: &[Diagnostic]) -> String {
        match self.format {
            Format::Json => json::validation(None, found),
            Format::Text => {
                let list = diagnostics::render(found, &self.problem, Look::of_stdout());
                format!(
                    "{list}INVALID {}: {}\n",
                    self.problem.display(),
                    diagnostics::count(found)
                )
            }
        }
    }
}
