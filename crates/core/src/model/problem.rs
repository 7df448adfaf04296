//! The whole problem, and the look-ups that every part of the library shares.

use std::collections::HashMap;
use std::ops::Range;

use super::lanes::LaneIndex;
use super::{Destination, Item, Lane, Line, Node, Order, Quote, RateTable, Service, StockChains, StockRow};
use crate::diagnostic::Diagnostic;
use crate::index::{
    DestIdx, IdTable, Idx as _, IndexVec, LineIdx, NodeIdx, OrderIdx, RateIdx, ServiceIdx, SkuIdx, StockIdx, Sym,
};
use crate::quantity::{Date, Money};

/// What `problem.toml` says beside the objective.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Name of the problem.
    pub name: String,
    /// ISO 4217 currency code.
    pub currency: String,
    /// The planning instant, RFC 3339 with offset, as given.
    pub now: String,
    /// IANA zone of a node that gives none.
    pub timezone: String,
}

/// The penalties of the objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Objective {
    /// Per shipment of an order beyond its first.
    pub split_penalty: Money,
    /// Per shipment and calendar day after the promised date.
    pub late_penalty_per_day: Money,
    /// Per unit left unfilled, where the line gives none.
    pub unfilled_penalty: Money,
}

/// An order that was left out of the problem, because something is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its id; empty where its row in `orders` gives none that could be read.
    pub order: String,
    /// What is wrong with it, and where.
    pub reasons: Vec<Diagnostic>,
}

/// In which rows of their tables nodes and orders stood, from 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowNumbers {
    /// Empty where each stood in the row of its index.
    pub nodes: Vec<u32>,
    /// The same of orders.
    pub orders: Vec<u32>,
}

impl RowNumbers {
    /// Of nodes and orders by their rows.
    pub(crate) fn new(nodes: impl Iterator<Item = u32>, orders: impl Iterator<Item = u32>) -> Self {
        Self {
            nodes: unless_plain(nodes.collect()),
            orders: unless_plain(orders.collect()),
        }
    }

    pub(crate) fn of_node(&self, node: NodeIdx) -> u32 {
        self.nodes.get(node.get()).copied().unwrap_or(node.0)
    }

    pub(crate) fn of_order(&self, order: OrderIdx) -> u32 {
        self.orders.get(order.get()).copied().unwrap_or(order.0)
    }
}

fn unless_plain(rows: Vec<u32>) -> Vec<u32> {
    let is_plain = rows.iter().enumerate().all(|(n, &row)| n as u32 == row);
    if is_plain { Vec::new() } else { rows }
}

/// Everything that validation found to be sound; see [`Problem`] for the meaning of each part.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub settings: Settings,
    pub objective: Objective,
    pub texts: IdTable<Sym>,
    pub node_ids: IdTable<NodeIdx>,
    pub nodes: IndexVec<NodeIdx, Node>,
    pub sku_ids: IdTable<SkuIdx>,
    pub items: IndexVec<SkuIdx, Item>,
    /// In any order; at most one row per (node, SKU, date), each with its own units only.
    pub stock: Vec<StockRow>,
    pub order_ids: IdTable<OrderIdx>,
    pub orders: IndexVec<OrderIdx, Order>,
    pub lines: IndexVec<LineIdx, Line>,
    pub destinations: IndexVec<DestIdx, Destination>,
    /// In any order.
    pub order_exclusions: Vec<(OrderIdx, NodeIdx)>,
    /// In any order.
    pub line_exclusions: Vec<(LineIdx, NodeIdx)>,
    pub service_ids: IdTable<ServiceIdx>,
    pub services: IndexVec<ServiceIdx, Service>,
    /// In file order.
    pub lanes: Vec<Lane>,
    pub rates: IndexVec<RateIdx, RateTable>,
    /// In any order; at most one per (order, node, service).
    pub quotes: Vec<(OrderIdx, Quote)>,
    pub rows: RowNumbers,
    /// Orders that the input has and the problem does not.
    pub left_out: Vec<LeftOut>,
}

