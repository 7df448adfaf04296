//! The program from outside: what it prints, writes and exits with.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of tests fails as a test does"
)]

mod floors;
mod help;
mod places;
mod problems;
mod reading;
mod routing;
#[cfg(unix)]
mod signals;
mod support;
