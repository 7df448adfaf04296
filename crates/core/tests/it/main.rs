//! Integration tests of the library, one binary: architecture, diagnostics, golden files, oracle, properties.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests may fail as tests do"
)]

mod architecture;
mod diagnostics;
mod plan_files;
mod problem_files;
mod support;
