//! Picker tours against exhaustive search on tiny floors, and what must hold on any floor.

use clapot::Distance;
use clapot::index::LocationIdx;
use clapot::model::{AisleInput, AisleLayout, GraphLayout, Layout, Waypoint};
use clapot::search::Random;
use clapot::wave::picker_routing::{Offer, Picker, ScatteredLimits, Tour, TourMethod};
use proptest::prelude::*;

/// A floor with uneven gaps and heights, from a seed.
fn floor(random: &mut Random, blocks: usize) -> AisleLayout {
    let mut below = |n: u64| random.below(n) as usize;
    let aisles = 1 + below(5);
    let mut height = 0;
    let mut cross_heights = vec![Distance::ZERO];
    let mut cell_heights = Vec::new();
    for _ in 0..blocks {
        let cells = 1 + below(4);
        for _ in 0..cells {
            height += 500 * below(5) as i64;
            cell_heights.push(Distance(height));
        }
        height += 500 * (1 + below(3) as i64);
        cross_heights.push(Distance(height));
    }
    if below(2) == 0 {
        cell_heights.reverse();
    }
    let input = AisleInput {
        aisles,
        aisle_gaps: (1..aisles).map(|_| Distance(500 * below(8) as i64)).collect(),
        cell_heights,
        cross_heights,
        depot_aisle: below(aisles as u64),
        depot_cross: below(blocks as u64 + 1),
        depot_distance: Distance(500 * below(3) as i64),
    };
    AisleLayout::new(input).unwrap()
}

fn some_stops(random: &mut Random, locations: usize, most: u64) -> Vec<LocationIdx> {
    let mut draw = || LocationIdx(random.below(locations as u64) as u32);
    let mut stops = vec![draw(); 1];
    let more = random.below(most);
    for _ in 0..more {
        stops.push(LocationIdx(random.below(locations as u64) as u32));
    }
    stops
}

/// The shortest closed walk by trying all orders.
fn shortest(
    stops: &[LocationIdx],
    from_depot: &dyn Fn(LocationIdx) -> i64,
    apart: &dyn Fn(LocationIdx, LocationIdx) -> i64,
) -> i64 {
    fn extend(
        left: &mut Vec<LocationIdx>,
        at: LocationIdx,
        from_depot: &dyn Fn(LocationIdx) -> i64,
        apart: &dyn Fn(LocationIdx, LocationIdx) -> i64,
    ) -> i64 {
        if left.is_empty() {
            return from_depot(at);
        }
        let tries = 0..left.len();
        let lengths = tries.map(|i| {
            let next = left.swap_remove(i);
            let length = apart(at, next) + extend(left, next, from_depot, apart);
            left.push(next);
            let last = left.len() - 1;
            left.swap(i, last);
            length
        });
        lengths.min().unwrap()
    }
    let mut left: Vec<LocationIdx> = stops.to_vec();
    left.sort_unstable();
    left.dedup();
    let firsts = 0..left.len();
    let lengths = firsts.map(|i| {
        let mut rest = left.clone();
        let first = rest.swap_remove(i);
        from_depot(first) + extend(&mut rest, first, from_depot, apart)
    });
    lengths.min().unwrap()
}

/// Adds a walk up step by step: each along one aisle, or along one cross aisle.
fn added_up(floor: &AisleLayout, walk: &[Waypoint]) -> Distance {
    let input = floor.input();
    let mut length = input.depot_distance * 2;
    for pair in walk.windows(2) {
        let ((a, ha), (b, hb)) = (floor.place(pair[0]), floor.place(pair[1]));
        if a == b {
            length += Distance((ha.0 - hb.0).abs());
        } else {
            assert!(
                ha == hb && input.cross_heights.contains(&ha),
                "neither along an aisle nor along a cross aisle: {pair:?}"
            );
            length += input.aisle_gaps[a.min(b)..a.max(b)].iter().copied().sum();
        }
    }
    length
}

fn check_tour(floor: &AisleLayout, stops: &[LocationIdx], tour: &Tour) {
    assert_eq!(
        (tour.walk.first(), tour.walk.last()),
        (Some(&Waypoint::Depot), Some(&Waypoint::Depot))
    );
    assert_eq!(added_up(floor, &tour.walk), tour.length);
    let mut wanted = stops.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let mut met = tour.stops.clone();
    met.sort_unstable();
    assert_eq!(met, wanted, "every stop once");
    let visits = tour.walk.iter().filter_map(|w| match w {
        Waypoint::Location(l) => Some(l),
        _ => None,
    });
    assert!(visits.clone().all(|l| wanted.contains(l)));
    assert!(wanted.iter().all(|l| visits.clone().any(|v| v == l)));
}

