//! Policies: the simple rules that order systems use today, as baselines and for those who need exactly them.
//!
//! Each treats the orders one after another, in file order, with the stock and capacity that the earlier ones left. Each
//! keeps every rule of the format, and sends each shipment by the service that is cheapest for it, lateness included.
//! One file a rule; each says which systems use it and what is ours where the rule is silent.
//!
//! Shared by all: `left` is what earlier orders left, `offer` the cheapest service, `near` nodes by distance,
//! `basket` an order as its rules see it, and `packing` an order in the making.

mod basket;
mod cheapest;
mod cover;
mod distance;
mod fewest_splits;
mod in_turn;
mod insertion;
mod left;
mod near;
mod offer;
mod packing;
mod partition;
mod priority;

use std::fmt;
use std::str::FromStr;

use crate::Error;
use crate::model::Problem;
use crate::plan::Allocation;

use basket::Basket;
use left::Left;
use near::Near;
use offer::Offers;

/// A rule for routing one order at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// Nodes in file order.
    Priority,
    /// Nodes by distance.
    Distance,
    /// As few nodes as possible, then near ones.
    FewestSplits,
    /// The cheapest way for each order by itself.
    Cheapest,
}

impl Policy {
    /// Every policy.
    pub const ALL: [Self; 4] = [Self::Priority, Self::Distance, Self::FewestSplits, Self::Cheapest];

    /// The word of the command line and of plans.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Priority => "priority",
            Self::Distance => "distance",
            Self::FewestSplits => "fewest-splits",
            Self::Cheapest => "cheapest",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Policy {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|p| p.as_str() == text)
            .ok_or_else(|| Error::options(format!("no policy {text:?}")))
    }
}

/// Routes every order by a policy. `stop` is asked before each order; from the first time that it says true, orders stay
/// unfilled.
///
/// # Complexity
/// One pass over the orders. An order of `k` line groups that `n` nodes can serve takes about `k n` steps; by the policy
/// `cheapest` `2^k n + 3^k` where `k` is at most 12, else `k^2 n`.
pub fn allocate(problem: &Problem, policy: Policy, stop: &mut dyn FnMut() -> bool) -> Allocation {
    let mut desk = Desk::new(problem);
    let mut allocation = Allocation::empty(problem.orders().len());
    for (order, shipments) in problem.orders().indices().zip(&mut allocation.orders) {
        if stop() {
            break;
        }
        let basket = Basket::new(problem, &desk.left, order);
        let packing = match policy {
            Policy::Priority => priority::pack(&mut desk, &basket),
            Policy::Distance => distance::pack(&mut desk, &basket),
            Policy::FewestSplits => fewest_splits::pack(&mut desk, &basket),
            Policy::Cheapest => cheapest::pack(&mut desk, &basket),
        };
        desk.left.take(problem, packing.parts());
        *shipments = packing.into_shipments();
        Allocation::canonical(shipments);
    }
    allocation
}

/// What every rule works with.
struct Desk<'p> {
    problem: &'p Problem,
    left: Left,
    offers: Offers<'p>,
    near: Near,
}

impl<'p> Desk<'p> {
    fn new(problem: &'p Problem) -> Self {
        Self {
            problem,
            left: Left::new(problem),
            offers: Offers::new(problem),
            near: Near::default(),
        }
    }
}
