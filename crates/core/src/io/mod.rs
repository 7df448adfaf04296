//! Files, last in the order: a format never shapes the model. Problems are read and written here, and plans.
//!
//! The limits that the readers keep are constants: [`MAX_RECORD`], [`MAX_FIELD`], [`MAX_ROWS`], [`MAX_SETTINGS`],
//! [`MAX_SUMMARY`], and [`MAX_ID`](crate::validate::MAX_ID).

mod csv;
mod decimal;
mod place;
mod plan;
mod problem;
mod rows;
mod scan;
mod schema;
mod stage;
mod table;
mod toml;
mod write;
mod write_problem;

pub use csv::{MAX_FIELD, MAX_RECORD};
pub use plan::{MAX_SUMMARY, read_plan, write_plan};
pub use problem::{read_draft, read_problem};
pub use table::MAX_ROWS;
pub use toml::MAX_SETTINGS;
pub use write_problem::write_problem;
