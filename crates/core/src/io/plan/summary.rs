//! Writing `plan.json`, the summary of a plan: keys in a fixed order, money as decimal texts, the gap without a float.

use std::fmt::Write as _;

use crate::model::Problem;
use crate::plan::RoutingPlan;
use crate::quantity::Money;

/// The text of the summary.
pub(super) fn write(problem: &Problem, plan: &RoutingPlan) -> String {
    let (cost, outcome) = (&plan.cost, &plan.outcome);
    let text = |t: &str| serde_json::Value::from(t).to_string();
    let amount = |m: Money| text(&m.to_string());
    let mut json = Object::new(0);
    json.key("format", "1");
    json.key("problem", &text(&plan.problem));
    json.key("status", &text(outcome.status.as_str()));
    json.key("limit", &outcome.limit.map_or("null".to_owned(), |l| text(l.as_str())));
    let mut parts = Object::new(1);
    for (name, amount_of) in [
        ("total", cost.total()),
        ("transport", cost.transport),
        ("handling", cost.handling),
        ("split", cost.split),
        ("late", cost.late),
        ("unfilled", cost.unfilled),
    ] {
        parts.key(name, &amount(amount_of));
    }
    json.key("objective", &parts.finish());
    json.key("bound", &amount(outcome.bound));
    if let Some(proved) = outcome.proved_bound {
        json.key("proved_bound", &amount(proved));
    }
    json.key("gap", &gap(cost.total(), outcome.bound));
    json.key("method", &text(&outcome.method));
    json.key("seed", &outcome.seed.to_string());
    json.key("work", &outcome.work.to_string());
    let seconds = if outcome.seconds.is_finite() {
        outcome.seconds
    } else {
        0.0
    };
    json.key("seconds", &seconds.to_string());
    json.key("orders", &problem.orders().len().to_string());
    if !problem.left_out().is_empty() {
        json.key("left_out_orders", &problem.left_out().len().to_string());
    }
    json.key("lines", &problem.lines().len().to_string());
    json.key("shipments", &plan.shipments.len().to_string());
    json.key("unfilled_units", &plan.unfilled_units().to_string());
    json.finish() + "\n"
}

/// `(total - bound) / total` rounded to 6 decimals, halves up; 0 where the total is 0, null where the bound proves nothing.
fn gap(total: Money, bound: Money) -> String {
    const SCALE: i128 = 1_000_000;
    let (total, bound) = (i128::from(total.ten_thousandths()), i128::from(bound.ten_thousandths()));
    if total > 0 && bound <= 0 {
        return "null".to_owned();
    }
    // A total is never negative in a valid plan, but any plan is written.
    let (difference, whole) = ((total - bound) * total.signum(), total.abs());
    let millionths = if whole == 0 {
        0
    } else {
        (2 * difference * SCALE + whole).div_euclid(2 * whole)
    };
    let sign = if millionths < 0 { "-" } else { "" };
    let n = millionths.abs();
    format!("{sign}{}.{:06}", n / SCALE, n % SCALE)
}

/// A JSON object, one key a line.
pub(super) struct Object {
    text: String,
    indent: String,
}

impl Object {
    pub(super) fn new(depth: usize) -> Self {
        Self {
            text: "{".to_owned(),
            indent: "  ".repeat(depth),
        }
    }

    /// Adds a key of plain letters and its value, which is JSON.
    pub(super) fn key(&mut self, key: &str, value: &str) {
        let comma = if self.text.len() > 1 { "," } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{comma}\n{}  \"{key}\": {value}", self.indent);
    }

    pub(super) fn finish(self) -> String {
        format!("{}\n{}}}", self.text, self.indent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_is_exact() {
        for (total, bound, text) in [
            (0, 0, "0.000000"),
            (3, 2, "0.333333"),
            (3, 1, "0.666667"),
            (2_000_000, 1_999_999, "0.000001"),
            (2_000_001, 2_000_000, "0.000000"),
            (100, 100, "0.000000"),
            (100, -50, "null"),
            (100, 0, "null"),
            (100, 1, "0.990000"),
            (0, -50, "0.000000"),
            (100, 150, "-0.500000"),
            (-3, -1, "0.666667"),
        ] {
            assert_eq!(
                gap(Money::from_ten_thousandths(total), Money::from_ten_thousandths(bound)),
                text
            );
        }
    }
}
