//! Domain-free kernel of search: where randomness comes from.

pub mod random;

pub use random::Random;
