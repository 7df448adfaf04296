//! Floors before validation: the rows of every table, typed cell by cell, references still by name.
//!
//! Filled by the file reader, the generator, or a program of one's own; judged by
//! [`validate::check_floors`](crate::validate::check_floors). A row is generic over how it holds names: a program gives
//! `&str`, and the draft keeps them interned.

use super::{GroupKey, PickMethod, ReleaseMode};
use crate::index::{IdTable, Sym};
use crate::model::{Row, Weekdays};
use crate::quantity::{Date, Distance, Millis, TimeOfDay};

/// A table of a floor directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the file of that name")]
pub enum FloorTable {
    Settings,
    Layouts,
    Edges,
    Locations,
    LocationStock,
    Carts,
    Shifts,
    Departures,
    Priorities,
}

impl FloorTable {
    /// Every table, in the order in which they are read.
    pub const ALL: [Self; 9] = [
        Self::Settings,
        Self::Layouts,
        Self::Edges,
        Self::Locations,
        Self::LocationStock,
        Self::Carts,
        Self::Shifts,
        Self::Departures,
        Self::Priorities,
    ];

    /// Name without ending, such as `layouts`; the settings are `floor`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Settings => "floor",
            Self::Layouts => "layouts",
            Self::Edges => "edges",
            Self::Locations => "locations",
            Self::LocationStock => "location_stock",
            Self::Carts => "carts",
            Self::Shifts => "shifts",
            Self::Departures => "departures",
            Self::Priorities => "priorities",
        }
    }
}

/// The keys of `floor.toml`, for all nodes or for one; `None` = not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the key of that name")]
pub struct SettingsOf {
    /// `waves.mode`.
    pub mode: Option<ReleaseMode>,
    pub releases: Option<Vec<TimeOfDay>>,
    pub safety_minutes: Option<i64>,
    pub max_open: Option<i64>,
    pub group_by: Option<Vec<GroupKey>>,
    pub horizon_days: Option<i64>,
    /// `limits.shipments`.
    pub max_shipments: Option<i64>,
    pub max_lines: Option<i64>,
    pub max_units: Option<i64>,
    pub max_weight_g: Option<i64>,
    pub max_volume_cm3: Option<i64>,
    pub max_docks: Option<i64>,
    /// `picking.method`.
    pub method: Option<PickMethod>,
    /// `picking.walking_m_per_s`, as the way of one second.
    pub walking: Option<Distance>,
    /// `picking.seconds_per_tour`.
    pub per_tour: Option<Millis>,
    pub per_stop: Option<Millis>,
    pub per_line: Option<Millis>,
    pub per_unit: Option<Millis>,
    /// `packing.seconds_per_shipment`.
    pub pack_shipment: Option<Millis>,
    pub pack_line: Option<Millis>,
    pub pack_unit: Option<Millis>,
    pub packers: Option<i64>,
}

/// `floor.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FloorSettingsInput {
    /// What holds for every node.
    pub all: SettingsOf,
    /// What holds for one node, by its id, instead of what holds for all; key by key.
    pub nodes: Vec<(String, SettingsOf)>,
}

/// What `layouts.csv` says of a floor of parallel aisles. Aisles, cells and cross aisles are numbered from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct AislePlan {
    pub aisles: u32,
    pub cells: u32,
    pub blocks: u32,
    pub aisle_gap_m: Distance,
    pub cell_gap_m: Distance,
    pub front_gap_m: Distance,
    pub back_gap_m: Distance,
    pub middle_gap_m: Distance,
    pub depot_aisle: u32,
    pub depot_cross: u32,
    pub depot_m: Distance,
}

/// A row of `layouts.csv`: the floor of one node.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub enum LayoutInput<T> {
    /// `kind` = `aisles`.
    Aisles { node_id: T, plan: AislePlan },
    /// `kind` = `graph`: `depot_vertex` is where tours begin and end.
    Graph { node_id: T, depot_vertex: T },
}

impl<T: Copy> LayoutInput<T> {
    /// The node.
    pub const fn node_id(&self) -> T {
        match self {
            Self::Aisles { node_id, .. } | Self::Graph { node_id, .. } => *node_id,
        }
    }
}

/// A row of `edges.csv`: a way between two vertices, walked in both directions.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct EdgeInput<T> {
    pub node_id: T,
    pub from: T,
    pub to: T,
    pub length_m: Distance,
}

