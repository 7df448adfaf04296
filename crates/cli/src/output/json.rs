//! JSON shapes; the guide's page on the command line documents each. Money is a string, so that no reader rounds it.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clapot::Error;
use clapot::diagnostic::{Diagnostic, Severity};
use clapot::io::Unrouted;
use clapot::model::{LeftOut, Problem};
use clapot::quantity::Money;
use serde::Serialize;

use super::text::count;
use crate::exit::Exit;

/// Money as a decimal string: `"12.5000"`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amount(pub(crate) Money);

impl Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A gap to 6 decimals, as plan files state it.
pub(crate) fn rounded(gap: f64) -> f64 {
    (gap * 1e6).round() / 1e6
}

/// An object for standard output.
pub(crate) fn object(value: &impl Serialize) -> String {
    text(value, std::io::stdout().is_terminal())
}

/// An object with its line end: on lines that people can read on a terminal, on one line for programs.
fn text(value: &impl Serialize, is_terminal: bool) -> String {
    let text = if is_terminal {
        serde_json::to_string_pretty(value)
    } else {
        serde_json::to_string(value)
    };
    match text {
        Ok(text) => text + "\n",
        Err(e) => format!("{{\"error\": {{\"code\": \"internal\", \"message\": \"no JSON: {e}\"}}}}\n"),
    }
}

/// A diagnostic.
#[derive(Debug, Serialize)]
pub(crate) struct Finding<'a> {
    code: &'a str,
    name: &'a str,
    severity: &'a str,
    file: Option<&'a str>,
    line: Option<u64>,
    column: Option<u64>,
    length: Option<u64>,
    field: Option<&'a str>,
    message: &'a str,
    cause: &'a str,
    remedy: &'a str,
    /// Id of the order that it is of.
    order: Option<&'a str>,
    /// How many more like it are not listed.
    more: u64,
}

impl<'a> Finding<'a> {
    /// A place of 0 means "the whole" in the library and is `null` here.
    pub(crate) fn new(d: &'a Diagnostic) -> Self {
        let at = d.location.as_ref();
        let place = |n: u64| (n > 0).then_some(n);
        Self {
            code: d.code.id(),
            name: d.code.name(),
            severity: d.severity.as_str(),
            file: at.map(|at| at.file.as_str()),
            line: at.and_then(|at| place(at.line)),
            column: at.and_then(|at| place(at.column)),
            length: at.and_then(|at| place(at.length)),
            field: d.field,
            message: &d.message,
            cause: d.code.cause(),
            remedy: d.code.remedy(),
            order: d.order.as_deref(),
            more: d.more,
        }
    }

    /// All of one severity.
    fn of(list: &'a [Diagnostic], severity: Severity) -> Vec<Self> {
        list.iter().filter(|d| d.severity == severity).map(Self::new).collect()
    }
}

/// An order that was left out.
#[derive(Debug, Serialize)]
pub(crate) struct LeftOrder<'a> {
    order: &'a str,
    reasons: Vec<Finding<'a>>,
}

impl<'a> LeftOrder<'a> {
    /// All of them.
    pub(crate) fn all(orders: &'a [LeftOut]) -> Vec<Self> {
        let one = |order: &'a LeftOut| Self {
            order: &order.order,
            reasons: order.reasons.iter().map(Finding::new).collect(),
        };
        orders.iter().map(one).collect()
    }
}

/// How large a problem is.
#[derive(Debug, Serialize)]
pub(crate) struct Sizes {
    name: String,
    currency: String,
    orders: usize,
    lines: usize,
    nodes: usize,
    skus: usize,
    stock_rows: usize,
    services: usize,
    lanes: usize,
    rate_tables: usize,
    quoted_orders: usize,
}

impl Sizes {
    pub(crate) fn of(problem: &Problem) -> Self {
        Self {
            name: problem.settings().name.clone(),
            currency: problem.settings().currency.clone(),
            orders: problem.orders().len(),
            lines: problem.lines().len(),
            nodes: problem.nodes().len(),
            skus: problem.items().len(),
            stock_rows: problem.stock().len(),
            services: problem.services().len(),
            lanes: problem.services().indices().map(|s| problem.lanes_of(s).len()).sum(),
            rate_tables: problem.rates().len(),
            quoted_orders: problem
                .orders()
                .indices()
                .filter(|&o| !problem.quotes_of(o).is_empty())
                .count(),
        }
    }

