//! Brute force: every way of serving every order of a tiny problem, and so the proven optimum and the exact bound.
//!
//! It reads the rules by itself and shares no code with the solver or the verifier; only the price of a single shipment is
//! that of `cost`. Slow on purpose.

use std::collections::BTreeMap;

use clapot::cost::price_shipment_from;
use clapot::index::{LineIdx, NodeIdx, OrderIdx, ServiceIdx, SkuIdx};
use clapot::model::Problem;
use clapot::plan::{Allocation, Carriage, CutResource, Fill, OrderShipment, ShadowPrices};
use clapot::quantity::Date;

/// Something of which there is only so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Resource {
    /// What leaves before the date of the next row of the node and SKU, of the row of this date.
    Stock(NodeIdx, SkuIdx, Option<Date>),
    Shipments(NodeIdx),
    Lines(NodeIdx),
    Units(NodeIdx),
}

/// How much there is of it; `None` = unlimited.
pub(crate) fn there_is(problem: &Problem, resource: Resource) -> Option<i128> {
    let limit = match resource {
        Resource::Stock(node, sku, from) => {
            let mut rows = problem.stock().iter().filter(|r| r.node == node && r.sku == sku);
            let row = rows.find(|r| r.available_from == from);
            Some(row.map_or(0, |r| r.available))
        }
        Resource::Shipments(node) => problem.nodes()[node].max_shipments,
        Resource::Lines(node) => problem.nodes()[node].max_lines,
        Resource::Units(node) => problem.nodes()[node].max_units,
    };
    limit.map(i128::from)
}

/// The dates of a node's rows of a SKU, rising, no date first.
fn dates(problem: &Problem, node: NodeIdx, sku: SkuIdx) -> Vec<Option<Date>> {
    let rows = problem.stock().iter().filter(|r| r.node == node && r.sku == sku);
    let mut dates: Vec<_> = rows.map(|r| r.available_from).collect();
    dates.sort_unstable();
    dates
}

/// Units of a SKU at a node, of any date.
pub(crate) fn all_stock(problem: &Problem, node: NodeIdx, sku: SkuIdx) -> i128 {
    let last = dates(problem, node, sku).pop();
    last.and_then(|from| there_is(problem, Resource::Stock(node, sku, from)))
        .unwrap_or(0)
}

/// The rows of a node and SKU in whose span a day falls: all but those whose next row is there by then.
fn rows_of_day(problem: &Problem, node: NodeIdx, sku: SkuIdx, day: Date) -> Vec<Resource> {
    let dates = dates(problem, node, sku);
    let next = |i: usize| dates.get(i + 1).copied().flatten();
    let rows = (0..dates.len()).filter(|&i| next(i).is_none_or(|next| day < next));
    rows.map(|i| Resource::Stock(node, sku, dates[i])).collect()
}

/// One way to serve one order.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) cost: i128,
    pub(crate) shipments: Vec<OrderShipment>,
    pub(crate) takes: BTreeMap<Resource, i128>,
}

/// Where the units of a line come from.
type Choice = Vec<(NodeIdx, u32)>;

/// Every way to serve an order that its own rules allow, with at most the stock of each node for each line by itself.
pub(crate) fn ways(problem: &Problem, order: OrderIdx) -> Vec<Way> {
    let lines: Vec<LineIdx> = problem.orders()[order].lines().collect();
    let choices: Vec<Vec<Choice>> = lines.iter().map(|&l| choices(problem, l)).collect();
    let mut ways = Vec::new();
    let mut picked = vec![0; lines.len()];
    loop {
        let pick: Vec<&Choice> = picked.iter().zip(&choices).map(|(&n, c)| &c[n]).collect();
        if order_allows(problem, order, &lines, &pick) {
            ways.extend(carried(problem, order, &lines, &pick));
        }
        // The next combination, like a counter.
        let Some(at) = (0..picked.len()).find(|&i| picked[i] + 1 < choices[i].len()) else {
            return ways;
        };
        picked[at] += 1;
        picked[..at].fill(0);
    }
}

