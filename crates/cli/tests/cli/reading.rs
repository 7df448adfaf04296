//! Warnings, `--strict` and `--skip-bad-orders`: what is printed, where, and how the program exits.

use crate::support::{clapot, edit, files, with_problem};

/// Forty orders, of which the first names a SKU that does not exist.
fn damaged() -> tempfile::TempDir {
    let dir = with_problem("--orders 40 --nodes 5");
    edit(&dir.path().join("problem/lines.csv"), "\nO0001,1,SKU", "\nO0001,1,XXX");
    dir
}

#[test]
fn a_bad_order_is_left_out_and_told() {
    let dir = damaged();
    clapot(dir.path(), "route problem -o plan --work-limit 500").exits(2);
    assert!(!dir.path().join("plan").exists());

    let args = "route problem -o plan --work-limit 500 --skip-bad-orders";
    let ran = clapot(dir.path(), &format!("{args} -q")).exits(6);
    assert!(ran.out.is_empty(), "{}", ran.out);
    assert!(
        ran.err.starts_with("error: E301 lines.csv:2:9 sku: ") && ran.err.ends_with("left out 1 order: O0001\n"),
        "{}",
        ran.err
    );
    let plan = files(&dir.path().join("plan"));
    let table = plan.iter().find(|(file, _)| file.ends_with("left_out.csv")).unwrap();
    assert!(
        table
            .1
            .contains("\nO0001,E301,unknown-reference,lines.csv,2,9,lines,1,sku,"),
        "{}",
        table.1
    );

    let summary = clapot(dir.path(), &format!("{args} --format json")).exits(6).json();
    assert_eq!(summary["orders"], 39);
    assert_eq!(summary["left_out"][0]["order"], "O0001");
    assert_eq!(summary["left_out"][0]["reasons"][0]["code"], "E301");

    clapot(dir.path(), "verify problem plan --skip-bad-orders").exits(6);
    clapot(dir.path(), "verify problem plan").exits(2);
}

#[test]
fn validate_leaves_out_too() {
    let dir = damaged();
    let ran = clapot(dir.path(), "validate problem --skip-bad-orders").exits(6);
    assert!(
        ran.out.contains("\nleft out 1 order: O0001\nVALID ") && ran.out.contains(" 39 orders, "),
        "{}",
        ran.out
    );
    let report = clapot(dir.path(), "validate problem --skip-bad-orders --format json")
        .exits(6)
        .json();
    assert_eq!(
        (&report["valid"], &report["left_out"][0]["order"]),
        (&true.into(), &"O0001".into())
    );
    let sound = with_problem("--orders 40 --nodes 5");
    clapot(sound.path(), "validate problem --skip-bad-orders").exits(0);
    edit(&sound.path().join("problem/rates.csv"), "HOME", "");
    edit(&sound.path().join("problem/nodes.csv"), "warehouse", "hangar");
    clapot(sound.path(), "validate problem --skip-bad-orders").exits(2);
}

#[test]
fn waves_are_planned_of_what_is_left() {
    let dir = tempfile::tempdir().unwrap();
    clapot(dir.path(), "generate --orders 40 --nodes 3 -o problem --floor floor").exits(0);
    edit(&dir.path().join("problem/lines.csv"), "\nO0001,1,SKU", "\nO0001,1,XXX");
    let args = "plan problem --floor floor -o plan --work-limit 2000 --skip-bad-orders";
    let ran = clapot(dir.path(), args).exits(6);
    assert!(ran.err.contains("left out 1 order: O0001"), "{}", ran.err);
    clapot(
        dir.path(),
        "waves problem plan --floor floor -o plan --work-limit 500 --skip-bad-orders",
    )
    .exits(6);
    clapot(dir.path(), "verify problem plan --floor floor --skip-bad-orders").exits(6);
}

#[test]
fn strict_refuses_what_is_warned_of() {
    let dir = with_problem("--orders 40 --nodes 5 --plain");
    clapot(dir.path(), "validate problem --strict").exits(0);
    let rates = dir.path().join("problem/rates.csv");
    let text = std::fs::read_to_string(&rates).unwrap();
    std::fs::write(&rates, text + "express,NOWHERE,500,1.00,\n").unwrap();
    let ran = clapot(dir.path(), "validate problem").exits(0);
    assert!(
        ran.out.starts_with("warning: W508 rates.csv:") && ran.out.ends_with("1 warning\n"),
        "{}",
        ran.out
    );
    let ran = clapot(dir.path(), "validate problem --strict").exits(2);
    assert!(
        ran.out.starts_with("error: W508 ") && ran.out.ends_with("1 error, 0 warnings\n"),
        "{}",
        ran.out
    );
    let ran = clapot(dir.path(), "route problem -o plan --work-limit 100 --strict").exits(2);
    assert!(
        ran.err.contains("error: W508 ") && !dir.path().join("plan").exists(),
        "{}",
        ran.err
    );
    // -q keeps warnings.
    let ran = clapot(dir.path(), "route problem -o plan --work-limit 100 -q").exits(0);
    assert!(
        ran.err.starts_with("warning: W508 ") && ran.out.is_empty(),
        "{}",
        ran.err
    );
}

#[test]
fn many_warnings_are_a_handful_of_lines() {
    let dir = with_problem("--orders 2000 --nodes 5 --plain");
    let orders = dir.path().join("problem/orders.csv");
    let text = std::fs::read_to_string(&orders).unwrap();
    std::fs::write(&orders, text.replace(",ES,", ",XX,")).unwrap();
    let ran = clapot(dir.path(), "validate problem").exits(0);
    assert!(ran.out.lines().count() < 25, "{}", ran.out);
    let told = ran
        .out
        .lines()
        .find(|line| line.contains(" more W516 in this column (orders country)"))
        .unwrap();
    let more: usize = told
        .split_whitespace()
        .nth(1)
        .unwrap()
        .replace(',', "")
        .parse()
        .unwrap();
    assert!(more > 1_000, "{told}");
}

#[test]
fn a_method_that_goes_by_distance_says_where_it_does_not_know_it() {
    let dir = with_problem("--orders 40 --nodes 5 --plain");
    let nodes = dir.path().join("problem/nodes.csv");
    let text = std::fs::read_to_string(&nodes).unwrap();
    let blind = |row: &str| {
        let mut cells: Vec<&str> = row.split(',').collect();
        if cells[0] != "node_id" {
            (cells[4], cells[5]) = ("", "");
        }
        cells.join(",") + "\n"
    };
    std::fs::write(&nodes, text.lines().map(blind).collect::<String>()).unwrap();
    let ran = clapot(dir.path(), "route problem -o plan --method distance -q").exits(0);
    assert!(
        ran.err.starts_with("warning: W524 nodes.csv:2:")
            && ran.err.contains("and 2 more W524 in this column (nodes lat)"),
        "{}",
        ran.err
    );
    clapot(dir.path(), "route problem -o other --method distance --strict").exits(2);
    assert_eq!(
        clapot(dir.path(), "route problem -o plan --method priority -q")
            .exits(0)
            .err,
        ""
    );
}
