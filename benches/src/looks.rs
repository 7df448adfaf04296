//! `clapot-bench looks`: one run on one thread, and where it did not look at the clock for long.
//!
//! Each look is by the clock of the run, which notes the CPU time of the thread since the look before (Linux; elsewhere the time on
//! the wall), so that what else the machine does does not count.

use std::backtrace::Backtrace;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use clap::Args;
use clapot::search::{Clock, Progress};
use clapot::{Method, RouteOptions, StdClock, Surroundings, io, route};

use crate::limit;

/// Problem, limits, and which gaps are told.
#[derive(Args, Debug)]
pub(crate) struct Looks {
    /// Problem directories
    #[arg(value_name = "DIR", required = true)]
    problems: Vec<PathBuf>,
    /// Method
    #[arg(long, default_value = "auto")]
    method: Method,
    /// Seconds from reading to the verified plan
    #[arg(long, default_value_t = 10.0)]
    time_limit: f64,
    /// Milliseconds without a look that are told
    #[arg(long, default_value_t = 10.0)]
    over: f64,
    /// Tell the functions in which each such gap ended
    #[arg(long)]
    trace: bool,
}

impl Looks {
    pub(crate) fn run(self, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
        for dir in &self.problems {
            let clock = Watched::new(self.over, self.trace);
            let reading = io::ReadOptions {
                threads: 1,
                ..io::ReadOptions::default()
            };
            let problem = io::read_problem_with(dir, &reading)?.problem;
            let options = RouteOptions {
                method: self.method,
                time_limit: limit::time(self.time_limit, None)?,
                threads: 1,
                ..RouteOptions::default()
            };
            clock.phase("start");
            let mut note = |p: Progress| clock.phase(p.phase);
            let surroundings = Surroundings {
                clock: &clock,
                interrupt: None,
                progress: &mut note,
            };
            let plan = route(&problem, &options, surroundings)?;
            let seconds = clock.inner.elapsed().as_secs_f64();
            writeln!(
                out,
                "{}: {seconds:.2} s, total {}, bound {}",
                problem.settings().name,
                plan.cost.total(),
                plan.outcome.bound
            )?;
            clock.print(out)?;
        }
        Ok(out.flush()?)
    }
}

/// A clock that notes how much time lies between its looks.
struct Watched {
    inner: StdClock,
    /// Seconds between looks that are told.
    over: f64,
    trace: bool,
    seen: Mutex<Seen>,
}

struct Seen {
    phase: &'static str,
    last: f64,
    /// Looks, and the longest gap in seconds, by phase.
    phases: BTreeMap<&'static str, (u64, f64)>,
    /// Gaps that are told: how many, the longest in seconds; by phase and functions.
    gaps: BTreeMap<(&'static str, String), (u64, f64)>,
}

impl Watched {
    fn new(over: f64, trace: bool) -> Self {
        Self {
            inner: StdClock::start(),
            over: over / 1000.0,
            trace,
            seen: Mutex::new(Seen {
                phase: "start",
                last: 0.0,
                phases: BTreeMap::new(),
                gaps: BTreeMap::new(),
            }),
        }
    }

    /// CPU seconds of this thread; on systems that do not say it, seconds on the wall.
    fn spent(&self) -> f64 {
        let of_thread = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
        let nanoseconds = of_thread.and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
        nanoseconds.map_or_else(
            || self.inner.elapsed().as_secs_f64(),
            |n| Duration::from_nanos(n).as_secs_f64(),
        )
    }

    /// The run goes on to a phase, on a thread that may be another.
    fn phase(&self, phase: &'static str) {
        if let Ok(mut seen) = self.seen.lock() {
            seen.phase = phase;
        }
    }

    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        let Ok(seen) = self.seen.lock() else { return Ok(()) };
        for (phase, (looks, longest)) in &seen.phases {
            writeln!(
                out,
                "  {phase:<10} {looks:>9} looks, longest gap {:>8.1} ms",
                1000.0 * longest
            )?;
        }
        for ((phase, functions), (count, longest)) in &seen.gaps {
            writeln!(
                out,
                "    {phase}: {count} x, up to {:.1} ms {functions}",
                1000.0 * longest
            )?;
        }
        Ok(())
    }
}

impl Clock for Watched {
    fn elapsed(&self) -> Duration {
        let now = self.spent();
        if let Ok(mut seen) = self.seen.lock() {
            // Less than before: another thread's first look.
            let gap = now - seen.last;
            let phase = seen.phase;
            let (looks, longest) = seen.phases.entry(phase).or_default();
            *looks += 1;
            *longest = longest.max(gap);
            if gap > self.over {
                let functions = if self.trace { functions() } else { String::new() };
                let (count, longest) = seen.gaps.entry((phase, functions)).or_default();
                *count += 1;
                *longest = longest.max(gap);
            }
            seen.last = self.spent();
        }
        self.inner.elapsed()
    }
}

/// The functions of the library that are under way, the innermost first.
fn functions() -> String {
    let trace = Backtrace::force_capture().to_string();
    let mut list = String::new();
    let ours = trace.lines().filter_map(|line| line.split_once("clapot::"));
    for (_, name) in ours.filter(|(_, name)| !name.starts_with("search::budget")).take(5) {
        let _ = write!(list, " < {name}");
    }
    list
}
