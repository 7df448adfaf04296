//! Shortest tours in two blocks of parallel aisles from a depot away from them: a dynamic programme over the aisles in the
//! manner of Roodbergen and de Koster (2001).
//!
//! The state between two steps says, of the three ends that an aisle has at the cross aisles: whether their degree is
//! zero, odd or even, which of them hang together, and how many ways from the depot are used. The depot has a way of its own
//! to the front end of each aisle; exactly two of them are in a tour, since a tour that passes it twice gets no longer by
//! keeping to the cross aisle. With one way used, the part of the tour that it leads
//! to is the one of odd degree, so the state needs no label for it.
//!
//! All states and moves are found once, by search from the empty one, and kept as tables.

use super::{Heights, Lengths, Tours, compress};
use crate::Error;
use crate::index::LocationIdx;

/// More than any tour.
const NEVER: i64 = 1 << 56;

/// Two blocks of parallel aisles between three cross aisles, and a depot with a way of its own to each aisle. Lengths in any
/// unit, the same for all. For a depot at a cross aisle see [`AisleTours`](super::AisleTours).
#[derive(Clone, Debug)]
pub struct TwoBlocks {
    aisles: [Vec<Heights>; 2],
    bits: Vec<usize>,
    words: usize,
    /// Length of an aisle in each block.
    depths: [i64; 2],
    steps: Vec<i64>,
    ways: Vec<i64>,
    tables: Tables,
}

impl TwoBlocks {
    /// `depths`: length of an aisle in the front and in the back block; `steps`: from each aisle to the next; `ways`: from the
    /// depot to the front end of each aisle, none shorter than by another aisle; `stops`: aisle, block (0 = front) and height
    /// above the front end of its part of the aisle, numbered as they are given.
    ///
    /// # Errors
    ///
    /// Where the numbers of aisles differ, or a stop is in none.
    pub fn new(
        depths: [i64; 2],
        steps: Vec<i64>,
        ways: Vec<i64>,
        stops: &[(usize, usize, i64)],
    ) -> Result<Self, Error> {
        let n = steps.len() + 1;
        if ways.len() != n {
            return Err(Error::options(format!(
                "{} ways from the depot to {n} aisles",
                ways.len()
            )));
        }
        if let Some(&(aisle, block, height)) = stops
            .iter()
            .find(|&&(aisle, block, h)| aisle >= n || block > 1 || !(0..=depths[block]).contains(&h))
        {
            return Err(Error::options(format!(
                "a stop in aisle {aisle}, block {block}, at {height}"
            )));
        }
        let flat: Vec<(usize, i64)> = stops.iter().map(|&(aisle, block, h)| (block * n + aisle, h)).collect();
        let (mut front, bits, words) = compress(2 * n, &flat);
        let back = front.split_off(n);
        Ok(Self {
            aisles: [front, back],
            bits,
            words,
            depths,
            steps,
            ways,
            tables: Tables::new(),
        })
    }

    /// Costs of each way to serve one aisle of one block: not, from the back, from the front, from both ends but for the
    /// widest gap, once through, twice through.
    fn services(&self, block: usize, aisle: usize, stops: &[u64]) -> [i64; 6] {
        let depth = self.depths[block];
        let (skip, back, front, both) = match self.aisles[block][aisle].piece(stops) {
            None => (0, NEVER, NEVER, NEVER),
            Some(s) => (NEVER, 2 * (depth - s.lowest), 2 * s.highest, 2 * (depth - s.gap)),
        };
        [skip, back, front, both, depth, 2 * depth]
    }
}

impl Tours for TwoBlocks {
    fn words(&self) -> usize {
        self.words
    }

    fn mask(&self, stops: &[LocationIdx]) -> Vec<u64> {
        let mut mask = vec![0; self.words];
        for stop in stops {
            let bit = self.bits[stop.0 as usize];
            mask[bit / 64] |= 1 << (bit % 64);
        }
        mask
    }

    fn effort(&self) -> u64 {
        16
    }

    fn lengths(&self) -> Box<dyn Lengths + '_> {
        Box::new(Run {
            tours: self,
            now: vec![NEVER; self.tables.states],
            next: vec![NEVER; self.tables.states],
        })
    }
}

