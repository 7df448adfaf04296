//! Set partitioning: which of the known batches make the cheapest plan. A linear programme prices the orders, pricing finds
//! batches that the programme is missing, cuts and branching make its solution whole.

pub(crate) mod branch;
pub(crate) mod catalogue;
pub(crate) mod cuts;
pub(crate) mod dive;
pub(crate) mod linear;
pub(crate) mod master;
pub(crate) mod narrow;
pub(crate) mod price;

pub(crate) use catalogue::Catalogue;
pub(crate) use master::Master;
