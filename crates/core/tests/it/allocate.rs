//! The allocator against brute force on tiny problems of every rule, and what must hold of every run: valid plans, bounds
//! below the optimum, the same plan at any number of threads, and a plan whenever it is stopped.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clapot::allocate::policy::Policy;
use clapot::generate::{GenerateOptions, Profile, generate};
use clapot::io::{read_problem, write_problem};
use clapot::model::{Draft, NodeInput, Problem, StockInput};
use clapot::plan::{LimitReached, RoutingPlan, Status};
use clapot::quantity::Money;
use clapot::solve::{Method, RouteOptions};
use clapot::validate;
use tempfile::TempDir;

use crate::support::files::repository;
use crate::support::guess::shape;
use crate::support::judge::routed;
use crate::support::oracle;
use crate::support::random::Random;
use crate::support::tiny::{self, Shape};

const COMBINATIONS: u128 = 200_000;

/// A run on one thread, verified.
fn run(problem: &Problem, method: Method) -> RoutingPlan {
    routed(
        problem,
        &RouteOptions {
            method,
            threads: 1,
            ..RouteOptions::default()
        },
        None,
    )
}

fn total(plan: &RoutingPlan) -> i128 {
    plan.cost.total().ten_thousandths().into()
}

/// The rules of the format that a problem uses.
fn rules(problem: &Problem) -> Vec<&'static str> {
    let (nodes, lines, orders) = (problem.nodes(), problem.lines(), problem.orders());
    let quotes = || orders.indices().flat_map(|o| problem.quotes_of(o));
    let repeats = orders.iter().any(|o| {
        let skus: Vec<_> = o.lines().map(|l| lines[l].sku).collect();
        (1..skus.len()).any(|i| skus[..i].contains(&skus[i]))
    });
    [
        (
            "max_shipments of a node",
            nodes.iter().any(|n| n.max_shipments.is_some()),
        ),
        ("max_lines", nodes.iter().any(|n| n.max_lines.is_some())),
        ("max_units", nodes.iter().any(|n| n.max_units.is_some())),
        ("ships", nodes.iter().any(|n| !n.ships)),
        ("pickup", orders.iter().any(|o| o.pickup_node.is_some())),
        ("ship_complete", orders.iter().any(|o| o.ship_complete)),
        (
            "max_shipments of an order",
            orders.iter().any(|o| o.max_shipments.is_some()),
        ),
        ("deliver_by", orders.iter().any(|o| o.deliver_by.is_some())),
        ("pin", lines.iter().any(|l| l.pin.is_some())),
        ("group", lines.iter().any(|l| l.group.is_some())),
        ("divisible", lines.iter().any(|l| l.divisible && l.qty > 1)),
        ("repeated SKU", repeats),
        ("order exclusion", !problem.order_exclusions().is_empty()),
        ("line exclusion", !problem.line_exclusions().is_empty()),
        ("quote", quotes().next().is_some()),
        ("workload", quotes().any(|q| q.workload > 1)),
    ]
    .into_iter()
    .filter_map(|(rule, used)| used.then_some(rule))
    .collect()
}

/// What a plan shows.
fn features(plan: &RoutingPlan) -> Vec<&'static str> {
    [
        ("split", plan.cost.split > Money::ZERO),
        ("late", plan.cost.late > Money::ZERO),
        ("unfilled", plan.cost.unfilled > Money::ZERO),
        ("priced", plan.prices != clapot::plan::ShadowPrices::default()),
        ("gap of the bound", plan.outcome.bound < plan.cost.total()),
    ]
    .into_iter()
    .filter_map(|(feature, shown)| shown.then_some(feature))
    .collect()
}

