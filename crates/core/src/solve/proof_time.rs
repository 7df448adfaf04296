//! Until when a plan's bound may be proved: the whole time limit, and after an interrupt a little longer only.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::search::Budget;

/// After an interrupt the proof may take this share of what the run took before it, and so long in any case.
const AFTER_INTERRUPT: (f64, Duration) = (0.2, Duration::from_millis(300));

/// When to end the proof of a run; asked from several threads.
pub(super) struct ProofTime<'a> {
    budget: &'a Budget<'a>,
    /// Once it is set nobody wants the plan any more.
    pub(super) abandoned: &'a AtomicBool,
    /// Until when an interrupt that was seen lets the proof go on.
    at_last: OnceLock<Duration>,
}

impl<'a> ProofTime<'a> {
    pub(super) const fn new(budget: &'a Budget<'a>, abandoned: &'a AtomicBool) -> Self {
        Self {
            budget,
            abandoned,
            at_last: OnceLock::new(),
        }
    }

    /// Whether no more is proved.
    pub(super) fn is_over(&self) -> bool {
        if self.abandoned.load(Ordering::Relaxed) || self.budget.is_past_end() {
            return true;
        }
        if !self.budget.interrupted() {
            return false;
        }
        let now = self.budget.elapsed();
        let (share, least) = AFTER_INTERRUPT;
        now > *self.at_last.get_or_init(|| now + now.mul_f64(share).max(least))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;
    use crate::search::Clock;

    struct Ticks(AtomicU64);

    impl Clock for Ticks {
        fn elapsed(&self) -> Duration {
            Duration::from_millis(self.0.load(Ordering::Relaxed))
        }
    }

    #[test]
    fn the_proof_has_the_whole_limit_and_after_an_interrupt_a_share_of_the_run() {
        let clock = Ticks(AtomicU64::new(0));
        let (interrupt, abandoned) = (AtomicBool::new(false), AtomicBool::new(false));
        let budget = Budget::new(&clock, Some(Duration::from_secs(60)), None, Some(&interrupt));
        budget.keep(Duration::from_secs(20));
        let time = ProofTime::new(&budget, &abandoned);
        let at = |millis: u64| {
            clock.0.store(millis, Ordering::Relaxed);
            time.is_over()
        };
        assert!(!at(45_000), "kept for the proof");
        interrupt.store(true, Ordering::Relaxed);
        assert!(!at(50_000) && !at(59_000), "a fifth of 50 s, if the limit were later");
        assert!(at(60_000), "the limit");
        let fresh = ProofTime::new(&budget, &abandoned);
        clock.0.store(1_000, Ordering::Relaxed);
        assert!(!fresh.is_over());
        clock.0.store(1_300, Ordering::Relaxed);
        assert!(!fresh.is_over());
        clock.0.store(1_301, Ordering::Relaxed);
        assert!(fresh.is_over(), "300 ms after the interrupt");
        abandoned.store(true, Ordering::Relaxed);
        clock.0.store(0, Ordering::Relaxed);
        assert!(fresh.is_over());
    }
}
