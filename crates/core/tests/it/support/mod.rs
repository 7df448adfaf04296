//! What several tests share.

pub mod files;
