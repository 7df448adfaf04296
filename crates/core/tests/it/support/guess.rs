//! Random prices, cuts and allocations of a tiny problem.

use std::collections::BTreeMap;

use clapot::cost::price_shipment;
use clapot::index::{NodeIdx, OrderIdx, ServiceIdx};
use clapot::model::Problem;
use clapot::plan::{Allocation, Carriage, Cut, CutResource, CutTerm, Fill, OrderShipment, ShadowPrices};
use clapot::quantity::Money;

use super::oracle;
use super::random::Random;
use super::tiny::Shape;

/// The kind of problem of a seed: a third with divisible lines, half of them tight, a fifth with incoming stock.
pub(crate) fn shape(seed: u64) -> Shape {
    Shape {
        divisible: seed.is_multiple_of(3),
        tight: seed.is_multiple_of(2),
        dated: seed % 5 == 2,
        units: None,
    }
}

/// Random prices of limited resources.
pub(crate) fn some_prices(random: &mut Random, problem: &Problem) -> ShadowPrices {
    let mut price = |percent, most| {
        random
            .chance(percent)
            .then(|| Money::from_ten_thousandths(random.between(0, most)))
    };
    let mut prices = ShadowPrices::default();
    for row in problem.stock() {
        let Some(price) = price(40, 60_000) else { continue };
        match row.available_from {
            None => prices.stock.push((row.node, row.sku, price)),
            Some(from) => prices.incoming.push((row.node, row.sku, from, price)),
        }
    }
    prices.stock.sort_by_key(|p| (p.0, p.1));
    prices.incoming.sort_by_key(|p| (p.0, p.1, p.2));
    for (node, n) in problem.nodes().iter_enumerated() {
        prices
            .shipments
            .extend(n.max_shipments.and_then(|_| price(50, 30_000)).map(|p| (node, p)));
        prices
            .lines
            .extend(n.max_lines.and_then(|_| price(50, 20_000)).map(|p| (node, p)));
        prices
            .units
            .extend(n.max_units.and_then(|_| price(50, 20_000)).map(|p| (node, p)));
    }
    prices
}

/// A valid cut over a random row, its right-hand side found by enumeration; `None` where the row has no indivisible line.
pub(crate) fn some_cut(random: &mut Random, problem: &Problem) -> Option<Cut> {
    let node = random.pick(&problem.nodes().indices().collect::<Vec<_>>());
    let resource = if random.chance(50) {
        CutResource::Units
    } else {
        CutResource::Stock(problem.lines().as_slice().first()?.sku)
    };
    let have = oracle::row_of(problem, node, resource)?;
    let fits_row = |sku| resource == CutResource::Units || resource == CutResource::Stock(sku);
    let lines = problem
        .lines()
        .iter_enumerated()
        .filter(|(_, l)| !l.divisible && fits_row(l.sku));
    let terms: Vec<CutTerm> = lines
        .map(|(line, l)| CutTerm {
            line,
            coefficient: random.pick(&[1, 1, l.qty, 4]),
        })
        .take(12)
        .collect();
    let sum = |set: usize, f: &dyn Fn(&CutTerm) -> i128| -> i128 {
        terms
            .iter()
            .enumerate()
            .filter(|(i, _)| set >> i & 1 == 1)
            .map(|(_, t)| f(t))
            .sum()
    };
    let fit = (0..1 << terms.len()).filter(|&s| sum(s, &|t| problem.lines()[t.line].qty.into()) <= have);
    let rhs = fit.map(|s| sum(s, &|t| t.coefficient.into())).max()? as u64;
    let price = Money::from_ten_thousandths(random.between(1, 300_000));
    (!terms.is_empty()).then_some(Cut {
        node,
        resource,
        rhs,
        price,
        terms,
    })
}

/// Lines thrown at nodes with little regard for the rules; the figures will be right.
pub(crate) fn careless(random: &mut Random, problem: &Problem) -> Allocation {
    let mut allocation = Allocation::empty(problem.orders().len());
    for order in problem.orders().indices() {
        let mut loads: BTreeMap<NodeIdx, Vec<Fill>> = BTreeMap::new();
        let favourite = NodeIdx(random.below(problem.nodes().len()) as u32);
        for line in problem.orders()[order].lines() {
            let node = if random.chance(60) {
                favourite
            } else {
                NodeIdx(random.below(problem.nodes().len()) as u32)
            };
            let whole = problem.lines()[line].qty;
            let qty = if random.chance(10) { 1 } else { whole };
            if random.chance(70) {
                loads.entry(node).or_default().push(Fill { line, qty });
            }
        }
        for (node, fills) in loads {
            if let Some(carriage) = some_carriage(random, problem, order, node, &fills) {
                allocation.orders[order.0 as usize].push(OrderShipment {
                    node,
                    carriage,
                    waits_for: None,
                    fills,
                });
            }
        }
    }
    allocation
}

fn some_carriage(
    random: &mut Random,
    problem: &Problem,
    order: OrderIdx,
    node: NodeIdx,
    fills: &[Fill],
) -> Option<Carriage> {
    let services = (0..problem.service_ids().len() as u32).map(|s| Carriage::Service(ServiceIdx(s)));
    let offered = |&c: &Carriage| price_shipment(problem, order, node, c, fills).is_ok();
    let all: Vec<_> = services.chain([Carriage::Pickup]).filter(offered).collect();
    (!all.is_empty()).then(|| random.pick(&all))
}
