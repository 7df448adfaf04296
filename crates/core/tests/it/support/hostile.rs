//! Small problems that are large in one way, as `benches/python/overrun.py` has them in full size.

use clapot::model::{
    Draft, ExclusionInput, ItemInput, LaneInput, LineInput, NodeInput, OrderInput, Problem, QuoteInput, RateInput,
    ServiceInput, SettingsInput, StockInput, Weekdays,
};
use clapot::quantity::{Date, Money, Percent};
use clapot::validate;

use super::random::Random;

/// Makes a problem.
type Make = fn() -> Problem;

/// Every kind.
pub(crate) const KINDS: [(&str, Make); 11] = [
    ("dates", dates),
    ("nodes", nodes),
    ("services", services),
    ("receipts", receipts),
    ("divisible", || long_order(true, 0)),
    ("whole", || long_order(false, 0)),
    ("groups", || long_order(false, 13)),
    ("one SKU", one_sku),
    ("quotes", quotes),
    ("twelve", twelve),
    ("excluded", excluded),
];

fn cents(n: i64) -> Money {
    Money::from_ten_thousandths(n * 100)
}

struct Maker {
    draft: Draft,
    random: Random,
}

impl Maker {
    fn new(name: &str, nodes: usize, skus: usize, orders: usize) -> Self {
        let mut draft = Draft::new(SettingsInput {
            name: name.to_owned(),
            currency: "EUR".to_owned(),
            now: "2026-03-02T09:00:00+01:00".to_owned(),
            split_penalty: cents(100),
            late_penalty_per_day: cents(200),
            unfilled_penalty: cents(3000),
            ..SettingsInput::default()
        });
        let mut random = Random::new(7);
        for n in 0..nodes {
            draft.node(NodeInput {
                shipment_cost: cents(random.between(100, 900)),
                line_cost: cents(random.between(10, 99)),
                ..NodeInput::new(&format!("n{n}"))
            });
        }
        for s in 0..skus {
            draft.item(ItemInput {
                sku: &format!("s{s}"),
                weight_g: random.between(50, 3000),
                volume_cm3: 0,
            });
        }
        for o in 0..orders {
            draft.order(OrderInput::new(&format!("o{o}"), "FR", &format!("{o:05}")));
        }
        Self { draft, random }
    }

    fn services(&mut self, count: usize) {
        for s in 0..count {
            let service_id = &format!("v{s}");
            draft_service(&mut self.draft, service_id);
            self.draft.lane(LaneInput {
                service_id,
                node_id: None,
                country: "FR",
                postcode_prefix: "",
                max_km: None,
                zone: "z",
                transit_days: 1 + s as u32 % 4,
            });
            for (max_g, price) in [(Some(1000), 500), (Some(5000), 700), (None, 900)] {
                self.draft.rate(RateInput {
                    service_id,
                    zone: "z",
                    max_g,
                    price: cents(price + self.random.between(0, 300)),
                    per_kg: if max_g.is_none() { cents(80) } else { Money::ZERO },
                });
            }
        }
    }

    fn stock(&mut self, node: usize, sku: usize, on_hand: i64, from: Option<Date>) {
        self.draft.stock(StockInput {
            node_id: &format!("n{node}"),
            sku: &format!("s{sku}"),
            on_hand,
            reserved: 0,
            safety: 0,
            available_from: from,
        });
    }

    /// Up to so many units of every SKU at every node.
    fn stock_everywhere(&mut self, nodes: usize, skus: usize, most: i64) {
        for sku in 0..skus {
            for node in 0..nodes {
                let units = self.random.between(0, most);
                self.stock(node, sku, units, None);
            }
        }
    }

    fn line(&mut self, order: usize, line: usize, sku: usize, (qty, divisible): (i64, bool), group: Option<usize>) {
        let group = group.map(|g| format!("g{g}"));
        self.draft.line(LineInput {
            divisible,
            group: group.as_deref(),
            ..LineInput::new(&format!("o{order}"), &line.to_string(), &format!("s{sku}"), qty as u32)
        });
    }

    /// Lines of the SKUs from one on, one each.
    fn lines(&mut self, order: usize, first_sku: usize, count: usize, skus: usize) {
        for line in 0..count {
            let qty = self.random.between(1, 4);
            self.line(order, line, (first_sku + line) % skus, (qty, false), None);
        }
    }

