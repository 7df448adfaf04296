//! The backlog of a floor: what there is to do on it, and what its aisles hold.

use std::ops::RangeInclusive;

use super::{Backlog, SkuUnits};
use crate::Error;
use crate::cost::waves::Task;
use crate::model::floor::Floor;
use crate::model::{Layout, Problem};

impl Backlog {
    /// The backlog of a floor of aisles: order `n` is task `n`, aisle `a` the `a`-th of the layout, with all that may be taken
    /// there. Tasks are what [`workload`](crate::cost::waves::workload) says can be done.
    ///
    /// # Errors
    /// Where the layout is a graph, which has no aisles, or as [`Backlog::new`].
    pub fn of_floor(
        problem: &Problem,
        floor: &Floor,
        tasks: &[Task],
        units: RangeInclusive<u64>,
    ) -> Result<Self, Error> {
        let Layout::Aisles(layout) = floor.layout() else {
            let node = problem.node_id(floor.node());
            return Err(Error::options(format!("node {node}: its layout is a graph, which has no aisles")));
        };
        let order = |task: &Task| {
            let lines = task.fills.iter();
            lines.map(|fill| SkuUnits::new(problem.lines()[fill.line].sku, fill.qty)).collect()
        };
        let mut aisles = vec![Vec::new(); layout.aisles()];
        for row in floor.stock() {
            let cell = floor.locations()[row.location].cell;
            aisles[layout.aisle_and_cell(cell).0].push(SkuUnits::new(row.sku, row.available));
        }
        Self::new(tasks.iter().map(order).collect(), aisles, units)
    }
}
