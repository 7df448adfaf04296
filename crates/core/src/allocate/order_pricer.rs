//! One order at a time at given shadow prices: the pricing problem of a single order.

use super::book::{Book, Builder};
use super::price::Workspace;
use super::serve::serve;
use super::shadow::Rows;
use super::start;
use super::state::State;
use super::valuation::Priced;
use crate::cost::departures::Departures;
use crate::index::OrderIdx;
use crate::model::Problem;
use crate::plan::{OrderShipment, ShadowPrices};
use crate::quantity::Money;

/// Serves single orders at given shadow prices, as a checkout wants it: made once for a problem, then some microseconds for
/// an order of a few lines.
///
/// Other orders do not matter but by the prices, so what two orders are told need not fit together; a node that has not
/// enough for the order itself is never told. Prices of rows that cannot bind in this problem count as 0.
///
/// # Example
/// ```
/// # fn main() -> Result<(), clapot::Error> {
/// use clapot::generate::{GenerateOptions, generate};
/// use clapot::{Money, OrderPricer, RouteOptions, StdClock, Surroundings, route, validate};
///
/// let draft = generate(&GenerateOptions { orders: 20, nodes: 4, seed: 7, ..GenerateOptions::default() })?;
/// let problem = validate::check(draft).map_err(clapot::Error::input)?.problem;
/// let clock = StdClock::start();
/// let around = Surroundings::new(&clock);
/// let plan = route(&problem, &RouteOptions::default(), around)?;
///
/// let mut pricer = OrderPricer::new(&problem, &plan.prices);
/// for order in problem.orders().indices() {
///     let offer = pricer.price(order);
///     // What it takes from the others is worth something; its own cost is part of that.
///     assert!(offer.cost_with_prices >= offer.cost && offer.cost > Money::ZERO);
/// }
/// # Ok(())
/// # }
/// ```
pub struct OrderPricer<'p> {
    book: Book<'p>,
    prices: Priced,
    state: State,
    workspace: Workspace,
    departures: Departures<'p>,
}

/// How an order is best served at the prices.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PricedOrder {
    /// Its shipments; lines that are in none stay unfilled.
    pub shipments: Vec<OrderShipment>,
    /// What they cost: carriage, handling, splits, lateness and units left unfilled.
    pub cost: Money,
    /// The same and the prices of the stock and capacity that they take.
    pub cost_with_prices: Money,
}

impl<'p> OrderPricer<'p> {
    /// A pricer for the orders of a problem at these prices, usually those of a plan for it or for an earlier state of it.
    #[must_use]
    pub fn new(problem: &'p Problem, prices: &ShadowPrices) -> Self {
        let book = Builder::new(problem).build();
        let rows = Rows::binding(&book);
        let (prices, _) = start::prices(&book, &rows, prices);
        let prices = Priced::new(&book, &prices);
        let state = State::empty(&book);
        Self {
            book,
            prices,
            state,
            workspace: Workspace::default(),
            departures: Departures::new(problem),
        }
    }

    /// The cheapest way to serve an order at the prices; for an order of many lines a good one.
    pub fn price(&mut self, order: OrderIdx) -> PricedOrder {
        let with_prices = serve(&self.book, order, &self.prices, None, &mut self.workspace);
        self.state.lift(&self.book, order);
        self.state.place(&self.book, order, &mut self.workspace);
        PricedOrder {
            shipments: super::shipments(&self.book, &self.state, order, &mut self.departures),
            cost: Money::from_ten_thousandths(self.state.cost[order.0 as usize]),
            cost_with_prices: Money::from_ten_thousandths(with_prices),
        }
    }
}
