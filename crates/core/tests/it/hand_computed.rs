//! Costs computed by hand, the sum in a comment: what the definition of cost must give.

use clapot::cost::{NotOffered, ShipmentCost, price_shipment};
use clapot::model::{LineInput, OrderInput, Problem};
use clapot::plan::Allocation;
use clapot::quantity::{Date, Grams};

use crate::support::hand::{self, Ship, money};
use crate::support::modest_plan;

fn price(problem: &Problem, ship: &Ship) -> Result<ShipmentCost, NotOffered> {
    let order = problem.order_ids().find(ship.0).unwrap();
    let Allocation { orders } = hand::allocation(problem, std::slice::from_ref(ship));
    let shipment = &orders[order.0 as usize][0];
    price_shipment(problem, order, shipment.node, shipment.carriage, &shipment.fills)
}

fn date(day: &str) -> Option<Date> {
    day.parse().ok()
}

#[test]
fn parcels_open_band_and_fuel() {
    // Rennes is 308 km from A: zone Z1. 6 x 400 + 3 x 12000 = 38400 g; 6 x 1500 + 3 x 20000 = 69000 cm3 = 13800 g.
    // Two parcels of 19200 g: open band 9.30 + 0.48 x ceil(9.2) = 14.10; with 12.75 % fuel 15.89775, half up 15.8978.
    // Twice that: 31.7956. Handling 1.10 + 2 x 0.35 + 9 x 0.08 = 2.52.
    let cost = price(&hand::problem(), &("o6", "A", "std", vec![("1", 6), ("2", 3)])).unwrap();
    assert_eq!(
        (cost.parcels, cost.weight, cost.billable),
        (2, Grams(38_400), Grams(38_400))
    );
    assert_eq!((cost.transport, cost.handling), (money("31.7956"), money("2.52")));
    // Friday 16:30 is before the cut-off at 17:00; one weekday later is Monday.
    assert_eq!(
        (cost.leaves_on, cost.arrives_on, cost.days_late),
        (date("2026-03-06"), date("2026-03-09"), 0)
    );
}

#[test]
fn volumetric_weight() {
    // 1 x s2 from A to Bordeaux (499 km, zone Z2): 900 g, but 9000 cm3 / 5000 = 1800 g.
    // Up to 3000 g: 7.111 x 1.1275 = 8.0176525, half up 8.0177. Handling 1.10 + 0.35 + 0.08 = 1.53.
    let cost = price(&hand::problem(), &("o3", "A", "std", vec![("3", 1)])).unwrap();
    assert_eq!((cost.weight, cost.billable), (Grams(900), Grams(1800)));
    assert_eq!((cost.transport, cost.handling), (money("8.0177"), money("1.53")));
}

#[test]
fn bands_are_up_to_and_including() {
    // By eco: 400 g cost 6.15, and so do 1000 g = 250 + 5 x 150; 1150 g are in the band of 5000 g, 8.95.
    let problem = hand::problem_with(|draft| {
        draft.order(OrderInput::new("o8", "FR", "35000"));
        draft.line(LineInput::new("o8", "1", "s1", 1));
        draft.line(LineInput {
            divisible: true,
            ..LineInput::new("o8", "2", "s4", 9)
        });
    });
    for (units, transport) in [(4, "6.15"), (5, "8.95")] {
        // 400 + 4 x 150 = 1000 g; 400 + 5 x 150 = 1150 g.
        let cost = price(&problem, &("o8", "B", "eco", vec![("1", 1), ("2", units)])).unwrap();
        assert_eq!(cost.transport, money(transport), "{units} units");
    }
}

