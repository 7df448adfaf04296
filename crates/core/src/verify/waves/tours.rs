//! Tours: what is picked, from where, how far that is and how long it takes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Site;
use super::ways::Ways;
use crate::index::{LineIdx, PickLocationIdx, ShipmentIdx, SkuIdx};
use crate::model::floor::PickMethod;
use crate::plan::Pick;
use crate::quantity::{Distance, Moment};
use crate::verify::watch::Watch;
use crate::verify::{Report, ViolationCode as Code};

impl Site<'_> {
    /// As far as it comes until it is over.
    pub(super) fn check_tours(&self, watch: &Watch<'_>, report: &mut Report) {
        let mut ways = Ways::new(self.floor.layout());
        let mut taken: BTreeMap<(PickLocationIdx, SkuIdx), i128> = BTreeMap::new();
        for &n in &self.batches {
            if watch.is_over() {
                return;
            }
            let picks = self.picks_of(n);
            for pick in picks {
                let sku = self.problem.lines()[pick.line].sku;
                *taken.entry((pick.location, sku)).or_default() += i128::from(pick.qty);
            }
            self.check_sequence(n, picks, report);
            self.check_walk(n, picks, &mut ways, report);
        }
        self.check_quantities(report);
        let there: HashMap<_, _> = self
            .floor
            .stock()
            .iter()
            .map(|row| ((row.location, row.sku), row.available))
            .collect();
        for ((location, sku), qty) in taken {
            let available = there.get(&(location, sku)).copied().unwrap_or(0);
            if qty > available.into() {
                let (place, sku) = (self.floor.location_id(location), self.problem.sku(sku));
                let message = format!("pick location {place}, SKU {sku}: {qty} units taken, {available} available");
                self.note(report, Code::LocationStock, message);
            }
        }
    }

    /// All picks of a shipment, in whichever batches it is, take what it holds, no more and no less; some in each of them.
    fn check_quantities(&self, report: &mut Report) {
        let mut open: BTreeMap<(ShipmentIdx, LineIdx), i128> = BTreeMap::new();
        let once: BTreeSet<ShipmentIdx> = self.shipments.iter().map(|s| s.shipment).collect();
        for task in once.iter().filter_map(|s| self.tasks.get(s)) {
            for fill in &task.fills {
                *open.entry((task.shipment, fill.line)).or_default() += i128::from(fill.qty);
            }
        }
        for &n in &self.batches {
            let mut without: BTreeSet<ShipmentIdx> = self.rows_of(n).map(|s| s.shipment).collect();
            let here = without.clone();
            for pick in self.picks_of(n) {
                without.remove(&pick.shipment);
                if here.contains(&pick.shipment) {
                    *open.entry((pick.shipment, pick.line)).or_default() -= i128::from(pick.qty);
                } else {
                    let message = format!(
                        "batch {}: a pick of shipment {}, which is not in it",
                        n + 1,
                        self.id(pick.shipment)
                    );
                    self.note(report, Code::PickQuantity, message);
                }
                if pick.qty == 0 {
                    self.note(
                        report,
                        Code::PickQuantity,
                        format!("batch {}: a pick of no units", n + 1),
                    );
                }
            }
            for shipment in without {
                let message = format!("batch {}: no pick of shipment {}", n + 1, self.id(shipment));
                self.note(report, Code::PickQuantity, message);
            }
        }
        for ((shipment, line), qty) in open.into_iter().filter(|(_, qty)| *qty != 0) {
            let (many, way) = (qty.abs(), if qty > 0 { "missing" } else { "too many" });
            let line = self.problem.line_id(line);
            let message = format!("shipment {}, line {line}: {many} units {way}", self.id(shipment));
            self.note(report, Code::PickQuantity, message);
        }
    }

    /// By pick sequence, sequence numbers never fall.
    fn check_sequence(&self, n: usize, picks: &[Pick], report: &mut Report) {
        if self.floor.rules().method != PickMethod::Sequence {
            return;
        }
        let number = |pick: &Pick| {
            self.floor.locations()[pick.location]
                .sequence
                .map_or(u64::MAX, u64::from)
        };
        if picks.windows(2).any(|pair| number(&pair[0]) > number(&pair[1])) {
            self.note(
                report,
                Code::PickSequence,
                format!("batch {}: against the pick sequence", n + 1),
            );
        }
    }

    /// Ways and times of a tour.
    fn check_walk(&self, n: usize, picks: &[Pick], ways: &mut Ways<'_>, report: &mut Report) {
        let (batch, rates) = (&self.plan.batches.as_slice()[n], self.floor.rates());
        let (mut at, mut cell) = (None, None);
        let mut walked = 0i128;
        let mut handling = i128::from(rates.per_tour.0);
        let time = |handling: i128, walked: i128| {
            let speed = i128::from(rates.walking);
            let millis = handling + (1_000 * walked + speed - 1).div_euclid(speed);
            let done = i128::from(batch.start.0) + (millis + 999).div_euclid(1_000);
            Moment(i64::try_from(done).unwrap_or(i64::MAX))
        };
        for (k, pick) in picks.iter().enumerate() {
            let next = Some(self.floor.locations()[pick.location].cell);
            let way = ways.between(cell, next);
            let what = || format!("batch {}, pick {}: metres", n + 1, k + 1);
            self.compare(report, Code::Walk, what, pick.walk, Distance(way));
            cell = next;
            walked += i128::from(way);
            if at != Some(pick.location) {
                handling += i128::from(rates.per_stop.0);
                at = Some(pick.location);
            }
            handling += i128::from(rates.per_line.0) + i128::from(rates.per_unit.0) * i128::from(pick.qty);
            let what = || format!("batch {}, pick {}: done", n + 1, k + 1);
            let done = time(handling, walked);
            if pick.done != done {
                let message = format!(
                    "{}: {} stated, {} s after the start recomputed",
                    what(),
                    self.floor.clock().show(pick.done),
                    (done - batch.start).0
                );
                self.note(report, Code::PickTime, message);
            }
        }
        walked += i128::from(ways.between(cell, None));
        let whole = Distance(i64::try_from(walked).unwrap_or(i64::MAX));
        self.compare(
            report,
            Code::Walk,
            || format!("batch {}: metres", n + 1),
            batch.walk,
            whole,
        );
        let end = time(handling, walked);
        if batch.end != end {
            let message = format!(
                "batch {}: end {} stated, {} s after the start recomputed",
                n + 1,
                self.floor.clock().show(batch.end),
                (end - batch.start).0
            );
            self.note(report, Code::PickTime, message);
        }
    }
}
