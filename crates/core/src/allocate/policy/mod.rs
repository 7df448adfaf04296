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

use std::cell::{Cell, RefCell};
use std::fmt;
use std::str::FromStr;

use crate::Error;
use crate::index::OrderIdx;
use crate::model::Problem;
use crate::pace::Steps;
use crate::plan::{Allocation, OrderShipment};

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

/// Routes every order by a policy. `stop` is asked before each order, and every few milliseconds within a long one; from the first
/// time that it says true nothing more is filled.
///
/// # Complexity
/// One pass over the orders. An order of `k` line groups that `n` nodes can serve takes about `k n` steps; by the policy
/// `cheapest` `2^k n + 3^k` where `k` is at most 12, else `k^2 n`.
pub fn allocate(problem: &Problem, policy: Policy, stop: &mut dyn FnMut() -> bool) -> Allocation {
    let mut desk = Desk::new(problem, stop);
    let mut allocation = Allocation::empty(problem.orders().len());
    for (order, shipments) in problem.orders().indices().zip(&mut allocation.orders) {
        if desk.look() {
            break;
        }
        *shipments = desk.serve(order, policy, false);
    }
    allocation
}

/// Serves the orders that ship nothing, with what the others leave, where that costs less than leaving them. `rule` says by which
/// rule, from the share of the orders that lie behind; it is asked before each order, and every few milliseconds within a long
/// one; from the first time that it says `None` nothing more is filled.
pub(crate) fn complete(problem: &Problem, allocation: &mut Allocation, rule: &mut dyn FnMut(f64) -> Option<Policy>) {
    let (done, policy) = (Cell::new(0.0), Cell::new(None));
    let stop = &mut || {
        policy.set(rule(done.get()));
        policy.get().is_none()
    };
    let mut desk = Desk::new(problem, stop);
    for (order, shipments) in problem.orders().indices().zip(&allocation.orders) {
        for shipment in shipments {
            desk.left.take_shipment(problem, order, shipment);
        }
    }
    let all = problem.orders().len() as f64;
    for (order, shipments) in problem.orders().indices().zip(&mut allocation.orders) {
        if !shipments.is_empty() {
            continue;
        }
        done.set(f64::from(order.0) / all);
        if desk.look() {
            break;
        }
        if let Some(policy) = policy.get() {
            *shipments = desk.serve(order, policy, true);
        }
    }
}

/// What every rule works with.
struct Desk<'a> {
    problem: &'a Problem,
    left: Left,
    offers: Offers<'a>,
    near: Near,
    steps: Steps,
    stop: RefCell<&'a mut (dyn FnMut() -> bool + 'a)>,
}

impl<'a> Desk<'a> {
    fn new(problem: &'a Problem, stop: &'a mut (dyn FnMut() -> bool + 'a)) -> Self {
        Self {
            problem,
            left: Left::new(problem),
            offers: Offers::new(problem),
            near: Near::default(),
            steps: Steps::default(),
            stop: RefCell::new(stop),
        }
    }

    /// Asks whether to stop.
    fn look(&self) -> bool {
        self.steps.look(|| (self.stop.borrow_mut())())
    }

    /// Counts steps within an order; true where it is to stop.
    fn spend(&self, steps: usize) -> bool {
        self.steps.spend(steps, || (self.stop.borrow_mut())())
    }

    /// The shipments of an order by a rule, which takes what they need; none where they are to `pay` and do not.
    fn serve(&mut self, order: OrderIdx, policy: Policy, pay: bool) -> Vec<OrderShipment> {
        let problem = self.problem;
        let basket = Basket::new(problem, &self.left, order);
        let packing = match policy {
            Policy::Priority => priority::pack(self, &basket),
            Policy::Distance => distance::pack(self, &basket),
            Policy::FewestSplits => fewest_splits::pack(self, &basket),
            Policy::Cheapest => cheapest::pack(self, &basket),
        };
        if pay && packing.cost(problem, &basket) >= basket.penalty() {
            return Vec::new();
        }
        self.left.take(problem, packing.parts());
        let mut shipments = packing.into_shipments();
        Allocation::canonical(&mut shipments);
        shipments
    }
}
