//! `clapot-bench obp`: order batching of instances in the format of Heßler and Irnich.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use clapot::model::Layout;
use clapot::wave::batch::{
    AisleTours, BatchOptions, BatchPlan, BatchProblem, Capacity, Objective, Order, Tours, plan_batches_logged,
};
use clapot::{Distance, StdClock};

use crate::hessler_irnich::{Instance, Place};

/// How long to search.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Seconds per instance
    #[arg(long, default_value_t = 10.0, value_name = "SECONDS")]
    time_limit: f64,
    /// Work per instance, in evaluations of a batch, for runs that repeat; then there is no limit of time
    #[arg(short, long, value_name = "UNITS")]
    work_limit: Option<u64>,
    /// Threads
    #[arg(long, default_value_t = 4)]
    threads: usize,
    /// Seed
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Tells what each phase of the search gives
    #[arg(short, long)]
    verbose: bool,
}

/// Instance and what to do with it.
#[derive(Args, Debug)]
pub(crate) struct Obp {
    /// Instance file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Geometry of Wahlen and Gschwind for the instances of Muter and Öncan: 1.5 from the cross aisles to the next cells
    #[arg(long)]
    wg: bool,
    #[command(flatten)]
    limits: Limits,
    /// File for the batches: one a line, positions of its orders from 0
    #[arg(short, long, value_name = "SOL")]
    output: Option<PathBuf>,
}

impl Obp {
    pub(crate) fn run(&self, out: &mut (impl Write + Send)) -> Result<(), Box<dyn std::error::Error>> {
        let question = Question::hessler_irnich(&self.file, self.wg)?;
        let plan = self.limits.solve(&question.problem(), out)?;
        say(&self.file, &plan, out)?;
        write_batches(self.output.as_deref(), &plan)
    }
}

/// Orders to be batched, read from files.
pub(crate) struct Question {
    pub orders: Vec<Order>,
    pub tours: Box<dyn Tours>,
    pub capacity: Capacity,
}

impl Question {
    /// Reads an instance of the format of Heßler and Irnich.
    pub(crate) fn hessler_irnich(file: &Path, wg: bool) -> Result<Self, Box<dyn std::error::Error>> {
        let mut instance = Instance::read(file)?;
        if wg {
            let entry = Distance(Distance::SCALE * 3 / 2);
            (instance.top_to_cell, instance.bottom_to_cell) = (entry, entry);
        }
        let layout = instance.layout()?;
        let order = |lines: &Vec<(u32, u32)>| {
            let mut order = Order::default();
            for &(article, quantity) in lines {
                let Place { aisle, cell, .. } = instance.places[&article][0];
                order.stops.extend(layout.location(aisle, cell));
                let weight = instance.weights.get(&article).copied().unwrap_or(1_000);
                order.units += u64::from(quantity) * weight.unsigned_abs();
            }
            order
        };
        Ok(Self {
            orders: instance.orders.iter().map(order).collect(),
            capacity: Capacity {
                units: instance.capacity.map(i64::unsigned_abs),
                ..Capacity::default()
            },
            tours: Box::new(AisleTours::new(&Layout::from(layout.clone()))?),
        })
    }

    /// The least distance for these orders.
    pub(crate) fn problem(&self) -> BatchProblem<'_> {
        BatchProblem {
            orders: &self.orders,
            tours: &*self.tours,
            capacity: self.capacity,
            objective: Objective::Distance,
            pickers: 1,
        }
    }
}

impl Limits {
    /// Solves a problem within these limits.
    pub(crate) fn solve(
        self,
        problem: &BatchProblem<'_>,
        out: &mut (impl Write + Send),
    ) -> Result<BatchPlan, Box<dyn std::error::Error>> {
        let options = BatchOptions {
            time_limit: self
                .work_limit
                .is_none()
                .then(|| Duration::from_secs_f64(self.time_limit)),
            work_limit: self.work_limit,
            seed: self.seed,
            threads: self.threads,
        };
        let mut told = Ok(());
        let plan = plan_batches_logged(problem, &options, &StdClock::start(), None, &mut |_, phase| {
            if self.verbose && told.is_ok() {
                told = writeln!(out, "  {phase}");
            }
        })?;
        told?;
        Ok(plan)
    }
}

/// One line about a plan whose lengths are in millimetres.
pub(crate) fn say(file: &Path, plan: &BatchPlan, out: &mut impl Write) -> std::io::Result<()> {
    let bound = plan.bound.map_or("none".to_owned(), |b| Distance(b).to_string());
    writeln!(
        out,
        "{}: {} m in {} batches, bound {bound}, {}, {:.2} s, work {}",
        file.display(),
        Distance(plan.length),
        plan.batches.len(),
        plan.status.as_str(),
        plan.seconds,
        plan.work
    )
}

/// Writes one batch a line, if a file is wanted.
pub(crate) fn write_batches(path: Option<&Path>, plan: &BatchPlan) -> Result<(), Box<dyn std::error::Error>> {
    let Some(path) = path else { return Ok(()) };
    std::fs::write(path, batches(plan)).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(())
}

/// One batch a line: positions of its orders from 0.
pub(crate) fn batches(plan: &BatchPlan) -> String {
    let line = |orders: &[usize]| orders.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
    let text: Vec<String> = plan.batches.iter().map(|b| line(&b.orders)).collect();
    text.join("\n") + "\n"
}