/// A routing problem: which node ships which line by which service, at what cost. Always valid, never changed.
///
/// Made by [`validate::check`](crate::validate::check) from a [`Draft`](super::Draft), usually by
/// [`io::read_problem`](crate::io::read_problem).
#[derive(Clone, Debug)]
pub struct Problem {
    parts: Parts,
    stock_of_sku: Vec<u32>,
    chains: StockChains,
    lanes_of_service: Vec<u32>,
    lane_index: LaneIndex,
    rate_of: HashMap<(ServiceIdx, Sym), RateIdx>,
    quotes: Vec<Quote>,
    quotes_of: HashMap<OrderIdx, Range<u32>>,
}

impl Problem {
    pub(crate) fn new(mut parts: Parts) -> Self {
        parts.stock.sort_unstable_by_key(|r| (r.sku, r.node, r.available_from));
        let chains = StockChains::new(&parts.stock);
        if chains.is_dated() {
            for rows in parts.stock.chunk_by_mut(|a, b| (a.sku, a.node) == (b.sku, b.node)) {
                let mut sum = 0u32;
                for row in rows {
                    sum = sum.saturating_add(row.available);
                    row.available = sum;
                }
            }
        }
        let stock_of_sku = starts(parts.items.len(), parts.stock.iter().map(|r| r.sku.get()));
        parts.lanes.sort_by_key(|l| l.service); // stable: file order within a service
        let lanes_of_service = starts(parts.services.len(), parts.lanes.iter().map(|l| l.service.get()));
        let rate_of = parts
            .rates
            .iter_enumerated()
            .map(|(i, r)| ((r.service, r.zone), i))
            .collect();
        parts.order_exclusions.sort_unstable();
        parts.order_exclusions.dedup();
        parts.line_exclusions.sort_unstable();
        parts.line_exclusions.dedup();
        parts.quotes.sort_by_key(|(o, q)| (*o, q.node, q.service));
        let mut quotes_of: HashMap<OrderIdx, Range<u32>> = HashMap::new();
        for (n, (order, _)) in parts.quotes.iter().enumerate() {
            let n = n as u32;
            quotes_of
                .entry(*order)
                .and_modify(|r| r.end = n + 1)
                .or_insert(n..n + 1);
        }
        let quotes = std::mem::take(&mut parts.quotes).into_iter().map(|(_, q)| q).collect();
        let lane_index = LaneIndex::new(&parts.lanes);
        Self {
            parts,
            stock_of_sku,
            chains,
            lanes_of_service,
            lane_index,
            rate_of,
            quotes,
            quotes_of,
        }
    }

