//! Batching against brute force, from scratch, and at several numbers of threads.

use super::*;
use crate::index::LocationIdx;
use crate::model::{AisleLayout, Layout, RegularAisles};
use crate::plan::Status;
use crate::quantity::Distance;
use crate::search::Random;
use crate::search::StdClock;
use crate::wave::picker_routing::Picker;

pub(super) fn layout(blocks: usize) -> Layout {
    let metre = Distance::from_metres(1);
    let input = RegularAisles {
        aisles: 6,
        cells: 12,
        blocks,
        aisle_gap: metre * 3,
        cell_gap: metre,
        front_gap: metre,
        back_gap: metre,
        middle_gap: metre,
        cells_from_back: false,
        depot_aisle: 1,
        depot_cross: 0,
        depot_distance: metre,
    };
    Layout::from(AisleLayout::new(input.input()).unwrap())
}

pub(super) fn orders(n: usize, seed: u64) -> Vec<Order> {
    let mut random = Random::new(seed);
    (0..n)
        .map(|_| {
            let lines = 1 + random.below(5);
            Order {
                stops: (0..lines).map(|_| LocationIdx(random.below(72) as u32)).collect(),
                units: lines + random.below(3),
                weight: 100 * random.below(30),
                volume: random.below(50),
                ..Order::default()
            }
        })
        .collect()
}

fn solve_with(
    orders: &[Order],
    tours: &dyn Tours,
    capacity: Capacity,
    objective: Objective,
    options: BatchOptions,
) -> BatchPlan {
    let problem = BatchProblem {
        orders,
        tours,
        capacity,
        objective,
        pickers: 1,
    };
    plan_batches(&problem, &options, &StdClock::start(), None).unwrap()
}

pub(super) fn work(limit: u64, threads: usize) -> BatchOptions {
    BatchOptions {
        work_limit: Some(limit),
        threads,
        ..BatchOptions::default()
    }
}

/// Every order once, capacities kept, and lengths and costs as picker routing gives them.
pub(super) fn verify(plan: &BatchPlan, orders: &[Order], layout: &Layout, capacity: &Capacity, objective: Objective) {
    let mut seen: Vec<usize> = plan.batches.iter().flat_map(|b| b.orders.iter().copied()).collect();
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..orders.len()));
    let mut picker = Picker::new(layout).unwrap();
    for batch in &plan.batches {
        assert!(capacity.holds(batch.orders.iter().map(|&o| &orders[o])));
        let stops: Vec<LocationIdx> = batch.orders.iter().flat_map(|&o| orders[o].stops.clone()).collect();
        assert_eq!(picker.length(&stops).0, batch.length);
        let places = stops.iter().collect::<std::collections::HashSet<_>>().len();
        assert_eq!(objective.cost(batch.length, places as u64), batch.cost);
    }
    assert_eq!(plan.cost, plan.batches.iter().map(|b| b.cost).sum::<i64>());
    assert!(plan.bound.is_none_or(|b| b <= plan.cost));
}

/// Cost of every set of orders, as the bits of its position; `None` where no cart takes it.
pub(super) fn costs_of_sets(
    orders: &[Order],
    layout: &Layout,
    capacity: &Capacity,
    objective: Objective,
) -> Vec<Option<i64>> {
    let n = orders.len();
    let mut picker = Picker::new(layout).unwrap();
    (0..1_usize << n)
        .map(|set| {
            let chosen: Vec<&Order> = (0..n).filter(|o| set >> o & 1 == 1).map(|o| &orders[o]).collect();
            capacity.holds(chosen.iter().copied()).then(|| {
                let stops: Vec<LocationIdx> = chosen.iter().flat_map(|o| o.stops.clone()).collect();
                let places = stops.iter().collect::<std::collections::HashSet<_>>().len();
                objective.cost(picker.length(&stops).0, places as u64)
            })
        })
        .collect()
}

