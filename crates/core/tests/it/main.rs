//! Integration tests of the library, one binary: architecture, diagnostics, golden files, oracle, properties.

mod architecture;
mod fixtures;
mod generate;
mod hand_computed;
mod mutations;
mod oracle;
mod policies;
mod support;
mod verifier;