    /// What `problem.toml` says beside the objective.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.parts.settings
    }

    /// The penalties.
    #[must_use]
    pub const fn objective(&self) -> &Objective {
        &self.parts.objective
    }

    /// The text behind a symbol (countries, postcodes, zones, groups, line ids, ...).
    #[must_use]
    pub fn text(&self, symbol: Sym) -> &str {
        self.parts.texts.text(symbol)
    }

    /// The nodes, in file order.
    #[must_use]
    pub const fn nodes(&self) -> &IndexVec<NodeIdx, Node> {
        &self.parts.nodes
    }

    /// Ids of the nodes.
    #[must_use]
    pub const fn node_ids(&self) -> &IdTable<NodeIdx> {
        &self.parts.node_ids
    }

    /// The items, in file order.
    #[must_use]
    pub const fn items(&self) -> &IndexVec<SkuIdx, Item> {
        &self.parts.items
    }

    /// Ids of the items.
    #[must_use]
    pub const fn sku_ids(&self) -> &IdTable<SkuIdx> {
        &self.parts.sku_ids
    }

    /// The orders, in file order.
    #[must_use]
    pub const fn orders(&self) -> &IndexVec<OrderIdx, Order> {
        &self.parts.orders
    }

    /// Ids of the orders.
    #[must_use]
    pub const fn order_ids(&self) -> &IdTable<OrderIdx> {
        &self.parts.order_ids
    }

    /// All lines: those of the first order, then those of the second, ...
    #[must_use]
    pub const fn lines(&self) -> &IndexVec<LineIdx, Line> {
        &self.parts.lines
    }

    /// Distinct destinations.
    #[must_use]
    pub const fn destinations(&self) -> &IndexVec<DestIdx, Destination> {
        &self.parts.destinations
    }

    /// Listed services, in file order; quotes may name further ones (see [`Problem::service_ids`]).
    #[must_use]
    pub const fn services(&self) -> &IndexVec<ServiceIdx, Service> {
        &self.parts.services
    }

    /// Ids of the services: the listed ones first, then those that only quotes name.
    #[must_use]
    pub const fn service_ids(&self) -> &IdTable<ServiceIdx> {
        &self.parts.service_ids
    }

    /// Orders that were left out because something is wrong with them; none unless that was [asked for].
    ///
    /// [asked for]: crate::diagnostic::CheckOptions::skip_bad_orders
    #[must_use]
    pub fn left_out(&self) -> &[LeftOut] {
        &self.parts.left_out
    }

    /// In which rows nodes and orders stood.
    pub(crate) const fn rows(&self) -> &RowNumbers {
        &self.parts.rows
    }

    /// Says which orders were left out.
    pub(crate) fn leave_out(&mut self, orders: Vec<LeftOut>) {
        self.parts.left_out = orders;
    }

    /// Forgets in which files what is wrong with the orders that were left out stands: they came from tables in memory.
    #[cfg(feature = "arrow")]
    pub(crate) fn forget_places(&mut self) {
        let reasons = self.parts.left_out.iter_mut().flat_map(|order| &mut order.reasons);
        reasons.for_each(|reason| reason.location = None);
    }

    /// The price tables.
    #[must_use]
    pub const fn rates(&self) -> &IndexVec<RateIdx, RateTable> {
        &self.parts.rates
    }

    /// Stock rows by SKU, then node, then date.
    #[must_use]
    pub fn stock(&self) -> &[StockRow] {
        &self.parts.stock
    }

    /// Positions of the stock rows of a SKU, by rising node and date.
    #[must_use]
    pub fn stock_of(&self, sku: SkuIdx) -> Range<u32> {
        self.stock_of_sku[sku.get()]..self.stock_of_sku[sku.get() + 1]
    }

    /// Which rows a shipment takes from.
    #[must_use]
    pub const fn chains(&self) -> &StockChains {
        &self.chains
    }

    /// Positions of the stock rows of a SKU at a node, by rising date.
    #[must_use]
    pub fn stock_at(&self, node: NodeIdx, sku: SkuIdx) -> Range<u32> {
        let range = self.stock_of(sku);
        let rows = &self.parts.stock[range.start as usize..range.end as usize];
        let first = range.start + rows.partition_point(|r| r.node < node) as u32;
        match self.parts.stock.get(first as usize) {
            Some(row) if first < range.end && row.node == node => self.chains.from(first),
            _ => first..first,
        }
    }

    /// The first row that a shipment of a SKU takes from if it leaves the node on a day not before its ready date; `None`
    /// where nothing is there by then.
    #[must_use]
    pub fn stock_row_on(&self, node: NodeIdx, sku: SkuIdx, day: Date) -> Option<StockIdx> {
        self.row_by(self.stock_at(node, sku), day).map(StockIdx)
    }

    /// The same for the day on which the node is ready: what leaves as early as anything can.
    #[must_use]
    pub fn stock_row(&self, node: NodeIdx, sku: SkuIdx) -> Option<StockIdx> {
        self.stock_row_on(node, sku, self.parts.nodes[node].ready.date)
    }

    /// Of the rows of a node and SKU, the last that is there by a day.
    pub(crate) fn row_by(&self, rows: Range<u32>, day: Date) -> Option<u32> {
        let there = |row: &StockRow| row.available_from.is_none_or(|from| from <= day);
        let count = self.parts.stock[rows.start as usize..rows.end as usize].partition_point(there) as u32;
        count.checked_sub(1).map(|before| rows.start + before)
    }

    /// The row of a node, a SKU and exactly this date.
    #[must_use]
    pub fn stock_row_of(&self, node: NodeIdx, sku: SkuIdx, available_from: Option<Date>) -> Option<StockIdx> {
        let rows = self.stock_at(node, sku);
        let of_date = &self.parts.stock[rows.start as usize..rows.end as usize];
        let found = of_date.binary_search_by_key(&available_from, |row| row.available_from);
        found.ok().map(|at| StockIdx(rows.start + at as u32))
    }

    /// Units of a SKU available to promise at a node, whatever their date; 0 without a row.
    #[must_use]
    pub fn available(&self, node: NodeIdx, sku: SkuIdx) -> u32 {
        let mut rows = self.stock_at(node, sku);
        rows.next_back().map_or(0, |r| self.parts.stock[r as usize].available)
    }

    /// Whether `exclusions.csv` forbids the node for the line, by itself or for its whole order.
    #[must_use]
    pub fn is_excluded(&self, line: LineIdx, node: NodeIdx) -> bool {
        let order = self.parts.lines[line].order;
        self.parts.order_exclusions.binary_search(&(order, node)).is_ok()
            || self.parts.line_exclusions.binary_search(&(line, node)).is_ok()
    }

    /// Exclusions of whole orders, sorted.
    #[must_use]
    pub fn order_exclusions(&self) -> &[(OrderIdx, NodeIdx)] {
        &self.parts.order_exclusions
    }

    /// Exclusions of single lines, sorted.
    #[must_use]
    pub fn line_exclusions(&self) -> &[(LineIdx, NodeIdx)] {
        &self.parts.line_exclusions
    }

    /// The lanes of a listed service, in file order.
    #[must_use]
    pub fn lanes_of(&self, service: ServiceIdx) -> &[Lane] {
        let n = service.get();
        &self.parts.lanes[self.lanes_of_service[n] as usize..self.lanes_of_service[n + 1] as usize]
    }

    /// The lanes by where they go; positions in it are those of [`lane`](Self::lane).
    pub(crate) const fn lane_index(&self) -> &LaneIndex {
        &self.lane_index
    }

    /// The lane at a position: those of the first service, then those of the second, ...
    pub(crate) fn lane(&self, position: u32) -> &Lane {
        &self.parts.lanes[position as usize]
    }

    /// The price table of a service and zone; `None` = not offered.
    #[must_use]
    pub fn rate_of(&self, service: ServiceIdx, zone: Sym) -> Option<RateIdx> {
        self.rate_of.get(&(service, zone)).copied()
    }

    /// The quotes of an order by node and service; empty where it is shipped by lanes and rates.
    #[must_use]
    pub fn quotes_of(&self, order: OrderIdx) -> &[Quote] {
        self.quotes_of
            .get(&order)
            .map_or(&[], |r| &self.quotes[r.start as usize..r.end as usize])
    }

    /// Id of an order.
    #[must_use]
    pub fn order_id(&self, order: OrderIdx) -> &str {
        self.parts.order_ids.text(order)
    }

    /// Id of a line within its order.
    #[must_use]
    pub fn line_id(&self, line: LineIdx) -> &str {
        self.text(self.parts.lines[line].id)
    }

    /// A text of the problem as its symbol; `None` where the problem does not have it.
    #[must_use]
    pub fn find_text(&self, text: &str) -> Option<Sym> {
        self.parts.texts.find(text)
    }

    /// The line of an order with this id.
    #[must_use]
    pub fn find_line(&self, order: OrderIdx, line_id: &str) -> Option<LineIdx> {
        let symbol = self.parts.texts.find(line_id)?;
        self.parts.orders[order]
            .lines()
            .find(|&l| self.parts.lines[l].id == symbol)
    }

    /// Id of a node.
    #[must_use]
    pub fn node_id(&self, node: NodeIdx) -> &str {
        self.parts.node_ids.text(node)
    }

    /// Id of a service, one of a quote included.
    #[must_use]
    pub fn service_id(&self, service: ServiceIdx) -> &str {
        self.parts.service_ids.text(service)
    }

    /// Id of a SKU.
    #[must_use]
    pub fn sku(&self, sku: SkuIdx) -> &str {
        self.parts.sku_ids.text(sku)
    }
}

/// For keys that rise from 0 to `n - 1`: where each key's run starts, and the end.
fn starts(n: usize, keys: impl Iterator<Item = usize>) -> Vec<u32> {
    let mut starts = vec![0u32; n + 1];
    for key in keys {
        starts[key + 1] += 1;
    }
    for i in 0..n {
        starts[i + 1] += starts[i];
    }
    starts
}