/// The least cost of any plan, by trying all partitions.
fn brute_force(orders: &[Order], layout: &Layout, capacity: &Capacity, objective: Objective) -> i64 {
    let n = orders.len();
    let cost = costs_of_sets(orders, layout, capacity, objective);
    let mut best = vec![i64::MAX; 1 << n];
    best[0] = 0;
    for set in 1..1_usize << n {
        let first = set & set.wrapping_neg();
        let rest = set ^ first;
        let mut part = rest;
        loop {
            let batch = part | first;
            if let Some(c) = cost[batch] {
                best[set] = best[set].min(best[set ^ batch].saturating_add(c));
            }
            if part == 0 {
                break;
            }
            part = (part - 1) & rest;
        }
    }
    best[(1 << n) - 1]
}

#[test]
fn small_problems_are_solved_to_the_optimum_of_brute_force() {
    let bins = Capacity {
        bins: Some(Bins {
            count: 4,
            units: Some(3),
            ..Bins::default()
        }),
        ..Capacity::default()
    };
    let amounts = Capacity {
        units: Some(14),
        weight: Some(5_000),
        volume: Some(120),
        orders: Some(4),
        ..Capacity::default()
    };
    let time = Objective::Time {
        speed: 1_400,
        set_up: 20_000,
        per_stop: 5_000,
    };
    for seed in 0..6 {
        for (blocks, capacity, objective) in [(1, amounts, Objective::Distance), (1, bins, time), (2, amounts, time)] {
            let layout = layout(blocks);
            let tours = AisleTours::new(&layout).unwrap();
            let orders = orders(9, seed);
            let plan = solve_with(&orders, &tours, capacity, objective, work(2_000_000, 2));
            verify(&plan, &orders, &layout, &capacity, objective);
            assert_eq!(
                plan.cost,
                brute_force(&orders, &layout, &capacity, objective),
                "seed {seed}"
            );
            assert_eq!(
                (plan.status, plan.bound),
                (Status::Optimal, Some(plan.cost)),
                "seed {seed}"
            );
        }
    }
}

#[test]
fn plans_are_the_same_at_any_number_of_threads() {
    let layout = layout(1);
    let tours = AisleTours::new(&layout).unwrap();
    for (n, units, limit) in [(30, 12, 3_000_000), (60, 40, 12_000_000), (450, 60, 6_000_000)] {
        let orders = orders(n, 5);
        let capacity = Capacity {
            units: Some(units),
            ..Capacity::default()
        };
        let plans: Vec<BatchPlan> = [1, 2, 4]
            .into_iter()
            .map(|threads| solve_with(&orders, &tours, capacity, Objective::Distance, work(limit, threads)))
            .collect();
        verify(&plans[0], &orders, &layout, &capacity, Objective::Distance);
        for plan in &plans[1..] {
            assert_eq!(
                (&plan.batches, plan.work),
                (&plans[0].batches, plans[0].work),
                "{n} orders"
            );
        }
    }
}

#[test]
fn more_work_never_makes_a_plan_dearer_than_savings_and_edge_cases_work() {
    let layout = layout(1);
    let tours = AisleTours::new(&layout).unwrap();
    let none = solve_with(
        &[],
        &tours,
        Capacity::default(),
        Objective::Distance,
        BatchOptions::default(),
    );
    assert_eq!((none.batches.len(), none.status), (0, Status::Optimal));
    let one = orders(1, 1);
    let plan = solve_with(
        &one,
        &tours,
        Capacity::default(),
        Objective::Distance,
        BatchOptions::default(),
    );
    verify(&plan, &one, &layout, &Capacity::default(), Objective::Distance);
    // Without limits all orders go together.
    let all = orders(12, 2);
    let plan = solve_with(
        &all,
        &tours,
        Capacity::default(),
        Objective::Distance,
        work(1_000_000, 1),
    );
    assert_eq!(plan.batches.len(), 1);
    // An order without stops costs nothing.
    let mut empty = orders(4, 3);
    empty[2].stops.clear();
    let plan = solve_with(
        &empty,
        &tours,
        Capacity::default(),
        Objective::Distance,
        work(1_000_000, 1),
    );
    verify(&plan, &empty, &layout, &Capacity::default(), Objective::Distance);
    let large = [Order {
        units: 5,
        ..Order::default()
    }];
    let problem = BatchProblem {
        orders: &large,
        tours: &tours,
        capacity: Capacity {
            units: Some(4),
            ..Capacity::default()
        },
        objective: Objective::Distance,
        pickers: 1,
    };
    let error = plan_batches(&problem, &BatchOptions::default(), &StdClock::start(), None).unwrap_err();
    assert!(error.to_string().contains("order 0"), "{error}");
}