/// A row of `locations.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct LocationInput<T> {
    pub node_id: T,
    pub location_id: T,
    /// With `cell`, in a layout of aisles.
    pub aisle: Option<u32>,
    pub cell: Option<u32>,
    /// In a layout that is a graph.
    pub vertex: Option<T>,
    pub sequence: Option<u32>,
    pub zone: Option<T>,
}

/// A row of `location_stock.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct LocationStockInput<T> {
    pub node_id: T,
    pub location_id: T,
    pub sku: T,
    pub qty: i64,
    pub reserved: i64,
}

/// A row of `carts.csv`.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct CartInput<T> {
    pub node_id: T,
    pub cart_id: T,
    pub count: Option<u32>,
    pub units: Option<u32>,
    pub weight_g: Option<i64>,
    pub volume_cm3: Option<i64>,
    pub shipments: Option<u32>,
    pub bins: Option<u32>,
    pub bin_units: Option<u32>,
    pub bin_weight_g: Option<i64>,
    pub bin_volume_cm3: Option<i64>,
}

/// A row of `shifts.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct ShiftInput<T> {
    pub node_id: T,
    pub shift_id: T,
    /// Either these or `date`.
    pub days: Option<Weekdays>,
    pub date: Option<Date>,
    pub start: TimeOfDay,
    pub end: TimeOfDay,
    pub pickers: u32,
}

/// A row of `departures.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct DepartureInput<T> {
    pub node_id: T,
    pub service_id: T,
    /// Either these or `date`.
    pub days: Option<Weekdays>,
    pub date: Option<Date>,
    pub time: TimeOfDay,
    pub max_parcels: Option<u32>,
}

/// A row of `priorities.csv`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is the column of that name")]
pub struct PriorityInput<T> {
    /// Either this, or what follows, or both of that.
    pub order_id: Option<T>,
    pub channel: Option<T>,
    pub service_id: Option<T>,
    pub priority: u32,
}

/// Floors before validation: the rows of every table, references still by name. Tables may be filled in any order.
#[derive(Clone, Debug, Default)]
pub struct FloorDraft {
    pub(crate) settings: FloorSettingsInput,
    pub(crate) texts: IdTable<Sym>,
    pub(crate) layouts: Vec<Row<LayoutInput<Sym>>>,
    pub(crate) edges: Vec<Row<EdgeInput<Sym>>>,
    pub(crate) locations: Vec<Row<LocationInput<Sym>>>,
    pub(crate) stock: Vec<Row<LocationStockInput<Sym>>>,
    pub(crate) carts: Vec<Row<CartInput<Sym>>>,
    pub(crate) shifts: Vec<Row<ShiftInput<Sym>>>,
    pub(crate) departures: Vec<Row<DepartureInput<Sym>>>,
    pub(crate) priorities: Vec<Row<PriorityInput<Sym>>>,
    next_row: [u32; FloorTable::ALL.len()],
}

impl FloorDraft {
    /// A draft with these settings and empty tables.
    #[must_use]
    pub fn new(settings: FloorSettingsInput) -> Self {
        Self {
            settings,
            ..Self::default()
        }
    }

    /// Counts a row that could not be read: no floors are made of a draft that lacks one, and nothing is said to be missing
    /// from its table.
    pub fn skip_row(&mut self, table: FloorTable) {
        self.next_row[table as usize] += 1;
    }

    /// Whether no row of a table was skipped.
    #[must_use]
    pub fn is_whole(&self, table: FloorTable) -> bool {
        let kept = match table {
            FloorTable::Settings => 0,
            FloorTable::Layouts => self.layouts.len(),
            FloorTable::Edges => self.edges.len(),
            FloorTable::Locations => self.locations.len(),
            FloorTable::LocationStock => self.stock.len(),
            FloorTable::Carts => self.carts.len(),
            FloorTable::Shifts => self.shifts.len(),
            FloorTable::Departures => self.departures.len(),
            FloorTable::Priorities => self.priorities.len(),
        };
        self.next_row[table as usize] as usize == kept
    }

    /// Leaves out the priorities of single orders.
    pub(crate) fn leave_out_orders(&mut self) {
        let before = self.priorities.len();
        self.priorities.retain(|row| row.value.order_id.is_none());
        self.next_row[FloorTable::Priorities as usize] -= (before - self.priorities.len()) as u32;
    }

