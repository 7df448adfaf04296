//! Rules of `floor.toml`: what holds for all nodes, and key by key what holds for one.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use super::context::{FloorContext, outside};
use super::layouts::Layouts;
use crate::diagnostic::Code;
use crate::index::NodeIdx;
use crate::model::floor::{GroupKey, Rates, ReleaseMode, SettingsOf, WaveLimits, WaveRules};
use crate::quantity::{Distance, Grams, MAX_COUNT, MAX_MEASURE, Millis, Moment, Seconds, Volume};
use crate::validate::context::shown;

/// The rates and rules of every node with a floor.
pub(super) fn check(context: &mut FloorContext<'_>, layouts: &Layouts) -> HashMap<NodeIdx, (Rates, WaveRules)> {
    let settings = &context.draft.settings;
    ranges(context, &settings.all, None);
    let mut own = HashMap::new();
    let mut seen = HashSet::new();
    for (n, (id, of)) in settings.nodes.iter().enumerate() {
        ranges(context, of, Some(n as u32));
        let Some(node) = context.problem.node_ids().find(id) else {
            let message = format!("there is no node {}", shown(id));
            context.report_setting(Code::UNKNOWN_REFERENCE, Some(n as u32), "node", message);
            continue;
        };
        if !seen.insert(node) {
            let message = format!("node {} has settings already", shown(id));
            context.report_setting(Code::DUPLICATE_ID, Some(n as u32), "node", message);
        } else if layouts.rows.contains_key(&node) {
            own.insert(node, (n as u32, of));
        } else {
            let message = format!("node {} has no floor", shown(id));
            context.report_setting(Code::UNUSED_FLOOR_SETTINGS, Some(n as u32), "node", message);
        }
    }
    let mut made = HashMap::new();
    let nothing = SettingsOf::default();
    let mut judged = HashSet::new();
    for &node in layouts.rows.keys() {
        let (n, of) = own.get(&node).map_or((None, &nothing), |(n, of)| (Some(*n), *of));
        let merged = merge(&settings.all, of);
        // What is wrong for all is said once.
        if judged.insert(n) {
            modes(context, &merged, n);
        }
        made.insert(node, values(&merged));
    }
    made
}

/// Each value within its range.
fn ranges(context: &mut FloorContext<'_>, of: &SettingsOf, n: Option<u32>) {
    let (count, measure) = (1..=i64::from(MAX_COUNT), 1..=MAX_MEASURE * 1_000);
    let mut whole = |field, value: Option<i64>, range: &RangeInclusive<i64>| {
        if value.is_some_and(|value| !range.contains(&value)) {
            context.report_setting(Code::OUT_OF_RANGE, n, field, outside(range));
        }
    };
    whole("waves.safety_minutes", of.safety_minutes, &(0..=1_440));
    whole("waves.max_open", of.max_open, &count);
    whole("waves.horizon_days", of.horizon_days, &(0..=60));
    whole("limits.shipments", of.max_shipments, &count);
    whole("limits.lines", of.max_lines, &count);
    whole("limits.units", of.max_units, &count);
    whole("limits.weight_g", of.max_weight_g, &measure);
    whole("limits.volume_cm3", of.max_volume_cm3, &measure);
    whole("limits.docks", of.max_docks, &count);
    whole("packing.packers", of.packers, &(1..=100_000));
    if of.walking.is_some_and(|walk| !(1..=100_000).contains(&walk.0)) {
        let message = "must be from 0.001 to 100";
        context.report_setting(Code::OUT_OF_RANGE, n, "picking.walking_m_per_s", message);
    }
    for (field, value) in [
        ("picking.seconds_per_tour", of.per_tour),
        ("picking.seconds_per_stop", of.per_stop),
        ("picking.seconds_per_line", of.per_line),
        ("picking.seconds_per_unit", of.per_unit),
        ("packing.seconds_per_shipment", of.pack_shipment),
        ("packing.seconds_per_line", of.pack_line),
        ("packing.seconds_per_unit", of.pack_unit),
    ] {
        if value.is_some_and(|value| !(0..=1_000 * Moment::DAY).contains(&value.0)) {
            context.report_setting(Code::OUT_OF_RANGE, n, field, "must be from 0 to 86400");
        }
    }
}

