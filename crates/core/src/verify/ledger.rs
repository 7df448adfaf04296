//! The rows of a plan, read once with every index checked: who fills what from where, and what each shipment holds.

use super::figures::Figures;
use super::prices::PriceTable;
use super::watch::Watch;
use super::{Report, Violation, ViolationCode};
use crate::cost::shipment::{quote, stock_day};
use crate::index::{Idx as _, LineIdx, NodeIdx, OrderIdx, ShipmentIdx};
use crate::model::Problem;
use crate::plan::{Assignment, Carriage, Fill, RoutingPlan, Shipment};

/// All units of one line from one node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filled {
    pub(super) line: LineIdx,
    pub(super) node: NodeIdx,
    pub(super) qty: u64,
}

/// What the rows of a plan say, without the rows that name something unknown (those are violations already).
pub(super) struct Ledger<'a> {
    pub(super) problem: &'a Problem,
    pub(super) plan: &'a RoutingPlan,
    /// By line and node, each pair once.
    pub(super) filled: Vec<Filled>,
    /// Units filled of each line.
    pub(super) filled_units: Vec<u64>,
    /// Units stated as unfilled of each line.
    pub(super) unfilled_units: Vec<u64>,
    /// What each shipment of the plan holds, by line; empty where its row names something unknown.
    pub(super) loads: Vec<Vec<Fill>>,
    /// The shipments whose order and node exist.
    pub(super) shipments: Vec<(ShipmentIdx, Shipment)>,
}

impl<'a> Ledger<'a> {
    /// Reads the rows and reports those that do not fit together; `None` where it is over before the last.
    pub(super) fn read(
        problem: &'a Problem,
        plan: &'a RoutingPlan,
        watch: &Watch<'_>,
        report: &mut Report,
    ) -> Option<Self> {
        let mut ledger = Self {
            problem,
            plan,
            filled: Vec::with_capacity(plan.assignments.len()),
            filled_units: vec![0; problem.lines().len()],
            unfilled_units: vec![0; problem.lines().len()],
            loads: vec![Vec::new(); plan.shipments.len()],
            shipments: Vec::with_capacity(plan.shipments.len()),
        };
        ledger.read_shipments(watch, report);
        ledger.read_assignments(watch, report);
        ledger.read_unfilled(watch, report);
        if watch.is_over() {
            return None;
        }
        ledger.check_row_order(report);
        Some(ledger)
    }

    fn read_shipments(&mut self, watch: &Watch<'_>, report: &mut Report) {
        for (n, shipment) in watch.going(&self.plan.shipments).enumerate() {
            let index = ShipmentIdx::new(n);
            if self.knows_order(shipment.order) && self.knows_node(shipment.node) {
                self.shipments.push((index, *shipment));
            } else {
                let message = format!("shipment {} names an order or node that does not exist", n + 1);
                report.add(Violation::new(ViolationCode::UnknownReference, message).in_shipment(index));
            }
        }
    }

    fn read_assignments(&mut self, watch: &Watch<'_>, report: &mut Report) {
        for (n, row) in watch.going(&self.plan.assignments).enumerate() {
            if !self.knows_line(row.line) || !self.knows_node(row.node) {
                let message = format!("assignment {} names a line or node that does not exist", n + 1);
                report.note(ViolationCode::UnknownReference, message);
                continue;
            }
            if row.qty == 0 {
                let message = format!("{} is assigned no units", self.line(row.line));
                report.add(Violation::new(ViolationCode::ZeroQuantity, message).of_line(row.line));
            }
            self.filled_units[row.line.get()] += u64::from(row.qty);
            self.filled.push(Filled {
                line: row.line,
                node: row.node,
                qty: row.qty.into(),
            });
            self.load(row, report);
        }
        if watch.is_over() {
            return;
        }
        self.merge_filled(report);
        for (index, _) in watch.going(&self.shipments) {
            let load = &mut self.loads[index.get()];
            load.sort_unstable();
            if load.is_empty() {
                let message = format!("{} holds nothing", shipment_name(*index));
                report.add(Violation::new(ViolationCode::EmptyShipment, message).in_shipment(*index));
            }
        }
    }

    /// Puts an assignment into its shipment, if it can be there.
    fn load(&mut self, row: &Assignment, report: &mut Report) {
        let fault = match self.plan.shipments.get(row.shipment.get()) {
            None => Some((ViolationCode::UnknownReference, "does not exist")),
            Some(s) if s.order != self.problem.lines()[row.line].order => {
                Some((ViolationCode::ShipmentMismatch, "is of another order"))
            }
            Some(s) if s.node != row.node => Some((ViolationCode::ShipmentMismatch, "leaves another node")),
            Some(_) => None,
        };
        if let Some((code, what)) = fault {
            let message = format!(
                "{} is in {}, which {what}",
                self.line(row.line),
                shipment_name(row.shipment)
            );
            report.add(
                Violation::new(code, message)
                    .of_line(row.line)
                    .at(row.node)
                    .in_shipment(row.shipment),
            );
        } else {
            self.loads[row.shipment.get()].push(Fill {
                line: row.line,
                qty: row.qty,
            });
        }
    }

