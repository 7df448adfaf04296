//! Integration tests of the library, one binary: architecture, diagnostics, golden files, oracle, properties.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests may fail as tests do"
)]

mod abandon;
mod allocate;
mod architecture;
#[cfg(feature = "highs")]
mod branching;
mod checked_arithmetic;
mod clock_changes;
mod dated;
mod deadlines;
mod diagnostics;
mod divided_shipments;
mod divisible;
mod doubts;
mod few_orders;
mod fixture_plans;
mod fixtures;
mod flash;
mod floor_tours;
mod foreign;
mod generate;
mod hand_computed;
mod heavy;
mod in_memory;
mod lanes;
mod left_out;
mod mutations;
mod oracle;
#[cfg(feature = "parquet")]
mod parquet;
mod patience;
mod peer;
mod plan_files;
mod policies;
mod postcodes;
mod price;
mod problem_files;
mod quantities;
mod reports;
mod select;
mod start;
mod start_files;
mod support;
mod tours;
mod unfilled;
mod verifier;
mod verifier_claims;
mod verifier_limits;
mod wave_oracle;
mod wave_plans;
mod waves;
