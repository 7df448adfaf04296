//! What the dynamic programme over several blocks has to know of a tour cut off at an aisle: for each cross aisle, whether
//! ways end there, in even or odd number, and which of these ends hang together.
//!
//! Source: L. Pansart, N. Catusse and H. Cambazard, "Exact algorithms for the order picking problem", Computers &
//! Operations Research 100 (2018). With two cross aisles these are the states of Ratliff and Rosenthal, with three those of
//! Roodbergen and de Koster.

use std::collections::BTreeMap;

/// A transition that no state has.
pub(super) const NONE: u16 = u16::MAX;

/// The end of the tour's ways at one cross aisle of the current column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// The tour does not come here.
    Absent,
    /// It has an even number of ways here, and belongs to this component.
    Even(u8),
    /// An odd number.
    Odd(u8),
}

impl End {
    const fn component(self) -> Option<u8> {
        match self {
            Self::Absent => None,
            Self::Even(c) | Self::Odd(c) => Some(c),
        }
    }

    const fn in_component(self, c: u8) -> Self {
        match self {
            Self::Absent => Self::Absent,
            Self::Even(_) => Self::Even(c),
            Self::Odd(_) => Self::Odd(c),
        }
    }
}

/// One state, its components numbered by first appearance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct State(Vec<End>);

impl State {
    /// Numbers components by first appearance.
    fn canonical(mut self) -> Self {
        let mut seen = Vec::new();
        for end in &mut self.0 {
            if let Some(c) = end.component() {
                let at = seen.iter().position(|&s| s == c).unwrap_or_else(|| {
                    seen.push(c);
                    seen.len() - 1
                });
                *end = end.in_component(at as u8);
            }
        }
        self
    }

    fn fresh_component(&self) -> u8 {
        self.0.iter().filter_map(|e| e.component()).max().map_or(0, |c| c + 1)
    }

    /// The tour touches this crossing, by ways that come back to it.
    fn touch(&self, cross: usize) -> Self {
        let mut next = self.clone();
        if next.0[cross] == End::Absent {
            next.0[cross] = End::Even(self.fresh_component());
        }
        next.canonical()
    }

    /// The tour walks from this crossing to the next one, once or twice.
    fn pass(&self, block: usize, twice: bool) -> Self {
        let mut next = self.touch(block).touch(block + 1);
        if !twice {
            for end in &mut next.0[block..=block + 1] {
                *end = match *end {
                    End::Even(c) => End::Odd(c),
                    End::Odd(c) => End::Even(c),
                    End::Absent => End::Absent,
                };
            }
        }
        if let (Some(keep), Some(gone)) = (next.0[block].component(), next.0[block + 1].component()) {
            for end in &mut next.0 {
                if end.component() == Some(gone) {
                    *end = end.in_component(keep);
                }
            }
        }
        next.canonical()
    }

    /// The tour does not go on from this crossing to the next column; `None` where it has to.
    fn leave(&self, cross: usize) -> Option<Self> {
        match self.0[cross] {
            End::Absent => Some(self.clone()),
            End::Odd(_) => None,
            End::Even(c) => {
                let mut next = self.clone();
                next.0[cross] = End::Absent;
                // A component that is left nowhere could not be connected to the rest any more.
                let alive = next.0.iter().any(|e| e.component() == Some(c));
                alive.then(|| next.canonical())
            }
        }
    }

    fn is_complete(&self) -> bool {
        self.0.iter().all(|e| !matches!(e, End::Odd(_))) && self.fresh_component() == 1
    }
}

/// All states of a number of cross aisles that a tour can be in, and what each step makes of them. State 0 is the empty one.
#[derive(Debug)]
pub(super) struct States {
    /// How many states.
    pub count: usize,
    /// By cross aisle and state: the tour touches the crossing.
    pub touch: Vec<Vec<u16>>,
    /// By block and state: it touches both ends of the block.
    pub both: Vec<Vec<u16>>,
    /// By block and state: it walks through the block once.
    pub once: Vec<Vec<u16>>,
    /// By block and state: it walks through the block twice.
    pub twice: Vec<Vec<u16>>,
    /// By cross aisle and state: it does not go on along the cross aisle; [`NONE`] where it has to.
    pub leave: Vec<Vec<u16>>,
    /// By cross aisle and state: how many ways go on along the cross aisle where the tour does: 0, 1 or 2.
    pub along: Vec<Vec<u8>>,
    /// Whether a state is a whole tour.
    pub complete: Vec<bool>,
}

impl States {
    /// Finds all states by going through all steps from the empty one.
    pub(super) fn new(crosses: usize) -> Self {
        let blocks = crosses - 1;
        let empty = State(vec![End::Absent; crosses]);
        let mut numbers = BTreeMap::from([(empty.clone(), 0u16)]);
        let mut all = vec![empty];
        let mut states = Self {
            count: 0,
            touch: vec![Vec::new(); crosses],
            both: vec![Vec::new(); blocks],
            once: vec![Vec::new(); blocks],
            twice: vec![Vec::new(); blocks],
            leave: vec![Vec::new(); crosses],
            along: vec![Vec::new(); crosses],
            complete: Vec::new(),
        };
        let mut at = 0;
        while at < all.len() {
            let state = all[at].clone();
            let mut number = |next: State| -> u16 {
                *numbers.entry(next).or_insert_with_key(|key| {
                    all.push(key.clone());
                    (all.len() - 1) as u16
                })
            };
            for cross in 0..crosses {
                states.touch[cross].push(number(state.touch(cross)));
                states.leave[cross].push(state.leave(cross).map_or(NONE, &mut number));
                states.along[cross].push(match state.0[cross] {
                    End::Absent => 0,
                    End::Odd(_) => 1,
                    End::Even(_) => 2,
                });
            }
            for block in 0..blocks {
                states.both[block].push(number(state.touch(block).touch(block + 1)));
                states.once[block].push(number(state.pass(block, false)));
                states.twice[block].push(number(state.pass(block, true)));
            }
            states.complete.push(state.is_complete());
            at += 1;
        }
        states.count = all.len();
        states
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_those_of_the_literature() {
        // Ratliff and Rosenthal: 7 classes, of which the finished tour needs no state here; Roodbergen and de Koster: 25,
        // again with it.
        assert_eq!(States::new(2).count, 6);
        assert_eq!(States::new(3).count, 24);
    }
}
