//! How the commands read a problem and its floors, and how a run ends that left orders out.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use clap::Args;
use clapot::diagnostic::{Diagnostic, Severity};
use clapot::io::{self, ReadOptions};
use clapot::model::Problem;
use clapot::validate::{Checked, CheckedFloors};
use clapot::{Error, Method, method_doubts};

use crate::exit::{Exit, Failure};
use crate::output;
use crate::values::now;

/// Where a problem is read from and when it is, and what becomes of warnings and of orders with errors.
#[derive(Args, Clone, Debug)]
pub(crate) struct Reading {
    /// Directory of fixed tables: each table that PROBLEM lacks is taken from there, and so is problem.toml
    #[arg(long, value_name = "DIR")]
    pub(crate) site: Option<PathBuf>,
    /// The planning instant in place of that in problem.toml: a date and time with its offset from UTC, such as
    /// 2026-03-02T09:00:00+01:00, or the word system for the clock of this computer
    #[arg(long, value_name = "TIME|system", value_parser = now)]
    pub(crate) now: Option<String>,
    /// Take every warning for an error
    #[arg(long)]
    pub(crate) strict: bool,
    /// Leave out the orders that errors name, list them, and exit with 6; other errors still stop the run
    #[arg(long)]
    pub(crate) skip_bad_orders: bool,
}

impl Reading {
    /// The problem in a directory; 0 threads are one per core.
    pub(crate) fn problem(&self, dir: &Path, threads: u16) -> Result<Checked, Failure> {
        io::read_problem_with(dir, &self.options(threads)).map_err(|e| Failure::of_input(e, dir))
    }

    /// The same; reading ends soon after the flag is set.
    pub(crate) fn problem_unless(&self, dir: &Path, threads: u16, interrupt: &AtomicBool) -> Result<Checked, Failure> {
        io::read_problem_unless(dir, &self.options(threads), interrupt).map_err(|e| Failure::of_input(e, dir))
    }

    /// The floors in a directory.
    pub(crate) fn floors(&self, problem: &Problem, dir: &Path) -> Result<CheckedFloors, Failure> {
        io::read_floors_with(problem, dir, &self.options(0)).map_err(|e| Failure::of_input(e, dir))
    }

    /// Warnings of a method for the problem in a directory.
    pub(crate) fn doubts(&self, problem: &Problem, method: Method, dir: &Path) -> Result<Vec<Diagnostic>, Failure> {
        let mut list = method_doubts(problem, method);
        io::locate_diagnostics_with(dir, &self.options(0), &mut list);
        if self.strict && !list.is_empty() {
            for warning in &mut list {
                warning.severity = Severity::Error;
            }
            return Err(Failure::of_input(Error::input(list), dir));
        }
        Ok(list)
    }

    /// How files are read.
    pub(crate) fn options(&self, threads: u16) -> ReadOptions<'_> {
        if let Some(site) = &self.site {
            output::set_site(site);
        }
        ReadOptions {
            site: self.site.as_deref(),
            now: self.now.as_deref(),
            threads: threads.into(),
            strict: self.strict,
            skip_bad_orders: self.skip_bad_orders,
        }
    }
}

/// How a run ends that would end so, if it left orders out.
pub(crate) fn ended(exit: Exit, problem: &Problem) -> Exit {
    if exit == Exit::Done && !problem.left_out().is_empty() {
        Exit::OrdersLeftOut
    } else {
        exit
    }
}
