//! The named problems: each is what the generator makes of the options in `fixtures/README.md`, on every machine, and
//! every policy's plan for it is valid.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clapot::allocate::policy::{Policy, allocate};
use clapot::generate::{GenerateOptions, Profile, generate};
use clapot::io::{read_problem, write_problem};
use clapot::model::Problem;
use clapot::verify::{VerifyOptions, verify};

use crate::support::files::{BLESS, expect};
use crate::support::modest_plan;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

fn named(name: &str) -> Problem {
    let dir = fixtures().join("problems").join(name);
    read_problem(&dir).unwrap_or_else(|e| panic!("{name}: {e}")).problem
}

/// Shortages are made up like all else: what cannot be shipped, and what does not fit into its parcels, is warned of, and
/// nothing else. Set `CLAPOT_BLESS=1` to write the list anew.
#[test]
fn the_named_problems_are_warned_of_their_shortages_alone() {
    let mut names: Vec<_> = fs::read_dir(fixtures().join("problems"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut text = String::new();
    for name in names {
        for d in read_problem(&fixtures().join("problems").join(&name)).unwrap().warnings {
            assert!(["W517", "W521"].contains(&d.code.id()), "{name}: {d}");
            writeln!(text, "{name}: {d} (+{})", d.more).unwrap();
        }
    }
    assert!(
        expect(&fixtures().join("warnings.txt"), &text),
        "fixtures/warnings.txt {BLESS}"
    );
}

/// The generated problems and their options.
fn generated() -> Vec<(&'static str, GenerateOptions)> {
    let with = |orders, nodes, seed, skus| GenerateOptions {
        orders,
        nodes,
        seed,
        skus: Some(skus),
        ..GenerateOptions::default()
    };
    let plain = |options| GenerateOptions { plain: true, ..options };
    let b2b = |options| GenerateOptions {
        profile: Profile::B2b,
        ..options
    };
    vec![
        ("b2c-plain", plain(with(30, 5, 1, 40))),
        ("b2c-every-rule", with(40, 8, 177, 50)),
        ("b2b-plain", plain(b2b(with(8, 4, 2, 40)))),
        ("b2b-full", b2b(with(12, 8, 5, 60))),
        (
            "scarce-stock",
            GenerateOptions {
                slack: 60,
                ..plain(with(40, 6, 3, 30))
            },
        ),
        (
            "tight-capacity",
            GenerateOptions {
                slack: 200,
                capacity: 70,
                ..plain(with(40, 6, 4, 30))
            },
        ),
        (
            "nothing-couples",
            GenerateOptions {
                slack: 1000,
                spread: 100,
                capacity: 0,
                ..plain(with(20, 5, 5, 30))
            },
        ),
        (
            "one-sku",
            GenerateOptions {
                slack: 90,
                ..plain(with(24, 3, 6, 1))
            },
        ),
    ]
}

/// The files of a directory, by name.
fn files(dir: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(dir).unwrap().map(|e| e.unwrap());
    entries
        .map(|e| {
            (
                e.file_name().into_string().unwrap(),
                fs::read_to_string(e.path()).unwrap(),
            )
        })
        .collect()
}

/// Byte for byte. Set `CLAPOT_BLESS=1` to write them anew after a change of the generator.
#[test]
fn the_named_problems_are_what_the_generator_makes() {
    let scratch = tempfile::tempdir().unwrap();
    for (name, options) in generated() {
        let draft = generate(&options).unwrap();
        let named = fixtures().join("problems").join(name);
        if std::env::var_os("CLAPOT_BLESS").is_some() {
            write_problem(&draft, &named).unwrap();
        }
        let made = scratch.path().join(name);
        write_problem(&draft, &made).unwrap();
        let (made, named) = (files(&made), files(&named));
        assert!(made.keys().eq(named.keys()), "{name}: {:?}", named.keys());
        for (file, text) in &made {
            assert!(*text == named[file], "{name}/{file} differs");
        }
    }
}

#[test]
fn every_named_problem_is_listed_and_has_valid_plans() {
    let readme = fs::read_to_string(fixtures().join("README.md")).unwrap();
    let mut seen = 0;
    for entry in fs::read_dir(fixtures().join("problems")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            readme.contains(&format!("| `{name}` |")),
            "{name} is not in fixtures/README.md"
        );
        let problem = named(&name);
        for policy in Policy::ALL {
            let plan = modest_plan(&problem, allocate(&problem, policy, &mut || false));
            let verdict = verify(
                &problem,
                &plan,
                &VerifyOptions {
                    bound: false,
                    ..VerifyOptions::default()
                },
            );
            assert!(verdict.is_valid(), "{name}, {policy}: {:?}", verdict.violations);
        }
        seen += 1;
    }
    assert!(seen >= generated().len());
}

#[test]
fn where_nothing_couples_the_orders_cheapest_is_optimal() {
    let problem = named("nothing-couples");
    let plan = modest_plan(&problem, allocate(&problem, Policy::Cheapest, &mut || false));
    let verdict = verify(&problem, &plan, &VerifyOptions::default());
    // Without prices the bound is the sum over the orders of the cheapest way to serve each alone.
    assert_eq!(verdict.proved_bound.unwrap().lower, plan.cost.total());
    assert_eq!(plan.cost.total().to_string(), "238.9607");
}
