//! The summary of a plan of waves: its figures, added up again from the rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Site;
use crate::index::{NodeIdx, ShipmentIdx};
use crate::model::Problem;
use crate::plan::{UnplannedReason, WaveFigures, WavePlan};
use crate::quantity::{Moment, Seconds};
use crate::verify::{Report, ViolationCode as Code};

/// Compares the stated figures with those found.
pub(super) fn check(plan: &WavePlan, found: &[(NodeIdx, WaveFigures)], problem: &Problem, report: &mut Report) {
    let nodes = |list: &[(NodeIdx, WaveFigures)]| list.iter().map(|f| f.0).collect::<Vec<_>>();
    if nodes(&plan.figures) != nodes(found) {
        report.note(
            Code::WaveFigures,
            "the figures are not those of the nodes with floors".to_owned(),
        );
        return;
    }
    for ((node, stated), (_, true_figures)) in plan.figures.iter().zip(found) {
        for ((what, a), (_, b)) in listed(stated).zip(listed(true_figures)) {
            if a != b {
                let message = format!("node {}: {what}: {a} stated, {b} recomputed", problem.node_id(*node));
                report.note(Code::WaveFigures, message);
            }
        }
    }
}

fn listed(f: &WaveFigures) -> impl Iterator<Item = (&'static str, i128)> {
    f.counts().into_iter().chain([("millimetres", f.walk.0.into())])
}

/// A number in the type of a figure; one that does not fit cannot be stated either.
fn held<T: TryFrom<i128>>(n: i128, most: T) -> T {
    T::try_from(n).unwrap_or(most)
}

impl Site<'_> {
    /// The figures of the floor, given when its waves end.
    pub(super) fn figures(&self, ends: &HashMap<usize, Moment>) -> WaveFigures {
        let mut f = WaveFigures::default();
        let mut late = 0i128;
        let mut told: BTreeSet<ShipmentIdx> = BTreeSet::new();
        for s in self.shipments.iter().filter(|s| told.insert(s.shipment)) {
            let Some(task) = self.tasks.get(&s.shipment) else {
                continue;
            };
            f.shipments += 1;
            f.lines += task.fills.len() as u32;
            f.units += task.units;
            late += i128::from(s.late.0);
            let safe = i128::from(ends[&(s.wave.0 as usize)].0) + i128::from(self.floor.rules().safety.0);
            let is_tight = task.due.is_some_and(|due| safe > due.0.into());
            f.objective.late_shipments += u32::from(s.late.0 > 0);
            f.objective.tight += u32::from(s.late.0 <= 0 && is_tight);
        }
        f.objective.late = Seconds(held(late, i64::MAX));
        f.objective.waves = self.waves.len() as u32;
        let mut released: BTreeMap<Moment, i128> = BTreeMap::new();
        for wave in self.waves.iter().map(|&n| &self.plan.waves.as_slice()[n]) {
            let lines = self.tasks_of(wave).into_iter().map(|task| task.fills.len() as i128);
            *released.entry(wave.release).or_default() += lines.sum::<i128>();
        }
        f.objective.unevenness = held(released.values().map(|lines| lines * lines).sum(), u64::MAX);
        let (mut labour, mut walk, mut shift_time) = (0i128, 0i128, 0i128);
        let mut pickers = BTreeSet::new();
        for batch in self.batches.iter().map(|&n| &self.plan.batches.as_slice()[n]) {
            f.batches += 1;
            f.picks += batch.picks.len() as u32;
            labour += i128::from(batch.end.0) - i128::from(batch.start.0);
            walk += i128::from(batch.walk.0);
            pickers.insert(batch.picker);
        }
        for picker in pickers {
            if let Some((start, end)) = self.floor.shifts()[picker.shift].on(picker.date, self.floor.clock()) {
                shift_time += i128::from((end.0 - start.max(self.floor.now()).0).max(0));
            }
        }
        f.objective.labour = Seconds(held(labour, i64::MAX));
        f.walk.0 = held(walk, i64::MAX);
        f.shift_time = Seconds(held(shift_time, i64::MAX));
        for u in &self.plan.unplanned {
            let here = self.leaves_here(u.shipment);
            f.unplanned += u32::from(here && told.insert(u.shipment));
            f.objective.no_time += u32::from(here && u.reason == UnplannedReason::NoTime);
        }
        f
    }
}
