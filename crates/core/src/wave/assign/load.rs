//! Batches and waves on their way to a plan: what is in them, and sums that planning asks for again and again.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::portions::Portion;
use super::site::{Site, Size};
use super::tour::Walker;
use crate::index::{CartIdx, ShipmentIdx};
use crate::plan::{Carriage, PickChoice, WaveGroup};
use crate::quantity::{Moment, Seconds};

/// A batch: what one picker will collect in one tour.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    /// Its tasks, rising; never none.
    pub tasks: Vec<u32>,
    /// The picks, in any order.
    pub picks: Vec<PickChoice>,
    /// The carts that take it, the best first; never none.
    pub carts: Vec<CartIdx>,
    /// How long its tour takes.
    pub time: Seconds,
    pub size: Size,
    /// How many of its shipments are of which class, by class; one in portions counts with the first of them.
    pub classes: Vec<(u32, u32)>,
    /// The earliest moment at which some of it is due.
    pub due: Option<Moment>,
    /// Its services, rising.
    pub docks: Vec<Carriage>,
}

impl Load {
    /// A batch of these tasks with these picks; `None` where no cart takes it, or a portion of a shipment would not be alone.
    pub(crate) fn new(
        site: &Site<'_>,
        walker: &mut Walker<'_>,
        mut tasks: Vec<u32>,
        picks: Vec<PickChoice>,
    ) -> Option<Self> {
        tasks.sort_unstable();
        let divided = |&n: &u32| site.portions[n as usize].is_divided();
        if tasks.len() > 1 && tasks.iter().any(divided) {
            return None;
        }
        let carts = site.carts_for(&tasks);
        if carts.is_empty() {
            return None;
        }
        let mut size = Size::default();
        let mut classes: BTreeMap<u32, u32> = BTreeMap::new();
        let mut docks = Vec::new();
        for &n in &tasks {
            size = size.plus(&site.sizes[n as usize]);
            if site.portions[n as usize].number == 0 {
                *classes.entry(site.class_of[n as usize]).or_default() += 1;
            }
            docks.push(site.tasks[n as usize].carriage);
        }
        docks.sort_unstable();
        docks.dedup();
        Some(Self {
            time: walker.time(&picks),
            due: tasks
                .iter()
                .filter_map(|&n| site.classes[site.class_of[n as usize] as usize].due)
                .min(),
            tasks,
            picks,
            carts,
            size,
            classes: classes.into_iter().collect(),
            docks,
        })
    }

    /// The picks of one of its tasks.
    pub(crate) fn picks_of(&self, site: &Site<'_>, task: u32) -> impl Iterator<Item = PickChoice> {
        let order = site.tasks[task as usize].order;
        let of_task = move |pick: &&PickChoice| site.problem.lines()[pick.line].order == order;
        self.picks.iter().filter(of_task).copied()
    }

    /// The batch without a task, and the picks of that task; no batch where nothing is left.
    pub(crate) fn without(
        &self,
        site: &Site<'_>,
        walker: &mut Walker<'_>,
        task: u32,
    ) -> (Option<Self>, Vec<PickChoice>) {
        let order = site.tasks[task as usize].order;
        let (out, rest): (Vec<PickChoice>, Vec<PickChoice>) = self
            .picks
            .iter()
            .partition(|pick| site.problem.lines()[pick.line].order == order);
        let tasks: Vec<u32> = self.tasks.iter().copied().filter(|&n| n != task).collect();
        let left = if tasks.is_empty() {
            None
        } else {
            Self::new(site, walker, tasks, rest)
        };
        (left, out)
    }

    /// The batch with a task more; `None` where no cart takes that, or a shipment of the same order is in it already, whose
    /// picks could not be told apart.
    pub(crate) fn with(
        &self,
        site: &Site<'_>,
        walker: &mut Walker<'_>,
        task: u32,
        picks: &[PickChoice],
    ) -> Option<Self> {
        let order = site.tasks[task as usize].order;
        if self.tasks.iter().any(|&n| site.tasks[n as usize].order == order) {
            return None;
        }
        let tasks = self.tasks.iter().copied().chain([task]).collect();
        let picks = self.picks.iter().chain(picks).copied().collect();
        Self::new(site, walker, tasks, picks)
    }

    /// What all of it must share with its wave.
    pub(crate) fn group(&self, site: &Site<'_>) -> WaveGroup {
        site.tasks[self.tasks[0] as usize].group
    }

    /// Which portion of a shipment it is; the whole of one, or of several, is none.
    pub(crate) fn portion(&self, site: &Site<'_>) -> Option<(ShipmentIdx, Portion)> {
        let first = self.tasks[0] as usize;
        let portion = site.portions[first];
        portion.is_divided().then_some((site.tasks[first].shipment, portion))
    }
}

/// A wave: batches of one group that are released together.
#[derive(Clone, Debug)]
pub(crate) struct Wave {
    /// The longest first; never none.
    pub loads: Vec<Arc<Load>>,
    pub size: Size,
    pub classes: Vec<(u32, u32)>,
    pub due: Option<Moment>,
    /// The first of its tasks.
    pub first: u32,
    /// Whether it has a shipment that is picked in several tours.
    pub is_divided: bool,
}

impl Wave {
    /// A wave of these batches; `None` where it would be beyond a limit, or hold only some portions of a shipment.
    pub(crate) fn new(site: &Site<'_>, mut loads: Vec<Arc<Load>>) -> Option<Self> {
        let mut open: BTreeMap<ShipmentIdx, u32> = BTreeMap::new();
        for (shipment, portion) in loads.iter().filter_map(|load| load.portion(site)) {
            *open.entry(shipment).or_insert(portion.of) -= 1;
        }
        if open.values().any(|&left| left > 0) {
            return None;
        }
        let mut size = Size::default();
        let mut classes: BTreeMap<u32, u32> = BTreeMap::new();
        let mut docks: Vec<Carriage> = Vec::new();
        for load in &loads {
            size = size.plus(&load.size);
            for &(class, many) in &load.classes {
                *classes.entry(class).or_default() += many;
            }
            docks.extend(&load.docks);
        }
        docks.sort_unstable();
        docks.dedup();
        if loads.is_empty() || !site.may_be_wave(&size, docks.len()) {
            return None;
        }
        loads.sort_by_key(|load| (std::cmp::Reverse(load.time), load.tasks[0]));
        let due = loads.iter().filter_map(|load| load.due).min();
        let first = loads.iter().map(|load| load.tasks[0]).min()?;
        Some(Self {
            loads,
            size,
            classes: classes.into_iter().collect(),
            due,
            first,
            is_divided: !open.is_empty(),
        })
    }

    /// What its shipments share.
    pub(crate) fn group(&self, site: &Site<'_>) -> WaveGroup {
        self.loads[0].group(site)
    }
}

/// The waves of a floor, in the order in which pickers turn to them. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub waves: Vec<Arc<Wave>>,
}
