//! Orders with errors are left out where that is asked for: what is left is the problem without them, nothing is lost, and errors
//! that are not of an order still stop.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clapot::generate::{GenerateOptions, generate};
use clapot::io::{ReadOptions, read_plan, read_problem, read_problem_with, write_plan, write_problem};
use clapot::model::Problem;
use clapot::{Error, RouteOptions};

use crate::doubts::problem;
use crate::support::judge::routed;
use crate::support::random::Random;

const SKIPPING: ReadOptions = ReadOptions {
    threads: 1,
    strict: false,
    skip_bad_orders: true,
    site: None,
    now: None,
};

fn left(problem: &Problem) -> Vec<(&str, Vec<String>)> {
    let one = |order: &clapot::model::LeftOut| {
        let reason = |d: &clapot::Diagnostic| {
            let at = d.location.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{} {at}", d.code.id())
        };
        order.reasons.iter().map(reason).collect()
    };
    problem
        .left_out()
        .iter()
        .map(|order| (order.order.as_str(), one(order)))
        .collect()
}

/// Twelve orders, most of them with a fault of its own kind.
fn faulty() -> tempfile::TempDir {
    problem(&[
        ("nodes.csv", "node_id,pickup\nA,\nB,true\n"),
        (
            "orders.csv",
            "order_id,country,postcode,deliver_by,pickup_node\nok,FR,75011,,\ndate,FR,75011,soon,\ncells,FR,75011\n\
             pickup,FR,75011,,A\ntwice,FR,75011,,\ntwice,FR,75011,,\n,FR,75011,,\nsku,FR,75011,,\nqty,FR,75011,,\n\
             quote,FR,75011,,\npin,FR,75011,,\nstray,FR,75011,,\nquoted,FR,75011,,\nexcluded,FR,75011,,\nlast,FR,75011,,\n",
        ),
        (
            "lines.csv",
            "order_id,line_id,sku,qty,node_id\nok,1,lamp,1,\ndate,1,lamp,1,\ncells,1,lamp,1,\npickup,1,lamp,1,\n\
             twice,1,lamp,1,\nsku,1,sofa,1,\nsku,2,lamp,1,\nqty,1,lamp,none,\nquote,1,lamp,1,\npin,1,lamp,1,Z\n\
             stray,1,la\"mp,1,\nquoted,1,lamp,1,,,,\nexcluded,1,lamp,1,\nghost,1,lamp,1,\nlast,1,lamp,1,\n",
        ),
        ("quotes.csv", "order_id,node_id,service_id,price\nquote,A,std,cheap\n"),
        ("exclusions.csv", "order_id,line_id,node_id\nexcluded,,Q\nlast,,A\n"),
    ])
}

#[test]
fn each_fault_of_an_order_leaves_its_order_out() {
    let dir = faulty();
    assert!(read_problem(dir.path()).is_err());
    let checked = read_problem_with(dir.path(), &SKIPPING).unwrap();
    let orders: Vec<_> = checked.problem.order_ids().iter().collect();
    assert_eq!(orders, ["ok", "last"]);
    let out: Vec<(&str, Vec<&str>)> = vec![
        ("date", vec!["E206 orders.csv:3:15"]),
        ("cells", vec!["E114 orders.csv:4"]),
        ("", vec!["E201 orders.csv:8:1"]),
        ("qty", vec!["E202 lines.csv:9:12"]),
        ("stray", vec!["E116 lines.csv:12:11"]),
        ("quoted", vec!["E114 lines.csv:13"]),
        ("quote", vec!["E203 quotes.csv:2:13"]),
        ("twice", vec!["E302 orders.csv:7:1"]),
        ("pickup", vec!["E402 orders.csv:5:18"]),
        ("ghost", vec!["E301 lines.csv:15:1"]),
        ("sku", vec!["E301 lines.csv:7:7"]),
        ("pin", vec!["E301 lines.csv:11:14"]),
        ("excluded", vec!["E301 exclusions.csv:2:11"]),
    ];
    let mut got = left(&checked.problem);
    got.sort();
    let mut expected: Vec<(&str, Vec<String>)> = out
        .into_iter()
        .map(|(order, reasons)| (order, reasons.into_iter().map(str::to_owned).collect()))
        .collect();
    expected.sort();
    assert_eq!(got, expected);
}

