//! Ready prices for a few orders: from the nodes nearby, by listed services and by partners that no table lists.

use super::Profile;
use super::sales::{Sale, Seller};
use crate::search::Random;

/// A quote of an order.
pub(super) struct Offered {
    pub(super) node: u32,
    pub(super) service: &'static str,
    /// In cents.
    pub(super) price: i64,
    /// Days from the planning date to the delivery.
    pub(super) deliver_in: Option<i64>,
    pub(super) workload: u32,
}

/// Services that quotes name; only the first two are listed.
const SERVICES: [&str; 4] = ["standard", "express", "partner-van", "partner-night"];

/// Quotes from the four nearest nodes that ship and from the first, one or two each.
pub(super) fn draw(random: &mut Random, seller: &Seller<'_>, sale: &Sale) -> Vec<Offered> {
    let here = &seller.land.areas[sale.area];
    let ships = |&n: &u32| seller.sites[n as usize].ships;
    let mut nodes: Vec<u32> = (0..seller.sites.len() as u32).filter(ships).collect();
    nodes.sort_by_key(|&n| here.apart(&seller.land.areas[seller.sites[n as usize].area]));
    nodes.truncate(4);
    nodes.push(0);
    nodes.sort_unstable();
    nodes.dedup();
    let base = if seller.options.profile == Profile::B2b {
        2_950
    } else {
        450
    };
    let mut quotes = Vec::new();
    for node in nodes {
        let first = random.below(SERVICES.len() as u64) as usize;
        for i in 0..=random.below(2) as usize {
            quotes.push(Offered {
                node,
                service: SERVICES[(first + i) % SERVICES.len()],
                price: base + random.between(0, 950) + 60 * sale.lines.len() as i64,
                deliver_in: if random.chance(150) {
                    None
                } else {
                    Some(random.between(1, 5))
                },
                workload: if random.chance(300) {
                    random.between(2, 3) as u32
                } else {
                    1
                },
            });
        }
    }
    quotes
}
