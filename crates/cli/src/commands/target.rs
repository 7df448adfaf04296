//! Where a command writes a plan: looked at before anything is read, and another place where it fails in the end.

use std::path::{Path, PathBuf};

use clap::Args;
use clapot::Error;
use clapot::io::{self, WriteOptions};

use crate::exit::Failure;
use crate::interrupt;
use crate::values::TableFormatName;

/// The place of a plan.
#[derive(Args, Debug)]
pub(crate) struct Target {
    /// Plan directory to write; an earlier plan there is replaced, also the one that is read
    #[arg(short, long, value_name = "PLAN")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    way: Way,
}

/// How a plan is written to its place.
#[derive(Args, Debug)]
pub(crate) struct Way {
    /// How the tables of the plan are written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    output_format: TableFormatName,
    /// Replace an earlier plan in PLAN even if other files are in that directory: they are deleted
    #[arg(long)]
    force: bool,
    /// Plan directory to write where PLAN cannot be written in the end, on a full disk, say [default: a new one among the
    /// system's temporary files]
    #[arg(long, value_name = "DIR")]
    fallback: Option<PathBuf>,
}

impl Target {
    /// Refuses a place that cannot be written.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.way.check(&self.output)
    }

    /// The same for a plan of waves alone.
    pub(crate) fn check_waves(&self) -> Result<(), Failure> {
        self.way.check_waves(&self.output)
    }

    /// Writes the plan to its place. Where that fails it is kept elsewhere, and the failure says where.
    pub(crate) fn write(&self, write: impl Fn(&Path, WriteOptions) -> Result<(), Error>) -> Result<(), Failure> {
        self.way.write(&self.output, write)
    }
}

impl Way {
    fn options(&self) -> WriteOptions {
        WriteOptions {
            format: self.output_format.into(),
            force: self.force,
            ..WriteOptions::default()
        }
    }

    /// The same for a place that is given apart.
    pub(crate) fn check(&self, output: &Path) -> Result<(), Failure> {
        for place in [Some(output), self.fallback.as_deref()].into_iter().flatten() {
            io::check_plan_place(place, self.options())?;
        }
        Ok(())
    }

    /// The same for a plan of waves alone.
    fn check_waves(&self, output: &Path) -> Result<(), Failure> {
        for place in [Some(output), self.fallback.as_deref()].into_iter().flatten() {
            io::check_waves_place(place, self.options())?;
        }
        Ok(())
    }

    /// The same for a place that is given apart.
    pub(crate) fn write(
        &self,
        output: &Path,
        write: impl Fn(&Path, WriteOptions) -> Result<(), Error>,
    ) -> Result<(), Failure> {
        interrupt::writing();
        write(output, self.options()).map_err(|error| {
            let kept = self.elsewhere().and_then(|place| {
                write(&place, self.options())?;
                Ok(place)
            });
            Failure::not_written(error, kept)
        })
    }

    fn elsewhere(&self) -> Result<PathBuf, Error> {
        if let Some(place) = &self.fallback {
            return Ok(place.clone());
        }
        let made = tempfile::Builder::new().prefix("clapot-plan-").tempdir();
        let made = made.map_err(|e| Error::io(&std::env::temp_dir(), e))?;
        Ok(made.keep())
    }
}
