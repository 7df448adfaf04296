//! The judge of plans of waves: every rule and figure of `docs/floor.md`, from scratch.
//!
//! It knows the problem, the routing plan, the floors and the plan, and of [`cost::waves`](crate::cost::waves) what there is
//! to do and when carriers leave. Ways, times, sums, packing and what is in use when it finds out for itself. It fails
//! closed, and takes any values that the types can hold.
//!
//! `rows` judges what belongs together, `releases` the releases, groups, limits and times of waves, `batches` carts and pickers,
//! `tours` picks and ways, `figures` what the summary says.

mod batches;
mod figures;
mod releases;
mod rows;
mod tours;
mod ways;

use std::collections::{BTreeSet, HashMap, HashSet};

use super::watch::Watch;
use super::{Report, Violation, ViolationCode};
use crate::cost::waves::{Task, Workload, workload};
use crate::index::{BatchIdx, Idx as _, NodeIdx, ShipmentIdx};
use crate::model::Problem;
use crate::model::floor::{Floor, Floors};
use crate::plan::{Pick, RoutingPlan, Wave, WaveFigures, WavePlan, WaveShipment};
use crate::quantity::Moment;

/// What was found in a plan of waves.
#[derive(Clone, Debug, PartialEq)]
pub struct WaveVerification {
    /// Everything that makes the plan invalid.
    pub violations: Vec<Violation>,
    /// What was not judged, since time was up: it may be right or wrong.
    pub unchecked: Vec<Violation>,
    /// The figures of each floor, recomputed; empty where rows do not belong together, so that nothing can be computed, or
    /// time was up.
    pub figures: Vec<(NodeIdx, WaveFigures)>,
}

impl WaveVerification {
    /// Whether all of it was judged and nothing is wrong.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.violations.is_empty() && self.unchecked.is_empty()
    }
}

/// Judges a plan of waves for a routing plan, which should itself be valid.
///
/// Where rows do not belong together, only that is reported. Takes time in proportion to the plan's rows, and on a floor
/// that is a graph a search of it from each place of a tour.
#[must_use]
pub fn verify_waves(problem: &Problem, routing: &RoutingPlan, floors: &Floors, plan: &WavePlan) -> WaveVerification {
    verify_waves_until(problem, routing, floors, plan, &|| false)
}

/// As [`verify_waves`], until it is over: asked before each floor and each tour. Where it is over before the end, that is
/// all that [`WaveVerification::unchecked`] says.
#[must_use]
pub fn verify_waves_until(
    problem: &Problem,
    routing: &RoutingPlan,
    floors: &Floors,
    plan: &WavePlan,
    is_over: &(dyn Fn() -> bool + Sync),
) -> WaveVerification {
    let watch = Watch::new(is_over);
    let mut report = Report::default();
    let each = floors.floors().iter().take_while(|_| !watch.is_over());
    let work: Vec<Workload> = each.map(|f| workload(problem, routing, floors, f)).collect();
    if !watch.is_over() {
        rows::check(problem, routing, floors, &work, plan, &mut report);
    }
    let mut figures = Vec::new();
    if report.violations.is_empty() {
        for (floor, work) in floors.floors().iter().zip(&work) {
            let site = Site::new(problem, (floors, floor), work, plan);
            figures.extend(site.check(&watch, &mut report).map(|found| (floor.node(), found)));
        }
        if !watch.is_over() {
            figures::check(plan, &figures, problem, &mut report);
        }
    }
    if watch.was_over() {
        figures.clear();
        let message = "time was up before the plan of waves was judged".to_owned();
        report.note(ViolationCode::WavesNotChecked, message);
    }
    WaveVerification {
        violations: report.violations,
        unchecked: report.unchecked,
        figures,
    }
}

/// One floor with what a plan does there. All rows belong together.
struct Site<'a> {
    problem: &'a Problem,
    floors: &'a Floors,
    floor: &'a Floor,
    plan: &'a WavePlan,
    tasks: HashMap<ShipmentIdx, &'a Task>,
    /// Shipments of which something cannot be done.
    undoable: HashSet<ShipmentIdx>,
    /// Positions of its waves.
    waves: Vec<usize>,
    /// Positions of its batches.
    batches: Vec<usize>,
    /// The rows of its shipments.
    shipments: Vec<&'a WaveShipment>,
    /// Of each batch of the plan, the rows of its shipments.
    of_batch: HashMap<BatchIdx, Vec<&'a WaveShipment>>,
}