#[test]
fn exact_equals_brute_force_and_nothing_is_below_it() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut solved, mut best_by_auto) = (0, 0);
    for seed in 0..420 {
        let problem = tiny::problem(seed, shape(seed));
        let Some((_, optimum)) = oracle::optimum(&problem, COMBINATIONS) else {
            continue;
        };
        solved += 1;
        let exact = run(&problem, Method::Exact);
        assert_eq!(total(&exact), optimum, "seed {seed}: exact");
        assert_eq!(exact.outcome.status, Status::Optimal, "seed {seed}");
        for feature in rules(&problem).into_iter().chain(features(&exact)) {
            *seen.entry(feature).or_default() += 1;
        }
        for method in Method::ALL {
            let plan = run(&problem, method);
            let bound = i128::from(plan.outcome.bound.ten_thousandths());
            assert!(
                bound <= optimum,
                "seed {seed}, {}: bound {bound} above {optimum}",
                method.as_str()
            );
            assert!(
                total(&plan) >= optimum,
                "seed {seed}, {}: below {optimum}",
                method.as_str()
            );
            if plan.outcome.status == Status::Optimal {
                assert_eq!(
                    total(&plan),
                    optimum,
                    "seed {seed}, {}: called optimal",
                    method.as_str()
                );
            }
            best_by_auto += usize::from(method == Method::Auto && total(&plan) == optimum);
        }
    }
    assert!(solved >= 300, "only {solved} solved");
    assert!(
        best_by_auto * 10 >= solved * 9,
        "auto found {best_by_auto} optima of {solved}"
    );
    let rare: Vec<_> = seen.iter().filter(|(_, n)| **n < 5).collect();
    assert!(seen.len() == 21 && rare.is_empty(), "rules that hardly occur: {seen:?}");
}

fn problem_of(options: &GenerateOptions) -> Problem {
    validate::check(generate(options).unwrap())
        .unwrap_or_else(|e| panic!("{e:?}"))
        .problem
}

fn households() -> Problem {
    let options = GenerateOptions {
        orders: 400,
        nodes: 8,
        seed: 3,
        ..GenerateOptions::default()
    };
    problem_of(&options)
}

fn businesses() -> Problem {
    let options = GenerateOptions {
        orders: 60,
        nodes: 6,
        seed: 4,
        profile: Profile::B2b,
        ..GenerateOptions::default()
    };
    problem_of(&options)
}

#[test]
fn under_a_work_limit_the_plan_is_the_same_at_any_number_of_threads() {
    for (name, problem, work) in [("b2c", households(), 150_000), ("b2b", businesses(), 20_000)] {
        for method in [Method::Auto, Method::Policy(Policy::Cheapest)] {
            let plan = |threads| {
                let options = RouteOptions {
                    method,
                    work_limit: Some(work),
                    threads,
                    ..RouteOptions::default()
                };
                let mut plan = routed(&problem, &options, None);
                plan.outcome.seconds = 0.0;
                plan
            };
            let one = plan(1);
            for threads in [1, 2, 4] {
                assert!(
                    plan(threads) == one,
                    "{name}, {}: another plan at {threads} threads",
                    method.as_str()
                );
            }
        }
    }
}

/// So many orders that no model holds them all: models around those that are served badly.
#[test]
fn with_thousands_of_orders_the_plan_is_the_same_at_any_number_of_threads() {
    let problem = problem_of(&GenerateOptions {
        orders: 3000,
        nodes: 10,
        seed: 5,
        ..GenerateOptions::default()
    });
    let plan = |threads| {
        let options = RouteOptions {
            work_limit: Some(400_000),
            threads,
            ..RouteOptions::default()
        };
        let mut plan = routed(&problem, &options, None);
        plan.outcome.seconds = 0.0;
        plan
    };
    let one = plan(1);
    assert!(plan(2) == one && plan(4) == one);
}

#[test]
fn whenever_it_is_stopped_there_is_a_valid_plan() {
    let problems = [
        ("tiny", tiny::problem(4, shape(4))),
        ("b2c", households()),
        ("b2b", businesses()),
    ];
    let stopped = AtomicBool::new(true);
    let options = RouteOptions::default();
    for (name, problem) in &problems {
        for method in Method::ALL {
            let what = format!("{name}, {}", method.as_str());
            let plan = routed(problem, &RouteOptions { method, ..options }, Some(&stopped));
            assert_eq!(plan.outcome.limit, Some(LimitReached::Interrupted), "{what}");
            let plan = routed(
                problem,
                &RouteOptions {
                    method,
                    work_limit: Some(1),
                    ..options
                },
                None,
            );
            assert_eq!(plan.outcome.limit, Some(LimitReached::Work), "{what}");
            let limit = Some(Duration::from_millis(1));
            routed(
                problem,
                &RouteOptions {
                    method,
                    time_limit: limit,
                    ..options
                },
                None,
            );
        }
    }
}

