//! What there is to do on a floor: its shipments with what they ask for, and those that cannot be done, and why.

use std::collections::{BTreeMap, HashMap};

use super::departures::due;
use crate::index::{Idx as _, LineIdx, NodeIdx, OrderIdx, PickLocationIdx, ShipmentIdx, SkuIdx, Sym};
use crate::model::Problem;
use crate::model::floor::{Cart, Floor, Floors, GroupKey, LocationStock};
use crate::plan::{Carriage, Fill, LineCount, RoutingPlan, Shipment, Unplanned, UnplannedReason, WaveGroup, waits_for};
use crate::quantity::{Date, Grams, Moment, Volume};

/// What one shipment asks of its floor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The shipment.
    pub shipment: ShipmentIdx,
    /// Its order.
    pub order: OrderIdx,
    /// By what it travels.
    pub carriage: Carriage,
    /// What of it can be picked, by rising line.
    pub fills: Vec<Fill>,
    /// Its units.
    pub units: u64,
    /// Its weight.
    pub weight: Grams,
    /// Its volume.
    pub volume: Volume,
    /// Its parcels.
    pub parcels: i64,
    /// The departure that it is due to make.
    pub due: Option<Moment>,
    /// What it must share with all others of its wave; its priority among it.
    pub group: WaveGroup,
}

impl Task {
    /// Its lines.
    #[must_use]
    pub fn lines(&self) -> u32 {
        self.fills.len() as u32
    }

    /// Bins that it takes in a cart; 0 where the cart has none.
    #[must_use]
    pub fn bins(&self, cart: &Cart) -> i64 {
        cart.bins_for(self.units as i64, self.weight, self.volume)
    }

    /// Whether a cart takes it alone and whole.
    #[must_use]
    pub fn fits(&self, cart: &Cart) -> bool {
        cart.takes(self.units as i64, self.weight, self.volume)
    }
}

/// What there is to do on one floor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workload {
    /// What can be done, by shipment.
    pub tasks: Vec<Task>,
    /// What cannot, by shipment and line, each with the reason: never [`UnplannedReason::NoTime`].
    pub unplanned: Vec<Unplanned>,
}

/// What there is to do on a floor: every shipment of the routing plan that leaves its node.
///
/// A shipment that waits for incoming stock waits here too. A line of which no cart takes even one unit cannot be picked, and
/// the rest of its shipment can. What can be picked is served from the pick locations by rising (priority, order, shipment), where orders are as old as their place in `orders.csv`
/// tells: each has all its units set aside, or is short and takes none. So no newer order ever takes what an older one of
/// the same priority needs.
#[must_use]
pub fn workload(problem: &Problem, plan: &RoutingPlan, floors: &Floors, floor: &Floor) -> Workload {
    let mut made = Maker::new(problem, floors, floor);
    let mut tasks = Vec::new();
    let mut unplanned = Vec::new();
    for (shipment, fills) in fills_of(problem, plan, floor.node()) {
        let row = &plan.shipments[shipment.get()];
        if waits_for(problem, row, &fills).is_some() {
            let (fill, reason) = (None, UnplannedReason::WaitsForStock);
            unplanned.push(Unplanned { shipment, fill, reason });
            continue;
        }
        let (carried, left): (Vec<Fill>, Vec<Fill>) = fills.into_iter().partition(|fill| made.is_carried(fill.line));
        unplanned.extend(left.into_iter().map(|fill| Unplanned {
            shipment,
            fill: Some(fill),
            reason: UnplannedReason::NoCart,
        }));
        if !carried.is_empty() {
            tasks.push(made.task(shipment, row, carried));
        }
    }
    let mut order: Vec<usize> = (0..tasks.len()).collect();
    order.sort_by_key(|&n| (tasks[n].group.priority, tasks[n].order, tasks[n].shipment));
    let mut left: HashMap<SkuIdx, i64> = HashMap::new();
    for row in floor.stock() {
        *left.entry(row.sku).or_default() += i64::from(row.available);
    }
    let mut is_short = vec![false; tasks.len()];
    for n in order {
        let mut needs: BTreeMap<SkuIdx, i64> = BTreeMap::new();
        for fill in &tasks[n].fills {
            *needs.entry(problem.lines()[fill.line].sku).or_default() += i64::from(fill.qty);
        }
        let enough = needs
            .iter()
            .all(|(sku, qty)| left.get(sku).is_some_and(|left| left >= qty));
        if enough {
            for (sku, qty) in needs {
                left.entry(sku).and_modify(|left| *left -= qty);
            }
        } else {
            is_short[n] = true;
            unplanned.push(Unplanned {
                shipment: tasks[n].shipment,
                fill: None,
                reason: UnplannedReason::Short,
            });
        }
    }
    let mut short = is_short.into_iter();
    tasks.retain(|_| !short.next().unwrap_or(false));
    unplanned.sort_unstable();
    Workload { tasks, unplanned }
}

