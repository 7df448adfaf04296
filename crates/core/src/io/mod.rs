//! Files, last in the order: a format never shapes the model. Problems are read and written here, and plans.
//!
//! The limits that the readers keep are constants: [`MAX_RECORD`], [`MAX_FIELD`], [`MAX_ROWS`], [`MAX_SETTINGS`], and
//! [`MAX_ID`](crate::validate::MAX_ID).

mod csv;
mod decimal;
mod problem;
mod rows;
mod scan;
mod schema;
mod table;
mod toml;

pub use csv::{MAX_FIELD, MAX_RECORD};
pub use problem::{read_draft, read_problem};
pub use table::MAX_ROWS;
pub use toml::MAX_SETTINGS;
