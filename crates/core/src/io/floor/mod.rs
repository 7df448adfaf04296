//! Floor directories: reading them into a draft and through validation, and writing a draft. `docs/floor.md` defines them.

mod read;
mod rows;
mod schema;
mod settings;
mod write;

#[cfg(feature = "arrow")]
pub(super) use read::read_floors_from;
pub use read::{read_floor_draft, read_floors};
#[cfg(feature = "arrow")]
pub(super) use write::in_memory;
pub use write::{write_floors, write_floors_as};
