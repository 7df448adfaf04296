//! One problem small enough to be computed by hand, and a valid plan of it as a list of shipments to vary.

use clapot::index::{LineIdx, NodeIdx};
use clapot::model::{
    Draft, ExclusionInput, ItemInput, LaneInput, LineInput, NodeInput, NodeKind, OrderInput, Place, Problem,
    QuoteInput, RateInput, ServiceInput, SettingsInput, StockInput, Weekdays,
};
use clapot::plan::{Allocation, Carriage, Fill, OrderShipment};
use clapot::quantity::{Money, Percent};
use clapot::validate;

/// Order, node, service, and line with units.
pub(crate) type Ship = (&'static str, &'static str, &'static str, Vec<(&'static str, u32)>);

/// A valid plan; what is not here is unfilled: o1 line 3 (too heavy for both services) and o3 line 3.
pub(crate) fn good() -> Vec<Ship> {
    vec![
        ("o1", "B", "std", vec![("1", 2), ("2", 1)]),
        ("o2", "A", "eco", vec![("2", 1)]),
        ("o2", "B", "eco", vec![("1", 2)]),
        ("o3", "B", "std", vec![("1", 1), ("2", 2)]),
        ("o4", "D", "std", vec![("1", 2), ("2", 3)]),
        ("o5", "C", "pickup", vec![("1", 1), ("2", 1)]),
        ("o6", "A", "std", vec![("1", 6), ("2", 3)]),
        ("o6", "D", "eco", vec![("1", 2)]),
        ("o7", "A", "van", vec![("1", 1)]),
    ]
}

pub(crate) fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// The shipments as an allocation.
pub(crate) fn allocation(problem: &Problem, ships: &[Ship]) -> Allocation {
    let mut allocation = Allocation::empty(problem.orders().len());
    for (order, node, service, lines) in ships {
        let order = problem.order_ids().find(order).unwrap();
        let carriage = match *service {
            "pickup" => Carriage::Pickup,
            id => Carriage::Service(problem.service_ids().find(id).unwrap()),
        };
        let fill = |&(line, qty): &(&str, u32)| Fill {
            line: problem.find_line(order, line).unwrap(),
            qty,
        };
        let fills = lines.iter().map(fill).collect();
        allocation.orders[order.0 as usize].push(OrderShipment {
            node: node_of(problem, node),
            carriage,
            waits_for: None,
            fills,
        });
    }
    allocation
}

pub(crate) fn node_of(problem: &Problem, id: &str) -> NodeIdx {
    problem.node_ids().find(id).unwrap()
}

pub(crate) fn line_of(problem: &Problem, order: &str, line: &str) -> LineIdx {
    problem
        .find_line(problem.order_ids().find(order).unwrap(), line)
        .unwrap()
}

/// Friday 6 March 2026, 16:30 in Paris.
pub(crate) fn problem() -> Problem {
    problem_with(|_| {})
}

/// The same with further rows.
pub(crate) fn problem_with(more: impl FnOnce(&mut Draft)) -> Problem {
    let mut draft = draft();
    more(&mut draft);
    validate::check(draft).unwrap_or_else(|e| panic!("{e:?}")).problem
}

/// The problem before validation. It is also in `fixtures/problems/hand`.
pub(crate) fn draft() -> Draft {
    let mut draft = Draft::new(SettingsInput {
        name: "hand".to_owned(),
        currency: "EUR".to_owned(),
        now: "2026-03-06T16:30:00+01:00".to_owned(),
        timezone: Some("Europe/Paris".to_owned()),
        split_penalty: money("1.5"),
        late_penalty_per_day: money("2"),
        unfilled_penalty: money("30"),
    });
    nodes(&mut draft);
    items_and_stock(&mut draft);
    carriers(&mut draft);
    orders(&mut draft);
    draft
}

fn place(lat: f64, lon: f64) -> Place {
    Place { lat, lon }
}

