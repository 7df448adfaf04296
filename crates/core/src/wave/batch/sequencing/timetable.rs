//! When batches of a sequence begin and end, who collects them, and how late their orders are then.

use super::super::answer::Turn;
use super::super::plan::Batch;
use super::super::problem::Order;
use crate::Error;

/// Longest time of an order: 30 years in milliseconds.
const LONGEST: i64 = 30 * 366 * 86_400_000;

/// What is due when, how long the picks of each order take, and how many pick.
pub(in super::super) struct Dues {
    pub(super) pickers: usize,
    due: Vec<Option<i64>>,
    picking: Vec<i64>,
}

/// What a plan is worth: the less the better, lateness first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Value {
    /// Milliseconds that all orders together are late.
    pub lateness: i64,
    pub cost: i64,
}

impl Value {
    /// Worse than all plans.
    pub(super) const WORST: Self = Self {
        lateness: i64::MAX,
        cost: i64::MAX,
    };
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} late, {}", self.lateness, self.cost)
    }
}

/// A batch as a picker's time sees it.
#[derive(Clone, Debug)]
pub(super) struct Stint {
    pub batch: Batch,
    /// Time that its picks take.
    picking: i64,
    /// When its orders are due, rising; orders without a due time are not in it.
    dues: Vec<i64>,
}

impl Stint {
    pub(super) fn of(batch: Batch, dues: &Dues) -> Self {
        let mut of_orders: Vec<i64> = batch.orders.iter().filter_map(|&o| dues.due(o)).collect();
        of_orders.sort_unstable();
        Self {
            picking: dues.picking_of(&batch.orders),
            dues: of_orders,
            batch,
        }
    }

    /// When the first of its orders is due.
    pub(super) fn first_due(&self) -> i64 {
        self.dues.first().copied().unwrap_or(i64::MAX)
    }

    /// How late its orders are together where it ends then.
    fn lateness(&self, end: i64) -> i64 {
        self.dues.iter().take_while(|&&d| d < end).map(|d| end - d).sum()
    }

    fn takes(&self) -> i64 {
        self.batch.cost + self.picking
    }
}

impl Dues {
    /// Due times of orders for so many pickers; `None` where nothing is due.
    ///
    /// # Errors
    /// No pickers, or times of which sums could not be told.
    pub(in super::super) fn new(orders: &[Order], pickers: usize) -> Result<Option<Self>, Error> {
        if orders.iter().all(|o| o.due.is_none()) {
            return Ok(None);
        }
        if pickers == 0 {
            return Err(Error::options("orders with due times need pickers"));
        }
        let time = |millis: u64| match i64::try_from(millis) {
            Ok(millis) if millis <= LONGEST => Ok(millis),
            _ => Err(Error::options(
                "the due time of an order and the time of its picks are at most 30 years",
            )),
        };
        Ok(Some(Self {
            // More than that find nothing to do.
            pickers: pickers.min(orders.len()),
            due: orders
                .iter()
                .map(|o| o.due.map(time).transpose())
                .collect::<Result<_, _>>()?,
            picking: orders.iter().map(|o| time(o.picking)).collect::<Result<_, _>>()?,
        }))
    }

    pub(super) fn due(&self, order: u32) -> Option<i64> {
        self.due[order as usize]
    }

    pub(super) fn picking(&self, order: u32) -> i64 {
        self.picking[order as usize]
    }

    /// Whether all sums of times can be told, given the cost of every order alone.
    pub(super) fn is_tame(&self, alone: impl Iterator<Item = i64>) -> bool {
        let sum: i128 = alone.chain(self.picking.iter().copied()).map(i128::from).sum();
        sum.saturating_mul(self.due.len() as i128 + 1) <= i128::from(i64::MAX)
    }

    fn picking_of(&self, orders: &[u32]) -> i64 {
        orders.iter().map(|&o| self.picking(o)).sum()
    }

    /// When each batch of a sequence is collected, and by whom, given the orders and the cost of each.
    pub(in super::super) fn turns<'a>(&self, batches: impl Iterator<Item = (&'a [u32], i64)>) -> Vec<Turn> {
        let mut free = vec![0_i64; self.pickers];
        let turn = |(orders, cost): (&[u32], i64)| next_turn(&mut free, cost + self.picking_of(orders));
        batches.map(turn).collect()
    }

    /// How late an order is that is done then.
    pub(in super::super) fn late(&self, order: u32, end: i64) -> i64 {
        self.due(order).map_or(0, |due| (end - due).max(0))
    }

    /// What a sequence of batches is worth.
    pub(super) fn value<'a>(&self, sequence: impl Iterator<Item = &'a Stint>) -> Value {
        self.ends(sequence, &mut vec![0; self.pickers], |_| {})
    }

    /// What a sequence of batches is worth, and when each of them ends; `free` is scratch for the pickers.
    pub(super) fn ends<'a>(
        &self,
        sequence: impl Iterator<Item = &'a Stint>,
        free: &mut Vec<i64>,
        mut see: impl FnMut(i64),
    ) -> Value {
        free.clear();
        free.resize(self.pickers, 0);
        let mut value = Value::default();
        for stint in sequence {
            let end = next_turn(free, stint.takes()).end;
            value.lateness += stint.lateness(end);
            value.cost += stint.batch.cost;
            see(end);
        }
        value
    }
}

/// A batch that takes so long goes to the picker who is free first, of several the first.
fn next_turn(free: &mut [i64], takes: i64) -> Turn {
    let mut picker = 0;
    for (other, time) in free.iter().enumerate().skip(1) {
        if *time < free[picker] {
            picker = other;
        }
    }
    let start = free[picker];
    free[picker] += takes;
    Turn {
        picker,
        start,
        end: free[picker],
    }
}