/// Every way to fill a line, the empty one (unfilled) included.
fn choices(problem: &Problem, line: LineIdx) -> Vec<Choice> {
    let l = &problem.lines()[line];
    let mut choices: Vec<Choice> = vec![Vec::new()];
    for node in problem.nodes().indices().filter(|&n| may_fill(problem, line, n)) {
        let available = all_stock(problem, node, l.sku).min(l.qty.into()) as u32;
        if !l.divisible {
            if available >= l.qty {
                choices.push(vec![(node, l.qty)]);
            }
            continue;
        }
        let before = choices.clone();
        for qty in 1..=available {
            for choice in &before {
                if choice.iter().map(|c| c.1).sum::<u32>() + qty <= l.qty {
                    choices.push(choice.iter().copied().chain([(node, qty)]).collect());
                }
            }
        }
    }
    choices
}

pub(crate) fn may_fill(problem: &Problem, line: LineIdx, node: NodeIdx) -> bool {
    let l = &problem.lines()[line];
    let open = match problem.orders()[l.order].pickup_node {
        Some(p) => p == node && problem.nodes()[node].pickup,
        None => problem.nodes()[node].ships,
    };
    let order_excluded = problem.order_exclusions().contains(&(l.order, node));
    let line_excluded = problem.line_exclusions().contains(&(line, node));
    open && (l.pin.is_none() || l.pin == Some(node)) && !order_excluded && !line_excluded
}

/// Groups and `ship_complete`; `max_shipments` needs the shipments and comes with them.
fn order_allows(problem: &Problem, order: OrderIdx, lines: &[LineIdx], pick: &[&Choice]) -> bool {
    let units = |choice: &Choice| choice.iter().map(|c| c.1).sum::<u32>();
    let line = |i: usize| &problem.lines()[lines[i]];
    let together = (0..lines.len()).all(|a| {
        (0..a).all(|b| {
            let same_group = line(a).group.is_some() && line(a).group == line(b).group;
            !same_group || pick[a].first().map(|c| c.0) == pick[b].first().map(|c| c.0)
        })
    });
    let some = pick.iter().any(|c| !c.is_empty());
    let whole = (0..lines.len()).all(|i| units(pick[i]) == line(i).qty);
    together && (!problem.orders()[order].ship_complete || !some || whole)
}

/// The ways to carry what was picked: every combination of services.
fn carried(problem: &Problem, order: OrderIdx, lines: &[LineIdx], pick: &[&Choice]) -> Vec<Way> {
    let mut loads: BTreeMap<NodeIdx, Vec<Fill>> = BTreeMap::new();
    let mut unfilled = 0;
    for (&line, choice) in lines.iter().zip(pick) {
        let l = &problem.lines()[line];
        let mut left = l.qty;
        for &(node, qty) in *choice {
            loads.entry(node).or_default().push(Fill { line, qty });
            left -= qty;
        }
        unfilled += i128::from(l.unfilled_penalty.ten_thousandths()) * i128::from(left);
    }
    if problem.orders()[order]
        .max_shipments
        .is_some_and(|most| loads.len() > most as usize)
    {
        return Vec::new();
    }
    let split = i128::from(problem.objective().split_penalty.ten_thousandths()) * (loads.len().max(1) as i128 - 1);
    let mut ways = vec![Way {
        cost: unfilled + split,
        shipments: Vec::new(),
        takes: BTreeMap::new(),
    }];
    for (node, fills) in loads {
        let by: Vec<Way> = services(problem, order, node, &fills);
        ways = ways
            .iter()
            .flat_map(|way| by.iter().map(|more| both(way, more)))
            .collect();
    }
    ways
}

