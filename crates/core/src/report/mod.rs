//! Figures about a finished plan, for people who ask where, by what, what is scarce, and what changed: [`by_node`], [`by_service`],
//! [`scarce`], [`moved`], and of a plan of waves [`wave_times`].
//!
//! They work on any plan, one made by hand included, and trust no more of it than that its rows name what the problem has.

mod moved;
mod routing;
mod scarce;
mod waves;

pub use moved::{Move, moved};
pub use routing::{LimitUse, NodeFigures, ServiceFigures, by_node, by_service};
pub use scarce::{Scarce, ScarceThing, scarce};
pub use waves::{WaveTimes, wave_times};
