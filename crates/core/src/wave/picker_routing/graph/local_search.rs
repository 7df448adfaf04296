//! A short order of many stops: 2-opt and Or-opt from the nearest neighbour, kicked out of local optima.

use super::Matrix;
use crate::search::Random;

/// Longest piece that Or-opt moves.
const PIECE: usize = 3;
/// Kicks per stop.
const KICKS: usize = 8;

/// A short order of all places, beginning with place 0. The same for the same distances.
///
/// # What
///
/// The nearest neighbour first; then reversals of a piece (2-opt) and moves of up to three stops to elsewhere, either way
/// round (Or-opt), while they shorten the tour; then kicks that exchange two neighbouring pieces (double bridge), each
/// kept where the tour is no longer after the same moves.
///
/// # Complexity
///
/// `O(n^2)` for each round of moves; `8 n` kicks.
///
/// # Source
///
/// I. Or (1976) and G. A. Croes (1958) for the moves; O. Martin, S. W. Otto and E. W. Felten, "Large-step Markov chains for
/// the traveling salesman problem", Complex Systems 5 (1991), for the kicks.
pub(super) fn order(matrix: &Matrix) -> Vec<usize> {
    let n = matrix.size;
    let mut order = nearest_neighbour(matrix);
    descend(matrix, &mut order);
    let mut length = matrix.length(&order);
    let mut random = Random::stream(0, "graph tour", n as u64);
    for _ in 0..KICKS * n {
        let mut cuts: [usize; 3] = std::array::from_fn(|_| 1 + random.below(n as u64 - 1) as usize);
        cuts.sort_unstable();
        let [a, b, c] = cuts;
        if a == b || b == c {
            continue;
        }
        let mut kicked = order[..a].to_vec();
        kicked.extend_from_slice(&order[b..c]);
        kicked.extend_from_slice(&order[a..b]);
        kicked.extend_from_slice(&order[c..]);
        descend(matrix, &mut kicked);
        let shorter = matrix.length(&kicked);
        if shorter <= length {
            (order, length) = (kicked, shorter);
        }
    }
    order
}

fn nearest_neighbour(matrix: &Matrix) -> Vec<usize> {
    let mut left: Vec<usize> = (1..matrix.size).collect();
    let mut order = vec![0];
    let mut at = 0;
    while let Some(nearest) = (0..left.len()).min_by_key(|&i| (matrix.at(at, left[i]), left[i])) {
        at = left.swap_remove(nearest);
        order.push(at);
    }
    order
}

/// Moves until none shortens the tour.
fn descend(matrix: &Matrix, order: &mut Vec<usize>) {
    while two_opt(matrix, order) || or_opt(matrix, order) {}
}

/// Reverses the first piece that shortens the tour, again and again. Whether any did.
fn two_opt(matrix: &Matrix, order: &mut [usize]) -> bool {
    let n = order.len();
    let mut any = false;
    for i in 0..n - 1 {
        for j in i + 2..n {
            let (before, first) = (order[i], order[i + 1]);
            let (last, after) = (order[j], order[(j + 1) % n]);
            if before == after {
                continue;
            }
            let now = matrix.at(before, first) + matrix.at(last, after);
            if matrix.at(before, last) + matrix.at(first, after) < now {
                order[i + 1..=j].reverse();
                any = true;
            }
        }
    }
    any
}

/// Moves the first piece that shortens the tour. Whether one did.
fn or_opt(matrix: &Matrix, order: &mut Vec<usize>) -> bool {
    let n = order.len();
    for size in 1..=PIECE.min(n.saturating_sub(2)) {
        for i in 1..=n - size {
            let (before, first) = (order[i - 1], order[i]);
            let (last, after) = (order[i + size - 1], order[(i + size) % n]);
            let saved = matrix.at(before, first) + matrix.at(last, after) - matrix.at(before, after);
            for j in (0..i - 1).chain(i + size..n) {
                let (a, b) = (order[j], order[(j + 1) % n]);
                let gap = matrix.at(a, b);
                let straight = matrix.at(a, first) + matrix.at(last, b) - gap;
                let turned = matrix.at(a, last) + matrix.at(first, b) - gap;
                if straight.min(turned) < saved {
                    let mut piece: Vec<usize> = order.drain(i..i + size).collect();
                    if turned < straight {
                        piece.reverse();
                    }
                    let at = if j < i { j + 1 } else { j + 1 - size };
                    order.splice(at..at, piece);
                    return true;
                }
            }
        }
    }
    false
}