    /// `b2c-500-8-s1 (EUR): 500 orders, 1,100 lines, ...`.
    pub(crate) fn sentence(&self) -> String {
        let parts = [
            (self.orders, "order"),
            (self.lines, "line"),
            (self.nodes, "node"),
            (self.skus, "SKU"),
            (self.stock_rows, "stock row"),
            (self.services, "service"),
            (self.lanes, "lane"),
            (self.rate_tables, "rate table"),
            (self.quoted_orders, "quoted order"),
        ];
        let parts: Vec<_> = parts.map(|(n, noun)| count(n as u64, noun)).into();
        format!(
            "{} ({}): {}",
            super::text::printable(&self.name),
            self.currency,
            parts.join(", ")
        )
    }
}

#[derive(Serialize)]
struct Validation<'a> {
    valid: bool,
    errors: Vec<Finding<'a>>,
    warnings: Vec<Finding<'a>>,
    problem: Option<&'a Sizes>,
    left_out: Vec<LeftOrder<'a>>,
}

/// What `validate` says.
pub(crate) fn validation(sizes: Option<&Sizes>, found: &[Diagnostic], left_out: &[LeftOut]) -> String {
    let errors = Finding::of(found, Severity::Error);
    object(&Validation {
        valid: errors.is_empty(),
        errors,
        warnings: Finding::of(found, Severity::Warning),
        problem: sizes,
        left_out: LeftOrder::all(left_out),
    })
}

#[derive(Serialize)]
struct ValidFloors<'a> {
    valid: bool,
    errors: [(); 0],
    warnings: Vec<Finding<'a>>,
    floors: usize,
    shipments: usize,
    lines: usize,
    left_out: Vec<LeftOrder<'a>>,
}

/// What `validate` says of floors without a problem, and of shipments that leave them.
pub(crate) fn valid_floors(read: &Unrouted) -> String {
    object(&ValidFloors {
        valid: true,
        errors: [],
        warnings: Finding::of(&read.warnings, Severity::Warning),
        floors: read.floors.floors().len(),
        shipments: read.plan.shipments.len(),
        lines: read.problem.lines().len(),
        left_out: LeftOrder::all(read.problem.left_out()),
    })
}

/// Has the lists that every verdict has.
#[derive(Serialize)]
struct UnreadablePlan<'a> {
    valid: bool,
    errors: Vec<Finding<'a>>,
    violations: [(); 0],
    warnings: [(); 0],
    unchecked: [(); 0],
}

/// What `verify` says of a plan that cannot be read.
pub(crate) fn unreadable_plan(found: &[Diagnostic]) -> String {
    let errors = Finding::of(found, Severity::Error);
    object(&UnreadablePlan {
        valid: false,
        errors,
        violations: [],
        warnings: [],
        unchecked: [],
    })
}

#[derive(Serialize)]
struct FailureShape<'a> {
    error: ErrorShape<'a>,
}

#[derive(Serialize)]
struct ErrorShape<'a> {
    code: &'a str,
    exit: u8,
    message: String,
    diagnostics: Vec<Finding<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<String>,
}

/// What went wrong, as an object of its own; without a line end.
pub(crate) fn failure(error: &Error, exit: Exit, kept: Option<&PathBuf>) -> String {
    let diagnostics = error.diagnostics().iter().map(Finding::new).collect();
    let shape = ErrorShape {
        code: error.code(),
        exit: exit.code(),
        message: error.to_string(),
        diagnostics,
        kept: kept.map(|place| place.display().to_string()),
    };
    let failure = FailureShape { error: shape };
    text(&failure, std::io::stderr().is_terminal()).trim_end().to_owned()
}

/// That the program was ended, in the shape of a failure; without a line end.
pub(crate) fn ended(message: &str, exit: Exit) -> String {
    let shape = ErrorShape {
        code: "interrupted",
        exit: exit.code(),
        message: message.to_owned(),
        diagnostics: Vec::new(),
        kept: None,
    };
    let failure = FailureShape { error: shape };
    text(&failure, std::io::stderr().is_terminal()).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_get_one_line() {
        let value = serde_json::json!({"a": [1, 2], "b": "x\ny"});
        assert_eq!(text(&value, false), "{\"a\":[1,2],\"b\":\"x\\ny\"}\n");
        assert!(text(&value, true).lines().count() > 4);
    }

    #[test]
    fn money_is_a_string_and_gaps_have_six_decimals() {
        let amount = Amount(Money::from_ten_thousandths(-12_345));
        assert_eq!(serde_json::to_string(&amount).unwrap(), "\"-1.2345\"");
        assert_eq!(rounded(0.123_456_789).to_string(), "0.123457");
    }
}