/// The optimum of a problem by the exact method, proved.
fn best(problem: &Problem, what: &str) -> i128 {
    let plan = run(problem, Method::Exact);
    assert_eq!(plan.outcome.status, Status::Optimal, "{what}");
    total(&plan)
}

/// A draft as files, to be changed cell by cell.
fn files_of(draft: &Draft) -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    write_problem(draft, &scratch.path().join("problem")).unwrap();
    scratch
}

fn problem_in(scratch: &TempDir) -> Problem {
    read_problem(&scratch.path().join("problem"))
        .unwrap_or_else(|e| panic!("{e}"))
        .problem
}

/// Changes cells of a table: `change(row, column, cell)`. No cell of a tiny problem needs quotes.
fn change_cells(scratch: &TempDir, table: &str, mut change: impl FnMut(usize, &str, &str) -> Option<String>) {
    let path = scratch.path().join("problem").join(format!("{table}.csv"));
    let Ok(text) = fs::read_to_string(&path) else { return };
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut out = vec![header.join(",")];
    for (row, line) in lines.enumerate() {
        let cells = header.iter().zip(line.split(','));
        let changed: Vec<String> = cells
            .map(|(c, cell)| change(row, c, cell).unwrap_or_else(|| cell.to_owned()))
            .collect();
        out.push(changed.join(","));
    }
    fs::write(path, out.join("\n") + "\n").unwrap();
}

/// Seeds of their own, apart from those that brute force has looked at.
const CHANGED: std::ops::Range<u64> = 5000..5060;

#[test]
fn more_stock_is_never_dearer() {
    let mut cheaper = 0;
    for seed in CHANGED.start..CHANGED.end + 30 {
        let draft = tiny::draft(
            seed,
            Shape {
                tight: true,
                ..shape(seed)
            },
        );
        let scratch = files_of(&draft);
        let before = best(&problem_in(&scratch), &format!("seed {seed}"));
        let rows = problem_in(&scratch).stock().len();
        for more in 0..rows {
            let scratch = files_of(&draft);
            change_cells(&scratch, "stock", |row, column, cell| {
                let on_hand: i64 = (row == more && column == "on_hand").then(|| cell.parse().unwrap())?;
                Some((on_hand + 1).to_string())
            });
            let after = best(&problem_in(&scratch), &format!("seed {seed}, more in row {more}"));
            assert!(
                after <= before,
                "seed {seed}: {before}, with a unit more in row {more} {after}"
            );
            cheaper += usize::from(after < before);
        }
    }
    assert!(cheaper > 20, "stock mattered {cheaper} times");
}

#[test]
fn a_node_that_neither_ships_nor_hands_out_changes_nothing() {
    let mut stocked = 0;
    for seed in CHANGED {
        let draft = || tiny::draft(seed, shape(seed));
        let before = best(&problem_in(&files_of(&draft())), &format!("seed {seed}"));
        let mut more = draft();
        more.node(NodeInput {
            ships: false,
            pickup: false,
            ..NodeInput::new("closed")
        });
        let without = problem_in(&files_of(&draft()));
        for sku in without.sku_ids().iter() {
            let row = StockInput {
                node_id: "closed",
                sku,
                on_hand: 9,
                reserved: 0,
                safety: 0,
                available_from: None,
            };
            more.stock(row);
            stocked += 1;
        }
        let after = best(&problem_in(&files_of(&more)), &format!("seed {seed}, closed node"));
        assert_eq!(before, after, "seed {seed}");
    }
    assert!(stocked > 0);
}