fn nodes(draft: &mut Draft) {
    const HOUR: i64 = 3_600_000_000_000;
    let store = NodeInput {
        kind: NodeKind::Store,
        country: "FR",
        shipment_cost: money("2"),
        line_cost: money("0.9"),
        unit_cost: money("0.15"),
        ..NodeInput::new("")
    };
    draft.node(NodeInput {
        place: Some(place(48.86, 2.34)),
        country: "FR",
        shipment_cost: money("1.10"),
        line_cost: money("0.35"),
        unit_cost: money("0.08"),
        max_shipments: Some(4),
        ..NodeInput::new("A")
    });
    let lyon = NodeInput {
        node_id: "B",
        place: Some(place(45.77, 4.83)),
        max_lines: Some(5),
        lead_nanoseconds: 4 * HOUR,
        pickup: true,
        ..store
    };
    draft.node(lyon);
    draft.node(NodeInput {
        node_id: "C",
        place: Some(place(43.30, 5.38)),
        ships: false,
        pickup: true,
        ..store
    });
    draft.node(NodeInput {
        node_id: "D",
        place: Some(place(50.63, 3.05)),
        max_units: Some(8),
        lead_nanoseconds: 2 * HOUR,
        ..store
    });
}

fn items_and_stock(draft: &mut Draft) {
    for (sku, weight_g, volume_cm3) in [
        ("s1", 400, 1500),
        ("s2", 900, 9000),
        ("s3", 12_000, 20_000),
        ("s4", 150, 300),
        ("s5", 31_000, 0),
    ] {
        draft.item(ItemInput {
            sku,
            weight_g,
            volume_cm3,
        });
    }
    let rows = [
        ("A", "s1", 20, 0, 0),
        ("A", "s2", 10, 1, 1),
        ("A", "s3", 3, 0, 0),
        ("B", "s1", 6, 0, 0),
        ("B", "s2", 4, 0, 0),
        ("B", "s4", 9, 0, 0),
        ("C", "s1", 5, 0, 0),
        ("C", "s4", 2, 0, 0),
        ("D", "s1", 9, 2, 0),
        ("D", "s4", 9, 0, 0),
        ("A", "s5", 2, 0, 0),
        ("D", "s2", 0, 0, 5),
    ];
    for (node_id, sku, on_hand, reserved, safety) in rows {
        draft.stock(StockInput {
            node_id,
            sku,
            on_hand,
            reserved,
            safety,
            available_from: None,
        });
    }
}

fn orders(draft: &mut Draft) {
    let by = |d: &str| Some(d.parse().unwrap());
    let order = |id, postcode| OrderInput::new(id, "FR", postcode);
    draft.order(OrderInput {
        place: Some(place(45.75, 4.83)),
        deliver_by: by("2026-03-10"),
        ..order("o1", "69002")
    });
    draft.order(OrderInput {
        place: Some(place(41.93, 8.70)),
        deliver_by: by("2026-03-09"),
        ..order("o2", "20000")
    });
    draft.order(OrderInput {
        place: Some(place(44.84, -0.58)),
        max_shipments: Some(1),
        ..order("o3", "33000")
    });
    let lille = OrderInput {
        place: Some(place(50.64, 3.06)),
        deliver_by: by("2026-03-09"),
        ..order("o4", "59800")
    };
    draft.order(OrderInput {
        max_shipments: Some(2),
        ship_complete: true,
        ..lille
    });
    draft.order(OrderInput {
        pickup_node: Some("C"),
        ..order("o5", "13002")
    });
    draft.order(OrderInput {
        place: Some(place(48.11, -1.68)),
        deliver_by: by("2026-03-12"),
        ..order("o6", "35000")
    });
    draft.order(OrderInput {
        deliver_by: by("2026-03-12"),
        ..order("o7", "31000")
    });
    let lines = [
        ("o1", "1", "s1", 2, Some("20"), None, None),
        ("o1", "2", "s4", 1, Some("25.5"), None, None),
        ("o1", "3", "s5", 1, Some("0.01"), None, None),
        ("o2", "1", "s2", 2, None, Some("B"), None),
        ("o2", "2", "s1", 1, None, None, None),
        ("o3", "1", "s1", 1, Some("40"), None, Some("g")),
        ("o3", "2", "s4", 2, Some("40"), None, Some("g")),
        ("o3", "3", "s2", 1, Some("1"), None, None),
        ("o4", "1", "s1", 2, None, None, None),
        ("o4", "2", "s4", 3, None, None, None),
        ("o5", "1", "s1", 1, None, None, None),
        ("o5", "2", "s4", 1, None, None, None),
        ("o6", "1", "s1", 8, Some("12"), None, None),
        ("o6", "2", "s3", 3, Some("80"), None, None),
        ("o7", "1", "s2", 1, None, None, None),
    ];
    for (order, line, sku, qty, penalty, node_id, group) in lines {
        let divisible = (order, line) == ("o6", "1");
        let unfilled_penalty = penalty.map(money);
        draft.line(LineInput {
            unfilled_penalty,
            node_id,
            group,
            divisible,
            ..LineInput::new(order, line, sku, qty)
        });
    }
    draft.exclusion(ExclusionInput {
        order_id: "o1",
        line_id: Some("1"),
        node_id: "A",
    });
    draft.exclusion(ExclusionInput {
        order_id: "o4",
        line_id: None,
        node_id: "B",
    });
    let quote = |node_id, price, day, workload| QuoteInput {
        order_id: "o7",
        node_id,
        service_id: "van",
        price: money(price),
        deliver_on: by(day),
        workload,
    };
    draft.quote(quote("A", "12.5", "2026-03-13", 2));
    draft.quote(quote("B", "11", "2026-03-12", 1));
}

