//! What happens inside one node: how its shipments are picked.

pub mod picker_routing;