/// The programme with its memory.
struct Run<'a> {
    tours: &'a TwoBlocks,
    now: Vec<i64>,
    next: Vec<i64>,
}

impl Run<'_> {
    /// One step: what each way of it costs, by way.
    fn step(&mut self, moves: &[Vec<(u16, u16)>], costs: &[i64]) {
        self.next.fill(NEVER);
        for (moves, &more) in moves.iter().zip(costs) {
            if more >= NEVER {
                continue;
            }
            for &(from, to) in moves {
                let cost = self.now[from as usize] + more;
                let best = &mut self.next[to as usize];
                *best = cost.min(*best);
            }
        }
        std::mem::swap(&mut self.now, &mut self.next);
    }
}

impl Lengths for Run<'_> {
    fn length(&mut self, stops: &[u64]) -> i64 {
        if stops.iter().all(|&w| w == 0) {
            return 0;
        }
        let tours = self.tours;
        let t = &tours.tables;
        let n = tours.steps.len() + 1;
        self.now.fill(NEVER);
        self.now[0] = 0;
        for j in 0..n {
            self.step(&t.front, &tours.services(0, j, stops));
            self.step(&t.back, &tours.services(1, j, stops));
            let way = tours.ways[j];
            self.step(&t.depot, &[0, way, (2 * way).min(NEVER)]);
            if j + 1 < n {
                let x = tours.steps[j];
                self.step(&t.across, &[0, x, 2 * x, 3 * x, 4 * x, 5 * x, 6 * x]);
            }
        }
        t.finished.iter().map(|&s| self.now[s as usize]).min().unwrap_or(NEVER)
    }
}

/// Degrees (0 none, 1 odd, 2 even), parts (0 none) of the three ends, ways from the depot used, tour closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    degree: [u8; 3],
    part: [u8; 3],
    ways: u8,
    closed: bool,
}

impl State {
    /// Parts numbered in order of their first end, so that equal states are equal.
    fn tidy(mut self) -> Self {
        let mut names = [0_u8; 8];
        let mut next = 1;
        for p in &mut self.part {
            if *p != 0 {
                if names[*p as usize] == 0 {
                    names[*p as usize] = next;
                    next += 1;
                }
                *p = names[*p as usize];
            }
        }
        self
    }

    fn touch(&mut self, end: usize, edges: u8) {
        self.degree[end] = match (self.degree[end] + edges) % 2 {
            1 => 1,
            _ => 2,
        };
        if self.part[end] == 0 {
            self.part[end] = 4 + end as u8;
        }
    }

    fn join(&mut self, a: usize, b: usize) {
        let (from, to) = (self.part[a], self.part[b]);
        for p in &mut self.part {
            if *p == from {
                *p = to;
            }
        }
    }

    /// One block's part of the aisle served by the way `by`, see `services`; `ends`: its front and back end.
    fn serve(mut self, by: u8, [front, back]: [usize; 2]) -> Option<Self> {
        if by == 0 {
            return Some(self);
        }
        if self.closed {
            return None;
        }
        match by {
            1 => self.touch(back, 2),
            2 => self.touch(front, 2),
            3 => {
                self.touch(front, 2);
                self.touch(back, 2);
            }
            _ => {
                let edges = if by == 4 { 1 } else { 2 };
                self.touch(front, edges);
                self.touch(back, edges);
                self.join(front, back);
            }
        }
        Some(self.tidy())
    }

    /// `by` ways between the depot and this aisle's front end.
    fn leave_depot(mut self, by: u8) -> Option<Self> {
        if by == 0 {
            return Some(self);
        }
        if self.closed || self.ways + by > 2 {
            return None;
        }
        if by == 1 && self.ways == 1 {
            // The second way closes the circle through the depot: its part is the one with the odd degree.
            let odd = (0..3).find(|&e| {
                let part = self.part[e];
                part != 0
                    && (0..3)
                        .filter(|&f| self.part[f] == part)
                        .filter(|&f| self.degree[f] == 1)
                        .count()
                        % 2
                        == 1
            });
            self.touch(0, 1);
            if let Some(odd) = odd {
                self.join(0, odd);
            }
        } else {
            self.touch(0, by);
        }
        self.ways += by;
        Some(self.tidy())
    }