fn carriers(draft: &mut Draft) {
    let service = ServiceInput {
        service_id: "eco",
        carrier: "P",
        days: Weekdays::parse("123456").unwrap(),
        cutoff: "15:00".parse().ok(),
        divisor_cm3_per_kg: None,
        max_parcel_g: Some(30_000),
        fuel_pct: Percent(0),
    };
    draft.service(service);
    draft.service(ServiceInput {
        service_id: "std",
        days: Weekdays::parse("12345").unwrap(),
        cutoff: "17:00".parse().ok(),
        divisor_cm3_per_kg: Some(5000),
        fuel_pct: Percent(127_500),
        ..service
    });
    let lane = LaneInput {
        service_id: "eco",
        node_id: None,
        country: "FR",
        postcode_prefix: "",
        max_km: None,
        zone: "F",
        transit_days: 3,
    };
    draft.lane(lane);
    draft.lane(LaneInput {
        postcode_prefix: "20",
        zone: "K",
        transit_days: 4,
        ..lane
    });
    let std = LaneInput {
        service_id: "std",
        ..lane
    };
    draft.lane(LaneInput {
        max_km: Some(400.0),
        zone: "Z1",
        transit_days: 1,
        ..std
    });
    draft.lane(LaneInput {
        zone: "Z2",
        transit_days: 2,
        ..std
    });
    draft.lane(LaneInput {
        node_id: Some("B"),
        postcode_prefix: "69",
        zone: "Z0",
        transit_days: 0,
        ..std
    });
    let rates = [
        ("eco", "F", Some(250), "4.55", "0"),
        ("eco", "F", Some(1000), "6.15", "0"),
        ("eco", "F", Some(5000), "8.95", "0"),
        ("eco", "F", Some(30_000), "22.95", "0"),
        ("eco", "K", Some(5000), "11.35", "0"),
        ("eco", "K", Some(30_000), "27.1234", "0"),
        ("std", "Z0", Some(1000), "3", "0"),
        ("std", "Z0", Some(30_000), "9", "0"),
        ("std", "Z1", Some(1000), "5.2", "0"),
        ("std", "Z1", Some(10_000), "9.3", "0"),
        ("std", "Z1", None, "9.3", "0.48"),
        ("std", "Z2", Some(3000), "7.111", "0"),
        ("std", "Z2", None, "7.111", "0.66"),
    ];
    for (service_id, zone, max_g, price, per_kg) in rates {
        draft.rate(RateInput {
            service_id,
            zone,
            max_g,
            price: money(price),
            per_kg: money(per_kg),
        });
    }
}
