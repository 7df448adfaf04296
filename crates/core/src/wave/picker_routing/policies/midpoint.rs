//! Midpoint: the front halves of the aisles are picked from the front, the back halves from the back.

use super::Course;

/// # What
///
/// The first and the last aisle with stops are walked through; the others are entered from either end at most as far as
/// the middle. With one aisle, the picker turns back in it. Middle cross aisles are not used.
///
/// # Complexity
///
/// `O(aisles + stops log stops)`.
pub(super) fn walk(course: &mut Course<'_>) {
    let half = course.height(course.grid.blocks);
    super::largest_gap::around(course, |stops| stops.partition_point(|s| 2 * s.0 <= half));
}
