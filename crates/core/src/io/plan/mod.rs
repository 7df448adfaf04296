//! Plan directories: writing one whole or not at all, and reading one that anybody made, to judge it or to start from it.

mod names;
mod prices;
mod read;
mod schema;
mod start;
mod stated;
mod summary;
mod waves;
mod write;

pub use read::read_plan;
pub use start::read_start;
pub use stated::MAX_SUMMARY;
pub use waves::read_waves;
pub use write::{write_plan, write_plan_as, write_plan_with_waves};
