//! From a decision to a plan of waves: rows in canonical order, and every figure that its files state.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::content::Content;
use super::departures::{Ready, depart};
use super::tasks::{Task, workload};
use super::times::{TourClock, packed, packing};
use super::walk::lengths;
use crate::Error;
use crate::index::{BatchIdx, Idx as _, OrderIdx, ShipmentIdx, WaveIdx};
use crate::model::Problem;
use crate::model::floor::{Floor, Floors};
use crate::plan::{
    Batch, BatchChoice, Carriage, Fill, Pick, Picker, RoutingPlan, Unplanned, UnplannedReason, Wave, WaveChoice,
    WaveDecision, WaveFigures, WavePlan, WaveRun, WaveShipment,
};
use crate::quantity::{Distance, Grams, Millis, Moment, Seconds, Volume};

/// The plan of a decision. What `workload` says cannot be done is added to its unplanned shipments where it is not among
/// them.
///
/// Rules are not checked, that is for [`verify`](crate::verify): a decision that breaks some is priced all the same.
///
/// # Errors
/// Where a figure has no meaning: a wave at a node without a floor, a wave without a batch or a batch without a pick, a
/// shipment that is not at the node, a pick of no shipment of its batch, or an index that is out of range.
pub fn price_waves(
    problem: &Problem,
    plan: &RoutingPlan,
    floors: &Floors,
    decision: &WaveDecision,
    run: WaveRun,
) -> Result<WavePlan, Error> {
    let mut made = WavePlan {
        problem: plan.problem.clone(),
        run,
        ..WavePlan::default()
    };
    if let Some(wave) = decision.waves.iter().find(|wave| floors.of(wave.node).is_none()) {
        return Err(wrong(format!("a wave at node {}, which has no floor", wave.node.get())));
    }
    for floor in floors.floors() {
        let all = workload(problem, plan, floors, floor);
        let waves = decision.waves.iter().filter(|wave| wave.node == floor.node());
        let site = Site::new(floor, &all.tasks);
        let waves = site.sorted(waves)?;
        let mut unplanned: Vec<Unplanned> = decision.unplanned.clone();
        unplanned.retain(|u| {
            plan.shipments
                .get(u.shipment.get())
                .is_some_and(|s| s.node == floor.node())
        });
        let stated: HashSet<(ShipmentIdx, Option<Fill>)> = unplanned.iter().map(|u| (u.shipment, u.fill)).collect();
        unplanned.extend(all.unplanned.iter().filter(|u| !stated.contains(&(u.shipment, u.fill))));
        site.price(problem, &waves, &unplanned, &mut made)?;
    }
    made.shipments.sort_unstable_by_key(|s| (s.shipment, s.batch));
    made.unplanned.sort_unstable();
    Ok(made)
}

fn wrong(message: impl Into<String>) -> Error {
    Error::internal(message)
}

/// A floor and what there is to do on it.
struct Site<'a> {
    floor: &'a Floor,
    tasks: HashMap<ShipmentIdx, &'a Task>,
}

/// A wave with its batches in canonical order.
struct Sorted<'a> {
    choice: &'a WaveChoice,
    batches: Vec<&'a BatchChoice>,
    first: &'a Task,
}

impl<'a> Site<'a> {
    fn new(floor: &'a Floor, tasks: &'a [Task]) -> Self {
        Self {
            floor,
            tasks: tasks.iter().map(|task| (task.shipment, task)).collect(),
        }
    }

