//! Batches: what carts hold, who walks, and what is in use at the same time.

use std::collections::BTreeMap;

use super::{Site, most_in_use};
use crate::index::CartIdx;
use crate::plan::Picker;
use crate::quantity::Moment;
use crate::verify::{Report, ViolationCode as Code};

impl Site<'_> {
    pub(super) fn check_batches(&self, report: &mut Report) {
        for &n in &self.batches {
            self.check_load(n, report);
            self.check_picker(n, report);
        }
        self.check_carts(report);
        self.check_overlaps(report);
    }

    /// The load of a batch, against its cart and what it states.
    fn check_load(&self, n: usize, report: &mut Report) {
        let batch = &self.plan.batches.as_slice()[n];
        let cart = &self.floor.carts()[batch.cart];
        let (mut shipments, mut lines, mut units, mut weight, mut volume, mut bins) =
            (0i128, 0i128, 0i128, 0i128, 0i128, 0i128);
        for task in self.tasks_of(n) {
            shipments += 1;
            lines += task.fills.len() as i128;
            units += i128::from(task.units);
            weight += i128::from(task.weight.0);
            volume += i128::from(task.volume.0);
            bins += cart.bins.as_ref().map_or(0, |of| {
                let by = |amount: i128, limit: Option<i128>| limit.map_or(1, |limit| (amount + limit - 1) / limit);
                by(i128::from(task.units), of.capacity.units.map(i128::from))
                    .max(by(i128::from(task.weight.0), of.capacity.weight.map(|w| w.0.into())))
                    .max(by(i128::from(task.volume.0), of.capacity.volume.map(|v| v.0.into())))
                    .max(1)
            });
        }
        let limits = [
            ("shipments", shipments, cart.shipments.map(i128::from)),
            ("units", units, cart.capacity.units.map(i128::from)),
            ("grams", weight, cart.capacity.weight.map(|w| w.0.into())),
            ("cm3", volume, cart.capacity.volume.map(|v| v.0.into())),
        ];
        for (what, amount, limit) in limits {
            if limit.is_some_and(|limit| amount > limit) {
                let message = format!("batch {}: {amount} {what}, more than the cart holds", n + 1);
                self.note(report, Code::CartCapacity, message);
            }
        }
        if cart.bins.as_ref().is_some_and(|of| bins > of.count.into()) {
            self.note(
                report,
                Code::CartBins,
                format!("batch {}: {bins} bins, more than the cart has", n + 1),
            );
        }
        for (what, stated, counted) in [
            ("shipments", i128::from(batch.shipments), shipments),
            ("lines", batch.lines.into(), lines),
            ("units", batch.units.into(), units),
            ("grams", batch.weight.0.into(), weight),
            ("cm3", batch.volume.0.into(), volume),
            ("bins", batch.bins.into(), bins),
        ] {
            self.compare(
                report,
                Code::WaveCount,
                || format!("batch {}: {what}", n + 1),
                stated,
                counted,
            );
        }
        for row in self
            .of_batch
            .get(&crate::index::BatchIdx(n as u32))
            .into_iter()
            .flatten()
        {
            let own = self.tasks.get(&row.shipment).map_or(0, |task| task.bins(cart));
            let what = || format!("shipment {}: bins", row.shipment.0 + 1);
            self.compare(report, Code::WaveCount, what, i64::from(row.bins), own);
        }
    }

    /// The picker exists, and the tour is within the shift and not before the release.
    fn check_picker(&self, n: usize, report: &mut Report) {
        let batch = &self.plan.batches.as_slice()[n];
        let shift = &self.floor.shifts()[batch.picker.shift];
        let day = batch.picker.date.days();
        let first = self.floor.today().days() - 1;
        let last = first + 1 + self.floor.rules().horizon_days as i32;
        let times = if (first..=last).contains(&day) {
            shift.on(batch.picker.date, self.floor.clock())
        } else {
            None
        };
        let within = times.is_some_and(|(start, end)| start <= batch.start && batch.end <= end);
        if !within || !(1..=shift.pickers).contains(&batch.picker.number) {
            let message = format!("batch {}: outside the shift of its picker, or no such picker", n + 1);
            self.note(report, Code::PickerShift, message);
        }
        if batch.start < self.plan.waves[batch.wave].release {
            let message = format!("batch {}: begins before wave {} is released", n + 1, batch.wave.0 + 1);
            self.note(report, Code::EarlyTour, message);
        }
    }

    fn check_carts(&self, report: &mut Report) {
        let mut uses: BTreeMap<CartIdx, Vec<(Moment, Moment, i64)>> = BTreeMap::new();
        for &n in &self.batches {
            let batch = &self.plan.batches.as_slice()[n];
            uses.entry(batch.cart).or_default().push((batch.start, batch.end, 1));
        }
        for (cart, uses) in uses {
            let of = &self.floor.carts()[cart];
            let Some((at, most)) = most_in_use(uses.into_iter()) else {
                continue;
            };
            if of.count.is_some_and(|count| most > i64::from(count)) {
                let message = format!(
                    "node {}: {most} carts {} in use at {}",
                    self.node(),
                    self.floor.text(of.id),
                    self.floor.clock().show(at)
                );
                self.note(report, Code::CartCount, message);
            }
        }
    }

    fn check_overlaps(&self, report: &mut Report) {
        let mut tours: BTreeMap<Picker, Vec<(Moment, Moment, usize)>> = BTreeMap::new();
        for &n in &self.batches {
            let batch = &self.plan.batches.as_slice()[n];
            tours.entry(batch.picker).or_default().push((batch.start, batch.end, n));
        }
        for mut list in tours.into_values() {
            list.sort_unstable();
            for pair in list.windows(2) {
                if pair[1].0 < pair[0].1 {
                    let message = format!("batches {} and {} at the same time", pair[0].2 + 1, pair[1].2 + 1);
                    self.note(report, Code::PickerOverlap, message);
                }
            }
        }
    }
}
