//! The shortest tour in any number of blocks: a dynamic programme along the aisles over the states of `states`.

use std::sync::Arc;

use super::Tour;
use super::moves::{Move, Moves, NEVER, relax};
use super::states::States;
use super::stops::{Grid, Piece, StopSet};
use super::walk::{Vertical, Ways, walk};

/// Most blocks that the programme is run for: its states grow about fivefold with each.
pub(super) const MOST_BLOCKS: usize = 5;

/// The programme for one number of blocks, with its memory.
///
/// # What
///
/// A tour is at most two ways along each piece of a cross aisle, and one of six ways ([`Vertical`]) to pick a block of an
/// aisle. Aisle by aisle, block by block and then along the cross aisles, the cheapest ways so far are kept for each state
/// in which they can leave the crossings of the aisle. What one step makes of each state is tabled beforehand.
///
/// # Complexity
///
/// `O(stops + aisles x blocks x states)` time with 6, 24, 112, 568 and 3,032 states for 1 to 5 blocks; `O(states)` memory
/// for a length.
///
/// # Source
///
/// H. D. Ratliff and A. S. Rosenthal (1983) for one block; K. J. Roodbergen and R. de Koster, "Routing order pickers in a
/// warehouse with a middle aisle", EJOR 133 (2001), for two; L. Pansart, N. Catusse and H. Cambazard, "Exact algorithms for
/// the order picking problem", Computers & Operations Research 100 (2018), for more.
#[derive(Clone, Debug)]
pub(super) struct Blocks {
    moves: Arc<Moves>,
    now: Vec<i64>,
    next: Vec<i64>,
}

/// By step and state reached: position of the move that led there.
type Record = Vec<Vec<u32>>;

impl Blocks {
    pub(super) fn new(grid: &Grid) -> Self {
        let moves = Arc::new(Moves::new(&States::new(grid.blocks + 1), grid.depot_cross));
        Self {
            now: vec![NEVER; moves.width],
            next: vec![NEVER; moves.width],
            moves,
        }
    }

    /// The shortest length in millimetres; 0 without stops.
    pub(super) fn length(&mut self, grid: &Grid, set: &StopSet) -> i64 {
        self.run(grid, set, &mut None).map_or(0, |(length, _)| length)
    }

    /// A shortest tour.
    pub(super) fn tour(&mut self, grid: &Grid, set: &StopSet) -> Tour {
        let mut record = Some(Vec::new());
        let (Some((length, end)), Some(record)) = (self.run(grid, set, &mut record), record) else {
            return Tour::default();
        };
        walk(grid, set, &self.read_back(grid, set, &record, end), length)
    }

    /// Runs the programme, recording the moves if asked to. The length, and the state that has it.
    fn run(&mut self, grid: &Grid, set: &StopSet, record: &mut Option<Record>) -> Option<(i64, usize)> {
        let (first, last) = grid.range(set)?;
        let moves = Arc::clone(&self.moves);
        self.now.fill(NEVER);
        self.now[0] = 0;
        let mut gap = 0;
        for aisle in first..=last {
            // Where only the length is asked for, aisles without stops are passed by. Ways along one could be along its
            // neighbour on either side: what hangs together still does, the parity of no crossing changes, and on one of the two
            // sides the ways along the cross aisles get no longer.
            if record.is_none() && aisle != grid.depot_aisle && grid.is_empty_aisle(set, aisle) {
                gap += grid.gaps[aisle];
                continue;
            }
            if aisle > first {
                self.step(&moves.along, &std::array::from_fn(|n| n as i64 * gap), record);
                gap = 0;
            }
            for block in 0..grid.blocks {
                let through = grid.crosses[block + 1] - grid.crosses[block];
                let (list, costs) = match grid.piece(set, aisle, block) {
                    Some(piece) => (&moves.picking[block], vertical_costs(grid, block, through, piece)),
                    None => (&moves.passing[block], passing_costs(through)),
                };
                self.step(list, &costs, record);
            }
            if aisle == grid.depot_aisle {
                self.step(&moves.depot, &[0; 16], record);
            }
            if aisle < last {
                gap = grid.gaps[aisle];
            }
        }
        let end = moves.complete.iter().copied().min_by_key(|&s| self.now[s])?;
        Some((self.now[end] + grid.depot_both_ways, end))
    }

