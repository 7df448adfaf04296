//! Orders whose units do not fit into the parcels that they are billed as. A shipment is billed as the fewest parcels that hold
//! its weight; units of 16, 18 and 5 kg are billed as two of 20 kg, and need three.

use std::collections::HashMap;

use super::Rows;
use crate::cost::tariff::{Load, billable};
use crate::diagnostic::{Code, Diagnostics};
use crate::index::{ServiceIdx, Sym};
use crate::model::{Order, Problem};
use crate::validate::fold::shown;

/// Most parcels and most units that are looked at.
const MOST: i64 = 512;
/// Most sets of a parcel's units that are tried before the question is left open.
const TRIES: u32 = 2_000;

/// Warns of orders.
pub(super) fn check(problem: &Problem, rows: &Rows, found: &mut Diagnostics) {
    let of_country = services(problem);
    if of_country.is_empty() {
        return;
    }
    let (mut units, mut last) = (Vec::new(), None);
    for (index, order) in problem.orders().iter_enumerated() {
        if order.pickup_node.is_some() || order.line_range().is_empty() {
            continue;
        }
        let country = problem.destinations()[order.destination].country;
        let services = match last {
            Some((same, services)) if same == country => services,
            _ => of_country.get(&country).map(Vec::as_slice),
        };
        last = Some((country, services));
        let Some(services) = services else { continue };
        let load = load(problem, order);
        // The smallest parcel is the first.
        let least = problem.services()[services[0]]
            .max_parcel
            .map_or(i64::MAX, |most| most.0);
        if load.weight.0 <= least || !problem.quotes_of(index).is_empty() || !gather(problem, order, &mut units) {
            continue;
        }
        if let Some((service, parcels)) = services
            .iter()
            .find_map(|&s| Some((s, short(problem, s, load, &units)?)))
        {
            rows.warn_order((problem, found), Code::PARCELS_TOO_FEW, index, || {
                let service = shown(problem.service_ids().text(service));
                format!("by service {service} the order is billed as {parcels} parcels, which cannot hold its units")
            });
        }
    }
}

/// By country the services with a largest parcel that have a lane there, the smallest parcel first.
fn services(problem: &Problem) -> HashMap<Sym, Vec<ServiceIdx>> {
    let mut of_country: HashMap<Sym, Vec<ServiceIdx>> = HashMap::new();
    let mut limited: Vec<_> = problem
        .services()
        .iter_enumerated()
        .filter_map(|(s, service)| Some((service.max_parcel?, s)))
        .collect();
    limited.sort_unstable();
    for (_, service) in limited {
        for lane in problem.lanes_of(service) {
            let services = of_country.entry(lane.country).or_default();
            if services.last() != Some(&service) {
                services.push(service);
            }
        }
    }
    of_country
}

fn load(problem: &Problem, order: &Order) -> Load {
    let lines = order
        .lines()
        .map(|line| Load::of(problem, line, problem.lines()[line].qty));
    lines.fold(Load::default(), Load::plus)
}

/// The weights of all units, falling; false where there are too many to look at.
fn gather(problem: &Problem, order: &Order, units: &mut Vec<i64>) -> bool {
    units.clear();
    for line in problem.lines().range(order.line_range()) {
        if units.len() as i64 + i64::from(line.qty) > MOST {
            return false;
        }
        let weight = problem.items()[line.sku].weight.0;
        units.extend(std::iter::repeat_n(weight, line.qty as usize));
    }
    units.sort_unstable_by(|a, b| b.cmp(a));
    true
}

/// The number of parcels that the units are billed as, where these cannot hold them.
fn short(problem: &Problem, service: ServiceIdx, load: Load, units: &[i64]) -> Option<i64> {
    let service = &problem.services()[service];
    let size = service.max_parcel?.0;
    let parcels = (billable(service, load).0 + size - 1) / size;
    // A unit that is heavier than a parcel is another matter.
    if !(2..=MOST).contains(&parcels) || load.heaviest_unit.0 > size {
        return None;
    }
    (!fit(units, size, parcels as usize)?).then_some(parcels)
}

/// Whether units, falling, fit into so many parcels of a size; `None` where that was not found out.
fn fit(units: &[i64], size: i64, parcels: usize) -> Option<bool> {
    let total: i64 = units.iter().sum();
    if total > size * parcels as i64 {
        return Some(false);
    }
    if first_fit(units, size, parcels) {
        return Some(true);
    }
    if at_least(units, size) > parcels as i64 {
        return Some(false);
    }
    let mut packing = Packing {
        units,
        room: vec![size; parcels],
        tries: TRIES,
    };
    packing.place(0)
}