#[test]
fn a_plan_tells_what_was_left_out() {
    let dir = faulty();
    let problem = read_problem_with(dir.path(), &SKIPPING).unwrap().problem;
    let plan = routed(&problem, &RouteOptions::default(), None);
    let to = dir.path().join("plan");
    write_plan(&problem, &plan, &to).unwrap();
    let table = fs::read_to_string(to.join("left_out.csv")).unwrap();
    assert_eq!(
        table.lines().take(3).collect::<Vec<_>>(),
        [
            "order_id,code,name,file,line,column,table,row,field,message",
            "date,E206,bad-date,orders.csv,3,15,orders,2,deliver_by,not a date of the form YYYY-MM-DD",
            "cells,E114,cell-count,orders.csv,4,,orders,3,,\"the row has 3 cells, the header has 5\"",
        ]
    );
    assert_eq!(table.lines().count(), 14);
    let summary = fs::read_to_string(to.join("plan.json")).unwrap();
    assert!(summary.contains("\"left_out_orders\": 13"), "{summary}");
    assert_eq!(read_plan(&problem, &to).unwrap().cost, plan.cost);

    let whole = read_problem(crate::doubts::problem(&[]).path()).unwrap().problem;
    let plan = routed(&whole, &RouteOptions::default(), None);
    write_plan(&whole, &plan, &to).unwrap();
    assert!(!to.join("left_out.csv").exists());
}

/// The codes with which reading ends where it leaves orders out.
fn stops(files: &[(&str, &str)], options: &ReadOptions) -> Vec<String> {
    let read = read_problem_with(problem(files).path(), options);
    read.map_err(|e: Error| e.diagnostics().iter().map(|d| format!("{d}")).collect::<Vec<_>>())
        .expect_err("it stops")
}

#[test]
fn what_is_not_of_an_order_still_stops() {
    let two = ("orders.csv", "order_id,country,postcode\no1,FR,75011\no2,FR,75011\n");
    for (what, files, expected) in [
        (
            "a price",
            vec![("rates.csv", "service_id,zone,max_g,price\nstd,z,30000,x\n")],
            "E203 rates.csv:2:13",
        ),
        (
            "a header",
            vec![("orders.csv", "order,country\no1,FR\n")],
            "E113 orders.csv",
        ),
        (
            "a line of nobody",
            vec![
                two,
                (
                    "lines.csv",
                    "order_id,line_id,sku,qty\no1,1,lamp,1\n,1,lamp,1\no2,1,lamp,1\n",
                ),
            ],
            "E201 lines.csv:3:1",
        ),
        (
            "a row whose order is not sure: a comma may have cut its id",
            vec![
                two,
                (
                    "lines.csv",
                    "order_id,line_id,sku,qty\no1,1,lamp,1\no,2,1,lamp,1\no2,1,lamp,1\n",
                ),
            ],
            "E114 lines.csv:3",
        ),
        (
            "a row whose order does not stand first",
            vec![
                two,
                ("lines.csv", "sku,order_id,line_id,qty\nlamp,o1,1,1\nla,mp,o2,1,1\n"),
            ],
            "E114 lines.csv:3",
        ),
        (
            "a quote that swallows what follows",
            vec![
                two,
                ("lines.csv", "order_id,line_id,sku,qty\no1,1,\"lamp,1\no2,1,lamp,1\n"),
            ],
            "E115 lines.csv:2:6",
        ),
        (
            "every order",
            vec![two, ("lines.csv", "order_id,line_id,sku,qty\no1,1,x,1\no2,1,y,1\n")],
            "E301 lines.csv:2:6",
        ),
    ] {
        let list = stops(&files, &SKIPPING);
        assert!(list.iter().any(|d| d.starts_with(expected)), "{what}: {list:?}");
        // All is told that is told otherwise.
        assert_eq!(list, stops(&files, &ReadOptions::default()), "{what}");
    }
}

