//! Floor directories: reading them into a draft and through validation, and writing a draft. `docs/floor.md` defines them.

mod read;
mod rows;
mod schema;
mod settings;
mod write;

use super::column::Schema;
use crate::model::floor::FloorTable;

#[cfg(feature = "arrow")]
pub(super) use read::read_floors_from;
pub(super) use read::{conclude, read};
pub use read::{read_floor_draft, read_floors, read_floors_with};
pub(super) use settings::FILE;
#[cfg(feature = "arrow")]
pub(super) use write::in_memory;
pub use write::{write_floors, write_floors_as};

/// The tables that a floor directory can have.
pub(super) fn schemas() -> impl Iterator<Item = &'static Schema> {
    FloorTable::ALL.into_iter().filter_map(schema::schema)
}
