//! What the floor of one node does with the shipments that are assigned to it.

pub mod selection;
