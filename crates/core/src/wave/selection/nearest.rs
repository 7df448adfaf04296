//! Orders of a set of aisles that come nearest to the most units of a wave, where the aisles hold more than that.

use super::fill::Wave;
use super::presolve::Reduced;
use crate::index::OrderIdx;

/// Nodes of the search, and orders that it may choose from: it is as deep as there are orders.
const NODES: u32 = 20_000;
const DEEPEST: usize = 2_000;

/// An order to choose: one of a class, or one of a single line.
struct Offer {
    units: i64,
    what: Result<u32, OrderIdx>,
    lines: Vec<(u32, i64)>,
}

/// Depth-first choice of orders that come nearest to the most units; for small sets, or lucky ones.
pub(super) struct Choice<'a> {
    reduced: &'a Reduced,
    /// Each order that fits alone, the largest first.
    orders: Vec<Offer>,
    left: Vec<i64>,
    chosen: Vec<usize>,
    units: i64,
    best: Wave,
    nodes: u32,
}

impl<'a> Choice<'a> {
    /// The orders that these aisles hold.
    pub(super) fn of(reduced: &'a Reduced, wave: &Wave, held: &[i64]) -> Self {
        let mut orders = Vec::new();
        for class in 0..reduced.classes.len() {
            let row = reduced.classes.row(class);
            let lines: Vec<(u32, i64)> = row.iter().map(|c| (c.at, i64::from(c.units))).collect();
            for _ in 0..reduced.count(class) {
                orders.push(Offer {
                    units: i64::from(reduced.units[class]),
                    what: Ok(class as u32),
                    lines: lines.clone(),
                });
            }
        }
        for (sku, singles) in reduced.singles.iter().enumerate() {
            for (units, members) in singles {
                let units = i64::from(*units);
                orders.extend(members.iter().map(|&order| Offer {
                    units,
                    what: Err(order),
                    lines: vec![(sku as u32, units)],
                }));
            }
        }
        orders.retain(|o| o.lines.iter().all(|&(sku, units)| units <= held[sku as usize]));
        orders.sort_by_key(|o| -o.units);
        Self {
            reduced,
            orders,
            left: held.to_vec(),
            chosen: Vec::new(),
            units: 0,
            best: wave.clone(),
            nodes: 0,
        }
    }

    /// The wave found, and whether none comes nearer.
    pub(super) fn best(mut self) -> (Wave, bool) {
        // The recursion is as deep as there are orders.
        let all = self.orders.iter().map(|o| o.units).sum();
        if self.orders.len() > DEEPEST {
            return (self.best, false);
        }
        self.search(0, all);
        let proved = self.nodes < NODES || self.best.units == self.reduced.most;
        (self.best, proved)
    }

    fn search(&mut self, from: usize, rest: i64) {
        self.nodes += 1;
        if self.units > self.best.units {
            self.best.units = self.units;
            self.best.taken.fill(0);
            self.best.loose.clear();
            for &n in &self.chosen {
                match self.orders[n].what {
                    Ok(class) => self.best.taken[class as usize] += 1,
                    Err(order) => self.best.loose.push((self.orders[n].units as i32, order)),
                }
            }
        }
        let done = self.best.units == self.reduced.most || self.nodes >= NODES;
        if done || from == self.orders.len() || self.units + rest <= self.best.units {
            return;
        }
        let (units, lines) = (self.orders[from].units, self.orders[from].lines.clone());
        let fits = lines.iter().all(|&(sku, q)| q <= self.left[sku as usize]);
        if fits && self.units + units <= self.reduced.most {
            for &(sku, q) in &lines {
                self.left[sku as usize] -= q;
            }
            self.units += units;
            self.chosen.push(from);
            self.search(from + 1, rest - units);
            self.chosen.pop();
            self.units -= units;
            for &(sku, q) in &lines {
                self.left[sku as usize] += q;
            }
        }
        self.search(from + 1, rest - units);
    }
}
