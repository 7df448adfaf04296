//! What a plan may do: the rules of lines, groups, orders, stock and capacity.

use std::collections::BTreeMap;

use super::ledger::{Filled, Ledger, shipment_name};
use super::watch::Watch;
use super::{Report, Violation, ViolationCode};
use crate::cost::shipment::stock_day;
use crate::index::{Idx as _, LineIdx, NodeIdx, OrderIdx, SkuIdx, Sym};
use crate::quantity::Date;

/// Judges what the plan does, whatever it says that this costs, as far as it comes until it is over.
pub(super) fn check(ledger: &Ledger<'_>, watch: &Watch<'_>, report: &mut Report) {
    for f in watch.going(&ledger.filled) {
        check_node_of_line(ledger, f, report);
    }
    for line in watch.going(ledger.problem.lines().indices()) {
        check_quantity(ledger, line, report);
    }
    let shipments = check_shipments(ledger, report);
    for order in watch.going(ledger.problem.orders().indices()) {
        check_order(ledger, order, shipments[order.get()], report);
    }
    check_stock(ledger, watch, report);
    check_capacity(ledger, report);
}

/// Pickup, `ships`, pins and exclusions: whether the node may fill the line at all.
fn check_node_of_line(ledger: &Ledger<'_>, f: &Filled, report: &mut Report) {
    let problem = ledger.problem;
    let line = &problem.lines()[f.line];
    let node = &problem.nodes()[f.node];
    let mut fault = |code, why: &str| {
        let message = format!(
            "{} is filled from node {}, {why}",
            ledger.line(f.line),
            problem.node_id(f.node)
        );
        report.add(
            Violation::new(code, message)
                .of_order(line.order)
                .of_line(f.line)
                .at(f.node),
        );
    };
    match problem.orders()[line.order].pickup_node {
        Some(p) if p != f.node => fault(ViolationCode::Pickup, "but is picked up elsewhere"),
        Some(_) if !node.pickup => fault(ViolationCode::Pickup, "which has no pickup"),
        None if !node.ships => fault(ViolationCode::ShipsFalse, "which does not ship"),
        _ => {}
    }
    if line.pin.is_some_and(|p| p != f.node) {
        fault(ViolationCode::Pin, "but is pinned to another");
    }
    if problem.is_excluded(f.line, f.node) {
        fault(ViolationCode::Exclusion, "which is excluded");
    }
}

/// Filled and unfilled units add up; an indivisible line is whole and in one place.
fn check_quantity(ledger: &Ledger<'_>, line: LineIdx, report: &mut Report) {
    let l = &ledger.problem.lines()[line];
    let (ordered, filled) = (u64::from(l.qty), ledger.filled_units[line.get()]);
    let unfilled = ledger.unfilled_units[line.get()];
    let mut fault = |code| {
        let message = format!(
            "{}: {filled} filled and {unfilled} unfilled of {ordered} units",
            ledger.line(line)
        );
        report.add(Violation::new(code, message).of_order(l.order).of_line(line));
    };
    if filled > ordered {
        fault(ViolationCode::Overfilled);
    } else if filled < ordered && unfilled == 0 {
        fault(ViolationCode::MissingUnfilled);
    } else if filled + unfilled != ordered {
        fault(ViolationCode::Quantity);
    }
    if !l.divisible {
        if ledger.fills_of(line).len() > 1 {
            fault(ViolationCode::SplitLine);
        } else if filled > 0 && filled < ordered {
            fault(ViolationCode::PartialLine);
        }
    }
}

/// At most one shipment per order and node; returns the number of shipments of each order.
fn check_shipments(ledger: &Ledger<'_>, report: &mut Report) -> Vec<usize> {
    let mut count = vec![0; ledger.problem.orders().len()];
    let mut seen = std::collections::HashSet::with_capacity(ledger.shipments.len());
    for (index, s) in &ledger.shipments {
        count[s.order.get()] += 1;
        if !seen.insert((s.order, s.node)) {
            let message = format!(
                "{}: order {} has another shipment from node {}",
                shipment_name(*index),
                ledger.problem.order_id(s.order),
                ledger.problem.node_id(s.node)
            );
            let fault = Violation::new(ViolationCode::TwoShipments, message);
            report.add(fault.of_order(s.order).at(s.node).in_shipment(*index));
        }
    }
    count
}

