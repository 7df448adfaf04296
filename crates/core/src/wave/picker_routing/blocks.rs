//! The shortest tour in any number of blocks: a dynamic programme along the aisles over the states of `states`.

use std::sync::Arc;

use super::Tour;
use super::states::{NONE, States};
use super::stops::{Grid, StopSet};
use super::walk::{Vertical, Ways, walk};

/// Most blocks that the programme is run for: its states grow about fivefold with each.
pub(super) const MOST_BLOCKS: usize = 5;

/// More than any tour.
const NEVER: i64 = 1 << 60;

/// The programme for one number of blocks, with its memory.
///
/// # What
///
/// A tour is at most two ways along each piece of a cross aisle, and one of six ways ([`Vertical`]) to pick a block of an
/// aisle. Aisle by aisle, block by block and then cross aisle by cross aisle, the cheapest ways so far are kept for each
/// state in which they can leave the crossings of the aisle.
///
/// # Complexity
///
/// `O(stops + aisles x blocks x states)` time with 6, 24, 110 states for 1, 2, 3 blocks; `O(states)` memory for a length.
///
/// # Source
///
/// H. D. Ratliff and A. S. Rosenthal (1983) for one block; K. J. Roodbergen and R. de Koster, "Routing order pickers in a
/// warehouse with a middle aisle", EJOR 133 (2001), for two; L. Pansart, N. Catusse and H. Cambazard, "Exact algorithms for
/// the order picking problem", Computers & Operations Research 100 (2018), for more.
#[derive(Clone, Debug)]
pub(super) struct Blocks {
    states: Arc<States>,
    now: Vec<i64>,
    next: Vec<i64>,
}

/// How a state of a step was reached, for reading the tour back.
type Step = Vec<(u16, u8)>;

impl Blocks {
    pub(super) fn new(grid: &Grid) -> Self {
        let states = Arc::new(States::new(grid.blocks + 1));
        Self {
            now: vec![NEVER; states.count],
            next: vec![NEVER; states.count],
            states,
        }
    }

    /// The shortest length in millimetres; 0 without stops.
    pub(super) fn length(&mut self, grid: &Grid, set: &StopSet) -> i64 {
        self.run(grid, set, &mut None).map_or(0, |(length, _)| length)
    }

    /// A shortest tour.
    pub(super) fn tour(&mut self, grid: &Grid, set: &StopSet) -> Tour {
        let mut steps = Some(Vec::new());
        let (Some((length, end)), Some(steps)) = (self.run(grid, set, &mut steps), steps) else {
            return Tour::default();
        };
        walk(grid, set, &Self::read_back(grid, set, &steps, end), length)
    }

    /// Runs the programme; where `steps` is something it records how each state was reached. The length, and the state that
    /// has it.
    fn run(&mut self, grid: &Grid, set: &StopSet, steps: &mut Option<Vec<Step>>) -> Option<(i64, u16)> {
        let (first, last) = grid.range(set)?;
        let states = Arc::clone(&self.states);
        self.now.fill(NEVER);
        self.now[0] = 0;
        for aisle in first..=last {
            for block in 0..grid.blocks {
                self.block(grid, set, aisle, block, &states, steps);
            }
            if aisle == grid.depot_aisle {
                self.step(steps, |s, cost, put| put(states.touch[grid.depot_cross][s], cost, 0));
            }
            if aisle < last {
                let gap = grid.gaps[aisle];
                for cross in 0..=grid.blocks {
                    self.step(steps, |s, cost, put| {
                        let along = states.along[cross][s];
                        put(s as u16, cost + gap * i64::from(along), along);
                        if along == 2 && states.leave[cross][s] != NONE {
                            put(states.leave[cross][s], cost, 0);
                        }
                    });
                }
            }
        }
        let whole = (0..states.count).filter(|&s| states.complete[s]);
        let end = whole.min_by_key(|&s| self.now[s])?;
        Some((self.now[end] + grid.depot_both_ways, end as u16))
    }

    fn block(
        &mut self,
        grid: &Grid,
        set: &StopSet,
        aisle: usize,
        block: usize,
        states: &States,
        steps: &mut Option<Vec<Step>>,
    ) {
        let (lower, upper) = (grid.crosses[block], grid.crosses[block + 1]);
        let through = upper - lower;
        let piece = grid.piece(set, aisle, block);
        self.step(steps, |s, cost, put| {
            put(states.once[block][s], cost + through, Vertical::Once as u8);
            put(states.twice[block][s], cost + 2 * through, Vertical::Twice as u8);
            let Some(piece) = piece else {
                put(s as u16, cost, Vertical::Absent as u8);
                return;
            };
            let (front, back) = (2 * (piece.highest - lower), 2 * (upper - piece.lowest));
            put(states.touch[block][s], cost + front, Vertical::FromFront as u8);
            put(states.touch[block + 1][s], cost + back, Vertical::FromBack as u8);
            if piece.gap > 0 {
                let both = 2 * (through - piece.gap);
                put(states.both[block][s], cost + both, Vertical::FromBoth as u8);
            }
        });
    }

    /// One step from all states that are reached: `each` gets the state, its cost, and where to put what comes of it: next
    /// state, cost, choice.
    #[inline]
    fn step(&mut self, steps: &mut Option<Vec<Step>>, each: impl Fn(usize, i64, &mut dyn FnMut(u16, i64, u8))) {
        self.next.fill(NEVER);
        let mut record = steps.as_ref().map(|_| vec![(NONE, 0); self.now.len()]);
        for s in 0..self.now.len() {
            let cost = self.now[s];
            if cost < NEVER {
                each(s, cost, &mut |to, cost, choice| {
                    if cost < self.next[to as usize] {
                        self.next[to as usize] = cost;
                        if let Some(record) = &mut record {
                            record[to as usize] = (s as u16, choice);
                        }
                    }
                });
            }
        }
        std::mem::swap(&mut self.now, &mut self.next);
        if let (Some(steps), Some(record)) = (steps, record) {
            steps.push(record);
        }
    }

    /// The ways of the tour that ends in this state.
    fn read_back(grid: &Grid, set: &StopSet, steps: &[Step], end: u16) -> Ways {
        let (first, last) = grid.range(set).unwrap_or_default();
        let crosses = grid.blocks + 1;
        let mut ways = Ways {
            first,
            vertical: vec![Vertical::Absent; (last - first + 1) * grid.blocks],
            along: vec![0; (last - first + 1) * crosses],
        };
        let mut state = end;
        let mut steps = steps.iter().rev();
        let mut choice = || {
            let (from, choice) = steps.next().map_or((0, 0), |step| step[state as usize]);
            state = from;
            choice
        };
        for aisle in (first..=last).rev() {
            let column = aisle - first;
            if aisle < last {
                for cross in (0..crosses).rev() {
                    ways.along[column * crosses + cross] = choice();
                }
            }
            if aisle == grid.depot_aisle {
                choice();
            }
            for block in (0..grid.blocks).rev() {
                ways.vertical[column * grid.blocks + block] = match choice() {
                    1 => Vertical::FromFront,
                    2 => Vertical::FromBack,
                    3 => Vertical::FromBoth,
                    4 => Vertical::Once,
                    5 => Vertical::Twice,
                    _ => Vertical::Absent,
                };
            }
        }
        ways
    }
}
