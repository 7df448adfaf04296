//! Amounts that are too large to count: what one order weighs, and what the worst plan could cost.
//!
//! Totals are counted in `i64` everywhere else. Here, in `i128`, an upper bound on the cost of any plan is formed from the
//! dearest of everything, and has to stay within an eighth of that range. So no later sum can overflow, and real problems,
//! which stay many orders of magnitude below, never notice.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::index::{Idx as _, OrderIdx};
use crate::model::{Order, Parts, Table};
use crate::quantity::Money;

/// Most grams or cm3 of one order. A thousand times as much still fits into an `i64`.
const MAX_LOAD: i128 = 1_000_000_000_000_000;
/// Most ten-thousandths that any plan may cost.
const MAX_COST: i128 = (i64::MAX / 8) as i128;
/// Days between leaving and the ready date (or that of the stock that a shipment waits for), at most: the wait for a service day, and one more week past the cut-off.
const WAIT: i128 = 14;

/// Checks the loads and the worst cost. `order_rows` are the numbers of the orders' rows.
pub(super) fn check(parts: &Parts, order_rows: &[u32], found: &mut Diagnostics) {
    let dearest = Dearest::of(parts);
    let quotes = quotes_by_order(parts);
    let mut total = 0i128;
    let report = |code, order: usize, message: &str| {
        let id = parts.order_ids.text(OrderIdx::new(order));
        let diagnostic = Diagnostic::new(code, Table::Orders.name(), message)
            .in_field("order_id")
            .of_order(Some(id.to_owned()));
        match order_rows.get(order) {
            Some(&row) => diagnostic.in_row(row),
            None => diagnostic,
        }
    };
    for (index, order) in parts.orders.iter_enumerated() {
        let load = Load::of(parts, order);
        if load.weight > MAX_LOAD || load.volume > MAX_LOAD {
            let message = "the order weighs more than 10^15 grams or fills more than 10^15 cm3";
            found.push(report(Code::ORDER_TOO_LARGE, index.get(), message));
            continue;
        }
        if load.units > i128::from(u32::MAX) {
            let message = "the order holds more than 4,294,967,295 units";
            found.push(report(Code::ORDER_TOO_LARGE, index.get(), message));
            continue;
        }
        let quote = quotes.get(index.get()).copied().flatten();
        let worst = dearest.worst(parts, order, &load, quote);
        if worst > MAX_COST {
            found.push(report(
                Code::AMOUNTS_TOO_LARGE,
                index.get(),
                "the order could cost more than can be counted",
            ));
        } else {
            total += worst;
        }
    }
    if total > MAX_COST {
        let message = "a plan for all orders could cost more than can be counted";
        found.push(Diagnostic::new(Code::AMOUNTS_TOO_LARGE, Table::Orders.name(), message));
    }
}

/// The dearest quote of an order: price, and day of delivery.
type WorstQuote = (i128, i128);

fn quotes_by_order(parts: &Parts) -> Vec<Option<WorstQuote>> {
    let mut worst: Vec<Option<WorstQuote>> = Vec::new();
    if !parts.quotes.is_empty() {
        worst.resize(parts.orders.len(), None);
    }
    for (order, quote) in &parts.quotes {
        let this = (
            amount(quote.price),
            quote.deliver_on.map_or(i128::MIN, |date| date.days().into()),
        );
        let slot = &mut worst[order.get()];
        *slot = Some(slot.map_or(this, |(price, day)| (price.max(this.0), day.max(this.1))));
    }
    worst
}

fn amount(money: Money) -> i128 {
    money.ten_thousandths().into()
}

/// What an order holds.
struct Load {
    weight: i128,
    volume: i128,
    units: i128,
    /// Penalty if nothing ships.
    unfilled: i128,
    /// Shipments of lines, if every line is split as far as it may.
    fills: i128,
}

