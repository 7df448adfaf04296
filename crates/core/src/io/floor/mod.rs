//! Floor directories: reading them into a draft and through validation, and writing a draft. `docs/floor.md` defines them.

mod read;
mod rows;
mod schema;
mod settings;
mod write;

pub use read::{read_floor_draft, read_floors};
pub use write::{write_floors, write_floors_as};
