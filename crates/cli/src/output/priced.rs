//! What `price` found: the figures of a plan, and what is wrong with the decisions that made it.

use std::path::Path;

use clapot::diagnostic::Diagnostic;
use clapot::index::OrderIdx;
use clapot::model::Problem;
use clapot::plan::{Carriage, NotCarried};
use clapot::solve::PricedDecisions;
use serde::Serialize;

use super::json::object;
use super::summary::Summary;
use super::verdict::Fault;

/// A shipment that no service carries.
#[derive(Debug, Serialize)]
pub(crate) struct Stranded<'a> {
    pub(crate) order: &'a str,
    pub(crate) node: &'a str,
    /// The service that the decisions name, if they name one.
    pub(crate) service: Option<&'a str>,
    pub(crate) lines: Vec<&'a str>,
    pub(crate) reason: &'a str,
}

impl<'a> Stranded<'a> {
    fn new(problem: &'a Problem, (order, not): &'a (OrderIdx, NotCarried)) -> Self {
        Self {
            order: problem.order_id(*order),
            node: problem.node_id(not.node),
            service: not.carriage.map(|carriage| match carriage {
                Carriage::Pickup => "pickup",
                Carriage::Service(service) => problem.service_id(service),
            }),
            lines: not.lines.iter().map(|&l| problem.line_id(l)).collect(),
            reason: &not.reason,
        }
    }
}

/// What `price` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Priced<'a> {
    pub(crate) valid: bool,
    #[serde(flatten)]
    pub(crate) summary: Summary<'a>,
    pub(crate) violations: Vec<Fault<'a>>,
    pub(crate) not_carried: Vec<Stranded<'a>>,
}

impl<'a> Priced<'a> {
    pub(crate) fn new(
        problem: &'a Problem,
        found: &'a PricedDecisions,
        dir: Option<&Path>,
        warnings: &'a [Diagnostic],
    ) -> Self {
        let faults = found.violations.iter().map(|v| Fault::new(problem, v));
        let stranded = found.not_carried.iter().map(|n| Stranded::new(problem, n));
        Self {
            valid: found.is_valid(),
            summary: Summary::new(problem, &found.plan, dir, warnings),
            violations: faults.collect(),
            not_carried: stranded.collect(),
        }
    }

    /// As one JSON object.
    pub(crate) fn json(&self) -> String {
        object(self)
    }
}
