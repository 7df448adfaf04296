//! Carriage of a large order as a ladder: steps that each hold so much for one price.
//!
//! A price table is constant between the tops of its bands, for one parcel, two, three and so on. Where that makes many equal
//! stairs, one step is a whole [staircase](super::staircase) of them, at the price of the first. Steps of all services from
//! a node, lateness in their price, stand in one list by rising price, without those that another one beats. Of the steps that hold
//! a load the cheapest is what its carriage costs; where no step is a staircase, it is the first.

use super::runs::{Run, Table};
use super::staircase::{Corner, Staircase, Underestimator};
use crate::cost::tariff::{Load, transport};
use crate::index::RateIdx;
use crate::model::Problem;

/// Tables of more stairs than this in all are laid out in staircases of at least so many.
pub(super) const PLAIN: (i64, i64) = (500, 8);

/// What may travel for a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub weight: i64,
    pub volume: i64,
    /// Heaviest unit.
    pub heaviest: i64,
    /// Of a staircase the least price.
    pub price: i64,
    /// The linear function below the prices of a staircase.
    pub below: Underestimator,
    /// Position of its staircase in the ladder, or [`PLAIN_STEP`].
    pub(super) staircase: u16,
}

const PLAIN_STEP: u16 = u16::MAX;

impl Step {
    pub(crate) const fn holds(&self, load: &Load) -> bool {
        load.weight.0 <= self.weight && load.volume.0 <= self.volume && load.heaviest_unit.0 <= self.heaviest
    }

    /// How many times it holds a load of one thing.
    pub(super) fn holds_of(&self, each: &Load) -> u32 {
        if each.heaviest_unit.0 > self.heaviest {
            return 0;
        }
        let times = |room: i64, each: i64| if each == 0 { i64::MAX } else { room / each };
        let times = times(self.weight, each.weight.0).min(times(self.volume, each.volume.0));
        times.clamp(0, i64::from(u32::MAX)) as u32
    }

    /// The room that it has, of weight or of volume.
    pub(super) const fn size(&self, by_volume: bool) -> i64 {
        if by_volume { self.volume } else { self.weight }
    }

    /// A step that holds anything for nothing.
    pub(crate) const FREE: Self = Self {
        weight: i64::MAX,
        volume: i64::MAX,
        heaviest: i64::MAX,
        price: 0,
        below: Underestimator {
            at_nothing: 0,
            by_weight: 0,
            by_volume: 0,
            starts: [0, 0],
        },
        staircase: PLAIN_STEP,
    };

    /// Whether it is a staircase.
    pub(super) const fn is_staircase(&self) -> bool {
        self.staircase != PLAIN_STEP
    }
}

/// Some steps, with what their staircases and corners are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steps<'a> {
    pub list: &'a [Step],
    staircases: &'a [Staircase],
    corners: &'a [Corner],
    /// Where the corners of each step start, and where the last ends.
    starts: &'a [u32],
}

