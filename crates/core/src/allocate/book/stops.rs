//! When the shipments of an order may leave its nodes, as far as that matters for stock.
//!
//! A **stop** is a node and a span of days: from one date on which more of the order's SKUs is there to the day before the
//! next. All shipments that leave within a stop take from the same stock rows. Where no stock has a date, each node is one
//! stop.

use crate::cost::calendar;
use crate::cost::departures::Departure;
use crate::index::{IndexVec, NodeIdx, SkuIdx};
use crate::model::{Order, Problem};
use crate::quantity::Date;

/// A node, and from when: `None` = as early as anything can leave.
pub(super) type Stop = (NodeIdx, Option<Date>);

/// Units ordered of each SKU; where more is there, its dates do not matter.
pub(super) type Demand = IndexVec<SkuIdx, u64>;

/// The demand of a problem with dates; empty without.
pub(super) fn demand(problem: &Problem) -> Demand {
    let skus = if problem.chains().is_dated() {
        problem.items().len()
    } else {
        0
    };
    let mut demand = IndexVec::from_vec(vec![0; skus]);
    if skus > 0 {
        for line in problem.lines() {
            demand[line.sku] += u64::from(line.qty);
        }
    }
    demand
}

/// The dates that divide the days of an order's nodes, by node and date.
#[derive(Default)]
pub(super) struct Stops(Vec<(NodeIdx, Date)>);

impl Stops {
    pub(super) fn new(problem: &Problem, demand: &Demand, order: &Order) -> Self {
        let mut dates = Vec::new();
        if !problem.chains().is_dated() {
            return Self(dates);
        }
        let stock = problem.stock();
        for line in order.lines() {
            let sku = problem.lines()[line].sku;
            for r in problem.stock_of(sku) {
                let row = stock[r as usize];
                let Some(from) = row.available_from else { continue };
                let before = (r as usize).checked_sub(1).map(|b| stock[b]);
                let before = before.filter(|b| (b.sku, b.node) == (sku, row.node));
                let is_short = before.is_none_or(|b| u64::from(b.available) < demand[sku]);
                if from > problem.nodes()[row.node].ready.date && is_short {
                    dates.push((row.node, from));
                }
            }
        }
        dates.sort_unstable();
        dates.dedup();
        Self(dates)
    }

    /// The stops of a node, by rising date.
    pub(super) fn at(&self, node: NodeIdx) -> impl Iterator<Item = Stop> {
        let from = self.0.partition_point(|d| d.0 < node);
        let dates = self.0[from..].iter().take_while(move |d| d.0 == node);
        std::iter::once((node, None)).chain(dates.map(|&(node, date)| (node, Some(date))))
    }

    /// Whether a day is one of a stop that is not before it.
    pub(super) fn holds(&self, (node, from): Stop, day: Date) -> bool {
        let next = self.0.partition_point(|&(n, d)| (n, Some(d)) <= (node, from));
        from.is_none_or(|from| from <= day) && self.0.get(next).is_none_or(|&(n, d)| n != node || day < d)
    }

    /// Whether the days of a node are divided at all.
    pub(super) fn divide(&self, node: NodeIdx) -> bool {
        self.0.binary_search_by_key(&node, |d| d.0).is_ok()
    }

    /// The offers of a node for shipments that leave within a stop.
    pub(super) fn offers(&self, problem: &Problem, stop: Stop, offers: &[Departure]) -> Vec<Departure> {
        let leaves = |o: &Departure| calendar::leaves_from(problem, o.service, stop.0, stop.1);
        let within = offers
            .iter()
            .map(|o| (o, leaves(o)))
            .filter(|(_, day)| self.holds(stop, *day));
        within
            .map(|(o, leaves)| Departure {
                leaves,
                arrives: calendar::arrives(problem, o.service, leaves, o.transit_days),
                ..*o
            })
            .collect()
    }
}
