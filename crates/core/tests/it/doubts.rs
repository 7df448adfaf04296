//! What is valid and seldom meant: each case of a few rows gives its warning at its place. And tables that are something else
//! than CSV, told once for what they are.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use clapot::cost::price_shipment;
use clapot::diagnostic::{Diagnostic, Severity};
use clapot::generate::{GenerateOptions, generate};
use clapot::index::{Idx as _, LineIdx, OrderIdx, ServiceIdx};
use clapot::io::{ReadOptions, read_problem, read_problem_with, write_problem};
use clapot::model::Problem;
use clapot::plan::{Carriage, Fill};
use clapot::validate;
use tempfile::TempDir;

use crate::support::tiny::{Shape, draft};

/// A sound problem of one order, with other texts in place of some of its files.
pub(crate) fn problem(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let base = [
        (
            "problem.toml",
            "format = 1\nname = \"case\"\ncurrency = \"EUR\"\nnow = \"2026-03-02T09:00:00+01:00\"\ntimezone = \"Europe/Paris\"\n\n\
             [objective]\nsplit_penalty = \"0\"\nlate_penalty_per_day = \"0\"\nunfilled_penalty = \"50\"\n",
        ),
        ("items.csv", "sku,weight_g\nlamp,500\nvase,800\n"),
        ("nodes.csv", "node_id\nA\nB\n"),
        ("stock.csv", "node_id,sku,on_hand\nA,lamp,1\nB,lamp,1\n"),
        ("orders.csv", "order_id,country,postcode\no1,FR,75011\n"),
        ("lines.csv", "order_id,line_id,sku,qty\no1,1,lamp,1\n"),
        ("services.csv", "service_id,days\nstd,12345\n"),
        (
            "lanes.csv",
            "service_id,node_id,country,zone,transit_days\nstd,*,FR,z,2\n",
        ),
        ("rates.csv", "service_id,zone,max_g,price\nstd,z,30000,5.00\n"),
    ];
    for (file, text) in base.iter().chain(files) {
        fs::write(dir.path().join(file), text).unwrap();
    }
    dir
}

/// All that reading a problem reports.
fn found(dir: &Path) -> Vec<Diagnostic> {
    read_problem(dir).map_or_else(|e| e.diagnostics().to_vec(), |checked| checked.warnings)
}

/// Each as `W507 lanes.csv:2:11 zone`.
fn shown(list: &[Diagnostic]) -> Vec<String> {
    let one = |d: &Diagnostic| {
        let at = d.location.as_ref().map(ToString::to_string).unwrap_or_default();
        let more = if d.more > 0 {
            format!(" +{}", d.more)
        } else {
            String::new()
        };
        format!("{} {at} {}{more}", d.code.id(), d.field.unwrap_or("-"))
    };
    list.iter().map(one).collect()
}

#[test]
fn a_sound_problem_has_no_warning() {
    assert_eq!(found(problem(&[]).path()), []);
}

/// A name, the files that differ from the sound problem, and the warnings with their places.
type Case = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