    fn number(&mut self, table: FloorTable) -> u32 {
        let number = self.next_row[table as usize];
        self.skip_row(table);
        number
    }

    fn name(&mut self, text: &str) -> Sym {
        self.texts.intern(text).0
    }

    /// Adds a row of `layouts.csv`.
    pub fn layout(&mut self, row: LayoutInput<&str>) {
        let number = self.number(FloorTable::Layouts);
        let value = match row {
            LayoutInput::Aisles { node_id, plan } => LayoutInput::Aisles {
                node_id: self.name(node_id),
                plan,
            },
            LayoutInput::Graph { node_id, depot_vertex } => LayoutInput::Graph {
                node_id: self.name(node_id),
                depot_vertex: self.name(depot_vertex),
            },
        };
        self.layouts.push(Row { number, value });
    }

    /// Adds a row of `edges.csv`.
    pub fn edge(&mut self, row: EdgeInput<&str>) {
        let number = self.number(FloorTable::Edges);
        let value = EdgeInput {
            node_id: self.name(row.node_id),
            from: self.name(row.from),
            to: self.name(row.to),
            length_m: row.length_m,
        };
        self.edges.push(Row { number, value });
    }

    /// Adds a row of `locations.csv`.
    pub fn location(&mut self, row: LocationInput<&str>) {
        let number = self.number(FloorTable::Locations);
        let value = LocationInput {
            node_id: self.name(row.node_id),
            location_id: self.name(row.location_id),
            vertex: row.vertex.map(|text| self.name(text)),
            zone: row.zone.map(|text| self.name(text)),
            aisle: row.aisle,
            cell: row.cell,
            sequence: row.sequence,
        };
        self.locations.push(Row { number, value });
    }

    /// Adds a row of `location_stock.csv`.
    pub fn location_stock(&mut self, row: LocationStockInput<&str>) {
        let number = self.number(FloorTable::LocationStock);
        let value = LocationStockInput {
            node_id: self.name(row.node_id),
            location_id: self.name(row.location_id),
            sku: self.name(row.sku),
            qty: row.qty,
            reserved: row.reserved,
        };
        self.stock.push(Row { number, value });
    }

    /// Adds a row of `carts.csv`.
    pub fn cart(&mut self, row: CartInput<&str>) {
        let number = self.number(FloorTable::Carts);
        let value = CartInput {
            node_id: self.name(row.node_id),
            cart_id: self.name(row.cart_id),
            count: row.count,
            units: row.units,
            weight_g: row.weight_g,
            volume_cm3: row.volume_cm3,
            shipments: row.shipments,
            bins: row.bins,
            bin_units: row.bin_units,
            bin_weight_g: row.bin_weight_g,
            bin_volume_cm3: row.bin_volume_cm3,
        };
        self.carts.push(Row { number, value });
    }

    /// Adds a row of `shifts.csv`.
    pub fn shift(&mut self, row: ShiftInput<&str>) {
        let number = self.number(FloorTable::Shifts);
        let value = ShiftInput {
            node_id: self.name(row.node_id),
            shift_id: self.name(row.shift_id),
            days: row.days,
            date: row.date,
            start: row.start,
            end: row.end,
            pickers: row.pickers,
        };
        self.shifts.push(Row { number, value });
    }

    /// Adds a row of `departures.csv`.
    pub fn departure(&mut self, row: DepartureInput<&str>) {
        let number = self.number(FloorTable::Departures);
        let value = DepartureInput {
            node_id: self.name(row.node_id),
            service_id: self.name(row.service_id),
            days: row.days,
            date: row.date,
            time: row.time,
            max_parcels: row.max_parcels,
        };
        self.departures.push(Row { number, value });
    }

    /// Adds a row of `priorities.csv`.
    pub fn priority(&mut self, row: PriorityInput<&str>) {
        let number = self.number(FloorTable::Priorities);
        let value = PriorityInput {
            order_id: row.order_id.map(|text| self.name(text)),
            channel: row.channel.map(|text| self.name(text)),
            service_id: row.service_id.map(|text| self.name(text)),
            priority: row.priority,
        };
        self.priorities.push(Row { number, value });
    }
}
