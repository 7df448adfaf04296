//! Largest gap: the widest stretch without stops of each aisle is left out.

use super::{Course, Stops};

/// # What
///
/// In each block the picker walks through the first aisle if at the front, picks from the back what lies behind the widest
/// gap of each aisle, walks through the last, and picks what is left from the front. The gaps at the two ends count too.
///
/// # Complexity
///
/// `O(aisles + stops log stops)`.
pub(super) fn walk(course: &mut Course<'_>) {
    course.block_by_block(block);
}

fn block(course: &mut Course<'_>, block: usize) {
    let mut aisles = course.aisles(block);
    if course.cross == block {
        let first = aisles.remove(0);
        course.along(first);
        if aisles.is_empty() {
            let stops = course.left[block].remove(&first).unwrap_or_default();
            return course.in_and_out(block, stops);
        }
        course.through(block);
    }
    let (lower, upper) = (course.height(block), course.height(block + 1));
    let Some(last) = aisles.pop() else { return };
    let mut from_front = Vec::new();
    for aisle in aisles {
        let mut below = course.left[block].remove(&aisle).unwrap_or_default();
        let above = below.split_off(widest(&below, lower, upper));
        if !above.is_empty() {
            course.along(aisle);
            course.in_and_out(block, above);
        }
        if !below.is_empty() {
            from_front.push((aisle, below));
        }
    }
    course.along(last);
    course.through(block);
    for (aisle, stops) in from_front.into_iter().rev() {
        course.along(aisle);
        course.in_and_out(block, stops);
    }
}

/// How many stops lie below the widest gap between neighbouring stops and the two ends.
fn widest(stops: &Stops, lower: i64, upper: i64) -> usize {
    let gap = |n: usize| {
        let below = if n == 0 { lower } else { stops[n - 1].0 };
        stops.get(n).map_or(upper, |s| s.0) - below
    };
    // The first of the widest.
    (0..=stops.len())
        .max_by_key(|&n| (gap(n), std::cmp::Reverse(n)))
        .unwrap_or(0)
}

/// Out along the back and home along the front of the whole floor; `split` says how many stops of an aisle are picked from
/// the front.
pub(super) fn around(course: &mut Course<'_>, split: impl Fn(&Stops) -> usize) {
    course.walk_to_cross(0);
    let mut aisles: Vec<(usize, Stops)> = course.whole_aisles().into_iter().collect();
    let back = course.grid.blocks;
    let Some((last, last_stops)) = aisles.pop() else { return };
    if aisles.is_empty() {
        course.along(last);
        return course.in_and_out(0, last_stops);
    }
    let (first, first_stops) = aisles.remove(0);
    course.along(first);
    course.visit(first_stops);
    course.cross = back;
    course.here();
    let mut from_front = Vec::new();
    for (aisle, mut below) in aisles {
        let above = below.split_off(split(&below));
        if !above.is_empty() {
            course.along(aisle);
            course.visit(above.into_iter().rev());
            course.here();
        }
        if !below.is_empty() {
            from_front.push((aisle, below));
        }
    }
    course.along(last);
    course.visit(last_stops.into_iter().rev());
    course.cross = 0;
    course.here();
    for (aisle, stops) in from_front.into_iter().rev() {
        course.along(aisle);
        course.in_and_out(0, stops);
    }
}
