//! What `waves` and `select` work on: a problem with its routing plan, or a table of shipments; and floors in both cases.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use clapot::diagnostic::Diagnostic;
use clapot::io::{self, PlanningInstant, Unrouted};
use clapot::model::{Floors, Problem};
use clapot::plan::RoutingPlan;
use clapot::quantity::Moment;

use super::reading::Reading;
use super::waves::floor_dir;
use crate::exit::Failure;
use crate::output;

/// By which clock planning goes, where no problem says so; `--now` tells when it begins, or else the system does.
#[derive(Args, Clone, Debug)]
pub(crate) struct Instant {
    /// Without PROBLEM: time zone of the nodes, such as Europe/Paris [default: UTC]
    #[arg(long, value_name = "ZONE")]
    pub(crate) timezone: Option<String>,
}

impl Instant {
    /// What is given, else what `known` says, else the system's time in UTC.
    pub(crate) fn or(&self, given: Option<&str>, known: Option<PlanningInstant>) -> PlanningInstant {
        let system = || {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            PlanningInstant {
                now: Moment(i64::try_from(since.as_secs()).unwrap_or(i64::MAX)).to_string(),
                timezone: "UTC".to_owned(),
            }
        };
        let PlanningInstant { now, timezone } = known.unwrap_or_else(system);
        PlanningInstant {
            now: given.map_or(now, str::to_owned),
            timezone: self.timezone.clone().unwrap_or(timezone),
        }
    }
}

/// A table of shipments instead of a routing plan.
#[derive(Args, Clone, Debug)]
pub(crate) struct Shipments {
    /// Table of shipments instead of PROBLEM and PLAN, in CSV or Parquet: columns shipment, order, line, sku, qty, service, due
    #[arg(long, value_name = "FILE", requires = "floor")]
    pub(crate) shipments: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) at: Instant,
}

/// What there is to plan.
pub(crate) struct Work {
    pub(crate) problem: Problem,
    pub(crate) plan: RoutingPlan,
    pub(crate) floors: Floors,
    pub(crate) warnings: Vec<Diagnostic>,
    /// The directory of the problem, or of the table of shipments.
    home: PathBuf,
    floor: PathBuf,
}

impl Shipments {
    /// Reads the shipments, or the problem and its plan, and the floors. Reading a problem ends soon after the flag is set.
    pub(crate) fn read(
        &self,
        (problem, plan, floor): (Option<&Path>, Option<&Path>, Option<&Path>),
        (reading, threads): (&Reading, u16),
        interrupt: &AtomicBool,
    ) -> Result<Work, Failure> {
        if let (Some(file), Some(floor)) = (&self.shipments, floor) {
            return self.unrouted(file, floor, (reading, threads), None);
        }
        let (Some(home), Some(plan)) = (problem, plan) else {
            return Err(Failure::usage(
                "name PROBLEM and PLAN, or --shipments FILE and --floor DIR",
            ));
        };
        let problem = reading.problem_unless(home, threads, interrupt)?.problem;
        let plan = io::read_plan(&problem, plan).map_err(|e| Failure::of_plan(e, plan))?;
        let floor = floor_dir(floor, home);
        let checked = reading.floors(&problem, &floor)?;
        Ok(Work {
            problem,
            plan,
            floors: checked.floors,
            warnings: checked.warnings,
            home: home.to_owned(),
            floor,
        })
    }

    /// Reads a table of shipments and floors, as of the given instant, or else of the known one.
    pub(crate) fn unrouted(
        &self,
        file: &Path,
        floor: &Path,
        (reading, threads): (&Reading, u16),
        known: Option<PlanningInstant>,
    ) -> Result<Work, Failure> {
        let read = io::read_shipments(
            file,
            floor,
            &self.at.or(reading.now.as_deref(), known),
            &reading.options(threads),
        );
        let home = beside(file);
        Ok(Work::of(
            read.map_err(|e| Failure::of_shipments(e, home, floor))?,
            home,
            floor,
        ))
    }
}

impl Work {
    fn of(read: Unrouted, home: &Path, floor: &Path) -> Self {
        let Unrouted {
            problem,
            plan,
            floors,
            warnings,
        } = read;
        Self {
            problem,
            plan,
            floors,
            warnings,
            home: home.to_owned(),
            floor: floor.to_owned(),
        }
    }

    /// Floors without anything that leaves their nodes.
    pub(crate) fn of_floors(dir: &Path, at: &Instant, reading: &Reading) -> Result<Self, Failure> {
        let read = io::read_floors_alone(dir, &at.or(reading.now.as_deref(), None), &reading.options(1));
        Ok(Self::of(read.map_err(|e| Failure::of_input(e, dir))?, dir, dir))
    }

    /// Writes warnings and the orders that were left out to standard error.
    pub(crate) fn warn(&self) {
        let (of_shipments, of_floors): (Vec<_>, Vec<_>) = self.warnings.iter().cloned().partition(is_of_shipments);
        output::warn(&of_shipments, &self.home);
        output::warn(&of_floors, &self.floor);
        output::left_out(self.problem.left_out(), &self.home);
    }
}

/// The directory in which a file stands.
pub(crate) fn beside(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

/// Whether a table of shipments is what it is about; else floors are.
pub(crate) fn is_of_shipments(found: &Diagnostic) -> bool {
    found.table == "shipments"
}
