//! From which pick location each line is taken: first near the depot and from as few places as can be, then, batch by batch,
//! where that makes the tour shorter.

use std::collections::HashMap;

use super::site::Site;
use super::tour::Walker;
use crate::index::{PickLocationIdx, SkuIdx};
use crate::plan::PickChoice;
use crate::quantity::Distance;

/// Units that no pick of the plan takes yet, by SKU and pick location.
#[derive(Clone, Debug)]
pub(crate) struct Shelves {
    left: HashMap<(SkuIdx, PickLocationIdx), u32>,
}

impl Shelves {
    /// All that may be taken.
    pub(crate) fn new(site: &Site<'_>) -> Self {
        let left = site
            .floor
            .stock()
            .iter()
            .map(|row| ((row.sku, row.location), row.available));
        Self { left: left.collect() }
    }

    fn there(&self, sku: SkuIdx, location: PickLocationIdx) -> u32 {
        self.left.get(&(sku, location)).copied().unwrap_or_default()
    }

    fn change(&mut self, sku: SkuIdx, location: PickLocationIdx, by: i64) {
        let left = self.left.entry((sku, location)).or_default();
        *left = (i64::from(*left) + by) as u32;
    }

    /// Takes what a task needs: of each line all from the place nearest to the depot that has it, else from those that have
    /// most.
    pub(crate) fn take(&mut self, site: &Site<'_>, walker: &Walker<'_>, task: u32) -> Vec<PickChoice> {
        let mut picks = Vec::new();
        for fill in &site.tasks[task as usize].fills {
            let sku = site.problem.lines()[fill.line].sku;
            let mut places: Vec<(u32, Distance, PickLocationIdx)> = site
                .floor
                .stock_of(sku)
                .iter()
                .map(|row| (self.there(sku, row.location), walker.way_to(row.location), row.location))
                .filter(|row| row.0 > 0)
                .collect();
            let whole = places.iter().filter(|row| row.0 >= fill.qty);
            if let Some(&place) = whole.min_by_key(|row| (row.1, row.2)) {
                places = vec![place];
            } else {
                places.sort_by_key(|&(qty, far, location)| (std::cmp::Reverse(qty), far, location));
            }
            let mut open = fill.qty;
            for (there, _, location) in places {
                let qty = open.min(there);
                open -= qty;
                if qty > 0 {
                    self.change(sku, location, -i64::from(qty));
                    let line = fill.line;
                    picks.push(PickChoice { location, line, qty });
                }
            }
            debug_assert_eq!(open, 0, "the workload holds only what there is");
        }
        picks
    }

    /// Moves single picks of a batch to other places of their SKUs as long as the tour gets shorter. Whether any moved.
    pub(crate) fn settle(&mut self, site: &Site<'_>, walker: &mut Walker<'_>, picks: &mut [PickChoice]) -> bool {
        let mut moved = false;
        let mut time = walker.time(picks);
        let mut again = true;
        while again {
            again = false;
            for n in 0..picks.len() {
                let pick = picks[n];
                let sku = site.problem.lines()[pick.line].sku;
                let rows = site.floor.stock_of(sku);
                if rows.len() < 2 {
                    continue;
                }
                for row in rows {
                    let there = picks[n].location;
                    // A line takes from a pick location once.
                    let is_taken = picks
                        .iter()
                        .any(|p| p.location == row.location && p.line == pick.line && p.location != there);
                    if row.location == there || is_taken || self.there(sku, row.location) < pick.qty {
                        continue;
                    }
                    picks[n].location = row.location;
                    let new = walker.time(picks);
                    if new < time {
                        time = new;
                        self.change(sku, there, i64::from(pick.qty));
                        self.change(sku, row.location, -i64::from(pick.qty));
                        (moved, again) = (true, true);
                    } else {
                        picks[n].location = there;
                    }
                }
            }
        }
        moved
    }
}
