//! S-shape (traversal): every aisle with stops is walked through; the last one of a block is left at the front.

use super::Course;

/// # What
///
/// The aisles of a block with stops are walked through one after another, from the nearer side; the picker turns back in the
/// last one if walking through it would end at the back.
///
/// # Complexity
///
/// `O(aisles + stops log stops)`.
pub(super) fn walk(course: &mut Course<'_>) {
    course.block_by_block(|course, block| {
        let aisles = course.aisles(block);
        let last = aisles.len() - 1;
        for (n, aisle) in aisles.into_iter().enumerate() {
            course.along(aisle);
            if n == last && course.cross == block {
                let stops = course.left[block].remove(&aisle).unwrap_or_default();
                course.in_and_out(block, stops);
            } else {
                course.through(block);
            }
        }
    });
}