#[test]
fn cutoff_calendar_and_lateness() {
    let problem = hand::problem();
    // Eco has left at 15:00 on Friday 6 March: Saturday 7. Four service days (Mon to Sat) later: Mon 9, Tue 10, Wed 11,
    // Thu 12; promised for the 9th, so 3 days x 2.00. Corsica is zone K (prefix 20): 11.35 up to 5 kg.
    let cost = price(&problem, &("o2", "A", "eco", vec![("2", 1)])).unwrap();
    assert_eq!(
        (cost.leaves_on, cost.arrives_on),
        (date("2026-03-07"), date("2026-03-12"))
    );
    assert_eq!(
        (cost.days_late, cost.late, cost.transport),
        (3, money("6"), money("11.35"))
    );
    // B is ready at 20:30: std leaves on Monday 9 and, on the lane of its own to 69xxx, arrives the same day.
    let cost = price(&problem, &("o1", "B", "std", vec![("1", 2), ("2", 1)])).unwrap();
    assert_eq!(
        (cost.leaves_on, cost.arrives_on, cost.days_late),
        (date("2026-03-09"), date("2026-03-09"), 0)
    );
    // 950 g, or (3000 + 300) / 5 = 660 g: band of 1000 g, 3.00 x 1.1275 = 3.3825.
    assert_eq!((cost.billable, cost.transport), (Grams(950), money("3.3825")));
}

#[test]
fn quotes_and_pickup() {
    let problem = hand::problem();
    // The quote is the whole price: 12.50, one day after the promised 12th: 2.00. It takes 2 of A's shipments.
    let cost = price(&problem, &("o7", "A", "van", vec![("1", 1)])).unwrap();
    assert_eq!(
        (cost.transport, cost.late, cost.workload),
        (money("12.5"), money("2"), 2)
    );
    // Van is not listed, so nobody knows when it leaves; volume does not count.
    assert_eq!(
        (cost.leaves_on, cost.arrives_on, cost.billable),
        (None, date("2026-03-13"), Grams(900))
    );
    // Pickup is free, on the ready day; handling 2 + 2 x 0.90 + 2 x 0.15 = 4.10.
    let cost = price(&problem, &("o5", "C", "pickup", vec![("1", 1), ("2", 1)])).unwrap();
    assert_eq!(
        (cost.transport, cost.handling, cost.billable),
        (money("0"), money("4.10"), Grams(550))
    );
    assert_eq!(
        (cost.leaves_on, cost.arrives_on),
        (date("2026-03-06"), date("2026-03-06"))
    );
}

#[test]
fn what_is_not_offered() {
    let problem = hand::problem();
    let by = |order, node, service, line| price(&problem, &(order, node, service, vec![(line, 1)]));
    assert_eq!(by("o1", "A", "std", "3"), Err(NotOffered::TooHeavy)); // 31 kg in parcels of 30
    assert_eq!(by("o7", "A", "std", "1"), Err(NotOffered::NoQuote));
    assert_eq!(by("o1", "B", "van", "1"), Err(NotOffered::NotListed));
    assert_eq!(by("o1", "B", "pickup", "1"), Err(NotOffered::Pickup));
    assert_eq!(by("o5", "C", "std", "1"), Err(NotOffered::Pickup));
}

#[test]
fn a_whole_plan() {
    let problem = hand::problem();
    let cost = modest_plan(&problem, hand::allocation(&problem, &hand::good())).cost;
    // o2 is 3 days late from A, and from B, where eco leaves on Saturday 7 too; o7 1 day. D is ready at 18:30, after the
    // cut-off of std: o4 leaves on Monday 9 for the 10th, 1 day late. 8 days x 2.00. Two orders are split: 2 x 1.50.
    assert_eq!(
        (cost.late, cost.split, cost.unfilled),
        (money("16"), money("3"), money("1.01"))
    );
    // Shipment, line and unit costs: A 3 x 1.10 + 4 x 0.35 + 11 x 0.08 = 5.58 (o2 1 unit, o6 2 lines of 9, o7 1);
    // B 3 x 2 + 5 x 0.90 + 8 x 0.15 = 11.70; C 4.10; D 2 x 2 + 3 x 0.90 + 7 x 0.15 = 7.75. Together 29.13.
    assert_eq!(cost.handling, money("29.13"));
}