#[test]
fn every_case_is_told_at_its_place() {
    let cases: &[Case] = &[
        (
            "a zone with a blank in the rates",
            &[
                (
                    "lanes.csv",
                    "service_id,node_id,country,zone,transit_days\ncheap,*,FR,Z1,2\nexpress,*,FR,Z1,1\n",
                ),
                (
                    "rates.csv",
                    "service_id,zone,max_g,price\ncheap,Z1 ,30000,5\nexpress,Z1,30000,15\n",
                ),
                (
                    "services.csv",
                    "service_id,days\ncheap,12345\nexpress,12345\nunused,12345\n",
                ),
            ],
            &[
                "W509 services.csv:4:1 service_id",
                "W507 lanes.csv:2:12 zone",
                "W510 rates.csv:2:7 zone",
                "W508 rates.csv:2:7 zone",
            ],
        ),
        (
            "a zone without rates",
            &[("rates.csv", "service_id,zone,max_g,price\nstd,Zone1,30000,5\n")],
            &[
                "W517 lines.csv:2:1 order_id",
                "W507 lanes.csv:2:10 zone",
                "W508 rates.csv:2:5 zone",
            ],
        ),
        (
            "a zone that is not served on purpose",
            &[(
                "lanes.csv",
                "service_id,node_id,country,postcode_prefix,zone,transit_days\nstd,*,FR,,z,2\nstd,*,FR,20,-,2\n",
            )],
            &[],
        ),
        (
            "a service without lanes",
            &[("lanes.csv", "service_id,node_id,country,zone,transit_days\n")],
            &[
                "W516 orders.csv:2:4 country",
                "W509 services.csv:2:1 service_id",
                "W508 rates.csv:2:5 zone",
            ],
        ),
        (
            "the word NULL as a zone",
            &[
                (
                    "lanes.csv",
                    "service_id,node_id,country,zone,transit_days\nstd,*,FR,NULL,2\n",
                ),
                ("rates.csv", "service_id,zone,max_g,price\nstd,,30000,5\n"),
            ],
            &[
                "W517 lines.csv:2:1 order_id",
                "W511 lanes.csv:2:10 zone",
                "W507 lanes.csv:2:10 zone",
                "W508 rates.csv:2:5 zone",
            ],
        ),
        (
            "postcodes of France as a spreadsheet leaves them",
            &[
                (
                    "orders.csv",
                    "order_id,country,postcode\najaccio,FR,20000\nbastia,FR,20200\nbourg,FR,01000\nbourg-eaten,FR,1000\n\
                     gap-eaten,FR,5000\ncedex,FR,75380 CEDEX 08\nf-prefix,FR,F-20000\nreunion,RE,97400\n\
                     country-name,France,75011\nlower,fr,75011\nnone,,75011\n",
                ),
                (
                    "lines.csv",
                    "order_id,line_id,sku,qty\najaccio,1,lamp,1\nbastia,1,lamp,1\nbourg,1,lamp,1\nbourg-eaten,1,lamp,1\n\
                     gap-eaten,1,lamp,1\ncedex,1,lamp,1\nf-prefix,1,lamp,1\nreunion,1,lamp,1\ncountry-name,1,lamp,1\n\
                     lower,1,lamp,1\nnone,1,lamp,1\n",
                ),
            ],
            &[
                "W513 orders.csv:5:16 postcode",
                "W513 orders.csv:6:14 postcode",
                "W514 orders.csv:8:13 postcode",
                "W516 orders.csv:9:9 country",
                "W505 orders.csv:10:14 country",
                "W516 orders.csv:10:14 country",
                "W505 orders.csv:11:7 country",
                "W516 orders.csv:11:7 country",
                "W515 orders.csv:12:6 country",
            ],
        ),
        (
            "SKUs that differ by case",
            &[
                ("items.csv", "sku,weight_g\nlamp,500\nLamp,500\n"),
                ("stock.csv", "node_id,sku,on_hand\nA,lamp,1\nB,Lamp,9\n"),
            ],
            &["W512 items.csv:3:1 sku"],
        ),
        (
            "a SKU with a blank",
            &[("items.csv", "sku,weight_g\nlamp ,500\nvase,800\n")],
            &[
                "E301 lines.csv:2:6 sku",
                "W510 items.csv:2:1 sku",
                "W522 stock.csv:2:3 sku",
                "W522 stock.csv:3:3 sku",
            ],
        ),
        (
            "stock that is owed beside a receipt",
            &[(
                "stock.csv",
                "node_id,sku,on_hand,reserved,available_from\nA,lamp,2,6,\nA,lamp,10,0,2026-03-05\n",
            )],
            &["W520 stock.csv:2:10 reserved"],
        ),
        (
            "parcels that whole units cannot fill",
            &[
                ("items.csv", "sku,weight_g\nx,16000\ny,18000\nz,5000\n"),
                ("stock.csv", "node_id,sku,on_hand\nA,x,9\nA,y,9\nA,z,9\n"),
                ("lines.csv", "order_id,line_id,sku,qty\no1,1,x,1\no1,2,y,1\no1,3,z,1\n"),
                ("services.csv", "service_id,days,max_parcel_g\nstd,12345,20000\n"),
            ],
            &["W521 orders.csv:2:1 order_id"],
        ),
        (
            "ids that a spreadsheet rounded",
            &[
                ("orders.csv", "order_id,country,postcode\n3.76E+12,FR,75011\n"),
                ("lines.csv", "order_id,line_id,sku,qty\n3.76E+12,1,lamp,1\n"),
            ],
            &["W519 orders.csv:2:1 order_id"],
        ),
        (
            "a promised date that has passed",
            &[(
                "orders.csv",
                "order_id,country,postcode,deliver_by\no1,FR,75011,2026-03-01\n",
            )],
            &["W518 orders.csv:2:13 deliver_by"],
        ),
        (
            "rows of commas",
            &[
                ("orders.csv", "order_id,country,postcode\no1,FR,75011\n,,\n,,\n"),
                ("lines.csv", "order_id,line_id,sku,qty\n,,,\no1,1,lamp,1\n"),
            ],
            &["W523 orders.csv:3 - +1", "W523 lines.csv:2 -"],
        ),
        (
            "truth as Python writes it",
            &[(
                "orders.csv",
                "order_id,country,postcode,ship_complete\no1,FR,75011,True\n",
            )],
            &[],
        ),
        (
            "truth as Excel writes it",
            &[(
                "orders.csv",
                "order_id,country,postcode,ship_complete\no1,FR,75011,FALSE\n",
            )],
            &[],
        ),
    ];
    for (name, files, expected) in cases {
        assert_eq!(shown(&found(problem(files).path())), *expected, "{name}");
    }
}

