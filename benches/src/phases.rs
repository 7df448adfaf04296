//! `clapot-bench phases`: one run from files to the written plan, the seconds and the peak memory of each phase.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clapot::search::{Clock as _, Progress};
use clapot::{Method, RouteOptions, StdClock, Surroundings, io, route};

use crate::limit;

/// Problem and limits.
#[derive(Args, Debug)]
pub(crate) struct Phases {
    /// Problem directory
    #[arg(value_name = "DIR")]
    problem: PathBuf,
    /// Plan directory to write
    #[arg(short, long, value_name = "PLAN")]
    output: PathBuf,
    /// Method
    #[arg(long, default_value = "auto")]
    method: Method,
    /// Seconds from reading to the verified plan
    #[arg(long, default_value_t = 60.0)]
    time_limit: f64,
    /// Work instead of time: the same plan at every run
    #[arg(long)]
    work_limit: Option<u64>,
    /// Threads; 0 = one per core
    #[arg(long, default_value_t = 0)]
    threads: usize,
}

impl Phases {
    pub(crate) fn run(self, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
        let clock = StdClock::start();
        let mut ledger = Ledger::start();
        let reading = io::ReadOptions {
            threads: self.threads,
            ..io::ReadOptions::default()
        };
        let problem = io::read_problem_with(&self.problem, &reading)?.problem;
        ledger.phase("read", clock.elapsed());
        let options = RouteOptions {
            method: self.method,
            time_limit: limit::time(self.time_limit, self.work_limit)?,
            work_limit: self.work_limit,
            threads: self.threads,
            ..RouteOptions::default()
        };
        let mut last = "";
        let mut note = |p: Progress| {
            if p.phase != last {
                if !last.is_empty() {
                    ledger.phase(last, clock.elapsed());
                }
                last = p.phase;
            }
        };
        let surroundings = Surroundings {
            clock: &clock,
            interrupt: None,
            progress: &mut note,
        };
        let plan = route(&problem, &options, surroundings)?;
        ledger.phase("verify", clock.elapsed());
        io::write_plan(&problem, &plan, &self.output)?;
        ledger.phase("write", clock.elapsed());
        writeln!(
            out,
            "{}: {} total {}, bound {}",
            problem.settings().name,
            problem.orders().len(),
            plan.cost.total(),
            plan.outcome.bound
        )?;
        ledger.print(out)
    }
}

/// What each phase took.
struct Ledger {
    rows: Vec<(&'static str, f64, Option<u64>, Option<u64>)>,
    since: Duration,
}

impl Ledger {
    const fn start() -> Self {
        Self {
            rows: Vec::new(),
            since: Duration::ZERO,
        }
    }

    /// Ends a phase.
    fn phase(&mut self, name: &'static str, now: Duration) {
        let seconds = now.saturating_sub(self.since).as_secs_f64();
        self.since = now;
        self.rows.push((name, seconds, memory("VmHWM:"), memory("VmRSS:")));
        // Where the system allows it, the next phase has a peak of its own.
        let _ = std::fs::write("/proc/self/clear_refs", "5");
    }

    fn print(&self, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
        let mebibytes = |kib: Option<u64>| kib.map_or("?".to_owned(), |n| (n / 1024).to_string());
        writeln!(out, "{:<10} {:>8} {:>9} {:>9}", "phase", "s", "peak MiB", "after MiB")?;
        for &(name, seconds, peak, after) in &self.rows {
            writeln!(
                out,
                "{name:<10} {seconds:>8.2} {:>9} {:>9}",
                mebibytes(peak),
                mebibytes(after)
            )?;
        }
        Ok(out.flush()?)
    }
}

/// A figure of this process in KiB, where the system has it (Linux).
fn memory(key: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix(key))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
