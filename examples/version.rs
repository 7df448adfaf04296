//! The smallest program that uses the library: prints which version it was built with.

#![forbid(unsafe_code)]

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    writeln!(std::io::stdout(), "clapot {}", clapot::VERSION)
}