/// Every amount of money of a problem times `by`. Fuel surcharges, which are rounded, are taken out first.
fn scale_money(scratch: &TempDir, by: i64) {
    let times = |cell: &str| {
        let amount: Money = cell.parse().ok()?;
        Some((amount * by).to_string())
    };
    for table in ["nodes", "lines", "rates", "quotes", "services"] {
        change_cells(scratch, table, |_, column, cell| match column {
            "fuel_pct" => Some("0".to_owned()),
            "shipment_cost" | "line_cost" | "unit_cost" | "unfilled_penalty" | "price" | "per_kg" => times(cell),
            _ => None,
        });
    }
    let path = scratch.path().join("problem/problem.toml");
    let text = fs::read_to_string(&path).unwrap();
    let mut scaled = 0;
    let mut out: Vec<String> = Vec::new();
    for line in text.lines() {
        let amount = line.split_once(" = ").filter(|(key, _)| key.contains("penalty"));
        match amount.and_then(|(key, cell)| Some((key, times(cell.trim_matches('"'))?))) {
            Some((key, amount)) => {
                scaled += 1;
                out.push(format!("{key} = \"{amount}\""));
            }
            None => out.push(line.to_owned()),
        }
    }
    assert_eq!(scaled, 3, "{text}");
    fs::write(path, out.join("\n") + "\n").unwrap();
}

#[test]
fn twice_the_prices_are_twice_the_cost() {
    for seed in CHANGED {
        let draft = tiny::draft(seed, shape(seed));
        let cost = |by| {
            let scratch = files_of(&draft);
            scale_money(&scratch, by);
            best(&problem_in(&scratch), &format!("seed {seed}, money times {by}"))
        };
        assert_eq!(2 * cost(1), cost(2), "seed {seed}");
    }
}

/// The rows of a table in random order.
fn shuffle_rows(scratch: &TempDir, table: &str, random: &mut Random) {
    let path = scratch.path().join("problem").join(format!("{table}.csv"));
    let Ok(text) = fs::read_to_string(&path) else { return };
    let mut lines: Vec<&str> = text.lines().collect();
    for at in (2..lines.len()).rev() {
        lines.swap(at, 1 + random.below(at));
    }
    fs::write(path, lines.join("\n") + "\n").unwrap();
}

#[test]
fn the_order_of_the_rows_does_not_matter_to_the_optimum() {
    for seed in CHANGED {
        let scratch = files_of(&tiny::draft(seed, shape(seed)));
        let before = best(&problem_in(&scratch), &format!("seed {seed}"));
        let mut random = Random::new(seed);
        // Not the lanes: between equal lanes their order decides, by the rules of the format.
        for table in [
            "nodes",
            "items",
            "stock",
            "orders",
            "lines",
            "exclusions",
            "services",
            "rates",
            "quotes",
        ] {
            shuffle_rows(&scratch, table, &mut random);
        }
        let after = best(&problem_in(&scratch), &format!("seed {seed}, shuffled"));
        assert_eq!(before, after, "seed {seed}");
    }
}

/// The optima that `fixtures/README.md` states: name and total, empty where it is not known.
fn stated_optima() -> Vec<(String, String)> {
    let readme = fs::read_to_string(repository("fixtures/README.md")).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let name = cells[0].strip_prefix('`')?.strip_suffix('`')?;
        Some((name.to_owned(), (*cells.last()?).to_owned()))
    };
    readme
        .lines()
        .filter(|l| l.starts_with("| `"))
        .filter_map(row)
        .collect()
}

#[test]
fn the_named_problems_have_the_optima_that_are_stated() {
    let stated = stated_optima();
    let (mut proved, mut open) = (0, 0);
    for (name, optimum) in &stated {
        let problem =
            read_problem(&repository("fixtures/problems").join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let (exact, auto) = (
            run(&problem.problem, Method::Exact),
            run(&problem.problem, Method::Auto),
        );
        if optimum.is_empty() {
            assert_ne!(
                exact.outcome.status,
                Status::Optimal,
                "{name}: {} is proved; state it",
                exact.cost.total()
            );
            open += 1;
        } else {
            assert_eq!(exact.outcome.status, Status::Optimal, "{name}");
            assert_eq!(exact.cost.total().to_string(), *optimum, "{name}");
            assert_eq!(auto.cost.total().to_string(), *optimum, "{name}: auto");
            proved += 1;
        }
    }
    assert!(proved >= 7 && proved + open == stated.len(), "{stated:?}");
}
