//! `generate` and `validate`.

use crate::support::{clapot, command, edit, files, with_problem};

#[test]
fn the_same_options_give_the_same_files() {
    let (a, b) = (
        with_problem("--orders 40 --nodes 5"),
        with_problem("--orders 40 --nodes 5"),
    );
    assert_eq!(files(&a.path().join("problem")), files(&b.path().join("problem")));
    let other = with_problem("--orders 40 --nodes 5 --seed 2");
    assert_ne!(files(&a.path().join("problem")), files(&other.path().join("problem")));
}

#[test]
fn every_option_of_generate_is_obeyed() {
    let options = "--orders 40 --nodes 5 --profile b2b --skus 50 --slack 150 --spread 80 --capacity 0 --no-divisible";
    let dir = with_problem(options);
    let report = clapot(dir.path(), "validate problem --format json").exits(0).json();
    assert_eq!(
        (&report["problem"]["orders"], &report["problem"]["skus"]),
        (&40.into(), &50.into())
    );
    let plain = with_problem("--orders 40 --nodes 5 --plain");
    let report = clapot(plain.path(), "validate problem --format json").exits(0).json();
    assert_eq!(report["problem"]["quoted_orders"], 0);
}

#[test]
fn a_valid_problem_is_summed_up() {
    let dir = with_problem("--orders 40 --nodes 5");
    let out = clapot(dir.path(), "validate problem").exits(0).out;
    assert!(
        out.starts_with("VALID ") && out.contains("40 orders, ") && out.contains("5 nodes, "),
        "{out}"
    );
    let report = clapot(dir.path(), "validate problem --format json").exits(0).json();
    assert_eq!(
        (&report["valid"], &report["errors"]),
        (&true.into(), &serde_json::json!([]))
    );
}

#[test]
fn every_fault_is_reported_with_its_place() {
    let dir = with_problem("--orders 40 --nodes 5");
    let problem = dir.path().join("problem");
    edit(&problem.join("problem.toml"), "EUR", "euro");
    edit(&problem.join("lines.csv"), "\nO0001,1,SKU", "\nO0001,1,XXX");
    edit(&problem.join("nodes.csv"), "node_id,", "node_id,memo,");

    let ran = clapot(dir.path(), "validate problem").exits(2);
    assert!(
        ran.out.contains("E214 problem.toml:3:") && ran.out.contains("E301 lines.csv:2:9 sku: "),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("cause: ") && ran.out.contains("remedy: ") && ran.out.contains("INVALID problem: "));
    assert!(!ran.out.contains('\u{1b}'), "no colours outside a terminal");

    let report = clapot(dir.path(), "validate problem --format json").exits(2).json();
    assert_eq!(report["valid"], false);
    let errors = report["errors"].as_array().unwrap();
    let sku = errors.iter().find(|e| e["file"] == "lines.csv").unwrap();
    assert_eq!(
        (&sku["code"], &sku["line"], &sku["column"]),
        (&"E301".into(), &2.into(), &9.into())
    );
    for key in ["name", "severity", "length", "field", "message", "cause", "remedy"] {
        assert!(!sku[key].is_null(), "{key}: {sku}");
    }
}

#[test]
fn a_missing_directory_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let ran = clapot(dir.path(), "validate nowhere").exits(2);
    assert!(
        ran.out.is_empty() && ran.err.starts_with("error: nowhere: "),
        "{}",
        ran.err
    );
    let ran = clapot(dir.path(), "validate nowhere --format json").exits(2);
    let error: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(error["error"]["code"], "io");
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let dir = with_problem("--orders 40 --nodes 5");
    let mut run = command(dir.path(), "validate problem --format json");
    let mut child = run
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), b"".as_slice())
    );
}

#[test]
fn stock_that_comes_later_is_generated_routed_and_verified() {
    let dir = tempfile::tempdir().unwrap();
    clapot(
        dir.path(),
        "generate --orders 40 --nodes 5 --skus 20 --incoming 60 -o problem",
    )
    .exits(0);
    let stock = std::fs::read_to_string(dir.path().join("problem/stock.csv")).unwrap();
    assert!(stock.contains(",2026-"), "{stock}");
    clapot(dir.path(), "route problem -o plan --work-limit 20000").exits(0);
    let prices = std::fs::read_to_string(dir.path().join("plan/prices.csv")).unwrap();
    assert!(
        prices.starts_with("resource,node_id,sku,price,available_from\n"),
        "{prices}"
    );
    clapot(dir.path(), "verify problem plan").exits(0);
}
