//! Clapot answers one question of order fulfilment: given orders, stock and carriers, **which node ships which order line
//! by which service**, so that everything together costs as little as possible? And how far from the best can the answer
//! be, at most?
//!
//! # The flow
//!
//! ```text
//! files ──▶ io ──▶ Draft ──▶ validate ──▶ Problem ──▶ route ──▶ RoutingPlan ──▶ io ──▶ files
//!                    ▲                                  │            ▲
//!            or your program,              allocate, prove, verify   │
//!            or the generator                                        └── verify judges any plan, yours too
//! ```
//!
//! Everything that is wrong with an input is reported at once ([`diagnostic`]). A plan is handed out only after the
//! independent verifier has found nothing wrong with it.
//!
//! # A complete run
//!
//! Two warehouses have lamps. The near one has only one left, and two orders want it. The one who saves more gets it, and
//! the price of the scarce lamp proves that no other plan is cheaper.
//!
//! ```
//! use clapot::model::{
//!     Draft, ItemInput, LaneInput, LineInput, NodeInput, OrderInput, RateInput, ServiceInput, SettingsInput, StockInput,
//!     Weekdays,
//! };
//! use clapot::{Error, Money, RouteOptions, Status, StdClock, Surroundings, route, validate};
//!
//! # fn main() -> Result<(), Error> {
//! let euro = |n: i64| Money::from_ten_thousandths(n * Money::SCALE);
//! let mut draft = Draft::new(SettingsInput {
//!     name: "lamps".to_owned(),
//!     currency: "EUR".to_owned(),
//!     now: "2026-03-02T09:00:00+01:00".to_owned(),
//!     unfilled_penalty: euro(50),
//!     ..SettingsInput::default()
//! });
//! draft.item(ItemInput::new("lamp", 900));
//! draft.service(ServiceInput::new("post", Weekdays::MONDAY_TO_FRIDAY));
//! for (node_id, on_hand) in [("near", 1), ("far", 9)] {
//!     draft.node(NodeInput::new(node_id));
//!     draft.stock(StockInput::new(node_id, "lamp", on_hand));
//! }
//! // From the near node a parcel costs 4 to the town and 6 to the hills; from the far one 9 to both.
//! for (node_id, prefix, zone, price) in [("near", "1", "town", 4), ("near", "2", "hills", 6), ("far", "", "any", 9)] {
//!     let lane = LaneInput::new("post", "FR", zone, 1);
//!     draft.lane(LaneInput { node_id: Some(node_id), postcode_prefix: prefix, ..lane });
//!     draft.rate(RateInput { max_g: Some(2_000), ..RateInput::new("post", zone, euro(price)) });
//! }
//! for (order_id, postcode) in [("anna", "1000"), ("ben", "2000")] {
//!     draft.order(OrderInput::new(order_id, "FR", postcode));
//!     draft.line(LineInput::new(order_id, "1", "lamp", 1));
//! }
//!
//! let problem = validate::check(draft).map_err(Error::input)?.problem;
//! let clock = StdClock::start();
//! let plan = route(&problem, &RouteOptions::default(), Surroundings::new(&clock))?;
//!
//! assert_eq!(plan.cost.total(), euro(4 + 9)); // anna saves 5 by the near lamp, ben would save 3
//! assert_eq!(problem.node_id(plan.shipments[0].node), "near");
//! assert_eq!((plan.outcome.status, plan.gap()), (Status::Optimal, Some(0.0)));
//! # Ok(())
//! # }
//! ```
//!
//! From files it is [`io::read_problem`], [`route`], [`io::write_plan`]; [`route_from`] starts from an earlier plan;
//! `examples/` has more.
//!
//! # The modules
//!
//! | module | what it holds |
//! |---|---|
//! | [`model`] | the question: a [`Draft`] is input, a [`Problem`] is valid input; plain data |
//! | [`plan`] | the answer: a [`RoutingPlan`] with every figure that its files state; plain data |
//! | [`validate`], [`diagnostic`] | from draft to problem, with every fault: code, place, cause, remedy |
//! | [`cost`] | the definition of cost: slow, obvious, complete |
//! | [`solve`] | [`route`], which puts everything together |
//! | [`allocate`] | how plans are found: shadow prices, search, MILP, and the policies of today's systems |
//! | [`wave`] | what happens inside a node: wave selection, batches, picker tours |
//! | [`verify`](mod@verify) | the independent judge of any plan: rules, costs, and the bound recomputed from the prices |
//! | [`report`] | figures about a plan: by node, by service, what is scarce, what moved |
//! | [`generate`](mod@generate) | synthetic problems from a seed |
//! | [`io`] | the files |
//! | [`search`] | budgets, clocks, progress, random numbers |
//! | [`quantity`], [`index`] | integers that know what they measure, and what they number |
//! | [`error`] | the one public [`Error`] |
//!
//! Money and all other measures are integers, so totals are exact. The same input, seed and work limit give the same plan
//! at any number of threads. The library prints nothing, opens no connection, and reads no clock that it was not given.
//!
//! # Features
//!
//! | feature | effect |
//! |---|---|
//! | (none) | needs cargo alone; small MILPs are solved by microlp, in pure Rust |
//! | `parquet` | adds tables in Parquet beside those in CSV; needs a C compiler to build |
//! | `serde` | `Serialize` and `Deserialize` for plans and starts; `Serialize` for [views](plan::PlanView) and diagnostics |
//! | `highs` | adds the HiGHS solver, which needs a C++ compiler, cmake and libclang to build |

#![forbid(unsafe_code)]

#[cfg(test)]
extern crate self as clapot; // unit tests share helpers with the integration tests

pub mod allocate;
pub mod cost;
pub mod diagnostic;
pub mod error;
pub mod generate;
pub mod index;
pub mod io;
pub mod model;
mod pace;
pub mod plan;
pub mod quantity;
pub mod report;
pub mod search;
pub mod solve;
pub mod validate;
pub mod verify;
pub mod wave;

pub use allocate::policy::Policy;
pub use diagnostic::Diagnostic;
pub use error::{Error, ErrorKind};
pub use model::{Draft, Problem};
pub use plan::{RoutingPlan, Status};
pub use quantity::{Distance, Money};
pub use search::StdClock;
pub use solve::{Method, OrderPricer, RouteOptions, Surroundings, method_doubts, plan_waves, route, route_from};
pub use wave::planner::WaveOptions;

/// Version of the library.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Runs the example of the README as a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// Runs the examples of the guide's page on Rust as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/rust.md")]
struct Guide;
