//! Integration tests of the library, one binary: architecture, diagnostics, golden files, oracle, properties.

mod architecture;
mod diagnostics;
mod plan_files;
mod problem_files;
mod support;
