//! Wave selection against brute force, its theorems as properties, and repeatability. Every selection goes through a checker
//! that shares no code with the library.

use std::collections::BTreeMap;

use clapot::StdClock;
use clapot::index::{Idx as _, SkuIdx};
use clapot::search::{Milp, Random};
use clapot::wave::selection::{Backlog, Ratio, SelectOptions, Selection, SelectionStatus, SkuUnits, select_wave};
use proptest::prelude::*;

type Rows = Vec<Vec<(u32, u32)>>;

fn backlog(orders: &Rows, aisles: &Rows, least: u64, most: u64) -> Backlog {
    let rows = |rows: &Rows| {
        let row = |r: &Vec<(u32, u32)>| r.iter().map(|&(s, q)| SkuUnits::new(SkuIdx(s), q)).collect();
        rows.iter().map(row).collect()
    };
    Backlog::new(rows(orders), rows(aisles), least..=most).unwrap()
}

fn run(backlog: &Backlog, options: SelectOptions) -> Selection {
    let selection = select_wave(backlog, &options, &StdClock::start(), None, &mut |_| {}).unwrap();
    check(backlog, &selection);
    selection
}

fn limited(work: u64) -> SelectOptions {
    SelectOptions {
        work_limit: Some(work),
        threads: 2,
        ..SelectOptions::default()
    }
}

/// Rules of a selection, from scratch.
fn check(backlog: &Backlog, s: &Selection) {
    let found = matches!(s.status, SelectionStatus::Optimal | SelectionStatus::Feasible);
    assert_eq!(found, !s.aisles.is_empty());
    assert_eq!(found, !s.orders.is_empty());
    if !found {
        return;
    }
    assert!(s.orders.windows(2).all(|w| w[0] < w[1]) && s.aisles.windows(2).all(|w| w[0] < w[1]));
    let mut stock: BTreeMap<u32, i64> = BTreeMap::new();
    for &a in &s.aisles {
        for c in &backlog.aisles()[a] {
            *stock.entry(c.sku.0).or_default() += i64::from(c.units);
        }
    }
    let mut units = 0;
    for &o in &s.orders {
        for c in &backlog.orders()[o] {
            *stock.entry(c.sku.0).or_default() -= i64::from(c.units);
            units += u64::from(c.units);
        }
    }
    assert!(
        stock.values().all(|&left| left >= 0),
        "orders are not covered by the visited aisles"
    );
    assert_eq!(units, s.units);
    assert!(backlog.least_units() <= units && units <= backlog.most_units());
    let ratio = s.ratio().unwrap();
    if let Some(bound) = s.bound {
        assert!(bound >= ratio, "bound {bound} below {ratio}");
        assert_eq!(s.status == SelectionStatus::Optimal, bound == ratio);
    }
}

/// All sets of aisles and all sets of orders.
fn brute_force(b: &Backlog) -> Option<Ratio> {
    let (orders, aisles) = (b.orders().as_slice(), b.aisles().as_slice());
    let mut best: Option<Ratio> = None;
    for open in 1_u32..1 << aisles.len() {
        for chosen in 1_u32..1 << orders.len() {
            let mut left: BTreeMap<u32, i64> = BTreeMap::new();
            let mut units = 0;
            let of = |rows: &[Vec<SkuUnits>], mask: u32| -> Vec<SkuUnits> {
                let on = (0..rows.len()).filter(|n| mask >> n & 1 == 1);
                on.flat_map(|n| rows[n].clone()).collect()
            };
            for c in of(aisles, open) {
                *left.entry(c.sku.0).or_default() += i64::from(c.units);
            }
            for c in of(orders, chosen) {
                *left.entry(c.sku.0).or_default() -= i64::from(c.units);
                units += u64::from(c.units);
            }
            let ok = left.values().all(|&l| l >= 0) && b.least_units() <= units && units <= b.most_units() && units > 0;
            let ratio = Ratio::new(units, u64::from(open.count_ones()));
            if ok && best.is_none_or(|b| ratio > b) {
                best = Some(ratio);
            }
        }
    }
    best
}

fn rows(most: usize, cells: usize, units: u32) -> impl Strategy<Value = Rows> {
    let row = prop::collection::btree_map(0_u32..4, 1..=units, 1..=cells);
    prop::collection::vec(row.prop_map(|r| r.into_iter().collect()), 1..=most)
}

