//! A plan with ids in the place of indices: orders with their shipments, lines and costs, as reports and messages want them.

use super::{Carriage, CostParts, RoutingPlan, Shipment, Status, UnfilledReason};
use crate::index::{Idx as _, LineIdx, OrderIdx};
use crate::model::Problem;
use crate::quantity::{Date, Money};

/// A plan joined with its problem.
///
/// # Example
/// ```
/// # fn main() -> Result<(), clapot::Error> {
/// use clapot::generate::{GenerateOptions, generate};
/// use clapot::{RouteOptions, StdClock, Surroundings, route, validate};
///
/// let draft = generate(&GenerateOptions { orders: 20, nodes: 4, seed: 7, ..GenerateOptions::default() })?;
/// let problem = validate::check(draft).map_err(clapot::Error::input)?.problem;
/// let clock = StdClock::start();
/// let around = Surroundings::new(&clock);
/// let plan = route(&problem, &RouteOptions::default(), around)?;
///
/// let view = plan.view(&problem);
/// for order in view.orders() {
///     for shipment in &order.shipments {
///         println!("{} leaves {} by {}", order.order_id, shipment.node_id, shipment.service_id);
///     }
/// }
/// let costs = view.orders().map(|order| order.cost.total());
/// assert_eq!(costs.fold(clapot::Money::ZERO, |sum, cost| sum + cost), plan.cost.total());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PlanView<'a> {
    problem: &'a Problem,
    plan: &'a RoutingPlan,
    shipments: ByOrder,
    assignments: ByOrder,
    unfilled: ByOrder,
}

/// Everything that a plan says of one order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct OrderView<'a> {
    /// Id of the order.
    pub order_id: &'a str,
    /// Its share of the plan's cost.
    pub cost: CostParts,
    /// Its shipments, in the plan's order.
    pub shipments: Vec<ShipmentView<'a>>,
    /// Its units left unfilled, by line.
    pub unfilled: Vec<UnfilledView<'a>>,
}

/// A shipment and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ShipmentView<'a> {
    /// Number of the shipment in the plan's files, from 1.
    pub shipment: usize,
    /// Id of the order.
    pub order_id: &'a str,
    /// Id of the node that it leaves.
    pub node_id: &'a str,
    /// Id of the service, or `pickup`.
    pub service_id: &'a str,
    /// Number of parcels.
    pub parcels: i64,
    /// Real weight in grams.
    pub weight_g: i64,
    /// Weight that the carrier bills, in grams.
    pub billable_g: i64,
    /// What the carrier is paid.
    pub transport: Money,
    /// Handling at the node.
    pub handling: Money,
    /// Day of leaving.
    pub leaves_on: Option<Date>,
    /// Day of arrival.
    pub arrives_on: Option<Date>,
    /// Calendar days after the promised date.
    pub days_late: u32,
    /// Penalty for them.
    pub late: Money,
    /// What it holds, by line.
    pub lines: Vec<LineView<'a>>,
}

/// Units of a line in a shipment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LineView<'a> {
    /// Id of the line within its order.
    pub line_id: &'a str,
    /// Id of the item.
    pub sku: &'a str,
    /// Units.
    pub qty: u32,
}

/// Units of a line that nothing fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct UnfilledView<'a> {
    /// Id of the line within its order.
    pub line_id: &'a str,
    /// Id of the item.
    pub sku: &'a str,
    /// Units.
    pub qty: u32,
    /// Penalty for them.
    pub penalty: Money,
    /// Why.
    pub reason: UnfilledReason,
}

impl RoutingPlan {
    /// The plan joined with the problem that it is for.
    ///
    /// # Panics
    /// Where the plan is for another problem and names what this one does not have.
    #[must_use]
    pub fn view<'a>(&'a self, problem: &'a Problem) -> PlanView<'a> {
        let orders = problem.orders().len();
        let order_of = |line: LineIdx| problem.lines()[line].order;
        PlanView {
            problem,
            plan: self,
            shipments: ByOrder::new(orders, self.shipments.iter().map(|s| s.order)),
            assignments: ByOrder::new(orders, self.assignments.iter().map(|a| order_of(a.line))),
            unfilled: ByOrder::new(orders, self.unfilled.iter().map(|u| order_of(u.line))),
        }
    }
}