    fn task(&self, shipment: ShipmentIdx) -> Result<&'a Task, Error> {
        let found = self.tasks.get(&shipment).copied();
        found.ok_or_else(|| wrong(format!("shipment {} cannot be done on this floor", shipment.get() + 1)))
    }

    /// Waves by release and first shipment; batches by start, picker and first shipment.
    fn sorted(&self, waves: impl Iterator<Item = &'a WaveChoice>) -> Result<Vec<Sorted<'a>>, Error> {
        let mut sorted = Vec::new();
        for choice in waves {
            let mut batches: Vec<&BatchChoice> = choice.batches.iter().collect();
            batches.sort_by_key(|b| (b.start, b.picker, b.shipments.iter().min().copied()));
            let shipments = batches.iter().flat_map(|b| &b.shipments);
            let first = shipments.min().ok_or_else(|| wrong("a wave without a shipment"))?;
            let first = self.task(*first)?;
            sorted.push(Sorted { choice, batches, first });
        }
        sorted.sort_by_key(|w| (w.choice.release, w.first.shipment));
        Ok(sorted)
    }

    /// Adds the waves of the floor and their figures to the plan.
    fn price(
        &self,
        problem: &Problem,
        waves: &[Sorted<'_>],
        unplanned: &[Unplanned],
        made: &mut WavePlan,
    ) -> Result<(), Error> {
        let first = made.waves.len();
        let mut shipments: Vec<WaveShipment> = Vec::new();
        let ways = self.ways(waves)?;
        let mut rest = ways.as_slice();
        for sorted in waves {
            let wave = WaveIdx::new(made.waves.len());
            let first_batch = made.batches.len() as u32;
            for choice in &sorted.batches {
                let (ways, after) = rest.split_at(choice.picks.len() + 1);
                rest = after;
                self.batch(problem, wave, choice, ways, made, &mut shipments)?;
            }
            let range = first_batch..made.batches.len() as u32;
            let row = self.wave(sorted, &made.batches.as_slice()[range.start as usize..], range)?;
            made.waves.push(row);
        }
        let ours = &mut made.waves.as_mut_slice()[first..];
        self.pack(ours, first, &shipments)?;
        self.depart(problem, ours, first, &mut shipments)?;
        let figures = self.figures(made, first, &shipments, unplanned);
        made.figures.push((self.floor.node(), figures));
        made.shipments.append(&mut shipments);
        made.unplanned.extend_from_slice(unplanned);
        Ok(())
    }

    fn batch(
        &self,
        problem: &Problem,
        wave: WaveIdx,
        choice: &BatchChoice,
        ways: &[Distance],
        made: &mut WavePlan,
        shipments: &mut Vec<WaveShipment>,
    ) -> Result<(), Error> {
        let floor = self.floor;
        let index = BatchIdx::new(made.batches.len());
        let cart = floor
            .carts()
            .get(choice.cart)
            .ok_or_else(|| wrong("a cart that there is not"))?;
        let mut batch = Batch {
            wave,
            cart: choice.cart,
            picker: choice.picker,
            start: choice.start,
            end: choice.start,
            shipments: choice.shipments.len() as u32,
            lines: 0,
            units: 0,
            weight: Grams(0),
            volume: Volume(0),
            bins: 0,
            walk: Distance::ZERO,
            picks: made.picks.len() as u32..0,
        };
        let mut of_order = HashMap::new();
        for &shipment in &choice.shipments {
            of_order.insert(self.task(shipment)?.order, shipment);
        }
        let (picks, end, walk) = self.tour(problem, index, choice, ways, &of_order)?;
        let mut held: HashMap<ShipmentIdx, Content> = HashMap::new();
        for pick in &picks {
            held.entry(pick.shipment).or_default().add(problem, pick.line, pick.qty);
        }
        for &shipment in &choice.shipments {
            let content = held.remove(&shipment).unwrap_or_default();
            let bins = content.bins(cart);
            batch.lines += content.lines();
            batch.units += content.units;
            batch.weight = batch.weight.saturating_add(content.weight);
            batch.volume = batch.volume.saturating_add(content.volume);
            batch.bins = batch.bins.saturating_add(bins);
            shipments.push(WaveShipment {
                shipment,
                wave,
                batch: index,
                bins,
                due: self.task(shipment)?.due,
                departs: None,
                late: Seconds(0),
            });
        }
        made.picks.extend(picks);
        (batch.end, batch.walk) = (end, walk);
        batch.picks.end = made.picks.len() as u32;
        made.batches.push(batch);
        Ok(())
    }

    /// The length of every way of every tour, tour after tour: there, from pick to pick, and back.
    fn ways(&self, waves: &[Sorted<'_>]) -> Result<Vec<Distance>, Error> {
        let mut ways = Vec::new();
        for choice in waves.iter().flat_map(|sorted| &sorted.batches) {
            let mut from = None;
            for pick in &choice.picks {
                let location = self.floor.locations().get(pick.location);
                let to = Some(location.ok_or_else(|| wrong("a pick location that there is not"))?.cell);
                ways.push((from, to));
                from = to;
            }
            if from.is_none() {
                return Err(wrong("a batch without a pick"));
            }
            ways.push((from, None));
        }
        Ok(lengths(self.floor.layout(), &ways))
    }

    /// The picks of a tour, its end, and what is walked.
    fn tour(
        &self,
        problem: &Problem,
        index: BatchIdx,
        choice: &BatchChoice,
        ways: &[Distance],
        of_order: &HashMap<OrderIdx, ShipmentIdx>,
    ) -> Result<(Vec<Pick>, Moment, Distance), Error> {
        let mut clock = TourClock::new(self.floor.rates(), choice.start);
        let mut picks = Vec::with_capacity(choice.picks.len());
        for (pick, &walk) in choice.picks.iter().zip(ways) {
            let line = problem.lines().get(pick.line);
            let order = line.ok_or_else(|| wrong("a line that there is not"))?.order;
            let shipment = of_order.get(&order);
            picks.push(Pick {
                batch: index,
                location: pick.location,
                shipment: *shipment.ok_or_else(|| wrong("a pick of no shipment of its batch"))?,
                line: pick.line,
                qty: pick.qty,
                walk,
                done: clock.pick(walk, pick.location, pick.qty),
            });
        }
        let end = clock.finish(ways.last().copied().unwrap_or_default());
        Ok((picks, end, clock.walked()))
    }

    /// The row of a wave from those of its batches; when it is packed and what is late comes later.
    fn wave(&self, sorted: &Sorted<'_>, batches: &[Batch], range: std::ops::Range<u32>) -> Result<Wave, Error> {
        let in_wave: BTreeSet<ShipmentIdx> = sorted.batches.iter().flat_map(|b| &b.shipments).copied().collect();
        let moments = |of: fn(&Batch) -> Moment| batches.iter().map(of);
        let picked = moments(|b| b.end).max().unwrap_or(sorted.choice.release);
        let mut wave = Wave {
            node: self.floor.node(),
            group: sorted.first.group,
            release: sorted.choice.release,
            start: moments(|b| b.start).min().unwrap_or(sorted.choice.release),
            picked,
            end: picked,
            due: None,
            shipments: in_wave.len() as u32,
            lines: 0,
            units: 0,
            weight: Grams(0),
            volume: Volume(0),
            docks: 0,
            late_shipments: 0,
            late: Seconds(0),
            batches: range,
        };
        let mut services: HashSet<Carriage> = HashSet::new();
        for shipment in in_wave {
            let task = self.task(shipment)?;
            wave.due = [wave.due, task.due].into_iter().flatten().min();
            wave.lines += task.lines();
            wave.units += task.units;
            wave.weight = wave.weight.saturating_add(task.weight);
            wave.volume = wave.volume.saturating_add(task.volume);
            services.insert(task.carriage);
        }
        wave.docks = services.len() as u32;
        Ok(wave)
    }

    /// Waves are packed one after another, in the order in which their last tours end.
    fn pack(&self, waves: &mut [Wave], first: usize, shipments: &[WaveShipment]) -> Result<(), Error> {
        let rates = self.floor.rates();
        let mut work = vec![Millis(0); waves.len()];
        let once: BTreeSet<(WaveIdx, ShipmentIdx)> = shipments.iter().map(|s| (s.wave, s.shipment)).collect();
        for (wave, shipment) in once {
            let task = self.task(shipment)?;
            let work = &mut work[wave.get() - first];
            *work = work.saturating_add(packing(rates, task.lines(), task.units));
        }
        let mut order: Vec<usize> = (0..waves.len()).collect();
        order.sort_by_key(|&n| waves[n].picked); // stable
        let ends = packed(rates, order.iter().map(|&n| (waves[n].picked, work[n])));
        for (n, end) in order.into_iter().zip(ends) {
            waves[n].end = end;
        }
        Ok(())
    }

    fn depart(
        &self,
        problem: &Problem,
        waves: &mut [Wave],
        first: usize,
        shipments: &mut [WaveShipment],
    ) -> Result<(), Error> {
        // When the last of each shipment is packed.
        let mut ends: BTreeMap<ShipmentIdx, Moment> = BTreeMap::new();
        for s in &*shipments {
            let end = waves[s.wave.get() - first].end;
            let last = ends.entry(s.shipment).or_insert(end);
            *last = end.max(*last);
        }
        let mut ready = Vec::with_capacity(ends.len());
        for (&shipment, &end) in &ends {
            let task = self.task(shipment)?;
            ready.push(Ready {
                shipment,
                carriage: task.carriage,
                parcels: task.parcels,
                priority: task.group.priority,
                due: task.due,
                end,
            });
        }
        let made = ends.into_keys().zip(depart(problem, self.floor, &ready));
        let made: HashMap<ShipmentIdx, (Option<Moment>, Seconds)> = made.collect();
        let mut told: HashSet<(WaveIdx, ShipmentIdx)> = HashSet::new();
        for s in shipments.iter_mut() {
            (s.departs, s.late) = made[&s.shipment];
            if told.insert((s.wave, s.shipment)) {
                let wave = &mut waves[s.wave.get() - first];
                wave.late_shipments += u32::from(s.late.0 > 0);
                wave.late = wave.late.max(s.late);
            }
        }
        Ok(())
    }

    fn figures(
        &self,
        made: &WavePlan,
        first: usize,
        shipments: &[WaveShipment],
        unplanned: &[Unplanned],
    ) -> WaveFigures {
        let waves = &made.waves.as_slice()[first..];
        let batches = waves
            .first()
            .map_or(made.batches.len(), |wave| wave.batches.start as usize);
        let batches = &made.batches.as_slice()[batches..];
        let mut told: HashSet<ShipmentIdx> = HashSet::new();
        let mut figures = WaveFigures {
            shift_time: shift_time(self.floor, batches.iter().map(|b| b.picker)),
            ..WaveFigures::default()
        };
        let objective = &mut figures.objective;
        let is_no_time = |u: &&Unplanned| u.reason == UnplannedReason::NoTime;
        objective.no_time = unplanned.iter().filter(is_no_time).count() as u32;
        for s in shipments.iter().filter(|s| told.insert(s.shipment)) {
            objective.late_shipments += u32::from(s.late.0 > 0);
            objective.late += s.late;
            let end = made.waves[s.wave].end;
            let safe = s.due.is_none_or(|due| end + self.floor.rules().safety <= due);
            objective.tight += u32::from(s.late.0 == 0 && !safe);
        }
        objective.labour = batches.iter().map(|b| b.end - b.start).sum();
        objective.waves = waves.len() as u32;
        let releases = waves.chunk_by(|a, b| a.release == b.release);
        let lines = releases.map(|same| same.iter().map(|wave| u64::from(wave.lines)).sum::<u64>());
        objective.unevenness = lines.map(|lines| lines * lines).sum();
        figures.shipments = told.len() as u32;
        figures.unplanned = unplanned.iter().filter(|u| told.insert(u.shipment)).count() as u32;
        for wave in waves {
            figures.lines += wave.lines;
            figures.units += wave.units;
        }
        for batch in batches {
            figures.batches += 1;
            figures.picks += batch.picks.len() as u32;
            figures.walk += batch.walk;
        }
        figures
    }
}

/// The shift time of pickers who walk, each counted once for a shift on a day: from its start, or from now where that is
/// later, to its end.
#[must_use]
fn shift_time(floor: &Floor, pickers: impl Iterator<Item = Picker>) -> Seconds {
    let different: HashSet<Picker> = pickers.collect();
    let time = |picker: &Picker| {
        let (start, end) = floor.shifts().get(picker.shift)?.on(picker.date, floor.clock())?;
        Some((end - start.max(floor.now())).max(Seconds(0)))
    };
    different.iter().filter_map(time).sum()
}
