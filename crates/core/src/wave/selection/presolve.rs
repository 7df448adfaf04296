//! From a backlog to the reduced problem that the search works on: orders that can never fit are gone, identical orders are
//! one class with a multiplicity, SKUs that nobody orders are gone, and stock is no more than what is ordered of it. Orders of
//! a single line compete for one SKU only: how many units of them any stock can serve is tabled.

use std::collections::BTreeMap;

use super::problem::{Backlog, SkuUnits};
use crate::index::{AisleIdx, OrderIdx};

/// One cell: a SKU (of a class or aisle) or a class (of a SKU), and units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub at: u32,
    pub units: i32,
}

/// Rows of cells, one after another.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    starts: Vec<u32>,
    cells: Vec<Cell>,
}

impl Rows {
    fn of(rows: impl Iterator<Item = Vec<Cell>>) -> Self {
        let mut made = Self {
            starts: vec![0],
            cells: Vec::new(),
        };
        for row in rows {
            made.cells.extend(row);
            made.starts.push(made.cells.len() as u32);
        }
        made
    }

    /// How many rows.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// One row.
    #[inline]
    pub(super) fn row(&self, n: usize) -> &[Cell] {
        &self.cells[self.starts[n] as usize..self.starts[n + 1] as usize]
    }

    /// The columns of these rows as rows.
    fn transposed(&self, columns: usize) -> Vec<Vec<Cell>> {
        let mut rows = vec![Vec::new(); columns];
        for n in 0..self.len() {
            for cell in self.row(n) {
                rows[cell.at as usize].push(Cell {
                    at: n as u32,
                    units: cell.units,
                });
            }
        }
        rows
    }
}

/// A table of single-line orders is no longer than this; beyond it they are classes like the others.
const LONGEST_TABLE: u64 = 1 << 16;

/// The single-line orders of one SKU, by rising units: of so many units, these orders.
pub(super) type Singles = Vec<(i32, Vec<OrderIdx>)>;

/// The reduced problem. Classes, SKUs and aisles are numbered anew.
#[derive(Debug)]
pub(super) struct Reduced {
    /// The lines of a class, by SKU.
    pub classes: Rows,
    /// Orders of each class, rising.
    pub members: Vec<Vec<OrderIdx>>,
    /// Units of one order of each class.
    pub units: Vec<i32>,
    /// What an aisle holds, by SKU; at most what is ordered of it.
    pub aisles: Rows,
    /// The aisle of the backlog.
    pub aisle_of: Vec<AisleIdx>,
    /// The classes that a SKU is in, those first that bring the most units for each unit of it.
    pub wanted_by: Rows,
    /// The aisles that hold a SKU.
    pub held_by: Rows,
    /// What is ordered of a SKU, in all.
    pub ordered: Vec<i32>,
    /// Single-line orders of each SKU that are not among the classes.
    pub singles: Vec<Singles>,
    /// Where the table of a SKU starts.
    tables: Vec<u32>,
    /// The most units that single-line orders can have of a stock of 0, 1, 2, ... units.
    table: Vec<i32>,
    pub least: i64,
    pub most: i64,
}

impl Reduced {
    /// Reduces a backlog.
    pub(super) fn of(backlog: &Backlog) -> Self {
        let all = |row: &[SkuUnits]| row.last().map_or(0, |c| c.sku.0 as usize + 1);
        let rows = || backlog.orders().iter().chain(backlog.aisles());
        let skus = rows().map(|row| all(row)).max().unwrap_or(0);
        let mut stock = vec![0_u64; skus];
        for cell in backlog.aisles().iter().flatten() {
            stock[cell.sku.0 as usize] += u64::from(cell.units);
        }
        let classes = classes_of(backlog, &stock);
        let mut ordered = vec![0_u64; skus];
        let mut single = vec![0_u64; skus];
        for (lines, members) in &classes {
            for &(sku, units) in lines {
                ordered[sku as usize] += u64::from(units) * members.len() as u64;
                if lines.len() == 1 {
                    single[sku as usize] += u64::from(units) * members.len() as u64;
                }
            }
        }
        let mut number = vec![u32::MAX; skus];
        let mut kept = 0;
        for (sku, &units) in ordered.iter().enumerate() {
            if units > 0 {
                number[sku] = kept;
                kept += 1;
            }
        }
        let mut singles: Vec<Singles> = vec![Vec::new(); kept as usize];
        let mut lines: Vec<Vec<Cell>> = Vec::new();
        let mut members = Vec::new();
        for (key, orders) in classes {
            let sku = key[0].0 as usize;
            if key.len() == 1 && single[sku].min(stock[sku]) <= LONGEST_TABLE {
                singles[number[sku] as usize].push((key[0].1 as i32, orders));
                continue;
            }
            let cell = |&(sku, units): &(u32, u32)| Cell {
                at: number[sku as usize],
                units: units as i32,
            };
            lines.push(key.iter().map(cell).collect());
            members.push(orders);
        }
        let capped = |units: u64| i32::try_from(units).unwrap_or(i32::MAX);
        let kept_stock: Vec<u64> = (0..skus).filter(|&s| ordered[s] > 0).map(|s| stock[s]).collect();
        let (tables, table) = tables_of(&singles, &kept_stock);
        let units: Vec<i32> = lines.iter().map(|l| l.iter().map(|c| c.units).sum()).collect();
        let mut aisle_of = Vec::new();
        let mut aisles = Vec::new();
        for (aisle, cells) in backlog.aisles().iter_enumerated() {
            let of_use: Vec<Cell> = cells
                .iter()
                .filter(|c| number[c.sku.0 as usize] != u32::MAX)
                .map(|c| Cell {
                    at: number[c.sku.0 as usize],
                    units: capped(u64::from(c.units).min(ordered[c.sku.0 as usize])),
                })
                .collect();
            if !of_use.is_empty() {
                aisle_of.push(aisle);
                aisles.push(of_use);
            }
        }
        let classes = Rows::of(lines.into_iter());
        let aisles = Rows::of(aisles.into_iter());
        let mut wanted_by = classes.transposed(kept as usize);
        for row in &mut wanted_by {
            // units(class) / units(line), falling; whole numbers, so that it is the same everywhere
            row.sort_by(|a, b| {
                let worth = |x: &Cell, y: &Cell| i64::from(units[x.at as usize]) * i64::from(y.units);
                worth(b, a).cmp(&worth(a, b)).then(a.at.cmp(&b.at))
            });
        }
        Self {
            members,
            units,
            aisle_of,
            wanted_by: Rows::of(wanted_by.into_iter()),
            held_by: Rows::of(aisles.transposed(kept as usize).into_iter()),
            ordered: ordered.iter().filter(|&&u| u > 0).map(|&u| capped(u)).collect(),
            classes,
            aisles,
            singles,
            tables,
            table,
            least: (backlog.least_units() as i64).max(1), // a wave has an order
            most: backlog.most_units() as i64,
        }
    }

