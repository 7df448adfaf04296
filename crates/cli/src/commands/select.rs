//! `clapot select`: which shipments of a node to release now, so that each visited aisle gives many units.

use std::path::PathBuf;

use clap::Args;
use clapot::cost::waves::{Task, workload};
use clapot::index::Idx as _;
use clapot::plan::LimitReached;
use clapot::search::StdClock;
use clapot::wave::selection::{Backlog, SelectOptions, Selection, select_wave};
use serde::Serialize;

use super::reading::{Reading, ended};
use super::table_file::TableFile;
use super::waves::{Limits, floor_of};
use super::work::{Shipments, Work};
use crate::exit::{Done, Failure};
use crate::output::{Format, ShipmentId, json, tables};
use crate::{interrupt, progress};

const EXAMPLES: &str = "\
Examples:
  clapot select problem plan --floor floor --node DC-01 \\
      --max-units 400
  clapot select problem plan --node DC-01 --min-units 100 \\
      --max-units 400 -o now.csv
  clapot select --shipments today.csv --floor floor \\
      --node DC-01 --max-units 400
  clapot select problem plan --node DC-01 --max-units 400 \\
      --format json | jq -r '.shipments[]'";

/// Choose the shipments of a node to release now: most units for each aisle that is visited
///
/// Of the shipments that the routing plan gives to the node, as far as its pick locations have them. The number of units is
/// within the limits, and the chosen aisles hold all of it. Says how far from the best the choice can be.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, override_usage = "clapot select [OPTIONS] --node <NODE>\n       --max-units <N> [PROBLEM] [PLAN]")]
pub(crate) struct Select {
    /// Problem directory
    #[arg(value_name = "PROBLEM", conflicts_with = "shipments")]
    problem: Option<PathBuf>,
    /// Plan directory: the routing plan
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,
    #[command(flatten)]
    shipments: Shipments,
    /// Floor directory [default: `floor` beside PROBLEM]
    #[arg(long, value_name = "DIR")]
    floor: Option<PathBuf>,
    /// The node; its layout is one of aisles
    #[arg(long, value_name = "NODE")]
    node: String,
    /// Least units of the wave
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_units: u64,
    /// Most units of the wave
    #[arg(long, value_name = "N")]
    max_units: u64,
    /// Table of the chosen shipments to write: their ids, orders, lines and units
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace FILE even if it holds something else than an earlier choice
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    reading: Reading,
    /// How to write the choice
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// What `select` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Chosen<'a> {
    pub(crate) node: &'a str,
    pub(crate) status: &'a str,
    pub(crate) limit: Option<&'a str>,
    pub(crate) open: usize,
    /// Ids.
    pub(crate) shipments: Vec<ShipmentId>,
    pub(crate) lines: u32,
    pub(crate) units: u64,
    /// Aisles to visit, counted from 1.
    pub(crate) aisles: Vec<u32>,
    pub(crate) units_per_aisle: Option<f64>,
    pub(crate) bound: Option<f64>,
    pub(crate) gap: Option<f64>,
    pub(crate) work: u64,
}

impl Select {
    pub(crate) fn run(self, clock: StdClock) -> Result<Done, Failure> {
        let file = self.output.as_ref();
        let file = file.map(|path| TableFile::at(path, HEADER, self.force)).transpose()?;
        let interrupt = interrupt::watch(self.format, false)?;
        let line = progress::Line::new(true, progress::Log::default());
        line.phase("read");
        let dirs = (self.problem.as_deref(), self.plan.as_deref(), self.floor.as_deref());
        let work = self
            .shipments
            .read(dirs, (&self.reading, self.limits.threads), interrupt)?;
        let problem = &work.problem;
        let floor = floor_of(problem, &work.floors, &self.node)?;
        let tasks = workload(problem, &work.plan, &work.floors, floor).tasks;
        let backlog = Backlog::of_floor(problem, floor, &tasks, self.min_units..=self.max_units)?;
        let options = SelectOptions {
            time_limit: self.limits.time_limit,
            work_limit: self.limits.work_limit,
            threads: self.limits.threads.into(),
            seed: self.limits.seed,
            ..SelectOptions::default()
        };
        line.phase("select");
        let selection = select_wave(&backlog, &options, &clock, Some(interrupt), &mut |_| {})?;
        drop(line);
        if let Some(file) = &file {
            interrupt::writing();
            file.write(rows(&work, &tasks, &selection))?;
        }
        if self.format == Format::Text {
            work.warn();
        }
        let chosen = self.chosen(&work, &tasks, &selection);
        let output = match self.format {
            Format::Json => json::object(&chosen),
            Format::Text => tables::select(&chosen),
        };
        Ok(Done {
            output,
            exit: ended(selection.limit.into(), problem),
        })
    }

    fn chosen(&self, work: &Work, tasks: &[Task], selection: &Selection) -> Chosen<'_> {
        let chosen = || selection.orders.iter().map(|order| &tasks[order.get()]);
        Chosen {
            node: &self.node,
            status: selection.status.as_str(),
            limit: selection.limit.map(LimitReached::as_str),
            open: tasks.len(),
            shipments: chosen()
                .map(|task| ShipmentId::new(&work.floors, task.shipment))
                .collect(),
            lines: chosen().map(Task::lines).sum(),
            units: selection.units,
            aisles: selection.aisles.iter().map(|aisle| aisle.0 + 1).collect(),
            units_per_aisle: selection.ratio().map(|r| json::rounded(r.as_f64())),
            bound: selection.bound.map(|b| json::rounded(b.as_f64())),
            gap: selection.gap().map(json::rounded),
            work: selection.work,
        }
    }
}

/// The columns of the table of chosen shipments.
const HEADER: &[&str] = &["shipment_id", "order_id", "lines", "units"];

/// The chosen shipments as rows of a table.
fn rows<'a>(
    work: &'a Work,
    tasks: &'a [Task],
    selection: &'a Selection,
) -> impl Iterator<Item = [String; HEADER.len()]> + 'a {
    selection.orders.iter().map(|order| {
        let task = &tasks[order.get()];
        [
            work.floors.shipment_id(task.shipment),
            work.problem.order_id(task.order).to_owned(),
            task.lines().to_string(),
            task.units.to_string(),
        ]
    })
}
