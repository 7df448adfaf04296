//! The figures of a finished plan: what `route` prints, as a table or as JSON.

use std::collections::BTreeMap;
use std::path::Path;

use clapot::diagnostic::Diagnostic;
use clapot::index::Idx as _;
use clapot::model::Problem;
use clapot::plan::{CostParts, LimitReached, RoutingPlan, TakenOver};
use serde::Serialize;

use super::json::{Amount, Finding, LeftOrder, object, rounded};
use super::reports::{Moved, Where};

/// The five parts of the cost and their sum.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Cost {
    pub(crate) total: Amount,
    pub(crate) transport: Amount,
    pub(crate) handling: Amount,
    pub(crate) split: Amount,
    pub(crate) late: Amount,
    pub(crate) unfilled: Amount,
}

impl Cost {
    pub(crate) fn new(cost: &CostParts) -> Self {
        Self {
            total: Amount(cost.total()),
            transport: Amount(cost.transport),
            handling: Amount(cost.handling),
            split: Amount(cost.split),
            late: Amount(cost.late),
            unfilled: Amount(cost.unfilled),
        }
    }
}

/// Lines and units that no node ships.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Unfilled {
    pub(crate) lines: u64,
    pub(crate) units: u64,
}

impl Unfilled {
    fn add(&mut self, qty: u32) {
        self.lines += 1;
        self.units += u64::from(qty);
    }
}

/// What the run took over from an earlier plan.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Start<'a> {
    /// Where that plan stands.
    pub(crate) plan: String,
    pub(crate) orders_taken: usize,
    pub(crate) orders_adapted: usize,
    pub(crate) orders_dropped: usize,
    pub(crate) orders_new: usize,
    pub(crate) orders_gone: usize,
    /// What the taken and adapted orders cost today.
    pub(crate) total: Amount,
    /// Those that leave otherwise now.
    pub(crate) moved: Moved<'a>,
}

impl<'a> Start<'a> {
    pub(crate) fn new(dir: &Path, taken_over: &TakenOver, moved: Moved<'a>) -> Self {
        Self {
            plan: dir.display().to_string(),
            orders_taken: taken_over.taken,
            orders_adapted: taken_over.adapted,
            orders_dropped: taken_over.dropped,
            orders_new: taken_over.new,
            orders_gone: taken_over.gone,
            total: Amount(taken_over.total),
            moved,
        }
    }
}

/// What `route` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Summary<'a> {
    pub(crate) problem: &'a str,
    pub(crate) currency: &'a str,
    /// Where the plan was written, if it was.
    pub(crate) plan: Option<String>,
    pub(crate) method: &'a str,
    pub(crate) status: &'a str,
    /// What stopped the run early: `time`, `work`, `gap`, `interrupted`, `stalled`.
    pub(crate) limit: Option<&'a str>,
    /// What the run started from, if from an earlier plan.
    pub(crate) start: Option<Start<'a>>,
    pub(crate) cost: Cost,
    pub(crate) bound: Amount,
    pub(crate) proved_bound: Option<Amount>,
    pub(crate) gap: Option<f64>,
    pub(crate) orders: usize,
    pub(crate) lines: usize,
    pub(crate) shipments: usize,
    /// Shipments of an order that ships at all, on average.
    pub(crate) shipments_per_order: f64,
    /// How many orders leave in so many shipments.
    pub(crate) orders_by_shipments: BTreeMap<usize, usize>,
    /// Orders of more than one shipment.
    pub(crate) split_orders: usize,
    pub(crate) late_shipments: usize,
    pub(crate) unfilled: Unfilled,
    pub(crate) unfilled_by_reason: BTreeMap<&'a str, Unfilled>,
    #[serde(flatten)]
    pub(crate) places: Where<'a>,
    pub(crate) seed: u64,
    pub(crate) work: u64,
    pub(crate) seconds: f64,
    pub(crate) warnings: Vec<Finding<'a>>,
    /// Orders with errors that were left out.
    pub(crate) left_out: Vec<LeftOrder<'a>>,
}

impl<'a> Summary<'a> {
    pub(crate) fn new(
        problem: &'a Problem,
        plan: &'a RoutingPlan,
        dir: Option<&Path>,
        warnings: &'a [Diagnostic],
    ) -> Self {
        let outcome = &plan.outcome;
        let orders_by_shipments = orders_by_shipments(problem, plan);
        let shipped: usize = orders_by_shipments.range(1..).map(|(_, orders)| orders).sum();
        let (unfilled, unfilled_by_reason) = unfilled(plan);
        Self {
            problem: &plan.problem,
            currency: &problem.settings().currency,
            plan: dir.map(|dir| dir.display().to_string()),
            method: &outcome.method,
            status: outcome.status.as_str(),
            limit: outcome.limit.map(LimitReached::as_str),
            start: None,
            cost: Cost::new(&plan.cost),
            bound: Amount(outcome.bound),
            proved_bound: outcome.proved_bound.map(Amount),
            gap: plan.gap().map(rounded),
            orders: problem.orders().len(),
            lines: problem.lines().len(),
            shipments: plan.shipments.len(),
            shipments_per_order: rounded(plan.shipments.len() as f64 / shipped.max(1) as f64),
            split_orders: orders_by_shipments.range(2..).map(|(_, orders)| orders).sum(),
            orders_by_shipments,
            late_shipments: plan.shipments.iter().filter(|s| s.days_late > 0).count(),
            unfilled,
            unfilled_by_reason,
            places: Where::new(problem, plan),
            seed: outcome.seed,
            work: outcome.work,
            seconds: (outcome.seconds * 1e3).round() / 1e3,
            warnings: warnings.iter().map(Finding::new).collect(),
            left_out: LeftOrder::all(problem.left_out()),
        }
    }

    /// As one JSON object.
    pub(crate) fn json(&self) -> String {
        object(self)
    }
}

fn orders_by_shipments(problem: &Problem, plan: &RoutingPlan) -> BTreeMap<usize, usize> {
    let mut shipments_of = vec![0usize; problem.orders().len()];
    for shipment in &plan.shipments {
        shipments_of[shipment.order.get()] += 1;
    }
    let mut orders = BTreeMap::new();
    for n in shipments_of {
        *orders.entry(n).or_default() += 1;
    }
    orders
}

fn unfilled(plan: &RoutingPlan) -> (Unfilled, BTreeMap<&'static str, Unfilled>) {
    let mut all = Unfilled::default();
    let mut by_reason: BTreeMap<&str, Unfilled> = BTreeMap::new();
    for row in &plan.unfilled {
        all.add(row.qty);
        by_reason.entry(row.reason.as_str()).or_default().add(row.qty);
    }
    (all, by_reason)
}
