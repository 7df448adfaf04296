//! Plan directories: writing one whole or not at all, and reading one that anybody made.

mod prices;
mod read;
mod schema;
mod stated;
mod summary;
mod write;

pub use read::read_plan;
pub use stated::MAX_SUMMARY;
pub use write::{write_plan, write_plan_as};
