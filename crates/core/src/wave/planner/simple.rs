//! What simple rules of picking come to, to compare a plan of waves with: every shipment a tour of its own, and batches in the
//! order in which shipments come.

use std::collections::{BTreeMap, HashSet};

use crate::Error;
use crate::cost::waves::workload;
use crate::index::ShipmentIdx;
use crate::model::Problem;
use crate::model::floor::Floors;
use crate::plan::{PickChoice, RoutingPlan, WaveGroup, WavePlan};
use crate::quantity::{Distance, Seconds};
use crate::wave::assign::load::Load;
use crate::wave::assign::picks::Shelves;
use crate::wave::assign::site::Site;
use crate::wave::assign::tour::Walker;

/// A rule by which tours are made without any search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SimpleRule {
    /// Every shipment has a tour of its own.
    OneByOne,
    /// Shipments go on a cart as they come; where the next one does not fit, the cart goes and another is begun.
    FirstCome,
}

impl SimpleRule {
    /// Every rule.
    pub const ALL: [Self; 2] = [Self::OneByOne, Self::FirstCome];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OneByOne => "one-by-one",
            Self::FirstCome => "first-come",
        }
    }
}

/// What picking by a simple rule comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimplePicking {
    /// The rule.
    pub rule: SimpleRule,
    /// Tours.
    pub tours: u32,
    /// What pickers walk.
    pub walk: Distance,
    /// Time of all tours, added up.
    pub labour: Seconds,
}

/// What picking the shipments of a plan of waves would come to by each simple rule, with the same carts, pick locations, rates and
/// method; only shipments of one group share a cart. Shifts and departures are not looked at.
///
/// Complexity: two tours for each shipment.
///
/// # Errors
/// A floor with a layout for which no tours can be found.
pub fn simple_picking(
    problem: &Problem,
    plan: &RoutingPlan,
    floors: &Floors,
    waves: &WavePlan,
) -> Result<[SimplePicking; 2], Error> {
    let planned: HashSet<ShipmentIdx> = waves.shipments.iter().map(|s| s.shipment).collect();
    let mut made = SimpleRule::ALL.map(|rule| SimplePicking {
        rule,
        tours: 0,
        walk: Distance::ZERO,
        labour: Seconds(0),
    });
    for floor in floors.floors() {
        let mut tasks = workload(problem, plan, floors, floor).tasks;
        tasks.retain(|task| planned.contains(&task.shipment));
        let site = Site::new(problem, floor, tasks);
        let mut walker = Walker::new(&site)?;
        let mut shelves = Shelves::new(&site);
        let all = 0..site.tasks.len() as u32;
        let picks: Vec<Vec<PickChoice>> = all.map(|n| shelves.take(&site, &walker, n)).collect();
        for sum in &mut made {
            for tasks in batches(&site, sum.rule) {
                let of = tasks.iter().flat_map(|&n| &picks[n as usize]).copied().collect();
                let Some(mut load) = Load::new(&site, &mut walker, tasks, of) else {
                    continue; // what a cart does not take is not in a batch
                };
                sum.tours += 1;
                sum.labour += load.time;
                sum.walk += walker.arrange(&mut load.picks);
            }
        }
    }
    Ok(made)
}

/// The tasks of each tour.
fn batches(site: &Site<'_>, rule: SimpleRule) -> Vec<Vec<u32>> {
    let alone = (0..site.tasks.len() as u32).map(|n| vec![n]);
    if rule == SimpleRule::OneByOne {
        return alone.collect();
    }
    let mut made = Vec::new();
    let mut open: BTreeMap<WaveGroup, Vec<u32>> = BTreeMap::new();
    for n in 0..site.tasks.len() as u32 {
        let task = &site.tasks[n as usize];
        if site.portions[n as usize].is_divided() {
            made.push(vec![n]);
            continue;
        }
        let batch = open.entry(task.group).or_default();
        batch.push(n);
        let same = batch
            .iter()
            .filter(|&&m| site.tasks[m as usize].order == task.order)
            .count();
        if same > 1 || site.carts_for(batch).is_empty() {
            batch.pop();
            made.push(std::mem::replace(batch, vec![n]));
        }
    }
    made.extend(open.into_values());
    made
}
