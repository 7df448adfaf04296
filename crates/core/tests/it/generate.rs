//! The generator: the same options give the same problem, every problem is valid, full ones use every rule of the
//! format, and its streams do not disturb each other.

use clapot::generate::{GenerateOptions, Profile, generate};
use clapot::model::Problem;
use clapot::validate::check;

fn problem(options: &GenerateOptions) -> Problem {
    match check(generate(options).unwrap()) {
        Ok(checked) => checked.problem,
        Err(diagnostics) => panic!("{options:?}: {diagnostics:?}"),
    }
}

fn options(orders: u32, nodes: u32, seed: u64) -> GenerateOptions {
    GenerateOptions {
        orders,
        nodes,
        seed,
        ..GenerateOptions::default()
    }
}

/// All that an order asks for and from where, with names in place of indices; `rules` adds what binds it.
fn described(problem: &Problem, order: clapot::index::OrderIdx, rules: bool) -> String {
    let o = &problem.orders()[order];
    let to = &problem.destinations()[o.destination];
    let postcode = problem.text(to.postcode);
    let lines = o.lines().map(|line| {
        let l = &problem.lines()[line];
        let bound = (l.unfilled_penalty, l.pin, l.group.is_some(), l.divisible);
        format!("{}x{} {:?}", l.qty, problem.sku(l.sku), rules.then_some(bound))
    });
    let bound = (o.max_shipments, o.ship_complete, o.pickup_node);
    let lines: Vec<String> = lines.collect();
    format!(
        "{} {postcode} {:?} {lines:?} {:?}",
        problem.order_id(order),
        o.deliver_by,
        rules.then_some(bound)
    )
}

#[test]
fn the_same_options_give_the_same_problem() {
    let text = |options: &GenerateOptions| format!("{:?}", generate(options).unwrap());
    let one = options(200, 9, 5);
    assert_eq!(text(&one), text(&one));
    assert_ne!(text(&one), text(&options(200, 9, 6)));
}

#[test]
fn every_problem_is_valid() {
    for seed in 0..20 {
        for profile in Profile::ALL {
            for plain in [false, true] {
                let orders = [1, 7, 60, 300][seed as usize % 4];
                let nodes = [2, 3, 12, 40][seed as usize / 4 % 4];
                let options = GenerateOptions {
                    profile,
                    plain,
                    ..options(orders, nodes, seed)
                };
                let problem = problem(&options);
                assert_eq!(problem.orders().len(), orders as usize);
                assert_eq!(problem.nodes().len(), nodes as usize);
                assert_eq!(problem.settings().name, options.name());
            }
        }
    }
}

#[test]
fn extreme_options_are_valid_too() {
    let base = options(40, 4, 1);
    for extreme in [
        GenerateOptions {
            skus: Some(1),
            ..base.clone()
        },
        GenerateOptions {
            skus: Some(1),
            profile: Profile::B2b,
            ..base.clone()
        },
        GenerateOptions {
            slack: 0,
            ..base.clone()
        },
        GenerateOptions {
            slack: 1000,
            spread: 100,
            ..base.clone()
        },
        GenerateOptions {
            spread: 1,
            capacity: 1,
            ..base.clone()
        },
        GenerateOptions {
            capacity: 0,
            seed: u64::MAX,
            ..base
        },
    ] {
        problem(&extreme);
    }
}

#[test]
fn options_outside_their_range_are_refused() {
    let base = GenerateOptions::default();
    for (name, wrong) in [
        (
            "orders",
            GenerateOptions {
                orders: 0,
                ..base.clone()
            },
        ),
        (
            "nodes",
            GenerateOptions {
                nodes: 1,
                ..base.clone()
            },
        ),
        (
            "skus",
            GenerateOptions {
                skus: Some(0),
                ..base.clone()
            },
        ),
        (
            "slack",
            GenerateOptions {
                slack: 1001,
                ..base.clone()
            },
        ),
        (
            "spread",
            GenerateOptions {
                spread: 0,
                ..base.clone()
            },
        ),
        ("capacity", GenerateOptions { capacity: 5000, ..base }),
    ] {
        let error = generate(&wrong).unwrap_err();
        assert!(
            error.code() == "options" && error.to_string().starts_with(name),
            "{error}"
        );
    }
}

#[test]
fn a_full_problem_uses_every_rule() {
    let p = problem(&options(2_000, 30, 1));
    let orders = |what: &str, test: &dyn Fn(clapot::index::OrderIdx) -> bool| {
        let share = p.orders().indices().filter(|&o| test(o)).count() as f64 / 2_000.0;
        assert!((0.002..0.2).contains(&share), "{what}: {share}");
    };
    orders("max_shipments", &|o| p.orders()[o].max_shipments.is_some());
    orders("ship_complete", &|o| p.orders()[o].ship_complete);
    orders("pickup", &|o| p.orders()[o].pickup_node.is_some());
    orders("quotes", &|o| !p.quotes_of(o).is_empty());
    orders("workload", &|o| p.quotes_of(o).iter().any(|q| q.workload > 1));
    orders("unlisted service", &|o| {
        p.quotes_of(o).iter().any(|q| p.services().get(q.service).is_none())
    });
    orders("no date", &|o| p.orders()[o].deliver_by.is_none());
    orders("no place", &|o| {
        p.destinations()[p.orders()[o].destination].place.is_none()
    });
    orders("abroad", &|o| {
        p.text(p.destinations()[p.orders()[o].destination].country) != "ES"
    });
    orders("excluded for all lines", &|o| {
        p.order_exclusions().iter().any(|x| x.0 == o)
    });
    let lines = |o| p.orders()[o].lines().map(|l| &p.lines()[l]);
    orders("group", &|o| lines(o).any(|l| l.group.is_some()));
    orders("pin", &|o| lines(o).any(|l| l.pin.is_some()));
    orders("divisible", &|o| lines(o).any(|l| l.divisible));
    orders("one SKU twice", &|o| {
        lines(o).any(|l| lines(o).filter(|m| m.sku == l.sku).count() > 1)
    });
    assert!(!p.line_exclusions().is_empty());
    nodes_and_carriers_use_every_rule(&p);
}

