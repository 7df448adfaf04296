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

/// A warehouse that is told elsewhere what to ship: a table of shipments and a floor directory, no problem and no routing plan.
fn warehouse() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let fixture = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/floors/divided/floor");
    std::fs::create_dir(dir.path().join("floor")).unwrap();
    for file in std::fs::read_dir(fixture).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), dir.path().join("floor").join(file.file_name())).unwrap();
    }
    let rows = "shipment,order,line,sku,qty,service,due,weight_g\n\
        S-1,4711,1,lamp,2,std,2026-03-02 12:00,500\n\
        S-1,4711,2,chair,1,std,2026-03-02 12:00,10000\n\
        S-2,4712,1,lamp,5,std,2026-03-02T15:00:00,500\n\
        S-3,4712,2,chair,3,std,,10000\n\
        S-4,4713,1,lamp,1,,2026-03-02T14:30:00+01:00,500\n";
    std::fs::write(dir.path().join("today.csv"), rows).unwrap();
    std::fs::write(dir.path().join("floor/priorities.csv"), "order_id,priority\n4713,1\n").unwrap();
    dir
}

const INSTANT: &str = "--floor floor --now 2026-03-02T09:00:00+01:00 --timezone Europe/Paris";

#[test]
fn waves_are_planned_from_shipments_and_a_floor() {
    let dir = warehouse();
    let run = |args: &str| clapot(dir.path(), args);
    let waves = format!("waves --shipments today.csv {INSTANT} -o plan --work-limit 5000");
    let text = run(&waves).exits(0).out;
    for word in [
        "one shipment a tour",
        "first come",
        "first release",
        "2026-03-02 09:00",
        "shipments in waves",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let json = run(&format!("{waves} --format json")).exits(0).json();
    assert_eq!(
        (&json["total"]["shipments"], &json["total"]["late_shipments"]),
        (&4.into(), &0.into()),
        "{json}"
    );
    // The best plan walks no more than simple rules, and one shipment a tour takes the most tours: S-3 alone takes two.
    let by = |rule: usize| {
        (
            json["compare"][rule]["tours"].as_u64().unwrap(),
            json["compare"][rule]["metres"].as_f64().unwrap(),
        )
    };
    assert_eq!(by(0).0, 5);
    assert!(
        by(1).0 < 5 && json["total"]["metres"].as_f64().unwrap() <= by(1).1,
        "{json}"
    );
    for line in text.lines() {
        assert!(line.chars().count() <= 60, "{line}");
    }
    assert_eq!(json["times"]["A"]["overdue"], 0, "{json}");
    // Work starts with the shift, and every table has the warehouse's own ids.
    assert_eq!(json["times"]["A"]["start"], "2026-03-02T09:00:00+01:00", "{json}");
    assert!(json["times"]["A"]["slack_s"].as_i64().unwrap() > 3_600, "{json}");
    let table = |name: &str| std::fs::read_to_string(dir.path().join("plan").join(name)).unwrap();
    let shipments = table("wave_shipments.csv");
    assert!(
        shipments.contains("\nS-1,") && shipments.contains("2026-03-02T12:00:00+01:00"),
        "{shipments}"
    );
    // S-3 names no time: it is due with the last departure of its service that day.
    let row = shipments.lines().find(|row| row.starts_with("S-3,")).unwrap();
    assert!(row.contains("2026-03-02T15:00:00+01:00"), "{row}");
    assert!(table("tours.csv").contains(",S-2,4712,1,5,"), "{}", table("tours.csv"));
    assert!(!dir.path().join("plan/plan.json").exists(), "nothing was routed");
    // It is judged with the same two files, as of the instant that it states.
    let verify = "verify plan --shipments today.csv --floor floor";
    let text = run(verify).exits(0).out;
    for words in ["planned as of 2026-03-02T09:00:00+01:00", "VALID plan of waves"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let judged = run(&format!("{verify} --format json")).exits(0).json();
    assert_eq!(judged["waves"]["total"], json["total"], "{judged}");
    let other = run(&format!("{verify} --now 2026-03-02T12:30:00+01:00")).exits(3);
    assert!(other.out.contains("INVALID"), "tours before now: {}", other.out);
    edit(&dir.path().join("plan/tours.csv"), ",S-2,4712,1,5,", ",S-2,4712,1,4,");
    let text = run(verify).exits(3).out;
    assert!(text.contains("shipment S-2, line 1: 1 units missing"), "{text}");
    assert!(text.contains("INVALID"), "{text}");
}

#[test]
fn floors_are_of_use_without_a_problem() {
    let dir = warehouse();
    let run = |args: &str| clapot(dir.path(), args);
    assert!(run("validate --floor floor").exits(0).out.contains("VALID 1 floor; "));
    let text = run(&format!("validate --shipments today.csv {INSTANT}")).exits(0).out;
    assert!(
        text.contains("VALID 1 floor, 4 shipments, 5 lines; 0 warnings"),
        "{text}"
    );
    let json = run("tour --floor floor --node A L1 L2 --format json").exits(0).json();
    assert_eq!(json["stops"].as_array().map(Vec::len), Some(2));
    let json = run("tour --floor floor --node A --take lamp=2 --format json")
        .exits(0)
        .json();
    assert_eq!(json["stops"][0]["location"], "L1");
    let select = format!("select --shipments today.csv {INSTANT} --node A --max-units 6 --work-limit 20000");
    let json = run(&format!("{select} --format json")).exits(0).json();
    assert!(
        json["shipments"][0].as_str().is_some_and(|id| id.starts_with("S-")),
        "{json}"
    );
    let refused = run("tour --node A L1").exits(2);
    assert!(
        refused.err.contains("PROBLEM") || refused.err.contains("L1"),
        "{}",
        refused.err
    );
}

#[test]
fn faults_of_a_table_of_shipments_are_told_with_their_place() {
    let dir = warehouse();
    let run = |args: &str| clapot(dir.path(), args);
    let rows = "shipment,order,line,sku,qty,due,weight_g\n\
        S-1,o1,1,lamp,0,,\n\
        S-2,o2,1,lamp,1,2026-13-02 12:00,\n\
        S-3,o3,1,lamp,1,,500\n\
        S-3,o4,2,lamp,1,,500\n\
        S-5,o5,1,lamp,1,,700\n\
        S-3,o3,1,lamp,1,,500\n\
        ,,1,lamp,1,,\n";
    std::fs::write(dir.path().join("today.csv"), rows).unwrap();
    let json = run(&format!("validate --shipments today.csv {INSTANT} --format json"))
        .exits(2)
        .json();
    let errors = json["errors"].as_array().unwrap();
    let places: Vec<_> = errors
        .iter()
        .map(|e| (e["code"].as_str().unwrap(), e["line"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        places,
        [
            ("E205", 2),
            ("E217", 3),
            ("F715", 5),
            ("F719", 6),
            ("F717", 7),
            ("F714", 8)
        ],
        "{json}"
    );
    assert!(errors.iter().all(|e| e["file"] == "today.csv"), "{json}");
    let refused = run("waves --shipments today.csv --floor floor --now noon -o plan").exits(2);
    assert!(refused.err.contains("not a date and time"), "{}", refused.err);
    let refused = run("waves --shipments today.csv --floor floor --timezone Mars -o plan").exits(2);
    assert!(refused.err.contains("not a time zone"), "{}", refused.err);
    let refused = run("waves --shipments today.csv -o plan").exits(2);
    assert!(refused.err.contains("--floor"), "{}", refused.err);
}

#[test]
fn a_bad_shipment_does_not_stop_the_others() {
    let dir = warehouse();
    let run = |args: &str| clapot(dir.path(), args);
    edit(
        &dir.path().join("today.csv"),
        "S-2,4712,1,lamp,5,",
        "S-2,4712,1,lamp,0,",
    );
    let waves = format!("waves --shipments today.csv {INSTANT} -o plan --work-limit 2000");
    assert!(run(&waves).exits(2).err.contains("today.csv:4:17 qty"));
    // The order has two shipments, and goes whole.
    let run_without = run(&format!("{waves} --skip-bad-orders")).exits(6);
    assert!(
        run_without.err.contains("left out 1 order: 4712"),
        "{}",
        run_without.err
    );
    let shipments = std::fs::read_to_string(dir.path().join("plan/wave_shipments.csv")).unwrap();
    let ids: Vec<&str> = shipments
        .lines()
        .skip(1)
        .filter_map(|row| row.split(',').next())
        .collect();
    assert_eq!(ids, ["S-1", "S-4"]);
    let verify = "verify plan --shipments today.csv --floor floor --skip-bad-orders";
    run(verify).exits(6);
    // A warning of an id is of the table; with --strict it is an error.
    edit(
        &dir.path().join("today.csv"),
        "S-4,4713,1,lamp,1,",
        "S-4,4713 ,1,lamp,1,",
    );
    edit(
        &dir.path().join("today.csv"),
        "S-2,4712,1,lamp,0,",
        "S-2,4712,1,lamp,4,",
    );
    std::fs::remove_file(dir.path().join("floor/priorities.csv")).unwrap();
    let validate = format!("validate --shipments today.csv {INSTANT}");
    let text = run(&validate).exits(0).out;
    assert!(text.contains("W510 today.csv:6:5 order: "), "{text}");
    assert!(
        run(&format!("{validate} --strict"))
            .exits(2)
            .out
            .contains("INVALID today.csv")
    );
}

#[test]
fn plan_starts_from_an_earlier_plan() {
    let dir = with_problem(PROBLEM);
    let run = |args: &str| clapot(dir.path(), args);
    let plan = "plan problem -o plan --work-limit 20000 --threads 1 --format json";
    let first = run(plan).exits(0).json();
    let second = run(&format!("{plan} --start plan")).exits(0).json();
    assert_eq!(first["routing"]["start"], serde_json::Value::Null);
    assert_eq!(second["routing"]["start"]["orders_taken"], 120);
    let cost = |json: &serde_json::Value| {
        json["routing"]["cost"]["total"]
            .as_str()
            .unwrap()
            .parse::<f64>()
            .unwrap()
    };
    assert!(cost(&second) <= cost(&first), "{second}");
    assert!(run("verify problem plan --floor floor").exits(0).out.contains("VALID"));
    run("plan problem -o plan --start plan --method cheapest").exits(2);
}

#[test]
fn a_log_is_written_where_it_is_asked_for() {
    let dir = with_problem("--orders 3000 --nodes 10");
    let ran = clapot(
        dir.path(),
        "route problem -o plan --time-limit 2s --threads 1 --log 250ms -q",
    )
    .exits(0);
    let lines: Vec<&str> = ran.err.lines().filter(|line| line.contains(" s  ")).collect();
    let whole = lines.iter().filter(|line| {
        ["cost ", "bound ", "gap "].iter().all(|word| line.contains(word)) && line.chars().count() <= 80
    });
    assert!(lines.len() >= 2 && whole.count() >= 1, "{}", ran.err);
    let ran = clapot(dir.path(), "route problem -o plan --time-limit 1s --threads 1 -q").exits(0);
    assert!(!ran.err.contains(" s  "), "{}", ran.err);
}
