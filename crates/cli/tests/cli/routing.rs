//! `route` and `verify`.

use std::path::Path;

use crate::support::{clapot, edit, files, with_problem};

/// A directory with a problem and a plan for it.
fn routed() -> tempfile::TempDir {
    let dir = with_problem("--orders 40 --nodes 5");
    clapot(dir.path(), "route problem -o plan --time-limit 2s").exits(0);
    dir
}

#[test]
fn a_plan_is_written_summed_up_and_valid() {
    let dir = with_problem("--orders 40 --nodes 5");
    let ran = clapot(dir.path(), "route problem -o plan --time-limit 2s").exits(0);
    for word in [
        "transport",
        "total",
        "bound",
        "gap",
        "shipments",
        "late shipments",
        "unfilled units",
        "work",
    ] {
        assert!(ran.out.contains(word), "{word}: {}", ran.out);
    }
    assert!(ran.err.is_empty(), "no progress outside a terminal: {}", ran.err);
    let ran = clapot(dir.path(), "verify problem plan").exits(0);
    assert!(
        ran.out.lines().last().unwrap().starts_with("VALID total "),
        "{}",
        ran.out
    );
}

#[test]
fn the_summary_as_json_agrees_with_the_plan() {
    let dir = with_problem("--orders 40 --nodes 5");
    let summary = clapot(dir.path(), "route problem -o plan -t 2 --seed 5 --gap 1% --format json")
        .exits(0)
        .json();
    let plan = std::fs::read_to_string(dir.path().join("plan/plan.json")).unwrap();
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    for key in [
        "status",
        "bound",
        "gap",
        "method",
        "seed",
        "orders",
        "lines",
        "shipments",
    ] {
        assert_eq!(summary[key], plan[key], "{key}");
    }
    assert_eq!(summary["cost"], plan["objective"]);
    let by_shipments = summary["orders_by_shipments"].as_object().unwrap();
    assert_eq!(
        by_shipments.values().filter_map(serde_json::Value::as_u64).sum::<u64>(),
        40
    );
    assert_eq!(summary["unfilled"]["units"], plan["unfilled_units"]);
}

#[test]
fn every_method_makes_a_valid_plan() {
    let dir = with_problem("--orders 15 --nodes 4");
    for method in ["auto", "exact", "priority", "distance", "fewest-splits", "cheapest"] {
        let ran = clapot(
            dir.path(),
            &format!("route problem -o {method} -m {method} -t 3 --quiet"),
        )
        .exits(0);
        assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", ""), "{method}");
        let verdict = clapot(dir.path(), &format!("verify problem {method} --format json"))
            .exits(0)
            .json();
        assert_eq!(verdict["valid"], true, "{method}: {verdict}");
    }
}

#[test]
fn under_a_work_limit_threads_do_not_matter() {
    let dir = with_problem("--orders 15 --nodes 4 --plain");
    for threads in [1, 2] {
        clapot(
            dir.path(),
            &format!("route problem -o plan{threads} -w 3000 --threads {threads}"),
        )
        .exits(0);
    }
    let plan = |n: usize| {
        let mut files = files(&dir.path().join(format!("plan{n}")));
        files.retain(|(name, _)| name != Path::new("plan.json")); // it states the seconds
        files
    };
    assert_eq!(plan(1), plan(2));
}

#[cfg(feature = "parquet")]
#[test]
fn tables_in_parquet_are_written_and_read() {
    let dir = with_problem("--orders 40 --nodes 6 --output-format parquet");
    let there = |file: &str| dir.path().join(file).exists();
    assert!(there("problem/orders.parquet") && !there("problem/orders.csv"));
    clapot(dir.path(), "route problem -o plan -w 20000 --output-format parquet").exits(0);
    assert!(there("plan/shipments.parquet") && !there("plan/shipments.csv"));
    let ran = clapot(dir.path(), "verify problem plan").exits(0);
    assert!(ran.out.contains("VALID"), "{}", ran.out);
    std::fs::write(dir.path().join("problem/orders.csv"), "order_id\n").expect("the file can be written");
    let ran = clapot(dir.path(), "validate problem").exits(2);
    assert!(ran.out.contains("E124 orders.parquet"), "{}", ran.out);
}

