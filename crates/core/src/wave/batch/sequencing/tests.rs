//! Batches with due times against brute force, from scratch, and at several numbers of threads.

use proptest::prelude::*;

use super::super::tests::{costs_of_sets, layout, orders, verify, work};
use super::super::*;
use crate::index::LocationIdx;
use crate::model::{GraphLayout, Layout};
use crate::plan::Status;
use crate::quantity::Distance;
use crate::search::{Random, StdClock};

const TIME: Objective = Objective::Time {
    speed: 1_200,
    set_up: 20_000,
    per_stop: 5_000,
};

/// Orders of which most are due within `spread` seconds.
fn due_orders(n: usize, seed: u64, spread: u64) -> Vec<Order> {
    let mut random = Random::stream(seed, "due", 0);
    let mut orders = orders(n, seed);
    for order in &mut orders {
        order.picking = 1_000 * order.units;
        order.due = random.chance(850).then(|| 1_000 * random.below(spread + 1));
    }
    orders
}

fn solve_for(
    orders: &[Order],
    layout: &Layout,
    capacity: Capacity,
    pickers: usize,
    options: &BatchOptions,
) -> Result<BatchPlan, crate::Error> {
    let problem = BatchProblem {
        orders,
        tours: &AisleTours::new(layout).unwrap(),
        capacity,
        objective: TIME,
        pickers,
    };
    plan_batches(&problem, options, &StdClock::start(), None)
}

/// What [`verify`] checks, that no picker collects two batches at once or waits, and lateness counted anew.
fn verify_turns(plan: &BatchPlan, orders: &[Order], layout: &Layout, capacity: &Capacity, pickers: usize) {
    verify(plan, orders, layout, capacity, TIME);
    let mut batches: Vec<(&PickBatch, Turn)> = plan.batches.iter().map(|b| (b, b.turn.unwrap())).collect();
    batches.sort_by_key(|(_, turn)| (turn.picker, turn.start));
    let mut free = vec![0; pickers];
    let (mut lateness, mut late) = (0, 0);
    for (batch, turn) in batches {
        assert_eq!(turn.start, free[turn.picker]);
        let picking: u64 = batch.orders.iter().map(|&o| orders[o].picking).sum();
        assert_eq!(turn.end, turn.start + batch.cost + picking as i64);
        free[turn.picker] = turn.end;
        for due in batch.orders.iter().filter_map(|&o| orders[o].due) {
            let by = (turn.end - due as i64).max(0);
            lateness += by;
            late += usize::from(by > 0);
        }
    }
    assert_eq!((plan.lateness, plan.late), (lateness, late));
    assert!(plan.lateness_bound <= lateness);
}

/// Every sequence of disjoint sets that cover what is left, depth first.
fn extend(
    left: usize,
    free: &mut Vec<i64>,
    now: (i64, i64),
    best: &mut (i64, i64),
    (cost, orders): (&[Option<i64>], &[Order]),
) {
    if left == 0 {
        *best = now.min(*best);
        return;
    }
    let mut set = left;
    while set > 0 {
        if let Some(c) = cost[set] {
            let who = (0..free.len()).min_by_key(|&p| (free[p], p)).unwrap();
            let before = free[who];
            let of = || (0..orders.len()).filter(|o| set >> o & 1 == 1).map(|o| &orders[o]);
            let end = before + c + of().map(|o| o.picking as i64).sum::<i64>();
            let late: i64 = of().filter_map(|o| o.due).map(|d| (end - d as i64).max(0)).sum();
            free[who] = end;
            extend(left ^ set, free, (now.0 + late, now.1 + c), best, (cost, orders));
            free[who] = before;
        }
        set = (set - 1) & left;
    }
}

