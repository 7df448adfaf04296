//! Input before validation: the rows of every table, typed cell by cell, references still by name.
//!
//! The file reader fills a draft row by row, and so may a program that has its data elsewhere. Nothing is judged here;
//! [`validate::check`](crate::validate::check) reports every problem and makes the [`Problem`](super::Problem).
//! Each row remembers its number in its table (0 = the first row after the header), so that what validation finds can be
//! traced to where it came from.

use super::input::{
    ExclusionInput, ItemInput, LaneInput, LineInput, NodeInput, OrderInput, PostcodeInput, QuoteInput, RateInput,
    ServiceInput, SettingsInput, StockInput,
};
use super::{NodeKind, Place, Weekdays};
use crate::index::{IdTable, NodeIdx, OrderIdx, ServiceIdx, SkuIdx, Sym};
use crate::quantity::{Date, Money, Percent, TimeOfDay};

/// A table of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the file of that name")]
pub enum Table {
    Settings,
    Nodes,
    Items,
    Stock,
    Orders,
    Lines,
    Exclusions,
    Services,
    Lanes,
    Rates,
    Quotes,
    Postcodes,
}

impl Table {
    /// Every table, in the order in which they are read.
    pub const ALL: [Self; 12] = [
        Self::Settings,
        Self::Nodes,
        Self::Items,
        Self::Stock,
        Self::Orders,
        Self::Lines,
        Self::Exclusions,
        Self::Services,
        Self::Lanes,
        Self::Rates,
        Self::Quotes,
        Self::Postcodes,
    ];

    /// The tables whose rows are each of one order.
    pub(crate) const OF_ORDERS: [Self; 4] = [Self::Orders, Self::Lines, Self::Exclusions, Self::Quotes];

    /// Name without ending, such as `nodes`; the settings are `problem`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Settings => "problem",
            Self::Nodes => "nodes",
            Self::Items => "items",
            Self::Stock => "stock",
            Self::Orders => "orders",
            Self::Lines => "lines",
            Self::Exclusions => "exclusions",
            Self::Services => "services",
            Self::Lanes => "lanes",
            Self::Rates => "rates",
            Self::Quotes => "quotes",
            Self::Postcodes => "postcodes",
        }
    }
}

/// A kept row and its number in its table.
#[derive(Clone, Debug)]
pub(crate) struct Row<T> {
    pub number: u32,
    pub value: T,
}

