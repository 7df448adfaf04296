//! Domain-free kernel of search: when to stop, how to report progress, where randomness comes from, and mixed-integer
//! programmes.

pub mod budget;
pub(crate) mod milp;
pub mod random;

pub use budget::{Budget, Clock, Progress, StdClock, Stop};
pub use milp::Milp;
pub use random::Random;