    /// Walks on to the next aisle with so many passes of each cross aisle.
    fn walk(self, passes: [u8; 3]) -> Option<Self> {
        let mut next = Self {
            degree: [0; 3],
            part: [0; 3],
            ..self
        };
        for (end, &passes) in passes.iter().enumerate() {
            if (self.degree[end] + passes) % 2 == 1 || (self.degree[end] == 0 && passes > 0) {
                return None;
            }
            if passes > 0 {
                next.degree[end] = passes;
                next.part[end] = self.part[end];
            }
        }
        let parts = |s: &Self| {
            let mut all: Vec<u8> = s.part.iter().copied().filter(|&p| p != 0).collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let (before, after) = (parts(&self), parts(&next));
        if before.len() > after.len() {
            // A part ends here: then it is the whole tour.
            if before.len() > 1 || self.ways != 2 {
                return None;
            }
            next.closed = true;
        }
        Some(next.tidy())
    }

    fn is_finished(self) -> bool {
        let mut parts: Vec<u8> = self.part.iter().copied().filter(|&p| p != 0).collect();
        parts.dedup();
        let one = parts.iter().all(|&p| p == parts[0]);
        self.ways == 2 && self.degree.iter().all(|&d| d != 1) && if self.closed { parts.is_empty() } else { one }
    }
}

/// Moves `(from, to)` between states, by step of the programme and by the way taken.
#[derive(Clone, Debug)]
struct Tables {
    states: usize,
    front: Vec<Vec<(u16, u16)>>,
    back: Vec<Vec<(u16, u16)>>,
    depot: Vec<Vec<(u16, u16)>>,
    across: Vec<Vec<(u16, u16)>>,
    finished: Vec<u16>,
}

impl Tables {
    fn new() -> Self {
        let start = State {
            degree: [0; 3],
            part: [0; 3],
            ways: 0,
            closed: false,
        };
        let mut all = vec![start];
        let mut tables = Self {
            states: 0,
            front: vec![Vec::new(); 6],
            back: vec![Vec::new(); 6],
            depot: vec![Vec::new(); 3],
            across: vec![Vec::new(); 7],
            finished: Vec::new(),
        };
        // Each step from the states that the step before can leave, around and around until nothing is new.
        let mut stages: [Vec<u16>; 4] = [vec![0], Vec::new(), Vec::new(), Vec::new()];
        let mut done = [0; 4];
        while (0..4).any(|s| done[s] < stages[s].len()) {
            for stage in 0..4 {
                while done[stage] < stages[stage].len() {
                    let from = stages[stage][done[stage]];
                    done[stage] += 1;
                    let state = all[from as usize];
                    for (by, to) in moves(stage, state) {
                        let to = all.iter().position(|&s| s == to).unwrap_or_else(|| {
                            all.push(to);
                            all.len() - 1
                        }) as u16;
                        let table = match stage {
                            0 => &mut tables.front,
                            1 => &mut tables.back,
                            2 => &mut tables.depot,
                            _ => &mut tables.across,
                        };
                        table[usize::from(by)].push((from, to));
                        let following = &mut stages[(stage + 1) % 4];
                        if !following.contains(&to) {
                            following.push(to);
                        }
                    }
                }
            }
        }
        tables.states = all.len();
        tables.finished = (0..all.len() as u16)
            .filter(|&s| all[s as usize].is_finished())
            .collect();
        tables
    }
}

/// What a step can make of a state, and by which of its ways.
fn moves(stage: usize, state: State) -> Vec<(u8, State)> {
    match stage {
        0 => (0..6).filter_map(|by| Some((by, state.serve(by, [0, 1])?))).collect(),
        1 => (0..6).filter_map(|by| Some((by, state.serve(by, [1, 2])?))).collect(),
        2 => (0..3).filter_map(|by| Some((by, state.leave_depot(by)?))).collect(),
        _ => (0..27_u8)
            .filter_map(|code| {
                let passes = [code % 3, code / 3 % 3, code / 9];
                Some((passes.iter().sum(), state.walk(passes)?))
            })
            .collect(),
    }
}