impl<'a> Steps<'a> {
    /// Carriage that costs nothing.
    pub(super) const FREE: Steps<'static> = Steps {
        list: &[Step::FREE],
        staircases: &[],
        corners: &[Corner::FREE],
        starts: &[0, 1],
    };

    /// The staircase that a step is.
    pub(super) fn staircase(&self, step: &Step) -> Option<&'a Staircase> {
        self.staircases.get(usize::from(step.staircase))
    }

    /// What a load costs by a step that holds it.
    pub(super) fn price(&self, step: &Step, load: &Load) -> i64 {
        let staircase = self.staircase(step);
        staircase.map_or(step.price, |stairs| stairs.carriage(load))
    }

    /// Of the steps from `first` to `last` that hold a load the cheapest, and its price.
    pub(super) fn cheapest(&self, (first, last): (usize, usize), load: &Load) -> Option<(usize, i64)> {
        let mut best: Option<(usize, i64)> = None;
        for (n, step) in self.list.iter().enumerate().take(last + 1).skip(first) {
            if best.is_some_and(|b| b.1 <= step.price) {
                break; // what follows is no cheaper
            }
            if step.holds(load) {
                let price = self.price(step, load);
                if best.is_none_or(|b| price < b.1) {
                    best = Some((n, price));
                }
            }
        }
        best
    }

    /// Weight and volume at which a step's price rises, those of a staircase at most so many, its last among them.
    pub(super) fn tops(&self, step: &Step, most: usize) -> impl Iterator<Item = (i64, i64)> {
        let staircase = self.staircase(step);
        let stairs = staircase.map_or(1, |s| s.last - s.first + 1);
        let every = stairs as usize / most.max(1) + 1;
        let (weight, volume) = (step.weight, step.volume);
        (0..stairs).step_by(every).map(move |n| match staircase {
            None => (weight, volume),
            Some(s) => {
                let grams = s.top(s.last - n);
                (weight.min(grams), s.volume(grams).map_or(volume, |v| v.min(volume)))
            }
        })
    }

    /// The corners of the steps from `first` to `last`.
    pub(super) fn corners(&self, first: usize, last: usize) -> &'a [Corner] {
        &self.corners[self.starts[first] as usize..self.starts[last + 1] as usize]
    }
}

/// The steps from one node; see the [module](self) page.
#[derive(Debug)]
pub(crate) struct Ladder {
    pub rates: Vec<(RateIdx, i64)>,
    steps: Vec<Step>,
    staircases: Vec<Staircase>,
    corners: Vec<Corner>,
    starts: Vec<u32>,
    /// The cheapest step that holds a load has the price of its carriage; else it is no dearer.
    pub exact: bool,
    by_weight: Index,
    by_volume: Index,
}

/// For amounts in classes of equal width, the first step that holds the least amount of the class.
#[derive(Debug)]
struct Index {
    /// Width of a class, as a power of two.
    width: u32,
    first: Vec<u32>,
}

impl Index {
    fn new(steps: &[Step], by_volume: bool) -> Self {
        let size = |s: &Step| s.size(by_volume);
        let most = steps.iter().map(size).max().unwrap_or(0).max(0);
        let classes = steps.len().max(1) as i64;
        let width = (0..63).find(|&w| most >> w < classes).unwrap_or(63);
        let mut first = Vec::new();
        let mut step = 0;
        for class in 0..=most >> width {
            while steps.get(step).is_some_and(|s| size(s) < class << width) {
                step += 1;
            }
            first.push(step as u32);
        }
        Self { width, first }
    }

    /// No step before this one holds the amount; `None` where none does.
    fn first(&self, amount: i64) -> Option<usize> {
        let class = usize::try_from(amount.max(0) >> self.width).ok()?;
        self.first.get(class).map(|&f| f as usize)
    }
}

impl Ladder {
    /// The ladder of price tables, each with its lateness, for loads up to `all`.
    pub(crate) fn new(problem: &Problem, rates: Vec<(RateIdx, i64)>, all: Load) -> Self {
        Self::with_plain(problem, rates, all, PLAIN)
    }

    /// The same where tables of more than the first number of stairs are laid out in staircases, of at least the second.
    pub(super) fn with_plain(problem: &Problem, rates: Vec<(RateIdx, i64)>, all: Load, plain: (i64, i64)) -> Self {
        let (mut steps, mut staircases, mut exact) = (Vec::new(), Vec::new(), true);
        for &(rate, late) in &rates {
            let table = Table::new(problem, rate, late, all);
            exact &= add_steps(&table, &all, plain, (&mut steps, &mut staircases));
        }
        // Of equal price the roomier first, so that a step is only ever beaten by an earlier one.
        steps.sort_by_key(|s| (s.price, -s.weight, -s.volume, -s.heaviest));
        let mut kept: Vec<Step> = Vec::new();
        for step in steps {
            let holds = |k: &Step| k.weight >= step.weight && k.volume >= step.volume && k.heaviest >= step.heaviest;
            let is_cheap = |k: &Step| {
                staircases
                    .get(usize::from(k.staircase))
                    .is_none_or(|f| f.price(f.last) <= step.price)
            };
            if !kept.iter().any(|k| holds(k) && is_cheap(k)) {
                kept.push(step);
            }
        }
        Self::of(rates, (kept, staircases), &all, exact)
    }

