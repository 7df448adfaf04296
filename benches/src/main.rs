//! The program `clapot-bench`: runs benchmark instances with fixed seeds and work.
//!
//! So far it knows `--help` and `--version` only.

#![forbid(unsafe_code)]

use clap::Parser;

/// Runs benchmark instances with fixed seeds and work, and prints what they cost and how long they took.
#[derive(Debug, Parser)]
#[command(name = "clapot-bench", version = clapot::VERSION, arg_required_else_help = true)]
struct Cli {}

fn main() {
    let Cli {} = Cli::parse();
}