#[test]
fn exact_tours_are_those_of_exhaustive_search() {
    for blocks in 1..=4 {
        for seed in 0..150 {
            let mut random = Random::stream(seed, "floor", blocks as u64);
            let floor = floor(&mut random, blocks);
            let stops = some_stops(&mut random, floor.locations(), 6);
            let mut picker = Picker::new(&Layout::from(floor.clone())).unwrap();
            let best = shortest(&stops, &|a| floor.from_depot(a).0, &|a, b| floor.distance(a, b).0);
            let tour = picker.tour(&stops, TourMethod::Exact);
            assert_eq!(tour.length.0, best, "{blocks} blocks, seed {seed}: {floor:?} {stops:?}");
            assert_eq!(picker.length(&stops), tour.length);
            check_tour(&floor, &stops, &tour);
        }
    }
}

#[test]
fn exact_tours_on_graphs_are_those_of_exhaustive_search() {
    for seed in 0..60 {
        let mut random = Random::stream(seed, "graph", 0);
        let vertices = 2 + random.below(12) as u32;
        let mut ways: Vec<(u32, u32, Distance)> = Vec::new();
        for v in 1..vertices {
            ways.push((random.below(u64::from(v)) as u32, v, Distance(random.below(900) as i64)));
        }
        for _ in 0..vertices {
            let mut end = || random.below(u64::from(vertices)) as u32;
            ways.push((end(), end(), Distance(300)));
        }
        let floor = GraphLayout::new(vertices as usize, &ways, 0).unwrap();
        let stops = some_stops(&mut random, vertices as usize, 6);
        let rows: Vec<Vec<Distance>> = (0..vertices).map(|v| floor.distances_from(LocationIdx(v))).collect();
        let apart = |a: LocationIdx, b: LocationIdx| rows[a.0 as usize][b.0 as usize].0;
        let best = shortest(&stops, &|a| apart(LocationIdx(0), a), &apart);
        let mut picker = Picker::new(&Layout::from(floor)).unwrap();
        let tour = picker.tour(&stops, TourMethod::Exact);
        assert_eq!(
            (tour.length.0, picker.length(&stops).0, tour.is_shortest),
            (best, best, true)
        );
    }
}

#[test]
fn long_tours_on_a_graph_are_close_to_those_of_the_same_aisles() {
    // The aisles as a graph, where the exact tour is known.
    let (mut longer, mut exact) = (0, 0);
    for seed in 0..10 {
        let mut random = Random::stream(seed, "aisles as a graph", 0);
        let (aisles, cells) = (6u32, 8u32);
        let metre = Distance::from_metres(1);
        let heights: Vec<Distance> = (0..cells).map(|c| metre * i64::from(c + 1)).collect();
        let floor = AisleLayout::new(AisleInput {
            aisles: aisles as usize,
            aisle_gaps: vec![metre * 3; aisles as usize - 1],
            cell_heights: heights,
            cross_heights: vec![Distance::ZERO, metre * i64::from(cells + 1)],
            ..AisleInput::default()
        })
        .unwrap();
        let (front, back) = (|a: u32| aisles * cells + a, |a: u32| aisles * cells + aisles + a);
        let mut ways = Vec::new();
        for a in 0..aisles {
            ways.push((front(a), a * cells, metre));
            ways.push((back(a), a * cells + cells - 1, metre));
            ways.extend((1..cells).map(|c| (a * cells + c - 1, a * cells + c, metre)));
            if a > 0 {
                ways.extend([(front(a - 1), front(a), metre * 3), (back(a - 1), back(a), metre * 3)]);
            }
        }
        let graph = GraphLayout::new((aisles * cells + 2 * aisles) as usize, &ways, front(0)).unwrap();
        let stops: Vec<LocationIdx> = (0..20)
            .map(|_| LocationIdx(random.below(u64::from(aisles * cells)) as u32))
            .collect();
        let best = Picker::new(&Layout::from(floor)).unwrap().length(&stops);
        let found = Picker::new(&Layout::from(graph)).unwrap().length(&stops);
        assert!(found >= best);
        longer += found.0 - best.0;
        exact += best.0;
    }
    assert!(longer * 100 <= exact, "{longer} of {exact} mm: more than 1 % too long");
}

/// The shortest tour over all choices of offers that cover the needs.
fn shortest_choice(picker: &mut Picker, needs: &[u32], offers: &[Offer]) -> Distance {
    let choices = (1u32..1 << offers.len()).filter_map(|choice| {
        let chosen: Vec<&Offer> = (0..offers.len())
            .filter(|i| choice >> i & 1 == 1)
            .map(|i| &offers[i])
            .collect();
        let there = |a: usize| {
            chosen
                .iter()
                .filter(|o| o.article as usize == a)
                .map(|o| o.quantity)
                .sum::<u32>()
        };
        let covers = needs.iter().enumerate().all(|(a, &need)| there(a) >= need);
        covers.then(|| picker.length(&chosen.iter().map(|o| o.location).collect::<Vec<_>>()))
    });
    choices.min().unwrap()
}