    /// How many orders of a class there are.
    #[inline]
    pub(super) fn count(&self, class: usize) -> i32 {
        self.members[class].len() as i32
    }

    /// How many SKUs.
    pub(super) fn skus(&self) -> usize {
        self.ordered.len()
    }

    /// Units that single-line orders of a SKU can have of each stock, from 0 on; a larger stock serves no more.
    #[inline]
    pub(super) fn table(&self, sku: usize) -> &[i32] {
        &self.table[self.tables[sku] as usize..self.tables[sku + 1] as usize]
    }

    /// The most units that single-line orders of a SKU can have of a stock.
    #[inline]
    pub(super) fn loose(&self, sku: usize, stock: i32) -> i32 {
        let table = self.table(sku);
        if stock <= 0 {
            0
        } else {
            table[(stock as usize).min(table.len() - 1)]
        }
    }

    /// Single-line orders of a SKU with the most units of a stock.
    pub(super) fn loose_orders(&self, sku: usize, stock: i32) -> Vec<(i32, OrderIdx)> {
        let singles = &self.singles[sku];
        let target = self.loose(sku, stock) as usize;
        // The reach of the first kinds, one after another, and back.
        let reach = reach(
            singles.iter().map(|(units, orders)| (*units as usize, orders.len())),
            target,
        );
        let mut left = target;
        let mut chosen = Vec::new();
        for (kind, (units, orders)) in singles.iter().enumerate().rev() {
            let mut members = orders.iter();
            while !reach[kind][left] {
                left -= *units as usize;
                chosen.extend(members.next().map(|&o| (*units, o)));
            }
        }
        chosen
    }
}

/// Identical orders, by their lines. An order without lines brings nothing, one above the limit or above the stock never
/// fits, and of one class no more orders are of use than the whole stock can serve.
fn classes_of(backlog: &Backlog, stock: &[u64]) -> BTreeMap<Vec<(u32, u32)>, Vec<OrderIdx>> {
    let mut classes: BTreeMap<Vec<(u32, u32)>, Vec<OrderIdx>> = BTreeMap::new();
    for (order, lines) in backlog.orders().iter_enumerated() {
        let units: u64 = lines.iter().map(|l| u64::from(l.units)).sum();
        let held = lines.iter().all(|l| u64::from(l.units) <= stock[l.sku.0 as usize]);
        if !lines.is_empty() && held && units <= backlog.most_units() {
            let key = lines.iter().map(|l| (l.sku.0, l.units)).collect();
            classes.entry(key).or_default().push(order);
        }
    }
    for (lines, members) in &mut classes {
        let fit = lines.iter().map(|&(s, q)| stock[s as usize] / u64::from(q)).min();
        members.truncate(usize::try_from(fit.unwrap_or(0)).unwrap_or(usize::MAX));
    }
    classes
}

/// Which sums up to `most` the first 0, 1, 2, ... kinds reach; a kind has a size and how often it may be taken.
pub(super) fn reach(kinds: impl Iterator<Item = (usize, usize)>, most: usize) -> Vec<Vec<bool>> {
    let mut first = vec![false; most + 1];
    first[0] = true;
    let mut reached = vec![first];
    for (size, times) in kinds {
        let before = &reached[reached.len() - 1];
        let mut after = before.clone();
        let mut used = vec![0; most + 1]; // fewest of this kind for each sum
        for sum in size.max(1)..=most {
            if !after[sum] && after[sum - size] && used[sum - size] < times {
                after[sum] = true;
                used[sum] = used[sum - size] + 1;
            }
        }
        reached.push(after);
    }
    reached
}

/// For each SKU and stock the most units of its single-line orders.
fn tables_of(singles: &[Singles], stock: &[u64]) -> (Vec<u32>, Vec<i32>) {
    let (mut starts, mut table) = (vec![0], Vec::new());
    for (kinds, &stock) in singles.iter().zip(stock) {
        let ordered: u64 = kinds
            .iter()
            .map(|(units, orders)| *units as u64 * orders.len() as u64)
            .sum();
        let most = ordered.min(stock) as usize;
        let reached = reach(
            kinds.iter().map(|(units, orders)| (*units as usize, orders.len())),
            most,
        );
        let mut best = 0;
        for (sum, &can) in reached[reached.len() - 1].iter().enumerate() {
            if can {
                best = sum as i32;
            }
            table.push(best);
        }
        starts.push(table.len() as u32);
    }
    (starts, table)
}
