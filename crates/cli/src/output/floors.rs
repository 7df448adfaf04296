//! What a plan of waves comes to: figures of all nodes and of each, for tables and as JSON.

use std::collections::BTreeMap;
use std::path::Path;

use clapot::diagnostic::Diagnostic;
use clapot::index::ShipmentIdx;
use clapot::model::Problem;
use clapot::plan::{Fill, LimitReached, UnplannedReason, WaveFigures, WavePlan};
use serde::Serialize;
use serde_json::{Map, Value};

use super::json::{Finding, LeftOrder, object};

/// What `waves` prints, and `plan` as its second half.
#[derive(Debug, Serialize)]
pub(crate) struct WaveSummary<'a> {
    pub(crate) problem: &'a str,
    /// Where the plan was written.
    pub(crate) plan: String,
    pub(crate) method: &'a str,
    /// What stopped the run early: `time`, `work`, `interrupted`.
    pub(crate) limit: Option<&'a str>,
    pub(crate) total: Figures,
    pub(crate) nodes: BTreeMap<&'a str, Figures>,
    /// Shipments in no wave, by reason; units that no cart takes are in `no_cart`.
    pub(crate) unplanned_by_reason: BTreeMap<&'a str, usize>,
    /// Units that no cart takes.
    pub(crate) no_cart: Vec<NoCart<'a>>,
    pub(crate) seed: u64,
    pub(crate) work: u64,
    pub(crate) seconds: f64,
    pub(crate) warnings: Vec<Finding<'a>>,
    /// Orders with errors that were left out of the problem.
    pub(crate) left_out: Vec<LeftOrder<'a>>,
}

/// Units of a line that no cart takes.
#[derive(Debug, Serialize)]
pub(crate) struct NoCart<'a> {
    shipment: u32,
    pub(crate) order: &'a str,
    pub(crate) line: &'a str,
    pub(crate) sku: &'a str,
    pub(crate) qty: u32,
}

impl<'a> NoCart<'a> {
    fn new(problem: &'a Problem, shipment: ShipmentIdx, fill: Fill) -> Self {
        let line = &problem.lines()[fill.line];
        Self {
            shipment: shipment.0 + 1,
            order: problem.order_id(line.order),
            line: problem.line_id(fill.line),
            sku: problem.sku(line.sku),
            qty: fill.qty,
        }
    }
}

impl<'a> WaveSummary<'a> {
    pub(crate) fn new(problem: &'a Problem, waves: &'a WavePlan, dir: &Path, warnings: &'a [Diagnostic]) -> Self {
        let mut unplanned_by_reason = BTreeMap::new();
        for row in waves.unplanned.iter().filter(|row| row.fill.is_none()) {
            *unplanned_by_reason.entry(row.reason.as_str()).or_default() += 1;
        }
        let of_node = |(node, figures): &(_, WaveFigures)| (problem.node_id(*node), Figures(*figures));
        Self {
            problem: &waves.problem,
            plan: dir.display().to_string(),
            method: &waves.run.method,
            limit: waves.run.limit.map(LimitReached::as_str),
            total: Figures(waves.total()),
            nodes: waves.figures.iter().map(of_node).collect(),
            unplanned_by_reason,
            no_cart: waves
                .unplanned
                .iter()
                .filter_map(|row| Some(NoCart::new(problem, row.shipment, row.fill?)))
                .collect(),
            seed: waves.run.seed,
            work: waves.run.work,
            seconds: (waves.run.seconds * 1e3).round() / 1e3,
            warnings: warnings.iter().map(Finding::new).collect(),
            left_out: LeftOrder::all(problem.left_out()),
        }
    }

    /// As one JSON object.
    pub(crate) fn json(&self) -> String {
        object(self)
    }

    /// Shipments in no wave for a reason.
    pub(crate) fn unplanned(&self, reason: UnplannedReason) -> usize {
        self.unplanned_by_reason
            .get(reason.as_str())
            .copied()
            .unwrap_or_default()
    }
}

/// The figures by their names in `waves.json`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures(pub(crate) WaveFigures);

impl Serialize for Figures {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let figures = &self.0;
        let mut map = Map::new();
        for (name, count) in figures.counts() {
            map.insert(name.to_owned(), i64::try_from(count).unwrap_or(i64::MAX).into());
        }
        let number = |n: f64, digits: i32| Value::from((n * 10f64.powi(digits)).round() / 10f64.powi(digits));
        map.insert("metres".to_owned(), number(figures.walk.as_metres(), 3));
        map.insert("metres_per_line".to_owned(), number(figures.metres_per_line(), 3));
        map.insert("lines_per_hour".to_owned(), number(figures.lines_per_hour(), 3));
        map.insert("utilisation".to_owned(), number(figures.utilisation(), 6));
        map.serialize(serializer)
    }
}