#[test]
fn a_bad_problem_is_not_routed() {
    let dir = with_problem("--orders 40 --nodes 5");
    edit(&dir.path().join("problem/problem.toml"), "EUR", "euro");
    let ran = clapot(dir.path(), "route problem -o plan").exits(2);
    assert!(ran.out.is_empty() && ran.err.contains("E214"), "{}", ran.err);
    assert!(
        ran.err
            .ends_with("error: problem cannot be used: 1 error, 0 warnings\n"),
        "{}",
        ran.err
    );
    let ran = clapot(dir.path(), "route problem -o plan --format json").exits(2);
    let error: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(error["error"]["diagnostics"][0]["code"], "E214");
    assert!(!dir.path().join("plan").exists());
}

#[test]
fn a_directory_of_something_else_is_left_alone() {
    let dir = with_problem("--orders 15 --nodes 4");
    std::fs::create_dir(dir.path().join("photos")).unwrap();
    std::fs::write(dir.path().join("photos/cat.txt"), "cat").unwrap();
    let ran = clapot(dir.path(), "route problem -o photos -t 1").exits(2);
    assert!(ran.err.contains("photos"), "{}", ran.err);
    assert_eq!(files(&dir.path().join("photos")).len(), 1);
}

#[test]
fn a_tampered_plan_fails_verification() {
    let dir = routed();
    let shipments = dir.path().join("plan/shipments.csv");
    let text = std::fs::read_to_string(&shipments).unwrap();
    let first = text.lines().nth(1).unwrap();
    let mut cells: Vec<&str> = first.split(',').collect();
    let at = text
        .lines()
        .next()
        .unwrap()
        .split(',')
        .position(|name| name == "transport")
        .unwrap();
    cells[at] = "0.0100";
    edit(&shipments, first, &cells.join(","));

    let ran = clapot(dir.path(), "verify problem plan").exits(3);
    assert!(ran.out.contains("violation: V604 transport: "), "{}", ran.out);
    assert!(ran.out.lines().last().unwrap().starts_with("INVALID "), "{}", ran.out);
    let verdict = clapot(dir.path(), "verify problem plan --no-bound --format json")
        .exits(3)
        .json();
    let violations = verdict["violations"].as_array().unwrap();
    assert!(
        violations.iter().any(|v| v["code"] == "V604" && v["shipment"] == 1),
        "{verdict}"
    );
    assert!(verdict["certified_bound"].is_null(), "{verdict}");
}

#[test]
fn a_run_without_a_limit_says_what_will_end_it() {
    let dir = routed();
    let line = |command: &str| {
        let ran = clapot(dir.path(), command).exits(0);
        ran.err
            .lines()
            .any(|line| line.starts_with("no limit: ends once the plan is proved best"))
    };
    assert!(line("route problem -o plan"));
    assert!(line("route problem -o plan --method exact"));
    for silent in [
        "-t 5",
        "-w 2000",
        "--patience 1",
        "-q",
        "--method cheapest",
        "--format json",
    ] {
        assert!(!line(&format!("route problem -o plan {silent}")), "{silent}");
    }
}

