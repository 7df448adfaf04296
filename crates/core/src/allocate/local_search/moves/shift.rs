//! Shift: one order takes another option.

use super::{Counts, Gain, Move};
use crate::allocate::local_search::plan::Plan;
use crate::allocate::local_search::table::Table;

#[derive(Default)]
pub(in super::super) struct Shift {
    counts: Counts,
}

impl Move for Shift {
    fn supports(&self, table: &Table) -> bool {
        table.cost.len() > table.orders()
    }

    /// The first option that gains.
    fn evaluate(&mut self, plan: &mut Plan<'_>, order: u32, limit: i64) -> Option<Gain> {
        self.counts.evaluated += 1;
        let (table, present) = (plan.table, plan.option[order as usize]);
        for option in table.options(order) {
            if table.reduced[option as usize] > limit {
                break;
            }
            if option != present {
                let change = plan.change(order, option);
                if change < 0 {
                    let steps = vec![(order, option)];
                    return Some(Gain { change, steps });
                }
            }
        }
        None
    }

    fn counts(&mut self) -> &mut Counts {
        &mut self.counts
    }
}
