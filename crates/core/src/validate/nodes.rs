//! Rules of `nodes.csv`, and when each node is ready to ship.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::context::{At, Context};
use super::defined::Defined;
use super::settings::{DEFAULT_TIMEZONE, timezone};
use crate::diagnostic::Code;
use crate::index::{NodeIdx, Sym};
use crate::model::{LocalInstant, NodeRow, Table};
use crate::quantity::{Date, TimeOfDay};

/// Longest lead time: ten years.
const MAX_LEAD_HOURS: i64 = 87_600;
const NANOSECONDS_PER_HOUR: i64 = 3_600_000_000_000;

/// The nodes that are defined, and from when each ships.
#[derive(Debug)]
pub(super) struct Nodes {
    pub defined: Defined<NodeIdx>,
    /// Per row; empty where the planning instant is not known.
    pub ready: Vec<LocalInstant>,
}

/// Checks the nodes.
pub(super) fn check(context: &mut Context<'_>, now: Option<&Timestamp>) -> Nodes {
    let draft = context.draft;
    let rows = draft.nodes.iter().map(|row| (row.number, row.value.id));
    let defined = Defined::check(context, Table::Nodes, "node_id", &draft.ids.nodes, rows);
    let mut zones = Zones::new(context);
    let mut ready = Vec::new();
    for row in &draft.nodes {
        let at = At {
            table: Table::Nodes,
            row: row.number,
        };
        check_row(context, at, &row.value);
        let zone = zones.get(context, at, row.value.timezone);
        let local = now
            .zip(zone)
            .and_then(|(now, zone)| ready_at(*now, row.value.lead_nanoseconds, zone));
        ready.extend(local);
    }
    Nodes { defined, ready }
}

fn check_row(context: &mut Context<'_>, at: At, node: &NodeRow) {
    if context.draft.ids.nodes.text(node.id) == "*" {
        context.report(Code::RESERVED_ID, at, "node_id", "* means any node in lanes");
    }
    context.country(at, node.country);
    context.place(at, node.place);
    context.money(at, "shipment_cost", node.shipment_cost);
    context.money(at, "line_cost", node.line_cost);
    context.money(at, "unit_cost", node.unit_cost);
    context.count(at, "max_shipments", node.max_shipments, 0);
    context.count(at, "max_lines", node.max_lines, 0);
    context.count(at, "max_units", node.max_units, 0);
    if !(0..=MAX_LEAD_HOURS * NANOSECONDS_PER_HOUR).contains(&node.lead_nanoseconds) {
        context.report(Code::OUT_OF_RANGE, at, "lead_hours", "must be from 0 to 87,600 hours");
    }
}

/// The planning instant plus the lead time on the clock of the node.
fn ready_at(now: Timestamp, lead_nanoseconds: i64, zone: &TimeZone) -> Option<LocalInstant> {
    let local = now
        .checked_add(SignedDuration::from_nanos(lead_nanoseconds))
        .ok()?
        .to_zoned(zone.clone());
    Some(LocalInstant {
        date: Date::from_civil(local.date()),
        time: TimeOfDay::from_civil(local.time()),
    })
}

/// The time zones met so far.
struct Zones {
    default: Option<TimeZone>,
    known: HashMap<Sym, Option<TimeZone>>,
}

impl Zones {
    fn new(context: &Context<'_>) -> Self {
        let name = context.draft.settings.timezone.as_deref().unwrap_or(DEFAULT_TIMEZONE);
        Self {
            default: timezone(name),
            known: HashMap::new(),
        }
    }

    fn get(&mut self, context: &mut Context<'_>, at: At, name: Option<Sym>) -> Option<&TimeZone> {
        let Some(symbol) = name else {
            return self.default.as_ref();
        };
        let draft = context.draft;
        let zone = self
            .known
            .entry(symbol)
            .or_insert_with(|| timezone(draft.ids.texts.text(symbol)));
        if zone.is_none() {
            context.report(
                Code::UNKNOWN_TIMEZONE,
                at,
                "timezone",
                "not a time zone of the IANA database",
            );
        }
        zone.as_ref()
    }
}
