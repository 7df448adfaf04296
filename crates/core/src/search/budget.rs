//! When to stop: one deadline or work limit for the whole call, an interrupt, and the share of it that is spent.
//!
//! Work is counted in evaluations (one order priced once is one unit), the same at any number of threads. So a run under a
//! work limit alone repeats exactly; a run under a deadline does not.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::patience::Patience;

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
    /// Neither plan nor bound has moved for long.
    Stalled,
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
    /// How long neither plan nor bound may stand still.
    patience: Option<Duration>,
    /// Microseconds at the last move; `NEVER` before there is a plan.
    moved_at: AtomicU64,
    /// What is known of the gap, and where it was at the last move.
    known: Mutex<Known>,
    /// Whether a part of the run ended since its patience did.
    stalled: AtomicBool,
}

/// Plan and bound, and the moves of the gap between them.
struct Known {
    incumbent: i64,
    bound: i64,
    patience: Patience,
}

/// No moment.
const NEVER: u64 = u64::MAX;

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
            patience: None,
            moved_at: AtomicU64::new(NEVER),
            known: Mutex::new(Known {
                incumbent: i64::MAX,
                bound: 0,
                patience: Patience::new(0),
            }),
            stalled: AtomicBool::new(false),
        }
    }

    /// The same, which ends where neither plan nor bound has moved for so long.
    #[must_use]
    pub const fn with_patience(mut self, patience: Option<Duration>) -> Self {
        self.patience = patience;
        self
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

    /// Notes the best plan and bound so far, as far as they are known, in ten-thousandths.
    #[allow(clippy::cast_precision_loss, reason = "a gap needs no more")]
    pub fn note(&self, incumbent: Option<i64>, bound: Option<i64>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.incumbent = known.incumbent.min(incumbent.unwrap_or(i64::MAX));
        known.bound = known.bound.max(bound.unwrap_or(0));
        if known.incumbent < i64::MAX {
            let (plan, bound) = (known.incumbent as f64, known.bound as f64);
            if known.patience.moves(self.work(), plan, bound) {
                self.moved();
            }
        }
    }

    /// Notes that plan or bound has moved.
    pub(crate) fn moved(&self) {
        let micros = u64::try_from(self.clock.elapsed().as_micros()).unwrap_or(NEVER - 1);
        self.moved_at.store(micros, Ordering::Relaxed);
    }

    /// Whether neither plan nor bound has moved for as long as the caller allows.
    #[must_use]
    pub(crate) fn is_out_of_patience(&self) -> bool {
        let Some(patience) = self.patience else {
            return false;
        };
        let moved_at = self.moved_at.load(Ordering::Relaxed);
        moved_at != NEVER && self.clock.elapsed() >= Duration::from_micros(moved_at).saturating_add(patience)
    }

    /// The patience of a run that has no limit of any kind, at this point of it.
    #[must_use]
    pub(crate) fn own_patience(&self) -> Option<Patience> {
        (!self.is_limited() && self.patience.is_none()).then(|| Patience::new(self.work()))
    }

    /// Notes that a part of the run ended since its patience did.
    pub(crate) fn note_stalled(&self) {
        self.stalled.store(true, Ordering::Relaxed);
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
        } else if self.is_out_of_patience() {
            Some(Stop::Stalled)
        } else {
            None
        }
    }

    /// Why the run has come to its end, where that is not since there was nothing more to try.
    #[must_use]
    pub fn ended_by(&self) -> Option<Stop> {
        let stalled = self.stalled.load(Ordering::Relaxed).then_some(Stop::Stalled);
        self.stop().or(stalled)
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
    pub fn cut_off(&self) -> bool {
        self.interrupted() || self.deadline().is_some_and(|d| self.clock.elapsed() >= d)
    }

    /// The same, or the caller's patience is at an end.
    #[must_use]
    pub fn overdue(&self) -> bool {
        self.cut_off() || self.is_out_of_patience()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A clock that is set.
    #[derive(Default)]
    struct Set(AtomicU64);

    impl Clock for Set {
        fn elapsed(&self) -> Duration {
            Duration::from_secs(self.0.load(Ordering::Relaxed))
        }
    }

    #[test]
    fn the_callers_patience_counts_from_the_last_move_of_plan_or_bound() {
        let clock = Set::default();
        let budget = Budget::new(&clock, None, None, None).with_patience(Some(Duration::from_secs(10)));
        let after = |seconds: u64| {
            clock.0.fetch_add(seconds, Ordering::Relaxed);
            budget.stop()
        };
        budget.note(None, Some(900));
        assert_eq!(after(100), None, "there is no plan yet");
        budget.note(Some(1_000), None);
        assert_eq!(after(9), None);
        budget.note(Some(950), None);
        assert_eq!(after(9), None, "half of the gap is closed");
        budget.note(None, Some(925));
        assert_eq!(after(9), None, "half of the rest, by the bound");
        budget.note(Some(960), Some(900));
        assert_eq!(
            after(1),
            Some(Stop::Stalled),
            "a dearer plan and a lower bound are none"
        );
        assert!(budget.overdue() && !budget.cut_off());
    }

    #[test]
    fn only_a_run_without_any_limit_has_patience_of_its_own() {
        let clock = Set::default();
        let has = |time: Option<u64>, work, patience: Option<u64>| {
            let budget = Budget::new(&clock, time.map(Duration::from_secs), work, None);
            let budget = budget.with_patience(patience.map(Duration::from_secs));
            budget.spend(7);
            budget.own_patience()
        };
        assert_eq!(has(None, None, None), Some(Patience::new(7)));
        assert_eq!(has(Some(1), None, None), None);
        assert_eq!(has(None, Some(1), None), None);
        assert_eq!(has(None, None, Some(1)), None);
    }
}