#[test]
fn a_missed_id_is_told_with_what_was_meant() {
    let message = |files: &[(&str, &str)], code: &str| {
        let list = found(problem(files).path());
        list.iter()
            .find(|d| d.code.id() == code)
            .unwrap_or_else(|| panic!("{list:?}"))
            .message
            .clone()
    };
    let items = [("items.csv", "sku,weight_g\nlamp ,500\n")];
    assert_eq!(
        message(&items, "E301"),
        "there is no SKU `lamp`; did you mean `lamp ` (with a blank at its end)?"
    );
    let lines = [("lines.csv", "order_id,line_id,sku,qty\no1,1,LAMP,1\n")];
    assert_eq!(message(&lines, "E301"), "there is no SKU `LAMP`; did you mean `lamp`?");
    let lines = [("lines.csv", "order_id,line_id,sku,qty\no1,1,sofa,1\n")];
    assert_eq!(message(&lines, "E301"), "there is no SKU `sofa`");
    let lanes = [("rates.csv", "service_id,zone,max_g,price\nstd,Z,30000,5.00\n")];
    assert_eq!(
        message(&lanes, "W507"),
        "service `std` has no rates in zone `z`; did you mean `Z`?"
    );
}

#[test]
fn a_table_that_is_no_csv_is_one_error() {
    let dir = problem(&[
        ("items.csv", "sku;weight_g\nlamp;500\nvase;800\n"),
        (
            "lanes.csv",
            "service_id;node_id;country;zone;transit_days\nstd;*;FR;z;2\n",
        ),
        ("lines.csv", "order_id;line_id;sku;qty\no1;1;lamp;1\n"),
        ("orders.csv", "order_id\tcountry\tpostcode\no1\tFR\t75011\n"),
        ("rates.csv", "sep=;\nservice_id;zone;max_g;price\nstd;z;30000;5.00\n"),
        ("services.csv", "PK\u{3}\u{4} and so on"),
        ("stock.csv", "node_id;sku;on_hand\nA;lamp;1\n"),
    ]);
    let list = found(dir.path());
    let expected = ["items", "stock", "orders", "lines", "services", "lanes", "rates"];
    let expected: Vec<_> = expected.iter().map(|table| format!("{table}.csv")).collect();
    let places: Vec<_> = list.iter().map(|d| d.location.as_ref().unwrap().to_string()).collect();
    assert_eq!(places, expected);
    assert_eq!(list[0].message, "cells are parted by semicolons, not by commas");

    let dir = problem(&[]);
    let utf16: Vec<u8> = "\u{feff}order_id,country\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(dir.path().join("orders.csv"), utf16).unwrap();
    assert_eq!(shown(&found(dir.path())), ["E110 orders.csv -"]);
}

#[test]
fn a_folder_of_parts_is_told_for_what_it_is() {
    let dir = problem(&[]);
    fs::remove_file(dir.path().join("orders.csv")).unwrap();
    fs::create_dir(dir.path().join("orders.parquet")).unwrap();
    fs::write(dir.path().join("orders.parquet/part-0.parquet"), "PAR1").unwrap();
    let list = found(dir.path());
    assert_eq!(shown(&list), ["E102 orders.parquet -"]);
    assert!(list[0].message.contains("folder"), "{list:?}");
}

/// Many equal warnings are three and a number, however many pieces the file is read in, and at any number of threads.
#[test]
fn many_equal_warnings_are_few_lines() {
    let mut orders = "order_id,country,postcode\n".to_owned();
    let mut lines = "order_id,line_id,sku,qty\n".to_owned();
    for n in 0..60_000 {
        let country = ["", "FR", "fr"][n % 3];
        let blank = if n % 2 == 0 { ",,\n" } else { "" };
        write!(orders, "o{n},{country},75011\n{blank}").unwrap();
        writeln!(lines, "o{n},1,lamp,{}", 1 + n % 2).unwrap();
    }
    let dir = problem(&[("orders.csv", &orders), ("lines.csv", &lines)]);
    for threads in [1, 3] {
        let options = ReadOptions {
            threads,
            ..ReadOptions::default()
        };
        let list = read_problem_with(dir.path(), &options).unwrap().warnings;
        assert_eq!(
            shown(&list),
            [
                "W515 orders.csv:2:4 country",
                "W523 orders.csv:3 - +29999",
                "W505 orders.csv:5:4 country",
                "W516 orders.csv:5:4 country +19999",
                "W515 orders.csv:7:4 country",
                "W515 orders.csv:11:4 country +19997",
                // Of the orders to FR every other one asks for two.
                "W517 lines.csv:3:11 qty",
                "W517 lines.csv:9:11 qty",
                "W517 lines.csv:15:12 qty +9997",
            ],
            "{threads}"
        );
    }
}