/// `max_shipments`, `ship_complete` and groups.
fn check_order(ledger: &Ledger<'_>, order: OrderIdx, shipments: usize, report: &mut Report) {
    let problem = ledger.problem;
    let o = &problem.orders()[order];
    let id = problem.order_id(order);
    if let Some(most) = o.max_shipments.filter(|&most| shipments > most as usize) {
        let message = format!("order {id} has {shipments} shipments, at most {most}");
        report.add(Violation::new(ViolationCode::MaxShipments, message).of_order(order));
    }
    let filled = |l: LineIdx| ledger.filled_units[l.get()];
    let is_whole = |l: LineIdx| filled(l) == u64::from(problem.lines()[l].qty);
    if o.ship_complete && o.lines().any(|l| filled(l) > 0) && !o.lines().all(is_whole) {
        let message = format!("order {id} ships in part");
        report.add(Violation::new(ViolationCode::ShipComplete, message).of_order(order));
    }
    let mut first_of_group: BTreeMap<Sym, LineIdx> = BTreeMap::new();
    let nodes = |l: LineIdx| ledger.fills_of(l).iter().map(|f| f.node);
    for line in o.lines() {
        let Some(group) = problem.lines()[line].group else {
            continue;
        };
        let first = *first_of_group.entry(group).or_insert(line);
        if !nodes(first).eq(nodes(line)) {
            let (a, b) = (problem.line_id(first), problem.line_id(line));
            let message = format!("order {id}: lines {a} and {b} of a group do not travel together");
            report.add(
                Violation::new(ViolationCode::Group, message)
                    .of_order(order)
                    .of_line(line),
            );
        }
    }
}

/// Per node and SKU, no more units than are available to promise: in all, and by each date on which more of it comes.
fn check_stock(ledger: &Ledger<'_>, watch: &Watch<'_>, report: &mut Report) {
    let problem = ledger.problem;
    let mut used = BTreeMap::new();
    for f in watch.going(&ledger.filled) {
        *used.entry((f.node, problem.lines()[f.line].sku)).or_insert(0u64) += f.qty;
    }
    for ((node, sku), used) in used {
        let available = problem.available(node, sku);
        if used > u64::from(available) {
            let (node_id, sku) = (problem.node_id(node), problem.sku(sku));
            let message = format!("node {node_id}, SKU {sku}: {used} units used, {available} available");
            report.add(Violation::new(ViolationCode::Stock, message).at(node));
        }
    }
    if problem.chains().is_dated() {
        check_dates(ledger, watch, report);
    }
}

/// For every date of a row: what leaves before it was there before it.
fn check_dates(ledger: &Ledger<'_>, watch: &Watch<'_>, report: &mut Report) {
    let problem = ledger.problem;
    let mut leaving: BTreeMap<(NodeIdx, SkuIdx), Vec<(Date, u64)>> = BTreeMap::new();
    for (index, s) in watch.going(&ledger.shipments) {
        let day = stock_day(problem, s.node, s.leaves_on);
        for f in &ledger.loads[index.get()] {
            let of_sku = leaving.entry((s.node, problem.lines()[f.line].sku)).or_default();
            of_sku.push((day, u64::from(f.qty)));
        }
    }
    for ((node, sku), mut leaving) in leaving {
        if watch.is_over() {
            return;
        }
        leaving.sort_unstable();
        let mut leaving = leaving.into_iter().peekable();
        let (mut there, mut used) = (0, 0u64);
        for row in problem.stock_at(node, sku) {
            let row = problem.stock()[row as usize];
            if let Some(from) = row.available_from {
                while let Some((_, qty)) = leaving.next_if(|l| l.0 < from) {
                    used += qty;
                }
                if used > u64::from(there) {
                    let (node_id, sku) = (problem.node_id(node), problem.sku(sku));
                    let message = format!(
                        "node {node_id}, SKU {sku}: {used} units leave before {from}, {there} are there by then"
                    );
                    report.add(Violation::new(ViolationCode::StockDate, message).at(node));
                }
            }
            there = row.available;
        }
    }
}

/// Per node, no more shipments, lines and units than its capacity.
fn check_capacity(ledger: &Ledger<'_>, report: &mut Report) {
    let nodes = ledger.problem.nodes();
    let (mut shipments, mut lines, mut units) = (
        vec![0u64; nodes.len()],
        vec![0u64; nodes.len()],
        vec![0u64; nodes.len()],
    );
    for (_, s) in &ledger.shipments {
        shipments[s.node.get()] += u64::from(ledger.workload(s));
    }
    for f in &ledger.filled {
        lines[f.node.get()] += 1;
        units[f.node.get()] += f.qty;
    }
    let mut judge = |node: NodeIdx, used: u64, most: Option<u32>, code, what| {
        if let Some(most) = most.filter(|&most| used > u64::from(most)) {
            let message = format!("node {}: {used} {what}, at most {most}", ledger.problem.node_id(node));
            report.add(Violation::new(code, message).at(node));
        }
    };
    for (node, n) in nodes.iter_enumerated() {
        let i = node.get();
        judge(
            node,
            shipments[i],
            n.max_shipments,
            ViolationCode::NodeShipments,
            "shipments",
        );
        judge(node, lines[i], n.max_lines, ViolationCode::NodeLines, "lines");
        judge(node, units[i], n.max_units, ViolationCode::NodeUnits, "units");
    }
}
