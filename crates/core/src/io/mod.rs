//! Files, last in the order: a format never shapes the model. Problems are read and written here, and plans. Tables are
//! CSV, or with the feature `parquet` Parquet.
//!
//! The limits that the readers keep are constants: [`MAX_COLUMNS`], [`MAX_RECORD`], [`MAX_FIELD`], [`MAX_ROWS`], [`MAX_SETTINGS`],
//! [`MAX_SUMMARY`], and [`MAX_ID`](crate::validate::MAX_ID).

#[cfg(feature = "arrow")]
#[doc(hidden)]
pub mod arrow;
mod cells;
mod column;
mod csv;
#[cfg(test)]
mod csv_tests;
mod decimal;
mod directory;
mod files;
mod floor;
mod format;
mod hint;
mod keys;
mod manifest;
mod open_shipments;
mod options;
#[cfg(feature = "parquet")]
mod parquet;
mod parse;
mod pieces;
#[cfg(test)]
mod pieces_tests;
mod place;
mod plain;
mod plan;
mod problem;
mod rows;
mod scan;
mod schema;
mod sniff;
mod source;
mod stage;
mod table;
mod toml;
mod write;
mod write_problem;

pub use csv::{MAX_COLUMNS, MAX_FIELD, MAX_RECORD};
pub use floor::{read_floor_draft, read_floors, read_floors_with, write_floors, write_floors_as};
pub use format::TableFormat;
pub use keys::MAX_SETTINGS;
pub use open_shipments::{PlanningInstant, Unrouted, read_floors_alone, read_shipments};
pub use options::{WriteOptions, check_floor_place, check_plan_place, check_problem_place, check_waves_place};
pub use plan::{
    EarlierDecisions, MAX_SUMMARY, planning_instant, read_decisions, read_earlier_decisions, read_plan,
    read_plan_with_waves, read_start, read_waves, write_plan, write_plan_as, write_plan_with_waves, write_waves,
};
pub use problem::{
    ReadOptions, locate_diagnostics, locate_diagnostics_with, read_draft, read_problem, read_problem_unless,
    read_problem_with,
};
pub use table::MAX_ROWS;
pub use write_problem::{write_problem, write_problem_as};
