//! Every code of the catalogue has a fixture in `fixtures/invalid/`, and every fixture gives exactly what is expected of
//! it: code, file, line, column, field, message.
//!
//! A fixture is laid over a valid problem (`base/`), or over a valid plan for it (`base-plan/`) where the code is of a
//! plan, over valid floors (`base-floor/`), also with a table of shipments (`base-shipments/`), or a valid plan of waves
//! (`base-waves/`); the files that `remove.txt` names are taken away first.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use clapot::diagnostic::{Code, Diagnostic};
use clapot::io::{
    PlanningInstant, ReadOptions, Unrouted, locate_diagnostics, read_decisions, read_floors, read_plan, read_problem,
    read_shipments, read_waves,
};
use clapot::{Method, Policy, method_doubts};

use crate::support::files::{BLESS, expect, overlay, repository};

/// A code, a file, and what makes its content.
type Made = (&'static str, &'static str, fn() -> String);

/// Codes whose files are too large to keep: the test makes them.
const MADE: &[Made] = &[
    ("E103", "problem.toml", || "#".repeat(1_048_577)),
    ("E123", "items.csv", || ",".repeat(1_024)),
    ("E119", "items.csv", || {
        format!("sku,weight_g\nA,300\nB,1200\nC,{}\n", "1".repeat(1 << 20))
    }),
    ("E120", "items.csv", || {
        format!("sku,weight_g\nA,300\nB,1200\nC,{}\n", "1".repeat((64 << 10) + 1))
    }),
];

/// Codes without any fixture, and why.
const WITHOUT: &[(&str, &str)] = &[
    (
        "E121",
        "needs a file of 2^32 rows, 9 GB; the limit is one comparison in `io/table.rs`",
    ),
    (
        "E122",
        "comes from programs, not files; a unit test of `validate` shows it",
    ),
    (
        "E126",
        "needs a Parquet file with a column of lists; `parquet.rs` makes one",
    ),
];

fn line(d: &Diagnostic) -> String {
    let at = d.location.as_ref().map_or_else(
        || "-".to_owned(),
        |at| format!("{}:{}:{}+{}", at.file, at.line, at.column, at.length),
    );
    let row = d.row.map_or_else(String::new, |row| format!("[{row}]"));
    let field = d.field.unwrap_or("-");
    let more = if d.more > 0 {
        format!(" (+{})", d.more)
    } else {
        String::new()
    };
    format!("{} {at} {}{row} {field}: {}{more}\n", d.code.id(), d.table, d.message)
}

/// Everything that reading the problem, or the plan, in a directory reports.
fn report(code: &str, dir: &Path) -> Vec<Diagnostic> {
    let base = || read_problem(&repository("fixtures/invalid/base")).unwrap().problem;
    if is_of_shipments(code) {
        let read = shipments(dir);
        return read.map_or_else(|e| e.diagnostics().to_vec(), |unrouted| unrouted.warnings);
    }
    if is_of_floors(code) {
        return read_floors(&base(), dir).map_or_else(|e| e.diagnostics().to_vec(), |checked| checked.warnings);
    }
    if is_of_waves(code) {
        let problem = base();
        let floors = read_floors(&problem, &repository("fixtures/invalid/base-floor"))
            .unwrap()
            .floors;
        let plan = read_plan(&problem, dir).unwrap();
        return read_waves(&problem, &plan, &floors, dir).map_or_else(|e| e.diagnostics().to_vec(), |_| Vec::new());
    }
    if is_of_decisions(code) {
        let read = read_decisions(&base(), &dir.join("decisions.csv"));
        return read.map_or_else(|e| e.diagnostics().to_vec(), |_| Vec::new());
    }
    if code.starts_with('P') {
        return read_plan(&base(), dir).map_or_else(|e| e.diagnostics().to_vec(), |_| Vec::new());
    }
    let read = read_problem(dir);
    if let (true, Ok(checked)) = (is_of_methods(code), &read) {
        let mut found = method_doubts(&checked.problem, Method::Policy(Policy::Distance));
        locate_diagnostics(dir, &mut found);
        return found;
    }
    read.map_or_else(|e| e.diagnostics().to_vec(), |checked| checked.warnings)
}

/// Codes that a method gives, and no reader.
fn is_of_methods(code: &str) -> bool {
    code == "W524"
}

/// The shipments and the floors in a directory.
fn shipments(dir: &Path) -> Result<Unrouted, clapot::Error> {
    let at = PlanningInstant {
        now: "2026-03-03T10:30:00+01:00".to_owned(),
        timezone: "Europe/Paris".to_owned(),
    };
    read_shipments(&dir.join("shipments.csv"), dir, &at, &ReadOptions::default())
}

/// Codes whose fixtures are floors.
fn is_of_floors(code: &str) -> bool {
    code.starts_with('F') || code == "W506"
}

/// Codes whose fixtures are floors with a table of shipments.
fn is_of_shipments(code: &str) -> bool {
    ("E217"..="E219").contains(&code) || ("F714"..="F719").contains(&code)
}

/// Codes whose fixtures are plans of waves.
fn is_of_waves(code: &str) -> bool {
    ["P612", "P613", "P614"].contains(&code)
}

/// Codes whose fixtures are tables of decisions.
fn is_of_decisions(code: &str) -> bool {
    ["P615", "P616"].contains(&code)
}

