//! A small linear programme by the simplex tableau, in floats: its duals are only proposed as values, which the exact bound of
//! [`shipments`](super::shipments) then judges.
//!
//! ```text
//! least  cost x columns + cost x rests      row: its columns + its rest (- surplus, in covering rows) = right-hand side
//! ```
//!
//! Source: G. B. Dantzig, "Linear Programming and Extensions" (1963).

use crate::pace::Pace;

/// A reduced cost above this is taken for zero or more.
const ZERO: f64 = -1e-2;
/// Entries below this are taken for zero.
const SMALL: f64 = 1e-9;

pub(super) struct Tableau {
    /// The first rows cover: more than the right-hand side will do.
    covering: usize,
    /// Cost of what is missing in each row.
    rest: Vec<f64>,
    /// Columns as they stand; first the rests, one per row, then what was added.
    columns: Vec<Vec<f64>>,
    reduced: Vec<f64>,
    right: Vec<f64>,
    /// Which column, or which surplus, stands for each row.
    basis: Vec<Basic>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Basic {
    Column(usize),
    Surplus(usize),
}

impl Tableau {
    /// Rows with the cost of what is missing in each and its right-hand side.
    pub(super) fn new(covering: usize, rest: Vec<f64>, mut right: Vec<f64>) -> Self {
        let rows = rest.len();
        let unit = |r: usize| {
            let mut column = vec![0.0; rows];
            column[r] = 1.0;
            column
        };
        // A trifle less to cover, a trifle more room, another in each row, so that ties are rare.
        for (r, x) in right.iter_mut().enumerate() {
            let trifle = 1e-7 * (1 + (r * 31 + 7) % 89) as f64;
            *x += if r < covering { -trifle } else { trifle };
        }
        Self {
            covering,
            columns: (0..rows).map(unit).collect(),
            reduced: vec![0.0; rows],
            basis: (0..rows).map(Basic::Column).collect(),
            rest,
            right,
        }
    }

    /// Adds a column with entries of 1 in these rows; returns its number.
    pub(super) fn add(&mut self, rows: impl Iterator<Item = usize>, cost: f64) {
        let mut column = vec![0.0; self.rest.len()];
        let mut reduced = cost;
        for r in rows {
            reduced -= self.dual(r);
            for (x, y) in column.iter_mut().zip(&self.columns[r]) {
                *x += y;
            }
        }
        self.columns.push(column);
        self.reduced.push(reduced);
    }

    /// The dual of a row.
    pub(super) fn dual(&self, row: usize) -> f64 {
        self.rest[row] - self.reduced[row]
    }

    /// Pivots until nothing pays, or it is over.
    pub(super) fn solve(&mut self, pace: &Pace<'_>) {
        for _ in 0..40 * self.rest.len() {
            if pace.spend(self.columns.len() * self.rest.len() / 16) {
                return;
            }
            let Some((reduced, enters)) = self.entering() else {
                return;
            };
            let column = match enters {
                Basic::Column(c) => self.columns[c].clone(),
                Basic::Surplus(r) => self.columns[r].iter().map(|x| -x).collect(),
            };
            let ratios = (0..column.len()).filter(|&r| column[r] > SMALL);
            let leaves = ratios.min_by(|&a, &b| (self.right[a] / column[a]).total_cmp(&(self.right[b] / column[b])));
            let Some(row) = leaves else { return };
            self.pivot(row, &column, reduced);
            self.basis[row] = enters;
        }
    }

    /// What pays most to bring in.
    fn entering(&self) -> Option<(f64, Basic)> {
        let mut best = (ZERO, None);
        for (c, &reduced) in self.reduced.iter().enumerate() {
            if reduced < best.0 {
                best = (reduced, Some(Basic::Column(c)));
            }
        }
        for r in 0..self.covering {
            if self.dual(r) < best.0 {
                best = (self.dual(r), Some(Basic::Surplus(r)));
            }
        }
        best.1.map(|enters| (best.0, enters))
    }

    fn pivot(&mut self, row: usize, by: &[f64], by_reduced: f64) {
        for (column, reduced) in self.columns.iter_mut().zip(&mut self.reduced) {
            if column[row] != 0.0 {
                *reduced -= by_reduced * clear(column, row, by);
            }
        }
        clear(&mut self.right, row, by);
        for x in &mut self.right {
            *x = x.max(0.0);
        }
    }

    /// The columns in use, counted from the first that was added, with how much of each.
    pub(super) fn used(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        let rows = self.rest.len();
        self.basis.iter().zip(&self.right).filter_map(move |(b, &x)| match *b {
            Basic::Column(c) if c >= rows && x > 1e-5 => Some((c - rows, x)),
            _ => None,
        })
    }
}

/// Eliminates a column's entries but that of the pivot's row, which becomes the quotient; returns it.
fn clear(column: &mut [f64], row: usize, by: &[f64]) -> f64 {
    let quotient = column[row] / by[row];
    for (x, y) in column.iter_mut().zip(by) {
        *x -= quotient * y;
    }
    column[row] = quotient;
    quotient
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two pieces that one shipment of 5 holds together, or two of 2 and 4 apart; then one of 3 for both appears.
    #[test]
    fn the_duals_are_those_of_the_best_shares() {
        let mut t = Tableau::new(2, vec![10.0, 10.0, 0.0], vec![1.0, 1.0, 1.0]);
        t.solve(&Pace::new(&|| false));
        assert!((t.dual(0) + t.dual(1) - 20.0).abs() < 1e-6);
        t.add([0, 1, 2].into_iter(), 5.0);
        t.solve(&Pace::new(&|| false));
        assert!((t.dual(0) + t.dual(1) + t.dual(2) - 5.0).abs() < 1e-6);
        assert_eq!(t.used().map(|(c, _)| c).collect::<Vec<_>>(), [0]);
        t.add([0].into_iter(), 2.0);
        t.add([1].into_iter(), 4.0);
        t.add([0, 1, 2].into_iter(), 3.0);
        t.solve(&Pace::new(&|| false));
        assert!((t.dual(0) + t.dual(1) + t.dual(2) - 3.0).abs() < 1e-6);
        assert!(t.dual(0) <= 2.0 + 1e-6 && t.dual(1) <= 4.0 + 1e-6 && t.dual(2) <= 1e-6);
    }
}
