//! Plan directories: writing one whole or not at all, and reading one that anybody made, to judge it or to start from it.

mod decisions;
mod names;
mod prices;
mod read;
mod schema;
mod start;
mod stated;
mod summary;
mod waves;
mod write;

use super::column::Schema;

#[cfg(feature = "arrow")]
pub(super) use decisions::{DECISIONS, read_decisions_from, read_earlier_decisions_from};
pub use decisions::{EarlierDecisions, read_decisions, read_earlier_decisions};
#[cfg(feature = "arrow")]
pub(super) use read::read_plan_from;
pub use read::{read_plan, read_plan_with_waves};
pub(super) use schema::SUMMARY;
pub use start::read_start;
#[cfg(feature = "arrow")]
pub(super) use start::read_start_from;
pub use stated::MAX_SUMMARY;
pub(super) use waves::SUMMARY as WAVES_SUMMARY;
#[cfg(feature = "arrow")]
pub(super) use waves::{in_memory as waves_in_memory, read_waves_from};
pub use waves::{planning_instant, read_waves};
#[cfg(feature = "arrow")]
pub(super) use write::{in_memory, table_in_memory};
pub use write::{write_plan, write_plan_as, write_plan_with_waves, write_waves};

/// The tables that the directory of a plan of waves alone can have.
pub(super) fn wave_schemas() -> impl Iterator<Item = &'static Schema> {
    waves::TABLES.into_iter()
}

/// The tables that a plan directory can have.
pub(super) fn schemas() -> impl Iterator<Item = &'static Schema> {
    schema::TABLES.into_iter().chain(waves::TABLES)
}
