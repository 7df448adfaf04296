//! What a plan of waves comes to: figures of all nodes and of each, for tables and as JSON.

use std::collections::BTreeMap;
use std::path::Path;

use clapot::diagnostic::Diagnostic;
use clapot::index::ShipmentIdx;
use clapot::model::{Floor, Floors, Problem};
use clapot::plan::{Fill, LimitReached, RoutingPlan, UnplannedReason, WaveFigures, WavePlan};
use clapot::quantity::Moment;
use clapot::report::{WaveTimes, wave_times};
use clapot::wave::planner::{SimplePicking, simple_picking};
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
    /// Of each node with waves, when its work begins and ends.
    pub(crate) times: BTreeMap<&'a str, Times>,
    /// What picking the same shipments comes to by simple rules; nothing where there are too many to say.
    pub(crate) compare: Vec<Compared>,
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

/// Most shipments of which simple rules are tried.
const MOST_COMPARED: usize = 20_000;

/// What picking by a simple rule comes to.
#[derive(Debug, Serialize)]
pub(crate) struct Compared {
    pub(crate) rule: &'static str,
    pub(crate) tours: u32,
    pub(crate) metres: f64,
    pub(crate) labour_s: i64,
}

impl Compared {
    fn new(by: &SimplePicking) -> Self {
        Self {
            rule: by.rule.as_str(),
            tours: by.tours,
            metres: by.walk.as_metres(),
            labour_s: by.labour.0,
        }
    }
}

/// When the work of a node begins and ends, by its clock.
#[derive(Debug, Serialize)]
pub(crate) struct Times {
    /// When the first wave is released.
    pub(crate) release: String,
    /// When the first tour begins.
    pub(crate) start: String,
    /// When the last tour ends.
    pub(crate) picked: String,
    /// When the last wave is packed.
    pub(crate) end: String,
    /// The least time from the end of a wave to the first departure that is due; `None` where nothing is.
    pub(crate) slack_s: Option<i64>,
    /// Shipments that were due before planning begins.
    pub(crate) overdue: u32,
}

impl Times {
    fn new(floor: &Floor, of: &WaveTimes) -> Self {
        let shown = |at: Moment| floor.clock().show(at).to_string();
        Self {
            release: shown(of.release),
            start: shown(of.start),
            picked: shown(of.picked),
            end: shown(of.end),
            slack_s: of.slack.map(|slack| slack.0),
            overdue: of.overdue,
        }
    }
}

/// The id of a shipment: a number where a routing plan made it, else its own text.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum ShipmentId {
    Number(u64),
    Own(String),
}

impl ShipmentId {
    pub(crate) fn new(floors: &Floors, shipment: ShipmentIdx) -> Self {
        match floors.open_shipments() {
            Some(_) => Self::Own(floors.shipment_id(shipment)),
            None => Self::Number(u64::from(shipment.0) + 1),
        }
    }
}

impl std::fmt::Display for ShipmentId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(n) => write!(f, "{n}"),
            Self::Own(id) => f.write_str(id),
        }
    }
}

/// Units of a line that no cart takes.
#[derive(Debug, Serialize)]
pub(crate) struct NoCart<'a> {
    shipment: ShipmentId,
    pub(crate) order: &'a str,
    pub(crate) line: &'a str,
    pub(crate) sku: &'a str,
    pub(crate) qty: u32,
}

impl<'a> NoCart<'a> {
    fn new(problem: &'a Problem, shipment: ShipmentId, fill: Fill) -> Self {
        let line = &problem.lines()[fill.line];
        Self {
            shipment,
            order: problem.order_id(line.order),
            line: problem.line_id(fill.line),
            sku: problem.sku(line.sku),
            qty: fill.qty,
        }
    }
}

impl<'a> WaveSummary<'a> {
    /// # Errors
    /// A floor with a layout for which no tours can be found.
    pub(crate) fn new(
        (problem, plan, floors): (&'a Problem, &RoutingPlan, &Floors),
        waves: &'a WavePlan,
        dir: &Path,
        warnings: &'a [Diagnostic],
    ) -> Result<Self, clapot::Error> {
        let mut unplanned_by_reason = BTreeMap::new();
        for row in waves.unplanned.iter().filter(|row| row.fill.is_none()) {
            *unplanned_by_reason.entry(row.reason.as_str()).or_default() += 1;
        }
        let compare = if waves.shipments.len() <= MOST_COMPARED {
            simple_picking(problem, plan, floors, waves)?
                .iter()
                .map(Compared::new)
                .collect()
        } else {
            Vec::new()
        };
        let times = wave_times(floors, waves);
        let times = times.iter().filter_map(|of| {
            let floor = floors.of(of.node)?;
            Some((problem.node_id(of.node), Times::new(floor, of)))
        });
        let of_node = |(node, figures): &(_, WaveFigures)| (problem.node_id(*node), Figures(*figures));
        Ok(Self {
            times: times.collect(),
            compare,
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
                .filter_map(|row| Some(NoCart::new(problem, ShipmentId::new(floors, row.shipment), row.fill?)))
                .collect(),
            seed: waves.run.seed,
            work: waves.run.work,
            seconds: (waves.run.seconds * 1e3).round() / 1e3,
            warnings: warnings.iter().map(Finding::new).collect(),
            left_out: LeftOrder::all(problem.left_out()),
        })
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
