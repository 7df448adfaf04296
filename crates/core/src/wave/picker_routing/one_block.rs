//! The length of the shortest tour in one block, by the dynamic programme of Ratliff and Rosenthal.

use super::stops::{Grid, StopSet};

/// More than any tour: sums of two and the length of any tour stay inside `i64`.
const NEVER: i64 = 1 << 60;

/// The shortest tour past the stops, in millimetres; 0 without stops.
///
/// # What
///
/// Aisle by aisle from the left, the cheapest way to have picked everything so far is kept for each of the five ways in
/// which the ways so far can meet the two ends of the current aisle: two ways at one end only (`back`, `front`), one way at
/// each (`odd`), two at each and all connected (`joined`), or two at each in two parts (`parts`), to be connected later.
/// An aisle with stops is walked through once or twice, entered from either end to the farthest stop, or entered from both
/// ends so that the largest gap is left out.
///
/// # Complexity
///
/// `O(stops + aisles)` time, no memory.
///
/// # Source
///
/// H. D. Ratliff and A. S. Rosenthal, "Order-picking in a rectangular warehouse: a solvable case of the traveling salesman
/// problem", Operations Research 31 (1983).
pub(super) fn length(grid: &Grid, stops: &StopSet) -> i64 {
    let Some((first, last)) = grid.range(stops) else {
        return 0;
    };
    let through = grid.crosses[1];
    let (mut back, mut front, mut odd, mut joined, mut parts) = (NEVER, NEVER, NEVER, NEVER, NEVER);
    for aisle in first..=last {
        // What it costs to pick this aisle from the back, from the front, from both ends, or from any.
        let piece = grid.piece(stops, aisle, 0);
        let bare = piece.is_none();
        let (from_back, from_front, from_both, least) = match piece {
            None => (0, 0, 0, 0),
            Some(piece) => {
                let both = if piece.gap > 0 {
                    2 * (through - piece.gap)
                } else {
                    NEVER
                };
                let (b, f) = (2 * (through - piece.lowest), 2 * piece.highest);
                (b, f, both, b.min(f).min(both))
            }
        };
        if aisle == first {
            (back, front, parts) = if bare {
                (NEVER, NEVER, NEVER)
            } else {
                (from_back, from_front, from_both)
            };
            (odd, joined) = (through, 2 * through);
            if bare {
                // The depot's aisle, with nothing to pick: the tour may leave along its cross aisle at once.
                *(if grid.depot_cross == 0 { &mut front } else { &mut back }) = 0;
            }
        } else {
            let one_end = back.min(front);
            let new_parts = if bare {
                parts
            } else {
                let at_back = back + from_front.min(from_both);
                let at_front = front + from_back.min(from_both);
                (parts + least).min(at_back).min(at_front)
            };
            let new_odd = (odd + least).min(one_end.min(joined).min(parts) + through);
            let new_joined = (joined + least)
                .min(one_end.min(parts) + 2 * through)
                .min(odd + through);
            back += from_back;
            front += from_front;
            (odd, joined, parts) = (new_odd, new_joined, new_parts);
        }
        if aisle == grid.depot_aisle {
            // The depot's end is part of the tour, if only as a part that is still to be connected.
            if grid.depot_cross == 0 {
                parts = parts.min(back);
                back = NEVER;
            } else {
                parts = parts.min(front);
                front = NEVER;
            }
        }
        if aisle < last {
            let along = 2 * grid.gaps[aisle];
            back = back.min(joined) + along;
            front = front.min(joined) + along;
            odd += along;
            joined += 2 * along;
            parts += 2 * along;
        }
    }
    back.min(front).min(joined) + grid.depot_both_ways
}
