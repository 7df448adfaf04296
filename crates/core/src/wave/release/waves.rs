//! Batches joined to waves: of one group and due together, within the limits, in the order in which they are due.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::plan::WaveGroup;
use crate::quantity::Moment;
use crate::wave::assign::load::{Draft, Load, Wave};
use crate::wave::assign::site::Site;

/// The waves of these batches. With `fine` every batch is a wave; else each wave is as large as it may be.
///
/// What is due first comes first, then what is more urgent. What is not due comes as if it were due today.
pub(crate) fn join(site: &Site<'_>, loads: Vec<Arc<Load>>, fine: bool) -> Draft {
    let mut groups: BTreeMap<(WaveGroup, Option<Moment>), Vec<Arc<Load>>> = BTreeMap::new();
    for load in loads {
        groups.entry((load.group(site), load.due(site))).or_default().push(load);
    }
    let mut waves = Vec::new();
    for (_, mut loads) in groups {
        // The largest first, each into the first wave that takes it.
        loads.sort_by_key(|load| (std::cmp::Reverse(load.size.lines), load.tasks[0]));
        let mut open: Vec<Wave> = Vec::new();
        for load in loads {
            let larger = open.iter().enumerate().filter(|_| !fine).find_map(|(n, wave)| {
                let all = wave.loads.iter().cloned().chain([Arc::clone(&load)]).collect();
                Some((n, Wave::new(site, all)?))
            });
            match larger {
                Some((n, larger)) => open[n] = larger,
                None => open.extend(Wave::new(site, vec![load])),
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
