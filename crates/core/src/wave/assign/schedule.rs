//! From waves in their order to a schedule: each tour begins as early as a picker and a cart are free, waves are packed, and
//! shipments leave. What that is worth is counted as `cost::waves` defines it.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::load::{Draft, Load, Wave};
use super::site::Site;
use crate::cost::waves::times::{packed, packed_in};
use crate::index::{CartIdx, Idx as _, ShipmentIdx};
use crate::plan::WaveObjective;
use crate::quantity::{Millis, Moment, Seconds};
use crate::wave::release::moments;

/// Where a tour is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    pub cart: CartIdx,
    /// Which of the carts of its type, from 0.
    pub cart_number: u32,
    /// Position in [`Site::turns`].
    pub turn: u32,
    /// Which of the pickers of that shift, from 0.
    pub picker: u32,
    pub start: Moment,
}

/// When a wave is worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    pub release: Moment,
    pub start: Moment,
    pub picked: Moment,
    pub end: Moment,
}

/// What becomes of a draft.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schedule {
    /// For each wave and each of its loads; `None` = no picker has time.
    pub placed: Vec<Vec<Option<Placed>>>,
    /// For each wave; `None` where no tour of it is placed.
    pub times: Vec<Option<Times>>,
    pub objective: WaveObjective,
}

/// A shipment of a service whose departures take only so many parcels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaving {
    pub task: u32,
    pub wave: usize,
    pub due: Moment,
    /// When it is packed.
    pub end: Moment,
    pub departs: Option<Moment>,
    pub late: Seconds,
}

/// How often the openings of waves are put off until no more shipments are open than may be.
const ROUNDS: usize = 12;

/// Puts every tour in the order of the waves where it can begin first.
pub(crate) fn schedule(site: &Site<'_>, draft: &Draft) -> Schedule {
    let opening = site.opening();
    let Some(most) = site.floor.rules().max_open else {
        return Placing::new(site).place(draft, |_, _| opening);
    };
    let mut not_before = vec![opening; draft.waves.len()];
    for _ in 0..ROUNDS {
        let made = Placing::new(site).place(draft, |n, placing| placing.room(not_before[n], &draft.waves[n], most));
        match made.crowd(draft, most) {
            None => return made,
            Some((wave, from)) => not_before[wave] = moments::at_or_after(site, from),
        }
    }
    // One wave after another: never more than one is open.
    Placing::new(site).place(draft, |_, placing| {
        moments::at_or_after(site, placing.packed.max(opening))
    })
}

/// A heap of those who are at work, by when they are free; those with higher numbers are free from the beginning.
#[derive(Clone, Default)]
struct Crew {
    busy: BinaryHeap<Reverse<(Moment, u32)>>,
    called: u32,
    size: u32,
}

impl Crew {
    fn of(size: u32) -> Self {
        Self {
            size,
            ..Self::default()
        }
    }

    /// When one of them can begin, from a moment on; those who were called before come first.
    fn free(&self, from: Moment) -> Option<Moment> {
        let called = self.busy.peek().map(|Reverse((at, _))| from.max(*at));
        if self.called < self.size && called.is_none_or(|at| at > from) {
            Some(from)
        } else {
            called
        }
    }

    /// Calls the one who can begin then until a moment.
    fn call(&mut self, start: Moment, end: Moment) -> u32 {
        let number = match self.busy.peek() {
            Some(&Reverse((at, number))) if at <= start => {
                self.busy.pop();
                number
            }
            _ => {
                self.called += 1;
                self.called - 1
            }
        };
        self.busy.push(Reverse((end, number)));
        number
    }
}

/// A schedule in the making.
struct Placing<'s, 'a> {
    site: &'s Site<'a>,
    pickers: Vec<Crew>,
    carts: Vec<Option<Crew>>,
    /// When the waves so far are packed, as far as one can tell.
    packed: Moment,
    /// When the last wave so far was released.
    released: Moment,
    /// Waves that are open then: end and shipments.
    open: BinaryHeap<Reverse<(Moment, u32)>>,
    shipments: u64,
}

