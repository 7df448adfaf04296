//! What shadow prices prove: the bound B(p), recomputed in exact integers.
//!
//! ```text
//! B(p) = sum over orders of min over the ways to serve that order alone of (its cost + p x what it takes)
//!        - sum over resources of p x what there is  (a cut counts as a resource: its coefficients, its right-hand side)
//! ```
//!
//! Taking the coupling rows into the objective with non-negative prices can only lower the optimum (weak duality), so B(p)
//! is at most the total of any valid plan. Of orders that there is no time for, what is `certain` at a glance counts.
//! `alone` lays one order out, `exact` finds its minimum by a dynamic programme over subsets of its line groups,
//! `quantities` by one over how much of each is filled; where there are too many of either, `branch` finds it between two
//! bounds, with the relaxation of `shipments` (values from `tableau`) or `facility` over the tariffs' `rungs` and `staircase`s.
//! `carriage` knows which tariffs go from where to where. Orders of one destination are judged together, destinations in
//! parallel; sums of integers do
//! not depend on the order, so neither does the result on the number of threads.

mod alone;
mod branch;
mod carriage;
mod certain;
mod exact;
mod facility;
mod quantities;
mod rungs;
mod shipments;
mod staircase;
mod tableau;

use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use self::alone::Alone;
use self::certain::Certain;
use super::Report;
use super::prices::PriceTable;
use super::watch::Watch;
use crate::cost::departures::Departures;
use crate::index::{DestIdx, Idx as _, IndexVec, OrderIdx};
use crate::model::Problem;
use crate::pace::Pace;
use crate::plan::ShadowPrices;
use crate::quantity::Money;

/// Steps over quantities for each step that the largest order may take that is found exactly over sets: at least, at most,
/// and of all orders together.
const STEPS: (u64, u64, u64) = (4, 60, 4000);

/// How to prove a bound; see [`VerifyOptions`](super::VerifyOptions) for the meaning of the fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoundOptions {
    /// Threads, from 1; 0 = one per core.
    pub threads: usize,
    /// Largest number of line groups of an order whose minimum is found exactly; at most 16.
    pub max_groups: usize,
}

impl Default for BoundOptions {
    fn default() -> Self {
        Self {
            threads: 0,
            max_groups: 12,
        }
    }
}

/// What a set of shadow prices proves: `lower <= B(p) <= upper`, equal where every order was solved exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProvedBound {
    /// No valid plan costs less.
    pub lower: Money,
    /// The prices cannot prove more than this.
    pub upper: Money,
    /// How many orders were too large for their exact minimum.
    pub by_lower_bound_only: usize,
    /// How many of those there was no time to look at: what is certain at a glance counts of them.
    pub at_a_glance: usize,
}

/// Recomputes the bound that shadow prices and cuts prove. Those that are not valid (see
/// [`verify`](super::verify())) count for nothing.
///
/// Takes `O(3^groups)` steps for an order, in parallel on a pool of its own.
#[must_use]
pub fn prove_bound(problem: &Problem, prices: &ShadowPrices, options: &BoundOptions) -> ProvedBound {
    let watch = Watch::new(&|| false);
    let table = PriceTable::read(problem, prices, (super::CUT_STEPS, &watch), &mut Report::default());
    at_prices(problem, &table, None, options, &watch)
}

/// As [`prove_bound`]; `own` is, for every order, the cost at these prices of one way to serve it. Once it is over, what is
/// certain at a glance counts of the orders that are left.
pub(super) fn at_prices(
    problem: &Problem,
    prices: &PriceTable<'_>,
    own: Option<&[i128]>,
    options: &BoundOptions,
    watch: &Watch<'_>,
) -> ProvedBound {
    let by_destination = orders_by_destination(problem);
    let max_groups = options.max_groups.min(16);
    let certain = Certain::new(problem);
    let is_over = || watch.is_over();
    // What a thread looked up is of use for its next destination.
    let looked_up: Mutex<Vec<Departures<'_>>> = Mutex::new(Vec::new());
    let of_destination = |(dest, orders): (DestIdx, &Vec<OrderIdx>)| {
        let idle = locked(&looked_up).pop();
        let mut departures = idle.unwrap_or_else(|| Departures::new(problem));
        departures.go_to(dest);
        let sum = orders.iter().fold(Minimum::default(), |sum, &order| {
            let own = own.map_or(i128::MAX, |own| own[order.get()]);
            let pace = Pace::new(&is_over);
            let alone = (!pace.look()).then(|| Alone::new(problem, prices, (&departures, &pace), order));
            let known = alone
                .filter(|_| !pace.is_over())
                .and_then(|alone| minimum(&alone, own, max_groups));
            let known = known.unwrap_or_else(|| certain.at_a_glance(order, own));
            sum.plus(known.at_least(certain.of(order)))
        });
        locked(&looked_up).push(departures);
        sum
    };
    let all = || {
        // Of orders of many lines one can take as long as a hundred others, so threads take few destinations at a time.
        let each = by_destination.as_slice().par_iter().enumerate().with_max_len(4);
        each.map(|(n, orders)| of_destination((DestIdx::new(n), orders)))
            .reduce(Minimum::default, Minimum::plus)
    };
    // A pool of its own, never the global one. Where no thread can be started the work is done on this one.
    let sum = match rayon::ThreadPoolBuilder::new().num_threads(options.threads).build() {
        Ok(pool) => pool.install(all),
        Err(_) => by_destination
            .iter_enumerated()
            .map(of_destination)
            .fold(Minimum::default(), Minimum::plus),
    };
    let money = |n: i128| {
        let held = (n - prices.rent()).clamp(i128::from(i64::MIN), i128::from(i64::MAX));
        Money::from_ten_thousandths(held as i64)
    };
    ProvedBound {
        lower: money(sum.lower),
        upper: money(sum.upper),
        by_lower_bound_only: sum.by_lower_bound_only,
        at_a_glance: sum.at_a_glance,
    }
}

