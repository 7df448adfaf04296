//! Floors in nights in which the clock changes: shifts, tours, departures and stamps, in several time zones.

use std::fs;
use std::path::Path;

use clapot::index::{DepartureIdx, ShiftIdx};
use clapot::io::{TableFormat, read_floors, read_problem, read_waves, write_plan_with_waves};
use clapot::model::Problem;
use clapot::model::floor::Floors;
use clapot::plan::{Allocation, Carriage, Fill, OrderShipment, RoutingPlan};
use clapot::quantity::{Date, Moment, Seconds};
use clapot::verify::verify_waves;

use crate::support::files::{overlay, repository};
use crate::support::modest_plan;
use crate::support::waves::planned;

/// The hand floor in a zone, with a night shift from 22:00 to 06:00, tours of about an hour and a half, one shipment each, and
/// departures at 02:30 and 07:00 of every day.
fn night(dir: &Path, zone: &str, now: &str) -> (Problem, RoutingPlan, Floors) {
    overlay(&repository("fixtures/floors/hand"), dir);
    let write = |file: &str, text: &str| fs::write(dir.join(file), text).unwrap();
    let settings = fs::read_to_string(dir.join("problem/problem.toml")).unwrap();
    let zoned = format!("now = \"{now}\"\ntimezone = \"{zone}\"");
    write(
        "problem/problem.toml",
        &settings.replace("now = \"2026-03-02T09:00:00Z\"", &zoned),
    );
    write("problem/stock.csv", "node_id,sku,on_hand\nW,a,99\nW,b,99\n");
    let floor = fs::read_to_string(dir.join("floor/floor.toml")).unwrap();
    let floor = floor.replace("mode = \"cutoff\"", "mode = \"waveless\"\nmax_open = 99");
    write(
        "floor/floor.toml",
        &floor.replace("seconds_per_tour = 30", "seconds_per_tour = 5400"),
    );
    write("floor/carts.csv", "node_id,cart_id,shipments\nW,trolley,1\n");
    write(
        "floor/location_stock.csv",
        "node_id,location_id,sku,qty\nW,A1,a,50\nW,B1,b,50\n",
    );
    write(
        "floor/shifts.csv",
        "node_id,shift_id,days,start,end,pickers\nW,night,1234567,22:00,06:00,1\n",
    );
    let departures = "node_id,service_id,days,time\nW,std,1234567,02:30\nW,std,1234567,07:00\n";
    write("floor/departures.csv", departures);
    let problem = read_problem(&dir.join("problem")).unwrap().problem;
    let floors = read_floors(&problem, &dir.join("floor")).unwrap().floors;
    let mut allocation = Allocation::empty(problem.orders().len());
    for (order, o) in problem.orders().iter_enumerated() {
        let fill = |line| Fill {
            line,
            qty: problem.lines()[line].qty,
        };
        allocation.orders[order.0 as usize].push(OrderShipment {
            node: problem.node_ids().find("W").unwrap(),
            carriage: Carriage::Service(problem.service_ids().find("std").unwrap()),
            waits_for: None,
            fills: o.lines().map(fill).collect(),
        });
    }
    let plan = modest_plan(&problem, allocation);
    (problem, plan, floors)
}

/// Zone, planning instant at 21:00 of the evening before, the day of the evening, and the hours of the night shift.
const NIGHTS: [(&str, &str, &str, f64); 8] = [
    ("Europe/Paris", "2026-03-28T21:00:00+01:00", "2026-03-28", 7.0),
    ("Europe/Paris", "2026-10-24T21:00:00+02:00", "2026-10-24", 9.0),
    ("America/New_York", "2026-03-07T21:00:00-05:00", "2026-03-07", 7.0),
    ("America/New_York", "2026-10-31T21:00:00-04:00", "2026-10-31", 9.0),
    ("Australia/Lord_Howe", "2026-10-03T21:00:00+10:30", "2026-10-03", 7.5),
    ("Australia/Lord_Howe", "2026-04-04T21:00:00+11:00", "2026-04-04", 8.5),
    ("Asia/Tokyo", "2026-03-28T21:00:00+09:00", "2026-03-28", 8.0),
    ("UTC", "2026-10-24T21:00:00Z", "2026-10-24", 8.0),
];

#[test]
fn a_night_shift_is_as_long_as_the_night() {
    for (zone, now, day, hours) in NIGHTS {
        let dir = tempfile::tempdir().unwrap();
        let (_, _, floors) = night(dir.path(), zone, now);
        let floor = &floors.floors()[0];
        let day: Date = day.parse().unwrap();
        assert_eq!(floor.today(), day);
        let (start, end) = floor.shifts()[ShiftIdx(0)].on(day, floor.clock()).unwrap();
        assert_eq!(start - floor.now(), Seconds(3_600), "{zone}");
        let seconds = (hours * 3_600.0) as i64;
        assert_eq!(end - start, Seconds(seconds), "{zone} {day}");
        // The morning's departure is one hour after the shift, whatever the clock did.
        let leaves = floor.departures()[DepartureIdx(1)]
            .on(day.next(), floor.clock())
            .unwrap();
        assert_eq!(leaves - end, Seconds(3_600), "{zone} {day}");
        // The horizon is a midnight of the clock.
        let midnight = floor.clock().show(floor.horizon()).to_string();
        assert!(midnight.contains("T00:00:00"), "{zone} {midnight}");
    }
}