impl<'s, 'a> Placing<'s, 'a> {
    fn new(site: &'s Site<'a>) -> Self {
        Self {
            site,
            pickers: site.turns.iter().map(|turn| Crew::of(turn.pickers)).collect(),
            carts: site.floor.carts().iter().map(|cart| cart.count.map(Crew::of)).collect(),
            packed: site.floor.now(),
            released: site.floor.now(),
            open: BinaryHeap::new(),
            shipments: 0,
        }
    }

    /// Places all tours; each wave opens not before `opens` tells.
    fn place(mut self, draft: &Draft, mut opens: impl FnMut(usize, &mut Self) -> Moment) -> Schedule {
        let mut made = Schedule::default();
        for (n, wave) in draft.waves.iter().enumerate() {
            let from = opens(n, &mut self);
            let mut start: Option<Moment> = None;
            let mut picked = None;
            let mut many = 0;
            let mut work = 0;
            let mut placed = Vec::with_capacity(wave.loads.len());
            for (load, at) in wave.loads.iter().zip(self.put_all(wave, from)) {
                if let Some(p) = &at {
                    start = Some(start.map_or(p.start, |s| s.min(p.start)));
                    picked = picked.max(Some(p.start + load.time));
                    many += load.size.shipments;
                    work += load.size.packing;
                }
                placed.push(at);
            }
            if let (Some(start), Some(picked)) = (start, picked) {
                self.packed = self.packed.max(picked) + packed_in(self.site.floor.rates(), Millis(work));
                self.released = self.released.max(start);
                self.open.push(Reverse((self.packed, many)));
                self.shipments += u64::from(many);
            }
            made.placed.push(placed);
        }
        made.settle(self.site, draft);
        made
    }

    /// Puts the tours of a wave. A shipment in several tours gets all of them or none: as long as one gets only some, that which
    /// would take most of them is left out, and the others are put anew.
    fn put_all(&mut self, wave: &Wave, from: Moment) -> Vec<Option<Placed>> {
        if !wave.is_divided {
            return wave.loads.iter().map(|load| self.put(load, from)).collect();
        }
        let before = (self.pickers.clone(), self.carts.clone());
        let mut left_out: BTreeSet<ShipmentIdx> = BTreeSet::new();
        loop {
            let mut partly: Option<(u32, ShipmentIdx)> = None;
            let mut tours = Vec::with_capacity(wave.loads.len());
            for load in &wave.loads {
                let of = load.portion(self.site);
                let is_out = of.is_some_and(|(shipment, _)| left_out.contains(&shipment));
                let tour = if is_out { None } else { self.put(load, from) };
                if let (Some((shipment, portion)), None, false) = (of, tour, is_out) {
                    partly = partly.max(Some((portion.of, shipment)));
                }
                tours.push(tour);
            }
            let Some((_, shipment)) = partly else { return tours };
            left_out.insert(shipment);
            (self.pickers, self.carts) = before.clone();
        }
    }

    /// Puts a tour where it can begin first, from a moment on.
    fn put(&mut self, load: &Load, from: Moment) -> Option<Placed> {
        let mut best: Option<(Moment, usize, CartIdx)> = None;
        for &cart in &load.carts {
            let crew = &self.carts[cart.get()];
            let from = crew.as_ref().map_or(Some(from), |crew| crew.free(from));
            let Some(from) = from else { continue };
            for (t, turn) in self.site.turns.iter().enumerate() {
                let begin = from.max(turn.start);
                if best.is_some_and(|b| begin >= b.0) {
                    break; // later shifts begin no earlier
                }
                if begin + load.time > turn.end {
                    continue;
                }
                if let Some(start) = self.pickers[t].free(begin)
                    && start + load.time <= turn.end
                    && best.is_none_or(|b| start < b.0)
                {
                    best = Some((start, t, cart));
                }
            }
        }
        let (start, turn, cart) = best?;
        let end = start + load.time;
        Some(Placed {
            cart,
            cart_number: self.carts[cart.get()].as_mut().map_or(0, |crew| crew.call(start, end)),
            turn: turn as u32,
            picker: self.pickers[turn].call(start, end),
            start,
        })
    }

