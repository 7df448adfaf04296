//! Shortest tours in one block of parallel aisles: the dynamic programme of Ratliff and Rosenthal (1983), aisle by aisle.

use super::{Heights, Lengths, Tours, compress};

/// More than any tour; sums of a few of them do not overflow.
const NEVER: i64 = 1 << 56;

/// One block of parallel aisles between a front and a back cross aisle, all of the same length.
#[derive(Clone, Debug)]
pub struct OneBlock {
    aisles: Vec<Heights>,
    bits: Vec<usize>,
    words: usize,
    /// Front to back end of an aisle.
    depth: i64,
    /// From each aisle to the next one.
    steps: Vec<i64>,
    depot_aisle: usize,
    depot_at_back: bool,
    /// From the depot to the cross aisle and back.
    approach: i64,
}

impl OneBlock {
    /// `depth`: from the front to the back end of an aisle; `steps`: from each aisle to the next; `depot`: its aisle,
    /// whether it is at the back, and its distance from the cross aisle; `stops`: aisle and height above the front end.
    ///
    /// # Panics
    /// If an aisle does not exist.
    #[must_use]
    pub fn new(depth: i64, steps: Vec<i64>, depot: (usize, bool, i64), stops: &[(usize, i64)]) -> Self {
        let (aisles, bits, words) = compress(steps.len() + 1, stops);
        assert!(depot.0 < aisles.len(), "the depot is at an aisle");
        Self {
            aisles,
            bits,
            words,
            depth,
            steps,
            depot_aisle: depot.0,
            depot_at_back: depot.1,
            approach: 2 * depot.2,
        }
    }
}

impl Tours for OneBlock {
    fn words(&self) -> usize {
        self.words
    }

    fn bit(&self, stop: u32) -> usize {
        self.bits[stop as usize]
    }

    fn lengths(&self) -> Box<dyn Lengths + '_> {
        Box::new(self)
    }
}

impl Lengths for &OneBlock {
    fn length(&mut self, stops: &[u64]) -> i64 {
        let used = |a: &Heights| stops[a.first_word..a.first_word + a.words].iter().any(|&w| w != 0);
        let Some(first) = self.aisles.iter().position(used) else { return 0 };
        let last = self.aisles.iter().rposition(used).unwrap_or(first);
        let (first, last) = (first.min(self.depot_aisle), last.max(self.depot_aisle));
        let depth = self.depth;
        // What the tour so far leaves at the back and front end of the aisle: nothing yet, closed, both ends odd, only the
        // back even, only the front even, both even in one part, both even in two parts.
        let (mut none, mut closed, mut odd) = (0, NEVER, NEVER);
        let (mut back, mut front, mut one, mut two) = (NEVER, NEVER, NEVER, NEVER);
        for j in first..=last {
            let depot = j == self.depot_aisle;
            let span = self.aisles[j].span(stops);
            // Costs of serving the aisle: from the back, from the front, from both but for the widest gap.
            let (skip, mut from_back, mut from_front, mut from_both) = match span {
                None => (0, NEVER, NEVER, NEVER),
                Some(s) => (
                    NEVER,
                    2 * (depth - s.lowest),
                    2 * s.highest,
                    2 * (depth - s.gap),
                ),
            };
            let mut skip = skip;
            if depot {
                // The depot is one more stop, at the end of the aisle.
                let at = if self.depot_at_back { depth } else { 0 };
                let (lowest, highest, gap) = span.map_or((at, at, 0), |s| {
                    (
                        s.lowest.min(at),
                        s.highest.max(at),
                        s.gap.max(s.lowest - at).max(at - s.highest),
                    )
                });
                skip = NEVER;
                from_back = 2 * (depth - lowest);
                from_front = 2 * highest;
                from_both = 2 * (depth - gap);
            }
            let through = depth;
            let double = 2 * depth;
            let any = none;
            // Joined by a passage: whatever was there becomes one part.
            let even = back.min(front).min(one).min(two).min(any);
            let n_odd = (even + through).min(odd + double.min(from_back).min(from_front).min(from_both).min(skip));
            let n_one = (odd + through)
                .min(even + double)
                .min(one + from_both.min(from_back).min(from_front).min(skip));
            let n_two = (any.min(back).min(front).min(two) + from_both)
                .min(back + from_front)
                .min(front + from_back)
                .min(two + from_back.min(from_front).min(skip));
            let n_back = (any + from_back).min(back + from_back.min(skip));
            let n_front = (any + from_front).min(front + from_front.min(skip));
            let n_closed = closed + skip;
            let n_none = none + skip;
            if j == last {
                let best = n_closed.min(n_back).min(n_front).min(n_one);
                return best + self.approach;
            }
            let step = self.steps[j];
            none = n_none.min(NEVER);
            odd = (n_odd + 2 * step).min(NEVER);
            back = (n_back.min(n_one) + 2 * step).min(NEVER);
            front = (n_front.min(n_one) + 2 * step).min(NEVER);
            one = (n_one + 4 * step).min(NEVER);
            two = (n_two + 4 * step).min(NEVER);
            closed = n_closed.min(n_back).min(n_front).min(n_one).min(NEVER);
        }
        0
    }
}
