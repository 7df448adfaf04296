//! Tiny random problems made of odd corners: every rule of the format, ties, no stock, no service, equal prices.

use clapot::model::{
    Draft, ExclusionInput, ItemInput, LaneInput, LineInput, NodeInput, OrderInput, Place, Problem, QuoteInput,
    RateInput, ServiceInput, SettingsInput, StockInput, Weekdays,
};
use clapot::quantity::{Date, Money, Percent, TimeOfDay};
use clapot::validate;

use super::random::Random;

/// What kind of tiny problem.
#[derive(Clone, Copy, Default)]
pub(crate) struct Shape {
    /// Some lines are divisible.
    pub(crate) divisible: bool,
    /// Few SKUs and nodes and little stock, so that orders compete.
    pub(crate) tight: bool,
    /// Some stock comes only on a later date.
    pub(crate) dated: bool,
    /// Most units of a line, with stock, limits and price bands to match; `None` = 3.
    pub(crate) units: Option<u32>,
}

/// The problem of a seed: at most 4 nodes, 4 orders and 4 lines an order (3 where some are divisible).
pub(crate) fn problem(seed: u64, shape: Shape) -> Problem {
    match validate::check(draft(seed, shape)) {
        Ok(checked) => checked.problem,
        Err(diagnostics) => panic!("seed {seed}: {diagnostics:?}"),
    }
}

/// The same before validation.
pub(crate) fn draft(seed: u64, shape: Shape) -> Draft {
    let maker = Maker {
        random: Random::new(seed),
        shape,
        nodes: Vec::new(),
        skus: Vec::new(),
        today: Date::from_days(0),
        room: STATES,
        draft: Draft::default(),
    };
    maker.make()
}

impl Shape {
    fn most_units(&self) -> i64 {
        self.units.unwrap_or(3).into()
    }
}

struct Maker {
    random: Random,
    shape: Shape,
    /// Ids and whether they have pickup.
    nodes: Vec<(String, bool)>,
    skus: Vec<String>,
    today: Date,
    /// How many times more ways to fill the lines there may be.
    room: u32,
    draft: Draft,
}

/// Ways to fill all lines of a problem whose lines have many units.
const STATES: u32 = 4000;

const SERVICES: [&str; 3] = ["s0", "s1", "s2"];

/// An amount; often one of a few round ones, so that there are ties.
fn money(random: &mut Random, low: i64, high: i64) -> Money {
    let n = random.between(low, high);
    Money::from_ten_thousandths(if random.chance(40) { n / 10_000 * 10_000 } else { n })
}

fn place(random: &mut Random) -> Option<Place> {
    let lat = random.between(430_000, 500_000) as f64 / 10_000.0;
    let lon = random.between(-10_000, 70_000) as f64 / 10_000.0;
    random.chance(85).then_some(Place { lat, lon })
}

impl Maker {
    fn make(mut self) -> Draft {
        self.settings();
        self.nodes();
        self.items_and_stock();
        self.carriers();
        let orders = self.count(if self.shape.tight { 2 } else { 1 }, 4);
        for order in 0..orders {
            self.order(&format!("O{order}"));
        }
        self.draft
    }

    /// How many times wider price bands and parcels are: as wide as those of few units, or as lines have more units.
    fn widths(&mut self) -> i64 {
        let most = self.shape.units.map_or(1, |units| units.div_ceil(3).into());
        if most > 1 {
            self.random.pick(&[1, most / 2 + 1, most])
        } else {
            1
        }
    }

    fn count(&mut self, low: i64, high: i64) -> usize {
        self.random.between(low, high) as usize
    }

    fn settings(&mut self) {
        let (day, hour, minute) = (
            self.random.between(1, 28),
            self.random.between(0, 23),
            self.random.between(0, 59),
        );
        self.today = format!("2026-03-{day:02}").parse().unwrap();
        self.draft = Draft::new(SettingsInput {
            name: "tiny".to_owned(),
            currency: "EUR".to_owned(),
            now: format!("2026-03-{day:02}T{hour:02}:{minute:02}:00+02:00"),
            timezone: None,
            split_penalty: money(&mut self.random, 0, 30_000),
            late_penalty_per_day: money(&mut self.random, 0, 20_000),
            unfilled_penalty: money(&mut self.random, 10_000, 400_000),
        });
    }