fn base_of(code: &str) -> &'static str {
    if is_of_shipments(code) {
        "fixtures/invalid/base-shipments"
    } else if is_of_floors(code) {
        "fixtures/invalid/base-floor"
    } else if is_of_waves(code) {
        "fixtures/invalid/base-waves"
    } else if code.starts_with('P') {
        "fixtures/invalid/base-plan"
    } else {
        "fixtures/invalid/base"
    }
}

/// The fixtures' names but for the bases.
fn fixtures() -> BTreeSet<String> {
    let names = fs::read_dir(repository("fixtures/invalid"))
        .unwrap()
        .map(|e| e.unwrap().file_name());
    names
        .map(|n| n.into_string().unwrap())
        .filter(|n| !n.starts_with("base"))
        .collect()
}

#[test]
fn the_bases_are_sound() {
    let base = read_problem(&repository("fixtures/invalid/base")).unwrap();
    assert_eq!(base.warnings, []);
    read_plan(&base.problem, &repository("fixtures/invalid/base-plan")).unwrap();
    let floors = read_floors(&base.problem, &repository("fixtures/invalid/base-floor")).unwrap();
    assert_eq!(floors.warnings, []);
    let dir = repository("fixtures/invalid/base-waves");
    let plan = read_plan(&base.problem, &dir).unwrap();
    read_waves(&base.problem, &plan, &floors.floors, &dir).unwrap();
    let dir = tempfile::tempdir().unwrap();
    for of in ["base-floor", "base-shipments"] {
        overlay(&repository("fixtures/invalid").join(of), dir.path());
    }
    assert_eq!(shipments(dir.path()).unwrap().warnings, []);
}

#[test]
fn every_code_has_a_fixture_and_every_fixture_a_code() {
    let codes: BTreeSet<String> = Code::ALL.iter().map(|c| c.id().to_owned()).collect();
    let mut covered = fixtures();
    for id in MADE.iter().map(|m| m.0).chain(WITHOUT.iter().map(|w| w.0)) {
        assert!(
            covered.insert(id.to_owned()),
            "{id} has a fixture and is listed as one that has none"
        );
    }
    assert_eq!(covered, codes);
}

#[test]
fn every_fixture_gives_what_is_expected() {
    let mut wrong = Vec::new();
    // Without Parquet every file of it is refused, with another sentence.
    let known = |code: &String| cfg!(feature = "parquet") || code != "E125";
    for code in fixtures().into_iter().filter(known) {
        let dir = tempfile::tempdir().unwrap();
        let fixture = repository("fixtures/invalid").join(&code);
        overlay(&repository(base_of(&code)), dir.path());
        if is_of_shipments(&code) {
            overlay(&repository("fixtures/invalid/base-floor"), dir.path());
        }
        for file in fs::read_to_string(fixture.join("remove.txt"))
            .unwrap_or_default()
            .lines()
        {
            fs::remove_file(dir.path().join(file)).unwrap();
        }
        overlay(&fixture, dir.path());
        let found = report(&code, dir.path());
        let text: String = found.iter().map(line).collect();
        if !found.iter().any(|d| d.code.id() == code) {
            wrong.push(format!("{code} is not among what its fixture gives:\n{text}"));
        } else if !expect(&fixture.join("expected.txt"), &text) {
            wrong.push(format!("{code}/expected.txt {BLESS}\n{text}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn fixtures_that_are_too_large_to_keep_are_refused_too() {
    for (code, file, text) in MADE {
        let dir = tempfile::tempdir().unwrap();
        overlay(&repository(base_of(code)), dir.path());
        fs::write(dir.path().join(file), text()).unwrap();
        let found = report(code, dir.path());
        let of_code: Vec<_> = found.iter().filter(|d| d.code.id() == *code).collect();
        assert_eq!(of_code.len(), 1, "{code}: {found:?}");
        assert_eq!(of_code[0].location.as_ref().unwrap().file, *file);
    }
}

/// The page of all codes.
fn page() -> String {
    let mut page = "# Diagnostics\n\n".to_owned();
    page +=
        "Everything that can be wrong with an input or a plan. All of it is reported at once, each with its place.\n";
    page += "A warning does not stop a run. Messages name ids, and of other values of your data show only how a number, a date, a time or a\n";
    page += "truth value should be written.\n\n";
    page += "<!-- Made from crates/core/src/diagnostic/catalogue.rs by the test `the_page_of_codes_is_fresh`. -->\n";
    let groups = [
        ("E1", "Files and their syntax"),
        ("E2", "Cells and keys"),
        ("E3", "References and duplicates"),
        ("E4", "Rules across rows"),
        ("W5", "Warnings"),
        ("P6", "Plan files"),
        ("F7", "Floors"),
    ];
    for (prefix, title) in groups {
        let _ = write!(page, "\n## {title}\n");
        for code in Code::ALL.iter().filter(|c| c.id().starts_with(prefix)) {
            let _ = write!(page, "\n### {} {}\n\n{}\n\n", code.id(), code.name(), code.cause());
            let _ = writeln!(page, "*What to do:* {}", code.remedy());
        }
    }
    page
}

#[test]
fn the_page_of_codes_is_fresh() {
    let page = page();
    assert!(
        Code::ALL.iter().all(|c| page.contains(&format!("### {} ", c.id()))),
        "a code is in no group"
    );
    assert!(expect(&repository("docs/errors.md"), &page), "docs/errors.md {BLESS}");
}
