//! The most units of a given set of aisles, by a mixed-integer programme over the orders that it holds.

use super::fill::Wave;
use super::presolve::Reduced;
use crate::quantity::Money;
use crate::search::Budget;
use crate::search::milp::{self, Limits, Milp, Model, Row};

/// Branch-and-bound nodes and seconds of one programme.
const NODES: u64 = 500;
const SECONDS: f64 = 5.0;

/// A wave of the same aisles with more units, if the programme finds one; the single-line orders stay a table: of each SKU
/// they have steps of units, each step a column.
pub(super) fn fill_exactly(reduced: &Reduced, wave: Wave, milp: Milp, budget: &Budget<'_>) -> Wave {
    let mut held = vec![0_i32; reduced.skus()];
    for &aisle in &wave.aisles {
        for cell in reduced.aisles.row(aisle as usize) {
            held[cell.at as usize] += cell.units;
        }
    }
    // Classes that fit, once for each order.
    let mut columns: Vec<u32> = Vec::new();
    for class in 0..reduced.classes.len() {
        let row = reduced.classes.row(class);
        let times = row.iter().map(|c| held[c.at as usize] / c.units).min().unwrap_or(0);
        columns.extend(std::iter::repeat_n(class as u32, times.min(reduced.count(class)) as usize));
    }
    // Where no two of them want the same, or the aisles' units are all taken, nothing can be gained.
    if columns.is_empty() || columns.len() > milp.backend().columns_at_once() || wave.units >= reduced.most {
        return wave;
    }
    let mut rows: Vec<Row> = held
        .iter()
        .map(|&h| Row { terms: Vec::new(), rhs: i64::from(h), equal: false })
        .collect();
    let mut all = Row { terms: Vec::new(), rhs: reduced.most, equal: false };
    let mut costs = Vec::new();
    for (column, &class) in columns.iter().enumerate() {
        for cell in reduced.classes.row(class as usize) {
            rows[cell.at as usize].terms.push((column as u32, i64::from(cell.units)));
        }
        let units = i64::from(reduced.units[class as usize]);
        all.terms.push((column as u32, units));
        costs.push(-units * Money::SCALE);
    }
    // Single lines: to serve `stock` of a SKU brings `table[stock]` units, at most one such column of each SKU.
    let mut steps: Vec<(usize, i32)> = Vec::new();
    let mut ones = Vec::new();
    for sku in 0..reduced.skus() {
        let table = reduced.table(sku);
        if table.len() < 2 || rows[sku].terms.is_empty() {
            continue;
        }
        let mut one = Row { terms: Vec::new(), rhs: 1, equal: false };
        for stock in 1..table.len().min(held[sku].max(0) as usize + 1) {
            if table[stock] > table[stock - 1] {
                let column = (columns.len() + steps.len()) as u32;
                rows[sku].terms.push((column, stock as i64));
                one.terms.push((column, 1));
                all.terms.push((column, i64::from(table[stock])));
                costs.push(-i64::from(table[stock]) * Money::SCALE);
                steps.push((sku, table[stock]));
            }
        }
        ones.push(one);
    }
    // SKUs that only single lines want keep what they have: it is the most.
    let apart: i64 = (0..reduced.skus())
        .filter(|&s| rows[s].terms.is_empty())
        .map(|s| i64::from(reduced.loose(s, held[s])))
        .sum();
    all.rhs -= apart;
    if all.rhs < 0 {
        return wave;
    }
    rows.extend(ones);
    rows.push(all);
    rows.retain(|r| !r.terms.is_empty());
    let limits = Limits {
        seconds: budget.seconds_left().map(|s| s.min(SECONDS)),
        nodes: Some(NODES),
        gap: 0.0,
        threads: 1,
    };
    budget.spend(rows.iter().map(|r| r.terms.len() as u64).sum::<u64>() * 100);
    let model = Model { costs, rows };
    let Some(chosen) = milp::solve(milp, model, None, limits, budget).chosen else {
        return wave;
    };
    let mut taken = vec![0; reduced.classes.len()];
    for &column in chosen.iter().filter(|&&c| (c as usize) < columns.len()) {
        taken[columns[column as usize] as usize] += 1;
    }
    let mut fill = super::fill::Fill::new(reduced);
    if !fill.become_taken(&wave.aisles, &taken) {
        return wave; // rounding of the backend
    }
    let exact = fill.wave();
    if exact.beats(Some(&wave)) { exact } else { wave }
}