/// What is certain at a glance of the cost of any valid plan: proved without any prices.
pub fn certain_bound(problem: &Problem) -> Money {
    let sum = Certain::new(problem).of_all();
    Money::from_ten_thousandths(sum.clamp(0, i128::from(i64::MAX / 8)) as i64)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn orders_by_destination(problem: &Problem) -> IndexVec<DestIdx, Vec<OrderIdx>> {
    let mut orders = IndexVec::from_vec(vec![Vec::new(); problem.destinations().len()]);
    for (index, order) in problem.orders().iter_enumerated() {
        orders[order.destination].push(index);
    }
    orders
}

/// Sums over orders of what is known of their minima.
#[derive(Clone, Copy, Default)]
struct Minimum {
    lower: i128,
    upper: i128,
    by_lower_bound_only: usize,
    at_a_glance: usize,
}

impl Minimum {
    /// The same where no way costs less than `least`.
    fn at_least(self, least: i128) -> Self {
        Self {
            lower: self.lower.max(least),
            ..self
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            lower: self.lower + other.lower,
            upper: self.upper + other.upper,
            by_lower_bound_only: self.by_lower_bound_only + other.by_lower_bound_only,
            at_a_glance: self.at_a_glance + other.at_a_glance,
        }
    }
}

/// The least cost of serving one order alone where it can be found exactly, by whichever programme takes fewer steps.
fn exactly(alone: &Alone<'_>, max_groups: usize) -> Option<i128> {
    if alone.all_unfilled >= alone::CAP {
        return None;
    }
    let of_sets = |groups: usize| 3u64.pow(groups as u32);
    let orders = alone.problem.orders().len().max(1) as u64;
    let most = (STEPS.2 / orders).clamp(STEPS.0, STEPS.1) * of_sets(max_groups);
    let is_divisible = alone.pieces.iter().any(|p| p.count > 1);
    let quantities = quantities::steps(alone).filter(|&steps| is_divisible && steps <= most);
    let sets = Some(alone.atoms()).filter(|&atoms| atoms <= max_groups).map(of_sets);
    let cost = match (sets, quantities) {
        (Some(sets), Some(quantities)) if quantities < sets => quantities::minimum(alone),
        (Some(_), _) => exact::minimum(alone),
        (None, Some(_)) => quantities::minimum(alone),
        (None, None) => return None,
    };
    Some(cost.into())
}

/// The least cost of serving one order alone, or bounds on it. Costs are capped (see [`alone::CAP`]), which changes no
/// minimum unless leaving the order unfilled is itself that dear. `None` where it was over before anything was known.
fn minimum(alone: &Alone<'_>, own: i128, max_groups: usize) -> Option<Minimum> {
    if alone.pieces.is_empty() {
        return Some(Minimum::default());
    }
    if let Some(cost) = exactly(alone, max_groups) {
        let exact = Minimum {
            lower: cost,
            upper: cost,
            ..Minimum::default()
        };
        return (!alone.pace.is_over()).then_some(exact);
    }
    let of_one_node = i128::from(alone.one_node());
    let (lower, upper) = if alone.all_unfilled >= alone::CAP {
        // Capped costs prove nothing but that no cost is negative.
        (0, own.min(of_one_node).max(0))
    } else {
        branch::bounds(alone, own.min(of_one_node))
    };
    Some(Minimum {
        lower,
        upper,
        by_lower_bound_only: usize::from(lower < upper || alone.all_unfilled >= alone::CAP),
        at_a_glance: 0,
    })
}