    /// From when on there is room for a wave among the open shipments.
    fn room(&mut self, from: Moment, wave: &Wave, most: u32) -> Moment {
        let mut at = moments::at_or_after(self.site, from.max(self.released));
        while let Some(&Reverse((end, many))) = self.open.peek() {
            if end > at {
                if self.shipments + u64::from(wave.size.shipments) <= u64::from(most) {
                    break;
                }
                at = moments::at_or_after(self.site, end);
            } else {
                self.open.pop();
                self.shipments -= u64::from(many);
            }
        }
        at
    }
}

impl Schedule {
    /// What the schedule is worth but for the evenness of its releases.
    pub(crate) fn worth(&self) -> WaveObjective {
        WaveObjective {
            unevenness: 0,
            ..self.objective
        }
    }

    /// Works out from where the tours are put when waves are released and packed, which departures shipments make, and what
    /// that is worth.
    pub(crate) fn settle(&mut self, site: &Site<'_>, draft: &Draft) {
        self.times = self.worked(draft);
        moments::choose(site, draft, self);
        self.pack(site, draft);
        self.judge(site, draft);
    }

    /// When the tours of each wave begin and end; the release and the end of packing are still open.
    fn worked(&self, draft: &Draft) -> Vec<Option<Times>> {
        let times = |(wave, placed): (&std::sync::Arc<Wave>, &Vec<Option<Placed>>)| {
            let tours = || {
                wave.loads
                    .iter()
                    .zip(placed)
                    .filter_map(|(load, p)| Some((load, p.as_ref()?)))
            };
            let start = tours().map(|(_, p)| p.start).min()?;
            let picked = tours().map(|(load, p)| p.start + load.time).max()?;
            Some(Times {
                release: start,
                start,
                picked,
                end: picked,
            })
        };
        draft.waves.iter().zip(&self.placed).map(times).collect()
    }

    /// The size of what is placed of a wave: lines, shipments, and packing.
    pub(crate) fn placed_of(&self, draft: &Draft, n: usize) -> (u32, u32, i64) {
        let wave = &draft.waves[n];
        if self.placed[n].iter().all(Option::is_some) {
            return (wave.size.lines, wave.size.shipments, wave.size.packing);
        }
        let placed = wave.loads.iter().zip(&self.placed[n]).filter(|(_, p)| p.is_some());
        placed.fold((0, 0, 0), |sum, (load, _)| {
            let size = &load.size;
            (sum.0 + size.lines, sum.1 + size.shipments, sum.2 + size.packing)
        })
    }

