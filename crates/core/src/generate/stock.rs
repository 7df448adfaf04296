//! Who stocks what, and how much: in proportion to the demand, dealt in lots so that whole lines can be filled.

use std::collections::BTreeMap;

use super::GenerateOptions;
use super::catalogue::Catalogue;
use super::sites::{Ordered, Site};
use crate::model::{Draft, NodeKind, StockInput};
use crate::quantity::Date;
use crate::search::Random;

/// For each SKU the nodes that stock it, by rising number; at least one.
pub(super) struct Range {
    nodes: Vec<Vec<u32>>,
}

impl Range {
    pub(super) fn new(options: &GenerateOptions, sites: &[Site]) -> Self {
        let spread = u64::from(options.spread) * 10;
        let nodes = (0..u64::from(options.sku_count())).map(|sku| {
            let stocked = sites.iter().zip(0u32..).filter(|(site, number)| {
                let permille = match site.kind {
                    NodeKind::Warehouse => spread + (1000 - spread) * 6 / 10,
                    NodeKind::Store => spread * 9 / 10,
                    NodeKind::Supplier => spread,
                };
                Random::stream(options.seed, "range", sku << 16 | u64::from(*number)).chance(permille)
            });
            let mut nodes: Vec<u32> = stocked.map(|(_, number)| number).collect();
            if nodes.is_empty() {
                nodes.push(0);
            }
            nodes
        });
        Self { nodes: nodes.collect() }
    }

    /// The nodes that stock a SKU.
    pub(super) fn of(&self, sku: usize) -> &[u32] {
        &self.nodes[sku]
    }

    /// Whether a node stocks a SKU.
    pub(super) fn has(&self, sku: usize, node: u32) -> bool {
        self.nodes[sku].binary_search(&node).is_ok()
    }
}

/// What is ordered of each SKU, and what was promised at which node.
pub(super) struct Demand {
    pub(super) total: Ordered,
    units: Vec<u64>,
    lines: Vec<u64>,
    /// By SKU and node: units of lines that are bound to the node, most of which it has.
    promised: BTreeMap<(usize, u32), u64>,
}

impl Demand {
    pub(super) fn new(skus: usize) -> Self {
        Self {
            total: Ordered::default(),
            units: vec![0; skus],
            lines: vec![0; skus],
            promised: BTreeMap::new(),
        }
    }

    pub(super) fn add_line(&mut self, sku: usize, qty: u64) {
        self.total.lines += 1;
        self.total.units += qty;
        self.units[sku] += qty;
        self.lines[sku] += 1;
    }

    pub(super) fn promise(&mut self, sku: usize, node: u32, qty: u64) {
        *self.promised.entry((sku, node)).or_default() += qty;
    }
}

/// Writes `stock.csv`, by SKU and node.
pub(super) fn write(
    options: &GenerateOptions,
    sites: &[Site],
    catalogue: &Catalogue,
    range: &Range,
    demand: &Demand,
    today: Date,
    draft: &mut Draft,
) {
    for (sku, product) in catalogue.products.iter().enumerate() {
        if demand.lines[sku] == 0 {
            continue;
        }
        let mut random = Random::stream(options.seed, "stock", sku as u64);
        for (node, units) in deal(options, sites, range, demand, sku, &mut random) {
            let site = &sites[node as usize];
            // Nodes that sold out have a row now and then; some units are reserved or kept as safety stock.
            let sold_out_row = random.chance(100);
            let reserved = if random.chance(120) { random.between(1, 3) } else { 0 };
            let safety = if site.kind == NodeKind::Store && random.chance(250) {
                random.between(1, 2)
            } else {
                0
            };
            let later = if options.incoming > 0 {
                let stream = (sku as u64) << 16 | u64::from(node);
                incoming(options, units, &mut Random::stream(options.seed, "incoming", stream))
            } else {
                Vec::new()
            };
            let now = units - later.iter().map(|l| l.1).sum::<u64>();
            if now > 0 || sold_out_row {
                draft.stock(StockInput {
                    node_id: &site.id,
                    sku: &product.sku,
                    on_hand: now as i64 + reserved + safety,
                    reserved,
                    safety,
                    available_from: None,
                });
            }
            for (days, units) in later {
                draft.stock(StockInput {
                    node_id: &site.id,
                    sku: &product.sku,
                    on_hand: units as i64,
                    reserved: 0,
                    safety: 0,
                    available_from: Some(Date::from_days(today.days() + days)),
                });
            }
        }
    }
}

/// What of so many units comes later: days from today, and units; rising.
fn incoming(options: &GenerateOptions, units: u64, random: &mut Random) -> Vec<(i32, u64)> {
    if units == 0 || !random.chance(u64::from(options.incoming) * 10) {
        return Vec::new();
    }
    // A third of it to all of it comes, in one delivery or two.
    let coming = (units * random.between(34, 100) as u64 / 100).max(1);
    let day = random.between(1, 4) as i32;
    let second = if random.chance(300) { coming / 2 } else { 0 };
    let mut later = vec![(day, coming - second)];
    if second > 0 {
        later.push((day + random.between(1, 3) as i32, second));
    }
    later
}

/// Units of a SKU at each node that stocks it or was promised to have it.
fn deal(
    options: &GenerateOptions,
    sites: &[Site],
    range: &Range,
    demand: &Demand,
    sku: usize,
    random: &mut Random,
) -> BTreeMap<u32, u64> {
    let promised = demand.promised.range((sku, 0)..=(sku, u32::MAX));
    let mut units: BTreeMap<u32, u64> = range.of(sku).iter().map(|&n| (n, 0)).collect();
    units.extend(promised.map(|(&(_, node), &n)| (node, n)));
    let wanted = (demand.units[sku] * u64::from(options.slack)).div_ceil(100);
    let mut left = wanted.saturating_sub(units.values().sum());
    // A lot is about a large line, and a thousandth of the whole where there is much of it.
    let lot = (2 * demand.units[sku] / demand.lines[sku]).max(3).max(left / 1000);
    let weights: Vec<u64> = range
        .of(sku)
        .iter()
        .scan(0, |sum, &node| {
            *sum += weight(&sites[node as usize]) * random.between(300, 1700) as u64;
            Some(*sum)
        })
        .collect();
    while left > 0 {
        let node = range.of(sku)[random.weighted(&weights)];
        let n = lot.min(left);
        *units.entry(node).or_default() += n;
        left -= n;
    }
    units
}

/// How much of a SKU goes to a node that stocks it, relative to the others.
fn weight(site: &Site) -> u64 {
    match site.kind {
        NodeKind::Warehouse => 40,
        NodeKind::Supplier => 15,
        NodeKind::Store if site.ships => 10,
        NodeKind::Store => 3,
    }
}
