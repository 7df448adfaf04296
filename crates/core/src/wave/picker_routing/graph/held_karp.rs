//! The exact order of few stops, by dynamic programming over subsets.

use super::Matrix;

/// The shortest order of all places, beginning with place 0.
///
/// # Complexity
///
/// `O(2^n n^2)` time, `O(2^n n)` space for `n` stops.
///
/// # Source
///
/// M. Held and R. M. Karp, "A dynamic programming approach to sequencing problems", SIAM Journal 10 (1962).
pub(super) fn order(matrix: &Matrix) -> Vec<usize> {
    let stops = matrix.size - 1;
    if stops == 0 {
        return vec![0];
    }
    // `least[set * stops + last]`: shortest from the depot past all of the set, ending at `last` (stops numbered from 0).
    let mut least = vec![i64::MAX; (1 << stops) * stops];
    for last in 0..stops {
        least[(1 << last) * stops + last] = matrix.at(0, last + 1);
    }
    for set in 1usize..1 << stops {
        for last in (0..stops).filter(|last| set >> last & 1 == 1) {
            let so_far = least[set * stops + last];
            for next in (0..stops).filter(|next| set >> next & 1 == 0) {
                let longer = so_far + matrix.at(last + 1, next + 1);
                let known = &mut least[(set | 1 << next) * stops + next];
                *known = longer.min(*known);
            }
        }
    }
    let mut set = (1 << stops) - 1;
    let home = |last: &usize| least[set * stops + last] + matrix.at(last + 1, 0);
    let mut last = (0..stops).min_by_key(home).unwrap_or(0);
    let mut order = vec![last + 1];
    loop {
        let rest = set & !(1 << last);
        if rest == 0 {
            break;
        }
        let goal = least[set * stops + last];
        let before =
            (0..stops).find(|&b| rest >> b & 1 == 1 && least[rest * stops + b] + matrix.at(b + 1, last + 1) == goal);
        let Some(before) = before else { break }; // cannot be: the goal came from one of them
        (set, last) = (rest, before);
        order.push(last + 1);
    }
    order.push(0);
    order.reverse();
    order
}
