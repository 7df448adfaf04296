//! `waves.json`: the figures of a plan of waves, of all nodes and of each. Ratios are made without floats.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::schema::SUMMARY;
use crate::Error;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location};
use crate::index::NodeIdx;
use crate::io::directory::Kind;
use crate::io::files::Files;
use crate::io::open_shipments::PlanningInstant;
use crate::io::plan::stated::read_text;
use crate::io::plan::summary::Object;
use crate::io::source::Source;
use crate::model::{Floors, Problem};
use crate::plan::{LimitReached, WaveFigures, WavePlan, WaveRun};
use crate::quantity::{Distance, Seconds};

/// How diagnostics name the summary.
pub(super) const TABLE: &str = "waves.json";

/// The text of the summary. Where no routing plan made the shipments it says as of when they were planned, which no other file does.
pub(super) fn write(problem: &Problem, floors: &Floors, plan: &WavePlan) -> String {
    let text = |t: &str| Value::from(t).to_string();
    let run = &plan.run;
    let seconds = if run.seconds.is_finite() { run.seconds } else { 0.0 };
    let mut json = Object::new(0);
    json.key("format", "1");
    json.key("problem", &text(&plan.problem));
    if floors.open_shipments().is_some() {
        let settings = problem.settings();
        json.key("now", &text(&settings.now));
        json.key("timezone", &text(&settings.timezone));
    }
    json.key("limit", &run.limit.map_or("null".to_owned(), |l| text(l.as_str())));
    json.key("method", &text(&run.method));
    json.key("seed", &run.seed.to_string());
    json.key("work", &run.work.to_string());
    json.key("seconds", &seconds.to_string());
    json.key("total", &figures(&plan.total(), 1));
    let mut nodes = Object::new(1);
    for (node, of) in &plan.figures {
        let id = text(problem.node_id(*node));
        nodes.key(&id[1..id.len() - 1], &figures(of, 2)); // without its quotes
    }
    json.key("nodes", &nodes.finish());
    json.finish() + "\n"
}

