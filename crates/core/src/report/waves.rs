//! When the floors of a plan of waves work, and how much time they have left.

use std::collections::BTreeSet;

use crate::index::NodeIdx;
use crate::model::Floors;
use crate::plan::{Wave, WavePlan};
use crate::quantity::{Moment, Seconds};

/// When the work of a node begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaveTimes {
    /// The node.
    pub node: NodeIdx,
    /// When the first wave is released.
    pub release: Moment,
    /// When the first tour begins.
    pub start: Moment,
    /// When the last tour ends.
    pub picked: Moment,
    /// When the last wave is packed.
    pub end: Moment,
    /// The least time from the end of a wave to the earliest moment at which one of its shipments is due; negative where it is late.
    /// `None` where nothing is due.
    pub slack: Option<Seconds>,
    /// Shipments that were due before planning begins.
    pub overdue: u32,
}

/// The times of each node that has waves, by node.
#[must_use]
pub fn wave_times(floors: &Floors, plan: &WavePlan) -> Vec<WaveTimes> {
    let times = floors.floors().iter().filter_map(|floor| {
        let own = || plan.waves.iter().filter(|wave| wave.node == floor.node());
        let moments = |of: fn(&Wave) -> Moment| own().map(of);
        let is_here = |wave| plan.waves.get(wave).is_some_and(|wave| wave.node == floor.node());
        let late = |due: Option<Moment>| due.is_some_and(|due| due < floor.now());
        let rows = plan.shipments.iter().filter(|s| late(s.due) && is_here(s.wave));
        let overdue: BTreeSet<_> = rows.map(|s| s.shipment).collect();
        Some(WaveTimes {
            node: floor.node(),
            release: moments(|w| w.release).min()?,
            start: moments(|w| w.start).min()?,
            picked: moments(|w| w.picked).max()?,
            end: moments(|w| w.end).max()?,
            slack: own().filter_map(|wave| Some(wave.due? - wave.end)).min(),
            overdue: overdue.len() as u32,
        })
    });
    times.collect()
}
