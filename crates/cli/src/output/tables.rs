//! Tables for people: what a plan costs, what it does, and how it was judged.

use clapot::plan::{UnplannedReason, WaveFigures};
use clapot::quantity::{Money, Seconds};
use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};

use super::floors::{ShipmentId, WaveSummary};
use super::priced::{Priced, Stranded};
use super::summary::{Cost, Summary};
use super::text::{self, count, number, printable};
use super::verdict::{Fault, JudgedWaves, Verdict, WaveVerdict};
use super::where_tables;
use crate::commands::{Chosen, Walk};

/// Only a line below the header.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'));

/// Violations that are listed before the rest is only counted; JSON has all.
const LISTED: usize = 100;

/// What `route` prints.
pub(crate) fn route(summary: &Summary<'_>) -> String {
    let money = |amount| text::money(amount, summary.currency);
    let limit = summary
        .limit
        .map(|limit| format!(", {}", stopped(limit)))
        .unwrap_or_default();
    let mut costs = cost_table(&summary.cost, summary.currency);
    costs.add_row(["bound", &money(summary.bound.0), ""]);
    if let Some(proved) = summary.proved_bound {
        costs.add_row(["bound by branching", &money(proved.0), ""]);
    }
    costs.add_row(["gap", &text::gap_or_none(summary.gap), ""]);
    format!(
        "{}, by {}: {}{limit}\n\n{}\n\n{}{}\n\nplan written to {}\n",
        printable(summary.problem),
        summary.method,
        summary.status,
        lines(&costs),
        lines(&figures(summary)),
        where_tables::tables(&summary.places, summary.currency),
        printable(summary.plan.as_deref().unwrap_or_default())
    )
}

/// What `price` prints; the last line is the verdict.
pub(crate) fn price(priced: &Priced<'_>) -> String {
    let summary = &priced.summary;
    let money = |amount| text::money(amount, summary.currency);
    let mut costs = cost_table(&summary.cost, summary.currency);
    costs.add_row(["bound", &money(summary.bound.0), ""]);
    if priced.valid {
        costs.add_row(["gap", &text::gap_or_none(summary.gap), ""]);
    }
    let stranded: String = priced.not_carried.iter().take(LISTED).map(stranded).collect();
    let listed = listed("violation", &priced.violations) + &stranded;
    let written = summary
        .plan
        .as_ref()
        .map(|dir| format!("plan written to {}\n", printable(dir)))
        .unwrap_or_default();
    let verdict = if priced.valid {
        format!("VALID total {}", money(summary.cost.total.0))
    } else {
        let violations = count(priced.violations.len() as u64, "violation");
        let stranded = count(priced.not_carried.len() as u64, "shipment");
        format!("INVALID {violations}, {stranded} without a service")
    };
    format!(
        "{listed}{}, as decided\n\n{}\n\n{}{}\n\n{written}{verdict}\n",
        printable(summary.problem),
        lines(&costs),
        lines(&figures(summary)),
        where_tables::tables(&summary.places, summary.currency),
    )
}

fn stranded(shipment: &Stranded<'_>) -> String {
    format!(
        "not carried: order {}, node {}, {}: {}\n",
        printable(shipment.order),
        printable(shipment.node),
        count(shipment.lines.len() as u64, "line"),
        printable(shipment.reason)
    )
}

fn stopped(limit: &str) -> &str {
    match limit {
        "time" => "stopped by the time limit",
        "work" => "stopped by the work limit",
        "gap" => "stopped at the wanted gap",
        "interrupted" => "interrupted",
        "stalled" => "ended since plan and bound stood still",
        other => other,
    }
}

/// Nodes that are listed one by one.
const NODES: usize = 20;

/// What `waves` prints.
pub(crate) fn waves(summary: &WaveSummary<'_>) -> String {
    let limit = summary
        .limit
        .map(|limit| format!(", {}", stopped(limit)))
        .unwrap_or_default();
    let head = format!(
        "{}, waves by {}{limit}\n\n{}",
        printable(summary.problem),
        summary.method,
        lines(&wave_figures(summary))
    );
    let nodes = if summary.nodes.len() > 1 {
        let more = match summary.nodes.len().saturating_sub(NODES) {
            0 => String::new(),
            more => format!(
                "\n... and {} more; --format json lists them all",
                count(more as u64, "node")
            ),
        };
        format!("\n\n{}{more}", lines(&node_figures(summary)))
    } else {
        String::new()
    };
    let times = if summary.times.is_empty() {
        String::new()
    } else {
        format!("\n\n{}", lines(&wave_times(summary)))
    };
    format!("{head}{nodes}{times}\n\nplan written to {}\n", printable(&summary.plan))
}

