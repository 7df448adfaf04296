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
fn quiet_leaves_what_is_wrong() {
    let dir = with_problem("--orders 40 --nodes 5");
    let run = |args: &str| clapot(dir.path(), args);
    let quiet = run("generate --orders 40 --nodes 5 -o other -q").exits(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    let warnings = run("validate problem").exits(0).out;
    let (before, verdict) = warnings.split_once("VALID ").unwrap();
    assert!(!verdict.is_empty());
    assert_eq!(run("validate problem -q").exits(0).out, before);
    edit(&dir.path().join("problem/lines.csv"), "\nO0001,1,SKU", "\nO0001,1,XXX");
    let out = run("validate problem --quiet").exits(2).out;
    assert!(out.contains("E301 lines.csv:2:9") && !out.contains("INVALID"), "{out}");
}

#[test]
fn fixed_tables_come_from_the_site() {
    let dir = with_problem("--orders 40 --nodes 5");
    let path = |name: &str| dir.path().join(name);
    let fixed = [
        "problem.toml",
        "nodes.csv",
        "items.csv",
        "services.csv",
        "lanes.csv",
        "rates.csv",
    ];
    std::fs::create_dir(path("site")).unwrap();
    std::fs::create_dir(path("tonight")).unwrap();
    for (name, bytes) in files(&path("problem")) {
        let to = if fixed.contains(&name.to_str().unwrap()) {
            "site"
        } else {
            "tonight"
        };
        std::fs::write(path(to).join(name), bytes).unwrap();
    }
    let run = |args: &str| clapot(dir.path(), args);
    let missing = run("validate tonight").exits(2).out;
    assert!(missing.contains("E101 nodes.csv: the file is missing"), "{missing}");
    let limits = "--work-limit 2000 --threads 1 --format json";
    let strip = |mut json: serde_json::Value| {
        for key in ["plan", "seconds"] {
            json.as_object_mut().unwrap().remove(key);
        }
        json
    };
    let whole = run(&format!("route problem -o whole {limits}")).exits(0).json();
    let parts = run(&format!("route tonight --site site -o parts {limits}"))
        .exits(0)
        .json();
    assert_eq!(strip(whole), strip(parts));
    let verdict = run("verify tonight parts --site site").exits(0).out;
    assert!(verdict.contains("VALID"), "{verdict}");
    // What is in both is taken from the problem, in whatever format.
    let text = std::fs::read_to_string(path("site/nodes.csv")).unwrap();
    std::fs::write(path("site/orders.csv"), "nonsense").unwrap();
    run("validate tonight --site site").exits(0);
    // A fault of a fixed table is told with its place; no site is an error of its own.
    std::fs::write(path("site/nodes.csv"), text.replacen("warehouse", "wharehouse", 1)).unwrap();
    let out = run("validate tonight --site site").exits(2).out;
    assert!(
        out.contains("E209 nodes.csv:2:") && out.contains("write warehouse"),
        "{out}"
    );
    let error = run("validate tonight --site nowhere").exits(2).err;
    assert!(error.starts_with("error: nowhere: "), "{error}");
}

#[test]
fn the_planning_instant_can_be_given() {
    let dir = with_problem("--orders 40 --nodes 5");
    let run = |args: &str| clapot(dir.path(), args);
    let cost = |args: &str| {
        let json = run(&format!(
            "route problem -o plan --work-limit 2000 --threads 1 --format json {args}"
        ))
        .exits(0)
        .json();
        let total = json["cost"]["total"].as_str().unwrap().parse::<f64>();
        total.unwrap()
    };
    // Months later all is late, so that most is not even shipped.
    let (before, after) = (cost(""), cost("--now 2026-06-01T09:00:00+02:00"));
    assert!(2.0 * before < after, "{before} {after}");
    assert!(
        run("verify problem plan --now 2026-06-01T09:00:00+02:00")
            .exits(0)
            .out
            .contains("VALID")
    );
    run("verify problem plan").exits(3);
    run("validate problem --now system").exits(0);
    // The settings need not give one then.
    let settings = dir.path().join("problem/problem.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    let without: String = text
        .lines()
        .filter(|line| !line.starts_with("now"))
        .map(|line| line.to_owned() + "\n")
        .collect();
    std::fs::write(&settings, without).unwrap();
    assert!(run("validate problem").exits(2).out.contains("E131"));
    run("validate problem --now system").exits(0);
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
