//! When to stop: one deadline or work limit for the whole call, an interrupt, and the share of it that is spent.
//!
//! Work is counted in evaluations (one order priced once is one unit), the same at any number of threads. So a run under a
//! work limit alone repeats exactly; a run under a deadline does not.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Time as the caller gives it: the library has no clock of its own.
pub trait Clock: Sync {
    /// Time since the start of the call.
    fn elapsed(&self) -> Duration;
}

/// The monotonic clock of the operating system, started when it is made.
#[derive(Clone, Copy, Debug)]
pub struct StdClock(Instant);

impl StdClock {
    /// A clock that starts now.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }
}

impl Clock for StdClock {
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Why to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The deadline has come.
    Time,
    /// The work is spent.
    Work,
    /// The caller asked for it.
    Interrupted,
}

/// What a run may spend, and what it has spent.
pub struct Budget<'a> {
    clock: &'a dyn Clock,
    interrupt: Option<&'a AtomicBool>,
    end: Option<Duration>,
    /// Microseconds before the end that are kept for what comes after the search.
    kept: AtomicU64,
    work_limit: Option<u64>,
    work: AtomicU64,
}

impl<'a> Budget<'a> {
    /// A budget on a clock; `None` = no such limit.
    #[must_use]
    pub fn new(
        clock: &'a dyn Clock,
        deadline: Option<Duration>,
        work_limit: Option<u64>,
        interrupt: Option<&'a AtomicBool>,
    ) -> Self {
        Self {
            clock,
            interrupt,
            end: deadline,
            kept: AtomicU64::new(0),
            work_limit,
            work: AtomicU64::new(0),
        }
    }

    /// A budget of its own work, with the same clock, deadline and interrupt: for a part of the run.
    #[must_use]
    pub fn part(&self, work_limit: u64) -> Self {
        Self::new(self.clock, self.deadline(), Some(work_limit), self.interrupt)
    }

    /// A budget that ends when a share of this one is spent, with work of its own: for a part of the run.
    #[must_use]
    pub fn until(&self, share: f64) -> Self {
        Self::new(self.clock, self.share(share).0, self.work_until(share), self.interrupt)
    }

    /// Keeps the last part of the time for what comes after the search, instead of what was kept before: the deadline is so
    /// much earlier, at most by a third of the whole.
    pub fn keep(&self, last: Duration) {
        let most = self.end.unwrap_or_default() / 3;
        let micros = u64::try_from(last.min(most).as_micros()).unwrap_or(u64::MAX);
        self.kept.store(micros, Ordering::Relaxed);
    }

    fn deadline(&self) -> Option<Duration> {
        let kept = Duration::from_micros(self.kept.load(Ordering::Relaxed));
        self.end.map(|end| end.saturating_sub(kept))
    }

    /// A share of the whole budget: time and work, as far as there is a limit.
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a budget needs no more"
    )]
    pub fn share(&self, share: f64) -> (Option<Duration>, Option<u64>) {
        let share = share.clamp(0.0, 1.0);
        let time = self.deadline().map(|d| d.mul_f64(share));
        (time, self.work_limit.map(|w| (w as f64 * share) as u64))
    }

    /// Counts work done.
    pub fn spend(&self, units: u64) {
        self.work.fetch_add(units, Ordering::Relaxed);
    }

    /// Work done so far.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.work.load(Ordering::Relaxed)
    }

    /// The share of the budget that is spent: 0 at the start, 1 or more at its end; 0 throughout without a limit.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "a share of a budget needs no more")]
    pub fn spent(&self) -> f64 {
        let of_time = self.spent_of_time();
        let of_work = self.work_limit.map_or(0.0, |w| self.work() as f64 / w.max(1) as f64);
        of_time.max(of_work)
    }

    /// The share of the time until the deadline that is spent; 0 throughout without one.
    #[must_use]
    pub fn spent_of_time(&self) -> f64 {
        let deadline = self.deadline();
        deadline.map_or(0.0, |d| self.clock.elapsed().as_secs_f64() / d.as_secs_f64().max(1e-9))
    }

    /// Whether there is a deadline or a work limit.
    #[must_use]
    pub const fn is_limited(&self) -> bool {
        self.end.is_some() || self.work_limit.is_some()
    }

    /// Seconds until the deadline, if there is one.
    #[must_use]
    pub fn seconds_left(&self) -> Option<f64> {
        self.deadline()
            .map(|d| d.saturating_sub(self.clock.elapsed()).as_secs_f64())
    }

    /// Work left, if it is limited.
    #[must_use]
    pub fn work_left(&self) -> Option<u64> {
        self.work_limit.map(|w| w.saturating_sub(self.work()))
    }

    /// Work left until a share of it is spent, if it is limited.
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a budget needs no more"
    )]
    pub fn work_until(&self, share: f64) -> Option<u64> {
        self.work_limit
            .map(|w| ((w as f64 * share) as u64).saturating_sub(self.work()))
    }

    /// Seconds since the start of the call.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.clock.elapsed().as_secs_f64()
    }

    /// Whether to stop, and why.
    #[must_use]
    pub fn stop(&self) -> Option<Stop> {
        if self.interrupted() {
            Some(Stop::Interrupted)
        } else if self.work_limit.is_some_and(|w| self.work() >= w) {
            Some(Stop::Work)
        } else if self.deadline().is_some_and(|d| self.clock.elapsed() >= d) {
            Some(Stop::Time)
        } else {
            None
        }
    }

    /// Whether the caller asked to stop, for code that a limit of time leaves alone.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.interrupt.is_some_and(|i| i.load(Ordering::Relaxed))
    }

    /// The deadline, and a share of what is kept after it; `None` without a limit of time.
    #[must_use]
    pub fn end_of_search(&self, share_of_kept: f64) -> Option<Duration> {
        let (end, deadline) = (self.end?, self.deadline()?);
        Some(deadline + end.saturating_sub(deadline).mul_f64(share_of_kept))
    }

    /// Time since the start of the call.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// Whether the whole time is gone, what was kept for after the search included.
    #[must_use]
    pub fn is_past_end(&self) -> bool {
        self.end.is_some_and(|end| self.clock.elapsed() >= end)
    }

    /// Whether the caller asked to stop or the deadline has come, for code that waits.
    #[must_use]
    pub fn overdue(&self) -> bool {
        self.interrupted() || self.deadline().is_some_and(|d| self.clock.elapsed() >= d)
    }
}

/// Where a run stands; amounts in ten-thousandths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// What the run is doing, in a word or two.
    pub phase: &'static str,
    /// Seconds since the start of the call.
    pub seconds: f64,
    /// Cost of the best plan so far.
    pub incumbent: Option<i64>,
    /// Best bound so far.
    pub bound: Option<i64>,
}

impl Progress {
    /// A phase that begins, of which nothing is known yet.
    #[must_use]
    pub const fn of_phase(phase: &'static str, seconds: f64) -> Self {
        Self {
            phase,
            seconds,
            incumbent: None,
            bound: None,
        }
    }
}
