//! Fulfilment nodes: where they stand, what they cost, what they can do.

use super::GenerateOptions;
use super::geography::{Geography, HOME, Terrain};
use crate::model::{Draft, NodeInput, NodeKind};
use crate::quantity::Money;
use crate::search::Random;

/// The time zone of a node that states none.
pub(super) const TIMEZONE: &str = "Europe/Madrid";

/// One node.
pub(super) struct Site {
    pub(super) id: String,
    pub(super) kind: NodeKind,
    /// Its place in [`Geography::areas`].
    pub(super) area: usize,
    pub(super) ships: bool,
    pub(super) pickup: bool,
    /// Whether its coordinates are known.
    located: bool,
    /// Shipment, line and unit cost in cents.
    cents: [i64; 3],
    lead_hours: i64,
    /// Its share of all capacity, relative to the others.
    size: u64,
}

/// The nodes of a problem. The first ones are the same however many there are.
pub(super) fn sites(options: &GenerateOptions, land: &Geography) -> Vec<Site> {
    let mut sites: Vec<Site> = Vec::new();
    for number in 0..options.nodes {
        let site = site(options, land, &sites, number);
        sites.push(site);
    }
    sites
}

fn site(options: &GenerateOptions, land: &Geography, earlier: &[Site], number: u32) -> Site {
    let mut random = Random::stream(options.seed, "node", u64::from(number));
    let kind = match number {
        n if n % 8 == 0 => NodeKind::Warehouse,
        n if n % 12 == 5 && !options.plain => NodeKind::Supplier,
        _ => NodeKind::Store,
    };
    let area = stand(&mut random, land, earlier, kind);
    // A few stores only hand over to customers; of some suppliers nobody knows the place.
    let counter = kind == NodeKind::Store && !options.plain && (number % 24 == 7 || random.chance(30));
    let located = options.plain || kind != NodeKind::Supplier || number % 24 != 5;
    let mut cents = |ranges: [(i64, i64); 3]| ranges.map(|(low, high)| random.between(low, high));
    let (prefix, cents, hours, size): (_, _, &[i64], _) = match kind {
        NodeKind::Warehouse => ("WH", cents([(90, 140), (28, 42), (6, 11)]), &[0, 0, 2, 4], 600),
        NodeKind::Supplier => ("SU", cents([(200, 300), (50, 80), (8, 14)]), &[24, 36], 150),
        NodeKind::Store => (
            "ST",
            cents([(150, 260), (75, 125), (12, 22)]),
            &[2, 4, 8, 24],
            if counter { 15 } else { 100 },
        ),
    };
    Site {
        id: format!("{prefix}-{:02}", number + 1),
        kind,
        area,
        ships: !counter,
        pickup: kind == NodeKind::Store && (counter || random.chance(800)),
        located,
        cents,
        lead_hours: random.pick(hours).copied().unwrap_or(0),
        size: size * random.between(80, 125) as u64,
    }
}

/// Where a node stands: of a few areas that people draw, the one farthest from the earlier nodes. Warehouses draw more
/// often, and stay on the plains of the home country.
fn stand(random: &mut Random, land: &Geography, earlier: &[Site], kind: NodeKind) -> usize {
    let draws = if kind == NodeKind::Warehouse { 12 } else { 3 };
    let mut best = (-1, 0);
    for _ in 0..draws {
        let area = land.anywhere(random);
        let region = land.region(area);
        if kind == NodeKind::Warehouse && (region.terrain != Terrain::Plain || region.country != HOME) {
            continue;
        }
        let here = &land.areas[area];
        let nearest = earlier
            .iter()
            .map(|s| here.apart(&land.areas[s.area]))
            .min()
            .unwrap_or(i64::MAX);
        best = best.max((nearest, area));
    }
    best.1
}

/// Money of a number of cents.
pub(super) fn cents(n: i64) -> Money {
    Money::from_ten_thousandths(n * 100)
}

/// Writes `nodes.csv`, its capacities in proportion to the ordered lines and units.
pub(super) fn write(options: &GenerateOptions, land: &Geography, sites: &[Site], demand: &Ordered, draft: &mut Draft) {
    let whole: u64 = sites.iter().map(|s| s.size).sum();
    for (number, site) in sites.iter().enumerate() {
        let area = &land.areas[site.area];
        let region = land.region(site.area);
        let limits = limits(options, site, number, demand, whole);
        draft.node(NodeInput {
            kind: site.kind,
            country: region.country,
            postcode: &area.postcode,
            place: site.located.then(|| area.place()),
            timezone: (region.timezone != TIMEZONE).then_some(region.timezone),
            shipment_cost: cents(site.cents[0]),
            line_cost: cents(site.cents[1]),
            unit_cost: cents(site.cents[2]),
            max_shipments: limits.shipments,
            max_lines: limits.lines,
            max_units: limits.units,
            lead_nanoseconds: site.lead_hours * 3_600_000_000_000,
            ships: site.ships,
            pickup: site.pickup,
            ..NodeInput::new(&site.id)
        });
    }
}

/// What all orders ask for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ordered {
    pub(super) orders: u64,
    pub(super) lines: u64,
    pub(super) units: u64,
}

#[derive(Default)]
struct Limits {
    shipments: Option<u32>,
    lines: Option<u32>,
    units: Option<u32>,
}

/// Every node has a limit on lines; of the stores and suppliers of a full problem, some also on shipments or units.
fn limits(options: &GenerateOptions, site: &Site, number: usize, demand: &Ordered, whole: u64) -> Limits {
    if options.capacity == 0 {
        return Limits::default();
    }
    let share = |all: u64, percent: u64| {
        let n = u128::from(all) * u128::from(percent) * u128::from(site.size) / (100 * u128::from(whole.max(1)));
        u32::try_from(n + 1).unwrap_or(u32::MAX / 8)
    };
    let capacity = u64::from(options.capacity);
    let mut random = Random::stream(options.seed, "limits", number as u64);
    let draw = if options.plain || site.kind == NodeKind::Warehouse {
        100
    } else {
        random.below(100)
    };
    Limits {
        shipments: (draw < 35).then(|| share(demand.orders, capacity * 13 / 10)),
        lines: Some(share(demand.lines, capacity)),
        units: (35..60)
            .contains(&draw)
            .then(|| share(demand.units, capacity * 11 / 10)),
    }
}
