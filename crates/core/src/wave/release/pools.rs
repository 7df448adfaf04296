//! The shipments that may be collected together: those of one group, and of no more services than a wave may have.

use std::collections::BTreeMap;

use crate::plan::{Carriage, PickChoice, WaveGroup};
use crate::quantity::Moment;
use crate::wave::assign::site::Site;

/// The tasks in pools of at most so many; with `by_due` only what is due together is in one. `picks` are those of each task.
pub(crate) fn pools(site: &Site<'_>, picks: &[Vec<PickChoice>], by_due: bool, most: usize) -> Vec<Vec<u32>> {
    let lanes = lanes(site);
    let mut pools: BTreeMap<(Option<Moment>, WaveGroup, u32), Vec<u32>> = BTreeMap::new();
    for (n, task) in site.tasks.iter().enumerate() {
        if site.portions[n].is_divided() {
            continue; // a portion has a tour to itself
        }
        let due = if by_due {
            Some(task.due.unwrap_or(Moment(i64::MAX)))
        } else {
            None
        };
        let lane = lanes.get(&(task.group, task.carriage)).copied().unwrap_or_default();
        pools.entry((due, task.group, lane)).or_default().push(n as u32);
    }
    let mut list = Vec::new();
    for mut tasks in pools.into_values() {
        if tasks.len() > most {
            // Neighbours stay together: by where the middle one of the picks lies.
            tasks.sort_by_key(|&n| {
                let places = &picks[n as usize];
                let mut cells: Vec<u32> = places
                    .iter()
                    .map(|p| site.floor.locations()[p.location].cell.0)
                    .collect();
                cells.sort_unstable();
                (cells.get(cells.len() / 2).copied(), n)
            });
            let pieces = tasks.len().div_ceil(most);
            list.extend(tasks.chunks(tasks.len().div_ceil(pieces)).map(<[u32]>::to_vec));
        } else {
            list.push(tasks);
        }
    }
    list
}

/// The services of each group, dealt to lanes of as many as a wave may have; none where there is no such limit.
fn lanes(site: &Site<'_>) -> BTreeMap<(WaveGroup, Carriage), u32> {
    let mut lanes = BTreeMap::new();
    let Some(most) = site.docks() else { return lanes };
    let mut services: BTreeMap<WaveGroup, BTreeMap<Carriage, Option<Moment>>> = BTreeMap::new();
    for task in &site.tasks {
        let due = services
            .entry(task.group)
            .or_default()
            .entry(task.carriage)
            .or_insert(task.due);
        *due = [*due, task.due].into_iter().flatten().min();
    }
    for (group, services) in services {
        let mut list: Vec<(Option<Moment>, Carriage)> = services.into_iter().map(|(s, due)| (due, s)).collect();
        list.sort_unstable();
        for (n, (_, service)) in list.into_iter().enumerate() {
            lanes.insert((group, service), (n / most.max(1) as usize) as u32);
        }
    }
    lanes
}
