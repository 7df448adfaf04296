//! The table of shipments, row by row, gathered to orders with their lines and to shipments.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::diagnostic::Code;
use crate::io::cells::Cells;
use crate::io::column::Kind::{Text, Whole};
use crate::io::column::{Schema, given, needed};
use crate::io::parse::{Bad, count, deadline, integer};
use crate::io::rows::{id, maybe_id};
use crate::model::floor::{FloorDraft, LocalClock};
use crate::quantity::{MAX_MEASURE, Moment};

/// The table of shipments. Of two names of a column either may stand.
pub(in crate::io) const SHIPMENTS: Schema = Schema {
    name: "shipments",
    required: true,
    columns: &[
        given("shipment_id", Text),
        given("shipment", Text),
        given("order_id", Text),
        given("order", Text),
        given("line_id", Text),
        given("line", Text),
        given("service_id", Text),
        given("service", Text),
        given("node_id", Text),
        given("node", Text),
        needed("sku", Text),
        needed("qty", Whole),
        given("due", Text),
        given("weight_g", Whole),
        given("volume_cm3", Whole),
    ],
};

/// Columns of two names, by the first.
pub(super) const SHIPMENT: usize = 0;
pub(super) const ORDER: usize = 2;
pub(super) const LINE: usize = 4;
pub(super) const SERVICE: usize = 6;
const NODE: usize = 8;
const TWO_NAMES: [usize; 5] = [SHIPMENT, ORDER, LINE, SERVICE, NODE];
/// Columns of one name.
const SKU: usize = 10;
const QTY: usize = 11;
const DUE: usize = 12;
const MEASURES: [usize; 2] = [13, 14];

/// The service of shipments that are due and name none.
const UNNAMED_SERVICE: &str = "-";
const PICKUP: &str = "pickup";

/// What is the same in all rows of a shipment.
#[derive(PartialEq)]
pub(super) struct Head {
    pub order: String,
    pub node: String,
    pub service: Option<String>,
    pub due: Option<Moment>,
}

/// A line of an order.
pub(super) struct LineRows {
    pub id: String,
    pub sku: String,
    /// Units of each shipment.
    pub units: BTreeMap<usize, u32>,
    /// Its first row.
    pub row: u32,
}

/// An order with its lines.
pub(super) struct OrderRows {
    pub id: String,
    pub lines: Vec<LineRows>,
    /// Its first row.
    pub row: u32,
    /// Positions of its lines by their ids.
    line_of: HashMap<String, usize>,
}

/// The rows of the table, gathered.
pub(super) struct Rows<'a> {
    pub clock: &'a LocalClock,
    /// Ids of the nodes with a floor.
    pub nodes: Vec<String>,
    /// SKUs, and services without pickup, that floors or shipments name, with the first row of the table that does.
    pub skus: BTreeMap<String, Option<u32>>,
    pub services: BTreeMap<String, Option<u32>>,
    /// Shipments in the order in which they first stand.
    pub shipments: Vec<(String, Head)>,
    shipment_of: HashMap<String, usize>,
    /// Orders in the order in which they first stand.
    pub orders: Vec<OrderRows>,
    order_of: HashMap<String, usize>,
    /// Weight and volume of one unit, as far as they are given.
    pub measures: BTreeMap<String, [Option<i64>; 2]>,
    /// The name that the table has for each column of two names.
    names: Option<[&'static str; TWO_NAMES.len()]>,
    told_nodes: bool,
}

impl<'a> Rows<'a> {
    pub(super) fn new(draft: &FloorDraft, clock: &'a LocalClock) -> Self {
        let text = |sym| draft.texts.text(sym).to_owned();
        let services = draft.departures.iter().map(|row| row.value.service_id);
        let prioritised = draft.priorities.iter().filter_map(|row| row.value.service_id);
        let services = services.chain(prioritised).map(text);
        let mut seen = HashSet::new();
        let nodes = draft.layouts.iter().map(|row| text(row.value.node_id()));
        Self {
            clock,
            nodes: nodes.filter(|id| seen.insert(id.clone())).collect(),
            skus: draft.stock.iter().map(|row| (text(row.value.sku), None)).collect(),
            services: services.filter(|id| id != PICKUP).map(|id| (id, None)).collect(),
            shipments: Vec::new(),
            shipment_of: HashMap::new(),
            orders: Vec::new(),
            order_of: HashMap::new(),
            measures: BTreeMap::new(),
            names: None,
            told_nodes: false,
        }
    }

