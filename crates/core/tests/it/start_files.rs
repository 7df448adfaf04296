//! Plan directories to start from: plans of yesterday, read for the problem of today, and damaged files.

use std::fs;
use std::path::Path;

use clapot::Error;
use clapot::generate::{GenerateOptions, generate};
use clapot::io::{TableFormat, read_plan, read_problem, read_start, write_plan, write_plan_as, write_problem};
use clapot::model::Problem;
use clapot::plan::{Known, Start};
use clapot::search::StdClock;
use clapot::solve::{RouteOptions, Surroundings, route, route_from};
use clapot::verify::{VerifyOptions, verify};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::files::{overlay, repository};

fn base() -> Problem {
    read_problem(&repository("fixtures/invalid/base")).unwrap().problem
}

fn base_plan() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    overlay(&repository("fixtures/invalid/base-plan"), dir.path());
    dir
}

fn change(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{from:?} is not in {}", file.display());
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}

/// Keeps the rows of a table that are to stay.
fn keep_rows(file: &Path, keep: impl Fn(&str) -> bool) {
    let text = fs::read_to_string(file).unwrap();
    let mut rows = text.lines();
    let header = rows.next().unwrap().to_owned();
    let kept = rows.filter(|row| keep(row)).fold(header, |text, row| text + "\n" + row);
    fs::write(file, kept + "\n").unwrap();
}

#[test]
fn a_plan_of_the_problem_is_read_as_it_stands_in_both_formats() {
    let problem = base();
    let plan = read_plan(&problem, &repository("fixtures/invalid/base-plan")).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    write_plan(&problem, &plan, &scratch.path().join("csv")).unwrap();
    let mut dirs = vec!["csv"];
    if cfg!(feature = "parquet") {
        write_plan_as(&problem, &plan, &scratch.path().join("parquet"), TableFormat::Parquet).unwrap();
        dirs.push("parquet");
    }
    for dir in dirs {
        let start = read_start(&problem, &scratch.path().join(dir)).unwrap();
        assert_eq!(start, Start::of(&problem, &plan), "{dir}");
        assert!(start.known.iter().all(|k| *k == Known::Whole));
    }
}

#[test]
fn damaged_files_are_faults_as_in_any_plan() {
    let problem = base();
    let cases = [
        ("plan.json", "{", "[", "plan-syntax", ""),
        (
            "plan.json",
            "\"feasible\"",
            "\"splendid\"",
            "plan-value-wrong",
            "status",
        ),
        ("assignments.csv", "order_id", "order_ix", "missing-column", ""),
        ("assignments.csv", ",one,2", ",one,x", "", "qty"),
        (
            "assignments.csv",
            ",one,2",
            ",none,2",
            "unknown-shipment",
            "shipment_id",
        ),
        ("shipments.csv", "two,O2", "one,O2", "duplicate-shipment", "shipment_id"),
        ("shipments.csv", "transport", "transporter", "missing-column", ""),
        ("unfilled.csv", "qty", "quantity", "missing-column", ""),
        ("prices.csv", "stock,W", "stocks,W", "bad-resource", "resource"),
        ("cuts.csv", "c,stock", "c,stocks", "bad-resource", "resource"),
        ("cut_terms.csv", "c,O1", "d,O1", "unknown-cut", "cut_id"),
    ];
    for (file, from, to, name, field) in cases {
        let dir = base_plan();
        change(&dir.path().join(file), from, to);
        let error = read_start(&problem, dir.path()).unwrap_err();
        assert_eq!(error.code(), "input", "{file}");
        let as_plan = read_plan(&problem, dir.path()).unwrap_err();
        let first = &error.diagnostics()[0];
        assert_eq!(first.location.as_ref().unwrap().file, file, "{first}");
        assert!(as_plan.diagnostics().contains(first), "{file}: {first}");
        assert!(name.is_empty() || first.code.name() == name, "{file}: {first}");
        assert!(field.is_empty() || first.field == Some(field), "{file}: {first}");
    }
    for file in ["plan.json", "assignments.csv", "shipments.csv", "unfilled.csv"] {
        let dir = base_plan();
        fs::remove_file(dir.path().join(file)).unwrap();
        let error = read_start(&problem, dir.path()).unwrap_err();
        assert_eq!(error.diagnostics()[0].code.name(), "file-missing", "{file}");
    }
    let missing = read_start(&problem, Path::new("no such directory")).unwrap_err();
    assert!(missing.is_io());
}