/// The shipments that leave a node with what each holds by rising line, by shipment.
/// What the problem does not have is left out.
fn fills_of(problem: &Problem, plan: &RoutingPlan, node: NodeIdx) -> Vec<(ShipmentIdx, Vec<Fill>)> {
    let here = |s: ShipmentIdx| {
        let shipment = plan.shipments.get(s.get());
        shipment.is_some_and(|s| s.node == node && problem.orders().get(s.order).is_some())
    };
    let mut fills: Vec<(ShipmentIdx, Fill)> = plan
        .assignments
        .iter()
        .filter(|a| here(a.shipment) && problem.lines().get(a.line).is_some())
        .map(|a| {
            (
                a.shipment,
                Fill {
                    line: a.line,
                    qty: a.qty,
                },
            )
        })
        .collect();
    fills.sort_unstable();
    let shipments = fills.chunk_by(|a, b| a.0 == b.0);
    shipments
        .map(|list| (list[0].0, list.iter().map(|f| f.1).collect()))
        .collect()
}

/// Makes tasks, and remembers what is the same for many.
struct Maker<'a> {
    problem: &'a Problem,
    floors: &'a Floors,
    floor: &'a Floor,
    due: HashMap<(Carriage, Option<Date>), Option<Moment>>,
    zones: HashMap<SkuIdx, Option<Sym>>,
    carried: HashMap<SkuIdx, bool>,
}

impl<'a> Maker<'a> {
    fn new(problem: &'a Problem, floors: &'a Floors, floor: &'a Floor) -> Self {
        Self {
            problem,
            floors,
            floor,
            due: HashMap::new(),
            zones: HashMap::new(),
            carried: HashMap::new(),
        }
    }

    /// Whether some cart takes a unit of the line.
    fn is_carried(&mut self, line: LineIdx) -> bool {
        let sku = self.problem.lines()[line].sku;
        let (item, carts) = (self.problem.items()[sku], self.floor.carts());
        let known = self.carried.entry(sku);
        *known.or_insert_with(|| carts.iter().any(|cart| cart.takes(1, item.weight, item.volume)))
    }

    fn task(&mut self, shipment: ShipmentIdx, s: &Shipment, fills: Vec<Fill>) -> Task {
        let (problem, floor) = (self.problem, self.floor);
        let known = self.due.entry((s.carriage, s.leaves_on));
        let open = self
            .floors
            .open_shipments()
            .and_then(|open| *open.due.get(shipment.get())?);
        let due = open.or_else(|| *known.or_insert_with(|| due(problem, floor, s)));
        let item = |fill: &Fill| &problem.items()[problem.lines()[fill.line].sku];
        // Saturating: a routing plan that is not valid may hold any quantities.
        let sum = |per_unit: &dyn Fn(&Fill) -> i64| {
            let parts = fills.iter().map(|f| i64::from(f.qty).saturating_mul(per_unit(f)));
            parts.fold(0, i64::saturating_add)
        };
        Task {
            shipment,
            order: s.order,
            carriage: s.carriage,
            units: fills.iter().map(|f| u64::from(f.qty)).sum(),
            weight: Grams(sum(&|f| item(f).weight.0)),
            volume: Volume(sum(&|f| item(f).volume.0)),
            parcels: s.parcels,
            due,
            group: self.group(s, due, &fills),
            fills,
        }
    }

    fn group(&mut self, s: &Shipment, due: Option<Moment>, fills: &[Fill]) -> WaveGroup {
        let has = |key| self.floor.rules().group_by.contains(&key);
        let service = match s.carriage {
            Carriage::Service(service) => Some(service),
            Carriage::Pickup => None,
        };
        let lines = if fills.len() == 1 {
            LineCount::Single
        } else {
            LineCount::Multi
        };
        WaveGroup {
            priority: self.floors.priority(self.problem, s.order, service),
            departure: has(GroupKey::Departure).then_some(due),
            service: has(GroupKey::Service).then_some(s.carriage),
            lines: has(GroupKey::Lines).then_some(lines),
            channel: has(GroupKey::Channel).then(|| self.problem.orders()[s.order].channel),
            zone: has(GroupKey::Zone).then(|| self.zone(fills)),
        }
    }

    /// The one zone in which all that a shipment holds lies.
    fn zone(&mut self, fills: &[Fill]) -> Option<Sym> {
        let floor = self.floor;
        let mut zones = fills.iter().map(|fill| {
            let sku = self.problem.lines()[fill.line].sku;
            *self.zones.entry(sku).or_insert_with(|| zone_of(floor, sku))
        });
        let first = zones.next()??;
        zones.all(|zone| zone == Some(first)).then_some(first)
    }
}

/// The zone of a SKU: that of every pick location where units of it may be taken; `None` where they differ or have none.
#[must_use]
pub fn zone_of(floor: &Floor, sku: SkuIdx) -> Option<Sym> {
    let zone = |location: PickLocationIdx| floor.locations()[location].zone;
    let mut rows = floor
        .stock_of(sku)
        .iter()
        .filter(|row: &&LocationStock| row.available > 0);
    let first = zone(rows.next()?.location)?;
    rows.all(|row| zone(row.location) == Some(first)).then_some(first)
}
