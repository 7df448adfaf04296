//! Lanes and departures found by index are those that the definition finds by looking at every row.

use clapot::cost::departures::{Departure, Departures};
use clapot::cost::lanes::Lanes;
use clapot::cost::{calendar, lane};
use clapot::model::{
    Draft, ItemInput, LaneInput, NodeInput, OrderInput, Place, Problem, RateInput, ServiceInput, SettingsInput,
    Weekdays,
};
use clapot::quantity::{Money, Percent};
use clapot::validate;

use crate::support::random::Random;

const SERVICES: [&str; 4] = ["s0", "s1", "s2", "s3"];
/// Some start with others; one has letters of several bytes, and one is the whole of a postcode.
const PREFIXES: [&str; 9] = ["", "7", "75", "750", "75011", "Å", "ÅÄ", "ÅÄ 1", "9"];
const POSTCODES: [&str; 7] = ["75011", "75", "7", "", "ÅÄ 12", "Å", "8000"];

fn place(random: &mut Random) -> Option<Place> {
    let degrees = |random: &mut Random| random.between(0, 4) as f64;
    random.chance(70).then(|| Place {
        lat: degrees(random),
        lon: degrees(random),
    })
}

/// A few nodes and destinations, and lanes of all kinds: named and any node, nested prefixes, equal and different reaches.
fn problem(seed: u64) -> Problem {
    let mut random = Random::new(seed);
    let mut draft = Draft::new(SettingsInput {
        name: "lanes".to_owned(),
        currency: "EUR".to_owned(),
        now: "2026-03-05T15:00:00+01:00".to_owned(),
        ..SettingsInput::default()
    });
    draft.item(ItemInput {
        sku: "x",
        weight_g: 1,
        volume_cm3: 1,
    });
    let nodes: Vec<String> = (0..random.between(1, 4)).map(|n| format!("n{n}")).collect();
    for id in &nodes {
        draft.node(NodeInput {
            place: place(&mut random),
            ..NodeInput::new(id)
        });
    }
    for service_id in SERVICES {
        draft.service(ServiceInput {
            service_id,
            carrier: "",
            days: Weekdays::parse(random.pick(&["12345", "1234567", "3"])).unwrap(),
            cutoff: None,
            divisor_cm3_per_kg: None,
            max_parcel_g: None,
            fuel_pct: Percent::default(),
        });
        for zone in ["z0", "z1"] {
            draft.rate(RateInput {
                service_id,
                zone,
                max_g: None,
                price: Money::from_ten_thousandths(10_000),
                per_kg: Money::ZERO,
            });
        }
    }
    for _ in 0..random.between(0, 40) {
        let node = random.below(nodes.len() + 1);
        draft.lane(LaneInput {
            service_id: random.pick(&SERVICES),
            node_id: nodes.get(node).map(String::as_str),
            country: random.pick(&["FR", "SE"]),
            postcode_prefix: random.pick(&PREFIXES),
            max_km: random.chance(40).then(|| random.between(0, 5) as f64 * 100.0),
            zone: random.pick(&["z0", "z1", "no rates"]),
            transit_days: random.between(0, 9) as u32,
        });
    }
    for n in 0..12 {
        let (country, postcode) = (random.pick(&["FR", "SE", "US"]), random.pick(&POSTCODES));
        draft.order(OrderInput {
            place: place(&mut random),
            ..OrderInput::new(&format!("o{n}"), country, postcode)
        });
    }
    match validate::check(draft) {
        Ok(checked) => checked.problem,
        Err(diagnostics) => panic!("seed {seed}: {diagnostics:?}"),
    }
}

#[test]
fn a_lane_found_by_index_is_the_one_of_the_definition() {
    let (mut found, mut by_distance, mut shared) = (0, 0, 0);
    for seed in 0..400 {
        let problem = problem(seed);
        let mut departures = Departures::new(&problem);
        for dest in problem.destinations().indices() {
            let lanes = Lanes::to(&problem, dest);
            departures.go_to(dest);
            for node in problem.nodes().indices() {
                let km = lane::distance(&problem, node, dest);
                let by_scan = |service| lane::find(&problem, service, node, dest, km);
                let mut seen = Vec::new();
                lanes.each(node, |service, lane| seen.push((service, lane)));
                let all = problem.services().indices().filter_map(|s| Some((s, by_scan(s)?)));
                let all: Vec<_> = all.collect();
                assert_eq!(seen, all, "seed {seed}, destination {dest:?}, node {node:?}");
                for service in problem.services().indices() {
                    let (found, expected) = (lanes.find(service, node), by_scan(service));
                    assert!(
                        found.map(std::ptr::from_ref) == expected.map(std::ptr::from_ref),
                        "seed {seed}: {found:?}, not {expected:?}"
                    );
                }
                let departure = |(service, lane): &(_, &clapot::model::Lane)| {
                    let leaves = calendar::leaves(&problem, *service, node);
                    Some(Departure {
                        service: *service,
                        rate: problem.rate_of(*service, lane.zone)?,
                        leaves,
                        arrives: calendar::arrives(&problem, *service, leaves, lane.transit_days),
                        transit_days: lane.transit_days,
                    })
                };
                let expected: Vec<_> = all.iter().filter_map(departure).collect();
                assert_eq!(*departures.from(node), *expected, "seed {seed}");
                found += all.len();
                by_distance += all.iter().filter(|(_, lane)| lane.max_km.is_some()).count();
            }
            let before = problem.destinations().indices().take_while(|&other| other != dest);
            let same = |&other: &_| Lanes::to(&problem, other).sameness() == lanes.sameness();
            shared += usize::from(before.filter(same).count() > 0);
        }
    }
    assert!(
        found > 5_000 && by_distance > 500 && shared > 100,
        "{found} {by_distance} {shared}"
    );
}
