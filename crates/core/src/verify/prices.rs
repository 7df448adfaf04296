//! The shadow prices and cuts of a plan, checked and laid out for look-up. What is wrong is reported and counts for
//! nothing, which leaves a valid, weaker set of prices.

use std::collections::{HashMap, HashSet};

use super::knapsack::Knapsack;
use super::ledger::line_name;
use super::watch::Watch;
use super::{Report, Violation, ViolationCode};
use crate::index::{Idx as _, LineIdx, NodeIdx, SkuIdx, StockIdx};
use crate::model::{Node, Problem};
use crate::plan::{Cut, CutResource, ShadowPrices};
use crate::quantity::{Date, Money};

/// Shadow prices by resource, in ten-thousandths and never negative.
pub(super) struct PriceTable<'a> {
    problem: &'a Problem,
    /// Per stock row: its price and those of the later rows of its node and SKU.
    stock: Vec<i128>,
    shipments: Vec<i128>,
    lines: Vec<i128>,
    units: Vec<i128>,
    /// Price x coefficient of all cuts, by line and node.
    cuts: HashMap<(LineIdx, NodeIdx), i128>,
    /// Sum over resources of price x what there is, and over cuts of price x right-hand side.
    rent: i128,
}

impl<'a> PriceTable<'a> {
    /// Reads prices and cuts and reports everything that is wrong with them. Proving the cuts takes so many steps at most,
    /// and no time once it is over; cuts that are not checked then count for nothing.
    pub(super) fn read(
        problem: &'a Problem,
        prices: &ShadowPrices,
        (steps, watch): (u64, &Watch<'_>),
        report: &mut Report,
    ) -> Self {
        let none = || vec![0; problem.nodes().len()];
        let mut table = Self {
            problem,
            stock: vec![0; problem.stock().len()],
            shipments: none(),
            lines: none(),
            units: none(),
            cuts: HashMap::new(),
            rent: 0,
        };
        let undated = prices.stock.iter().map(|&(node, sku, price)| (node, sku, None, price));
        let dated = prices
            .incoming
            .iter()
            .map(|&(n, k, from, price)| (n, k, Some(from), price));
        table.read_stock(undated.chain(dated), report);
        warn_unless_sorted(prices.stock.is_sorted_by_key(|&(n, k, _)| (n, k)), "stock", report);
        let key = |&(n, k, from, _): &(NodeIdx, SkuIdx, Date, Money)| (n, k, from);
        warn_unless_sorted(prices.incoming.is_sorted_by_key(key), "stock of a date", report);
        let capacities: [Capacity<'_>; 3] = [
            (
                "shipments",
                &prices.shipments,
                |n| n.max_shipments,
                &mut table.shipments,
            ),
            ("lines", &prices.lines, |n| n.max_lines, &mut table.lines),
            ("units", &prices.units, |n| n.max_units, &mut table.units),
        ];
        for capacity in capacities {
            table.rent += read_capacity(problem, capacity, report);
        }
        table.read_cuts(&prices.cuts, (steps, watch), report);
        table
    }

    /// Proves cut by cut while steps are left, and adds the prices of those that are true.
    fn read_cuts(&mut self, cuts: &[Cut], (mut steps, watch): (u64, &Watch<'_>), report: &mut Report) {
        let mut left_out: Vec<usize> = Vec::new();
        for (n, cut) in cuts.iter().enumerate() {
            if watch.is_over() {
                left_out.extend(n..cuts.len());
                break;
            }
            if let Some((code, message)) = self.fault_of_cut(cut) {
                let fault = Violation::new(code, format!("cut {}: {message}", n + 1));
                report.add(fault);
            } else if !self.add_cut(n, cut, (&mut steps, watch), report) {
                left_out.push(n);
            }
        }
        if let Some(first) = left_out.first() {
            let message = format!(
                "{} of {} cuts are not checked, cut {} first, and count for nothing",
                left_out.len(),
                cuts.len(),
                first + 1
            );
            report.note(ViolationCode::CutsNotChecked, message);
        }
    }

    fn read_stock(&mut self, rows: impl Iterator<Item = (NodeIdx, SkuIdx, Option<Date>, Money)>, report: &mut Report) {
        let mut seen = HashSet::with_capacity(rows.size_hint().0);
        for (node, sku, from, price) in rows {
            let known = node.get() < self.problem.nodes().len() && sku.get() < self.problem.items().len();
            let name = || {
                let from = from.map_or_else(String::new, |from| format!(", from {from}"));
                format!(
                    "stock of node {}, SKU {}{from}",
                    self.problem.node_id(node),
                    self.problem.sku(sku)
                )
            };
            if !known {
                report.note(
                    ViolationCode::PriceReference,
                    "a price of stock names an unknown node or SKU".to_owned(),
                );
            } else if !seen.insert((node, sku, from)) {
                report.add(Violation::new(ViolationCode::PriceDuplicate, name()).at(node));
            } else if price < Money::ZERO {
                report.add(Violation::new(ViolationCode::PriceNegative, name()).at(node));
            } else if let Some(row) = self.problem.stock_row_of(node, sku, from) {
                let price = i128::from(price.ten_thousandths());
                self.stock[row.get()] = price;
                self.rent += price * i128::from(self.problem.stock()[row.get()].available);
            } else if from.is_some() {
                let message = format!("{}: there is no such row", name());
                report.add(Violation::new(ViolationCode::PriceReference, message).at(node));
            }
        }
        // A unit that takes from a row takes from all later ones of its node and SKU.
        let chains = self.problem.chains();
        if chains.is_dated() {
            for r in (0..self.stock.len()).rev() {
                if chains.last(r as u32) != r as u32 {
                    self.stock[r] += self.stock[r + 1];
                }
            }
        }
    }

    /// Why a cut is no true statement about the problem; its coefficients against its right-hand side come later.
    fn fault_of_cut(&self, cut: &Cut) -> Option<(ViolationCode, String)> {
        let problem = self.problem;
        let known_sku = match cut.resource {
            CutResource::Stock(sku) => sku.get() < problem.items().len(),
            CutResource::Units => true,
        };
        let unknown_line = cut.terms.iter().any(|t| t.line.get() >= problem.lines().len());
        if cut.node.get() >= problem.nodes().len() || !known_sku || unknown_line {
            return Some((
                ViolationCode::CutReference,
                "it names an unknown node, SKU or line".to_owned(),
            ));
        }
        if cut.price <= Money::ZERO {
            return Some((ViolationCode::CutPrice, "its price is not above 0".to_owned()));
        }
        if self.what_there_is(cut).is_none() {
            return Some((
                ViolationCode::CutUnlimited,
                format!("units of node {} are unlimited", problem.node_id(cut.node)),
            ));
        }
        let mut seen = HashSet::with_capacity(cut.terms.len());
        for term in &cut.terms {
            let line = &problem.lines()[term.line];
            let why = if term.coefficient == 0 {
                "has coefficient 0"
            } else if !seen.insert(term.line) {
                "is in it twice"
            } else if line.divisible {
                "is divisible"
            } else if matches!(cut.resource, CutResource::Stock(sku) if sku != line.sku) {
                "is of another SKU"
            } else {
                continue;
            };
            return Some((
                ViolationCode::CutTerm,
                format!("{} {why}", line_name(problem, term.line)),
            ));
        }
        None
    }

    /// Units of the cut's row; `None` where they are unlimited.
    fn what_there_is(&self, cut: &Cut) -> Option<u32> {
        match cut.resource {
            CutResource::Stock(sku) => Some(self.problem.available(cut.node, sku)),
            CutResource::Units => self.problem.nodes()[cut.node].max_units,
        }
    }

    /// Proves the cut by an exact knapsack and adds its prices; false where that takes more steps than are left, or it is over.
    fn add_cut(&mut self, n: usize, cut: &Cut, (steps, watch): (&mut u64, &Watch<'_>), report: &mut Report) -> bool {
        let units = self.what_there_is(cut).unwrap_or(0);
        let items = cut
            .terms
            .iter()
            .map(|t| (self.problem.lines()[t.line].qty, t.coefficient));
        let price = i128::from(cut.price.ten_thousandths());
        let rent = price
            .checked_mul(i128::from(cut.rhs))
            .and_then(|r| self.rent.checked_add(r));
        // Of one that is too large there is nothing to find.
        let mut most = None;
        if let Some(knapsack) = Knapsack::new(units, items) {
            let Some(left) = steps.checked_sub(knapsack.steps()) else {
                return false;
            };
            *steps = left;
            most = knapsack.most(watch);
            if most.is_none() {
                return false;
            }
        }
        match (most, rent) {
            (Some(most), _) if most > cut.rhs => {
                let message = format!(
                    "cut {}: coefficients of {most} fit into {units} units, rhs is {}",
                    n + 1,
                    cut.rhs
                );
                report.add(Violation::new(ViolationCode::CutInvalid, message).at(cut.node));
            }
            (Some(_), Some(rent)) => {
                self.rent = rent;
                for t in &cut.terms {
                    *self.cuts.entry((t.line, cut.node)).or_insert(0) += price * i128::from(t.coefficient);
                }
            }
            _ => {
                let message = format!("cut {} is too large to be checked", n + 1);
                report.add(Violation::new(ViolationCode::CutTooLarge, message).at(cut.node));
            }
        }
        true
    }

    /// Price of a shipment (of one unit of workload) from a node.
    pub(super) fn shipment(&self, node: NodeIdx) -> i128 {
        self.shipments[node.get()]
    }

    /// Price of filling a line from a node, cuts included; units apart.
    pub(super) fn line(&self, line: LineIdx, node: NodeIdx) -> i128 {
        let cuts = if self.cuts.is_empty() {
            0
        } else {
            self.cuts.get(&(line, node)).copied().unwrap_or(0)
        };
        self.lines[node.get()] + cuts
    }

    /// Price of a unit of a SKU that leaves a node on a day: its stock and the node's units.
    pub(super) fn unit(&self, node: NodeIdx, sku: SkuIdx, day: Date) -> i128 {
        let row = self.problem.stock_row_on(node, sku, day);
        self.units[node.get()] + row.map_or(0, |row| self.stock[row.get()])
    }

    /// As [`Self::unit`], for the first stock row that it takes from.
    pub(super) fn unit_of(&self, row: StockIdx) -> i128 {
        self.units[self.problem.stock()[row.get()].node.get()] + self.stock[row.get()]
    }

    /// What B(p) subtracts: the price of everything that there is.
    pub(super) const fn rent(&self) -> i128 {
        self.rent
    }
}

/// Name, stated prices, limit of a node, and where the prices go.
type Capacity<'a> = (
    &'static str,
    &'a [(NodeIdx, Money)],
    fn(&Node) -> Option<u32>,
    &'a mut Vec<i128>,
);

/// Reads the prices of one kind of capacity; returns the sum of price x capacity.
fn read_capacity(problem: &Problem, (what, rows, limit, prices): Capacity<'_>, report: &mut Report) -> i128 {
    let mut seen = HashSet::with_capacity(rows.len());
    let mut rent = 0;
    for &(node, price) in rows {
        let Some(n) = problem.nodes().get(node) else {
            report.note(
                ViolationCode::PriceReference,
                format!("a price of {what} names an unknown node"),
            );
            continue;
        };
        let most = limit(n);
        let code = if !seen.insert(node) {
            ViolationCode::PriceDuplicate
        } else if price < Money::ZERO {
            ViolationCode::PriceNegative
        } else if most.is_none() && price > Money::ZERO {
            ViolationCode::PriceUnlimited
        } else {
            prices[node.get()] = i128::from(price.ten_thousandths());
            rent += prices[node.get()] * i128::from(most.unwrap_or(0));
            continue;
        };
        report.add(Violation::new(code, format!("{what} of node {}: price {price}", problem.node_id(node))).at(node));
    }
    warn_unless_sorted(rows.is_sorted_by_key(|&(n, _)| n), what, report);
    rent
}

fn warn_unless_sorted(sorted: bool, what: &str, report: &mut Report) {
    if !sorted {
        report.note(
            ViolationCode::RowOrder,
            format!("prices of {what} are not in the order of the problem"),
        );
    }
}
