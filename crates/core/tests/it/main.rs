//! Integration tests of the library, one binary: architecture, diagnostics, golden files, oracle, properties.

mod architecture;
mod hand_computed;
mod mutations;
mod oracle;
mod support;
mod verifier;