/// A backlog that the generator of instances could have made: most orders of 1 to 3 lines, SKUs in a few aisles.
fn synthetic(orders: usize, aisles: usize, skus: u64, seed: u64, least: u64, most: u64) -> Backlog {
    let mut random = Random::stream(seed, "orders", 0);
    let mut rows = |count: usize, cells: i64, units: i64| -> Rows {
        let row = |random: &mut Random| {
            let cells = random.between(1, cells);
            let cell = |random: &mut Random| (random.below(skus) as u32, random.between(1, units) as u32);
            (0..cells).map(|_| cell(random)).collect()
        };
        (0..count).map(|_| row(&mut random)).collect()
    };
    let (orders, aisles) = (rows(orders, 3, 3), rows(aisles, 30, 4));
    backlog(&orders, &aisles, least, most)
}

#[test]
fn a_small_wave_by_hand() {
    // Aisle 0 serves orders 0 and 1: 5 units in one aisle. Order 2 needs aisle 1 as well: 9 units in two, 4.5 each.
    let orders = vec![vec![(0, 3)], vec![(1, 2)], vec![(0, 1), (2, 3)]];
    let aisles = vec![vec![(0, 4), (1, 2)], vec![(2, 3)]];
    let s = run(&backlog(&orders, &aisles, 1, 100), SelectOptions::default());
    assert_eq!(
        (s.ratio(), s.status),
        (Some(Ratio::new(5, 1)), SelectionStatus::Optimal)
    );
    // At least 6 units: now both aisles.
    let s = run(&backlog(&orders, &aisles, 6, 100), SelectOptions::default());
    assert_eq!(
        (s.ratio(), s.status),
        (Some(Ratio::new(9, 2)), SelectionStatus::Optimal)
    );
    assert_eq!(s.bound, s.ratio());
    // At most 8 units: orders 0 and 2 have 7, orders 1 and 2 have 6; orders 0 and 1 have 5 in one aisle.
    let s = run(&backlog(&orders, &aisles, 6, 8), SelectOptions::default());
    assert_eq!(
        (s.ratio(), s.status),
        (Some(Ratio::new(7, 2)), SelectionStatus::Optimal)
    );
}

#[test]
fn what_cannot_be_is_proved_impossible() {
    let orders = vec![vec![(0, 3)], vec![(1, 2)]];
    let s = run(&backlog(&orders, &vec![vec![(0, 2)]], 1, 9), SelectOptions::default());
    assert_eq!((s.status, s.bound), (SelectionStatus::Infeasible, None));
    let s = run(&backlog(&Vec::new(), &Vec::new(), 0, 9), SelectOptions::default());
    assert_eq!(s.status, SelectionStatus::Infeasible);
    // 3 + 3 units of one SKU and a limit of exactly 4.
    let two = vec![vec![(0, 3)], vec![(0, 3)]];
    let s = run(&backlog(&two, &vec![vec![(0, 9)]], 4, 5), limited(1_000_000));
    assert!(s.aisles.is_empty());
}

#[test]
fn lines_of_one_sku_are_added_up() {
    let orders = vec![vec![(0, 1), (0, 2), (1, 0)]];
    let s = run(
        &backlog(&orders, &vec![vec![(0, 2), (0, 1)]], 1, 9),
        SelectOptions::default(),
    );
    assert_eq!(s.ratio(), Some(Ratio::new(3, 1)));
}

#[test]
fn limits_that_exclude_each_other_are_refused() {
    let (least, most) = (5, 4);
    assert!(Backlog::new(Vec::new(), Vec::new(), least..=most).is_err());
    let zero = SelectOptions {
        work_limit: Some(0),
        ..SelectOptions::default()
    };
    let b = backlog(&Vec::new(), &Vec::new(), 0, 1);
    assert!(select_wave(&b, &zero, &StdClock::start(), None, &mut |_| {}).is_err());
}