/// The ratios and their texts.
fn ratios(f: &WaveFigures) -> [(&'static str, String); 3] {
    let (labour, lines) = (i128::from(f.objective.labour.0), i128::from(f.lines));
    [
        ("metres_per_line", ratio(f.walk.0.into(), 1_000 * lines, 3)),
        ("lines_per_hour", ratio(3_600 * lines, labour, 3)),
        ("utilisation", ratio(labour, f.shift_time.0.into(), 6)),
    ]
}

/// `a / b` rounded to so many decimals, halves up; 0 where `b` is 0.
fn ratio(a: i128, b: i128, decimals: u32) -> String {
    let scale = 10i128.pow(decimals);
    let n = if b <= 0 {
        0
    } else {
        (2 * a * scale + b).div_euclid(2 * b).max(0)
    };
    format!("{}.{:0width$}", n / scale, n % scale, width = decimals as usize)
}

fn figures(f: &WaveFigures, depth: usize) -> String {
    let mut json = Object::new(depth);
    for (name, value) in f.counts() {
        json.key(name, &value.to_string());
    }
    json.key("metres", &format!("\"{}\"", f.walk));
    for (name, text) in ratios(f) {
        json.key(name, &text);
    }
    json.finish()
}

/// As of when the shipments of a plan of waves in a directory were planned that no routing plan made; `None` where its summary does
/// not say.
///
/// # Errors
/// There is no such directory.
pub fn planning_instant(dir: &Path) -> Result<Option<PlanningInstant>, Error> {
    let files = Files::open(dir, &Kind::waves())?;
    let text = read_text(Source::Dir(&files), SUMMARY, TABLE, &mut Diagnostics::new());
    let root = text.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let word = |key: &str| Some(root.as_ref()?.get(key)?.as_str()?.to_owned());
    Ok(word("now")
        .zip(word("timezone"))
        .map(|(now, timezone)| PlanningInstant { now, timezone }))
}

/// What the summary states.
#[derive(Default)]
pub(super) struct Stated {
    pub problem: String,
    pub run: WaveRun,
    pub figures: Vec<(NodeIdx, WaveFigures)>,
}

/// Reads the summary. What is missing or of the wrong kind is reported; so is a ratio or total that its figures do not give.
pub(super) fn read(problem: &Problem, from: Source<'_>, found: &mut Diagnostics) -> Stated {
    let Some(text) = read_text(from, SUMMARY, TABLE, found) else {
        return Stated::default();
    };
    let mut report = |code, message: String| {
        found.push(Diagnostic::new(code, TABLE, message).at(Location::file(SUMMARY)));
    };
    let Ok(Value::Object(root)) = serde_json::from_str::<Value>(&text) else {
        report(Code::PLAN_SYNTAX, "not a JSON object".to_owned());
        return Stated::default();
    };
    let mut faults = Vec::new();
    if root.get("format").and_then(Value::as_u64) != Some(1) {
        faults.push((Code::PLAN_VALUE_WRONG, "format: not 1".to_owned()));
    }
    let word = |key: &str| root.get(key).and_then(Value::as_str).map(str::to_owned);
    let name = word("problem").unwrap_or_else(|| {
        faults.push((Code::PLAN_VALUE_MISSING, "problem: not a text".to_owned()));
        String::new()
    });
    let run = WaveRun {
        limit: word("limit").and_then(|word| LimitReached::ALL.into_iter().find(|l| l.as_str() == word)),
        method: word("method").unwrap_or_default(),
        seed: root.get("seed").and_then(Value::as_u64).unwrap_or(0),
        work: root.get("work").and_then(Value::as_u64).unwrap_or(0),
        seconds: root.get("seconds").and_then(Value::as_f64).unwrap_or(0.0),
    };
    let mut nodes = BTreeMap::new();
    for (id, value) in root.get("nodes").and_then(Value::as_object).into_iter().flatten() {
        match problem.node_ids().find(id) {
            Some(node) => {
                nodes.insert(node, read_figures(value, &format!("nodes.{id}"), &mut faults));
            }
            None => faults.push((Code::NOT_IN_PROBLEM, "nodes: the problem has no such node".to_owned())),
        }
    }
    let figures: Vec<_> = nodes.into_iter().collect();
    let total = read_figures(root.get("total").unwrap_or(&Value::Null), "total", &mut faults);
    let sum = WavePlan {
        figures: figures.clone(),
        ..WavePlan::default()
    };
    if faults.is_empty() && total != sum.total() {
        faults.push((Code::PLAN_CONTRADICTS, "total: not the sum over the nodes".to_owned()));
    }
    for (code, message) in faults {
        report(code, message);
    }
    Stated {
        problem: name,
        run,
        figures,
    }
}

fn read_figures(value: &Value, of: &str, faults: &mut Vec<(Code, String)>) -> WaveFigures {
    let before = faults.len();
    let mut whole = |key: &str| {
        let n = value
            .get(key)
            .and_then(Value::as_u64)
            .filter(|n| i64::try_from(*n).is_ok());
        n.unwrap_or_else(|| {
            faults.push((Code::PLAN_VALUE_WRONG, format!("{of}.{key}: not a count")));
            0
        })
    };
    let mut f = WaveFigures {
        units: whole("units"),
        shift_time: Seconds(whole("shift_s") as i64),
        ..WaveFigures::default()
    };
    f.objective.late = Seconds(whole("late_s") as i64);
    f.objective.labour = Seconds(whole("labour_s") as i64);
    f.objective.unevenness = whole("unevenness");
    let mut count = |key: &str| u32::try_from(whole(key)).unwrap_or(u32::MAX);
    f.objective.waves = count("waves");
    f.objective.no_time = count("no_time");
    f.objective.late_shipments = count("late_shipments");
    f.objective.tight = count("tight");
    f.batches = count("batches");
    f.shipments = count("shipments");
    f.lines = count("lines");
    f.picks = count("picks");
    f.unplanned = count("unplanned");
    match value.get("metres").and_then(Value::as_str).map(str::parse::<Distance>) {
        Some(Ok(walk)) => f.walk = walk,
        _ => faults.push((Code::PLAN_VALUE_WRONG, format!("{of}.metres: not metres as a text"))),
    }
    for (name, text) in ratios(&f) {
        let stated = value.get(name).and_then(Value::as_f64);
        if faults.len() == before && stated != text.parse().ok() {
            faults.push((
                Code::PLAN_CONTRADICTS,
                format!("{of}.{name}: not what the other figures give"),
            ));
        }
    }
    f
}