/// When each node works: the times of the clock on its wall, without its offset.
fn wave_times(summary: &WaveSummary<'_>) -> Table {
    let mut table = start_table(&["node", "first release", "all packed", "slack"], Align::Texts);
    let local = |at: &str| at.get(..16).unwrap_or(at).replace('T', " ");
    for (node, times) in summary.times.iter().take(NODES) {
        table.add_row([
            printable(node),
            local(&times.release),
            local(&times.end),
            times.slack_s.map_or_else(|| "-".to_owned(), |s| hours(Seconds(s))),
        ]);
    }
    table
}

fn wave_figures(summary: &WaveSummary<'_>) -> Table {
    let f = &summary.total.0;
    let o = &f.objective;
    let mut table = table(["floors", "", ""]);
    let mut row = |name: &str, value: String, note: String| {
        table.add_row([name.to_owned(), value, note]);
    };
    let plain = |n: u64| number(n);
    row(
        "shipments in waves",
        plain(f.shipments.into()),
        count(f.lines.into(), "line"),
    );
    row(
        "waves",
        plain(o.waves.into()),
        format!("{} batches", number(f.batches.into())),
    );
    row("late shipments", plain(o.late_shipments.into()), hours(o.late));
    row("tight shipments", plain(o.tight.into()), String::new());
    row("shipments unplanned", plain(f.unplanned.into()), String::new());
    for reason in UnplannedReason::ALL {
        let many = summary.unplanned(reason) as u64;
        if many > 0 {
            row(&format!("  {}", reason.as_str()), plain(many), String::new());
        }
    }
    if let Some(first) = summary.no_cart.first() {
        let units = summary.no_cart.iter().map(|of| u64::from(of.qty)).sum();
        let more = match summary.no_cart.len() - 1 {
            0 => String::new(),
            more => format!(", and {} more", count(more as u64, "line")),
        };
        let (sku, order, line) = (printable(first.sku), printable(first.order), printable(first.line));
        row(
            "units no cart takes",
            plain(units),
            format!("{sku}: order {order} line {line}{more}"),
        );
    }
    row(
        "labour",
        hours(o.labour),
        format!("{:.1} lines per hour", f.lines_per_hour()),
    );
    row(
        "walked",
        way(f.walk.as_metres()),
        format!("{:.1} m per line", f.metres_per_line()),
    );
    for by in &summary.compare {
        let name = match by.rule {
            "one-by-one" => "  one shipment a tour",
            _ => "  first come, full carts",
        };
        let labour = Seconds(by.labour_s);
        row(
            name,
            way(by.metres),
            format!("{} in {}", hours(labour), count(by.tours.into(), "tour")),
        );
    }
    row(
        "utilisation",
        text::share(f.utilisation(), 1.0),
        hours(f.shift_time) + " of shifts",
    );
    row("seconds", format!("{:.2}", summary.seconds), String::new());
    row("work", number(summary.work), format!("seed {}", summary.seed));
    table
}

fn node_figures(summary: &WaveSummary<'_>) -> Table {
    let header = ["node", "ship-\nments", "lines", "waves", "tours", "late", "lines/h"];
    let mut table = start_table(&header, Align::Numbers);
    for (node, figures) in summary.nodes.iter().take(NODES) {
        let f: &WaveFigures = &figures.0;
        table.add_row([
            printable(node),
            number(f.shipments.into()),
            number(f.lines.into()),
            number(f.objective.waves.into()),
            number(f.batches.into()),
            number(f.objective.late_shipments.into()),
            format!("{:.1}", f.lines_per_hour()),
        ]);
    }
    table
}

/// What `tour` prints.
pub(crate) fn tour(walk: &Walk<'_>) -> String {
    let mut stops = table(["stop", "metres", "take"]);
    for stop in &walk.stops {
        let take: Vec<String> = stop
            .take
            .iter()
            .map(|(sku, qty)| format!("{qty} x {}", printable(sku)))
            .collect();
        stops.add_row([printable(stop.location), format!("{:.3}", stop.metres), take.join(", ")]);
    }
    stops.add_row([
        "(back to the depot)".to_owned(),
        format!("{:.3}", walk.back_metres),
        String::new(),
    ]);
    let mut methods = table(["method", "metres", ""]);
    for (method, metres) in &walk.methods {
        let more = match metres / walk.metres - 1.0 {
            share if share.is_finite() && share.abs() >= 5e-4 => format!("{:+.1} %", 100.0 * share),
            _ => String::new(),
        };
        methods.add_row([(*method).to_owned(), format!("{metres:.3}"), more]);
    }
    format!(
        "node {}, by {}: {:.3} m\n\n{}\n\n{}\n",
        printable(walk.node),
        walk.method,
        walk.metres,
        lines(&stops),
        lines(&methods)
    )
}

