//! `clapot-bench gap`: generalised assignment as order routing.
//!
//! A job is an order of one line, an agent a node that handles so many shipments as its capacity says; what a job costs with an agent
//! and takes of it are the price and the workload of a quote. A job left out costs more than any assignment.
//!
//! ```text
//! agents jobs
//! cost of each job, a row per agent
//! use of each job, a row per agent
//! capacity of each agent
//! ```

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use clapot::index::Idx as _;
use clapot::model::{
    Draft, ItemInput, LineInput, NodeInput, OrderInput, QuoteInput, ServiceInput, SettingsInput, StockInput, Weekdays,
};
use clapot::quantity::Percent;
use clapot::search::Clock as _;
use clapot::{Error, Money, RouteOptions, RoutingPlan, StdClock, Surroundings, route, validate};

use crate::limit;

/// How long to search.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Seconds for each instance, from reading to the verified plan
    #[arg(long, default_value_t = 60.0)]
    time_limit: f64,
    /// Work for each instance instead of time: the same plan at every run
    #[arg(long)]
    work_limit: Option<u64>,
    /// Threads; 0 = one per core
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Instances and how to solve them.
#[derive(Args, Debug)]
pub(crate) struct Gap {
    /// Instance files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    limits: Limits,
    /// Solution file to write, for one instance: the agent of each job, from 1 (0 = none), on one line
    #[arg(short, long, value_name = "SOL")]
    output: Option<PathBuf>,
}

impl Gap {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
        if self.output.is_some() && self.files.len() > 1 {
            return Err("one solution file, but several instances".into());
        }
        writeln!(
            out,
            "instance                      cost       bound    gap %  left out  seconds        work"
        )?;
        for file in &self.files {
            let (plan, seconds) = solve(file, self.limits)?;
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let (cost, bound) = (cost(&plan), bound(&plan));
            writeln!(
                out,
                "{name:<24} {:>9} {:>11.2} {:>8} {:>9} {:>8.2} {:>11}",
                cost,
                bound.as_f64(),
                per_cent(clapot::plan::gap(plan.cost.total(), bound)),
                plan.unfilled.len(),
                seconds,
                plan.outcome.work,
            )?;
            if let Some(path) = &self.output {
                fs::write(path, solution(&plan)).map_err(|e| format!("{}: {e}", path.display()))?;
            }
        }
        Ok(out.flush()?)
    }
}

/// A gap in per cent; empty where nothing is proved.
pub(crate) fn per_cent(gap: Option<f64>) -> String {
    gap.map_or_else(String::new, |gap| format!("{:.4}", 100.0 * gap))
}

/// Solves an instance; with it the seconds from reading to the verified plan.
pub(crate) fn solve(file: &Path, limits: Limits) -> Result<(RoutingPlan, f64), Box<dyn std::error::Error>> {
    let clock = StdClock::start();
    let problem = validate::check(read(file)?).map_err(Error::input)?.problem;
    let options = RouteOptions {
        time_limit: limit::time(limits.time_limit, limits.work_limit)?,
        work_limit: limits.work_limit,
        threads: limits.threads,
        seed: limits.seed,
        ..RouteOptions::default()
    };
    let around = Surroundings {
        clock: &clock,
        interrupt: None,
        progress: &mut |_| {},
    };
    let plan = route(&problem, &options, around)?;
    Ok((plan, clock.elapsed().as_secs_f64()))
}

/// What the jobs cost.
pub(crate) fn cost(plan: &RoutingPlan) -> i64 {
    plan.cost.total().ten_thousandths() / Money::SCALE
}

/// No assignment costs less.
pub(crate) fn bound(plan: &RoutingPlan) -> Money {
    plan.outcome.proved_bound.unwrap_or(plan.outcome.bound)
}

/// The agent of each job.
pub(crate) fn solution(plan: &RoutingPlan) -> String {
    let mut agents = vec![0; plan.shipments.len() + plan.unfilled.len()];
    for shipment in &plan.shipments {
        agents[shipment.order.get()] = shipment.node.get() + 1;
    }
    let mut text = String::new();
    for agent in agents {
        let _ = write!(text, "{agent} ");
    }
    text.trim_end().to_owned() + "\n"
}

/// Reads an instance as a problem of order routing.
fn read(file: &Path) -> Result<Draft, Box<dyn std::error::Error>> {
    let text = fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let mut numbers = text.split_whitespace();
    let mut next = || -> Result<u32, Box<dyn std::error::Error>> {
        let word = numbers
            .next()
            .ok_or_else(|| format!("{}: too few numbers", file.display()))?;
        Ok(word
            .parse()
            .map_err(|_| format!("{}: {word:?} is not a number", file.display()))?)
    };
    let (agents, jobs) = (next()? as usize, next()? as usize);
    let mut rows = |many: usize| (0..many).map(|_| next()).collect::<Result<Vec<u32>, _>>();
    let costs = rows(agents * jobs)?;
    let uses = rows(agents * jobs)?;
    let capacities = rows(agents)?;
    let whole = |n: u32| Money::from_ten_thousandths(i64::from(n) * Money::SCALE);
    let mut draft = Draft::new(SettingsInput {
        name: file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        currency: "EUR".to_owned(),
        now: "2026-03-02T08:00:00+01:00".to_owned(),
        unfilled_penalty: whole(costs.iter().copied().max().unwrap_or(0).saturating_mul(100)),
        ..SettingsInput::default()
    });
    draft.item(ItemInput {
        sku: "job",
        weight_g: 1,
        volume_cm3: 0,
    });
    draft.service(ServiceInput {
        service_id: "done",
        carrier: "",
        days: Weekdays::parse("1234567").unwrap_or_default(),
        cutoff: None,
        divisor_cm3_per_kg: None,
        max_parcel_g: None,
        fuel_pct: Percent::default(),
    });
    for (agent, &capacity) in capacities.iter().enumerate() {
        let id = format!("A{agent}");
        draft.node(NodeInput {
            max_shipments: Some(capacity),
            ..NodeInput::new(&id)
        });
        draft.stock(StockInput {
            node_id: &id,
            sku: "job",
            on_hand: jobs as i64,
            reserved: 0,
            safety: 0,
            available_from: None,
        });
    }
    for job in 0..jobs {
        let id = format!("J{job}");
        draft.order(OrderInput::new(&id, "FR", ""));
        draft.line(LineInput::new(&id, "1", "job", 1));
        for agent in 0..agents {
            let at = agent * jobs + job;
            draft.quote(QuoteInput {
                order_id: &id,
                node_id: &format!("A{agent}"),
                service_id: "done",
                price: whole(costs[at]),
                deliver_on: None,
                workload: uses[at],
            });
        }
    }
    Ok(draft)
}