/// What a mode needs, and what only another one uses.
fn modes(context: &mut FloorContext<'_>, of: &SettingsOf, n: Option<u32>) {
    let mode = of.mode.unwrap_or_default();
    let has_releases = of.releases.as_ref().is_some_and(|list| !list.is_empty());
    if mode == ReleaseMode::Fixed && !has_releases {
        context.report_setting(
            Code::MODE_MISMATCH,
            n,
            "waves.releases",
            "the mode fixed needs releases",
        );
    }
    if mode != ReleaseMode::Fixed && has_releases {
        let message = "only the mode fixed has releases";
        context.report_setting(Code::MODE_MISMATCH, n, "waves.releases", message);
    }
    if mode == ReleaseMode::Waveless && of.max_open.is_none() {
        context.report_setting(
            Code::MODE_MISMATCH,
            n,
            "waves.max_open",
            "the mode waveless needs max_open",
        );
    }
}

/// What holds for a node: its own value of each key, else that of all. An own mode replaces the releases of all as well.
fn merge(all: &SettingsOf, own: &SettingsOf) -> SettingsOf {
    macro_rules! either {
        ($($field:ident),*) => { SettingsOf { $($field: own.$field.clone().or_else(|| all.$field.clone())),* } };
    }
    let mut merged = either!(
        mode,
        releases,
        safety_minutes,
        max_open,
        group_by,
        horizon_days,
        max_shipments,
        max_lines,
        max_units,
        max_weight_g,
        max_volume_cm3,
        max_docks,
        method,
        walking,
        per_tour,
        per_stop,
        per_line,
        per_unit,
        pack_shipment,
        pack_line,
        pack_unit,
        packers
    );
    if own.mode.is_some_and(|mode| mode != ReleaseMode::Fixed) {
        merged.releases.clone_from(&own.releases);
    }
    merged
}

/// The values of sound settings, defaults filled in.
fn values(of: &SettingsOf) -> (Rates, WaveRules) {
    let (rates, rules) = (Rates::default(), WaveRules::default());
    let count = |n: Option<i64>| n.map(|n| n.clamp(0, MAX_COUNT.into()) as u32);
    let millis = |own: Option<Millis>, default| own.unwrap_or(default);
    let mut releases = of.releases.clone().unwrap_or_default();
    releases.sort_unstable();
    releases.dedup();
    let mut group_by: Vec<GroupKey> = of.group_by.clone().unwrap_or_default();
    group_by.sort_unstable();
    group_by.dedup();
    let rates = Rates {
        walking: of
            .walking
            .map_or(rates.walking, |Distance(mm)| mm.clamp(1, 100_000) as u32),
        per_tour: millis(of.per_tour, rates.per_tour),
        per_stop: millis(of.per_stop, rates.per_stop),
        per_line: millis(of.per_line, rates.per_line),
        per_unit: millis(of.per_unit, rates.per_unit),
        pack_shipment: millis(of.pack_shipment, rates.pack_shipment),
        pack_line: millis(of.pack_line, rates.pack_line),
        pack_unit: millis(of.pack_unit, rates.pack_unit),
        packers: count(of.packers).unwrap_or(rates.packers),
    };
    let rules = WaveRules {
        mode: of.mode.unwrap_or_default(),
        releases,
        safety: of
            .safety_minutes
            .map_or(rules.safety, |minutes| Seconds(minutes.clamp(0, 1_440) * 60)),
        max_open: count(of.max_open),
        limits: WaveLimits {
            shipments: count(of.max_shipments),
            lines: count(of.max_lines),
            units: count(of.max_units),
            weight: of.max_weight_g.map(Grams),
            volume: of.max_volume_cm3.map(Volume),
            docks: count(of.max_docks),
        },
        group_by,
        horizon_days: count(of.horizon_days).unwrap_or(rules.horizon_days),
        method: of.method.unwrap_or_default(),
    };
    (rates, rules)
}
