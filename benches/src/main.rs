//! The program `clapot-bench`: runs benchmark instances with fixed seeds and work.
//!
//! So far it knows `--help` and `--version` only, and prints its help when it is given nothing to do.

#![forbid(unsafe_code)]

use clap::{CommandFactory as _, Parser};

/// Runs benchmark instances with fixed seeds and work, and prints what they cost and how long they took.
#[derive(Debug, Parser)]
#[command(name = "clapot-bench", version = clapot::VERSION)]
struct Cli {}

fn main() -> std::io::Result<()> {
    let Cli {} = Cli::parse();
    Cli::command().print_help()
}