/// What is in no plan at all is passed over: ids that the problem does not have.
#[test]
fn ids_that_the_problem_does_not_have_are_passed_over() {
    let problem = base();
    let named_once = [
        ("assignments.csv", "O3,1,S", "former,1,S", 1),
        ("shipments.csv", "one,O1", "one,former", 1),
        ("shipments.csv", "O1,W", "O1,elsewhere", 0),
        ("shipments.csv", "W,eco", "W,express", 0),
        ("unfilled.csv", "O2,2", "O2,77", 0),
        ("prices.csv", "W,B", "W,Z", 0),
        ("cuts.csv", "W,B", "V,B", 0),
        ("cut_terms.csv", "O1,2", "O1,77", 0),
    ];
    for (file, from, to, gone) in named_once {
        let dir = base_plan();
        change(&dir.path().join(file), from, to);
        let error = read_plan(&problem, dir.path()).unwrap_err();
        assert_eq!(error.diagnostics()[0].code.name(), "not-in-problem", "{file}");
        let start = read_start(&problem, dir.path()).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert_eq!(start.gone, gone, "{file}");
        let options = RouteOptions {
            work_limit: Some(20),
            threads: 1,
            ..RouteOptions::default()
        };
        run_from(&problem, &options, &start).unwrap_or_else(|e| panic!("{file}: {e}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_make_a_start_panic(
        file in 0usize..7,
        edits in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b",\"\n\r\xC3\x00{}[.-19aZ".as_slice())), 1..8),
    ) {
        let (problem, dir) = (base(), base_plan());
        let path = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path()).nth(file).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        fs::write(&path, bytes).unwrap();
        match read_start(&problem, dir.path()) {
            Err(e) => prop_assert!(!e.diagnostics().is_empty()),
            Ok(start) => {
                let options = RouteOptions { work_limit: Some(20), threads: 1, ..RouteOptions::default() };
                prop_assert!(run_from(&problem, &options, &start).is_ok());
            }
        }
    }
}

fn run_from(
    problem: &Problem,
    options: &RouteOptions,
    start: &Start,
) -> Result<(clapot::RoutingPlan, clapot::plan::TakenOver), Error> {
    let clock = StdClock::start();
    let (interrupt, progress) = (None, &mut |_| {});
    let around = Surroundings {
        clock: &clock,
        interrupt,
        progress,
    };
    route_from(problem, options, start, around)
}

/// Yesterday's plan for a problem in which orders came and went, quantities changed, and stock and a node shrank.
#[test]
fn yesterdays_plan_is_taken_over_as_far_as_it_fits() {
    let scratch = tempfile::tempdir().unwrap();
    let (today, plan_dir) = (scratch.path().join("problem"), scratch.path().join("plan"));
    let generated = GenerateOptions {
        orders: 120,
        nodes: 6,
        seed: 5,
        ..GenerateOptions::default()
    };
    write_problem(&generate(&generated).unwrap(), &today).unwrap();
    let yesterday = read_problem(&today).unwrap().problem;
    let options = RouteOptions {
        work_limit: Some(20_000),
        threads: 1,
        ..RouteOptions::default()
    };
    let clock = StdClock::start();
    let (interrupt, progress) = (None, &mut |_| {});
    let around = Surroundings {
        clock: &clock,
        interrupt,
        progress,
    };
    let old = route(&yesterday, &options, around).unwrap();
    write_plan(&yesterday, &old, &plan_dir).unwrap();

    // Two orders are gone, one is new, one line has another quantity, and what one row of stock had is used up.
    let ids: Vec<String> = yesterday
        .orders()
        .indices()
        .map(|o| yesterday.order_id(o).to_owned())
        .collect();
    let gone = [format!("{},", ids[3]), format!("{},", ids[4])];
    for table in ["orders", "lines", "exclusions", "quotes"] {
        let path = today.join(format!("{table}.csv"));
        if path.exists() {
            keep_rows(&path, |row| !gone.iter().any(|id| row.starts_with(id.as_str())));
        }
    }
    let used = old
        .assignments
        .iter()
        .find(|a| yesterday.lines()[a.line].order.0 > 10)
        .unwrap();
    let (node, sku) = (
        yesterday.node_id(used.node),
        yesterday.sku(yesterday.lines()[used.line].sku),
    );
    keep_rows(&today.join("stock.csv"), |row| {
        !row.starts_with(&format!("{node},{sku},"))
    });
    keep_rows(&plan_dir.join("assignments.csv"), |row| {
        !row.starts_with(&format!("{},", ids[8]))
    });
    keep_rows(&plan_dir.join("shipments.csv"), |row| {
        !row.contains(&format!(",{},", ids[8]))
    });
    keep_rows(&plan_dir.join("unfilled.csv"), |row| {
        !row.starts_with(&format!("{},", ids[8]))
    });

    let problem = read_problem(&today).unwrap().problem;
    let start = read_start(&problem, &plan_dir).unwrap();
    assert_eq!(start.gone, 2);
    assert_eq!(start.known.iter().filter(|k| **k == Known::New).count(), 1);
    let (plan, taken) = run_from(&problem, &options, &start).unwrap();
    let verdict = verify(&problem, &plan, &VerifyOptions::default());
    assert!(verdict.is_valid(), "{:?}", verdict.violations);
    assert_eq!((taken.gone, taken.new), (2, 1), "{taken:?}");
    assert!(taken.taken > 100 && taken.adapted + taken.dropped > 0, "{taken:?}");
    assert_eq!(taken.taken + taken.adapted + taken.dropped, 117);

    // An indivisible line goes whole where it went, whatever its quantity was.
    let line = start.allocation.orders.iter().flatten().flat_map(|s| &s.fills);
    for fill in line {
        let l = &problem.lines()[fill.line];
        assert!(l.divisible && fill.qty <= l.qty || fill.qty == l.qty);
    }
}