    /// The name that the table has for a column of two names.
    pub(super) fn name(&self, column: usize) -> &'static str {
        let at = TWO_NAMES.iter().position(|two| *two == column).unwrap_or(0);
        self.names.map_or(SHIPMENTS.columns[column].name, |names| names[at])
    }

    /// Adds a row of the table.
    pub(super) fn add(&mut self, cells: &mut Cells<'_, '_>) {
        if cells.are_empty() {
            return cells.pass_over();
        }
        if self.names.is_none() {
            self.names = Some(TWO_NAMES.map(|column| own_name(cells, column)));
        }
        let (shipment, order) = (either(cells, SHIPMENT), either(cells, ORDER));
        let Some(id_of) = shipment.or(order) else {
            if cells.ok() {
                cells.fault(
                    named(cells, SHIPMENT),
                    Code::UNNAMED_SHIPMENT,
                    "neither a shipment nor an order is named",
                );
            }
            return;
        };
        let order = order.unwrap_or(id_of);
        cells.set_order(order);
        let (sku, qty) = (id(cells, SKU), cells.required(QTY, positive));
        let due = cells.optional(DUE, |text| deadline(self.clock, text));
        let measures = MEASURES.map(|column| cells.optional(column, measure));
        let (line, service) = (either(cells, LINE), either(cells, SERVICE));
        let node = self.node(cells);
        let (Some(sku), Some(qty), Some(node), true) = (sku, qty, node, cells.ok()) else {
            return;
        };
        // What is due needs a service that leaves then, and nothing ever leaves by pickup.
        let service = match due {
            Some(_) => Some(service.filter(|service| *service != PICKUP).unwrap_or(UNNAMED_SERVICE)),
            None => service,
        };
        let head = Head {
            order: order.to_owned(),
            node,
            service: service.map(str::to_owned),
            due,
        };
        let known = self.shipment_of.get(id_of).map(|&n| &self.shipments[n].1);
        if let Some(other) = known.and_then(|first| contradiction(first, &head)) {
            let message = format!("another row of the shipment has another {other}");
            return cells.fault(named(cells, SHIPMENT), Code::SHIPMENT_CONTRADICTS, message);
        }
        let own = self.measures.get(sku).copied().unwrap_or_default();
        let differ = |(given, own): (&Option<i64>, Option<i64>)| given.is_some() && own.is_some() && *given != own;
        if measures.iter().zip(own).any(differ) {
            let message = "another row gives the SKU another weight or volume";
            return cells.fault(SKU, Code::MEASURES_CONTRADICT, message);
        }
        let new = self.shipments.len();
        let index = self.shipment_of.get(id_of).copied().unwrap_or(new);
        if !self.add_line(cells, (order, line, sku), (index, qty)) {
            return;
        }
        if index == new {
            self.shipment_of.insert(id_of.to_owned(), index);
            self.shipments.push((id_of.to_owned(), head));
        }
        let row = Some(cells.number());
        let both = [own[0].or(measures[0]), own[1].or(measures[1])];
        self.measures.insert(sku.to_owned(), both);
        let first = self.skus.entry(sku.to_owned()).or_insert(row);
        *first = first.or(row);
        if let Some(service) = service.filter(|service| *service != PICKUP) {
            let first = self.services.entry(service.to_owned()).or_insert(row);
            *first = first.or(row);
        }
    }

    /// The node that a row names, or the only one that there is.
    fn node(&mut self, cells: &mut Cells<'_, '_>) -> Option<String> {
        match (either(cells, NODE), self.nodes.as_slice()) {
            (Some(node), nodes) if nodes.iter().any(|known| known == node) => Some(node.to_owned()),
            (Some(_), _) => {
                cells.fault(named(cells, NODE), Code::NO_FLOOR, "the node has no layout");
                None
            }
            (None, [only]) => Some(only.clone()),
            (None, _) => {
                // Where the column is not there at all, one row tells it for all.
                let has_column = cells.has(NODE) || cells.has(NODE + 1);
                if has_column || !self.told_nodes {
                    let message = "there are floors of several nodes: which one does it leave?";
                    cells.fault(named(cells, NODE), Code::WHICH_NODE, message);
                }
                self.told_nodes = true;
                None
            }
        }
    }

    /// Adds units of a shipment to a line of an order; whether they could be added.
    fn add_line(
        &mut self,
        cells: &mut Cells<'_, '_>,
        (order, line, sku): (&str, Option<&str>, &str),
        (shipment, qty): (usize, u32),
    ) -> bool {
        let row = cells.number();
        let of = *self.order_of.entry(order.to_owned()).or_insert(self.orders.len());
        if of == self.orders.len() {
            self.orders.push(OrderRows {
                id: order.to_owned(),
                lines: Vec::new(),
                row,
                line_of: HashMap::new(),
            });
        }
        let OrderRows { lines, line_of, .. } = &mut self.orders[of];
        let mut free = (lines.len() + 1..).map(|n| n.to_string());
        let numbered = || free.find(|id| !line_of.contains_key(id)).unwrap_or_default();
        let id = line.map_or_else(numbered, str::to_owned);
        let n = *line_of.entry(id.clone()).or_insert(lines.len());
        if n == lines.len() {
            lines.push(LineRows {
                id,
                sku: sku.to_owned(),
                units: BTreeMap::new(),
                row,
            });
        }
        if lines[n].sku != sku {
            cells.fault(SKU, Code::LINE_CONTRADICTS, "another row of the line has another SKU");
            return false;
        }
        if lines[n].units.insert(shipment, qty).is_some() {
            cells.fault(
                named(cells, LINE),
                Code::DUPLICATE_LINE_ROW,
                "another row has this line of the shipment",
            );
            return false;
        }
        true
    }

    /// Leaves out orders with all that is theirs; how many there were of them.
    pub(super) fn leave_out(&mut self, orders: &BTreeSet<&str>) -> usize {
        let before = self.orders.len();
        let mut place = Vec::with_capacity(self.shipments.len());
        let mut kept = 0;
        for (_, head) in &self.shipments {
            place.push(kept);
            kept += usize::from(!orders.contains(head.order.as_str()));
        }
        self.shipments.retain(|(_, head)| !orders.contains(head.order.as_str()));
        self.orders.retain(|order| !orders.contains(order.id.as_str()));
        for line in self.orders.iter_mut().flat_map(|order| &mut order.lines) {
            let units = std::mem::take(&mut line.units);
            line.units = units
                .into_iter()
                .map(|(shipment, qty)| (place[shipment], qty))
                .collect();
        }
        before - self.orders.len()
    }
}

