//! Lines that nothing can ship, whatever else is ordered, and why: the reason that stops the node which gets furthest.

use super::Rows;
use super::reach::{Carried, Class, Reach};
use crate::diagnostic::{Code, Diagnostics};
use crate::index::{LineIdx, NodeIdx, OrderIdx};
use crate::model::{Order, Problem};
use crate::validate::context::grouped;
use crate::validate::fold::shown;

/// What stops a node from shipping a line, from the first reason to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stop {
    NoStock,
    TooFew,
    OtherPickupNode,
    OtherPin,
    Excluded,
    DoesNotShip,
    NoQuote,
    NoLane,
    NoRates,
    TooHeavy,
}

/// How an order travels.
enum Way<'p> {
    Pickup(NodeIdx),
    Quotes,
    Lanes(Class<'p>),
    /// Lanes go to its country, and none to its postcode.
    Nowhere,
}

/// Warns of lines.
pub(super) fn check(problem: &Problem, rows: &Rows, found: &mut Diagnostics) {
    let mut lines = Lines {
        problem,
        reach: Reach::new(problem),
        may_be_excluded: !problem.order_exclusions().is_empty() || !problem.line_exclusions().is_empty(),
    };
    for (index, order) in problem.orders().iter_enumerated() {
        let Some(way) = lines.way(index, order) else { continue };
        for line in order.lines() {
            let stop = lines.stop(order, line, &way);
            if lines.reach.is_exhausted() {
                return;
            }
            if let Some((stop, most)) = stop {
                let (field, subject) = (field(stop), stop as u32 + 1);
                rows.warn_line((problem, found), (Code::UNSERVABLE_LINE, field, subject), line, || {
                    lines.why(line, &way, stop, most)
                });
            }
        }
    }
}

struct Lines<'p> {
    problem: &'p Problem,
    reach: Reach<'p>,
    may_be_excluded: bool,
}

impl<'p> Lines<'p> {
    /// How an order travels; `None` where no lane goes to its country, which is told of the order.
    fn way(&mut self, index: OrderIdx, order: &Order) -> Option<Way<'p>> {
        if let Some(node) = order.pickup_node {
            Some(Way::Pickup(node))
        } else if !self.problem.quotes_of(index).is_empty() {
            Some(Way::Quotes)
        } else if let Some(class) = self.reach.class(order.destination) {
            Some(Way::Lanes(class))
        } else {
            self.reach.knows_country(order.destination).then_some(Way::Nowhere)
        }
    }

    /// What stops the node that gets furthest, and the most units that one has; `None` where one can ship the line.
    fn stop(&mut self, order: &Order, line: LineIdx, way: &Way<'p>) -> Option<(Stop, u32)> {
        let problem = self.problem;
        let wanted = &problem.lines()[line];
        let need = if wanted.divisible { 1 } else { wanted.qty };
        let range = problem.stock_of(wanted.sku);
        let stock = &problem.stock()[range.start as usize..range.end as usize];
        let (mut furthest, mut most) = (Stop::NoStock, 0);
        for (n, row) in stock.iter().enumerate() {
            // Of the rows of a node the last holds all that there will be.
            if row.available == 0 || stock.get(n + 1).is_some_and(|next| next.node == row.node) {
                continue;
            }
            most = most.max(row.available);
            let stop = if row.available < need {
                Stop::TooFew
            } else {
                self.stop_at(row.node, order, line, need, way)?
            };
            furthest = furthest.max(stop);
        }
        Some((furthest, most))
    }

    /// What stops a node that has enough of a line.
    fn stop_at(&mut self, node: NodeIdx, order: &Order, line: LineIdx, need: u32, way: &Way<'p>) -> Option<Stop> {
        let problem = self.problem;
        let wanted = &problem.lines()[line];
        if matches!(way, Way::Pickup(pickup) if *pickup != node) {
            return Some(Stop::OtherPickupNode);
        }
        if wanted.pin.is_some_and(|pin| pin != node) {
            return Some(Stop::OtherPin);
        }
        if self.may_be_excluded && problem.is_excluded(line, node) {
            return Some(Stop::Excluded);
        }
        if !problem.nodes()[node].ships && !matches!(way, Way::Pickup(_)) {
            return Some(Stop::DoesNotShip);
        }
        match way {
            Way::Pickup(_) => None,
            Way::Nowhere => Some(Stop::NoLane),
            Way::Quotes => {
                let quoted = problem.quotes_of(wanted.order).iter().any(|quote| quote.node == node);
                (!quoted).then_some(Stop::NoQuote)
            }
            Way::Lanes(class) => match self.reach.carried(*class, node, order.destination, line, need) {
                Carried::Yes => None,
                Carried::NoLane => Some(Stop::NoLane),
                Carried::NoRates => Some(Stop::NoRates),
                Carried::TooHeavy => Some(Stop::TooHeavy),
            },
        }
    }

    fn why(&self, line: LineIdx, way: &Way<'p>, stop: Stop, most: u32) -> String {
        let problem = self.problem;
        let wanted = &problem.lines()[line];
        let sku = shown(problem.sku(wanted.sku));
        let node = |node: NodeIdx| shown(problem.node_id(node));
        match stop {
            Stop::NoStock => format!("no node has any {sku}"),
            Stop::TooFew => {
                let (qty, most) = (grouped(wanted.qty.into()), grouped(most.into()));
                format!("no node has {qty} units of {sku}, the most is {most}")
            }
            Stop::OtherPickupNode => match way {
                Way::Pickup(pickup) => format!("only other nodes than {} have enough {sku}", node(*pickup)),
                _ => format!("only other nodes have enough {sku}"),
            },
            Stop::OtherPin => {
                let pin = wanted.pin.map(node).unwrap_or_default();
                format!("only other nodes than its pin {pin} have enough {sku}")
            }
            Stop::Excluded => format!("every node that has enough {sku} is excluded"),
            Stop::DoesNotShip => format!("no node that has enough {sku} ships"),
            Stop::NoQuote => format!("no node that has enough {sku} is quoted"),
            Stop::NoLane => format!("no lane goes there from a node that has enough {sku}"),
            Stop::NoRates => {
                format!("from the nodes that have enough {sku} there are lanes, but in zones without rates")
            }
            Stop::TooHeavy => "no service that goes there takes the weight".to_owned(),
        }
    }
}

/// The field that a reason is about.
const fn field(stop: Stop) -> &'static str {
    match stop {
        Stop::NoStock | Stop::OtherPickupNode | Stop::DoesNotShip => "sku",
        Stop::TooFew | Stop::TooHeavy => "qty",
        Stop::OtherPin => "node_id",
        Stop::Excluded | Stop::NoQuote | Stop::NoLane | Stop::NoRates => "order_id",
    }
}