impl<'a> Site<'a> {
    fn new(
        problem: &'a Problem,
        (floors, floor): (&'a Floors, &'a Floor),
        work: &'a Workload,
        plan: &'a WavePlan,
    ) -> Self {
        let here = |wave: usize| plan.waves.as_slice()[wave].node == floor.node();
        let shipments: Vec<_> = plan.shipments.iter().filter(|s| here(s.wave.get())).collect();
        let mut of_batch: HashMap<BatchIdx, Vec<&WaveShipment>> = HashMap::new();
        for s in &shipments {
            of_batch.entry(s.batch).or_default().push(s);
        }
        let batches = plan.batches.iter().enumerate();
        Self {
            problem,
            floors,
            floor,
            plan,
            tasks: work.tasks.iter().map(|task| (task.shipment, task)).collect(),
            undoable: work.unplanned.iter().map(|u| u.shipment).collect(),
            waves: (0..plan.waves.len()).filter(|&n| here(n)).collect(),
            batches: batches.filter(|(_, b)| here(b.wave.get())).map(|(n, _)| n).collect(),
            shipments,
            of_batch,
        }
    }

    /// `None` where it is over before the end.
    fn check(&self, watch: &Watch<'_>, report: &mut Report) -> Option<WaveFigures> {
        if watch.is_over() {
            return None;
        }
        self.check_batches(report);
        self.check_tours(watch, report);
        if watch.is_over() {
            return None;
        }
        let ends = self.check_waves(report);
        self.check_departures(&ends, report);
        Some(self.figures(&ends))
    }

    /// The rows of the shipments of a batch.
    fn rows_of(&self, batch: usize) -> impl Iterator<Item = &'a WaveShipment> {
        self.of_batch.get(&BatchIdx::new(batch)).into_iter().flatten().copied()
    }

    /// The tasks of a wave, each once.
    fn tasks_of(&self, wave: &Wave) -> Vec<&'a Task> {
        let rows = wave.batches.clone().flat_map(|batch| self.rows_of(batch as usize));
        let once: BTreeSet<ShipmentIdx> = rows.map(|s| s.shipment).collect();
        once.iter().filter_map(|s| self.tasks.get(s).copied()).collect()
    }

    /// The picks of a batch.
    fn picks_of(&self, batch: usize) -> &'a [Pick] {
        let range = &self.plan.batches.as_slice()[batch].picks;
        &self.plan.picks[range.start as usize..range.end as usize]
    }

    /// Whether a shipment leaves this node.
    fn leaves_here(&self, shipment: ShipmentIdx) -> bool {
        self.tasks.contains_key(&shipment) || self.undoable.contains(&shipment)
    }

    /// A moment that may be missing, as messages show it.
    fn shown(&self, moment: Option<Moment>) -> String {
        moment.map_or_else(|| "none".to_owned(), |at| self.floor.clock().show(at).to_string())
    }

    /// The id of a shipment, as messages show it.
    fn id(&self, shipment: ShipmentIdx) -> String {
        self.floors.shipment_id(shipment)
    }

    fn node(&self) -> &'a str {
        self.problem.node_id(self.floor.node())
    }

    fn note(&self, report: &mut Report, code: ViolationCode, message: String) {
        report.add(Violation::new(code, message).at(self.floor.node()));
    }

    /// Reports a figure that is not what it should be.
    fn compare<T: PartialEq + std::fmt::Display>(
        &self,
        report: &mut Report,
        code: ViolationCode,
        what: impl FnOnce() -> String,
        stated: T,
        true_value: T,
    ) {
        let values = (stated, true_value);
        if values.0 != values.1 {
            let message = format!("{}: {} stated, {} recomputed", what(), values.0, values.1);
            self.note(report, code, message);
        }
    }
}

/// The moments at which something is used most: from the first to the last change, the largest sum of what is in use, where
/// uses from a moment, inclusive, to a moment, exclusive, are (from, to, amount).
fn most_in_use(uses: impl Iterator<Item = (Moment, Moment, i64)>) -> Option<(Moment, i64)> {
    let mut changes: Vec<(Moment, i64)> = Vec::new();
    for (from, to, amount) in uses.filter(|u| u.0 < u.1) {
        changes.push((from, amount));
        changes.push((to, -amount));
    }
    changes.sort_unstable(); // at a moment what ends comes first
    let mut now = 0;
    let sums = changes.into_iter().map(|(at, change)| {
        now += change;
        (at, now)
    });
    sums.max_by_key(|&(at, sum)| (sum, std::cmp::Reverse(at)))
}