impl Load {
    fn of(parts: &Parts, order: &Order) -> Self {
        let mut load = Self {
            weight: 0,
            volume: 0,
            units: 0,
            unfilled: 0,
            fills: 0,
        };
        for line in parts.lines.range(order.line_range()) {
            let (item, qty) = (parts.items[line.sku], i128::from(line.qty));
            load.weight += qty * i128::from(item.weight.0);
            load.volume += qty * i128::from(item.volume.0);
            load.units += qty;
            load.unfilled += qty * amount(line.unfilled_penalty);
            load.fills += if line.divisible {
                qty.min(parts.nodes.len() as i128)
            } else {
                1
            };
        }
        load
    }
}

/// The dearest of everything.
struct Dearest {
    shipment_cost: i128,
    line_cost: i128,
    unit_cost: i128,
    min_parcel: Option<i128>,
    min_divisor: Option<i128>,
    /// Factor of fuel in ten-thousandths of a per cent, 100 % included.
    fuel: i128,
    price: i128,
    per_kg: i128,
    /// Last day on which anything not quoted arrives.
    arrival: i128,
}

impl Dearest {
    fn of(parts: &Parts) -> Self {
        let ready = parts
            .nodes
            .iter()
            .map(|n| i128::from(n.ready.date.days()))
            .max()
            .unwrap_or(0);
        let incoming = parts.stock.iter().filter_map(|r| r.available_from);
        let ready = incoming.map(|d| i128::from(d.days())).fold(ready, i128::max);
        let transit = parts
            .lanes
            .iter()
            .map(|l| i128::from(l.transit_days))
            .max()
            .unwrap_or(0);
        let prices = || {
            parts
                .rates
                .iter()
                .flat_map(|r| r.bands.iter().map(|b| b.price).chain(r.open.map(|o| o.price)))
        };
        let most = |costs: &mut dyn Iterator<Item = Money>| costs.map(amount).max().unwrap_or(0);
        Self {
            shipment_cost: most(&mut parts.nodes.iter().map(|n| n.shipment_cost)),
            line_cost: most(&mut parts.nodes.iter().map(|n| n.line_cost)),
            unit_cost: most(&mut parts.nodes.iter().map(|n| n.unit_cost)),
            min_parcel: parts
                .services
                .iter()
                .filter_map(|s| s.max_parcel)
                .map(|g| g.0.into())
                .min(),
            min_divisor: parts.services.iter().filter_map(|s| s.divisor).map(i128::from).min(),
            fuel: 100 * i128::from(Money::SCALE)
                + parts.services.iter().map(|s| i128::from(s.fuel.0)).max().unwrap_or(0),
            price: most(&mut prices()),
            per_kg: most(&mut parts.rates.iter().filter_map(|r| r.open).map(|o| o.per_kg)),
            arrival: ready + WAIT + 7 * transit,
        }
    }

    /// An upper bound on what an order can cost. At most 10^19 lines of 10^23 each: far inside `i128`.
    fn worst(&self, parts: &Parts, order: &Order, load: &Load, quote: Option<WorstQuote>) -> i128 {
        let nodes = parts.nodes.len() as i128;
        let shipments = load.fills.min(nodes).min(order.max_shipments.map_or(nodes, i128::from));
        let (transport, arrival) = match quote {
            Some((price, day)) => (shipments * price, day.max(self.arrival)),
            None => (self.transport(load, shipments), self.arrival),
        };
        let late_days = order
            .deliver_by
            .map_or(0, |by| (arrival - i128::from(by.days())).max(0));
        let objective = &parts.objective;
        load.unfilled
            + transport
            + shipments * self.shipment_cost
            + load.fills * self.line_cost
            + load.units * self.unit_cost
            + shipments * amount(objective.split_penalty)
            + shipments * late_days * amount(objective.late_penalty_per_day)
    }

    /// Every shipment of an order in the smallest parcels, each at the price of the heaviest.
    fn transport(&self, load: &Load, shipments: i128) -> i128 {
        let volumetric = self.min_divisor.map_or(0, |divisor| load.volume * 1_000 / divisor + 1);
        let billable = load.weight.max(volumetric) + 1;
        let parcels = shipments + self.min_parcel.map_or(0, |most| billable / most);
        let price = self.price + self.per_kg * (billable / 1_000 + 1);
        parcels * (price * self.fuel / (100 * i128::from(Money::SCALE)) + 1)
    }
}