#[derive(Clone, Debug)]
pub(crate) struct NodeRow {
    pub id: NodeIdx,
    pub kind: NodeKind,
    pub country: Sym,
    pub postcode: Sym,
    pub place: Option<Place>,
    pub timezone: Option<Sym>,
    pub shipment_cost: Money,
    pub line_cost: Money,
    pub unit_cost: Money,
    pub max_shipments: Option<u32>,
    pub max_lines: Option<u32>,
    pub max_units: Option<u32>,
    pub lead_nanoseconds: i64,
    pub ships: bool,
    pub pickup: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct ItemRow {
    pub id: SkuIdx,
    pub weight_g: i64,
    pub volume_cm3: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct StockDraftRow {
    pub node: NodeIdx,
    pub sku: SkuIdx,
    pub on_hand: i64,
    pub reserved: i64,
    pub safety: i64,
    pub available_from: Option<Date>,
}

#[derive(Clone, Debug)]
pub(crate) struct OrderRow {
    pub id: OrderIdx,
    pub channel: Sym,
    pub country: Sym,
    pub postcode: Sym,
    pub place: Option<Place>,
    pub deliver_by: Option<Date>,
    pub max_shipments: Option<u32>,
    pub ship_complete: bool,
    pub pickup_node: Option<NodeIdx>,
}

#[derive(Clone, Debug)]
pub(crate) struct LineRow {
    pub order: OrderIdx,
    pub id: Sym,
    pub sku: SkuIdx,
    pub qty: u32,
    pub unfilled_penalty: Option<Money>,
    pub node: Option<NodeIdx>,
    pub group: Option<Sym>,
    pub divisible: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct ExclusionRow {
    pub order: OrderIdx,
    pub line: Option<Sym>,
    pub node: NodeIdx,
}

#[derive(Clone, Debug)]
pub(crate) struct ServiceRow {
    pub id: ServiceIdx,
    pub carrier: Sym,
    pub days: Weekdays,
    pub cutoff: Option<TimeOfDay>,
    pub divisor: Option<i64>,
    pub max_parcel_g: Option<i64>,
    pub fuel: Percent,
}

#[derive(Clone, Debug)]
pub(crate) struct LaneRow {
    pub service: ServiceIdx,
    pub node: Option<NodeIdx>,
    pub country: Sym,
    pub postcode_prefix: Sym,
    pub max_km: Option<f64>,
    pub zone: Sym,
    pub transit_days: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct RateRow {
    pub service: ServiceIdx,
    pub zone: Sym,
    pub max_g: Option<i64>,
    pub price: Money,
    pub per_kg: Money,
}

#[derive(Clone, Debug)]
pub(crate) struct QuoteRow {
    pub order: OrderIdx,
    pub node: NodeIdx,
    pub service: ServiceIdx,
    pub price: Money,
    pub deliver_on: Option<Date>,
    pub workload: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct PostcodeRow {
    pub country: Sym,
    pub prefix: Sym,
    pub place: Place,
}

/// The names met so far, per kind: those that a table defines and those that rows refer to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids {
    pub nodes: IdTable<NodeIdx>,
    pub skus: IdTable<SkuIdx>,
    pub orders: IdTable<OrderIdx>,
    pub services: IdTable<ServiceIdx>,
    /// Line ids, countries, postcodes, zones, groups, channels, carriers, time zones.
    pub texts: IdTable<Sym>,
}

/// Input before validation: the rows of every table, references still by name. Tables may be filled in any order.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub(crate) settings: SettingsInput,
    pub(crate) ids: Ids,
    pub(crate) nodes: Vec<Row<NodeRow>>,
    pub(crate) items: Vec<Row<ItemRow>>,
    pub(crate) stock: Vec<Row<StockDraftRow>>,
    pub(crate) orders: Vec<Row<OrderRow>>,
    pub(crate) lines: Vec<Row<LineRow>>,
    pub(crate) exclusions: Vec<Row<ExclusionRow>>,
    pub(crate) services: Vec<Row<ServiceRow>>,
    pub(crate) lanes: Vec<Row<LaneRow>>,
    pub(crate) rates: Vec<Row<RateRow>>,
    pub(crate) quotes: Vec<Row<QuoteRow>>,
    pub(crate) postcodes: Vec<Row<PostcodeRow>>,
    /// Per table the number of the row that comes next.
    pub(super) next_row: [u32; Table::ALL.len()],
    /// Per table how many rows could not be read.
    pub(super) skipped: [u32; Table::ALL.len()],
}

impl Draft {
    /// A draft with these settings and no rows.
    #[must_use]
    pub fn new(settings: SettingsInput) -> Self {
        Self {
            settings,
            ..Self::default()
        }
    }

    /// The settings.
    #[must_use]
    pub const fn settings(&self) -> &SettingsInput {
        &self.settings
    }

    /// The settings, to be changed: a new planning instant, other penalties.
    pub const fn settings_mut(&mut self) -> &mut SettingsInput {
        &mut self.settings
    }

    /// Puts other rows in the place of those of a table: takes them all out, and lets `fill` add the new ones.
    ///
    /// # Example
    /// A problem an hour later, with what is in stock now; the first one stays as it is.
    /// ```
    /// # fn main() -> Result<(), clapot::Error> {
    /// use clapot::generate::{GenerateOptions, generate};
    /// use clapot::model::{StockInput, Table};
    /// use clapot::validate;
    ///
    /// let draft = generate(&GenerateOptions { orders: 5, nodes: 2, seed: 7, ..GenerateOptions::default() })?;
    /// let first = validate::check(draft.clone()).map_err(clapot::Error::input)?.problem;
    /// let mut later = draft.clone();
    /// later.settings_mut().now = "2026-03-02T10:00:00+00:00".to_owned();
    /// later.replace(Table::Stock, |draft| {
    ///     for node in first.node_ids().iter() {
    ///         draft.stock(StockInput::new(node, first.sku_ids().iter().next().unwrap_or_default(), 3));
    ///     }
    /// });
    /// let later = validate::check(later).map_err(clapot::Error::input)?.problem;
    /// assert_eq!((later.stock().len(), later.lines().len()), (2, first.lines().len()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn replace(&mut self, table: Table, fill: impl FnOnce(&mut Self)) -> &mut Self {
        self.clear(table);
        fill(self);
        self
    }

    /// Takes out all rows of a table.
    pub(crate) fn clear(&mut self, table: Table) {
        match table {
            Table::Settings => {}
            Table::Nodes => self.nodes.clear(),
            Table::Items => self.items.clear(),
            Table::Stock => self.stock.clear(),
            Table::Orders => self.orders.clear(),
            Table::Lines => self.lines.clear(),
            Table::Exclusions => self.exclusions.clear(),
            Table::Services => self.services.clear(),
            Table::Lanes => self.lanes.clear(),
            Table::Rates => self.rates.clear(),
            Table::Quotes => self.quotes.clear(),
            Table::Postcodes => self.postcodes.clear(),
        }
        self.next_row[table as usize] = 0;
        self.skipped[table as usize] = 0;
    }

    /// Counts a row that could not be read, so that the rows after it keep their numbers.
    pub fn skip_row(&mut self, table: Table) {
        self.next_row[table as usize] += 1;
        self.skipped[table as usize] += 1;
    }

    /// Counts a row that says nothing, so that the rows after it keep their numbers.
    pub fn pass_row(&mut self, table: Table) {
        self.next_row[table as usize] += 1;
    }

    /// Whether no row of the table was skipped: only then does a missing row mean that there is none.
    pub(crate) const fn is_whole(&self, table: Table) -> bool {
        self.skipped[table as usize] == 0
    }

    fn row<T>(&mut self, table: Table, value: T) -> Row<T> {
        let number = self.next_row[table as usize];
        self.next_row[table as usize] += 1;
        Row { number, value }
    }

    fn text(&mut self, text: &str) -> Sym {
        self.ids.texts.intern(text).0
    }

    /// Adds a node.
    pub fn node(&mut self, r: NodeInput<'_>) -> &mut Self {
        let value = NodeRow {
            id: self.ids.nodes.intern(r.node_id).0,
            kind: r.kind,
            country: self.text(r.country),
            postcode: self.text(r.postcode),
            place: r.place,
            timezone: r.timezone.map(|t| self.text(t)),
            shipment_cost: r.shipment_cost,
            line_cost: r.line_cost,
            unit_cost: r.unit_cost,
            max_shipments: r.max_shipments,
            max_lines: r.max_lines,
            max_units: r.max_units,
            lead_nanoseconds: r.lead_nanoseconds,
            ships: r.ships,
            pickup: r.pickup,
        };
        let row = self.row(Table::Nodes, value);
        self.nodes.push(row);
        self
    }

    /// Adds an item.
    pub fn item(&mut self, r: ItemInput<'_>) -> &mut Self {
        let value = ItemRow {
            id: self.ids.skus.intern(r.sku).0,
            weight_g: r.weight_g,
            volume_cm3: r.volume_cm3,
        };
        let row = self.row(Table::Items, value);
        self.items.push(row);
        self
    }

    /// Adds a stock row.
    pub fn stock(&mut self, r: StockInput<'_>) -> &mut Self {
        let value = StockDraftRow {
            node: self.ids.nodes.intern(r.node_id).0,
            sku: self.ids.skus.intern(r.sku).0,
            on_hand: r.on_hand,
            reserved: r.reserved,
            safety: r.safety,
            available_from: r.available_from,
        };
        let row = self.row(Table::Stock, value);
        self.stock.push(row);
        self
    }

    /// Adds an order.
    pub fn order(&mut self, r: OrderInput<'_>) -> &mut Self {
        let value = OrderRow {
            id: self.ids.orders.intern(r.order_id).0,
            channel: self.text(r.channel),
            country: self.text(r.country),
            postcode: self.text(r.postcode),
            place: r.place,
            deliver_by: r.deliver_by,
            max_shipments: r.max_shipments,
            ship_complete: r.ship_complete,
            pickup_node: r.pickup_node.map(|n| self.ids.nodes.intern(n).0),
        };
        let row = self.row(Table::Orders, value);
        self.orders.push(row);
        self
    }

    /// Adds an order line.
    pub fn line(&mut self, r: LineInput<'_>) -> &mut Self {
        // The lines of an order usually follow each other, and those of the next order follow them.
        let last = self.lines.last().map(|row| row.value.order);
        let same = last.filter(|&o| self.ids.orders.text(o) == r.order_id);
        let value = LineRow {
            order: same.unwrap_or_else(|| self.ids.orders.intern_after(last, r.order_id)),
            id: self.text(r.line_id),
            sku: self.ids.skus.intern(r.sku).0,
            qty: r.qty,
            unfilled_penalty: r.unfilled_penalty,
            node: r.node_id.map(|n| self.ids.nodes.intern(n).0),
            group: r.group.map(|g| self.text(g)),
            divisible: r.divisible,
        };
        let row = self.row(Table::Lines, value);
        self.lines.push(row);
        self
    }

    /// Adds an exclusion.
    pub fn exclusion(&mut self, r: ExclusionInput<'_>) -> &mut Self {
        let value = ExclusionRow {
            order: self.ids.orders.intern(r.order_id).0,
            line: r.line_id.map(|l| self.text(l)),
            node: self.ids.nodes.intern(r.node_id).0,
        };
        let row = self.row(Table::Exclusions, value);
        self.exclusions.push(row);
        self
    }

    /// Adds a carrier service.
    pub fn service(&mut self, r: ServiceInput<'_>) -> &mut Self {
        let value = ServiceRow {
            id: self.ids.services.intern(r.service_id).0,
            carrier: self.text(r.carrier),
            days: r.days,
            cutoff: r.cutoff,
            divisor: r.divisor_cm3_per_kg,
            max_parcel_g: r.max_parcel_g,
            fuel: r.fuel_pct,
        };
        let row = self.row(Table::Services, value);
        self.services.push(row);
        self
    }

    /// Adds a lane.
    pub fn lane(&mut self, r: LaneInput<'_>) -> &mut Self {
        let value = LaneRow {
            service: self.ids.services.intern(r.service_id).0,
            node: r.node_id.map(|n| self.ids.nodes.intern(n).0),
            country: self.text(r.country),
            postcode_prefix: self.text(r.postcode_prefix),
            max_km: r.max_km,
            zone: self.text(r.zone),
            transit_days: r.transit_days,
        };
        let row = self.row(Table::Lanes, value);
        self.lanes.push(row);
        self
    }

    /// Adds a rate.
    pub fn rate(&mut self, r: RateInput<'_>) -> &mut Self {
        let value = RateRow {
            service: self.ids.services.intern(r.service_id).0,
            zone: self.text(r.zone),
            max_g: r.max_g,
            price: r.price,
            per_kg: r.per_kg,
        };
        let row = self.row(Table::Rates, value);
        self.rates.push(row);
        self
    }

    /// Adds a quote.
    pub fn quote(&mut self, r: QuoteInput<'_>) -> &mut Self {
        let value = QuoteRow {
            order: self.ids.orders.intern(r.order_id).0,
            node: self.ids.nodes.intern(r.node_id).0,
            service: self.ids.services.intern(r.service_id).0,
            price: r.price,
            deliver_on: r.deliver_on,
            workload: r.workload,
        };
        let row = self.row(Table::Quotes, value);
        self.quotes.push(row);
        self
    }

    /// Adds the coordinates of a prefix of postcodes.
    pub fn postcode(&mut self, r: PostcodeInput<'_>) -> &mut Self {
        let value = PostcodeRow {
            country: self.text(r.country),
            prefix: self.text(r.prefix),
            place: r.place,
        };
        let row = self.row(Table::Postcodes, value);
        self.postcodes.push(row);
        self
    }
}
