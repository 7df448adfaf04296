//! Reading `plan.json`: what the summary of a plan states, and whether that agrees with the rest of the plan where a
//! typed plan has no place for it.

use std::collections::BTreeMap;
use std::io::ErrorKind;

use serde_json::value::RawValue;

use super::schema::SUMMARY;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location};
use crate::io::parse::money;
use crate::io::place::place;
use crate::io::source::Source;
use crate::model::Problem;
use crate::plan::{CostParts, LimitReached, Outcome, RoutingPlan, Status};
use crate::quantity::Money;

/// Largest summary in bytes.
pub const MAX_SUMMARY: u64 = 1 << 20;
const TABLE: &str = "plan";
/// Largest difference between a stated gap and the one that the total and the bound give; relative where it is above 1.
const GAP_TOLERANCE: f64 = 1e-6;

/// What the summary states.
#[derive(Debug)]
pub(super) struct Stated {
    pub problem: String,
    pub cost: CostParts,
    pub outcome: Outcome,
    total: Option<Figure<Money>>,
    /// None inside where the summary says that there is no bound.
    gap: Option<Figure<Option<f64>>>,
    counts: [Option<Figure<u64>>; 4],
}

/// A figure and where it stands.
#[derive(Debug)]
struct Figure<T> {
    field: &'static str,
    value: T,
    at: Location,
}

const COUNTS: [&str; 4] = ["orders", "lines", "shipments", "unfilled_units"];

impl Stated {
    /// Reports the figures that disagree with the plan that was read; a plan with a faulty table has no figures.
    pub(super) fn check(&self, problem: &Problem, plan: &RoutingPlan, found: &mut Diagnostics) {
        let counts = [
            problem.orders().len() as u64,
            problem.lines().len() as u64,
            plan.shipments.len() as u64,
            plan.unfilled_units(),
        ];
        for (figure, count) in self.counts.iter().zip(counts) {
            contradicts(
                figure.as_ref(),
                |&stated| stated == count,
                "not the number that the tables give",
                found,
            );
        }
        let total = plan.cost.total();
        contradicts(
            self.total.as_ref(),
            |&stated| stated == total,
            "not the sum of its parts",
            found,
        );
        let (whole, bound) = (total.as_f64(), plan.outcome.bound.as_f64());
        // Earlier summaries state a gap where the bound proves nothing, too.
        let by_formula = if total == Money::ZERO {
            0.0
        } else {
            (whole - bound) / whole
        };
        let close = |stated: &Option<f64>| match stated {
            Some(stated) => (stated - by_formula).abs() <= GAP_TOLERANCE * stated.abs().max(1.0),
            None => plan.gap().is_none(),
        };
        contradicts(self.gap.as_ref(), close, "not what the total and the bound give", found);
    }
}

fn contradicts<T>(figure: Option<&Figure<T>>, agrees: impl Fn(&T) -> bool, message: &str, found: &mut Diagnostics) {
    if let Some(figure) = figure.filter(|figure| !agrees(&figure.value)) {
        let diagnostic = Diagnostic::new(Code::PLAN_CONTRADICTS, TABLE, message);
        found.push(diagnostic.in_field(figure.field).at(figure.at.clone()));
    }
}

/// Reads the summary of the plan in a directory; `None` where it cannot be read at all.
pub(super) fn read(from: Source<'_>, found: &mut Diagnostics) -> Option<Stated> {
    let text = read_text(from, SUMMARY, TABLE, found)?;
    match serde_json::from_str(&text) {
        Ok(keys) => Some(
            Reader {
                text: &text,
                prefix: "",
                keys,
                found,
            }
            .summary(),
        ),
        Err(e) => {
            let at = Location {
                file: SUMMARY.to_owned(),
                line: e.line() as u64,
                column: e.column() as u64,
                length: 0,
            };
            found.push(Diagnostic::new(Code::PLAN_SYNTAX, TABLE, "not a JSON object").at(at));
            None
        }
    }
}

/// The text of a summary, `None` with a diagnostic where it cannot be read.
pub(super) fn read_text(from: Source<'_>, file: &str, table: &'static str, found: &mut Diagnostics) -> Option<String> {
    let mut report = |code, message: &str| {
        found.push(Diagnostic::new(code, table, message).at(Location::file(file)));
    };
    match from.bytes(file, MAX_SUMMARY) {
        Err(e) if e.kind() == ErrorKind::NotFound => report(Code::FILE_MISSING, "the file is missing"),
        Err(e) => report(Code::FILE_UNREADABLE, &e.to_string()),
        Ok(bytes) if bytes.len() as u64 > MAX_SUMMARY => report(Code::FILE_TOO_LARGE, "the file is larger than 1 MiB"),
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => return Some(text),
            Err(_) => report(Code::INVALID_UTF8, "the file is not UTF-8"),
        },
    }
    None
}

/// Reads the values of one JSON object.
struct Reader<'a> {
    text: &'a str,
    /// Name of the object and a dot; empty for the summary itself.
    prefix: &'static str,
    keys: BTreeMap<String, &'a RawValue>,
    found: &'a mut Diagnostics,
}

