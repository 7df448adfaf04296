//! What is certain of the cost of an order at a glance, whatever the prices: for orders that there was no time to look at.
//!
//! Lines of a SKU that no node stocks stay unfilled. Of the rest either nothing ships, and all of it stays unfilled, or there is a
//! shipment, which costs at least what the cheapest one does anywhere.

use super::Minimum;
use crate::cost::tariff;
use crate::index::OrderIdx;
use crate::model::{Line, Problem, Quote, RateTable};
use crate::quantity::Money;

/// The least that a shipment costs.
pub(super) struct Certain<'p> {
    problem: &'p Problem,
    /// Handling.
    handling: i128,
    /// Carriage by lanes and rates.
    carriage: i128,
}

impl<'p> Certain<'p> {
    pub(super) fn new(problem: &'p Problem) -> Self {
        let handling = problem.nodes().iter().map(|node| node.shipment_cost).min();
        let carriage = problem
            .rates()
            .iter()
            .filter_map(|rate| cheapest_parcel(problem, rate))
            .min();
        let least = |money: Option<Money>| money.map_or(0, |m| i128::from(m.ten_thousandths()));
        Self {
            problem,
            handling: least(handling),
            carriage: least(carriage),
        }
    }

    /// The bounds on the least cost of an order that nobody looked at, of which a way costs `own`.
    pub(super) fn at_a_glance(&self, order: OrderIdx, own: i128) -> Minimum {
        let penalty = |l: &Line| i128::from(l.unfilled_penalty.ten_thousandths()) * i128::from(l.qty);
        let lines = self.problem.orders()[order].lines();
        let all_unfilled = lines.map(|line| penalty(&self.problem.lines()[line])).sum();
        Minimum {
            lower: self.of(order),
            upper: own.min(all_unfilled),
            by_lower_bound_only: 1,
            at_a_glance: 1,
        }
    }

    /// No way to serve an order costs less, at prices that are not negative.
    pub(super) fn of(&self, order: OrderIdx) -> i128 {
        let (problem, o) = (self.problem, &self.problem.orders()[order]);
        let (mut lost, mut rest) = (0, 0);
        for line in o.lines() {
            let l = &problem.lines()[line];
            let penalty = i128::from(l.unfilled_penalty.ten_thousandths()) * i128::from(l.qty);
            *(if problem.stock_of(l.sku).is_empty() {
                &mut lost
            } else {
                &mut rest
            }) += penalty;
        }
        let price = |q: &Quote| i128::from(q.price.ten_thousandths());
        let carriage = if o.pickup_node.is_some() {
            0
        } else {
            let quoted = problem.quotes_of(order).iter().map(price).min();
            quoted.unwrap_or(self.carriage)
        };
        lost + rest.min(self.handling + carriage)
    }

    /// No valid plan costs less.
    pub(super) fn of_all(&self) -> i128 {
        self.problem.orders().indices().map(|order| self.of(order)).sum()
    }
}

/// The cheapest parcel of a price table.
fn cheapest_parcel(problem: &Problem, rate: &RateTable) -> Option<Money> {
    let prices = rate
        .bands
        .iter()
        .map(|band| band.price)
        .chain(rate.open.map(|open| open.price));
    prices
        .min()
        .map(|price| tariff::with_fuel(&problem.services()[rate.service], price))
}
