//! Shipments that no cart takes whole, in portions that one does: each is picked in a tour of its own.

use crate::cost::waves::Task;
use crate::model::Problem;
use crate::model::floor::{Cart, Floor};
use crate::plan::Fill;
use crate::quantity::{Grams, Volume};

/// Most tours of one shipment; nobody has time for more.
const MOST_TOURS: usize = 4_096;

/// Which portion of a shipment a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Portion {
    /// From 0. The first one counts for the whole shipment.
    pub number: u32,
    /// How many there are.
    pub of: u32,
}

impl Portion {
    /// Whether the shipment is divided.
    pub(crate) const fn is_divided(self) -> bool {
        self.of > 1
    }
}

/// What a cart takes of one shipment: units, grams and cubic centimetres, with its bins; `i64::MAX` = no limit.
type Room = [i64; 3];

fn room(cart: &Cart) -> Room {
    let own = &cart.capacity;
    let least = |own: Option<i64>, bin: Option<i64>| {
        let count = cart.bins.as_ref().map_or(0, |bins| i64::from(bins.count));
        let bins = bin.map(|each| each.saturating_mul(count));
        own.into_iter().chain(bins).min().unwrap_or(i64::MAX)
    };
    let bin = cart.bins.as_ref().map(|bins| bins.capacity).unwrap_or_default();
    [
        least(own.units.map(i64::from), bin.units.map(i64::from)),
        least(own.weight.map(|w| w.0), bin.weight.map(|w| w.0)),
        least(own.volume.map(|v| v.0), bin.volume.map(|v| v.0)),
    ]
}

/// Units of a line that are not in a portion yet, and what one of them takes of a room.
struct Rest {
    fill: Fill,
    each: Room,
}

/// The task in portions, each of which some cart takes alone; the task itself where a cart takes it whole. Empty where it would
/// be more tours than can be.
///
/// Portion by portion each type of cart is filled with the largest units first, and the type that takes most of what is left
/// is used. So the portions are few, though not always the fewest.
pub(crate) fn portions(problem: &Problem, floor: &Floor, task: &Task) -> Vec<Task> {
    if floor.carts().iter().any(|cart| task.fits(cart)) {
        return vec![task.clone()];
    }
    let rest = |fill: &Fill| {
        let item = &problem.items()[problem.lines()[fill.line].sku];
        Rest {
            fill: *fill,
            each: [1, item.weight.0, item.volume.0],
        }
    };
    let mut left: Vec<Rest> = task.fills.iter().map(rest).collect();
    let rooms: Vec<Room> = floor.carts().iter().map(room).collect();
    let mut made = Vec::new();
    while !left.is_empty() {
        let all = taken_in_all(&left, left.iter().map(|rest| rest.fill.qty));
        let share = |took: &Vec<u32>| {
            let part = taken_in_all(&left, took.iter().copied());
            let shares = part.iter().zip(&all).filter(|(_, all)| **all > 0.0);
            shares.map(|(part, all)| part / all).sum::<f64>()
        };
        let loads = rooms.iter().map(|room| filled(room, &left));
        let Some((_, took)) = loads
            .map(|took| (share(&took), took))
            .max_by(|a, b| a.0.total_cmp(&b.0))
        else {
            return Vec::new();
        };
        if made.len() == MOST_TOURS || took.iter().all(|&qty| qty == 0) {
            return Vec::new();
        }
        made.push(portion(problem, task, &left, &took));
        for (rest, qty) in left.iter_mut().zip(took) {
            rest.fill.qty -= qty;
        }
        left.retain(|rest| rest.fill.qty > 0);
    }
    made
}

/// What so many units of each line take of a room together.
fn taken_in_all(left: &[Rest], units: impl Iterator<Item = u32>) -> [f64; 3] {
    let mut sum = [0.0; 3];
    for (rest, qty) in left.iter().zip(units) {
        for (sum, each) in sum.iter_mut().zip(rest.each) {
            *sum += each as f64 * f64::from(qty);
        }
    }
    sum
}

/// How many units of each line a room takes, the largest units first.
fn filled(room: &Room, left: &[Rest]) -> Vec<u32> {
    let size = |rest: &Rest| {
        let parts = rest
            .each
            .iter()
            .zip(room)
            .map(|(&each, &room)| each as f64 / room as f64);
        parts.fold(0.0, f64::max)
    };
    let mut order: Vec<usize> = (0..left.len()).collect();
    order.sort_by(|&a, &b| size(&left[b]).total_cmp(&size(&left[a]))); // stable: by line
    let mut room = *room;
    let mut took = vec![0; left.len()];
    for n in order {
        let rest = &left[n];
        let fits = rest.each.iter().zip(&room).filter(|(each, _)| **each > 0);
        let most = fits.map(|(each, room)| room / each).min().unwrap_or(i64::MAX);
        let qty = u32::try_from(most).unwrap_or(u32::MAX).min(rest.fill.qty);
        for (room, each) in room.iter_mut().zip(rest.each) {
            *room -= each.saturating_mul(qty.into());
        }
        took[n] = qty;
    }
    took
}

/// The part of a task that holds so many units of each line.
fn portion(problem: &Problem, task: &Task, left: &[Rest], took: &[u32]) -> Task {
    let held = left.iter().zip(took).filter(|(_, qty)| **qty > 0);
    let fills: Vec<Fill> = held
        .map(|(rest, &qty)| Fill {
            line: rest.fill.line,
            qty,
        })
        .collect();
    let item = |fill: &Fill| problem.items()[problem.lines()[fill.line].sku];
    let weight = fills.iter().map(|f| item(f).weight * i64::from(f.qty));
    let volume = fills.iter().map(|f| item(f).volume * i64::from(f.qty));
    Task {
        units: fills.iter().map(|f| u64::from(f.qty)).sum(),
        weight: weight.fold(Grams(0), Grams::saturating_add),
        volume: volume.fold(Volume(0), Volume::saturating_add),
        fills,
        ..task.clone()
    }
}
