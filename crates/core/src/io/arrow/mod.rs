//! Tables in columns, in memory: those of a Parquet file, and those that the Python package takes and gives. All that knows
//! Arrow is here and in `io/parquet`.
//!
//! Reading turns every cell into the text that CSV would hold, so that there is one parser, with one set of limits and
//! diagnostics, for all of them. Writing goes through the texts too.
//!
//! This module is public for the Python package of the same version alone. It is no part of the interface of the library,
//! which names no type of Arrow.

mod build;
mod calls;
mod loose;
mod rows;
mod schemas;
mod tables;
mod text;

pub(super) use build::BatchBuilder;
pub use calls::{
    Written, changed, floor_tables, pinned, plan_table, plan_tables, problem_settings, problem_table, problem_tables,
    read_decisions, read_earlier_decisions, read_floors, read_plan, read_problem, read_problem_dir, read_shipments,
    read_start, read_waves, wave_tables,
};
pub use loose::{PickRow, Spot, UnitsOf, read_backlog, read_edges, read_picks};
pub(super) use rows::{ArrowRow, Columns, place, position};
pub use schemas::{ColumnType, columns_of, tables_of};
pub use tables::{ArrowTable, Tables};
pub(super) use tables::{MemoryTable, Slice};
