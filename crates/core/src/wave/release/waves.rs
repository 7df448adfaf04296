//! Batches joined to waves: of one group and due together, within the limits, in the order in which they are due.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::index::ShipmentIdx;
use crate::plan::WaveGroup;
use crate::quantity::Moment;
use crate::wave::assign::load::{Draft, Load, Wave};
use crate::wave::assign::site::Site;

/// Batches that have to be in one wave: all portions of a shipment, or one batch.
type Inseparable = Vec<Arc<Load>>;

/// The batches, parted by what has to be in one wave.
fn inseparable(site: &Site<'_>, loads: Vec<Arc<Load>>) -> Vec<Inseparable> {
    let mut made: Vec<Inseparable> = Vec::with_capacity(loads.len());
    let mut place: BTreeMap<ShipmentIdx, usize> = BTreeMap::new();
    for load in loads {
        match load.portion(site) {
            Some((shipment, _)) if place.contains_key(&shipment) => made[place[&shipment]].push(load),
            Some((shipment, _)) => {
                place.insert(shipment, made.len());
                made.push(vec![load]);
            }
            None => made.push(vec![load]),
        }
    }
    made
}

/// The waves of these batches. With `fine` every batch is a wave (or all portions of a shipment are); else each wave is as large as it may be.
///
/// What is due first comes first, then what is more urgent. What is not due comes as if it were due today.
pub(crate) fn join(site: &Site<'_>, loads: Vec<Arc<Load>>, fine: bool) -> Draft {
    let mut groups: BTreeMap<(WaveGroup, Option<Moment>), Vec<Inseparable>> = BTreeMap::new();
    for loads in inseparable(site, loads) {
        groups
            .entry((loads[0].group(site), loads[0].due))
            .or_default()
            .push(loads);
    }
    let mut waves = Vec::new();
    for (_, mut loads) in groups {
        // The largest first, each into the first wave that takes it.
        let lines = |loads: &[Arc<Load>]| loads.iter().map(|load| load.size.lines).sum::<u32>();
        loads.sort_by_key(|loads| (std::cmp::Reverse(lines(loads)), loads[0].tasks[0]));
        let mut open: Vec<Wave> = Vec::new();
        for loads in loads {
            let larger = open.iter().enumerate().filter(|_| !fine).find_map(|(n, wave)| {
                let all = wave.loads.iter().chain(&loads).cloned().collect();
                Some((n, Wave::new(site, all)?))
            });
            match larger {
                Some((n, larger)) => open[n] = larger,
                None => open.extend(Wave::new(site, loads)),
            }
        }
        waves.extend(open.into_iter().map(Arc::new));
    }
    in_order(site, &mut waves);
    Draft { waves }
}

/// Sorts waves by when they are due, then by priority.
fn in_order(site: &Site<'_>, waves: &mut [Arc<Wave>]) {
    let today = site.floor.clock().midnight(site.floor.today().next());
    waves.sort_by_key(|wave| (wave.due.unwrap_or(today), wave.group(site).priority, wave.first));
}
