//! Clapot plans order fulfilment: which node ships what (order routing). Front page to follow.

pub mod cost;
pub mod diagnostic;
pub mod error;
pub mod index;
pub mod io;
pub mod model;
pub mod plan;
pub mod quantity;
pub mod validate;

pub use error::Error;

/// Version of the library.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
