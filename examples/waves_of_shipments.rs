//! A warehouse that is told elsewhere what to ship: a table of shipments and a floor directory become waves and tours.
//!
//! With two arguments it reads those, a file and a directory; without any it writes a small table and a floor of its own first.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clapot::io::{PlanningInstant, ReadOptions, WriteOptions, read_shipments, write_waves};
use clapot::wave::planner::simple_picking;
use clapot::{StdClock, Surroundings, WaveOptions, plan_waves};

/// The tables of a floor of six aisles, and 60 shipments of one or two SKUs that are due at noon or at three.
fn write_tables(dir: &Path) -> Result<(PathBuf, PathBuf), Box<dyn Error>> {
    let floor = dir.join("floor");
    std::fs::create_dir_all(&floor)?;
    let mut locations = "node_id,location_id,aisle,cell\n".to_owned();
    let mut stock = "node_id,location_id,sku,qty\n".to_owned();
    for n in 0..48 {
        writeln!(locations, "DC,L{n},{},{}", 1 + n % 6, 1 + n / 6 * 2)?;
        writeln!(stock, "DC,L{n},sku-{n},100")?;
    }
    let tables = [
        (
            "layouts.csv",
            "node_id,kind,aisles,cells,aisle_gap_m,cell_gap_m\nDC,aisles,6,16,4,1\n",
        ),
        ("locations.csv", &locations),
        ("location_stock.csv", &stock),
        ("carts.csv", "node_id,cart_id,shipments\nDC,trolley,6\n"),
        (
            "shifts.csv",
            "node_id,shift_id,days,start,end,pickers\nDC,day,12345,08:00,16:00,3\n",
        ),
        ("floor.toml", "format = 1\n\n[packing]\nseconds_per_shipment = 40\n"),
    ];
    for (name, text) in tables {
        std::fs::write(floor.join(name), text)?;
    }
    let mut shipments = "shipment,sku,qty,service,due\n".to_owned();
    for n in 0..60 {
        let due = if n % 3 == 0 {
            "2026-03-02 12:00"
        } else {
            "2026-03-02 15:00"
        };
        writeln!(shipments, "S{n},sku-{},1,parcel,{due}", n * 7 % 48)?;
        if n % 2 == 0 {
            writeln!(shipments, "S{n},sku-{},2,parcel,{due}", n * 5 % 47 + 1)?;
        }
    }
    let file = dir.join("today.csv");
    std::fs::write(&file, shipments)?;
    Ok((file, floor))
}

fn main() -> Result<(), Box<dyn Error>> {
    let scratch = std::env::temp_dir().join(format!("clapot-waves-{}", std::process::id()));
    let mut given = std::env::args_os().skip(1).map(PathBuf::from);
    let (file, floor) = match (given.next(), given.next()) {
        (Some(file), Some(floor)) => (file, floor),
        _ => write_tables(&scratch)?,
    };
    let at = PlanningInstant {
        now: "2026-03-02T08:30:00+01:00".to_owned(),
        timezone: "Europe/Paris".to_owned(),
    };
    let read = read_shipments(&file, &floor, &at, &ReadOptions::default())?;
    for warning in &read.warnings {
        println!("{warning}");
    }

    let clock = StdClock::start();
    let options = WaveOptions {
        work_limit: Some(100_000),
        ..WaveOptions::default()
    };
    let around = Surroundings::new(&clock);
    // What comes back was judged by the verifier.
    let waves = plan_waves(&read.problem, &read.plan, &read.floors, &options, around)?;
    for wave in &waves.waves {
        let floor = read.floors.of(wave.node).ok_or("a wave of a node without a floor")?;
        println!(
            "{}  released {}  packed {}  {} shipments in {} tours",
            read.problem.node_id(wave.node),
            floor.clock().show(wave.release),
            floor.clock().show(wave.end),
            wave.shipments,
            wave.batches.len(),
        );
    }
    let total = waves.total();
    println!(
        "planned       {:.0} m in {} tours",
        total.walk.as_metres(),
        total.batches
    );
    for by in simple_picking(&read.problem, &read.plan, &read.floors, &waves)? {
        println!(
            "{:<12}  {:.0} m in {} tours",
            by.rule.as_str(),
            by.walk.as_metres(),
            by.tours
        );
    }
    if scratch.is_dir() {
        write_waves(
            &read.problem,
            &read.floors,
            &waves,
            &scratch.join("waves"),
            WriteOptions::default(),
        )?;
        std::fs::remove_dir_all(&scratch)?;
    }
    Ok(())
}
