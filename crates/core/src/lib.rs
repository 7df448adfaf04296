//! Clapot plans order fulfilment: which node ships what (order routing). Front page to follow.

pub mod allocate;
pub mod cost;
pub mod diagnostic;
pub mod error;
pub mod generate;
pub mod index;
pub mod io;
pub mod model;
pub mod plan;
pub mod quantity;
pub mod search;
pub mod solve;
pub mod validate;
pub mod verify;

pub use error::Error;

/// Version of the library.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
