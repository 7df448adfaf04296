//! Order batching: which orders one picker collects together, so that all walk as little as possible.
//!
//! [`plan_batches`] takes orders with stops and size, what one cart holds, and [`Tours`], which say how long the shortest tour
//! over any stops is. It returns batches that hold every order once, each within the capacity.
//!
//! | module | what it does |
//! |---|---|
//! | `problem` | orders, capacity, objective |
//! | `tours` | lengths of shortest tours over sets of stops as bits |
//! | `evaluate` | costs of sets of orders, remembered |
//! | `savings` | the first plan (Clarke and Wright) |
//! | `local_search` | destroys and repairs plans, cooling down; several searches side by side |
//! | `partition` | set partitioning over batches: linear programme, pricing, cuts, branching, dives |
//! | `parts` | the same for parts of a plan |
//! | `solve` | the order of all that |
//! | `sequencing` | orders with due times: in which sequence pickers collect the batches, so that little is late |
//!
//! # Example
//!
//! Four orders in two corners of a store; a cart takes two.
//!
//! ```
//! use clapot::model::{AisleLayout, Layout, RegularAisles};
//! use clapot::wave::batch::{AisleTours, BatchOptions, BatchProblem, Capacity, Objective, Order, plan_batches};
//! use clapot::{Distance, StdClock};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let metre = Distance::from_metres(1);
//! let aisles = AisleLayout::new(RegularAisles {
//!     aisles: 3, cells: 10, blocks: 1, aisle_gap: metre * 4, cell_gap: metre, front_gap: metre, back_gap: metre,
//!     middle_gap: metre, cells_from_back: false, depot_aisle: 0, depot_cross: 0, depot_distance: Distance::ZERO,
//! }.input())?;
//! let order = |aisle, cell| Order { stops: aisles.location(aisle, cell).into_iter().collect(), units: 1, ..Order::default() };
//! let orders = [order(0, 8), order(2, 1), order(0, 9), order(2, 0)];
//! let tours = AisleTours::new(&Layout::from(aisles.clone()))?;
//! let problem = BatchProblem {
//!     orders: &orders,
//!     tours: &tours,
//!     capacity: Capacity { units: Some(2), ..Capacity::default() },
//!     objective: Objective::Distance,
//!     pickers: 1,
//! };
//! let plan = plan_batches(&problem, &BatchOptions::default(), &StdClock::start(), None)?;
//! assert_eq!(plan.batches.iter().map(|b| b.orders.clone()).collect::<Vec<_>>(), [[0, 2], [1, 3]]);
//! assert_eq!(plan.bound, Some(plan.cost)); // proved
//! # Ok(())
//! # }
//! ```

mod answer;
mod evaluate;
mod local_search;
mod partition;
mod parts;
mod plan;
mod pool;
mod problem;
mod savings;
mod sequencing;
mod solve;
#[cfg(test)]
mod tests;
pub mod tours;

pub use answer::{BatchOptions, BatchPlan, BatchProblem, PickBatch, Turn, plan_batches, plan_batches_logged};
pub(crate) use evaluate::Table;
pub use problem::{Bins, Capacity, Objective, Order};
pub(crate) use solve::{First, affordable, solve_from};
pub use tours::{AisleTours, Lengths, Tours, TwoBlocks};
