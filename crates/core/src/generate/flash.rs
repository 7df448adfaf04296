//! Flash sales: every order wants one scarce SKU, and orders are alike. So few rows of stock couple all orders, which jump
//! from node to node together when prices change.

use std::fmt;
use std::str::FromStr;

use super::sites::cents;
use crate::Error;
use crate::model::{
    Draft, ItemInput, LaneInput, LineInput, NodeInput, OrderInput, Place, RateInput, ServiceInput, SettingsInput,
    StockInput, Weekdays,
};
use crate::quantity::Percent;
use crate::search::Random;

/// How much the orders of a flash sale are alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Alike {
    /// All the same: one unit to one place.
    Same,
    /// One unit each, to forty towns.
    #[default]
    Towns,
    /// One unit each, every order to a place of its own.
    Places,
    /// One or two units at three different penalties, two fifths with a second line of one of twenty other SKUs, to two
    /// hundred towns.
    Baskets,
}

impl Alike {
    /// Every way to be alike.
    pub const ALL: [Self; 4] = [Self::Same, Self::Towns, Self::Places, Self::Baskets];

    /// The word of the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Towns => "towns",
            Self::Places => "places",
            Self::Baskets => "baskets",
        }
    }

    const fn towns(self, orders: u32) -> u32 {
        match self {
            Self::Same => 1,
            Self::Towns => 40,
            Self::Places => orders,
            Self::Baskets => 200,
        }
    }
}

impl fmt::Display for Alike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Alike {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|a| a.as_str() == text);
        found.ok_or_else(|| {
            Error::options(format!(
                "no kind of flash sale {text:?}: same, towns, places or baskets"
            ))
        })
    }
}

/// What to generate; the same values give the same problem, to the byte, on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlashSale {
    /// Number of orders, 1 to 10,000,000.
    pub orders: u32,
    /// Number of nodes, all of which stock the SKU, 1 to 500.
    pub nodes: u32,
    /// Stock of the SKU at all nodes together in per cent of its demand, 0 to 1000.
    pub stock: u32,
    /// How much the orders are alike.
    pub alike: Alike,
    /// Any number; another seed gives another problem.
    pub seed: u64,
}

impl FlashSale {
    /// Name of the problem, which tells what it is.
    #[must_use]
    pub fn name(&self) -> String {
        let Self {
            orders,
            nodes,
            stock,
            alike,
            seed,
        } = self;
        format!("flash-{alike}-{orders}-{nodes}-{stock}-s{seed}")
    }

    fn check(&self) -> Result<(), Error> {
        let ranges = [
            ("orders", self.orders, 1, 10_000_000),
            ("nodes", self.nodes, 1, 500),
            ("stock", self.stock, 0, 1000),
        ];
        match ranges.into_iter().find(|(_, n, low, high)| !(low..=high).contains(&n)) {
            Some((name, n, low, high)) => Err(Error::options(format!("{name} must be from {low} to {high}, not {n}"))),
            None => Ok(()),
        }
    }
}

/// The SKU that everybody wants.
const HOT: &str = "HOT";
/// Other SKUs, of baskets.
const OTHERS: u64 = 20;

/// Makes a flash sale.
///
/// # Errors
/// A value is outside its range.
pub fn generate_flash_sale(sale: &FlashSale) -> Result<Draft, Error> {
    sale.check()?;
    let mut draft = Draft::new(SettingsInput {
        name: sale.name(),
        currency: "EUR".to_owned(),
        now: "2026-03-02T10:30:00+01:00".to_owned(),
        timezone: Some("Europe/Paris".to_owned()),
        split_penalty: cents(100),
        late_penalty_per_day: cents(0),
        unfilled_penalty: cents(3000),
    });
    nodes(sale, &mut draft);
    items(sale, &mut draft);
    let (hot, others) = orders(sale, &mut draft);
    stock(sale, hot, &others, &mut draft);
    carriers(&mut draft);
    Ok(draft)
}

/// Somewhere in France, roughly.
fn anywhere(random: &mut Random) -> Place {
    Place {
        lat: 43.5 + random.below(6500) as f64 / 1000.0,
        lon: -1.0 + random.below(8000) as f64 / 1000.0,
    }
}

fn node_id(n: u32) -> String {
    format!("N{n:03}")
}

fn other_sku(n: u64) -> String {
    format!("S{n:02}")
}

fn nodes(sale: &FlashSale, draft: &mut Draft) {
    for n in 0..sale.nodes {
        let mut random = Random::stream(sale.seed, "flash node", u64::from(n));
        draft.node(NodeInput {
            country: "FR",
            postcode: "75000",
            place: Some(anywhere(&mut random)),
            shipment_cost: cents(random.between(50, 250)),
            line_cost: cents(20),
            unit_cost: cents(5),
            ..NodeInput::new(&node_id(n))
        });
    }
}

