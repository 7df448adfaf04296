//! Integration tests of the library, one binary: architecture, diagnostics, golden files, oracle, properties.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod architecture;
mod diagnostics;
mod fixture_plans;
mod fixtures;
mod generate;
mod hand_computed;
mod mutations;
mod oracle;
mod peer;
mod policies;
mod support;
mod verifier;
mod verifier_claims;
