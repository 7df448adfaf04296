//! What shadow prices prove: the bound B(p), recomputed in exact integers.
//!
//! ```text
//! B(p) = sum over orders of min over the ways to serve that order alone of (its cost + p x what it takes)
//!        - sum over resources of p x what there is  (a cut counts as a resource: its coefficients, its right-hand side)
//! ```
//!
//! Taking the coupling rows into the objective with non-negative prices can only lower the optimum (weak duality), so B(p)
//! is at most the total of any valid plan. `alone` lays one order out, `exact` finds its minimum by a dynamic programme
//! over subsets of its line groups; where there are too many, `branch` finds it between two bounds, with the relaxation of
//! `shipments` (values from `tableau`) or `facility` over the tariffs' `rungs`. `carriage` knows which tariffs go from where to where. Orders of one destination are judged together, destinations in parallel; sums of integers do
//! not depend on the order, so neither does the result on the number of threads.

mod alone;
mod branch;
mod carriage;
mod exact;
mod facility;
mod rungs;
mod shipments;
mod tableau;

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use self::alone::Alone;
use self::carriage::Routes;
use super::Report;
use super::prices::PriceTable;
use super::watch::Watch;
use crate::index::{DestIdx, Idx as _, IndexVec, OrderIdx};
use crate::model::Problem;
use crate::plan::ShadowPrices;
use crate::quantity::Money;

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
}

/// Recomputes the bound that shadow prices and cuts prove. Those that are not valid (see
/// [`verify`](super::verify())) count for nothing.
///
/// Takes `O(3^groups)` steps for an order, in parallel on a pool of its own.
#[must_use]
pub fn prove_bound(problem: &Problem, prices: &ShadowPrices, options: &BoundOptions) -> ProvedBound {
    let watch = Watch::new(&|| false);
    let table = PriceTable::read(problem, prices, (super::CUT_STEPS, &watch), &mut Report::default());
    at_prices(problem, &table, None, options, &watch).0
}

/// As [`prove_bound`]; `own` is, for every order, the cost at these prices of one way to serve it. The second number is of
/// the orders that were left when it was over: the lower bound counts nothing for them, and holds; the upper does not.
pub(super) fn at_prices(
    problem: &Problem,
    prices: &PriceTable<'_>,
    own: Option<&[i128]>,
    options: &BoundOptions,
    watch: &Watch<'_>,
) -> (ProvedBound, usize) {
    let by_destination = orders_by_destination(problem);
    let max_groups = options.max_groups.min(16);
    let left = AtomicUsize::new(0);
    let of_destination = |(dest, orders): (DestIdx, &Vec<OrderIdx>)| {
        let routes = Routes::to(problem, dest);
        orders.iter().fold(Minimum::default(), |sum, &order| {
            if watch.is_over() {
                left.fetch_add(1, Ordering::Relaxed);
                return sum;
            }
            let own = own.map_or(i128::MAX, |own| own[order.get()]);
            let alone = Alone::new(problem, prices, &routes, order);
            let found = minimum(&alone, own, max_groups, watch);
            // It may have been cut short.
            left.fetch_add(usize::from(watch.was_over()), Ordering::Relaxed);
            sum.plus(found)
        })
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
    let proved = ProvedBound {
        lower: money(sum.lower),
        upper: money(sum.upper),
        by_lower_bound_only: sum.by_lower_bound_only,
    };
    (proved, left.into_inner())
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
}

impl Minimum {
    fn plus(self, other: Self) -> Self {
        Self {
            lower: self.lower + other.lower,
            upper: self.upper + other.upper,
            by_lower_bound_only: self.by_lower_bound_only + other.by_lower_bound_only,
        }
    }
}

/// The least cost of serving one order alone, or bounds on it. Costs are capped (see [`alone::CAP`]), which changes no
/// minimum unless leaving the order unfilled is itself that dear.
fn minimum(alone: &Alone<'_>, own: i128, max_groups: usize, watch: &Watch<'_>) -> Minimum {
    if alone.pieces.is_empty() {
        return Minimum::default();
    }
    if alone.atoms() <= max_groups && alone.all_unfilled < alone::CAP {
        let cost = i128::from(exact::minimum(alone));
        return Minimum {
            lower: cost,
            upper: cost,
            by_lower_bound_only: 0,
        };
    }
    if alone.all_unfilled >= alone::CAP {
        // Capped costs prove nothing but that no cost is negative.
        return Minimum {
            lower: 0,
            upper: own.min(i128::from(alone.one_node())).max(0),
            by_lower_bound_only: 1,
        };
    }
    let (lower, upper) = branch::bounds(alone, own.min(i128::from(alone.one_node())), watch);
    Minimum {
        lower,
        upper,
        by_lower_bound_only: usize::from(lower < upper),
    }
}
