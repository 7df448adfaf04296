//! Rules of `items.csv` and `stock.csv`.

use std::collections::{HashMap, HashSet};

use super::context::{At, Context, Kind, shown};
use super::defined::Defined;
use crate::diagnostic::Code;
use crate::index::{NodeIdx, SkuIdx};
use crate::model::{StockDraftRow, Table};
use crate::quantity::{MAX_COUNT, MAX_MEASURE};

/// Checks the items.
pub(super) fn check_items(context: &mut Context<'_>) -> Defined<SkuIdx> {
    let draft = context.draft;
    let rows = draft.items.iter().map(|row| (row.number, row.value.id));
    let defined = Defined::check(context, Table::Items, "sku", &draft.ids.skus, rows);
    for row in &draft.items {
        let at = At {
            table: Table::Items,
            row: row.number,
        };
        context.integer(at, "weight_g", row.value.weight_g, 0..=MAX_MEASURE);
        context.integer(at, "volume_cm3", row.value.volume_cm3, 0..=MAX_MEASURE);
    }
    defined
}

/// Checks the stock rows, each and against each other.
pub(super) fn check(context: &mut Context<'_>, nodes: &Defined<NodeIdx>, skus: &Defined<SkuIdx>) {
    let draft = context.draft;
    let mut seen = HashSet::with_capacity(draft.stock.len());
    for row in &draft.stock {
        let (at, stock) = (
            At {
                table: Table::Stock,
                row: row.number,
            },
            &row.value,
        );
        if nodes.lacks(stock.node) {
            context.unknown(at, "node_id", Kind::Node, draft.ids.nodes.text(stock.node));
        }
        if skus.lacks(stock.sku) {
            let id = draft.ids.skus.text(stock.sku);
            let message = context.no_such(Kind::Sku, id);
            context.warn(Code::STOCK_OF_UNKNOWN_SKU, at, "sku", || message);
        }
        check_quantities(context, at, stock);
        if !seen.insert((stock.node, stock.sku, stock.available_from)) {
            let (node, sku) = (draft.ids.nodes.text(stock.node), draft.ids.skus.text(stock.sku));
            let message = format!("SKU {} has a row for node {} already", shown(sku), shown(node));
            context.report(Code::DUPLICATE_STOCK, at, "sku", message);
        }
    }
    check_sums(context);
}

fn check_quantities(context: &mut Context<'_>, at: At, stock: &StockDraftRow) {
    let most = i64::from(MAX_COUNT);
    context.integer(at, "on_hand", stock.on_hand, -most..=most);
    context.integer(at, "reserved", stock.reserved, 0..=most);
    context.integer(at, "safety", stock.safety, 0..=most);
    context.date(at, "available_from", stock.available_from);
}

/// What a node has of a SKU over all dates is counted like what it has on one.
fn check_sums(context: &mut Context<'_>) {
    let draft = context.draft;
    if draft.stock.iter().all(|row| row.value.available_from.is_none()) {
        return;
    }
    let mut sums: HashMap<(NodeIdx, SkuIdx), i64> = HashMap::with_capacity(draft.stock.len());
    for row in &draft.stock {
        let most = i64::from(MAX_COUNT);
        let before = sums.entry((row.value.node, row.value.sku)).or_insert(0);
        let sum = before.saturating_add(row.value.on_hand.clamp(0, most));
        let passes = *before <= most && sum > most;
        *before = sum;
        if passes {
            let at = At {
                table: Table::Stock,
                row: row.number,
            };
            let message = "with its other dates the node has more than 1,000,000,000 units of the SKU";
            context.report(Code::TOO_MUCH_STOCK, at, "on_hand", message);
        }
    }
}

/// Units available to promise: `max(0, on_hand - reserved - safety)`.
pub(super) fn available(stock: &StockDraftRow) -> u32 {
    (stock.on_hand - stock.reserved - stock.safety).max(0) as u32
}
