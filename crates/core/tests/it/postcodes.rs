//! The table `postcodes` fills the coordinates that orders and nodes do not give, as if they had been written; and a method that
//! goes by distance says where it does not know it.

use std::fs;

use clapot::io::{TableFormat, locate_diagnostics, read_draft, read_problem, write_plan, write_problem_as};
use clapot::{Method, Policy, RouteOptions, method_doubts};

use crate::doubts::problem;
use crate::support::files::repository;
use crate::support::judge::routed;

const STOCK: (&str, &str) = (
    "stock.csv",
    "node_id,sku,on_hand\nparis,lamp,9\nlyon,lamp,9\nnice,lamp,9\n",
);
const LINES: (&str, &str) = (
    "lines.csv",
    "order_id,line_id,sku,qty\no1,1,lamp,1\no2,1,lamp,1\no3,1,lamp,1\n",
);
/// Lanes with a distance: 5 within 100 km, else 9.
const LANES: (&str, &str) = (
    "lanes.csv",
    "service_id,node_id,country,max_km,zone,transit_days\nstd,*,FR,100,near,1\nstd,*,FR,,far,2\n",
);
const RATES: (&str, &str) = (
    "rates.csv",
    "service_id,zone,max_g,price\nstd,near,30000,5\nstd,far,30000,9\n",
);

/// With nodes and orders without coordinates, and the table.
fn filled() -> tempfile::TempDir {
    problem(&[
        STOCK,
        LINES,
        LANES,
        RATES,
        (
            "nodes.csv",
            "node_id,country,postcode,lat,lon\nparis,FR,75011,48.86,2.35\nlyon,FR,69002,,\nnice,FR,06000,,\n",
        ),
        (
            "orders.csv",
            "order_id,country,postcode,lat,lon\no1,FR,69100,,\no2,FR,06100,,\no3,FR,06400,48.85,2.34\n",
        ),
        (
            "postcodes.csv",
            "country,prefix,lat,lon\nFR,,47,2\nFR,69,45.76,4.84\nFR,06,44,7\nFR,0610,43.71,7.26\nFR,0600,43.7,7.25\nMC,06,0,0\n",
        ),
    ])
}

/// The same with the coordinates written out.
fn written() -> tempfile::TempDir {
    problem(&[
        STOCK,
        LINES,
        LANES,
        RATES,
        (
            "nodes.csv",
            "node_id,country,postcode,lat,lon\nparis,FR,75011,48.86,2.35\nlyon,FR,69002,45.76,4.84\nnice,FR,06000,43.7,7.25\n",
        ),
        (
            "orders.csv",
            "order_id,country,postcode,lat,lon\no1,FR,69100,45.76,4.84\no2,FR,06100,43.71,7.26\no3,FR,06400,48.85,2.34\n",
        ),
    ])
}

#[test]
fn what_is_filled_is_as_if_it_had_been_written() {
    let (a, b) = (filled(), written());
    for method in ["auto", "distance", "fewest-splits", "priority"] {
        let options = RouteOptions {
            method: method.parse().unwrap(),
            ..RouteOptions::default()
        };
        for dir in [&a, &b] {
            let problem = read_problem(dir.path()).unwrap().problem;
            assert_eq!(method_doubts(&problem, options.method), []);
            write_plan(&problem, &routed(&problem, &options, None), &dir.path().join(method)).unwrap();
        }
        for file in ["assignments.csv", "shipments.csv"] {
            let text = |dir: &tempfile::TempDir| fs::read_to_string(dir.path().join(method).join(file)).unwrap();
            assert_eq!(text(&a), text(&b), "{method} {file}");
        }
    }
    // Each order from its own town, within 100 km.
    let problem = read_problem(a.path()).unwrap().problem;
    let plan = routed(&problem, &RouteOptions::default(), None);
    assert_eq!(plan.cost.total().to_string(), "15.0000");
}

#[test]
fn the_table_is_written_and_read_again() {
    let dir = filled();
    let (draft, _) = read_draft(dir.path()).unwrap();
    let total = |dir: &std::path::Path| {
        let problem = read_problem(dir).unwrap().problem;
        routed(&problem, &RouteOptions::default(), None).cost.total()
    };
    for format in TableFormat::ALL {
        if format == TableFormat::Parquet && cfg!(not(feature = "parquet")) {
            continue;
        }
        let to = dir.path().join(format.as_str());
        write_problem_as(&draft, &to, format).unwrap();
        assert!(to.join(format!("postcodes.{format}")).exists());
        assert_eq!(total(&to), total(dir.path()), "{format}");
    }
    // A problem without the table is written without it.
    let (draft, _) = read_draft(written().path()).unwrap();
    let to = dir.path().join("without");
    write_problem_as(&draft, &to, TableFormat::Csv).unwrap();
    assert!(!to.join("postcodes.csv").exists());
}

#[test]
fn a_method_that_goes_by_distance_says_where_it_does_not_know_it() {
    let dir = filled();
    fs::remove_file(dir.path().join("postcodes.csv")).unwrap();
    let problem = read_problem(dir.path()).unwrap().problem;
    let told = |policy| {
        let mut list = method_doubts(&problem, Method::Policy(policy));
        locate_diagnostics(dir.path(), &mut list);
        let places = list
            .iter()
            .map(|d| format!("{} {}", d.code.id(), d.location.as_ref().unwrap()));
        places.collect::<Vec<_>>()
    };
    let expected = [
        "W524 nodes.csv:3:15",
        "W524 nodes.csv:4:15",
        "W524 orders.csv:2:13",
        "W524 orders.csv:3:13",
    ];
    assert_eq!(told(Policy::Distance), expected);
    assert_eq!(told(Policy::FewestSplits), expected);
    assert!(told(Policy::Priority).is_empty() && told(Policy::Cheapest).is_empty());
    assert_eq!(method_doubts(&problem, Method::Auto), []);

    let every = read_problem(&repository("fixtures/problems/b2c-every-rule"))
        .unwrap()
        .problem;
    let list = method_doubts(&every, Method::Policy(Policy::Distance));
    let without = every.orders().iter().filter(|order| order.pickup_node.is_none());
    let without = without
        .filter(|order| every.destinations()[order.destination].place.is_none())
        .count();
    let orders = list
        .iter()
        .filter(|d| d.table == "orders")
        .map(|d| 1 + d.more)
        .sum::<u64>();
    assert_eq!(orders, without as u64);
    assert!(without > 0);
}
