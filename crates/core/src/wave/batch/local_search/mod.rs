//! Large-neighbourhood search: take related orders out of a few batches, put them back, keep what is good enough.

mod destroy;
mod repair;
mod search;

pub(crate) use destroy::Kin;
pub(crate) use search::Search;