    /// The ladder of steps by rising price, and of their staircases.
    pub(super) fn of(
        rates: Vec<(RateIdx, i64)>,
        (steps, staircases): (Vec<Step>, Vec<Staircase>),
        all: &Load,
        exact: bool,
    ) -> Self {
        let (mut corners, mut starts) = (Vec::with_capacity(steps.len()), vec![0]);
        for step in &steps {
            Corner::of(step, staircases.get(usize::from(step.staircase)), all, &mut corners);
            starts.push(corners.len() as u32);
        }
        Self {
            rates,
            by_weight: Index::new(&steps, false),
            by_volume: Index::new(&steps, true),
            steps,
            staircases,
            corners,
            starts,
            exact,
        }
    }

    pub(super) fn steps(&self) -> Steps<'_> {
        Steps {
            list: &self.steps,
            staircases: &self.staircases,
            corners: &self.corners,
            starts: &self.starts,
        }
    }

    /// The price of the cheapest step that holds a load; `None` where none does.
    pub(crate) fn first_price(&self, load: &Load) -> Option<i64> {
        let first = self
            .by_weight
            .first(load.weight.0)?
            .max(self.by_volume.first(load.volume.0)?);
        let found = self.steps().cheapest((first, self.steps.len()), load);
        found.map(|(_, price)| price)
    }

    /// What the carriage of a load costs; `None` where no service takes it.
    pub(crate) fn price(&self, problem: &Problem, load: Load) -> Option<i64> {
        if self.exact {
            return self.first_price(&load);
        }
        let price =
            |&(rate, late): &(RateIdx, i64)| Some(transport(problem, rate, load)?.price.ten_thousandths() + late);
        self.rates.iter().filter_map(price).min()
    }
}

/// Adds the steps of a table, and says whether they are exact.
fn add_steps(
    table: &Table<'_>,
    all: &Load,
    plain: (i64, i64),
    (steps, staircases): (&mut Vec<Step>, &mut Vec<Staircase>),
) -> bool {
    let room = usize::from(PLAIN_STEP) - staircases.len();
    let (mut runs, mut exact) = table.laid_out(plain, room);
    if !exact {
        runs.push(Run::Step(table.most(), runs.last().map_or(0, Run::highest)));
    }
    // The steps above a hole hold loads that do not travel.
    let hole = runs.iter().position(Run::is_hole);
    exact &= hole.is_none_or(|hole| runs[hole..].iter().all(Run::is_hole));
    runs.retain(|r| !r.is_hole());
    exact &= level(&mut runs);
    for run in &runs {
        let step = table.step(run);
        steps.push(match run {
            Run::Staircase(stairs) => {
                staircases.push(*stairs);
                Step {
                    below: stairs.below(all),
                    staircase: staircases.len() as u16 - 1,
                    ..step
                }
            }
            _ => step,
        });
    }
    exact
}

/// Where more costs less, what is before is no dearer than what comes; whether there is no such place.
fn level(runs: &mut Vec<Run>) -> bool {
    let (mut level, mut exact, mut least) = (Vec::with_capacity(runs.len()), true, i64::MAX);
    for run in runs.drain(..).rev() {
        let cheap = match run {
            Run::Step(_, price) if price > least => None,
            Run::Staircase(stairs) if run.highest() > least => stairs.up_to(least).map(Run::Staircase),
            _ => Some(run),
        };
        if cheap.is_none_or(|c| c.top() < run.top()) {
            exact = false;
            level.push(Run::Step(run.top(), least));
        }
        level.extend(cheap);
        least = least.min(run.least());
    }
    level.reverse();
    *runs = level;
    exact
}
