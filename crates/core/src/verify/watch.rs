//! When judging is over before its end: a question to the caller, asked often enough that the answer is followed within
//! milliseconds.

use std::sync::atomic::{AtomicBool, Ordering};

/// Items of a quick loop between two questions.
const LOOK: usize = 256;

/// The caller's "is it over?". Once the answer is yes, it stays so.
pub(super) struct Watch<'a> {
    ask: &'a (dyn Fn() -> bool + Sync),
    over: AtomicBool,
}

impl<'a> Watch<'a> {
    pub(super) fn new(ask: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self {
            ask,
            over: AtomicBool::new(false),
        }
    }

    /// Whether what is left is no longer to be judged.
    pub(super) fn is_over(&self) -> bool {
        if self.was_over() {
            return true;
        }
        let over = (self.ask)();
        if over {
            self.over.store(true, Ordering::Relaxed);
        }
        over
    }

    /// Whether an earlier question was answered by yes.
    pub(super) fn was_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// The items until it is over.
    pub(super) fn going<I: IntoIterator>(&self, items: I) -> impl Iterator<Item = I::Item> {
        let items = items.into_iter().enumerate();
        items
            .take_while(|(n, _)| n % LOOK != 0 || !self.is_over())
            .map(|(_, item)| item)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn a_loop_ends_within_some_items_and_asks_no_more() {
        let asked = AtomicUsize::new(0);
        let watch_at_third = || asked.fetch_add(1, Ordering::Relaxed) == 2;
        let watch = Watch::new(&watch_at_third);
        assert_eq!(watch.going(0..10 * LOOK).count(), 2 * LOOK);
        assert!(watch.was_over() && watch.is_over());
        assert_eq!(watch.going(0..10).count(), 0);
        assert_eq!(asked.load(Ordering::Relaxed), 3);
    }
}