/// What the table calls a column of two names. Where it has both, it is told, and the first one counts.
fn own_name(cells: &mut Cells<'_, '_>, column: usize) -> &'static str {
    let [long, short] = [column, column + 1].map(|n| SHIPMENTS.columns[n].name);
    match (cells.has(column), cells.has(column + 1)) {
        (true, true) => {
            let message = format!("the table has both {long} and {short}, which mean the same");
            cells.fault(column + 1, Code::TWO_NAMES, message);
            long
        }
        (false, true) => short,
        _ => long,
    }
}

/// The column of two names under the one that the table has for it.
fn named(cells: &Cells<'_, '_>, column: usize) -> usize {
    column + usize::from(!cells.has(column) && cells.has(column + 1))
}

/// The cell of a column of two names.
fn either<'r>(cells: &mut Cells<'r, '_>, column: usize) -> Option<&'r str> {
    maybe_id(cells, column).or_else(|| maybe_id(cells, column + 1))
}

/// What two rows of a shipment say differently.
fn contradiction(a: &Head, b: &Head) -> Option<&'static str> {
    let differ = [
        (a.order != b.order, "order"),
        (a.node != b.node, "node"),
        (a.service != b.service, "service"),
        (a.due != b.due, "due"),
    ];
    differ.into_iter().find_map(|(differ, what)| differ.then_some(what))
}

/// Units: at least one.
fn positive(text: &str) -> Result<u32, Bad> {
    match count(text)? {
        0 => Err((Code::OUT_OF_RANGE, "must be at least 1")),
        qty => Ok(qty),
    }
}

/// Grams or cubic centimetres of one unit.
fn measure(text: &str) -> Result<i64, Bad> {
    let value = integer(text)?;
    if (0..=MAX_MEASURE).contains(&value) {
        Ok(value)
    } else {
        Err((Code::OUT_OF_RANGE, "must be from 0 to 100000000"))
    }
}