    fn nodes(&mut self) {
        let most = if self.shape.tight { 2 } else { 4 };
        for n in 0..self.count(1, most) {
            let (id, pickup) = (format!("N{n}"), self.random.chance(50));
            let limit = |r: &mut Random, high| r.chance(50).then(|| r.between(0, high) as u32);
            self.draft.node(NodeInput {
                place: place(&mut self.random),
                timezone: self
                    .random
                    .pick(&[None, Some("Asia/Tokyo"), Some("America/New_York"), Some("Europe/Paris")]),
                shipment_cost: money(&mut self.random, 0, 30_000),
                line_cost: money(&mut self.random, 0, 9_000),
                unit_cost: money(&mut self.random, 0, 3_000),
                max_shipments: limit(&mut self.random, 5),
                max_lines: limit(&mut self.random, 9),
                max_units: limit(&mut self.random, 4 * self.shape.most_units()),
                lead_nanoseconds: self.random.pick(&[0, 3, 20, 50]) * 3_600_000_000_000,
                ships: self.random.chance(88),
                pickup,
                ..NodeInput::new(&id)
            });
            self.nodes.push((id, pickup));
        }
    }

    fn items_and_stock(&mut self) {
        let (low, high) = if self.shape.tight { (1, 2) } else { (2, 5) };
        for n in 0..self.count(low, high) {
            let sku = format!("k{n}");
            let weight_g = self.random.pick(&[0, 90, 400, 1000, 2500, 7000]);
            let volume_cm3 = self.random.pick(&[0, 500, 9_000, 40_000]);
            self.draft.item(ItemInput {
                sku: &sku,
                weight_g,
                volume_cm3,
            });
            self.skus.push(sku);
        }
        for (node, _) in &self.nodes {
            for sku in &self.skus {
                if self.random.chance(80) {
                    let (on_hand, reserved) = (
                        self.random.between(0, 2 * self.shape.most_units()),
                        self.random.pick(&[0, 0, 1]),
                    );
                    let safety = self.random.pick(&[0, 0, 2]);
                    self.draft.stock(StockInput {
                        node_id: node,
                        sku,
                        on_hand,
                        reserved,
                        safety,
                        available_from: None,
                    });
                }
            }
        }
        if self.shape.dated {
            self.incoming();
        }
    }

    /// Dates before, at and after the planning date; some nodes have nothing of a SKU but what comes.
    fn incoming(&mut self) {
        for (node_id, _) in self.nodes.clone() {
            for sku in self.skus.clone() {
                let mut day = self.random.between(-1, 3) as i32;
                while self.random.chance(55) {
                    self.draft.stock(StockInput {
                        node_id: &node_id,
                        sku: &sku,
                        on_hand: self.random.between(0, 4),
                        reserved: self.random.pick(&[0, 0, 0, 1]),
                        safety: 0,
                        available_from: Some(Date::from_days(self.today.days() + day)),
                    });
                    day += self.random.between(1, 4) as i32;
                }
            }
        }
    }

    fn carriers(&mut self) {
        let services = &SERVICES[..self.count(1, 3)];
        for service in services {
            let days = self.random.pick(&["12345", "1234567", "36", "7"]);
            let wide = self.widths();
            let cutoff = self.random.pick(&[None, Some("00:00"), Some("12:30"), Some("23:59")]);
            self.draft.service(ServiceInput {
                service_id: service,
                carrier: "",
                days: Weekdays::parse(days).unwrap(),
                cutoff: cutoff.map(|c| c.parse::<TimeOfDay>().unwrap()),
                divisor_cm3_per_kg: self.random.pick(&[None, Some(4000), Some(6000)]),
                max_parcel_g: self.random.pick(&[None, Some(3000), Some(8000)]).map(|g| g * wide),
                fuel_pct: Percent(self.random.pick(&[0, 71_234, 127_500])),
            });
            for _ in 0..self.count(1, 5) {
                self.lane(service);
            }
            for zone in ["a", "b", "c"] {
                self.rates(service, zone);
            }
        }
    }

    fn lane(&mut self, service: &str) {
        let node = if self.random.chance(30) {
            Some(self.random.below(self.nodes.len()))
        } else {
            None
        };
        let (postcode_prefix, zone) = (
            self.random.pick(&["", "", "1", "12", "2"]),
            self.random.pick(&["a", "b", "c"]),
        );
        let max_km = self.random.pick(&[None, None, Some(100.0), Some(350.5)]);
        let transit_days = self.random.between(0, 9) as u32;
        let node_id = node.map(|n| self.nodes[n].0.as_str());
        let lane = LaneInput {
            service_id: service,
            node_id,
            country: "FR",
            postcode_prefix,
            max_km,
            zone,
            transit_days,
        };
        self.draft.lane(lane);
    }

