//! The plan of waves beside a routing plan: `waves.json`, `waves.csv`, `batches.csv`, `tours.csv`, `wave_shipments.csv` and
//! `unplanned.csv`. `docs/floor.md` defines them.

mod read;
mod schema;
mod summary;
mod tables;
mod write;

pub use read::read_waves;
pub(in crate::io) use read::read_waves_from;
pub(in crate::io) use schema::SUMMARY;
pub(in crate::io::plan) use schema::TABLES;
pub use summary::planning_instant;
#[cfg(feature = "arrow")]
pub(in crate::io) use write::in_memory;
pub(super) use write::write;
