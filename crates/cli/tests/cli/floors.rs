//! Waves, plans of both kinds, selection and tours, from files to files.

use crate::support::{clapot, edit, files, with_problem};

const PROBLEM: &str = "--orders 120 --nodes 4 --seed 5 --floor floor";

#[test]
fn waves_are_planned_written_and_verified() {
    let dir = with_problem(PROBLEM);
    let run = |args: &str| clapot(dir.path(), args);
    run("route problem -o plan --work-limit 3000").exits(0);
    let text = run("waves problem plan -o waves --work-limit 30000").exits(0).out;
    for word in [
        "shipments in waves",
        "late shipments",
        "lines per hour",
        "m per line",
        "utilisation",
        "WH-01",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let verdict = run("verify problem waves --floor floor").exits(0).out;
    assert!(verdict.contains("VALID"), "{verdict}");
    // The routing plan is the same, to the byte.
    let routing = files(&dir.path().join("plan"));
    let both = files(&dir.path().join("waves"));
    assert!(routing.iter().all(|file| both.contains(file)));
    assert_eq!(both.len(), routing.len() + 6);
    // A wave that is released before now is refused.
    let json = run("waves problem plan -o waves --work-limit 30000 --format json")
        .exits(0)
        .json();
    assert_eq!(json["total"]["late_shipments"], 0);
    edit(&dir.path().join("waves/waves.csv"), "2026-03-0", "2026-02-0");
    assert!(
        run("verify problem waves --floor floor")
            .exits(3)
            .out
            .contains("INVALID")
    );
}

#[test]
fn plan_is_route_and_waves_in_one_go() {
    let dir = with_problem(PROBLEM);
    let run = |args: &str| clapot(dir.path(), args);
    let json = run("plan problem -o plan --work-limit 60000 --threads 1 --format json")
        .exits(0)
        .json();
    assert!(json["routing"]["gap"].as_f64().is_some_and(|gap| gap < 0.05), "{json}");
    assert!(
        json["waves"]["total"]["shipments"].as_u64().is_some_and(|n| n > 100),
        "{json}"
    );
    run("verify problem plan --floor floor").exits(0);
    run("plan problem -o again --work-limit 60000 --threads 2 -q").exits(0);
    let rows = |plan: &str| std::fs::read_to_string(dir.path().join(plan).join("tours.csv")).unwrap();
    assert_eq!(rows("plan"), rows("again"));
}

#[test]
fn a_wave_is_selected() {
    let dir = with_problem(PROBLEM);
    let run = |args: &str| clapot(dir.path(), args);
    run("route problem -o plan --work-limit 3000 -q").exits(0);
    let select = "select problem plan --node WH-01 --min-units 10 --max-units 60 --work-limit 200000";
    let json = run(&format!("{select} -o now.csv --format json")).exits(0).json();
    let units = json["units"].as_u64().unwrap();
    assert!((10..=60).contains(&units), "{json}");
    let table = std::fs::read_to_string(dir.path().join("now.csv")).unwrap();
    let listed: u64 = table
        .lines()
        .skip(1)
        .map(|row| row.rsplit(',').next().unwrap().parse::<u64>().unwrap())
        .sum();
    assert_eq!(listed, units);
    assert!(run(select).exits(0).out.contains("units per aisle"));
    let refused = run("select problem plan --node nowhere --max-units 60").exits(2);
    assert!(refused.err.contains("node `nowhere` has no floor"), "{}", refused.err);
}

#[test]
fn a_tour_is_found_and_compared() {
    let dir = with_problem(PROBLEM);
    let run = |args: &str| clapot(dir.path(), args);
    let json = run("tour problem --node WH-01 01-01-L 02-03-R 01-05-L --format json")
        .exits(0)
        .json();
    assert_eq!(json["stops"].as_array().map(Vec::len), Some(3));
    let of = |name: &str| {
        let methods = json["methods"].as_array().unwrap();
        methods.iter().find(|m| m[0] == name).unwrap()[1].as_f64().unwrap()
    };
    assert!(of("exact") <= of("s-shape") && of("exact") <= of("sequence"));
    let json = run("tour problem --node WH-01 01-01-L 02-03-R 01-05-L --method return --format json")
        .exits(0)
        .json();
    assert_eq!(
        json["metres"].as_f64(),
        Some(of("return")),
        "the walk that is compared is the one that is told"
    );
    assert!(
        run("tour problem --node WH-01 01-01-L")
            .exits(0)
            .out
            .contains("(back to the depot)")
    );
    let refused = run("tour problem --node WH-01 nowhere").exits(2);
    assert!(refused.err.contains("no pick location `nowhere`"), "{}", refused.err);
    let refused = run("tour problem --node WH-01 --take nothing=1").exits(2);
    assert!(refused.err.contains("no SKU `nothing`"), "{}", refused.err);
}

#[test]
fn what_no_cart_takes_is_named_and_the_rest_goes() {
    let dir = tempfile::tempdir().unwrap();
    let fixture = |part: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/floors/divided");
        path.join(part).display().to_string()
    };
    let (problem, floor) = (fixture("problem"), fixture("floor"));
    let run = |args: &str| clapot(dir.path(), args);
    run(&format!("route {problem} -o plan --work-limit 500 -q")).exits(0);
    let waves = format!("waves {problem} plan -o waves --floor {floor} --work-limit 5000");
    let text = run(&waves).exits(0).out;
    assert!(text.contains("units no cart takes"), "{text}");
    assert!(text.contains("anvil: order o2 line 2, and 1 line more"), "{text}");
    let json = run(&format!("{waves} --format json")).exits(0).json();
    let left: Vec<_> = json["no_cart"]
        .as_array()
        .unwrap()
        .iter()
        .map(|of| (&of["order"], &of["sku"], &of["qty"]))
        .collect();
    assert_eq!(left.len(), 2, "{json}");
    assert_eq!(
        (left[1].0.as_str(), left[1].1.as_str(), left[1].2.as_u64()),
        (Some("o3"), Some("anvil"), Some(2))
    );
    assert_eq!(json["total"]["unplanned"], 1);
    run(&format!("verify {problem} waves --floor {floor}")).exits(0);
}
