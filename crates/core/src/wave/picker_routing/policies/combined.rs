//! Combined (composite): each aisle is walked through, or left at the end where it was entered, whichever is better for all.

use super::Course;

/// # What
///
/// The aisles of a block with stops are taken in their order from the nearer side; for each, a dynamic programme over the
/// end at which the picker stands decides between walking through and turning back, so that the block is left at the front
/// after the shortest walk.
///
/// # Complexity
///
/// `O(aisles + stops log stops)`.
///
/// # Source
///
/// K. J. Roodbergen and R. de Koster, "Routing methods for warehouses with multiple cross aisles" (2001).
pub(super) fn walk(course: &mut Course<'_>) {
    course.block_by_block(block);
}

fn block(course: &mut Course<'_>, block: usize) {
    let aisles = course.aisles(block);
    let (lower, upper) = (course.height(block), course.height(block + 1));
    // Along the cross aisles the walk is as long whatever is decided, so only the ways inside the block are added up.
    // `least[end]` is the shortest so far that ends there (0: front, 1: back), with what each aisle does.
    let start = course.cross - block;
    let mut least: [Option<(i64, Vec<bool>)>; 2] = [None, None];
    least[start] = Some((0, Vec::new()));
    for aisle in &aisles {
        let stops = &course.left[block][aisle];
        let (lowest, highest) = (stops[0].0, stops[stops.len() - 1].0);
        let turn = [2 * (highest - lower), 2 * (upper - lowest)];
        let step = |end: usize| {
            let stay = least[end].as_ref().map(|(cost, plan)| (cost + turn[end], plan, false));
            let pass = least[1 - end]
                .as_ref()
                .map(|(cost, plan)| (cost + upper - lower, plan, true));
            let best = stay.into_iter().chain(pass).min_by_key(|x| x.0);
            best.map(|(cost, plan, through)| {
                let mut plan = plan.clone();
                plan.push(through);
                (cost, plan)
            })
        };
        least = [step(0), step(1)];
    }
    let [front, _] = least;
    let plan = front.map(|f| f.1).unwrap_or_default();
    for (aisle, through) in aisles.into_iter().zip(plan) {
        course.along(aisle);
        if through {
            course.through(block);
        } else {
            let stops = course.left[block].remove(&aisle).unwrap_or_default();
            course.in_and_out(block, stops);
        }
    }
    // Turned back in every aisle from the back: cannot be, since the programme ends at the front.
    course.walk_to_cross(block);
}