#[test]
fn strict_leaves_out_orders_with_warnings() {
    let files = [
        (
            "orders.csv",
            "order_id,country,postcode\no1,FR,75011\no2,,75011\no3,FR,75011\n",
        ),
        (
            "lines.csv",
            "order_id,line_id,sku,qty\no1,1,lamp,1\no2,1,lamp,1\no3,1,vase,1\n",
        ),
    ];
    let options = ReadOptions {
        strict: true,
        ..SKIPPING
    };
    let checked = read_problem_with(problem(&files).path(), &options).unwrap();
    assert_eq!(checked.problem.order_ids().iter().collect::<Vec<_>>(), ["o1"]);
    let reasons = |id: &str, at: &str| (id.to_owned(), vec![at.to_owned()]);
    let out: Vec<_> = left(&checked.problem)
        .into_iter()
        .map(|(id, at)| (id.to_owned(), at))
        .collect();
    assert_eq!(
        out,
        [
            reasons("o2", "W515 orders.csv:3:4"),
            reasons("o3", "W517 lines.csv:4:6")
        ]
    );
}

/// Makes a fault in a row.
type Fault = fn(&str) -> String;

/// Faults that leave exactly one order out, each made in one row of a table.
const FAULTS: [(&str, Fault); 5] = [
    ("orders.csv", |row| format!("{row}x\"")),
    ("orders.csv", |row| format!("{row},")),
    ("lines.csv", |row| format!("{row},,")),
    ("lines.csv", |row| row.replacen("SKU", "XXX", 1)),
    ("lines.csv", |row| format!("{row}x\"")),
];

/// What is left is the problem without the orders that were damaged: the same plan, to the byte.
#[test]
fn what_is_left_is_planned_as_if_the_others_had_never_been() {
    let mut random = Random::new(77);
    for seed in 1..=6 {
        let options = GenerateOptions {
            orders: 40,
            nodes: 5,
            seed,
            skus: Some(40),
            ..GenerateOptions::default()
        };
        let dir = tempfile::tempdir().unwrap();
        let [sound, damaged, fewer] = ["sound", "damaged", "fewer"].map(|name| dir.path().join(name));
        for to in [&sound, &damaged, &fewer] {
            write_problem(&generate(&options).unwrap(), to).unwrap();
        }
        let mut bad = BTreeSet::new();
        for (file, fault) in FAULTS {
            let text = fs::read_to_string(damaged.join(file)).unwrap();
            let mut rows: Vec<String> = text.lines().map(str::to_owned).collect();
            let n = 1 + random.below(rows.len() - 1);
            let id = rows[n].split(',').next().unwrap().to_owned();
            let broken = fault(&rows[n]);
            if bad.contains(&id) || broken == rows[n] {
                continue;
            }
            rows[n] = broken;
            bad.insert(id);
            fs::write(damaged.join(file), rows.join("\n") + "\n").unwrap();
        }
        without(&fewer, &bad);
        let skipped = read_problem_with(&damaged, &SKIPPING).unwrap().problem;
        let expected = read_problem(&fewer).unwrap().problem;
        let out: BTreeSet<String> = skipped.left_out().iter().map(|order| order.order.clone()).collect();
        assert_eq!(out, bad, "{seed}");
        let options = RouteOptions {
            work_limit: Some(4_000),
            ..RouteOptions::default()
        };
        for (problem, name) in [(&skipped, "a"), (&expected, "b")] {
            write_plan(problem, &routed(problem, &options, None), &dir.path().join(name)).unwrap();
        }
        for file in ["assignments.csv", "shipments.csv", "unfilled.csv", "prices.csv"] {
            let text = |name: &str| fs::read_to_string(dir.path().join(name).join(file)).unwrap();
            assert_eq!(text("a"), text("b"), "{seed} {file}");
        }
    }
}

/// Takes all rows of some orders out of a problem directory.
fn without(dir: &Path, orders: &BTreeSet<String>) {
    for file in ["orders.csv", "lines.csv", "exclusions.csv", "quotes.csv"] {
        let text = fs::read_to_string(dir.join(file)).unwrap();
        let stays = |row: &&str| !orders.contains(row.split(',').next().unwrap_or_default());
        let rows: Vec<&str> = text.lines().filter(stays).collect();
        fs::write(dir.join(file), rows.join("\n") + "\n").unwrap();
    }
}