/// The least lateness and, with that, the least cost: all partitions, in all sequences, each batch to who is free first.
fn brute_force(orders: &[Order], layout: &Layout, capacity: &Capacity, pickers: usize) -> (i64, i64) {
    let cost = costs_of_sets(orders, layout, capacity, TIME);
    let mut best = (i64::MAX, i64::MAX);
    extend(
        (1 << orders.len()) - 1,
        &mut vec![0; pickers],
        (0, 0),
        &mut best,
        (&cost, orders),
    );
    best
}

fn small_cart() -> Capacity {
    Capacity {
        units: Some(14),
        orders: Some(3),
        ..Capacity::default()
    }
}

#[test]
fn small_problems_are_as_little_late_and_then_as_cheap_as_brute_force() {
    let (mut late, mut tight, mut proved) = (0, 0, 0);
    for seed in 0..24 {
        let pickers = 1 + seed as usize % 3;
        let spread = [30, 200, 600][seed as usize / 3 % 3];
        let layout = layout(1);
        let orders = due_orders(6, seed, spread);
        let plan = solve_for(&orders, &layout, small_cart(), pickers, &work(150_000, 2)).unwrap();
        verify_turns(&plan, &orders, &layout, &small_cart(), pickers);
        let best = brute_force(&orders, &layout, &small_cart(), pickers);
        assert_eq!((plan.lateness, plan.cost), best, "seed {seed}");
        late += usize::from(best.0 > 0);
        tight += usize::from(plan.bound.is_some_and(|bound| bound < plan.cost));
        proved += usize::from(plan.status == Status::Optimal);
    }
    // All kinds were there: late ones, some where punctual batches are dearer, and some that are proved.
    assert!(late >= 12 && tight >= 4 && proved >= 2, "{late} {tight} {proved}");
}

#[test]
fn sequences_are_the_same_at_any_number_of_threads() {
    let layout = layout(2);
    let orders = due_orders(60, 9, 3_000);
    let capacity = Capacity {
        units: Some(40),
        ..Capacity::default()
    };
    let of = |threads| solve_for(&orders, &layout, capacity, 2, &work(2_000_000, threads)).unwrap();
    let plan = of(1);
    verify_turns(&plan, &orders, &layout, &capacity, 2);
    for threads in [2, 4] {
        let again = of(threads);
        assert_eq!((&plan.batches, plan.work), (&again.batches, again.work));
    }
}

#[test]
fn loose_due_times_change_no_cost_and_are_proved_like_none() {
    let layout = layout(1);
    let mut orders = orders(9, 4);
    let plain = solve_for(&orders, &layout, small_cart(), 0, &work(2_000_000, 2)).unwrap();
    assert_eq!((plain.status, plain.batches[0].turn), (Status::Optimal, None));
    for order in &mut orders {
        order.due = Some(3_600_000);
    }
    let plan = solve_for(&orders, &layout, small_cart(), 1, &work(2_000_000, 2)).unwrap();
    verify_turns(&plan, &orders, &layout, &small_cart(), 1);
    assert_eq!(
        (plan.status, plan.cost, plan.lateness),
        (Status::Optimal, plain.cost, 0)
    );
}

#[test]
fn due_times_want_pickers_and_time_as_the_objective() {
    let layout = layout(1);
    let orders = due_orders(5, 1, 100);
    let error = solve_for(&orders, &layout, small_cart(), 0, &work(1_000, 1)).unwrap_err();
    assert!(error.to_string().contains("need pickers"), "{error}");
    let problem = BatchProblem {
        orders: &orders,
        tours: &AisleTours::new(&layout).unwrap(),
        capacity: small_cart(),
        objective: Objective::Distance,
        pickers: 2,
    };
    let error = plan_batches(&problem, &work(1_000, 1), &StdClock::start(), None).unwrap_err();
    assert!(error.to_string().contains("time as the objective"), "{error}");
    let mut never = orders.clone();
    never[1].due = Some(u64::MAX);
    let error = solve_for(&never, &layout, small_cart(), 1, &work(1_000, 1)).unwrap_err();
    assert!(error.to_string().contains("30 years"), "{error}");
}