/// What the clock shows at the starts and ends of all tours of a plan.
fn stamps(floors: &Floors, plan: &clapot::plan::WavePlan) -> Vec<String> {
    let clock = floors.floors()[0].clock();
    let moments = plan.batches.iter().flat_map(|batch| [batch.start, batch.end]);
    moments.map(|at| clock.show(at).to_string()).collect()
}

#[test]
fn plans_of_such_nights_are_valid_and_told_by_the_clock() {
    for (zone, now, day, hours) in NIGHTS {
        let dir = tempfile::tempdir().unwrap();
        let (problem, routing, floors) = night(dir.path(), zone, now);
        let plan = planned(&problem, &routing, &floors, 2_000, 1);
        let floor = &floors.floors()[0];
        let (start, end) = floor.shifts()[ShiftIdx(0)]
            .on(day.parse().unwrap(), floor.clock())
            .unwrap();
        // Each of the four tours takes an hour and a half and some seconds.
        let that_night = plan.batches.iter().filter(|batch| batch.start < end).count();
        assert_eq!(that_night, 4, "{zone} {hours}");
        assert!(plan.batches.iter().all(|b| b.start >= start));
        // Shift time is elapsed time.
        assert_eq!(plan.total().shift_time, end - start);
        // No stamp is one that the clock skips, and every one is read as the moment that it was.
        for batch in &plan.batches {
            for at in [batch.start, batch.end] {
                let text = floor.clock().show(at).to_string();
                let (local, _) = text.split_at("2026-03-28T21:00:00".len());
                assert_ne!(
                    floor.clock().read(local),
                    Err(clapot::model::floor::ReadMomentError::Skipped),
                    "{text}"
                );
                assert_eq!(text.parse::<Moment>(), Ok(at), "{text}");
            }
        }
        let out = dir.path().join("plan");
        write_plan_with_waves(&problem, &routing, &floors, &plan, &out, TableFormat::Csv).unwrap();
        let read = read_waves(&problem, &routing, &floors, &out).unwrap();
        assert_eq!(
            (&read.waves, &read.batches, &read.picks),
            (&plan.waves, &plan.batches, &plan.picks),
            "{zone}"
        );
        assert_eq!(verify_waves(&problem, &routing, &floors, &read).violations, []);
    }
}

#[test]
fn the_two_hours_of_autumn_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let (problem, routing, floors) = night(dir.path(), "Europe/Paris", "2026-10-24T21:00:00+02:00");
    let plan = planned(&problem, &routing, &floors, 2_000, 1);
    let stamps = stamps(&floors, &plan);
    // From 22:00 on, four times an hour and a half and some seconds: 22:00, 23:30, 01:00, 02:31 in summer time, and an hour and a
    // half later it is 03:01 in winter time.
    let hours: Vec<&str> = stamps.iter().map(|s| &s[11..16]).collect();
    let offsets: Vec<&str> = stamps.iter().map(|s| &s[19..]).collect();
    assert_eq!(hours[0], "22:00");
    assert_eq!((hours[6], offsets[6]), ("02:31", "+02:00"), "{stamps:?}");
    assert_eq!((hours[7], offsets[7]), ("03:01", "+01:00"), "{stamps:?}");
    // A stamp without its offset is refused where the clock shows it twice.
    let clock = floors.floors()[0].clock();
    assert!(clock.read("2026-10-25T02:30:00").is_err());
    // The departure at 02:30 is the first of both.
    let leaves = floors.floors()[0].departures()[DepartureIdx(0)].on("2026-10-25".parse().unwrap(), clock);
    assert_eq!(clock.show(leaves.unwrap()).to_string(), "2026-10-25T02:30:00+02:00");
}

#[test]
fn half_past_two_is_skipped_in_spring() {
    let dir = tempfile::tempdir().unwrap();
    let (problem, routing, floors) = night(dir.path(), "Europe/Paris", "2026-03-28T21:00:00+01:00");
    let plan = planned(&problem, &routing, &floors, 2_000, 1);
    let stamps = stamps(&floors, &plan);
    assert!(stamps.iter().all(|s| !s.contains("2026-03-29T02:")), "{stamps:?}");
    // An hour and a half after one o'clock, it is half past three.
    assert_eq!(
        (&stamps[6][..16], &stamps[6][19..]),
        ("2026-03-29T03:31", "+02:00"),
        "{stamps:?}"
    );
    let floor = &floors.floors()[0];
    let leaves = floor.departures()[DepartureIdx(0)].on("2026-03-29".parse().unwrap(), floor.clock());
    assert_eq!(
        floor.clock().show(leaves.unwrap()).to_string(),
        "2026-03-29T03:30:00+02:00"
    );
}
