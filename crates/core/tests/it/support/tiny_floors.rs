//! Tiny floors of random work: few shipments, few pickers, little time.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use clapot::index::Idx as _;
use clapot::io::{read_floors, read_problem};
use clapot::model::Problem;
use clapot::model::floor::Floors;
use clapot::plan::{Allocation, Carriage, Fill, OrderShipment, RoutingPlan};

use super::files::{overlay, repository};
use super::modest_plan;
use super::random::Random;

/// A floor of one node with up to so many shipments, one or two pickers, and departures that come too soon for all of them.
pub(crate) fn tiny(seed: u64, most: i64) -> (Problem, RoutingPlan, Floors) {
    let mut random = Random::new(seed);
    let dir = tempfile::tempdir().unwrap();
    overlay(&repository("fixtures/floors/hand"), dir.path());
    let orders = random.between(2, most);
    let mut rows = [
        "order_id,channel,country,postcode\n".to_owned(),
        "order_id,line_id,sku,qty\n".to_owned(),
    ];
    for o in 0..orders {
        let channel = random.pick(&["shop", "shop", "trade"]);
        writeln!(rows[0], "o{o},{channel},FR,75001").unwrap();
        for (line, sku) in ["a", "b"].into_iter().enumerate() {
            if line == 0 || random.chance(50) {
                let sku = if line == 0 { random.pick(&["a", "b"]) } else { sku };
                writeln!(rows[1], "o{o},{line},{sku},{}", random.between(1, 2)).unwrap();
            }
        }
    }
    let time = |random: &mut Random| format!("09:{:02}", random.between(1, 6));
    let write = |file: &str, text: &str| fs::write(dir.path().join(file), text).unwrap();
    write("problem/orders.csv", &rows[0]);
    write("problem/lines.csv", &rows[1]);
    write("problem/stock.csv", "node_id,sku,on_hand\nW,a,40\nW,b,40\n");
    write(
        "floor/location_stock.csv",
        "node_id,location_id,sku,qty\nW,A1,a,40\nW,B1,b,40\n",
    );
    write(
        "floor/departures.csv",
        &format!(
            "node_id,service_id,days,time\nW,std,12345,{}\nW,eco,12345,{}\n",
            time(&mut random),
            time(&mut random)
        ),
    );
    let pickers = random.between(1, 2);
    let end = random.pick(&["09:02", "09:04", "16:00"]);
    write(
        "floor/shifts.csv",
        &format!("node_id,shift_id,days,start,end,pickers\nW,day,1,08:00,{end},{pickers}\n"),
    );
    write(
        "floor/carts.csv",
        "node_id,cart_id,count,bins,bin_units\nW,trolley,2,3,2\n",
    );
    let toml = fs::read_to_string(dir.path().join("floor/floor.toml")).unwrap();
    let mut toml = toml.replace("safety_minutes = 30", "safety_minutes = 1");
    if random.chance(30) {
        toml = toml.replace(
            "mode = \"cutoff\"",
            "mode = \"fixed\"\nreleases = [\"09:01\", \"09:03\"]",
        );
    }
    if random.chance(30) {
        toml += "[limits]\nshipments = 2\n";
    }
    write("floor/floor.toml", &toml);
    read_tiny(dir.path(), &mut random)
}

fn read_tiny(dir: &Path, random: &mut Random) -> (Problem, RoutingPlan, Floors) {
    let problem = read_problem(&dir.join("problem"))
        .unwrap_or_else(|e| panic!("{e:?}"))
        .problem;
    let floors = read_floors(&problem, &dir.join("floor"))
        .unwrap_or_else(|e| panic!("{e:?}"))
        .floors;
    let mut allocation = Allocation::empty(problem.orders().len());
    for (order, o) in problem.orders().iter_enumerated() {
        let service = random.pick(&["std", "std", "eco"]);
        let fill = |line| Fill {
            line,
            qty: problem.lines()[line].qty,
        };
        allocation.orders[order.get()].push(OrderShipment {
            node: problem.node_ids().find("W").unwrap(),
            carriage: Carriage::Service(problem.service_ids().find(service).unwrap()),
            waits_for: None,
            fills: o.lines().map(fill).collect(),
        });
    }
    let routing = modest_plan(&problem, allocation);
    (problem, routing, floors)
}