    fn make(self) -> Problem {
        validate::check(self.draft).unwrap().problem
    }
}

fn draft_service(draft: &mut Draft, service_id: &str) {
    draft.service(ServiceInput {
        service_id,
        carrier: "",
        days: Weekdays::parse("12345").unwrap(),
        cutoff: None,
        divisor_cm3_per_kg: None,
        max_parcel_g: None,
        fuel_pct: Percent::default(),
    });
}

/// Five SKUs that come on 60 days each to one node, all different; four orders of all of them, and one of 14 lines.
fn dates() -> Problem {
    let mut m = Maker::new("dates", 1, 5, 5);
    m.services(2);
    for n in 0..300 {
        let from = Date::from_days(20_700 + (n * 7 % 300) as i32);
        m.stock(0, n % 5, 1, Some(from));
    }
    for order in 0..4 {
        m.lines(order, 0, 5, 5);
    }
    m.lines(4, 0, 14, 5);
    m.make()
}

fn nodes() -> Problem {
    let mut m = Maker::new("nodes", 600, 4, 30);
    m.services(2);
    m.stock_everywhere(600, 4, 3);
    for order in 0..30 {
        m.lines(order, order, 1 + order % 4, 4);
    }
    m.make()
}

fn services() -> Problem {
    let mut m = Maker::new("services", 4, 4, 30);
    m.services(400);
    m.stock_everywhere(4, 4, 9);
    for order in 0..30 {
        m.lines(order, order, 1 + order % 4, 4);
    }
    m.make()
}

fn receipts() -> Problem {
    let mut m = Maker::new("receipts", 3, 1, 10);
    m.services(2);
    for n in 0..600 {
        m.stock(n % 3, 0, 1, Some(Date::from_days(20_700 + n as i32)));
    }
    for order in 0..10 {
        m.lines(order, 0, 3, 1);
    }
    m.make()
}

/// One order of 80 lines, perhaps in groups.
fn long_order(divisible: bool, groups: usize) -> Problem {
    let mut m = Maker::new("long", 6, 80, 1);
    m.services(2);
    m.stock_everywhere(6, 80, 9);
    for line in 0..80 {
        let (qty, group) = (m.random.between(1, 6), line % groups.max(1));
        m.line(0, line, line, (qty, divisible), (groups > 0).then_some(group));
    }
    m.make()
}

/// An order of 60 lines of one SKU, and 20 of 8 lines of it.
fn one_sku() -> Problem {
    let mut m = Maker::new("one SKU", 6, 1, 21);
    m.services(2);
    for node in 0..6 {
        m.stock(node, 0, 60, None);
    }
    m.lines(0, 0, 60, 1);
    for order in 1..21 {
        m.lines(order, 0, 8, 1);
    }
    m.make()
}

fn quotes() -> Problem {
    let mut m = Maker::new("quotes", 12, 30, 30);
    m.stock_everywhere(12, 30, 9);
    for order in 0..30 {
        m.lines(order, order, 1 + order % 8, 30);
        for node in 0..12 {
            for service in 0..12 {
                m.draft.quote(QuoteInput {
                    order_id: &format!("o{order}"),
                    node_id: &format!("n{node}"),
                    service_id: &format!("q{service}"),
                    price: cents(m.random.between(300, 4000)),
                    deliver_on: None,
                    workload: 1 + m.random.below(3) as u32,
                });
            }
        }
    }
    m.make()
}

/// Orders of 12 lines, the largest of which every subset is priced.
fn twelve() -> Problem {
    let mut m = Maker::new("twelve", 12, 40, 12);
    m.services(2);
    m.stock_everywhere(12, 40, 9);
    for order in 0..12 {
        m.lines(order, 3 * order, 12, 40);
    }
    m.make()
}

/// Orders of 8 lines, each excluded from half of the nodes.
fn excluded() -> Problem {
    let mut m = Maker::new("excluded", 16, 20, 20);
    m.services(2);
    m.stock_everywhere(16, 20, 9);
    for order in 0..20 {
        m.lines(order, order, 8, 20);
        for line in 0..8 {
            for node in (line % 2..16).step_by(2) {
                m.draft.exclusion(ExclusionInput {
                    order_id: &format!("o{order}"),
                    line_id: Some(&line.to_string()),
                    node_id: &format!("n{node}"),
                });
            }
        }
    }
    m.make()
}