#[test]
fn what_was_not_checked_is_neither_valid_nor_invalid() {
    let dir = routed();
    let ran = clapot(dir.path(), "verify problem plan -t 0.000001").exits(7);
    assert!(
        ran.out.starts_with("not checked: V911 rules-not-checked: "),
        "{}",
        ran.out
    );
    assert!(
        ran.out.lines().last().unwrap().starts_with("NOT CHECKED "),
        "{}",
        ran.out
    );
    let verdict = clapot(dir.path(), "verify problem plan -t 0.000001 --format json")
        .exits(7)
        .json();
    assert_eq!(
        (&verdict["valid"], &verdict["unchecked"][0]["code"]),
        (&false.into(), &"V911".into())
    );
    assert!(verdict["certified_bound"].is_null(), "{verdict}");
    let whole = clapot(dir.path(), "verify problem plan -t 60 --format json")
        .exits(0)
        .json();
    assert_eq!(whole["unchecked"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_plan_that_cannot_be_read_fails_verification() {
    let dir = routed();
    edit(&dir.path().join("plan/plan.json"), "{", "[");
    let ran = clapot(dir.path(), "verify problem plan").exits(3);
    assert!(
        ran.out
            .lines()
            .last()
            .unwrap()
            .starts_with("INVALID plan cannot be read: "),
        "{}",
        ran.out
    );
    let verdict = clapot(dir.path(), "verify problem plan --format json").exits(3).json();
    assert_eq!(verdict["valid"], false);
    assert!(
        verdict["errors"][0]["code"].as_str().unwrap().starts_with('P'),
        "{verdict}"
    );
}

#[test]
fn a_run_from_a_plan_is_never_worse_and_says_what_it_took_over() {
    let dir = with_problem("--orders 60 --nodes 5");
    let old = clapot(dir.path(), "route problem -o old -m fewest-splits --format json")
        .exits(0)
        .json();
    let start = "route problem --start old -w 3000";
    let new = clapot(dir.path(), &format!("{start} -o new --format json"))
        .exits(0)
        .json();
    let total = |summary: &serde_json::Value| -> f64 { summary["cost"]["total"].as_str().unwrap().parse().unwrap() };
    assert!(total(&new) <= total(&old), "{new}");
    assert_eq!(new["start"]["plan"], "old");
    assert_eq!(new["start"]["orders_taken"], 60);
    assert_eq!(new["start"]["total"], old["cost"]["total"]);
    assert!(old["start"].is_null());
    clapot(dir.path(), "verify problem new").exits(0);

    // In place, as a table, in Parquet, and again at another number of threads.
    let table = clapot(dir.path(), "route problem -o old --start old -w 3000 --threads 2")
        .exits(0)
        .out;
    assert!(table.contains("orders as in the start"), "{table}");
    let plan = |name: &str| -> Vec<_> {
        let without_seconds =
            |text: String| -> String { text.lines().filter(|l| !l.contains("\"seconds\"")).collect() };
        files(&dir.path().join(name))
            .into_iter()
            .map(|(file, text)| (file, without_seconds(text)))
            .collect()
    };
    assert_eq!(plan("old"), plan("new"));
    clapot(dir.path(), "route problem -o parquet --output-format parquet -w 3000").exits(0);
    let from_parquet = clapot(dir.path(), "route problem -o new --start parquet -w 3000 --format json")
        .exits(0)
        .json();
    assert_eq!(from_parquet["start"]["orders_taken"], 60);
}

#[test]
fn a_start_that_cannot_be_used_is_said_to_be_so() {
    let dir = routed();
    let ran = clapot(dir.path(), "route problem -o new --start plan -m cheapest").exits(2);
    assert!(ran.err.contains("cheapest is a rule"), "{}", ran.err);
    let ran = clapot(dir.path(), "route problem -o new --start nowhere").exits(2);
    assert!(ran.err.contains("nowhere"), "{}", ran.err);
    edit(&dir.path().join("plan/assignments.csv"), "qty", "quantity");
    let ran = clapot(dir.path(), "route problem -o new --start plan").exits(2);
    assert!(
        ran.err.contains("E113") && ran.err.contains("assignments.csv"),
        "{}",
        ran.err
    );
    assert!(!dir.path().join("new").exists());
}

#[test]
fn decisions_of_any_system_are_priced_and_started_from() {
    let dir = routed();
    let plan = clapot(dir.path(), "verify problem plan --format json").exits(0).json();
    let priced = clapot(dir.path(), "price problem plan/assignments.csv --format json")
        .exits(0)
        .json();
    assert_eq!(
        (&priced["valid"], &priced["plan"]),
        (&true.into(), &serde_json::Value::Null)
    );
    let total = |v: &serde_json::Value| v["cost"]["total"].as_str().unwrap().parse::<f64>().unwrap();
    assert!(total(&priced) >= plan["certified_bound"].as_str().unwrap().parse().unwrap());
    let ran = clapot(dir.path(), "price problem plan/assignments.csv -o given --prices plan").exits(0);
    assert!(
        ran.out.lines().last().unwrap().starts_with("VALID total "),
        "{}",
        ran.out
    );
    clapot(dir.path(), "verify problem given").exits(0);
    let start = "route problem -o again --start plan/assignments.csv -w 500 --format json";
    let again = clapot(dir.path(), start).exits(0).json();
    // An order of nothing that ships has no row, so nothing is known of it.
    assert!(
        again["start"]["orders_taken"].as_u64().unwrap() >= 38,
        "{}",
        again["start"]
    );
    assert!(total(&again) <= total(&priced));
}

#[test]
fn decisions_that_break_a_rule_are_priced_and_end_with_3() {
    let dir = with_problem("--orders 40 --nodes 5");
    let lines = std::fs::read_to_string(dir.path().join("problem/lines.csv")).unwrap();
    let nodes = std::fs::read_to_string(dir.path().join("problem/nodes.csv")).unwrap();
    let node = nodes.lines().nth(1).unwrap().split(',').next().unwrap();
    let rows = lines.lines().skip(1).map(|row| {
        let cells: Vec<&str> = row.split(',').take(2).collect();
        format!("{},{node}\n", cells.join(","))
    });
    let table = "order_id,line_id,node_id\n".to_owned() + &rows.collect::<String>();
    std::fs::write(dir.path().join("all-from-one.csv"), table).unwrap();
    let ran = clapot(dir.path(), "price problem all-from-one.csv -o given").exits(3);
    assert!(ran.out.contains("violation: V"), "{}", ran.out);
    assert!(ran.out.lines().last().unwrap().starts_with("INVALID "), "{}", ran.out);
    let plan = std::fs::read_to_string(dir.path().join("given/plan.json")).unwrap();
    assert!(plan.contains("\"status\": \"infeasible\""), "{plan}");
    std::fs::write(dir.path().join("bad.csv"), "order_id,line_id,node_id\nO1,1,nowhere\n").unwrap();
    let ran = clapot(dir.path(), "price problem bad.csv").exits(2);
    assert!(
        ran.err.contains("bad.csv:2:6") && ran.err.contains("P605"),
        "{}",
        ran.err
    );
}

/// The tables of where and who add up to the plan, and fit a screen of 60 columns.
#[test]
fn the_summary_says_where_and_who() {
    let dir = with_problem("--orders 60 --nodes 5 --seed 4");
    let run = |args: &str| clapot(dir.path(), args);
    let text = run("route problem -o plan -m priority").exits(0).out;
    for word in ["ments", "full", "service", "WH-01", "standard"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let json = run("route problem -o plan -m priority --format json").exits(0).json();
    let sum = |table: &str, figure: &str| -> u64 {
        let rows = json[table].as_object().unwrap().values();
        rows.map(|row| row[figure].as_u64().unwrap()).sum()
    };
    for table in ["nodes", "services"] {
        assert_eq!(json["shipments"], sum(table, "shipments"), "{table}: {json}");
        assert_eq!(json["late_shipments"], sum(table, "late_shipments"), "{table}: {json}");
    }
    assert_eq!(json["nodes"].as_object().unwrap().len(), 5);
    // A better plan moves orders away from where the rule sent them; those that moved are among those that were known.
    let text = run("route problem -o better -w 20000 --start plan").exits(0).out;
    assert!(text.contains("moved to other nodes"), "{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 60, "{line}");
    }
    let json = run("route problem -o better -w 20000 --start plan --format json")
        .exits(0)
        .json();
    let moved = &json["start"]["moved"];
    let orders = moved["orders"].as_array().unwrap().len() as u64;
    let counted = moved["other_nodes"].as_u64().unwrap() + moved["other_service"].as_u64().unwrap();
    assert!(orders > 0 && orders == counted && orders <= 60, "{moved}");
    let scarce = json["scarce"].as_array().unwrap();
    assert!(
        scarce.len() as u64 == json["scarce_things"].as_u64().unwrap().min(100),
        "{json}"
    );
    assert!(
        !scarce.is_empty() && scarce[0]["worth"].as_str().is_some_and(|worth| worth != "0.0000"),
        "{json}"
    );
}