/// Every way to carry one shipment: by each service, at once or waiting for any of the stock of what it holds.
pub(crate) fn services(problem: &Problem, order: OrderIdx, node: NodeIdx, fills: &[Fill]) -> Vec<Way> {
    let listed = (0..problem.service_ids().len() as u32).map(|s| Carriage::Service(ServiceIdx(s)));
    let skus = fills.iter().map(|f| problem.lines()[f.line].sku);
    let mut waits: Vec<Option<Date>> = skus.flat_map(|sku| dates(problem, node, sku)).collect();
    waits.push(None);
    waits.sort_unstable();
    waits.dedup();
    let each = listed.chain([Carriage::Pickup]);
    let each = each.flat_map(|carriage| waits.iter().map(move |&from| (carriage, from)));
    each.filter_map(|travels| carried_so(problem, order, node, travels, fills))
        .collect()
}

/// One shipment; `None` where it cannot travel so, or where a line is not there on the day that it leaves.
fn carried_so(
    problem: &Problem,
    order: OrderIdx,
    node: NodeIdx,
    travels: (Carriage, Option<Date>),
    fills: &[Fill],
) -> Option<Way> {
    let cost = price_shipment_from(problem, order, node, travels, fills).ok()?;
    let day = cost.leaves_on.unwrap_or(problem.nodes()[node].ready.date);
    let mut takes = BTreeMap::new();
    for fill in fills {
        let sku = problem.lines()[fill.line].sku;
        let there = |from: &Option<Date>| from.is_none_or(|from| from <= day);
        let by_day = dates(problem, node, sku).into_iter().rfind(there)?;
        if there_is(problem, Resource::Stock(node, sku, by_day))? < i128::from(fill.qty) {
            return None;
        }
        for row in rows_of_day(problem, node, sku, day) {
            *takes.entry(row).or_insert(0) += i128::from(fill.qty);
        }
        *takes.entry(Resource::Units(node)).or_insert(0) += i128::from(fill.qty);
        *takes.entry(Resource::Lines(node)).or_insert(0) += 1;
    }
    takes.insert(Resource::Shipments(node), cost.workload.into());
    let money = [cost.transport, cost.handling, cost.late].map(|m| i128::from(m.ten_thousandths()));
    let shipment = OrderShipment {
        node,
        carriage: travels.0,
        waits_for: travels.1,
        fills: fills.to_vec(),
    };
    Some(Way {
        cost: money.iter().sum(),
        shipments: vec![shipment],
        takes,
    })
}

fn both(a: &Way, b: &Way) -> Way {
    let mut both = a.clone();
    both.cost += b.cost;
    both.shipments.extend(b.shipments.iter().cloned());
    for (&resource, n) in &b.takes {
        *both.takes.entry(resource).or_insert(0) += n;
    }
    both
}

/// The optimum of a tiny problem: its allocation and its cost; `None` where there are more than `limit` combinations.
pub(crate) fn optimum(problem: &Problem, limit: u128) -> Option<(Allocation, i128)> {
    let options: Vec<Vec<Way>> = problem
        .orders()
        .indices()
        .map(|o| undominated(ways(problem, o)))
        .collect();
    if options.iter().map(|w| w.len() as u128).product::<u128>() > limit {
        return None;
    }
    let mut best: Option<(Vec<&Way>, i128)> = None;
    combine(problem, &options, &mut Vec::new(), 0, &mut best);
    let (ways, cost) = best?;
    Some((
        Allocation {
            orders: ways.iter().map(|w| w.shipments.clone()).collect(),
        },
        cost,
    ))
}

/// For equal use of resources only the cheapest way.
fn undominated(ways: Vec<Way>) -> Vec<Way> {
    let mut cheapest: BTreeMap<BTreeMap<Resource, i128>, Way> = BTreeMap::new();
    for way in ways {
        let known = cheapest.entry(way.takes.clone()).or_insert_with(|| way.clone());
        if way.cost < known.cost {
            *known = way;
        }
    }
    let mut ways: Vec<Way> = cheapest.into_values().collect();
    ways.sort_by_key(|w| w.cost);
    ways
}