    /// The waves that are worked, in the order in which they are packed.
    pub(crate) fn packing_order(&self, draft: &Draft) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.times.len()).filter(|&n| self.times[n].is_some()).collect();
        order.sort_by_key(|&n| self.times[n].map(|t| (t.picked, t.release, draft.waves[n].first)));
        order
    }

    fn pack(&mut self, site: &Site<'_>, draft: &Draft) {
        let order = self.packing_order(draft);
        let waves = order
            .iter()
            .filter_map(|&n| Some((self.times[n]?.picked, Millis(self.placed_of(draft, n).2))));
        let ends = packed(site.floor.rates(), waves);
        for (n, end) in order.into_iter().zip(ends) {
            if let Some(times) = &mut self.times[n] {
                times.end = end;
            }
        }
    }

    /// The first wave at whose release more shipments are open than may be, and from when on there is room for it.
    fn crowd(&self, draft: &Draft, most: u32) -> Option<(usize, Moment)> {
        let mut waves: Vec<(Moment, usize)> = self
            .times
            .iter()
            .enumerate()
            .filter_map(|(n, t)| Some((t.as_ref()?.release, n)))
            .collect();
        waves.sort_unstable();
        let mut open: Vec<(Moment, u64)> = Vec::new();
        for (release, n) in waves {
            open.retain(|(end, _)| *end > release);
            let many = u64::from(self.placed_of(draft, n).1);
            let mut others: u64 = open.iter().map(|o| o.1).sum();
            if others + many > u64::from(most) {
                open.sort_unstable();
                let mut from = release;
                for &(end, leaving) in &open {
                    if others + many <= u64::from(most) {
                        break;
                    }
                    (from, others) = (end, others - leaving);
                }
                return Some((n, from));
            }
            open.push((self.times[n]?.end, many));
        }
        None
    }

    /// With which departures the tasks leave whose services take only so many parcels.
    pub(crate) fn departures(&self, site: &Site<'_>, draft: &Draft) -> Vec<Leaving> {
        if site.in_turn.is_empty() {
            return Vec::new();
        }
        let mut ends: Vec<Option<(usize, Moment)>> = vec![None; site.tasks.len()];
        for (n, wave) in draft.waves.iter().enumerate() {
            for (load, _) in wave.loads.iter().zip(&self.placed[n]).filter(|(_, p)| p.is_some()) {
                for &task in &load.tasks {
                    ends[task as usize] = self.times[n].map(|t| (n, t.end));
                }
            }
        }
        let made = site.depart_in_turn(|task| Some(ends[task as usize]?.1));
        let all = made.into_iter().zip(&site.in_turn);
        all.filter_map(|((departs, late), &task)| {
            let (wave, end) = ends[task as usize]?;
            let due = site.tasks[task as usize].due?;
            Some(Leaving {
                task,
                wave,
                due,
                end,
                departs,
                late,
            })
        })
        .collect()
    }

    fn judge(&mut self, site: &Site<'_>, draft: &Draft) {
        let safety = site.floor.rules().safety;
        let mut o = WaveObjective::default();
        let mut releases: Vec<(Moment, u64)> = Vec::new();
        for (n, wave) in draft.waves.iter().enumerate() {
            let placed = &self.placed[n];
            let Some(times) = self.times[n] else {
                o.no_time += wave.size.shipments;
                continue;
            };
            o.waves += 1;
            let mut count = |classes: &[(u32, u32)]| {
                for &(c, many) in classes {
                    let class = &site.classes[c as usize];
                    if class.is_limited {
                        continue;
                    }
                    let late = site.late(c, times.end);
                    if late.0 > 0 {
                        o.late_shipments += many;
                        o.late.0 = o.late.0.saturating_add(late.0.saturating_mul(many.into()));
                    } else if class.due.is_some_and(|due| times.end + safety > due) {
                        o.tight += many;
                    }
                }
            };
            if placed.iter().all(Option::is_some) {
                count(&wave.classes);
            } else {
                let loads = wave.loads.iter().zip(placed);
                loads
                    .filter(|(_, p)| p.is_some())
                    .for_each(|(load, _)| count(&load.classes));
            }
            for (load, p) in wave.loads.iter().zip(placed) {
                match p {
                    Some(_) => o.labour += load.time,
                    None => o.no_time += load.size.shipments,
                }
            }
            releases.push((times.release, self.placed_of(draft, n).0.into()));
        }
        releases.sort_unstable();
        for same in releases.chunk_by(|a, b| a.0 == b.0) {
            let lines: u64 = same.iter().map(|r| r.1).sum();
            o.unevenness += lines * lines;
        }
        for leaving in self.departures(site, draft) {
            if leaving.late.0 > 0 {
                o.late_shipments += 1;
                o.late += leaving.late;
            } else if leaving.end + safety > leaving.due {
                o.tight += 1;
            }
        }
        self.objective = o;
    }
}
