//! How things are done: carts, shifts, departures, and what is urgent.

use super::{FloorOptions, Site};
use crate::model::floor::{CartInput, DepartureInput, FloorDraft, PriorityInput, ShiftInput};
use crate::model::{Problem, Weekdays};
use crate::quantity::TimeOfDay;
use crate::search::Random;

fn hour(hour: u8) -> TimeOfDay {
    // An hour that there is not would be one of the day's ends.
    TimeOfDay::from_hour_minute(hour, 0).unwrap_or_else(|| TimeOfDay::from_civil(jiff::civil::Time::MAX))
}

/// Writes the carts, shifts and departures of a node.
pub(super) fn write(problem: &Problem, options: &FloorOptions, site: &Site<'_>, draft: &mut FloorDraft) {
    let pickers = site.pickers(options).max(1);
    if site.is_large {
        draft.cart(CartInput {
            node_id: site.id,
            cart_id: "trolley",
            count: Some(pickers + 1),
            weight_g: Some(150_000),
            bins: Some(12),
            bin_units: Some(20),
            bin_volume_cm3: Some(60_000),
            ..CartInput::default()
        });
    } else {
        draft.cart(CartInput {
            node_id: site.id,
            cart_id: "basket",
            units: Some(25),
            weight_g: Some(20_000),
            shipments: Some(4),
            ..CartInput::default()
        });
    }
    draft.cart(CartInput {
        node_id: site.id,
        cart_id: "pallet truck",
        count: Some(pickers.div_ceil(3) + 1),
        shipments: Some(2),
        ..CartInput::default()
    });
    for (shift_id, start, end) in [("early", 6, 14), ("late", 14, 22)] {
        draft.shift(ShiftInput {
            node_id: site.id,
            shift_id,
            days: Weekdays::parse("123456"),
            date: None,
            start: hour(start),
            end: hour(end),
            pickers,
        });
    }
    if !site.is_large {
        return; // the carriers' cut-offs hold
    }
    for (service, s) in problem.services().iter_enumerated() {
        let service_id = problem.service_ids().text(service);
        let mut leave = |time: TimeOfDay, max_parcels| {
            draft.departure(DepartureInput {
                node_id: site.id,
                service_id,
                days: Some(s.days),
                date: None,
                time,
                max_parcels,
            });
        };
        let last = s.cutoff.unwrap_or(hour(18));
        if last > hour(12) {
            leave(hour(12), Some(300));
        }
        leave(last, None);
    }
}

/// Orders that are promised for tomorrow are urgent, and one in a hundred is more so.
pub(super) fn priorities(problem: &Problem, options: &FloorOptions, draft: &mut FloorDraft) {
    let mut random = Random::stream(options.seed, "priorities", 0);
    let Some(today) = problem.nodes().iter().map(|node| node.ready.date).min() else {
        return;
    };
    for (order, o) in problem.orders().iter_enumerated() {
        let is_first = random.chance(10);
        let is_soon = o.deliver_by.is_some_and(|by| by.days_since(today) <= 1);
        if is_first || is_soon {
            draft.priority(PriorityInput {
                order_id: Some(problem.order_id(order)),
                channel: None,
                service_id: None,
                priority: if is_first { 1 } else { 3 },
            });
        }
    }
}
