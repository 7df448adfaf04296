//! How often a long computation looks whether it is over: seldom enough to cost nothing, often enough to end in time.

use std::cell::Cell;

/// Whether time is up; called from any thread.
pub(crate) type IsOver<'a> = &'a (dyn Fn() -> bool + Sync);

/// Counts the steps of a computation. Each thread has its own.
#[derive(Default)]
pub(crate) struct Steps {
    sum: Cell<usize>,
    over: Cell<bool>,
}

/// Steps between two looks. A step is a few operations: some nanoseconds, a hundred at most.
const BETWEEN_LOOKS: usize = 20_000;

impl Steps {
    /// Counts steps that are about to be taken, and asks once in so many whether it is over. True from the first time that it
    /// is: the computation ends then with what it has.
    pub(crate) fn spend(&self, steps: usize, is_over: impl FnOnce() -> bool) -> bool {
        let sum = self.sum.get().saturating_add(steps);
        if sum < BETWEEN_LOOKS {
            self.sum.set(sum);
            return self.over.get();
        }
        self.look(is_over)
    }

    /// Asks now.
    pub(crate) fn look(&self, is_over: impl FnOnce() -> bool) -> bool {
        self.sum.set(0);
        if !self.over.get() && is_over() {
            self.over.set(true);
        }
        self.over.get()
    }

    /// Whether a look found it over.
    pub(crate) const fn is_over(&self) -> bool {
        self.over.get()
    }
}

/// Steps together with whom to ask.
pub(crate) struct Pace<'a> {
    is_over: IsOver<'a>,
    steps: Steps,
}

impl<'a> Pace<'a> {
    /// A computation that has just begun.
    pub(crate) fn new(is_over: IsOver<'a>) -> Self {
        let steps = Steps::default();
        Self { is_over, steps }
    }

    /// As [`Steps::spend`].
    pub(crate) fn spend(&self, steps: usize) -> bool {
        self.steps.spend(steps, self.is_over)
    }

    /// As [`Steps::look`].
    pub(crate) fn look(&self) -> bool {
        self.steps.look(self.is_over)
    }

    /// As [`Steps::is_over`].
    pub(crate) const fn is_over(&self) -> bool {
        self.steps.is_over()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn it_looks_once_in_so_many_steps_and_never_again_once_it_is_over() {
        let looks = AtomicUsize::new(0);
        let is_over = || looks.fetch_add(1, Ordering::Relaxed) == 2;
        let pace = Pace::new(&is_over);
        let mut ended = None;
        for n in 0..100 {
            if pace.spend(BETWEEN_LOOKS / 10) {
                ended = ended.or(Some(n));
            }
        }
        assert_eq!(
            (ended, looks.load(Ordering::Relaxed), pace.is_over()),
            (Some(29), 3, true)
        );
        let never = Pace::new(&|| false);
        assert!(!never.spend(usize::MAX) && !never.look() && !never.is_over());
    }
}
