//! Rules of `locations.csv` and `location_stock.csv`.

use std::collections::{HashMap, HashSet};

use super::context::FloorContext;
use super::layouts::Layouts;
use crate::diagnostic::Code;
use crate::index::{IndexVec, LocationIdx, NodeIdx, PickLocationIdx, Sym};
use crate::model::Layout;
use crate::model::floor::{FloorTable, LocationInput, LocationStock, PickLocation};
use crate::quantity::MAX_COUNT;
use crate::validate::context::shown;

/// The pick locations of a node.
#[derive(Default)]
pub(super) struct Places {
    pub list: IndexVec<PickLocationIdx, PickLocation>,
    by_id: HashMap<Sym, PickLocationIdx>,
}

/// Checks the pick locations.
pub(super) fn check(context: &mut FloorContext<'_>, layouts: &Layouts) -> HashMap<NodeIdx, Places> {
    const TABLE: FloorTable = FloorTable::Locations;
    let mut made: HashMap<NodeIdx, Places> = HashMap::new();
    for row in &context.draft.locations {
        let place = &row.value;
        context.id(TABLE, row.number, "location_id", place.location_id);
        let sequence = place.sequence.map(i64::from);
        context.integer(TABLE, row.number, "sequence", sequence, 0..=MAX_COUNT.into());
        let Some(node) = layouts.node(context, TABLE, row.number, place.node_id) else {
            continue;
        };
        // Without a sound layout every place is as good as any other.
        let cell = match layouts.sound.get(&node) {
            Some((layout, _)) => cell(layouts, node, layout, place),
            None => Ok(LocationIdx(0)),
        };
        let cell = cell.unwrap_or_else(|(field, message)| {
            context.report(Code::NOT_IN_LAYOUT, TABLE, row.number, field, message);
            LocationIdx(0)
        });
        let places = made.entry(node).or_default();
        let index = places.list.push(PickLocation {
            id: place.location_id,
            cell,
            sequence: place.sequence,
            zone: place.zone,
        });
        if places.by_id.insert(place.location_id, index).is_some() {
            let message = format!("{} is defined twice", shown(context.text(place.location_id)));
            context.report(Code::DUPLICATE_ID, TABLE, row.number, "location_id", message);
        }
    }
    made
}

/// The cell of a pick location, or the column that is wrong and why.
fn cell(
    layouts: &Layouts,
    node: NodeIdx,
    layout: &Layout,
    place: &LocationInput<Sym>,
) -> Result<LocationIdx, (&'static str, &'static str)> {
    match layout {
        Layout::Aisles(aisles) => {
            let aisle = place
                .aisle
                .ok_or(("aisle", "the layout is of aisles, and the row names none"))?;
            let cell = place
                .cell
                .ok_or(("cell", "the layout is of aisles, and the row names no cell"))?;
            if !(1..=aisles.aisles()).contains(&(aisle as usize)) {
                return Err(("aisle", "the layout has no such aisle"));
            }
            let found = (cell > 0).then(|| aisles.location(aisle as usize - 1, cell as usize - 1));
            found.flatten().ok_or(("cell", "the layout has no such cell"))
        }
        Layout::Graph(_) => {
            let vertex = place
                .vertex
                .ok_or(("vertex", "the layout is a graph, and the row names no vertex"))?;
            layouts
                .vertex(node, vertex)
                .ok_or(("vertex", "the layout has no such vertex"))
        }
    }
}

/// Checks what lies in the pick locations.
pub(super) fn check_stock(
    context: &mut FloorContext<'_>,
    layouts: &Layouts,
    places: &HashMap<NodeIdx, Places>,
) -> HashMap<NodeIdx, Vec<LocationStock>> {
    const TABLE: FloorTable = FloorTable::LocationStock;
    let mut made: HashMap<NodeIdx, Vec<LocationStock>> = HashMap::new();
    let mut seen = HashSet::with_capacity(context.draft.stock.len());
    for row in &context.draft.stock {
        let stock = &row.value;
        let most = i64::from(MAX_COUNT);
        context.integer(TABLE, row.number, "qty", Some(stock.qty), 0..=most);
        context.integer(TABLE, row.number, "reserved", Some(stock.reserved), 0..=most);
        let sku = context.problem.sku_ids().find(context.text(stock.sku));
        if sku.is_none() {
            context.unknown(TABLE, row.number, "sku", "SKU", context.text(stock.sku));
        }
        let Some(node) = layouts.node(context, TABLE, row.number, stock.node_id) else {
            continue;
        };
        let location = places.get(&node).and_then(|p| p.by_id.get(&stock.location_id)).copied();
        if location.is_none() && context.draft.is_whole(FloorTable::Locations) {
            context.unknown(
                TABLE,
                row.number,
                "location_id",
                "pick location",
                context.text(stock.location_id),
            );
        }
        let (Some(sku), Some(location)) = (sku, location) else {
            continue;
        };
        if !seen.insert((node, location, sku)) {
            let message = "the pick location has a row for the SKU already";
            context.report(Code::DUPLICATE_LOCATION_STOCK, TABLE, row.number, "sku", message);
        }
        made.entry(node).or_default().push(LocationStock {
            location,
            sku,
            available: (stock.qty - stock.reserved).clamp(0, most) as u32,
        });
    }
    made
}
