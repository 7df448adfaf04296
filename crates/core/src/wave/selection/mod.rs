//! Wave selection: which open orders to release now, and the aisles to visit for them, so that there are as many units as
//! possible for each visited aisle.
//!
//! ```text
//! max  units / aisles    where  least <= units <= most,  aisles >= 1,
//!                        and of each SKU the visited aisles hold what the orders ask for
//! ```
//!
//! [`select_wave`] searches (`anneal`, `exact_fill`) and proves (`relaxation`, `branch`) in turns. The problem is that of Mercado
//! Livre's challenge at the Brazilian operational research symposium of 2025.

mod anneal;
mod answer;
mod branch;
mod exact_fill;
mod fill;
mod floor;
mod nearest;
mod presolve;
mod problem;
mod prove;
mod relaxation;
mod run;
mod search;
mod start;
mod volume;

pub use answer::{Ratio, Selection, SelectionStatus};
pub use problem::{Backlog, SkuUnits};
pub use run::{SelectOptions, SelectProgress, select_wave};
