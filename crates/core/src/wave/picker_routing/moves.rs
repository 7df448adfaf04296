//! The steps of the dynamic programme over blocks as flat lists of moves from state to state, made once for a layout.

use super::blocks::vertical_cost::{BACK, BACK_OR_BOTH, BOTH, FRONT, FRONT_OR_BOTH, LEAST, ONCE, TWICE};
use super::states::{NONE, States};

/// More than any tour; two of it and any tour stay inside `i64`.
pub(super) const NEVER: i64 = 1 << 60;

/// From one state to another, at one of the costs of the step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Move {
    pub from: u16,
    pub to: u16,
    /// Position in the costs of the step: see `vertical_cost`; along the cross aisles the number of ways.
    pub cost: u8,
    /// Along the cross aisles: two bits each, how many ways go on.
    pub ways: u16,
}

/// All moves of a number of blocks.
#[derive(Debug)]
pub(super) struct Moves {
    /// Number of states, rounded up to a power of two.
    pub width: usize,
    /// By block: past a block without stops.
    pub passing: Vec<Vec<Move>>,
    /// By block: picking a block with stops.
    pub picking: Vec<Vec<Move>>,
    /// At the aisle of the depot: the tour touches its crossing.
    pub depot: Vec<Move>,
    /// To the next aisle.
    pub along: Vec<Move>,
    /// States that are a whole tour.
    pub complete: Vec<usize>,
}

impl Moves {
    pub(super) fn new(states: &States, depot_cross: usize) -> Self {
        let blocks = states.once.len();
        let all = || 0..states.count as u16;
        let depot = all().map(|s| Move {
            from: s,
            to: states.touch[depot_cross][s as usize],
            ..Move::default()
        });
        Self {
            width: states.count.next_power_of_two().max(8),
            passing: (0..blocks).map(|b| passing(states, b)).collect(),
            picking: (0..blocks).map(|b| picking(states, b)).collect(),
            depot: depot.collect(),
            along: all().flat_map(|s| along(states, s)).collect(),
            complete: (0..states.count).filter(|&s| states.complete[s]).collect(),
        }
    }
}

/// Walking through a block once, or twice where that connects something.
fn through(states: &States, block: usize, s: u16) -> impl Iterator<Item = Move> {
    let (once, twice) = (states.once[block][s as usize], states.twice[block][s as usize]);
    let moves = [(once, ONCE), (twice, TWICE)].map(|(to, cost)| Move {
        from: s,
        to,
        cost,
        ways: 0,
    });
    moves.into_iter().filter(|m| m.cost != TWICE || m.to != m.from)
}

fn passing(states: &States, block: usize) -> Vec<Move> {
    let stay = |s| Move {
        from: s,
        to: s,
        cost: LEAST,
        ways: 0,
    };
    (0..states.count as u16)
        .flat_map(|s| std::iter::once(stay(s)).chain(through(states, block, s)))
        .collect()
}

fn picking(states: &States, block: usize) -> Vec<Move> {
    serving(states, block, (FRONT, BACK), None)
}

/// The ways to serve the stops of a block from its ends, and to walk through it. `alone` are the costs of serving them from the
/// front and from the back where only that end is on the tour; `absent` that of leaving them out where neither is.
pub(super) fn serving(states: &States, block: usize, alone: (u8, u8), absent: Option<u8>) -> Vec<Move> {
    let mut moves = Vec::new();
    for s in 0..states.count as u16 {
        let at = s as usize;
        let present = |cross: usize| states.along[cross][at] > 0;
        let (lower, upper, both) = (
            states.touch[block][at],
            states.touch[block + 1][at],
            states.both[block][at],
        );
        let returns: &[(u16, u8)] = match (present(block), present(block + 1)) {
            (true, true) => &[(s, LEAST)],
            (true, false) => &[(s, alone.0), (upper, BACK_OR_BOTH)],
            (false, true) => &[(s, alone.1), (lower, FRONT_OR_BOTH)],
            (false, false) => &[(lower, FRONT), (upper, BACK), (both, BOTH)],
        };
        let absent = absent.filter(|_| !present(block) && !present(block + 1));
        let all = absent.map(|cost| (s, cost)).into_iter().chain(returns.iter().copied());
        moves.extend(all.map(|(to, cost)| Move {
            from: s,
            to,
            cost,
            ways: 0,
        }));
        moves.extend(through(states, block, s));
    }
    moves
}

/// All ways to go on along the cross aisles: an odd end goes on once, an even one twice or not at all.
pub(super) fn along(states: &States, s: u16) -> Vec<Move> {
    let mut moves = vec![Move {
        from: s,
        to: s,
        cost: 0,
        ways: 0,
    }];
    for (cross, (ends, leave)) in states.along.iter().zip(&states.leave).enumerate() {
        let mut next = Vec::new();
        for m in &moves {
            let ways = ends[m.to as usize];
            next.push(Move {
                cost: m.cost + ways,
                ways: m.ways | u16::from(ways) << (2 * cross),
                ..*m
            });
            let left = leave[m.to as usize];
            if ways == 2 && left != NONE {
                next.push(Move { to: left, ..*m });
            }
        }
        moves = next;
    }
    moves
}

/// One step: the cheapest way to each state.
#[inline]
pub(super) fn relax(moves: &[Move], costs: &[i64; 16], now: &[i64], next: &mut [i64]) {
    match now.len() {
        8 => fixed::<8>(moves, costs, now, next),
        32 => fixed::<32>(moves, costs, now, next),
        128 => fixed::<128>(moves, costs, now, next),
        1024 => fixed::<1024>(moves, costs, now, next),
        _ => fixed::<4096>(moves, costs, now, next),
    }
}

/// With a number of states known at compile time (a power of two), so that no access needs a check.
#[inline]
fn fixed<const N: usize>(moves: &[Move], costs: &[i64; 16], now: &[i64], next: &mut [i64]) {
    let (Some(now), Some(next)) = (now.first_chunk::<N>(), next.first_chunk_mut::<N>()) else {
        return;
    };
    next.fill(NEVER);
    for m in moves {
        let reached = now[m.from as usize & (N - 1)].wrapping_add(costs[m.cost as usize & 15]);
        let to = &mut next[m.to as usize & (N - 1)];
        *to = reached.min(*to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_a_size_that_is_compiled() {
        for crosses in 2..=6 {
            let states = States::new(crosses);
            let moves = Moves::new(&states, 0);
            assert!([8, 32, 128, 1024, 4096].contains(&moves.width), "{}", moves.width);
        }
    }
}
