//! What earlier orders left of stock and capacity.

use super::packing::Part;
use crate::cost::price_shipment_from;
use crate::cost::shipment::stock_day;
use crate::index::{IndexVec, NodeIdx, OrderIdx, SkuIdx, StockIdx};
use crate::model::{Node, Problem};
use crate::plan::OrderShipment;

/// A capacity that nothing exhausts.
const UNLIMITED: i64 = i64::MAX / 2;

/// What is left of every coupling row.
pub(super) struct Left {
    stock: IndexVec<StockIdx, u32>,
    /// Shipments, counted by their workload.
    shipments: IndexVec<NodeIdx, i64>,
    lines: IndexVec<NodeIdx, i64>,
    units: IndexVec<NodeIdx, i64>,
}

impl Left {
    /// Everything that the problem has.
    pub(super) fn new(problem: &Problem) -> Self {
        let limits = |f: fn(&Node) -> Option<u32>| {
            problem
                .nodes()
                .iter()
                .map(|n| f(n).map_or(UNLIMITED, i64::from))
                .collect()
        };
        Self {
            stock: problem.stock().iter().map(|row| row.available).collect(),
            shipments: limits(|n| n.max_shipments),
            lines: limits(|n| n.max_lines),
            units: limits(|n| n.max_units),
        }
    }

    /// Units of a SKU left at a node for what leaves as early as it can.
    pub(super) fn of(&self, problem: &Problem, node: NodeIdx, sku: SkuIdx) -> u32 {
        problem.stock_row(node, sku).map_or(0, |row| self.from(problem, row))
    }

    /// Units left for what takes from a stock row on.
    pub(super) fn from(&self, problem: &Problem, row: StockIdx) -> u32 {
        let rows = problem.chains().from(row.0);
        rows.map(|r| self.stock[StockIdx(r)]).min().unwrap_or(0)
    }

    /// Whether a node can make a shipment of this workload.
    pub(super) fn has_shipment(&self, node: NodeIdx, workload: u32) -> bool {
        i64::from(workload) <= self.shipments[node]
    }

    /// Whether a node can fill so many lines and units of one order.
    pub(super) fn has_lines_units(&self, node: NodeIdx, lines: i64, units: i64) -> bool {
        lines <= self.lines[node] && units <= self.units[node]
    }

    /// How many units a node can still handle, up to `most`.
    pub(super) fn units_up_to(&self, node: NodeIdx, most: u32) -> u32 {
        u32::try_from(self.units[node]).map_or(most, |units| units.min(most))
    }

    /// Takes what a shipment of a plan needs.
    pub(super) fn take_shipment(&mut self, problem: &Problem, order: OrderIdx, shipment: &OrderShipment) {
        let travels = (shipment.carriage, shipment.waits_for);
        let cost = price_shipment_from(problem, order, shipment.node, travels, &shipment.fills);
        let (leaves_on, workload) = cost.map_or((None, 1), |cost| (cost.leaves_on, cost.workload));
        self.shipments[shipment.node] -= i64::from(workload);
        self.lines[shipment.node] -= shipment.fills.len() as i64;
        self.units[shipment.node] -= shipment.fills.iter().map(|f| i64::from(f.qty)).sum::<i64>();
        let day = stock_day(problem, shipment.node, leaves_on);
        for fill in &shipment.fills {
            let row = problem.stock_row_on(shipment.node, problem.lines()[fill.line].sku, day);
            self.take_stock(problem, row, fill.qty);
        }
    }

    fn take_stock(&mut self, problem: &Problem, row: Option<StockIdx>, qty: u32) {
        for row in row.into_iter().flat_map(|row| problem.chains().from(row.0)) {
            let left = &mut self.stock[StockIdx(row)];
            *left = left.saturating_sub(qty);
        }
    }

    /// Takes what the shipments of an order need.
    pub(super) fn take(&mut self, problem: &Problem, parts: &[Part]) {
        for part in parts {
            self.shipments[part.node] -= i64::from(part.offer.workload);
            self.lines[part.node] -= part.fills.len() as i64;
            self.units[part.node] -= part.units;
            for fill in &part.fills {
                let row = problem.stock_row(part.node, problem.lines()[fill.line].sku);
                self.take_stock(problem, row, fill.qty);
            }
        }
    }
}
