//! What happens inside one node: which orders are released as a wave, which of them one picker collects together, and how the
//! picker walks.

pub(crate) mod assign;
pub mod batch;
pub mod picker_routing;
pub mod planner;
pub(crate) mod release;
pub mod selection;