    /// Sorts what is filled by line and node and adds up repeated pairs, each of which is a violation.
    fn merge_filled(&mut self, report: &mut Report) {
        let mut rows = std::mem::take(&mut self.filled);
        rows.sort_by_key(|f| (f.line, f.node));
        for row in rows {
            match self.filled.last_mut() {
                Some(last) if (last.line, last.node) == (row.line, row.node) => {
                    last.qty += row.qty;
                    let message = format!(
                        "{} is assigned to node {} twice",
                        self.line(row.line),
                        self.problem.node_id(row.node)
                    );
                    let fault = Violation::new(ViolationCode::DuplicateAssignment, message);
                    report.add(fault.of_line(row.line).at(row.node));
                }
                _ => self.filled.push(row),
            }
        }
    }

    fn read_unfilled(&mut self, watch: &Watch<'_>, report: &mut Report) {
        let mut seen = vec![false; self.problem.lines().len()];
        for (n, row) in watch.going(&self.plan.unfilled).enumerate() {
            if !self.knows_line(row.line) {
                let message = format!("unfilled row {} names a line that does not exist", n + 1);
                report.note(ViolationCode::UnknownReference, message);
                continue;
            }
            let code = if row.qty == 0 {
                ViolationCode::ZeroQuantity
            } else if std::mem::replace(&mut seen[row.line.get()], true) {
                ViolationCode::DuplicateUnfilled
            } else {
                self.unfilled_units[row.line.get()] += u64::from(row.qty);
                continue;
            };
            let message = format!(
                "{}: unfilled row {} is of no units or repeats the line",
                self.line(row.line),
                n + 1
            );
            report.add(Violation::new(code, message).of_line(row.line));
        }
    }

    /// Rows are in problem order; shipments by order and then first line. Reported once per table.
    fn check_row_order(&self, report: &mut Report) {
        let assignments = self.plan.assignments.is_sorted_by_key(|a| (a.line, a.shipment));
        let unfilled = self.plan.unfilled.is_sorted_by_key(|u| u.line);
        let first = |s: &Shipment, i: &ShipmentIdx| (s.order, self.loads[i.get()].first().map(|f| f.line), s.node);
        let shipments = self.shipments.is_sorted_by_key(|(i, s)| first(s, i));
        for (sorted, table) in [
            (assignments, "assignments"),
            (unfilled, "unfilled"),
            (shipments, "shipments"),
        ] {
            if !sorted {
                report.note(
                    ViolationCode::RowOrder,
                    format!("{table}: rows are not in the order of the problem"),
                );
            }
        }
    }

    fn knows_order(&self, order: OrderIdx) -> bool {
        order.get() < self.problem.orders().len()
    }

    fn knows_node(&self, node: NodeIdx) -> bool {
        node.get() < self.problem.nodes().len()
    }

    fn knows_line(&self, line: LineIdx) -> bool {
        line.get() < self.problem.lines().len()
    }

    /// `order o1 line 2`, for messages.
    pub(super) fn line(&self, line: LineIdx) -> String {
        line_name(self.problem, line)
    }

    /// The nodes that a line is filled from.
    pub(super) fn fills_of(&self, line: LineIdx) -> &[Filled] {
        let start = self.filled.partition_point(|f| f.line < line);
        let end = self.filled.partition_point(|f| f.line <= line);
        &self.filled[start..end]
    }

    /// What a shipment takes of its node's `max_shipments`.
    pub(super) fn workload(&self, shipment: &Shipment) -> u32 {
        match shipment.carriage {
            Carriage::Pickup => 1,
            Carriage::Service(service) => {
                quote(self.problem, shipment.order, shipment.node, service).map_or(1, |q| q.workload)
            }
        }
    }

    /// What the plan's own way of serving each order costs at these prices: no less than the order's cheapest way. Only of a
    /// plan without violations.
    pub(super) fn at_prices(&self, figures: &Figures, prices: &PriceTable) -> Vec<i128> {
        let mut cost = figures.order_cost.clone();
        for (_, s) in &self.shipments {
            cost[s.order.get()] += prices.shipment(s.node) * i128::from(self.workload(s));
        }
        for (index, s) in &self.shipments {
            let day = stock_day(self.problem, s.node, s.leaves_on);
            for f in &self.loads[index.get()] {
                let sku = self.problem.lines()[f.line].sku;
                let units = prices.unit(s.node, sku, day) * i128::from(f.qty);
                cost[s.order.get()] += prices.line(f.line, s.node) + units;
            }
        }
        cost
    }
}

/// `order o1 line 2`, for messages.
pub(super) fn line_name(problem: &Problem, line: LineIdx) -> String {
    format!(
        "order {} line {}",
        problem.order_id(problem.lines()[line].order),
        problem.line_id(line)
    )
}

/// `shipment 7`, for messages: its id in the files.
pub(super) fn shipment_name(index: ShipmentIdx) -> String {
    format!("shipment {}", index.get() + 1)
}
