//! A service that keeps its problem in memory: a plan in 200 ms, one new order priced at once, a re-plan from memory that is
//! cancelled after 50 ms, and the plan as JSON.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clapot::generate::{GenerateOptions, generate};
use clapot::model::{LineInput, OrderInput};
use clapot::plan::Start;
use clapot::{Draft, Error, OrderPricer, Problem, RouteOptions, StdClock, Surroundings, route, route_from, validate};

fn problem_of(draft: &Draft) -> Result<Problem, Error> {
    Ok(validate::check(draft.clone()).map_err(Error::input)?.problem)
}

fn main() -> Result<(), Error> {
    let mut draft = generate(&GenerateOptions::default())?;
    let problem = problem_of(&draft)?;
    let clock = StdClock::start();
    let options = RouteOptions::within(Duration::from_millis(200));
    let plan = route(&problem, &options, Surroundings::new(&clock))?;
    println!("{}, at least {}", plan.cost.total(), plan.outcome.bound);

    // An order comes in: what it costs at the prices of the plan, before anything is planned again.
    let sku = problem.sku_ids().iter().next().unwrap_or_default();
    draft.order(OrderInput::new("NEW", "FR", "75011"));
    draft.line(LineInput::new("NEW", "1", sku, 1));
    let now = problem_of(&draft)?;
    let start = Start::of_earlier(&now, &problem, &plan);
    if let Some(new) = now.order_ids().find("NEW") {
        let offer = OrderPricer::new(&now, &start.prices).price(new);
        println!(
            "NEW: {}, with what it takes from others {}",
            offer.cost, offer.cost_with_prices
        );
    }

    // A new plan from memory; another thread cancels it after 50 ms, and the best plan so far comes back.
    let cancel = AtomicBool::new(false);
    let (next, taken) = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(50));
            cancel.store(true, Ordering::Relaxed);
        });
        let clock = StdClock::start();
        let around = Surroundings::new(&clock).interrupted_by(&cancel);
        route_from(&now, &RouteOptions::default(), &start, around)
    })?;
    println!("{} of {} orders as before", taken.taken, now.orders().len());
    println!("{} {}", next.cost.total(), next.outcome.status.as_str());

    let json = serde_json::to_string(&next.view(&now)).map_err(|e| Error::internal(e.to_string()))?;
    println!("{} bytes of JSON: {}...", json.len(), &json[..60]);
    Ok(())
}
