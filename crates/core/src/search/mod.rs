//! Domain-free kernel of search: when to stop, how to report progress, where randomness comes from.

pub mod budget;
pub mod random;

pub use budget::{Budget, Clock, Progress, StdClock, Stop};
pub use random::Random;
