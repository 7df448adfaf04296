//! Tours past pick locations of a floor by every method: the walk of the method's own rule, computed by hand.

use clapot::index::PickLocationIdx;
use clapot::io::read_problem;
use clapot::model::Weekdays;
use clapot::model::floor::{
    AislePlan, CartInput, FloorDraft, FloorSettingsInput, Floors, LayoutInput, LocationInput, PickMethod, ShiftInput,
};
use clapot::quantity::Distance;
use clapot::validate::check_floors;
use clapot::wave::picker_routing::Picker;

use crate::support::files::repository;

/// The floor of `W` with these aisles and a pick location at each (aisle, cell), both from 1.
fn floor(plan: AislePlan, cells: &[(u32, u32)]) -> Floors {
    let problem = read_problem(&repository("fixtures/floors/hand/problem"))
        .unwrap()
        .problem;
    let mut draft = FloorDraft::new(FloorSettingsInput::default());
    draft.layout(LayoutInput::Aisles { node_id: "W", plan });
    for (n, (aisle, cell)) in cells.iter().enumerate() {
        draft.location(LocationInput {
            node_id: "W",
            location_id: &format!("L{n}"),
            aisle: Some(*aisle),
            cell: Some(*cell),
            vertex: None,
            sequence: Some(n as u32),
            zone: None,
        });
    }
    draft.cart(CartInput {
        node_id: "W",
        cart_id: "cart",
        ..CartInput::default()
    });
    draft.shift(ShiftInput {
        node_id: "W",
        shift_id: "day",
        days: Weekdays::parse("12345"),
        date: None,
        start: "08:00".parse().unwrap(),
        end: "16:00".parse().unwrap(),
        pickers: 1,
    });
    check_floors(draft, &problem).unwrap().floors
}

fn aisles(aisles: u32, cells: u32, blocks: u32, aisle_gap: i64) -> AislePlan {
    let metre = Distance::from_metres(1);
    AislePlan {
        aisles,
        cells,
        blocks,
        aisle_gap_m: metre * aisle_gap,
        cell_gap_m: metre,
        front_gap_m: metre,
        back_gap_m: metre,
        middle_gap_m: metre,
        depot_aisle: 1,
        depot_cross: 1,
        depot_m: metre * 2,
    }
}

/// Every method's metres, there from stop to stop and back, against those computed by hand.
fn check(plan: AislePlan, cells: &[(u32, u32)], expected: &[(PickMethod, &[i64])]) {
    let floors = floor(plan, cells);
    let floor = &floors.floors()[0];
    let places: Vec<PickLocationIdx> = floor.locations().indices().collect();
    let mut picker = Picker::new(floor.layout()).unwrap();
    for (method, ways) in expected {
        let tour = picker.floor_tour(floor, *method, &places);
        let found = tour.stops.iter().map(|s| s.1).chain([tour.back]);
        let metres: Vec<i64> = found.map(|way| way.0 / 1_000).collect();
        assert_eq!(metres, *ways, "{}", method.as_str());
        assert_eq!(tour.length, Distance::from_metres(ways.iter().sum()));
    }
}

#[test]
fn policies_walk_by_their_own_rule() {
    // Aisles of 1 + 9 + 1 = 11 m, 4 m apart; the depot 2 m before aisle 1. Stops in aisle 1 at 2 m, aisle 2 at 3 m, aisle 3 at
    // 6 m.
    check(
        aisles(3, 10, 1, 4),
        &[(1, 2), (2, 3), (3, 6)],
        &[
            // Through aisle 1: 2 + 2, then 9 to the back, 4 across, 8 down; 3 to the front, 4 across, 6 up; back 6 + 8 + 2.
            (PickMethod::SShape, &[4, 21, 13, 16]),
            // Into each from the front and back: 2 + 2; 2 + 4 + 3; 3 + 4 + 6; 6 + 8 + 2.
            (PickMethod::Return, &[4, 9, 13, 16]),
            // Through aisle 1, 9 to the back, 8 across, 5 down aisle 3; on to the front 6, 4 across, 3 up aisle 2; 3 + 4 + 2.
            (PickMethod::Midpoint, &[4, 22, 13, 9]),
            (PickMethod::LargestGap, &[4, 22, 13, 9]),
            // Turning back is the best everywhere.
            (PickMethod::Combined, &[4, 9, 13, 16]),
            // From stop to stop by the shortest way.
            (PickMethod::Sequence, &[4, 9, 13, 16]),
            (PickMethod::Exact, &[4, 9, 13, 16]),
        ],
    );
}

#[test]
fn return_never_takes_the_back() {
    // The stops of aisles 1 and 2 at 10 m, beside the back: by it 1 + 4 + 1 = 6 m apart, by the front 10 + 4 + 10 = 24 m.
    check(
        aisles(2, 10, 1, 4),
        &[(1, 10), (2, 10)],
        &[
            (PickMethod::Return, &[12, 24, 16]),
            (PickMethod::Sequence, &[12, 6, 16]),
            (PickMethod::SShape, &[12, 6, 16]),
            (PickMethod::Exact, &[12, 6, 16]),
        ],
    );
}

#[test]
fn policies_in_two_blocks_walk_by_their_own_rule() {
    // Two blocks of 1 + 1 + 1 = 3 m, aisles 3 m apart: cells at 1, 2, 4 and 5 m, the middle cross aisle at 3 m.
    check(
        aisles(2, 4, 2, 3),
        &[(1, 3), (2, 3)],
        &[
            // Up aisle 1 to its stop at 4 m, on to the back, across, 2 down aisle 2 to its stop at 4 m, home by 4 + 3 + 2.
            (PickMethod::SShape, &[6, 7, 9]),
            // 4 down to the front, 3 across, 4 up.
            (PickMethod::Return, &[6, 11, 9]),
            (PickMethod::Midpoint, &[6, 7, 9]),
            (PickMethod::LargestGap, &[6, 7, 9]),
            // Turning back at 4 m in both: 1 + 3 + 1.
            (PickMethod::Combined, &[6, 5, 9]),
            (PickMethod::Exact, &[6, 5, 9]),
        ],
    );
}
