//! Orders: who orders what, and which rules of the format bind the order.
//!
//! What an order asks for comes from one random stream, its rules from another. So a plain problem asks for the same as a
//! full one. An order is made from its number alone and so can be made twice, once to learn the demand and once to write
//! it down; no problem is held in memory beside its draft.

use super::catalogue::Catalogue;
use super::geography::Geography;
use super::quantiles::{TRADE_LINES, TRADE_UNITS};
use super::quotes::{self, Offered};
use super::sites::Site;
use super::stock::Range;
use super::{GenerateOptions, Profile};
use crate::search::Random;

/// One order.
pub(super) struct Sale {
    pub(super) area: usize,
    pub(super) located: bool,
    pub(super) channel: &'static str,
    /// Days from the planning date to the promised date.
    pub(super) deliver_in: Option<i64>,
    pub(super) max_shipments: Option<u32>,
    pub(super) ship_complete: bool,
    pub(super) pickup: Option<u32>,
    pub(super) lines: Vec<SaleLine>,
    /// Line (`None` = all) and node.
    pub(super) exclusions: Vec<(Option<usize>, u32)>,
    pub(super) quotes: Vec<Offered>,
}

/// One line of an order.
pub(super) struct SaleLine {
    pub(super) sku: usize,
    pub(super) qty: u32,
    /// Penalty per unit left unfilled in cents.
    pub(super) penalty: Option<i64>,
    pub(super) pin: Option<u32>,
    pub(super) grouped: bool,
    pub(super) divisible: bool,
    /// Whether the node that the line is bound to has stock for it.
    pub(super) promised: bool,
}

/// Makes orders.
pub(super) struct Seller<'a> {
    pub(super) options: &'a GenerateOptions,
    pub(super) land: &'a Geography,
    pub(super) catalogue: &'a Catalogue,
    pub(super) sites: &'a [Site],
    pub(super) range: &'a Range,
}

impl Seller<'_> {
    /// The order of this number.
    pub(super) fn sale(&self, number: u32) -> Sale {
        let mut random = Random::stream(self.options.seed, "order", u64::from(number));
        let area = self.land.anywhere(&mut random);
        let channels: &[&str] = match self.options.profile {
            Profile::B2c => &["web", "app", "marketplace"],
            Profile::B2b => &["portal", "edi"],
        };
        let mut sale = Sale {
            area,
            located: true,
            channel: random.pick(channels).copied().unwrap_or_default(),
            deliver_in: Some(random.between(2, 6)),
            max_shipments: None,
            ship_complete: false,
            pickup: None,
            lines: self.lines(&mut random),
            exclusions: Vec::new(),
            quotes: Vec::new(),
        };
        if !self.options.plain {
            let mut random = Random::stream(self.options.seed, "rules", u64::from(number));
            self.delivery_rules(&mut random, &mut sale);
            self.line_rules(&mut random, &mut sale);
            missing_data(&mut random, &mut sale);
        }
        sale
    }

    fn lines(&self, random: &mut Random) -> Vec<SaleLine> {
        /// Running shares of household orders with 1, 2, ... 6 lines, in per mille; the mean is 2.2.
        const BASKET: [u64; 6] = [430, 680, 825, 910, 965, 1000];
        let wanted = match self.options.profile {
            Profile::B2c => random.weighted(&BASKET) + 1,
            Profile::B2b => TRADE_LINES.draw(random) as usize,
        };
        let mut lines: Vec<SaleLine> = Vec::with_capacity(wanted);
        // Popular SKUs are drawn again and again; a draw that is in the basket already counts as a try.
        for _ in 0..wanted * 8 {
            let sku = self.catalogue.draw(random);
            if lines.iter().all(|l| l.sku != sku) {
                lines.push(self.line(random, sku));
                if lines.len() == wanted {
                    break;
                }
            }
        }
        lines
    }

    fn line(&self, random: &mut Random, sku: usize) -> SaleLine {
        // Leaving a line unfilled loses a share of the goods' value on every unit, and about 12.00 of goodwill.
        let (qty, loss_percent) = match self.options.profile {
            Profile::B2c => (random.weighted(&[72, 93, 100]) as i64 + 1, 60),
            Profile::B2b => (TRADE_UNITS.draw(random), 30),
        };
        let penalty = self.catalogue.products[sku].value * loss_percent / 100 + (1200 + qty - 1) / qty;
        SaleLine {
            sku,
            qty: qty as u32,
            penalty: Some(penalty),
            pin: None,
            grouped: false,
            divisible: false,
            promised: random.chance(850),
        }
    }

    /// Pickup, limits on shipments, all or nothing, quotes: at most one of them an order.
    fn delivery_rules(&self, random: &mut Random, sale: &mut Sale) {
        match random.below(1000) {
            0..50 if sale.lines.len() <= 2 => sale.pickup = self.pickup_node(sale),
            50..80 => sale.max_shipments = Some(1),
            80..150 => sale.max_shipments = Some(2),
            150..190 => sale.ship_complete = true,
            190..205 => sale.quotes = quotes::draw(random, self, sale),
            _ => {}
        }
    }

    /// Of the nodes with pickup, the one that stocks the most of the lines; of those the nearest.
    fn pickup_node(&self, sale: &Sale) -> Option<u32> {
        let here = &self.land.areas[sale.area];
        let nodes = self.sites.iter().zip(0u32..).filter(|(site, _)| site.pickup);
        nodes
            .min_by_key(|&(site, number)| {
                let missing = sale.lines.iter().filter(|l| !self.range.has(l.sku, number)).count();
                (missing, here.apart(&self.land.areas[site.area]))
            })
            .map(|(_, number)| number)
    }

    /// Groups, pins, exclusions, the same SKU on two lines, divisible lines, missing penalties.
    fn line_rules(&self, random: &mut Random, sale: &mut Sale) {
        let count = sale.lines.len();
        let one = |random: &mut Random| random.below(count as u64) as usize;
        let stocked = |random: &mut Random, sku| random.pick(self.range.of(sku)).copied().unwrap_or(0);
        match random.below(1000) {
            0..40 if count >= 2 => {
                let first = one(random);
                let wanted = if count > 3 && random.chance(300) { 3 } else { 2 };
                (0..wanted).for_each(|i| sale.lines[(first + i) % count].grouped = true);
            }
            40..80 if sale.pickup.is_none() => {
                let line = one(random);
                let node = stocked(random, sale.lines[line].sku);
                sale.lines[line].pin = self.sites[node as usize].ships.then_some(node);
            }
            80..100 => sale.exclusions.push((None, stocked(random, sale.lines[0].sku))),
            100..120 => {
                let line = one(random);
                sale.exclusions
                    .push((Some(line), stocked(random, sale.lines[line].sku)));
            }
            120..126 if count >= 2 => sale.lines[1].sku = sale.lines[0].sku,
            _ => {}
        }
        for line in &mut sale.lines {
            let divisible = line.qty >= 2 && !line.grouped && random.chance(50);
            line.divisible = divisible && self.options.divisible;
            if random.chance(20) {
                line.penalty = None;
            }
        }
    }
}

/// Orders without a promised date, without coordinates, without a channel.
fn missing_data(random: &mut Random, sale: &mut Sale) {
    match random.below(1000) {
        0..20 => sale.deliver_in = None,
        20..30 => sale.located = false,
        30..40 => sale.channel = "",
        _ => {}
    }
}
