//! Patience: a run that nothing else ends does so where neither plan nor bound has moved for a while that grows with what
//! was spent.
//!
//! What was spent is counted in work, not in time, so that such a run repeats.

/// Share of all work up to the last move that may follow it without another.
const SHARE: f64 = 0.5;
/// Work that may follow it in any case.
const LEAST: u64 = 500_000;
/// Shares of the gap and of the plan's cost by which the gap falls in a move, at least.
const MOVE: (f64, f64) = (0.02, 1e-5);

/// How wide the gap was at the last move, and when that was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Patience {
    gap: f64,
    moved_at: u64,
}

impl Patience {
    /// Of a run that has done so much work, and whose gap is not known.
    pub(crate) const fn new(work: u64) -> Self {
        Self {
            gap: f64::INFINITY,
            moved_at: work,
        }
    }

    /// Work done when it moved last.
    pub(crate) const fn moved_at(self) -> u64 {
        self.moved_at
    }

    /// Notes plan and bound after so much work; whether they have moved.
    pub(crate) fn moves(&mut self, work: u64, plan: f64, bound: f64) -> bool {
        let gap = plan - bound;
        // From an infinite gap any is a move.
        let moves = gap < (self.gap * (1.0 - MOVE.0)).min(self.gap - MOVE.1 * plan.abs());
        if moves {
            (self.gap, self.moved_at) = (gap, work);
        }
        moves
    }

    /// Whether so much work is too much without a move.
    #[allow(clippy::cast_precision_loss, reason = "a share of work needs no more")]
    pub(crate) fn is_out(self, work: u64) -> bool {
        let since = work.saturating_sub(self.moved_at);
        since > LEAST && since as f64 > SHARE * self.moved_at as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_with_what_was_spent_and_begins_anew_with_every_move() {
        let mut patience = Patience::new(1_000_000);
        assert!(patience.moves(1_500_000, 100.0, 90.0), "the first gap is a move");
        assert!(!patience.moves(2_000_000, 99.9, 90.0), "a hundredth of the gap is none");
        assert!(!patience.is_out(2_250_000) && patience.is_out(2_250_001));
        assert!(patience.moves(2_250_000, 99.9, 90.2));
        assert!(!patience.is_out(3_375_000) && patience.is_out(3_375_001));
    }

    #[test]
    fn what_is_no_share_of_the_cost_is_no_move() {
        let mut patience = Patience::new(0);
        assert!(patience.moves(1, 1e6, 1e6 - 50.0));
        assert!(!patience.moves(2, 1e6 - 9.0, 1e6 - 50.0));
        assert!(patience.moves(3, 1e6 - 11.0, 1e6 - 50.0));
    }

    #[test]
    fn a_short_run_has_some() {
        let mut patience = Patience::new(0);
        assert!(!patience.is_out(LEAST) && patience.is_out(LEAST + 1));
        assert!(!patience.moves(10, f64::INFINITY, 0.0), "nothing is known yet");
        assert!(!patience.moves(10, 5.0, f64::NEG_INFINITY));
        assert!(patience.moves(10, 5.0, 0.0));
        assert!(!patience.is_out(LEAST + 10) && patience.is_out(LEAST + 11));
    }
}
