//! A first wave: the aisle that brings the most units, again and again, until the ratio only falls.

use super::fill::{Fill, Wave};
use super::presolve::Reduced;
use crate::search::Budget;

/// The best wave along the greedy way, if it meets the least units.
pub(super) fn greedy(reduced: &Reduced, budget: &Budget<'_>) -> Option<Wave> {
    let mut fill = Fill::new(reduced);
    let mut best: Option<Wave> = None;
    let mut stale = 0;
    while !fill.closed.is_empty() && stale < 5 && !budget.overdue() {
        let before = fill.counted();
        let mut most = (-1, u32::MAX);
        for aisle in fill.closed.clone() {
            fill.open(aisle);
            let gain = fill.counted() - before;
            if gain > most.0 || (gain == most.0 && aisle < most.1) {
                most = (gain, aisle);
            }
            fill.undo();
        }
        fill.open(most.1);
        fill.keep();
        stale += 1;
        if fill.units >= reduced.least {
            let wave = fill.wave();
            if wave.units >= reduced.least && wave.beats(best.as_ref()) {
                best = Some(wave);
                stale = 0;
            }
        } else {
            stale = 0;
        }
    }
    budget.spend(fill.work);
    best
}
