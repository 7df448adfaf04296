//! Batches: what carts hold, who walks, and what is in use at the same time.

use std::collections::{BTreeMap, BTreeSet};

use super::{Site, most_in_use};
use crate::index::{CartIdx, LineIdx, ShipmentIdx};
use crate::model::floor::Bins;
use crate::plan::Picker;
use crate::quantity::Moment;
use crate::verify::{Report, ViolationCode as Code};

/// What a batch holds of one shipment.
#[derive(Clone, Default)]
struct Held {
    lines: BTreeSet<LineIdx>,
    units: i128,
    weight: i128,
    volume: i128,
}

impl Held {
    /// Bins that it takes: by each limit as many as that needs, and at least one.
    fn bins(&self, of: &Bins) -> i128 {
        let by = |amount: i128, limit: Option<i128>| limit.map_or(1, |limit| (amount + limit - 1) / limit);
        by(self.units, of.capacity.units.map(i128::from))
            .max(by(self.weight, of.capacity.weight.map(|w| w.0.into())))
            .max(by(self.volume, of.capacity.volume.map(|v| v.0.into())))
            .max(1)
    }
}

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
        let held = self.held(n);
        for row in self.rows_of(n) {
            let of = held.get(&row.shipment).cloned().unwrap_or_default();
            shipments += 1;
            lines += of.lines.len() as i128;
            units += of.units;
            weight += of.weight;
            volume += of.volume;
            let own = cart.bins.as_ref().map_or(0, |bins| of.bins(bins));
            bins += own;
            let what = || format!("batch {}, shipment {}: bins", n + 1, self.id(row.shipment));
            self.compare(report, Code::WaveCount, what, i128::from(row.bins), own);
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
    }

    /// What the picks of a batch take of each shipment.
    fn held(&self, n: usize) -> BTreeMap<ShipmentIdx, Held> {
        let mut held: BTreeMap<ShipmentIdx, Held> = BTreeMap::new();
        for pick in self.picks_of(n) {
            let item = self.problem.items()[self.problem.lines()[pick.line].sku];
            let of = held.entry(pick.shipment).or_default();
            let qty = i128::from(pick.qty);
            of.lines.insert(pick.line);
            of.units += qty;
            of.weight += qty * i128::from(item.weight.0);
            of.volume += qty * i128::from(item.volume.0);
        }
        held
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
