//! The floor of one node, the floors of all, and the look-ups that planning and judging share.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Cart, Departure, LocalClock, LocationStock, PickLocation, Rates, Shift, WaveRules};
use crate::index::{
    CartIdx, DepartureIdx, IdTable, Idx as _, IndexVec, NodeIdx, OrderIdx, PickLocationIdx, ServiceIdx, ShiftIdx,
    ShipmentIdx, SkuIdx, Sym,
};
use crate::model::{Layout, Problem};
use crate::quantity::{Date, Moment};

/// What validation found to be sound of one floor.
#[derive(Clone, Debug)]
pub(crate) struct FloorParts {
    pub node: NodeIdx,
    pub texts: Arc<IdTable<Sym>>,
    pub now: Moment,
    pub clock: LocalClock,
    pub layout: Layout,
    pub vertices: Vec<Sym>,
    pub locations: IndexVec<PickLocationIdx, PickLocation>,
    /// In any order; at most one row per pick location and SKU.
    pub stock: Vec<LocationStock>,
    pub carts: IndexVec<CartIdx, Cart>,
    pub shifts: IndexVec<ShiftIdx, Shift>,
    pub departures: IndexVec<DepartureIdx, Departure>,
    pub rates: Rates,
    pub rules: WaveRules,
}

/// The floor of one node: always valid, never changed.
#[derive(Clone, Debug)]
pub struct Floor {
    parts: FloorParts,
    /// Where the stock rows of each SKU begin, and the end.
    stock_of_sku: Vec<u32>,
    by_id: HashMap<Sym, PickLocationIdx>,
}

impl Floor {
    pub(crate) fn new(mut parts: FloorParts) -> Self {
        parts.stock.sort_unstable_by_key(|row| (row.sku, row.location));
        let skus = parts.stock.last().map_or(0, |row| row.sku.get() + 1);
        let mut stock_of_sku = vec![0u32; skus + 1];
        for row in &parts.stock {
            stock_of_sku[row.sku.get() + 1] += 1;
        }
        for n in 0..skus {
            stock_of_sku[n + 1] += stock_of_sku[n];
        }
        let by_id = parts
            .locations
            .iter_enumerated()
            .map(|(n, place)| (place.id, n))
            .collect();
        Self {
            parts,
            stock_of_sku,
            by_id,
        }
    }

    /// The node.
    #[must_use]
    pub const fn node(&self) -> NodeIdx {
        self.parts.node
    }

    /// The planning instant, parts of a second rounded up: nothing is released before it.
    #[must_use]
    pub const fn now(&self) -> Moment {
        self.parts.now
    }

    /// The clock of the node.
    #[must_use]
    pub const fn clock(&self) -> &LocalClock {
        &self.parts.clock
    }

    /// The date of the planning instant on the node's clock.
    #[must_use]
    pub fn today(&self) -> Date {
        self.parts.clock.date(self.parts.now)
    }

    /// The day after the days of the plan.
    fn end_date(&self) -> Date {
        Date::from_days(self.today().days() + 1 + self.parts.rules.horizon_days as i32)
    }

    /// The first moment after the days of the plan: no shift begins after it, and no departure is looked for from then on.
    #[must_use]
    pub fn horizon(&self) -> Moment {
        self.parts.clock.midnight(self.end_date())
    }

    /// The dates on which shifts that matter may begin: from yesterday (a night shift may still go on) to the last day of
    /// the plan.
    pub fn shift_dates(&self) -> impl Iterator<Item = Date> + use<> {
        (self.today().days() - 1..self.end_date().days()).map(Date::from_days)
    }

    /// How a picker walks.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.parts.layout
    }

    /// Ids of the vertices of a layout that is a graph, by number; empty for aisles.
    #[must_use]
    pub fn vertices(&self) -> &[Sym] {
        &self.parts.vertices
    }

    /// The pick locations, in file order.
    #[must_use]
    pub const fn locations(&self) -> &IndexVec<PickLocationIdx, PickLocation> {
        &self.parts.locations
    }

    /// What lies in the pick locations, by SKU, then pick location.
    #[must_use]
    pub fn stock(&self) -> &[LocationStock] {
        &self.parts.stock
    }

    /// Where a SKU lies, by pick location.
    #[must_use]
    pub fn stock_of(&self, sku: SkuIdx) -> &[LocationStock] {
        match self.stock_of_sku.get(sku.get()..sku.get() + 2) {
            Some(ends) => &self.parts.stock[ends[0] as usize..ends[1] as usize],
            None => &[],
        }
    }

    /// The carts, in file order; at least one type.
    #[must_use]
    pub const fn carts(&self) -> &IndexVec<CartIdx, Cart> {
        &self.parts.carts
    }

    /// The shifts, in file order; at least one.
    #[must_use]
    pub const fn shifts(&self) -> &IndexVec<ShiftIdx, Shift> {
        &self.parts.shifts
    }

    /// The departures, in file order. A service without any leaves by its cut-off, see [`cost::waves`](crate::cost::waves).
    #[must_use]
    pub const fn departures(&self) -> &IndexVec<DepartureIdx, Departure> {
        &self.parts.departures
    }

    /// The departures of one service, in file order.
    pub fn departures_of(&self, service: ServiceIdx) -> impl Iterator<Item = (DepartureIdx, &Departure)> {
        let all = self.parts.departures.iter_enumerated();
        all.filter(move |(_, departure)| departure.service == service)
    }

    /// How fast the work is.
    #[must_use]
    pub const fn rates(&self) -> &Rates {
        &self.parts.rates
    }

    /// How waves are made.
    #[must_use]
    pub const fn rules(&self) -> &WaveRules {
        &self.parts.rules
    }

    /// The text of an id or zone of this floor.
    #[must_use]
    pub fn text(&self, text: Sym) -> &str {
        self.parts.texts.text(text)
    }

    /// A text of this floor as its symbol; `None` where no floor has it.
    #[must_use]
    pub fn find_text(&self, text: &str) -> Option<Sym> {
        self.parts.texts.find(text)
    }

    /// Id of a pick location.
    #[must_use]
    pub fn location_id(&self, location: PickLocationIdx) -> &str {
        self.text(self.parts.locations[location].id)
    }

    /// The pick location with this id.
    #[must_use]
    pub fn find_location(&self, id: &str) -> Option<PickLocationIdx> {
        self.by_id.get(&self.parts.texts.find(id)?).copied()
    }

    /// The type of cart with this id.
    #[must_use]
    pub fn find_cart(&self, id: &str) -> Option<CartIdx> {
        let id = self.parts.texts.find(id)?;
        self.parts
            .carts
            .iter_enumerated()
            .find(|(_, cart)| cart.id == id)
            .map(|(n, _)| n)
    }

    /// The shift with this id.
    #[must_use]
    pub fn find_shift(&self, id: &str) -> Option<ShiftIdx> {
        let id = self.parts.texts.find(id)?;
        self.parts
            .shifts
            .iter_enumerated()
            .find(|(_, shift)| shift.id == id)
            .map(|(n, _)| n)
    }
}