fn nodes_and_carriers_use_every_rule(p: &Problem) {
    let some_node = |test: &dyn Fn(&clapot::model::Node) -> bool| p.nodes().iter().any(test);
    assert!(some_node(&|n| !n.ships) && some_node(&|n| n.pickup && n.ships) && some_node(&|n| n.place.is_none()));
    assert!(some_node(&|n| n.max_shipments.is_some()) && some_node(&|n| n.max_units.is_some()));
    assert!(p.nodes().iter().all(|n| n.max_lines.is_some()));
    let zones: std::collections::BTreeSet<_> = p.nodes().iter().map(|n| p.text(n.timezone)).collect();
    assert!(zones.len() >= 2, "{zones:?}");
    assert!(p.rates().iter().any(|r| r.open.is_some()));
    assert!(p.services().iter().any(|s| s.divisor.is_some()) && p.services().iter().any(|s| s.fuel.0 > 0));
    let lanes = || p.services().indices().flat_map(|s| p.lanes_of(s));
    assert!(lanes().any(|l| l.node.is_some() && l.max_km.is_some()));
    assert!(lanes().any(|l| !p.text(l.postcode_prefix).is_empty()));
    assert!(lanes().any(|l| p.rate_of(l.service, l.zone).is_none()));
}

#[test]
fn a_plain_problem_has_no_rule_beyond_stock_and_capacity() {
    let p = problem(&GenerateOptions {
        plain: true,
        ..options(1_000, 30, 1)
    });
    assert!(
        p.orders()
            .iter()
            .all(|o| o.max_shipments.is_none() && !o.ship_complete && o.pickup_node.is_none())
    );
    assert!(
        p.lines()
            .iter()
            .all(|l| l.pin.is_none() && l.group.is_none() && !l.divisible)
    );
    assert!(
        p.orders()
            .indices()
            .all(|o| p.quotes_of(o).is_empty() && p.orders()[o].deliver_by.is_some())
    );
    assert!(p.order_exclusions().is_empty() && p.line_exclusions().is_empty());
    assert!(
        p.nodes()
            .iter()
            .all(|n| n.ships && n.max_shipments.is_none() && n.max_units.is_none())
    );
}

#[test]
fn more_orders_begin_with_the_same_orders() {
    let with = |orders| {
        problem(&GenerateOptions {
            skus: Some(150),
            ..options(orders, 12, 3)
        })
    };
    let (few, many) = (with(100), with(400));
    for order in few.orders().indices() {
        assert_eq!(described(&few, order, true), described(&many, order, true));
    }
}

#[test]
fn more_nodes_leave_the_demand_as_it_is() {
    let with = |nodes, plain| {
        problem(&GenerateOptions {
            plain,
            ..options(300, nodes, 4)
        })
    };
    let (few, many) = (with(8, true), with(20, true));
    for order in few.orders().indices() {
        assert_eq!(described(&few, order, false), described(&many, order, false));
    }
    for (node, n) in few.nodes().iter_enumerated() {
        assert_eq!(
            (few.node_id(node), n.place, n.ready),
            (many.node_id(node), many.nodes()[node].place, many.nodes()[node].ready)
        );
    }
}

#[test]
fn stock_and_capacity_are_what_was_asked_for() {
    let p = problem(&GenerateOptions {
        plain: true,
        slack: 120,
        capacity: 130,
        ..options(2_000, 20, 2)
    });
    let units: u64 = p.lines().iter().map(|l| u64::from(l.qty)).sum();
    let stock: u64 = p.stock().iter().map(|r| u64::from(r.available)).sum();
    assert!((1.2..1.3).contains(&(stock as f64 / units as f64)));
    let capacity: u64 = p.nodes().iter().filter_map(|n| n.max_lines).map(u64::from).sum();
    assert!((1.3..1.32).contains(&(capacity as f64 / p.lines().len() as f64)));
}

#[test]
fn incoming_stock_is_part_of_what_there_is() {
    let of = |incoming| {
        problem(&GenerateOptions {
            incoming,
            ..options(2_000, 12, 3)
        })
    };
    let (now, later) = (of(0), of(40));
    assert!(now.stock().iter().all(|r| r.available_from.is_none()));
    let (mut both, mut dated) = (0u32, 0u32);
    for row in now.stock().iter().filter(|r| r.available > 0) {
        let all = later.stock_at(row.node, row.sku);
        assert_eq!(later.available(row.node, row.sku), row.available);
        let rows = &later.stock()[all.start as usize..all.end as usize];
        assert!(rows.is_sorted_by_key(|r| (r.available_from, r.available)));
        dated += u32::from(rows.iter().any(|r| r.available_from.is_some()));
        both += 1;
    }
    let share = f64::from(dated) / f64::from(both);
    assert!((0.37..0.43).contains(&share), "{share}");
}

#[test]
fn profiles_differ_in_the_size_of_orders() {
    let lines = |profile| {
        let p = problem(&GenerateOptions {
            profile,
            ..options(2_000, 8, 1)
        });
        p.lines().len() as f64 / p.orders().len() as f64
    };
    let (b2c, b2b) = (lines(Profile::B2c), lines(Profile::B2b));
    assert!((2.0..2.4).contains(&b2c) && (8.0..12.0).contains(&b2b), "{b2c} {b2b}");
}