fn items(sale: &FlashSale, draft: &mut Draft) {
    let mut random = Random::stream(sale.seed, "flash items", 0);
    let others = if sale.alike == Alike::Baskets { OTHERS } else { 0 };
    for sku in std::iter::once(HOT.to_owned()).chain((0..others).map(other_sku)) {
        draft.item(ItemInput {
            sku: &sku,
            weight_g: random.between(300, 3000),
            volume_cm3: 0,
        });
    }
}

/// Writes the orders; units of the hot SKU, and of each other, that they want.
fn orders(sale: &FlashSale, draft: &mut Draft) -> (u64, Vec<u64>) {
    let (mut hot, mut others) = (0, vec![0; OTHERS as usize]);
    for o in 0..sale.orders {
        let mut random = Random::stream(sale.seed, "flash order", u64::from(o));
        let town = match sale.alike {
            Alike::Places => u64::from(o),
            alike => random.below(u64::from(alike.towns(sale.orders))),
        };
        let place = anywhere(&mut Random::stream(sale.seed, "flash town", town));
        let (order_id, postcode) = (format!("O{:06}", o + 1), format!("{:05}", 10_000 + town % 85_000));
        draft.order(OrderInput {
            channel: "web",
            place: Some(place),
            ..OrderInput::new(&order_id, "FR", &postcode)
        });
        let (mut qty, mut penalty) = (1, None);
        if sale.alike == Alike::Baskets {
            qty = if random.chance(250) { 2 } else { 1 };
            penalty = random.pick(&[2000, 3000, 6000]).copied().map(cents);
        }
        hot += u64::from(qty);
        draft.line(LineInput {
            unfilled_penalty: penalty,
            ..LineInput::new(&order_id, "1", HOT, qty)
        });
        if sale.alike == Alike::Baskets && random.chance(400) {
            let other = random.below(OTHERS);
            others[other as usize] += 1;
            draft.line(LineInput::new(&order_id, "2", &other_sku(other), 1));
        }
    }
    (hot, others)
}

/// Writes the stock: of the hot SKU dealt to all nodes at random, of each other a little more than is wanted at about half of them.
fn stock(sale: &FlashSale, hot: u64, others: &[u64], draft: &mut Draft) {
    let mut random = Random::stream(sale.seed, "flash stock", 0);
    let shares: Vec<u64> = (0..sale.nodes).map(|_| random.between(30, 200) as u64).collect();
    let (all, whole) = (hot * u64::from(sale.stock) / 100, shares.iter().sum::<u64>());
    let mut row = |node: u32, sku: &str, units: u64| {
        draft.stock(StockInput {
            node_id: &node_id(node),
            sku,
            on_hand: units as i64,
            reserved: 0,
            safety: 0,
            available_from: None,
        });
    };
    let mut before = 0;
    for (n, share) in (0..).zip(&shares) {
        let until = before + share;
        row(n, HOT, all * until / whole - all * before / whole);
        before = until;
    }
    for (sku, &wanted) in (0..).zip(others).filter(|(_, wanted)| **wanted > 0) {
        for n in (0..sale.nodes).filter(|_| random.chance(500)) {
            row(n, &other_sku(sku), wanted * 23 / (10 * u64::from(sale.nodes)) + 1);
        }
    }
}

/// Writes two services with zones by distance and bands by weight: one cheap near, one cheap far.
fn carriers(draft: &mut Draft) {
    const SERVICES: [(&str, &str, i64, i64); 2] = [("STD", "post", 430, 135), ("EXP", "fast", 350, 210)];
    const ZONES: [f64; 7] = [50.0, 120.0, 200.0, 300.0, 450.0, 650.0, 2000.0];
    const BANDS: [(i64, i64); 5] = [(500, 0), (1000, 60), (2000, 140), (5000, 290), (30_000, 650)];
    for (service_id, carrier, base, step) in SERVICES {
        draft.service(ServiceInput {
            service_id,
            carrier,
            days: Weekdays::parse("123456").unwrap_or_default(),
            cutoff: None,
            divisor_cm3_per_kg: None,
            max_parcel_g: Some(30_000),
            fuel_pct: Percent(0),
        });
        for (z, km) in (0..).zip(ZONES) {
            let zone = format!("Z{z}");
            draft.lane(LaneInput {
                service_id,
                node_id: None,
                country: "FR",
                postcode_prefix: "",
                max_km: Some(km),
                zone: &zone,
                transit_days: 1,
            });
            for (max_g, more) in BANDS {
                draft.rate(RateInput {
                    service_id,
                    zone: &zone,
                    max_g: Some(max_g),
                    price: cents(base + step * z + more),
                    per_kg: cents(0),
                });
            }
        }
    }
}