#[test]
fn scattered_storage_is_that_of_exhaustive_search() {
    for blocks in 1..=3 {
        for seed in 0..60 {
            let mut random = Random::stream(seed, "scattered", blocks as u64);
            let floor = floor(&mut random, blocks);
            let articles = 1 + random.below(4) as u32;
            let offers: Vec<Offer> = (0..articles + random.below(7) as u32)
                .map(|n| Offer {
                    article: n % articles,
                    location: LocationIdx(random.below(floor.locations() as u64) as u32),
                    quantity: 1 + random.below(3) as u32,
                })
                .collect();
            let there = |a: u32| {
                offers
                    .iter()
                    .filter(|o| o.article == a)
                    .map(|o| o.quantity)
                    .sum::<u32>()
            };
            let needs: Vec<u32> = (0..articles)
                .map(|a| 1 + random.below(u64::from(there(a))) as u32)
                .collect();
            let mut picker = Picker::new(&Layout::from(floor.clone())).unwrap();
            let best = shortest_choice(&mut picker, &needs, &offers);
            let found = picker.pick_from(&needs, &offers, ScatteredLimits::default()).unwrap();
            assert_eq!(
                (found.tour.length, found.bound),
                (best, best),
                "{blocks} blocks, seed {seed}"
            );
            let taken = |a: u32| {
                let picks = found.picks.iter().filter(|(o, _)| offers[*o].article == a);
                picks.map(|p| p.1).sum::<u32>()
            };
            assert!(needs.iter().enumerate().all(|(a, &need)| taken(a as u32) == need));
            assert!(found.picks.iter().all(|&(o, n)| n <= offers[o].quantity));
        }
    }
}

#[test]
fn scattered_storage_refuses_what_cannot_be() {
    let mut picker = Picker::new(&Layout::from(floor(&mut Random::new(1), 1))).unwrap();
    let offer = Offer {
        article: 0,
        location: LocationIdx(0),
        quantity: 1,
    };
    let limits = ScatteredLimits::default();
    assert!(picker.pick_from(&[2], &[offer], limits).unwrap_err().is_input());
    assert!(picker.pick_from(&[], &[offer], limits).unwrap_err().is_input());
    assert_eq!(
        picker.pick_from(&[0], &[offer], limits).unwrap().tour.length,
        Distance::ZERO
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_policy_is_shorter_and_every_walk_adds_up(seed: u64, blocks in 1usize..=5) {
        let mut random = Random::new(seed);
        let floor = floor(&mut random, blocks);
        let stops = some_stops(&mut random, floor.locations(), 15);
        let mut picker = Picker::new(&Layout::from(floor.clone())).unwrap();
        let exact = picker.length(&stops);
        for method in TourMethod::ALL {
            let tour = picker.tour(&stops, method);
            check_tour(&floor, &stops, &tour);
            prop_assert!(tour.length >= exact, "{method}");
        }
    }

    #[test]
    fn another_stop_never_shortens_a_tour(seed: u64, blocks in 1usize..=4) {
        let mut random = Random::new(seed);
        let floor = floor(&mut random, blocks);
        let mut stops = some_stops(&mut random, floor.locations(), 15);
        let mut picker = Picker::new(&Layout::from(floor.clone())).unwrap();
        let before = picker.length(&stops);
        let mut set = picker.set(&stops);
        stops.push(LocationIdx(random.below(floor.locations() as u64) as u32));
        prop_assert!(picker.length(&stops) >= before);
        set.add(&picker.set(&stops[stops.len() - 1..]));
        prop_assert_eq!(picker.length_of(&set), picker.length(&stops));
    }

    #[test]
    fn a_mirrored_floor_has_tours_as_long(seed: u64, blocks in 1usize..=4) {
        let mut random = Random::new(seed);
        let floor = floor(&mut random, blocks);
        let stops = some_stops(&mut random, floor.locations(), 15);
        let length = Picker::new(&Layout::from(floor.clone())).unwrap().length(&stops);
        let mut input = floor.input().clone();
        input.aisle_gaps.reverse();
        input.depot_aisle = floor.aisles() - 1 - input.depot_aisle;
        let sideways: Vec<LocationIdx> = stops
            .iter()
            .map(|&s| floor.aisle_and_cell(s))
            .map(|(aisle, cell)| floor.location(floor.aisles() - 1 - aisle, cell).unwrap())
            .collect();
        let mirrored = AisleLayout::new(input).unwrap();
        prop_assert_eq!(Picker::new(&Layout::from(mirrored)).unwrap().length(&sideways), length);
        let mut input = floor.input().clone();
        for height in input.cell_heights.iter_mut().chain(&mut input.cross_heights) {
            *height = floor.length() - *height;
        }
        input.cross_heights.reverse();
        input.depot_cross = blocks - input.depot_cross;
        let upside_down = AisleLayout::new(input).unwrap();
        prop_assert_eq!(Picker::new(&Layout::from(upside_down)).unwrap().length(&stops), length);
    }
}
