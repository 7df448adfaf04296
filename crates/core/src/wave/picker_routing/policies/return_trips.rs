//! Return: every aisle with stops is entered and left at the front.

use super::Course;

/// # What
///
/// Along the front from the leftmost to the rightmost aisle with stops, into each as far as the farthest stop and back.
/// Middle cross aisles are not used.
///
/// # Complexity
///
/// `O(aisles + stops log stops)`.
pub(super) fn walk(course: &mut Course<'_>) {
    course.walk_to_cross(0);
    for (aisle, stops) in course.whole_aisles() {
        course.along(aisle);
        course.in_and_out(0, stops);
    }
}