impl<'a> Reader<'a> {
    fn summary(mut self) -> Stated {
        if self.required("format", number).is_some_and(|format| format != "1") {
            self.report("format", Code::PLAN_VALUE_WRONG, "the format is not 1");
        }
        let problem = self.required("problem", string).unwrap_or_default();
        let outcome = Outcome {
            status: self.required("status", status).unwrap_or(Status::Feasible),
            limit: self.nullable("limit", limit),
            bound: self.required("bound", amount).unwrap_or_default(),
            proved_bound: self.nullable("proved_bound", amount),
            method: self.optional("method", string).unwrap_or_default(),
            seed: self.optional("seed", count).unwrap_or(0),
            work: self.optional("work", count).unwrap_or(0),
            seconds: self.optional("seconds", float).unwrap_or(0.0),
        };
        let gap = self.figure("gap", float_or_null);
        let counts = COUNTS.map(|field| self.figure(field, count));
        let (cost, total) = self.objective();
        Stated {
            problem,
            cost,
            outcome,
            total,
            gap,
            counts,
        }
    }

    fn objective(&mut self) -> (CostParts, Option<Figure<Money>>) {
        let Some(keys) = self.required("objective", object) else {
            return (CostParts::default(), None);
        };
        let mut parts = Reader {
            text: self.text,
            prefix: "objective.",
            keys,
            found: self.found,
        };
        let mut part = |field| parts.required(field, amount).unwrap_or_default();
        let cost = CostParts {
            transport: part("transport"),
            handling: part("handling"),
            split: part("split"),
            late: part("late"),
            unfilled: part("unfilled"),
        };
        let total = parts.required("total", amount);
        let at = parts.location("total");
        // Figures that cannot be added up are reported as such, not as a wrong total.
        let sums = [cost.transport, cost.handling, cost.split, cost.late, cost.unfilled]
            .into_iter()
            .try_fold(Money::ZERO, Money::checked_add);
        if sums.is_none() {
            self.report("objective", Code::PLAN_VALUE_WRONG, "the sum of the parts is too large");
            return (CostParts::default(), None);
        }
        (
            cost,
            total.map(|value| Figure {
                field: "objective.total",
                value,
                at,
            }),
        )
    }

    /// A required value with its place.
    fn figure<T>(&mut self, field: &'static str, read: fn(&str) -> Option<T>) -> Option<Figure<T>> {
        let value = self.required(field, read)?;
        Some(Figure {
            field,
            value,
            at: self.location(field),
        })
    }

    fn required<T>(&mut self, field: &'static str, read: fn(&'a str) -> Option<T>) -> Option<T> {
        if !self.keys.contains_key(field) {
            self.report(field, Code::PLAN_VALUE_MISSING, "the value is missing");
        }
        self.optional(field, read)
    }

    fn optional<T>(&mut self, field: &'static str, read: fn(&'a str) -> Option<T>) -> Option<T> {
        let value = read(self.keys.get(field)?.get());
        if value.is_none() {
            self.report(field, Code::PLAN_VALUE_WRONG, "not a value of the right kind");
        }
        value
    }

    /// A value that may be missing or null.
    fn nullable<T>(&mut self, field: &'static str, read: fn(&'a str) -> Option<T>) -> Option<T> {
        self.keys.get(field).filter(|raw| raw.get() != "null")?;
        self.optional(field, read)
    }

    fn report(&mut self, field: &'static str, code: Code, message: &str) {
        let message = format!("{}{field}: {message}", self.prefix);
        let at = self.location(field);
        self.found
            .push(Diagnostic::new(code, TABLE, message).in_field(field).at(at));
    }

    /// Where a value stands: it is a piece of the text, so its address tells.
    fn location(&self, field: &str) -> Location {
        let Some(raw) = self.keys.get(field) else {
            return Location::file(SUMMARY);
        };
        let start = (raw.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        place(SUMMARY, self.text, start..start + raw.get().len())
    }
}

fn object(raw: &str) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_str(raw).ok()
}

fn string(raw: &str) -> Option<String> {
    serde_json::from_str(raw).ok()
}

/// The text of a number as it was written.
fn number(raw: &str) -> Option<String> {
    raw.starts_with(|c: char| c == '-' || c.is_ascii_digit())
        .then(|| raw.to_owned())
}

/// A decimal text, or a number as it was written.
fn amount(raw: &str) -> Option<Money> {
    money(&number(raw).or_else(|| string(raw))?).ok()
}

fn count(raw: &str) -> Option<u64> {
    serde_json::from_str(raw).ok()
}

/// Read by the standard library: `serde_json` may miss the last digit.
fn float(raw: &str) -> Option<f64> {
    number(raw)?.parse().ok().filter(|x: &f64| x.is_finite())
}

#[allow(clippy::option_option, reason = "no float, null, or a float")]
fn float_or_null(raw: &str) -> Option<Option<f64>> {
    if raw == "null" {
        Some(None)
    } else {
        float(raw).map(Some)
    }
}

fn status(raw: &str) -> Option<Status> {
    let word = string(raw)?;
    Status::ALL.into_iter().find(|s| s.as_str() == word)
}

fn limit(raw: &str) -> Option<LimitReached> {
    let word = string(raw)?;
    LimitReached::ALL.into_iter().find(|l| l.as_str() == word)
}
