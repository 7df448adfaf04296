//! What happens inside one node: how its shipments are picked.

pub mod batch;
pub mod picker_routing;
