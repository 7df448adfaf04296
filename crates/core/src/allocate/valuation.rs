//! What things cost a searching order: at no prices, at shadow prices, and beside what the other orders leave, with hard or
//! with soft limits.

use super::book::{Book, Entry, NEVER};
use super::price::Valuation;
use super::state::Left;
use crate::index::Idx as _;
use crate::model::StockChains;

/// No prices, no limits: what things cost.
pub(crate) struct Free<'a> {
    pub book: &'a Book<'a>,
}

impl Valuation for Free<'_> {
    const LIMITS: bool = false;
    fn piece(&self, entry: &Entry, _cell: usize, _row: u32, qty: u32) -> i64 {
        let node = &self.book.problem.nodes()[entry.node];
        node.line_cost.ten_thousandths() + node.unit_cost.ten_thousandths() * i64::from(qty)
    }
    fn line(&self, entry: &Entry) -> i64 {
        self.book.problem.nodes()[entry.node].line_cost.ten_thousandths()
    }
    fn shipment(&self, _entry: &Entry) -> i64 {
        0
    }
    fn fits(&self, _entry: &Entry, _lines: u32, _units: u32) -> bool {
        true
    }
    fn available(&self, row: u32) -> u32 {
        self.book.problem.stock()[row as usize].available
    }
}

/// Shadow prices on what every order takes; other orders do not matter.
pub(crate) struct Priced {
    /// Per stock row: unit cost and prices of a unit that takes from it on.
    pub unit: Vec<i64>,
    /// Per node: line cost and price of a line.
    pub line: Vec<i64>,
    /// Per node: price of a shipment.
    pub shipment: Vec<i64>,
    /// Per cell of the book (a piece at an entry): prices of cuts; empty without cuts.
    cuts: Vec<i64>,
    available: Vec<u32>,
    chains: StockChains,
}

impl Priced {
    pub(crate) fn new(book: &Book<'_>, prices: &super::shadow::Prices) -> Self {
        let nodes = book.problem.nodes();
        let stock = book.problem.stock();
        let unit = stock.iter().zip(&prices.stock);
        let mut unit: Vec<i64> = unit
            .map(|(r, p)| nodes[r.node].unit_cost.ten_thousandths() + prices.units[r.node.get()] + p)
            .collect();
        let chains = book.problem.chains();
        if chains.is_dated() {
            for r in (0..unit.len()).rev() {
                if chains.last(r as u32) != r as u32 {
                    // The prices of the later rows; costs and the node's price stand in both.
                    unit[r] = prices.stock[r] + unit[r + 1];
                }
            }
        }
        let line = nodes
            .iter()
            .zip(&prices.lines)
            .map(|(n, p)| n.line_cost.ten_thousandths() + p)
            .collect();
        let cuts = super::cuts::prices_by_cell(book, &prices.cuts);
        Self {
            unit,
            line,
            shipment: prices.shipments.clone(),
            cuts,
            available: stock.iter().map(|r| r.available).collect(),
            chains: chains.clone(),
        }
    }
}

impl Valuation for Priced {
    const LIMITS: bool = false;
    #[inline]
    fn piece(&self, entry: &Entry, cell: usize, row: u32, qty: u32) -> i64 {
        let cuts = self.cuts.get(cell).copied().unwrap_or(0);
        self.line[entry.node.get()] + self.unit[row as usize] * i64::from(qty) + cuts
    }
    #[inline]
    fn line(&self, entry: &Entry) -> i64 {
        self.line[entry.node.get()]
    }
    #[inline]
    fn shipment(&self, entry: &Entry) -> i64 {
        self.shipment[entry.node.get()] * i64::from(entry.workload)
    }
    fn fits(&self, _entry: &Entry, _lines: u32, _units: u32) -> bool {
        true
    }
    fn available(&self, row: u32) -> u32 {
        self.available[row as usize]
    }
}

/// Prices, and nothing beyond what is left.
pub(crate) struct Hard<'a> {
    pub prices: &'a Priced,
    pub left: &'a Left,
}

impl Valuation for Hard<'_> {
    const LIMITS: bool = true;
    #[inline]
    fn piece(&self, entry: &Entry, cell: usize, row: u32, qty: u32) -> i64 {
        if self.left.stock_from(&self.prices.chains, row) < i64::from(qty) {
            NEVER
        } else {
            self.prices.piece(entry, cell, row, qty)
        }
    }
    fn line(&self, entry: &Entry) -> i64 {
        self.prices.line(entry)
    }
    #[inline]
    fn shipment(&self, entry: &Entry) -> i64 {
        if self.left.shipments[entry.node.get()] < i64::from(entry.workload) {
            NEVER
        } else {
            self.prices.shipment(entry)
        }
    }
    #[inline]
    fn fits(&self, entry: &Entry, lines: u32, units: u32) -> bool {
        let n = entry.node.get();
        self.left.lines[n] >= i64::from(lines) && self.left.units[n] >= i64::from(units)
    }
    fn available(&self, row: u32) -> u32 {
        let left = self.left.stock_from(&self.prices.chains, row);
        left.clamp(0, i64::from(u32::MAX)) as u32
    }
}

/// Prices, and a penalty for every unit, line or shipment beyond what is left.
pub(crate) struct Soft<'a> {
    pub prices: &'a Priced,
    pub left: &'a Left,
    /// Penalty per unit of overuse.
    pub penalty: i64,
}

impl Valuation for Soft<'_> {
    const LIMITS: bool = false;
    #[inline]
    fn piece(&self, entry: &Entry, cell: usize, row: u32, qty: u32) -> i64 {
        let n = entry.node.get();
        let qty64 = i64::from(qty);
        let over = |left: i64| (qty64 - left.max(0)).max(0);
        let line = i64::from(self.left.lines[n] <= 0);
        let rows = self.prices.chains.from(row);
        let short: i64 = rows.map(|r| over(self.left.stock[r as usize])).sum();
        self.prices.piece(entry, cell, row, qty)
            + self.penalty * short
            + self.penalty * (over(self.left.units[n]) + line)
    }
    fn line(&self, entry: &Entry) -> i64 {
        self.prices.line(entry) + self.penalty * i64::from(self.left.lines[entry.node.get()] <= 0)
    }
    #[inline]
    fn shipment(&self, entry: &Entry) -> i64 {
        let over = (i64::from(entry.workload) - self.left.shipments[entry.node.get()].max(0)).max(0);
        self.prices.shipment(entry) + self.penalty * over
    }
    fn fits(&self, _entry: &Entry, _lines: u32, _units: u32) -> bool {
        true
    }
    fn available(&self, row: u32) -> u32 {
        self.prices.available(row)
    }
}