/// A graph whose tours of many stops are not the shortest, more pickers than orders, no capacity, orders without stops, one order.
#[test]
fn odd_problems_end_well() {
    let ways: Vec<(u32, u32, Distance)> = (0..29)
        .map(|v| (v, v + 1, Distance(1_000 + 137 * i64::from(v % 5))))
        .collect();
    let graph = Layout::from(GraphLayout::new(30, &ways, 0).unwrap());
    let mut random = Random::new(8);
    let many: Vec<Order> = (0..5)
        .map(|n| Order {
            stops: (0..14).map(|_| LocationIdx(random.below(30) as u32)).collect(),
            due: Some(60_000 * n),
            ..Order::default()
        })
        .collect();
    let plan = solve_for(&many, &graph, Capacity::default(), 1, &work(20_000, 2)).unwrap();
    assert!(0 < plan.lateness_bound && plan.lateness_bound <= plan.lateness);

    let layout = layout(1);
    let mut orders = due_orders(5, 3, 60);
    orders[1].stops.clear();
    for pickers in [1, 5, usize::MAX] {
        let plan = solve_for(&orders, &layout, Capacity::default(), pickers, &work(20_000, 2)).unwrap();
        verify_turns(&plan, &orders, &layout, &Capacity::default(), 5);
        let best = brute_force(&orders, &layout, &Capacity::default(), pickers.min(5));
        assert_eq!((plan.lateness, plan.cost), best);
    }
    let one = due_orders(1, 2, 1);
    let plan = solve_for(&one, &layout, Capacity::default(), 3, &work(20_000, 2)).unwrap();
    assert_eq!(plan.status, Status::Optimal);
    let slow = Order {
        picking: 900_000_000_000,
        due: Some(1),
        ..one[0].clone()
    };
    let error = solve_for(&vec![slow; 6_000], &layout, Capacity::default(), 1, &work(10, 1)).unwrap_err();
    assert!(error.to_string().contains("too long"), "{error}");
}

/// Loose due times of which nothing is proved: more work makes the batches cheaper and leaves them punctual.
#[test]
fn punctual_batches_are_made_cheaper() {
    let layout = layout(1);
    let mut orders = orders(60, 11);
    for order in &mut orders {
        order.due = Some(20_000_000);
    }
    let capacity = Capacity {
        units: Some(30),
        ..Capacity::default()
    };
    let short = solve_for(&orders, &layout, capacity, 2, &work(50_000, 2)).unwrap();
    let long = solve_for(&orders, &layout, capacity, 2, &work(4_000_000, 2)).unwrap();
    verify_turns(&long, &orders, &layout, &capacity, 2);
    assert_eq!((short.lateness, long.lateness), (0, 0));
    assert!(long.cost < short.cost, "{} {}", long.cost, short.cost);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The bound on lateness is one; more pickers never make it larger, nor do later due times.
    #[test]
    fn no_plan_is_less_late_than_the_bound(seed in 0_u64..10_000, pickers in 1_usize..4, spread in 1_u64..900) {
        let layout = layout(1);
        let orders = due_orders(5, seed, spread);
        let plan = solve_for(&orders, &layout, small_cart(), pickers, &work(5_000, 1)).unwrap();
        verify_turns(&plan, &orders, &layout, &small_cart(), pickers);
        prop_assert!(plan.lateness_bound <= brute_force(&orders, &layout, &small_cart(), pickers).0);
        let more = solve_for(&orders, &layout, small_cart(), pickers + 1, &work(5_000, 1)).unwrap();
        prop_assert!(more.lateness_bound <= plan.lateness_bound);
        let later: Vec<Order> = orders.iter().map(|o| Order { due: o.due.map(|d| d + 50_000), ..o.clone() }).collect();
        let loose = solve_for(&later, &layout, small_cart(), pickers, &work(5_000, 1)).unwrap();
        prop_assert!(loose.lateness_bound <= plan.lateness_bound);
    }
}
