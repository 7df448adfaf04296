//! Domain-free kernel of search: when to stop, how to report progress, where randomness comes from, and mixed-integer
//! programmes.

pub mod budget;
mod call;
pub(crate) mod milp;
mod patience;
pub mod random;

pub use budget::{Budget, Clock, Progress, StdClock, Stop};
pub(crate) use call::{check_limits, pool};
pub use milp::Milp;
pub(crate) use patience::Patience;
pub use random::Random;