/// Each unit into the first parcel with room for it.
fn first_fit(units: &[i64], size: i64, parcels: usize) -> bool {
    let mut room = vec![size; parcels];
    units
        .iter()
        .all(|&unit| match room.iter_mut().find(|room| **room >= unit) {
            Some(room) => {
                *room -= unit;
                true
            }
            None => false,
        })
}

/// Parcels that units need at least: the bound L2 of Martello and Toth (1990). For a threshold t, units above `size - t` and those
/// above half need one each, and what those between t and a half do not find beside them needs more.
fn at_least(units: &[i64], size: i64) -> i64 {
    let bound = |t: i64| {
        let (mut alone, mut large, mut room, mut small) = (0, 0, 0, 0);
        for &unit in units.iter().take_while(|unit| **unit >= t) {
            if unit > size - t {
                alone += 1;
            } else if 2 * unit > size {
                large += 1;
                room += size - unit;
            } else {
                small += unit;
            }
        }
        alone + large + ((small - room).max(0) + size - 1) / size
    };
    let mut thresholds: Vec<i64> = units
        .iter()
        .copied()
        .filter(|unit| 2 * unit <= size && *unit > 0)
        .collect();
    thresholds.dedup();
    thresholds.push(1);
    thresholds.into_iter().map(bound).max().unwrap_or(0)
}

/// Packs units by trying, up to a number of tries.
struct Packing<'u> {
    units: &'u [i64],
    room: Vec<i64>,
    tries: u32,
}

impl Packing<'_> {
    /// Whether the units from the n-th on fit beside those before.
    fn place(&mut self, n: usize) -> Option<bool> {
        let Some(&unit) = self.units.get(n) else {
            return Some(true);
        };
        self.tries = self.tries.checked_sub(1)?;
        let mut seen = Vec::new();
        for parcel in 0..self.room.len() {
            let room = self.room[parcel];
            // Parcels with the same room are the same.
            if room < unit || seen.contains(&room) {
                continue;
            }
            seen.push(room);
            self.room[parcel] -= unit;
            let fits = self.place(n + 1);
            self.room[parcel] += unit;
            if fits != Some(false) {
                return fits;
            }
        }
        Some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By all ways to put each unit anywhere.
    fn brute(units: &[i64], size: i64, parcels: usize) -> bool {
        fn go(units: &[i64], room: &mut [i64]) -> bool {
            let [unit, rest @ ..] = units else { return true };
            (0..room.len()).any(|parcel| {
                room[parcel] -= unit;
                let fits = room[parcel] >= 0 && go(rest, room);
                room[parcel] += unit;
                fits
            })
        }
        go(units, &mut vec![size; parcels])
    }

    #[test]
    fn whole_units_fit_or_not_as_all_ways_say() {
        assert_eq!(fit(&[18, 16, 5], 20, 2), Some(false));
        assert_eq!(fit(&[18, 16, 4, 2], 20, 2), Some(true));
        let (mut random, mut told) = (11u64, [0, 0]);
        for _ in 0..3_000 {
            let mut next = |below: u64| {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (random >> 33) % below
            };
            let size = 10 + next(20) as i64;
            let mut units: Vec<i64> = (0..=next(7)).map(|_| 1 + next(size as u64) as i64).collect();
            units.sort_unstable_by(|a, b| b.cmp(a));
            let parcels = ((units.iter().sum::<i64>() + size - 1) / size) as usize;
            let truth = brute(&units, size, parcels);
            assert_eq!(fit(&units, size, parcels), Some(truth), "{units:?} {size} {parcels}");
            assert!(!truth || at_least(&units, size) <= parcels as i64, "{units:?} {size}");
            told[usize::from(truth)] += 1;
        }
        assert!(told.iter().all(|&n| n > 200), "{told:?}");
    }

    #[test]
    fn what_takes_long_is_left_open() {
        // Three of sixty nearly equal units fill a parcel nearly to the gram, if it is the right three.
        let mut units: Vec<i64> = (0..60).map(|n| 1_000_003 + (n * 7_919) % 1_013).collect();
        units.sort_unstable_by(|a, b| b.cmp(a));
        let size = units.iter().sum::<i64>() / 20 + 1;
        assert_eq!(fit(&units, size, 30), Some(true));
        assert_ne!(fit(&units, size, 20), Some(true));
    }
}
