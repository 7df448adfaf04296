//! Which open orders to release as one wave, so that a picker finds many units in each aisle: 2,000 orders, 120 aisles.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use clapot::index::SkuIdx;
use clapot::search::Random;
use clapot::wave::selection::{Backlog, SelectOptions, SkuUnits, select_wave};
use clapot::{Error, StdClock};

fn main() -> Result<(), Error> {
    // Orders of 1 to 3 lines over 1,500 SKUs, a few of which sell much; an aisle holds about 40 SKUs.
    let mut random = Random::stream(1, "select_wave", 0);
    let sku = |random: &mut Random| {
        let popular = random.chance(300);
        SkuIdx(random.below(if popular { 60 } else { 1_500 }) as u32)
    };
    let orders = (0..2_000)
        .map(|_| {
            let lines = random.between(1, 3);
            (0..lines)
                .map(|_| SkuUnits::new(sku(&mut random), random.between(1, 2) as u32))
                .collect()
        })
        .collect();
    let aisles = (0..120)
        .map(|_| {
            (0..40)
                .map(|_| SkuUnits::new(sku(&mut random), random.between(1, 6) as u32))
                .collect()
        })
        .collect();

    // A wave of 150 to 600 units.
    let backlog = Backlog::new(orders, aisles, 150..=600)?;
    // Under a work limit a run gives the same wave on every machine and at any number of threads.
    let options = SelectOptions {
        work_limit: Some(50_000_000),
        ..SelectOptions::default()
    };
    let wave = select_wave(&backlog, &options, &StdClock::start(), None, &mut |_| {})?;

    println!("status       {}", wave.status.as_str());
    println!("orders       {}", wave.orders.len());
    println!("units        {}", wave.units);
    println!("aisles       {}", wave.aisles.len());
    if let (Some(ratio), Some(bound)) = (wave.ratio(), wave.bound) {
        println!(
            "units/aisle  {:.3} (at most {:.3} is possible)",
            ratio.as_f64(),
            bound.as_f64()
        );
    }
    Ok(())
}
