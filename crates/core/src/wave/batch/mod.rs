//! Order batching.
pub(crate) mod evaluate;
pub(crate) mod local_search;
pub(crate) mod plan;
pub(crate) mod pool;
pub(crate) mod problem;
pub(crate) mod savings;
pub mod tours;