/// A service that a rule of priority may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriorityService {
    /// The built-in service `pickup`.
    Pickup,
    /// A carrier service.
    Service(ServiceIdx),
}

/// A row of `priorities.csv` that names no order: it holds where everything that it names agrees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriorityRule {
    /// Sales channel, a text of the problem; `None` = any.
    pub channel: Option<Sym>,
    /// Service; `None` = any.
    pub service: Option<PriorityService>,
    /// The priority, 1 (most urgent) to 9.
    pub priority: u8,
}

/// What is known of shipments that no routing plan made: their own ids, and by when each has to be packed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenShipments {
    /// By shipment.
    pub ids: Vec<String>,
    /// By shipment; `None` = by the departures of its service, if it has some.
    pub due: Vec<Option<Moment>>,
}

/// The floors of the nodes that have one, and the priorities of orders.
#[derive(Clone, Debug, Default)]
pub struct Floors {
    sites: Vec<Floor>,
    open: Option<Arc<OpenShipments>>,
    priorities: HashMap<OrderIdx, u8>,
    rules: Vec<PriorityRule>,
}

impl Floors {
    pub(crate) fn new(mut floors: Vec<Floor>, priorities: HashMap<OrderIdx, u8>, rules: Vec<PriorityRule>) -> Self {
        floors.sort_by_key(Floor::node);
        Self {
            sites: floors,
            open: None,
            priorities,
            rules,
        }
    }

    /// The same floors for shipments that no routing plan made.
    #[must_use]
    pub fn with_open_shipments(mut self, shipments: OpenShipments) -> Self {
        self.open = Some(Arc::new(shipments));
        self
    }

    /// What is known of shipments that no routing plan made; `None` where one did.
    #[must_use]
    pub fn open_shipments(&self) -> Option<&OpenShipments> {
        self.open.as_deref()
    }

    /// The id of a shipment in the files of a plan of waves: its own, where no routing plan made it, else its number from 1.
    #[must_use]
    pub fn shipment_id(&self, shipment: ShipmentIdx) -> String {
        let own = self.open.as_ref().and_then(|open| open.ids.get(shipment.get()));
        own.map_or_else(|| (u64::from(shipment.0) + 1).to_string(), String::clone)
    }

    /// The floors, by node.
    #[must_use]
    pub fn floors(&self) -> &[Floor] {
        &self.sites
    }

    /// The floor of a node; `None` where it has none, and nothing is planned there.
    #[must_use]
    pub fn of(&self, node: NodeIdx) -> Option<&Floor> {
        let n = self.sites.binary_search_by_key(&node, Floor::node).ok()?;
        self.sites.get(n)
    }

    /// Priorities of single orders.
    #[must_use]
    pub const fn priorities(&self) -> &HashMap<OrderIdx, u8> {
        &self.priorities
    }

    /// Rules of priority, in file order: the first that holds counts.
    #[must_use]
    pub fn priority_rules(&self) -> &[PriorityRule] {
        &self.rules
    }

    /// The priority of a shipment of an order by a service (`None` = pickup): the order's own, else that of the first rule
    /// that holds, else [`DEFAULT_PRIORITY`](super::DEFAULT_PRIORITY).
    #[must_use]
    pub fn priority(&self, problem: &Problem, order: OrderIdx, service: Option<ServiceIdx>) -> u8 {
        let channel = problem.orders()[order].channel;
        let of = service.map_or(PriorityService::Pickup, PriorityService::Service);
        let holds =
            |rule: &&PriorityRule| rule.channel.is_none_or(|c| c == channel) && rule.service.is_none_or(|s| s == of);
        let own = self.priorities.get(&order).copied();
        own.or_else(|| self.rules.iter().find(holds).map(|rule| rule.priority))
            .unwrap_or(super::DEFAULT_PRIORITY)
    }
}