    #[inline]
    fn step(&mut self, moves: &[Move], costs: &[i64; 16], record: &mut Option<Record>) {
        relax(moves, costs, &self.now, &mut self.next);
        if let Some(record) = record {
            let mut best = vec![u32::MAX; self.next.len()];
            for (at, m) in moves.iter().enumerate() {
                let (from, to) = (m.from as usize, m.to as usize);
                let reached = self.now[from] + costs[m.cost as usize];
                if best[to] == u32::MAX && reached == self.next[to] && reached < NEVER {
                    best[to] = at as u32;
                }
            }
            record.push(best);
        }
        std::mem::swap(&mut self.now, &mut self.next);
    }

    /// The ways of the tour that ends in this state.
    fn read_back(&self, grid: &Grid, set: &StopSet, record: &Record, end: usize) -> Ways {
        let (first, last) = grid.range(set).unwrap_or_default();
        let crosses = grid.blocks + 1;
        let mut ways = Ways {
            first,
            vertical: vec![Vertical::Absent; (last - first + 1) * grid.blocks],
            along: vec![0; (last - first + 1) * crosses],
        };
        let mut state = end;
        let mut record = record.iter().rev();
        let mut back = |list: &[Move]| {
            let at = record.next().map_or(u32::MAX, |best| best[state]);
            let found = list.get(at as usize).copied().unwrap_or_default();
            state = found.from as usize;
            found
        };
        for aisle in (first..=last).rev() {
            let column = aisle - first;
            if aisle < last {
                let way = back(&self.moves.along);
                for cross in 0..crosses {
                    ways.along[column * crosses + cross] = (way.ways >> (2 * cross) & 3) as u8;
                }
            }
            if aisle == grid.depot_aisle {
                back(&self.moves.depot);
            }
            for block in (0..grid.blocks).rev() {
                let piece = grid.piece(set, aisle, block);
                let list = if piece.is_some() {
                    &self.moves.picking
                } else {
                    &self.moves.passing
                };
                let cost = back(&list[block]).cost;
                ways.vertical[column * grid.blocks + block] = vertical(grid, block, piece, cost);
            }
        }
        ways
    }
}

/// Positions in the costs of a block. Some are the cheaper of two ways that lead to the same state.
pub(super) mod vertical_cost {
    pub(crate) const LEAST: u8 = 0;
    pub(crate) const FRONT: u8 = 1;
    pub(crate) const BACK: u8 = 2;
    pub(crate) const FRONT_OR_BOTH: u8 = 3;
    pub(crate) const BACK_OR_BOTH: u8 = 4;
    pub(crate) const BOTH: u8 = 5;
    pub(crate) const ONCE: u8 = 6;
    pub(crate) const TWICE: u8 = 7;
}

/// Front, back, both.
#[inline]
fn returning(grid: &Grid, block: usize, piece: Piece) -> [i64; 3] {
    let (lower, upper) = (grid.crosses[block], grid.crosses[block + 1]);
    let both = if piece.gap > 0 {
        2 * (upper - lower - piece.gap)
    } else {
        NEVER
    };
    [2 * (piece.highest - lower), 2 * (upper - piece.lowest), both]
}

#[inline]
fn vertical_costs(grid: &Grid, block: usize, through: i64, piece: Piece) -> [i64; 16] {
    let [front, back, both] = returning(grid, block, piece);
    let mut costs = [NEVER; 16];
    costs[..8].copy_from_slice(&[
        front.min(back).min(both),
        front,
        back,
        front.min(both),
        back.min(both),
        both,
        through,
        2 * through,
    ]);
    costs
}

const fn passing_costs(through: i64) -> [i64; 16] {
    let mut costs = [NEVER; 16];
    costs[vertical_cost::LEAST as usize] = 0;
    costs[vertical_cost::ONCE as usize] = through;
    costs[vertical_cost::TWICE as usize] = 2 * through;
    costs
}

/// Which way a position in the costs stands for.
fn vertical(grid: &Grid, block: usize, piece: Option<Piece>, cost: u8) -> Vertical {
    use vertical_cost::{BACK, BACK_OR_BOTH, BOTH, FRONT, FRONT_OR_BOTH, LEAST, ONCE};
    let Some(piece) = piece else {
        return match cost {
            LEAST => Vertical::Absent,
            ONCE => Vertical::Once,
            _ => Vertical::Twice,
        };
    };
    let [front, back, both] = returning(grid, block, piece);
    match cost {
        FRONT => Vertical::FromFront,
        BACK => Vertical::FromBack,
        LEAST | FRONT_OR_BOTH if front <= both && (cost != LEAST || front <= back) => Vertical::FromFront,
        LEAST | BACK_OR_BOTH if back <= both => Vertical::FromBack,
        LEAST | FRONT_OR_BOTH | BACK_OR_BOTH | BOTH => Vertical::FromBoth,
        ONCE => Vertical::Once,
        _ => Vertical::Twice,
    }
}