    /// Prices need not rise with weight.
    fn rates(&mut self, service: &str, zone: &str) {
        let wide = self.widths();
        for max_g in [400, 1000, 3000, 5000, 9000].map(|g| g * wide) {
            if self.random.chance(50) {
                let price = money(&mut self.random, 10_000, 150_000);
                self.draft.rate(RateInput {
                    service_id: service,
                    zone,
                    max_g: Some(max_g),
                    price,
                    per_kg: Money::ZERO,
                });
            }
        }
        if self.random.chance(60) {
            let (price, per_kg) = (
                money(&mut self.random, 10_000, 150_000),
                money(&mut self.random, 0, 20_000),
            );
            self.draft.rate(RateInput {
                service_id: service,
                zone,
                max_g: None,
                price,
                per_kg,
            });
        }
    }

    fn order(&mut self, id: &str) {
        let with_pickup: Vec<String> = self.nodes.iter().filter(|n| n.1).map(|n| n.0.clone()).collect();
        let pickup = (!with_pickup.is_empty() && self.random.chance(15)).then(|| self.random.below(with_pickup.len()));
        let (country, postcode) = (
            self.random.pick(&["FR", "FR", "FR", "FR", "BE"]),
            self.random.pick(&["12000", "20000", "13"]),
        );
        let by = self.random.pick(&[None, Some("2026-03-10"), Some("2026-03-20")]);
        self.draft.order(OrderInput {
            place: place(&mut self.random),
            deliver_by: by.map(|d| d.parse::<Date>().unwrap()),
            max_shipments: self.random.pick(&[None, None, Some(1), Some(2), Some(3)]),
            ship_complete: self.random.chance(25),
            pickup_node: pickup.map(|n| with_pickup[n].as_str()),
            ..OrderInput::new(id, country, postcode)
        });
        let lines = self.count(1, if self.shape.divisible || self.shape.tight { 3 } else { 4 });
        for line in 0..lines {
            self.line(id, &line.to_string());
        }
        if self.random.chance(20) {
            self.quotes(id);
        }
    }

    fn line(&mut self, order_id: &str, line_id: &str) {
        let sku = self.skus[self.random.below(self.skus.len())].clone();
        let group = self.random.pick(&[None, None, None, Some("g"), Some("h")]);
        let penalty = self.random.chance(60).then(|| money(&mut self.random, 0, 400_000));
        let pin = self.random.chance(10).then(|| self.random.below(self.nodes.len()));
        let divisible = self.shape.divisible && group.is_none() && self.random.chance(60);
        let qty = self.qty(divisible);
        self.draft.line(LineInput {
            unfilled_penalty: penalty,
            node_id: pin.map(|n| self.nodes[n].0.as_str()),
            group,
            divisible,
            ..LineInput::new(order_id, line_id, &sku, qty)
        });
        if self.random.chance(10) {
            let node = self.random.below(self.nodes.len());
            let line_id = self.random.chance(60).then_some(line_id);
            self.draft.exclusion(ExclusionInput {
                order_id,
                line_id,
                node_id: &self.nodes[node].0,
            });
        }
    }

    fn qty(&mut self, divisible: bool) -> u32 {
        let most = self.shape.most_units();
        if self.shape.units.is_none() || !divisible {
            self.room /= 2;
            return self.random.between(1, most) as u32;
        }
        let qty = self.random.between(1, most.min(self.room.into()).max(1)) as u32;
        self.room /= qty + 1;
        qty
    }

    fn quotes(&mut self, order_id: &str) {
        for n in 0..self.nodes.len() {
            for service_id in ["q0", "s0"] {
                if self.random.chance(60) {
                    let price = money(&mut self.random, 10_000, 90_000);
                    let deliver_on = self
                        .random
                        .pick(&[None, Some("2026-03-15")])
                        .map(|d| d.parse::<Date>().unwrap());
                    let workload = self.random.pick(&[0, 1, 1, 3]);
                    let node_id = &self.nodes[n].0;
                    self.draft.quote(QuoteInput {
                        order_id,
                        node_id,
                        service_id,
                        price,
                        deliver_on,
                        workload,
                    });
                }
            }
        }
    }
}