fn combine<'a>(
    problem: &Problem,
    options: &'a [Vec<Way>],
    chosen: &mut Vec<&'a Way>,
    cost: i128,
    best: &mut Option<(Vec<&'a Way>, i128)>,
) {
    if best.as_ref().is_some_and(|(_, least)| cost >= *least) {
        return;
    }
    let Some(ways) = options.get(chosen.len()) else {
        *best = Some((chosen.clone(), cost));
        return;
    };
    for way in ways {
        chosen.push(way);
        if fits(problem, chosen) {
            combine(problem, options, chosen, cost + way.cost, best);
        }
        chosen.pop();
    }
}

/// Whether all resources suffice for these ways together.
fn fits(problem: &Problem, ways: &[&Way]) -> bool {
    let mut used: BTreeMap<Resource, i128> = BTreeMap::new();
    for way in ways {
        for (&resource, n) in &way.takes {
            *used.entry(resource).or_insert(0) += n;
        }
    }
    used.into_iter()
        .all(|(resource, n)| there_is(problem, resource).is_none_or(|most| n <= most))
}

/// The price of a unit of a resource.
fn price(prices: &ShadowPrices, resource: Resource) -> i128 {
    let found = match resource {
        Resource::Stock(n, k, None) => prices.stock.iter().find(|p| (p.0, p.1) == (n, k)).map(|p| p.2),
        Resource::Stock(n, k, Some(from)) => {
            let found = prices.incoming.iter().find(|p| (p.0, p.1, p.2) == (n, k, from));
            found.map(|p| p.3)
        }
        Resource::Shipments(n) => prices.shipments.iter().find(|p| p.0 == n).map(|p| p.1),
        Resource::Lines(n) => prices.lines.iter().find(|p| p.0 == n).map(|p| p.1),
        Resource::Units(n) => prices.units.iter().find(|p| p.0 == n).map(|p| p.1),
    };
    found.map_or(0, |p| p.ten_thousandths().into())
}

/// What a way costs at shadow prices, cuts included.
pub(crate) fn at_prices(way: &Way, prices: &ShadowPrices) -> i128 {
    let resources: i128 = way.takes.iter().map(|(&r, n)| price(prices, r) * n).sum();
    let mut cuts = 0;
    for cut in &prices.cuts {
        for term in &cut.terms {
            let from = way.shipments.iter().filter(|s| s.node == cut.node);
            if from.into_iter().any(|s| s.fills.iter().any(|f| f.line == term.line)) {
                cuts += i128::from(cut.price.ten_thousandths()) * i128::from(term.coefficient);
            }
        }
    }
    way.cost + resources + cuts
}

/// B(p) by enumeration.
pub(crate) fn bound(problem: &Problem, prices: &ShadowPrices) -> i128 {
    let least = |o| ways(problem, o).iter().map(|w| at_prices(w, prices)).min().unwrap();
    let orders: i128 = problem.orders().indices().map(least).sum();
    orders - rent(problem, prices)
}

fn rent(problem: &Problem, prices: &ShadowPrices) -> i128 {
    let stock = prices.stock.iter().map(|p| Resource::Stock(p.0, p.1, None));
    let incoming = prices.incoming.iter().map(|p| Resource::Stock(p.0, p.1, Some(p.2)));
    let shipments = prices.shipments.iter().map(|p| Resource::Shipments(p.0));
    let lines = prices.lines.iter().map(|p| Resource::Lines(p.0));
    let units = prices.units.iter().map(|p| Resource::Units(p.0));
    let all = stock.chain(incoming).chain(shipments).chain(lines).chain(units);
    let resources: i128 = all.map(|r| price(prices, r) * there_is(problem, r).unwrap_or(0)).sum();
    let cuts = prices
        .cuts
        .iter()
        .map(|c| i128::from(c.price.ten_thousandths()) * i128::from(c.rhs));
    resources + cuts.sum::<i128>()
}

/// What a cut's row has.
pub(crate) fn row_of(problem: &Problem, node: NodeIdx, resource: CutResource) -> Option<i128> {
    match resource {
        CutResource::Stock(sku) => Some(all_stock(problem, node, sku)),
        CutResource::Units => there_is(problem, Resource::Units(node)),
    }
}
