//! Steps of carriage that are exact where more costs less: each knows the least load at which it is offered.
//!
//! A step that costs less than one before it would be taken for lighter loads too. So it asks for more than the last dearer
//! step before it holds: more weight, or more volume. A hole, in which nothing is offered, counts as dearer than all.

use super::Step;
use super::ladder::PLAIN;
use super::runs::{Run, Table};
use super::staircase::Staircase;
use crate::cost::tariff::Load;
use crate::index::RateIdx;
use crate::model::Problem;

/// A step, and the load that it asks for at least.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking {
    pub step: Step,
    pub weight: i64,
    pub volume: i64,
    /// The staircase that it is; then the step has the least price.
    pub staircase: Option<Staircase>,
}

impl Asking {
    /// A step that asks for nothing.
    pub(super) const fn nothing(step: Step) -> Self {
        Self {
            step,
            weight: 0,
            volume: 0,
            staircase: None,
        }
    }

    fn highest(&self) -> i64 {
        self.staircase.map_or(self.step.price, |s| s.price(s.last))
    }

    /// Whether a load may travel so.
    pub(super) const fn takes(&self, load: &Load) -> bool {
        self.step.holds(load) && load.weight.0 >= self.weight && load.volume.0 >= self.volume
    }
}

/// The steps of price tables, each with its lateness, for loads up to `all`; `None` where there are more than so many.
pub(super) fn steps(problem: &Problem, rates: &[(RateIdx, i64)], all: Load, most: usize) -> Option<Vec<Asking>> {
    let mut steps = Vec::new();
    for &(rate, late) in rates {
        of_table(&Table::new(problem, rate, late, all), &mut steps)?;
    }
    // Of equal price the roomier first, so that a step is only ever beaten by an earlier one.
    steps.sort_by_key(|a| (a.step.price, -a.step.weight, -a.step.volume, a.weight, a.volume));
    let mut kept: Vec<Asking> = Vec::new();
    for asking in steps {
        let beats = |k: &Asking| {
            let holds = k.step.weight >= asking.step.weight && k.step.volume >= asking.step.volume;
            let is_open =
                k.step.heaviest >= asking.step.heaviest && k.weight <= asking.weight && k.volume <= asking.volume;
            holds && is_open && k.highest() <= asking.step.price
        };
        if !kept.iter().any(beats) {
            kept.push(asking);
        }
    }
    (kept.len() <= most).then_some(kept)
}

fn of_table(table: &Table<'_>, steps: &mut Vec<Asking>) -> Option<()> {
    let (runs, complete) = table.laid_out(PLAIN, usize::MAX);
    // The tops of the runs so far, with their highest prices.
    let mut before: Vec<(i64, i64)> = Vec::new();
    for run in runs {
        let above = before.iter().rfind(|b| b.1 > run.least()).map(|b| b.0);
        before.push((run.top(), run.highest()));
        if run.is_hole() {
            continue;
        }
        let nothing = Asking {
            staircase: match run {
                Run::Staircase(stairs) => Some(stairs),
                _ => None,
            },
            ..Asking::nothing(table.step(&run))
        };
        let Some(above) = above else {
            steps.push(nothing);
            continue;
        };
        steps.push(Asking {
            weight: above + 1,
            ..nothing
        });
        steps.extend(table.volume(above).map(|volume| Asking {
            volume: volume + 1,
            ..nothing
        }));
    }
    complete.then_some(())
}
