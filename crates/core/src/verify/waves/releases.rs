//! Waves: releases, groups, limits, what is open, when each is packed, and with which departures shipments leave.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Site, most_in_use};
use crate::cost::waves::Task;
use crate::cost::waves::departures::{Ready, depart};
use crate::index::{ShipmentIdx, WaveIdx};
use crate::model::floor::ReleaseMode;
use crate::plan::{Wave, WaveGroup};
use crate::quantity::{Date, Moment, Seconds};
use crate::verify::{Report, ViolationCode as Code};

impl Site<'_> {
    /// Checks the waves; when each ends, recomputed from the stated ends of its tours.
    pub(super) fn check_waves(&self, report: &mut Report) -> HashMap<usize, Moment> {
        let ends = self.packed();
        for &n in &self.waves {
            let wave = &self.plan.waves.as_slice()[n];
            self.check_release(n, wave, report);
            self.check_content(n, wave, report);
            self.check_times(n, wave, ends[&n], report);
        }
        if let Some(limit) = self.floor.rules().max_open {
            let open = self.waves.iter().map(|n| {
                let wave = &self.plan.waves.as_slice()[*n];
                (wave.release, ends[n], i64::from(wave.shipments))
            });
            if let Some((at, most)) = most_in_use(open).filter(|most| most.1 > limit.into()) {
                let at = self.floor.clock().show(at);
                let message = format!("node {}: {most} shipments open at {at}, {limit} allowed", self.node());
                self.note(report, Code::OpenShipments, message);
            }
        }
        ends
    }

    fn check_release(&self, n: usize, wave: &Wave, report: &mut Report) {
        let rules = self.floor.rules();
        let clock = self.floor.clock();
        // A time that is skipped at midnight is on the day after.
        let day = clock.date(wave.release).days();
        let is_listed = || {
            (day - 1..=day)
                .map(Date::from_days)
                .filter(|&date| clock.has(date))
                .any(|date| {
                    let mut times = rules.releases.iter();
                    times.any(|&time| clock.moment(date, time) == wave.release)
                })
        };
        if wave.release < self.floor.now() || (rules.mode == ReleaseMode::Fixed && !is_listed()) {
            let release = clock.show(wave.release);
            let message = format!("wave {}: released at {release}, which may not be", n + 1);
            self.note(report, Code::WaveRelease, message);
        }
    }

    /// Groups, limits and counts.
    fn check_content(&self, n: usize, wave: &Wave, report: &mut Report) {
        let tasks = self.tasks_of(wave);
        let priorities: BTreeSet<u8> = tasks.iter().map(|task| task.group.priority).collect();
        if priorities.len() > 1 {
            self.note(
                report,
                Code::WavePriority,
                format!("wave {}: priorities {priorities:?}", n + 1),
            );
        }
        // Where priorities differ, that is said already.
        let as_one = |group: WaveGroup| WaveGroup {
            priority: if priorities.len() > 1 { 0 } else { group.priority },
            ..group
        };
        for task in tasks.iter().filter(|task| as_one(task.group) != as_one(wave.group)) {
            let message = format!(
                "wave {}: shipment {} is of another group",
                n + 1,
                self.id(task.shipment)
            );
            self.note(report, Code::WaveGroup, message);
        }
        let sum = |of: fn(&Task) -> i128| tasks.iter().map(|task| of(task)).sum::<i128>();
        let docks = tasks.iter().map(|task| task.carriage).collect::<BTreeSet<_>>().len() as i128;
        let limits = &self.floor.rules().limits;
        let counts = [
            (
                "shipments",
                tasks.len() as i128,
                i128::from(wave.shipments),
                limits.shipments.map(i128::from),
            ),
            (
                "lines",
                sum(|t| t.fills.len() as i128),
                wave.lines.into(),
                limits.lines.map(i128::from),
            ),
            (
                "units",
                sum(|t| t.units.into()),
                wave.units.into(),
                limits.units.map(i128::from),
            ),
            (
                "grams",
                sum(|t| t.weight.0.into()),
                wave.weight.0.into(),
                limits.weight.map(|w| w.0.into()),
            ),
            (
                "cm3",
                sum(|t| t.volume.0.into()),
                wave.volume.0.into(),
                limits.volume.map(|v| v.0.into()),
            ),
            ("docks", docks, wave.docks.into(), limits.docks.map(i128::from)),
        ];
        for (what, counted, stated, limit) in counts {
            self.compare(
                report,
                Code::WaveCount,
                || format!("wave {}: {what}", n + 1),
                stated,
                counted,
            );
            // What is beyond a limit by itself may go alone.
            if let Some(limit) = limit.filter(|&limit| counted > limit && tasks.len() > 1) {
                let message = format!("wave {}: {counted} {what}, {limit} allowed", n + 1);
                self.note(report, Code::WaveLimit, message);
            }
        }
    }

    fn check_times(&self, n: usize, wave: &Wave, end: Moment, report: &mut Report) {
        let due = self.tasks_of(wave).iter().filter_map(|task| task.due).min();
        let (start, picked) = self.walked(wave);
        for (what, stated, found) in [
            ("start", Some(wave.start), start),
            ("picked", Some(wave.picked), picked),
            ("end", Some(wave.end), Some(end)),
            ("due", wave.due, due),
        ] {
            let what = || format!("wave {}: {what}", n + 1);
            self.compare(report, Code::WaveTime, what, self.shown(stated), self.shown(found));
        }
    }

    /// When the first tour of a wave begins and the last one ends.
    fn walked(&self, wave: &Wave) -> (Option<Moment>, Option<Moment>) {
        let batches = self.plan.batches.range(wave.batches.clone());
        let (starts, ends) = (batches.iter().map(|b| b.start), batches.iter().map(|b| b.end));
        (starts.min(), ends.max())
    }

    /// When each wave is packed: one after another, in the order in which their last tours end.
    fn packed(&self) -> HashMap<usize, Moment> {
        let rates = self.floor.rates();
        let mut order: BTreeMap<(Moment, usize), i128> = BTreeMap::new();
        for &n in &self.waves {
            let wave = &self.plan.waves.as_slice()[n];
            let work = |task: &&Task| {
                i128::from(rates.pack_shipment.0)
                    + i128::from(rates.pack_line.0) * task.fills.len() as i128
                    + i128::from(rates.pack_unit.0) * i128::from(task.units)
            };
            let picked = self.walked(wave).1.unwrap_or(wave.picked);
            order.insert((picked, n), self.tasks_of(wave).iter().map(work).sum());
        }
        let mut free = i128::MIN;
        let mut ends = HashMap::new();
        for ((picked, n), work) in order {
            let per_second = 1_000 * i128::from(rates.packers);
            free = free.max(picked.0.into()) + (work + per_second - 1).div_euclid(per_second);
            ends.insert(n, Moment(i64::try_from(free).unwrap_or(i64::MAX)));
        }
        ends
    }

    /// With which departure each shipment leaves, and how late.
    pub(super) fn check_departures(&self, ends: &HashMap<usize, Moment>, report: &mut Report) {
        // A shipment is ready when the last of it is packed.
        let mut ready: BTreeMap<ShipmentIdx, Ready> = BTreeMap::new();
        for s in &self.shipments {
            let Some(task) = self.tasks.get(&s.shipment) else {
                continue;
            };
            let end = ends[&(s.wave.0 as usize)];
            let of = ready.entry(s.shipment).or_insert(Ready {
                shipment: s.shipment,
                carriage: task.carriage,
                parcels: task.parcels,
                priority: task.group.priority,
                due: task.due,
                end,
            });
            of.end = of.end.max(end);
        }
        let list: Vec<Ready> = ready.into_values().collect();
        let made = depart(self.problem, self.floor, &list);
        let leaves = list.iter().zip(made).map(|(r, made)| (r.shipment, (r.due, made)));
        let made: BTreeMap<ShipmentIdx, _> = leaves.collect();
        let mut late_of: HashMap<usize, (u32, Seconds)> = HashMap::new();
        let mut told: BTreeSet<(WaveIdx, ShipmentIdx)> = BTreeSet::new();
        for s in &self.shipments {
            let Some(&(due, (departs, late))) = made.get(&s.shipment) else {
                continue;
            };
            let id = self.id(s.shipment);
            let what = || format!("shipment {id}: due");
            self.compare(report, Code::Departs, what, self.shown(s.due), self.shown(due));
            let what = || format!("shipment {id}: departs");
            self.compare(report, Code::Departs, what, self.shown(s.departs), self.shown(departs));
            self.compare(
                report,
                Code::WaveLate,
                || format!("shipment {id}: seconds late"),
                s.late.0,
                late.0,
            );
            let of_wave = late_of.entry(s.wave.0 as usize).or_default();
            of_wave.0 += u32::from(late.0 > 0 && told.insert((s.wave, s.shipment)));
            of_wave.1 = of_wave.1.max(late);
        }
        for &n in &self.waves {
            let wave = &self.plan.waves.as_slice()[n];
            let (count, late) = late_of.get(&n).copied().unwrap_or_default();
            let what = || format!("wave {}: late shipments", n + 1);
            self.compare(report, Code::WaveLate, what, wave.late_shipments, count);
            self.compare(
                report,
                Code::WaveLate,
                || format!("wave {}: seconds late", n + 1),
                wave.late.0,
                late.0,
            );
        }
    }
}
