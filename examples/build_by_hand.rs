//! A problem made in code, without files: two warehouses, three orders, and a lamp that is scarce where it is cheap.
//! Prints the plan and the shadow prices that prove it cannot be improved.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use clapot::model::{
    ItemInput, LaneInput, LineInput, NodeInput, OrderInput, RateInput, ServiceInput, SettingsInput, StockInput,
    Weekdays,
};
use clapot::quantity::Percent;
use clapot::{Draft, Error, Money, Problem, RouteOptions, RoutingPlan, StdClock, Surroundings, route, validate};

fn main() -> Result<(), Error> {
    // Whatever is wrong with a draft is reported here, all of it at once.
    let problem = validate::check(draft()).map_err(Error::input)?.problem;
    let clock = StdClock::start();
    let around = Surroundings::new(&clock);
    let plan = route(&problem, &RouteOptions::default(), around)?;
    print_plan(&problem, &plan);
    print_prices(&problem, &plan);
    Ok(())
}

fn euro(n: i64) -> Money {
    Money::from_ten_thousandths(n * Money::SCALE)
}

fn draft() -> Draft {
    let mut draft = Draft::new(SettingsInput {
        name: "lamps".to_owned(),
        currency: "EUR".to_owned(),
        now: "2026-03-02T09:00:00+01:00".to_owned(),
        split_penalty: euro(1),
        unfilled_penalty: euro(50),
        ..SettingsInput::default()
    });
    add_goods(&mut draft);
    add_carrier(&mut draft);
    // Three customers: two in the town, one in the hills. Clara also wants a shade.
    for (order_id, postcode) in [("anna", "1010"), ("ben", "2020"), ("clara", "1030")] {
        draft.order(OrderInput::new(order_id, "FR", postcode));
        draft.line(LineInput::new(order_id, "1", "lamp", 1));
    }
    draft.line(LineInput::new("clara", "2", "shade", 2));
    draft
}

/// Two lamps are left at the near node; shades are plenty at both.
fn add_goods(draft: &mut Draft) {
    draft.item(ItemInput {
        sku: "lamp",
        weight_g: 900,
        volume_cm3: 4_000,
    });
    draft.item(ItemInput {
        sku: "shade",
        weight_g: 150,
        volume_cm3: 2_500,
    });
    for (node_id, lamps) in [("near", 2), ("far", 20)] {
        draft.node(NodeInput {
            unit_cost: euro(1),
            ..NodeInput::new(node_id)
        });
        for (sku, on_hand) in [("lamp", lamps), ("shade", 50)] {
            draft.stock(StockInput {
                node_id,
                sku,
                on_hand,
                reserved: 0,
                safety: 0,
                available_from: None,
            });
        }
    }
}

/// One service. A parcel from the near node costs 4 to the town and 6 to the hills, from the far one 9 to both.
fn add_carrier(draft: &mut Draft) {
    draft.service(ServiceInput {
        service_id: "post",
        carrier: "Post",
        days: Weekdays::parse("12345").unwrap_or_default(),
        cutoff: None,
        divisor_cm3_per_kg: None,
        max_parcel_g: None,
        fuel_pct: Percent::default(),
    });
    for (node_id, postcode_prefix, zone, price) in [
        ("near", "1", "town", 4),
        ("near", "2", "hills", 6),
        ("far", "", "any", 9),
    ] {
        draft.lane(LaneInput {
            service_id: "post",
            node_id: Some(node_id),
            country: "FR",
            postcode_prefix,
            max_km: None,
            zone,
            transit_days: 1,
        });
        draft.rate(RateInput {
            service_id: "post",
            zone,
            max_g: Some(5_000),
            price: euro(price),
            per_kg: Money::ZERO,
        });
    }
}

fn print_plan(problem: &Problem, plan: &RoutingPlan) {
    for row in &plan.assignments {
        let line = &problem.lines()[row.line];
        let (order, node, sku) = (
            problem.order_id(line.order),
            problem.node_id(row.node),
            problem.sku(line.sku),
        );
        println!(
            "shipment {}: {} x {sku} for {order} from {node}",
            row.shipment.0 + 1,
            row.qty
        );
    }
    println!(
        "total {}, bound {}: {}",
        plan.cost.total(),
        plan.outcome.bound,
        plan.outcome.status.as_str()
    );
}

/// About what one more unit at a node is worth. They prove the bound: at these prices no order by itself could be served
/// more cheaply than in the plan, and what has a price is used up.
fn print_prices(problem: &Problem, plan: &RoutingPlan) {
    for &(node, sku, price) in &plan.prices.stock {
        println!(
            "shadow price of a {} at {}: {price}",
            problem.sku(sku),
            problem.node_id(node)
        );
    }
}