/// What `select` prints.
pub(crate) fn select(chosen: &Chosen<'_>) -> String {
    let limit = chosen
        .limit
        .map(|limit| format!(", {}", stopped(limit)))
        .unwrap_or_default();
    let mut table = table(["selection", "", ""]);
    let mut row = |name: &str, value: String, note: String| {
        table.add_row([name.to_owned(), value, note]);
    };
    let ratio = |ratio: Option<f64>| ratio.map_or_else(|| "none".to_owned(), |r| format!("{r:.3}"));
    let many = chosen.shipments.len() as u64;
    row("shipments", number(many), format!("of {}", number(chosen.open as u64)));
    row("lines", number(chosen.lines.into()), String::new());
    row("units", number(chosen.units), String::new());
    row("aisles", number(chosen.aisles.len() as u64), String::new());
    row("units per aisle", ratio(chosen.units_per_aisle), String::new());
    row(
        "bound",
        ratio(chosen.bound),
        chosen.gap.map(text::gap).unwrap_or_default(),
    );
    row("work", number(chosen.work), String::new());
    let list = |numbers: &[u32]| numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
    format!(
        "node {}: {}{limit}\n\n{}\n\naisles: {}\nshipments: {}\n",
        printable(chosen.node),
        chosen.status,
        lines(&table),
        list(&chosen.aisles),
        printable(
            &chosen
                .shipments
                .iter()
                .map(ShipmentId::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        )
    )
}

/// `12.5 h`, or below an hour `25 min`.
fn hours(time: Seconds) -> String {
    match time.0.unsigned_abs() {
        0..3_600 => format!("{:.0} min", time.0 as f64 / 60.0),
        _ => format!("{:.1} h", time.0 as f64 / 3_600.0),
    }
}

/// `12.5 km`, or below a kilometre `640 m`.
fn way(metres: f64) -> String {
    if metres < 1_000.0 {
        format!("{metres:.0} m")
    } else {
        format!("{:.1} km", metres / 1_000.0)
    }
}

/// What `verify` prints of a plan of waves alone; the last line is the verdict.
pub(crate) fn verify_waves(verdict: &WaveVerdict<'_>) -> String {
    let listed = listed("violation", &verdict.violations) + &listed("not checked", &verdict.unchecked);
    let last = match (verdict.valid, verdict.violations.len()) {
        (true, _) => "VALID plan of waves".to_owned(),
        (false, 0) => UNCHECKED.to_owned(),
        (false, many) => format!("INVALID {}", count(many as u64, "violation")),
    };
    let (judged, now) = (lines(&judged(&verdict.waves)), verdict.now);
    format!("{listed}planned as of {now}\n\n{judged}\n\n{last}\n")
}

/// What was judged of a plan of waves.
fn judged(waves: &JudgedWaves<'_>) -> Table {
    let f = &waves.total.0;
    let mut table = table(["waves, recomputed", "", ""]);
    let mut row = |name: &str, value: String, note: String| {
        table.add_row([name.to_owned(), value, note]);
    };
    let of = count(waves.nodes.len() as u64, "floor");
    row("waves", number(f.objective.waves.into()), format!("of {of}"));
    row("tours", number(f.batches.into()), count(f.picks.into(), "pick"));
    row(
        "shipments",
        number(f.shipments.into()),
        format!("{} unplanned", number(f.unplanned.into())),
    );
    row(
        "late shipments",
        number(f.objective.late_shipments.into()),
        hours(f.objective.late),
    );
    row("walked", way(f.walk.as_metres()), String::new());
    table
}

/// What `verify` prints; the last line is the verdict.
pub(crate) fn verify(verdict: &Verdict<'_>) -> String {
    let money = |amount| text::money(amount, verdict.currency);
    let mut costs = cost_table(&verdict.cost, verdict.currency);
    costs.add_row(["bound, as stated", &money(verdict.stated_bound.0), ""]);
    if let Some(bound) = verdict.recomputed_bound {
        costs.add_row(["bound, recomputed", &money(bound.0), ""]);
    }
    if verdict.certified_bound.is_some() {
        costs.add_row(["gap", &text::gap_or_none(verdict.certified_gap), ""]);
    }
    let listed = listed("violation", &verdict.violations)
        + &listed("not checked", &verdict.unchecked)
        + &listed("warning", &verdict.warnings);
    let waves = verdict.waves.as_ref();
    let waves = waves.map_or_else(String::new, |waves| format!("\n\n{}", lines(&judged(waves))));
    format!("{listed}{}{waves}\n\n{}\n", lines(&costs), last_line(verdict))
}

fn listed(word: &str, faults: &[Fault<'_>]) -> String {
    let one = |f: &Fault<'_>| format!("{word}: {} {}: {}\n", f.code, f.name, printable(f.message));
    let list: String = faults.iter().take(LISTED).map(one).collect();
    match faults.len().saturating_sub(LISTED) {
        _ if faults.is_empty() => list,
        0 => list + "\n",
        more => format!(
            "{list}... and {} more; --format json lists them all\n\n",
            count(more as u64, word)
        ),
    }
}

/// The verdict where a part was not judged within the limits.
const UNCHECKED: &str = "NOT CHECKED nothing wrong was found, but a part was not checked";

fn last_line(verdict: &Verdict<'_>) -> String {
    if !verdict.violations.is_empty() {
        return format!("INVALID {}", count(verdict.violations.len() as u64, "violation"));
    }
    if !verdict.valid {
        return UNCHECKED.to_owned();
    }
    let money = |amount| text::money(amount, verdict.currency);
    let total = money(verdict.cost.total.0);
    match (verdict.certified_bound, verdict.certified_gap) {
        (Some(bound), Some(gap)) => format!("VALID total {total}, bound {}, gap {}", money(bound.0), text::gap(gap)),
        (Some(_), None) => format!("VALID total {total}, {}", text::NO_BOUND),
        _ => format!("VALID total {total}; the bound was not recomputed"),
    }
}

fn cost_table(cost: &Cost, currency: &str) -> Table {
    let parts = [
        ("transport", cost.transport),
        ("handling", cost.handling),
        ("split", cost.split),
        ("late", cost.late),
        ("unfilled", cost.unfilled),
        ("total", cost.total),
    ];
    let mut table = table(["cost", currency, "share"]);
    for (name, part) in parts {
        let share = share(part.0, cost.total.0);
        table.add_row([name, &text::money(part.0, currency), &share]);
    }
    table
}

fn share(part: Money, total: Money) -> String {
    text::share(part.as_f64(), total.as_f64())
}

fn figures(summary: &Summary<'_>) -> Table {
    let mut table = table(["plan", "", ""]);
    let mut row = |name: &str, value: String, note: String| {
        table.add_row([name.to_owned(), value, note]);
    };
    let plain = |n: usize| number(n as u64);
    let none = String::new;
    row("orders", plain(summary.orders), none());
    row("order lines", plain(summary.lines), none());
    row(
        "shipments",
        plain(summary.shipments),
        format!("{:.3} per order", summary.shipments_per_order),
    );
    for (&n, &orders) in &summary.orders_by_shipments {
        let name = match n {
            0 => "  orders not shipped".to_owned(),
            n => format!("  orders in {}", count(n as u64, "shipment")),
        };
        row(&name, plain(orders), text::share(orders as f64, summary.orders as f64));
    }
    row("late shipments", plain(summary.late_shipments), none());
    row(
        "unfilled units",
        number(summary.unfilled.units),
        count(summary.unfilled.lines, "line"),
    );
    for (reason, unfilled) in &summary.unfilled_by_reason {
        row(
            &format!("  {reason}"),
            number(unfilled.units),
            count(unfilled.lines, "line"),
        );
    }
    if let Some(start) = &summary.start {
        let cost = format!("cost {}", text::money(start.total.0, summary.currency));
        row("orders as in the start", plain(start.orders_taken), cost);
        let taken_over = [
            ("  nearly so", start.orders_adapted),
            ("  no longer possible", start.orders_dropped),
            ("  new", start.orders_new),
            ("  gone", start.orders_gone),
        ];
        for (name, orders) in taken_over.into_iter().chain(where_tables::moved(&start.moved)) {
            if orders > 0 {
                row(name, plain(orders), none());
            }
        }
    }
    row("seconds", format!("{:.2}", summary.seconds), none());
    row("work", number(summary.work), format!("seed {}", summary.seed));
    table
}

/// An empty table whose first column is of words, the others of numbers.
fn table(header: [&str; 3]) -> Table {
    start_table(&header, Align::Numbers)
}

/// What the columns of a table after the first are of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Numbers,
    Texts,
}

/// An empty table whose first column is of words.
pub(super) fn start_table(header: &[&str], align: Align) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE).set_header(header);
    if align == Align::Numbers {
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// The lines of a table, without blanks at their ends.
pub(super) fn lines(table: &Table) -> String {
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}
