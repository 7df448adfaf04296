//! The answer: what ships from where by what, what it costs, and how far from the best it can be. Plain data.
//!
//! An [`Allocation`] is the bare decision. A [`RoutingPlan`] is the decision with every figure that its files state; it is
//! made by [`cost::price_plan`](crate::cost::price_plan), and judged by [`verify`](crate::verify), which trusts none of it.

mod allocation;
mod outcome;
mod prices;
mod routing;
mod start;

pub use allocation::{Allocation, Carriage, Fill, OrderShipment};
pub use outcome::{CostParts, LimitReached, Outcome, Status, gap};
pub use prices::{Cut, CutResource, CutTerm, ShadowPrices};
pub use routing::{Assignment, RoutingPlan, Shipment, Unfilled, UnfilledReason};
pub use start::{Known, Start, TakenOver};
