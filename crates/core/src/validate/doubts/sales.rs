//! Orders that cannot be what was meant, and stock that is owed: destinations without a country or beyond all lanes, promised
//! dates that have passed, rows of stock that owe more than they have.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::super::context::{At, Context, grouped};
use super::super::fold::shown;
use super::super::settings::{DEFAULT_TIMEZONE, timezone};
use super::super::stock::available;
use crate::diagnostic::{Code, KEPT_OF_A_GROUP};
use crate::index::{Idx as _, NodeIdx, SkuIdx, Sym};
use crate::model::Table;
use crate::quantity::Date;

/// How many countries that no lane has are told apart.
const COUNTRIES: usize = 10;

/// Warns of orders and stock.
pub(super) fn check(context: &mut Context<'_>, now: Option<&Timestamp>) {
    destinations(context);
    dates(context, now);
    owed(context);
}

/// Orders that go by lanes, and no lane can match.
fn destinations(context: &mut Context<'_>) {
    let draft = context.draft;
    if !draft.is_whole(Table::Lanes) || !draft.is_whole(Table::Quotes) {
        return;
    }
    let reached: HashSet<Sym> = draft.lanes.iter().map(|row| row.value.country).collect();
    let mut quoted = Vec::new();
    if !draft.quotes.is_empty() {
        quoted.resize(draft.ids.orders.len(), false);
    }
    for row in &draft.quotes {
        quoted[row.value.order.get()] = true;
    }
    let mut missed: HashMap<Sym, u32> = HashMap::new();
    let (mut last, mut last_is_reached) = (None, false);
    for row in &draft.orders {
        let order = &row.value;
        if last != Some(order.country) {
            (last, last_is_reached) = (Some(order.country), reached.contains(&order.country));
        }
        if last_is_reached || order.pickup_node.is_some() || quoted.get(order.id.get()).copied().unwrap_or(false) {
            continue;
        }
        let (at, country) = (
            At {
                table: Table::Orders,
                row: row.number,
            },
            draft.ids.texts.text(order.country),
        );
        if country.is_empty() {
            context.warn(
                Code::NO_COUNTRY,
                at,
                "country",
                || "the order has no country, so no lane goes there",
            );
            continue;
        }
        let subjects = missed.len().min(COUNTRIES - 1) as u32 + 1;
        let subject = *missed.entry(order.country).or_insert(subjects);
        context.warn_of((subject, 1), Code::COUNTRY_WITHOUT_LANES, at, "country", || {
            format!("no lane goes to {}", shown(country))
        });
    }
}

/// Promised dates before the planning instant, on the clock of the problem.
fn dates(context: &mut Context<'_>, now: Option<&Timestamp>) {
    let draft = context.draft;
    let zone = timezone(draft.settings.timezone.as_deref().unwrap_or(DEFAULT_TIMEZONE));
    let Some(today) = now
        .zip(zone)
        .map(|(now, zone)| Date::from_civil(now.to_zoned(zone).date()))
    else {
        return;
    };
    for row in &draft.orders {
        if row.value.deliver_by.is_some_and(|by| by < today) && row.value.pickup_node.is_none() {
            let at = At {
                table: Table::Orders,
                row: row.number,
            };
            context.warn(Code::DELIVER_BY_PAST, at, "deliver_by", || {
                format!("the date is before that of the planning instant, {today}")
            });
        }
    }
}

/// Rows that owe units while others of the same node and SKU have some: each row counts by itself, so nothing pays for them.
fn owed(context: &mut Context<'_>) {
    let draft = context.draft;
    if draft.stock.iter().all(|row| row.value.available_from.is_none()) {
        return;
    }
    let promised = |reserved: i64, on_hand: i64| reserved.saturating_sub(on_hand);
    let mut owing: HashMap<(NodeIdx, SkuIdx), bool> = HashMap::new();
    for row in &draft.stock {
        if promised(row.value.reserved, row.value.on_hand) > 0 {
            owing.insert((row.value.node, row.value.sku), false);
        }
    }
    if owing.is_empty() {
        return;
    }
    for row in &draft.stock {
        if let Some(others) = owing.get_mut(&(row.value.node, row.value.sku)) {
            *others |= available(&row.value) > 0;
        }
    }
    for row in &draft.stock {
        let stock = &row.value;
        let owed = promised(stock.reserved, stock.on_hand);
        if owed > 0 && owing.get(&(stock.node, stock.sku)) == Some(&true) {
            let at = At {
                table: Table::Stock,
                row: row.number,
            };
            let field = if stock.reserved > 0 { "reserved" } else { "on_hand" };
            context.warn_of((0, KEPT_OF_A_GROUP), Code::STOCK_OWED, at, field, || {
                let units = grouped(owed);
                format!("{units} units more than there are; what comes on other dates is promised all the same")
            });
        }
    }
}
