//! The master's answer meets the conditions of an optimum, and column generation ends at the best prices of tiny sales.

use super::super::book::Builder;
use super::super::shadow::{Prices, Rows};
use super::master::{Column, Master};
use super::{contended, generate, lead};
use crate::allocate::testing::Random;
use crate::search::{Budget, StdClock};
use crate::validate::check;
use clapot::generate::{Alike, FlashSale, generate_flash_sale};

/// Of random columns: no prices within the box promise more, by a search over a grid of prices.
#[test]
fn the_master_is_the_best_within_the_box() {
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let there_is = [random.between(0, 6), random.between(1, 9)];
        let mut column = |group, look| Column {
            group,
            look,
            cost: random.between(0, 100) as f64,
            takes: (0..2)
                .map(|r| (r, random.between(0, 5) as f64))
                .filter(|t| t.1 > 0.0)
                .collect(),
        };
        let groups = 3;
        let first: Vec<Column> = (0..groups).map(|g| column(g, 0)).collect();
        let mut all = first.clone();
        let mut master = Master::start(&there_is, first).unwrap();
        for look in 1..6 {
            for group in 0..groups {
                let column = column(group, look);
                all.push(column.clone());
                master.add(column);
            }
            let within = [(0.0, 8.0), (2.0, 10.0)];
            assert!(master.solve(&within, &|| false), "seed {seed}");
            let value = |p: [f64; 2]| -> f64 {
                let cost = |c: &Column| c.cost + c.takes.iter().map(|t| t.1 * p[t.0 as usize]).sum::<f64>();
                let of_group = |g| {
                    all.iter()
                        .filter(|c| c.group == g)
                        .map(cost)
                        .fold(f64::INFINITY, f64::min)
                };
                (0..groups).map(of_group).sum::<f64>() - p[0] * there_is[0] as f64 - p[1] * there_is[1] as f64
            };
            let at = [master.price_of(0), master.price_of(1)];
            assert!((value(at) - master.value()).abs() < 1e-2, "seed {seed}");
            let grid = (0..=32).flat_map(|a| (0..=32).map(move |b| [f64::from(a) / 4.0, 2.0 + f64::from(b) / 4.0]));
            let most = grid.map(value).fold(f64::NEG_INFINITY, f64::max);
            assert!(
                most <= master.value() + 1e-2,
                "seed {seed}: {most} above {}",
                master.value()
            );
            assert!(at[0] <= 8.0 && (2.0..=10.0).contains(&at[1]), "seed {seed}: {at:?}");
        }
    }
}

#[test]
fn generation_is_exact_and_never_below_its_start() {
    for (seed, alike) in (0..12).zip(Alike::ALL.into_iter().cycle()) {
        let sale = FlashSale {
            orders: 40 + 10 * seed as u32,
            nodes: 3 + seed as u32,
            stock: 50 + 10 * (seed as u32 % 8),
            alike,
            seed,
        };
        let problem = check(generate_flash_sale(&sale).unwrap()).unwrap().problem;
        let book = Builder::new(&problem).build();
        let rows = Rows::binding(&book);
        let among = contended(&book, &rows);
        assert!(lead(&rows, &among), "{sale:?}");
        let clock = StdClock::start();
        let budget = Budget::new(&clock, None, None, None);
        let first = generate(&book, &rows, &among, &Prices::zero(&problem), &budget, 1.0).unwrap();
        assert!(first.is_exact, "{sale:?}: {} looks", first.looks);
        let again = generate(&book, &rows, &among, &first.prices, &budget, 1.0).unwrap();
        assert!(again.is_exact && again.bound >= first.bound, "{sale:?}");
        assert!(
            (again.bound - first.bound) as f64 <= 5e-6 * first.bound as f64,
            "{sale:?}"
        );
    }
}
