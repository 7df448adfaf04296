//! Ejection chain: an order takes another option though that costs; then another order leaves a row that is now overused
//! or moves to a row that was freed; and so on, until the whole gains or the chain is as long as allowed.
//!
//! ```text
//! value = bound of the prices + sum over orders of reduced cost + sum over rows of waste
//! ```
//! No term is negative, so a chain can only gain what the orders and rows it touches have of these. It is given up once the
//! reduced costs that its steps add exceed a share of the waste of the rows they touch, as found. (Ejection chains for
//! assignment: Yagiura, Ibaraki & Glover 2004 and 2006; the criterion is that of Lin & Kernighan 1973.)

use super::{Counts, Gain, Move, Step};
use crate::allocate::local_search::plan::Plan;
use crate::allocate::local_search::table::Table;

/// Most steps.
const LENGTH: usize = 3;
/// Most ways to go on from a step but the last.
const WIDTH: usize = 3;
/// The share of the waste of its rows that a chain may hope for: one in so many.
const HOPE: i64 = 2;

/// A step that may follow: the change of the value, and the step.
type Next = (i64, Step);

#[derive(Default)]
pub(in super::super) struct Chain {
    counts: Counts,
    steps: Vec<Step>,
    /// Rows whose waste is counted.
    rows: Vec<u32>,
    /// Per length the steps that may follow.
    next: [Vec<Next>; LENGTH],
}

impl Move for Chain {
    fn supports(&self, table: &Table) -> bool {
        table.rows() > 0 && table.cost.len() > table.orders()
    }

    /// The first chain that gains, the steps after the first by what they change.
    fn evaluate(&mut self, plan: &mut Plan<'_>, order: u32, limit: i64) -> Option<Gain> {
        self.counts.evaluated += 1;
        let (table, present) = (plan.table, plan.option[order as usize]);
        let freed = plan.waste_of(present, &[]);
        for option in table.options(order) {
            if table.reduced[option as usize] > limit {
                break;
            }
            if option == present {
                continue;
            }
            self.rows.clear();
            self.rows.extend(table.takes(present).iter().map(|t| t.0));
            let waste = freed + plan.waste_of(option, &self.rows);
            let budget = waste / HOPE - added(table, present, option);
            if budget <= 0 {
                continue;
            }
            self.rows.extend(table.takes(option).iter().map(|t| t.0));
            self.steps.clear();
            self.steps.push((order, option));
            let change = plan.change(order, option);
            plan.apply(order, option);
            let total = self.extend(plan, present, (change, budget), limit);
            plan.apply(order, present);
            if let Some(change) = total {
                let steps = self.steps.clone();
                return Some(Gain { change, steps });
            }
        }
        None
    }

    fn counts(&mut self) -> &mut Counts {
        &mut self.counts
    }
}

/// What a step adds to the reduced costs.
fn added(table: &Table, from: u32, to: u32) -> i64 {
    table.reduced[to as usize] - table.reduced[from as usize]
}

impl Chain {
    /// Looks for the rest of a chain whose last step is made and freed `from`; the change of the whole if it gains.
    fn extend(&mut self, plan: &mut Plan<'_>, from: u32, (change, budget): (i64, i64), limit: i64) -> Option<i64> {
        let length = self.steps.len();
        let last = length + 1 == LENGTH;
        let mut next = std::mem::take(&mut self.next[length]);
        self.follow(plan, from, budget, limit, &mut next, if last { 1 } else { WIDTH });
        let mut total = None;
        if let Some(&(by, step)) = next.first().filter(|n| change + n.0 < 0) {
            self.steps.push(step);
            total = Some(change + by);
        } else if !last {
            for &(by, (order, option)) in &next {
                let (table, old) = (plan.table, plan.option[order as usize]);
                let waste = plan.waste_of(option, &self.rows) + plan.waste_of(old, &self.rows);
                let budget = budget + waste / HOPE - added(table, old, option);
                if budget <= 0 {
                    continue;
                }
                let rows = self.rows.len();
                let touched = table.takes(old).iter().chain(table.takes(option));
                self.rows.extend(touched.map(|t| t.0));
                self.steps.push((order, option));
                plan.apply(order, option);
                total = self.extend(plan, old, (change + by, budget), limit);
                plan.apply(order, old);
                if total.is_some() {
                    break;
                }
                self.steps.pop();
                self.rows.truncate(rows);
            }
        }
        self.next[length] = next;
        total
    }

    /// The `width` best steps of other orders after one that freed `from`.
    fn follow(&self, plan: &mut Plan<'_>, from: u32, budget: i64, limit: i64, best: &mut Vec<Next>, width: usize) {
        best.clear();
        let table = plan.table;
        let Some(&(_, got)) = self.steps.last() else { return };
        for &(row, _) in table.takes(got) {
            if plan.left[row as usize] >= 0 {
                continue;
            }
            for i in 0..plan.holders(row).len() {
                let order = plan.holders(row)[i];
                if self.has(order) {
                    continue;
                }
                let old = plan.option[order as usize];
                let reach = budget + table.reduced[old as usize];
                for option in table.options(order) {
                    let reduced = table.reduced[option as usize];
                    if reduced > limit {
                        break;
                    }
                    if option != old && (reduced < reach || reduced < reach + plan.waste_of(option, &self.rows)) {
                        keep(best, (plan.change(order, option), (order, option)), width);
                    }
                }
            }
        }
        for &(row, _) in table.takes(from) {
            if plan.left[row as usize] <= 0 {
                continue;
            }
            for &option in table.takers(row) {
                let reduced = table.reduced[option as usize];
                if reduced > limit {
                    break;
                }
                let order = table.order[option as usize];
                let old = plan.option[order as usize];
                let reach = budget + table.reduced[old as usize];
                if option != old
                    && (reduced < reach || reduced < reach + plan.waste_of(old, &self.rows))
                    && !self.has(order)
                {
                    keep(best, (plan.change(order, option), (order, option)), width);
                }
            }
        }
    }

    fn has(&self, order: u32) -> bool {
        self.steps.iter().any(|s| s.0 == order)
    }
}

/// Inserts a step among the best, sorted, each once.
#[inline]
fn keep(best: &mut Vec<Next>, next: Next, width: usize) {
    if best.len() == width {
        if best.last().is_none_or(|worst| *worst <= next) {
            return;
        }
        best.pop();
    }
    let at = best.partition_point(|n| *n < next);
    if best.get(at) != Some(&next) {
        best.insert(at, next);
    }
}