/// Two blocks of 4 aisles from a depot away from them, against the best of all orders of the stops on the graph.
#[test]
fn tours_from_a_depot_away_from_the_aisles_are_shortest() {
    let (depths, steps, ways) = ([70, 60], vec![50, 40, 50], vec![25, 56, 93, 141]);
    let mut random = Random::new(3);
    for round in 0..200 {
        let count = 1 + random.below(6) as usize;
        let stops: Vec<(usize, usize, i64)> = (0..count)
            .map(|_| {
                let block = random.below(2) as usize;
                (
                    random.below(4) as usize,
                    block,
                    10 * random.between(0, depths[block] / 10),
                )
            })
            .collect();
        let tours = TwoBlocks::new(depths, steps.clone(), ways.clone(), &stops).unwrap();
        let all: Vec<LocationIdx> = (0..count as u32).map(LocationIdx).collect();
        let ours = tours.lengths().length(&tours.mask(&all));
        assert_eq!(
            ours,
            shortest_by_trying(depths, &steps, &ways, &stops),
            "round {round}: {stops:?}"
        );
    }
}

/// The shortest closed walk from the depot over the stops, by all orders of the stops.
fn shortest_by_trying(depths: [i64; 2], steps: &[i64], ways: &[i64], stops: &[(usize, usize, i64)]) -> i64 {
    // Vertices: the depot, three crossings per aisle, then the stops; distances by Floyd and Warshall.
    let crossing = |aisle: usize, cross: usize| 1 + 3 * aisle + cross;
    let first = 1 + 3 * ways.len();
    let n = first + stops.len();
    let mut d = vec![vec![i64::MAX / 4; n]; n];
    let mut join = |a: usize, b: usize, length: i64| {
        d[a][b] = d[a][b].min(length);
        d[b][a] = d[b][a].min(length);
    };
    for (aisle, &way) in ways.iter().enumerate() {
        join(0, crossing(aisle, 0), way);
        for (block, &depth) in depths.iter().enumerate() {
            join(crossing(aisle, block), crossing(aisle, block + 1), depth);
        }
        for cross in 0..3 {
            if let Some(&step) = steps.get(aisle) {
                join(crossing(aisle, cross), crossing(aisle + 1, cross), step);
            }
        }
    }
    for (s, &(aisle, block, height)) in stops.iter().enumerate() {
        join(first + s, first + s, 0);
        join(first + s, crossing(aisle, block), height);
        join(first + s, crossing(aisle, block + 1), depths[block] - height);
        for (t, &(other, of, above)) in stops.iter().enumerate() {
            if (other, of) == (aisle, block) {
                join(first + s, first + t, (height - above).abs());
            }
        }
    }
    for k in 0..n {
        for i in 0..n {
            for j in 0..n {
                d[i][j] = d[i][j].min(d[i][k] + d[k][j]);
            }
        }
    }
    let mut best = i64::MAX;
    let mut order: Vec<usize> = (0..stops.len()).collect();
    permute(&mut order, 0, &mut |order| {
        let mut at = 0;
        let mut length = 0;
        for &s in order {
            length += d[at][first + s];
            at = first + s;
        }
        best = best.min(length + d[at][0]);
    });
    best
}

fn permute(order: &mut [usize], from: usize, each: &mut dyn FnMut(&[usize])) {
    if from == order.len() {
        each(order);
        return;
    }
    for i in from..order.len() {
        order.swap(from, i);
        permute(order, from + 1, each);
        order.swap(from, i);
    }
}