#[test]
fn a_run_that_is_asked_to_stop_returns_what_it_has() {
    let b = synthetic(300, 30, 200, 5, 20, 200);
    let stop = std::sync::atomic::AtomicBool::new(true);
    let s = select_wave(
        &b,
        &SelectOptions::default(),
        &StdClock::start(),
        Some(&stop),
        &mut |_| {},
    )
    .unwrap();
    check(&b, &s);
    assert_eq!(s.limit, Some(clapot::plan::LimitReached::Interrupted));
}

#[test]
fn the_same_work_gives_the_same_selection_at_any_number_of_threads() {
    for (seed, work) in [(1, 3_000_000), (2, 40_000_000)] {
        let b = synthetic(600, 60, 400, seed, 60, 500);
        let of = |threads| {
            run(
                &b,
                SelectOptions {
                    threads,
                    ..limited(work)
                },
            )
        };
        let one = of(1);
        assert!(!one.aisles.is_empty());
        assert_eq!(one, of(2));
        assert_eq!(one, of(4));
    }
}

#[test]
fn both_solvers_reach_the_proved_best() {
    let b = synthetic(60, 12, 40, 3, 10, 60);
    let of = |milp| {
        run(
            &b,
            SelectOptions {
                milp,
                ..SelectOptions::default()
            },
        )
    };
    let (a, b) = (of(Milp::Strongest), of(Milp::MicroLp));
    assert_eq!(a.status, SelectionStatus::Optimal);
    assert_eq!(a.ratio(), b.ratio());
}

#[test]
fn progress_never_gets_worse() {
    let b = synthetic(400, 40, 250, 9, 40, 300);
    let mut seen = Vec::new();
    select_wave(&b, &limited(30_000_000), &StdClock::start(), None, &mut |p| {
        seen.push(p);
    })
    .unwrap();
    assert!(seen.windows(2).all(|w| w[0].best <= w[1].best));
    assert!(
        seen.windows(2)
            .all(|w| w[0].bound.is_none() || w[1].bound <= w[0].bound)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// The ratio is that of all subsets, and the bound is never below it.
    #[test]
    fn the_selection_is_the_best_of_all(
        orders in rows(7, 3, 3), aisles in rows(5, 3, 4), least in 0_u64..8, room in 0_u64..12,
    ) {
        let b = backlog(&orders, &aisles, least, least + room);
        let s = run(&b, limited(1_000_000));
        let best = brute_force(&b);
        prop_assert_eq!(s.ratio(), best);
        prop_assert_eq!(s.status == SelectionStatus::Infeasible, best.is_none() && s.status != SelectionStatus::Unknown);
        if let (Some(bound), Some(best)) = (s.bound, best) {
            prop_assert!(bound >= best);
        }
    }

    /// More stock in an aisle never lowers the best ratio.
    #[test]
    fn more_stock_never_lowers_the_ratio(
        orders in rows(7, 3, 3), aisles in rows(5, 3, 4), least in 0_u64..6, at in 0_usize..5, sku in 0_u32..4, more in 1_u32..4,
    ) {
        let before = run(&backlog(&orders, &aisles, least, 20), limited(500_000));
        let mut aisles = aisles;
        let at = at % aisles.len();
        aisles[at].push((sku, more));
        let after = run(&backlog(&orders, &aisles, least, 20), limited(500_000));
        prop_assert!(after.ratio() >= before.ratio());
    }

    /// A bound holds for every wave, also one of another run.
    #[test]
    fn a_bound_is_above_every_wave(seed in 0_u64..1000, orders in 20_usize..120, aisles in 5_usize..25) {
        let b = synthetic(orders, aisles, 60, seed, 8, 80);
        let short = run(&b, limited(300_000));
        let long = run(&b, SelectOptions { seed: 7, ..limited(3_000_000) });
        for bound in [short.bound, long.bound].into_iter().flatten() {
            prop_assert!(Some(bound) >= short.ratio() && Some(bound) >= long.ratio());
        }
    }
}

#[test]
fn indices_are_those_of_the_backlog() {
    // The first order and the first aisle are of no use, so that reduced numbers are not those of the backlog.
    let orders = vec![vec![(0, 9)], vec![(1, 2)]];
    let aisles = vec![vec![(5, 1)], vec![(0, 1)], vec![(1, 2)]];
    let s = run(&backlog(&orders, &aisles, 1, 9), SelectOptions::default());
    assert_eq!((s.orders[0].get(), s.aisles[0].get()), (1, 2));
}
