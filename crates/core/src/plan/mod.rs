//! The answer: what ships from where by what, what it costs, and how far from the best it can be. Plain data.
//!
//! An [`Allocation`] is the bare decision. A [`RoutingPlan`] is the decision with every figure that its files state; it is
//! made by [`cost::price_plan`](crate::cost::price_plan), and judged by [`verify`](crate::verify), which trusts none of it.
//! [`WaveDecision`] and [`WavePlan`] are the same for what the floors of the nodes do with it.

mod allocation;
mod batch;
mod decisions;
mod earlier;
mod outcome;
mod prices;
mod routing;
mod start;
mod tour;
mod view;
mod wave;

pub use allocation::{Allocation, Carriage, Fill, OrderShipment};
pub use batch::{Batch, Picker};
pub use decisions::{Decision, NotCarried};
pub(crate) use earlier::Earlier;
pub use outcome::{CostParts, LimitReached, Outcome, Status, gap};
pub use prices::{Cut, CutResource, CutTerm, ShadowPrices};
pub use routing::{Assignment, RoutingPlan, Shipment, Unfilled, UnfilledReason};
pub use start::{Known, Start, TakenOver, waits_for};
pub use tour::Pick;
pub use view::{LineView, OrderView, PlanView, ShipmentView, UnfilledView};
pub use wave::{
    BatchChoice, LineCount, PickChoice, Unplanned, UnplannedReason, Wave, WaveChoice, WaveDecision, WaveFigures,
    WaveGroup, WaveObjective, WavePlan, WaveRun, WaveShipment,
};