#[test]
fn strict_makes_errors_of_warnings() {
    let dir = problem(&[(
        "rates.csv",
        "service_id,zone,max_g,price\nstd,z,30000,5.00\nstd,y,30000,5.00\n",
    )]);
    assert_eq!(shown(&found(dir.path())), ["W508 rates.csv:3:5 zone"]);
    let strict = ReadOptions {
        strict: true,
        ..ReadOptions::default()
    };
    let error = read_problem_with(dir.path(), &strict).unwrap_err();
    assert_eq!(shown(error.diagnostics()), ["W508 rates.csv:3:5 zone"]);
    assert!(error.diagnostics().iter().all(|d| d.severity == Severity::Error));
    assert!(read_problem_with(problem(&[]).path(), &strict).is_ok());
}

/// What the generator makes has its own shortages, and none of the faults of files.
#[test]
fn a_generated_problem_has_no_warning_of_its_tables() {
    for (plain, seed) in [(false, 1), (false, 2), (true, 3)] {
        let options = GenerateOptions {
            orders: 300,
            nodes: 8,
            seed,
            plain,
            ..GenerateOptions::default()
        };
        let dir = tempfile::tempdir().unwrap();
        write_problem(&generate(&options).unwrap(), &dir.path().join("p")).unwrap();
        let list = found(&dir.path().join("p"));
        let own = ["W517", "W521"];
        assert!(list.iter().all(|d| own.contains(&d.code.id())), "{list:?}");
    }
}

/// Whether a node could ship a line if nothing else were ordered, by the definition of cost.
fn can_be_shipped(problem: &Problem, line: LineIdx) -> bool {
    let wanted = &problem.lines()[line];
    let order = &problem.orders()[wanted.order];
    let qty = if wanted.divisible { 1 } else { wanted.qty };
    let fills = [Fill { line, qty }];
    let travels = |node, carriage| price_shipment(problem, wanted.order, node, carriage, &fills).is_ok();
    problem.nodes().indices().any(|node| {
        let may = wanted.pin.is_none_or(|pin| pin == node) && !problem.is_excluded(line, node);
        may && problem.available(node, wanted.sku) >= qty
            && if let Some(pickup) = order.pickup_node {
                pickup == node && travels(node, Carriage::Pickup)
            } else {
                let mut services = (0..problem.service_ids().len()).map(|n| Carriage::Service(ServiceIdx::new(n)));
                problem.nodes()[node].ships && services.any(|service| travels(node, service))
            }
    })
}

/// Against all nodes and services, on problems made of odd corners.
#[test]
fn a_line_is_told_where_no_node_can_ship_it() {
    let mut told = 0;
    for seed in 0..3_000 {
        let shape = Shape {
            divisible: seed % 2 == 0,
            tight: seed % 3 == 0,
            dated: seed % 5 == 0,
            units: None,
        };
        let checked = validate::check(draft(seed, shape)).unwrap();
        let problem = &checked.problem;
        let reached = |order: &clapot::model::Order, index: OrderIdx| {
            let country = problem.destinations()[order.destination].country;
            let mut lanes = problem.services().indices().flat_map(|s| problem.lanes_of(s));
            order.pickup_node.is_some() || !problem.quotes_of(index).is_empty() || lanes.any(|l| l.country == country)
        };
        let mut expected: BTreeMap<&str, u64> = BTreeMap::new();
        for (index, order) in problem
            .orders()
            .iter_enumerated()
            .filter(|(index, order)| reached(order, *index))
        {
            let lines = order.lines().filter(|&line| !can_be_shipped(problem, line)).count() as u64;
            if lines > 0 {
                expected.insert(problem.order_id(index), lines);
            }
        }
        let list: Vec<_> = checked.warnings.iter().filter(|d| d.code.id() == "W517").collect();
        let number: u64 = list.iter().map(|d| 1 + d.more).sum();
        assert_eq!(number, expected.values().sum::<u64>(), "{seed}: {list:?}");
        assert!(
            list.iter().all(|d| expected.contains_key(d.order.as_deref().unwrap())),
            "{seed}: {list:?}"
        );
        told += number;
    }
    assert!(told > 1_000, "{told}");
}
