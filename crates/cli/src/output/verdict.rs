//! What `verify` found: as a table or as JSON.

use std::collections::BTreeMap;

use clapot::model::Problem;
use clapot::plan::{WaveFigures, WavePlan};
use clapot::verify::{Verification, Violation, WaveVerification};
use serde::Serialize;

use super::floors::Figures;
use super::json::{Amount, object, rounded};
use super::summary::Cost;

/// One thing that is wrong with a plan.
#[derive(Debug, Serialize)]
pub(crate) struct Fault<'a> {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) message: &'a str,
    order: Option<&'a str>,
    line: Option<&'a str>,
    node: Option<&'a str>,
    /// Its id in `shipments.csv`.
    shipment: Option<u32>,
}

impl<'a> Fault<'a> {
    /// A plan may name what its problem lacks; such names are only in the message.
    pub(super) fn new(problem: &'a Problem, violation: &'a Violation) -> Self {
        let order = violation.order.filter(|&o| problem.orders().get(o).is_some());
        let line = violation.line.filter(|&l| problem.lines().get(l).is_some());
        let node = violation.node.filter(|&n| problem.nodes().get(n).is_some());
        Self {
            code: violation.code.id(),
            name: violation.code.name(),
            message: &violation.message,
            order: order.map(|o| problem.order_id(o)),
            line: line.map(|l| problem.line_id(l)),
            node: node.map(|n| problem.node_id(n)),
            shipment: violation.shipment.map(|s| s.0.saturating_add(1)),
        }
    }
}

/// What `verify` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Verdict<'a> {
    pub(crate) valid: bool,
    pub(crate) problem: &'a str,
    pub(crate) currency: &'a str,
    /// Why the plan's files cannot be read: nothing here, since they could be.
    errors: [(); 0],
    pub(crate) violations: Vec<Fault<'a>>,
    pub(crate) warnings: Vec<Fault<'a>>,
    /// What was not judged within the limits.
    pub(crate) unchecked: Vec<Fault<'a>>,
    /// Recomputed.
    pub(crate) cost: Cost,
    /// What the plan says.
    pub(crate) stated_bound: Amount,
    /// What its shadow prices prove, where that was asked for.
    pub(crate) recomputed_bound: Option<Amount>,
    /// The smaller of the two.
    pub(crate) certified_bound: Option<Amount>,
    /// Between the recomputed total and the certified bound.
    pub(crate) certified_gap: Option<f64>,
    /// What was judged of the waves, where floors were given.
    pub(crate) waves: Option<JudgedWaves<'a>>,
}

impl<'a> Verdict<'a> {
    pub(crate) fn new(problem: &'a Problem, found: &'a Verification, waves: Option<&WaveVerification>) -> Self {
        let faults = |list: &'a [Violation]| list.iter().map(|v| Fault::new(problem, v)).collect();
        Self {
            valid: found.is_valid(),
            problem: &problem.settings().name,
            currency: &problem.settings().currency,
            errors: [],
            violations: faults(&found.violations),
            warnings: faults(&found.warnings),
            unchecked: faults(&found.unchecked),
            cost: Cost::new(&found.cost),
            stated_bound: Amount(found.stated_bound),
            recomputed_bound: found.proved_bound.map(|b| Amount(b.lower)),
            certified_bound: found.certified_bound().map(Amount),
            certified_gap: found.certified_gap().map(rounded),
            waves: waves.map(|waves| JudgedWaves::new(problem, waves)),
        }
    }

    /// As one JSON object.
    pub(crate) fn json(&self) -> String {
        object(self)
    }
}

/// What was judged of a plan of waves: its figures, recomputed.
#[derive(Debug, Serialize)]
pub(crate) struct JudgedWaves<'a> {
    pub(crate) total: Figures,
    pub(crate) nodes: BTreeMap<&'a str, Figures>,
}

impl<'a> JudgedWaves<'a> {
    pub(crate) fn new(problem: &'a Problem, found: &WaveVerification) -> Self {
        let of_node = |(node, figures): &(_, WaveFigures)| (problem.node_id(*node), Figures(*figures));
        let sum = WavePlan {
            figures: found.figures.clone(),
            ..WavePlan::default()
        };
        Self {
            total: Figures(sum.total()),
            nodes: found.figures.iter().map(of_node).collect(),
        }
    }
}

/// What `verify` prints of a plan of waves of shipments that no routing plan made.
#[derive(Debug, Serialize)]
pub(crate) struct WaveVerdict<'a> {
    pub(crate) valid: bool,
    problem: &'a str,
    /// As of when it was judged.
    pub(crate) now: &'a str,
    timezone: &'a str,
    /// Why the plan's files cannot be read: nothing here, since they could be.
    errors: [(); 0],
    pub(crate) violations: Vec<Fault<'a>>,
    /// What was not judged within the limits.
    pub(crate) unchecked: Vec<Fault<'a>>,
    pub(crate) waves: JudgedWaves<'a>,
}

impl<'a> WaveVerdict<'a> {
    pub(crate) fn new(problem: &'a Problem, found: &'a WaveVerification) -> Self {
        let faults = |list: &'a [Violation]| list.iter().map(|v| Fault::new(problem, v)).collect();
        Self {
            valid: found.is_valid(),
            problem: &problem.settings().name,
            now: &problem.settings().now,
            timezone: &problem.settings().timezone,
            errors: [],
            violations: faults(&found.violations),
            unchecked: faults(&found.unchecked),
            waves: JudgedWaves::new(problem, found),
        }
    }

    /// As one JSON object.
    pub(crate) fn json(&self) -> String {
        object(self)
    }
}