impl<'a> PlanView<'a> {
    /// What is proved of the plan.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.plan.outcome.status
    }

    /// The orders, in the problem's order.
    pub fn orders(&self) -> impl Iterator<Item = OrderView<'a>> + '_ {
        self.problem.orders().indices().map(|order| self.order(order))
    }

    /// The shipments, in the plan's order where that is by order.
    pub fn shipments(&self) -> impl Iterator<Item = ShipmentView<'a>> + '_ {
        self.problem
            .orders()
            .indices()
            .flat_map(|order| self.shipments_of(order))
    }

    /// One order.
    #[must_use]
    pub fn order(&self, order: OrderIdx) -> OrderView<'a> {
        let shipments = self.shipments_of(order);
        let unfilled: Vec<UnfilledView<'a>> = self.unfilled.of(order).map(|n| self.unfilled_row(n)).collect();
        let splits = shipments.len().saturating_sub(1) as i64;
        let mut cost = CostParts {
            split: self.problem.objective().split_penalty * splits,
            ..CostParts::default()
        };
        for shipment in &shipments {
            cost.transport += shipment.transport;
            cost.handling += shipment.handling;
            cost.late += shipment.late;
        }
        for row in &unfilled {
            cost.unfilled += row.penalty;
        }
        OrderView {
            order_id: self.problem.order_id(order),
            cost,
            shipments,
            unfilled,
        }
    }

    /// The order with this id, where the problem has it.
    #[must_use]
    pub fn find(&self, order_id: &str) -> Option<OrderView<'a>> {
        self.problem.order_ids().find(order_id).map(|order| self.order(order))
    }

    fn shipments_of(&self, order: OrderIdx) -> Vec<ShipmentView<'a>> {
        let view = |n: usize| self.shipment_row(n, &self.plan.shipments[n]);
        let mut numbers: Vec<usize> = self.shipments.of(order).collect();
        numbers.sort_unstable();
        let mut views: Vec<ShipmentView<'a>> = numbers.iter().map(|&n| view(n)).collect();
        for a in self.assignments.of(order).map(|n| &self.plan.assignments[n]) {
            if let Ok(at) = numbers.binary_search(&a.shipment.get()) {
                views[at].lines.push(LineView {
                    line_id: self.problem.line_id(a.line),
                    sku: self.sku(a.line),
                    qty: a.qty,
                });
            }
        }
        views
    }

    fn shipment_row(&self, n: usize, s: &Shipment) -> ShipmentView<'a> {
        ShipmentView {
            shipment: n + 1,
            order_id: self.problem.order_id(s.order),
            node_id: self.problem.node_id(s.node),
            service_id: match s.carriage {
                Carriage::Pickup => "pickup",
                Carriage::Service(service) => self.problem.service_id(service),
            },
            parcels: s.parcels,
            weight_g: s.weight.0,
            billable_g: s.billable.0,
            transport: s.transport,
            handling: s.handling,
            leaves_on: s.leaves_on,
            arrives_on: s.arrives_on,
            days_late: s.days_late,
            late: s.late,
            lines: Vec::new(),
        }
    }

    fn unfilled_row(&self, n: usize) -> UnfilledView<'a> {
        let row = &self.plan.unfilled[n];
        UnfilledView {
            line_id: self.problem.line_id(row.line),
            sku: self.sku(row.line),
            qty: row.qty,
            penalty: row.penalty,
            reason: row.reason,
        }
    }

    fn sku(&self, line: LineIdx) -> &'a str {
        self.problem.sku_ids().text(self.problem.lines()[line].sku)
    }
}

/// The plan with everything in it: `status`, `cost`, `total`, `bound`, `gap` and the list `orders`.
#[cfg(feature = "serde")]
impl serde::Serialize for PlanView<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let plan = self.plan;
        let mut view = serializer.serialize_struct("PlanView", 7)?;
        view.serialize_field("problem", &plan.problem)?;
        view.serialize_field("status", &plan.outcome.status)?;
        view.serialize_field("cost", &plan.cost)?;
        view.serialize_field("total", &plan.cost.total())?;
        view.serialize_field("bound", &plan.outcome.bound)?;
        view.serialize_field("gap", &plan.gap())?;
        view.serialize_field("orders", &self.orders().collect::<Vec<_>>())?;
        view.end()
    }
}

/// Positions of rows by their orders.
#[derive(Clone, Debug)]
struct ByOrder {
    /// Where the rows of each order begin, and the end.
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl ByOrder {
    fn new(orders: usize, of_rows: impl Iterator<Item = OrderIdx> + Clone) -> Self {
        let mut starts = vec![0u32; orders + 1];
        for order in of_rows.clone() {
            starts[order.get() + 1] += 1;
        }
        for n in 1..starts.len() {
            starts[n] += starts[n - 1];
        }
        let mut next = starts.clone();
        let mut rows = vec![0; starts[orders] as usize];
        for (row, order) in of_rows.enumerate() {
            let at = &mut next[order.get()];
            rows[*at as usize] = row as u32;
            *at += 1;
        }
        Self { starts, rows }
    }

    /// The rows of an order, rising.
    fn of(&self, order: OrderIdx) -> impl Iterator<Item = usize> + '_ {
        let n = order.get();
        let range = self.starts[n] as usize..self.starts[n + 1] as usize;
        self.rows[range].iter().map(|&row| row as usize)
    }
}
