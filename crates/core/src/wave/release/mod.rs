//! Which shipments become waves, and when each wave is released.
//!
//! | module | what it does |
//! |---|---|
//! | `pools` | the shipments that may be collected together |
//! | `waves` | batches joined to waves within the limits, in the order in which they are due |
//! | `moments` | the moment of release by mode: fixed, cut-off, waveless |

pub(crate) mod moments;
pub(crate) mod pools;
pub(crate) mod waves;
