//! The program `clapot`: reads the command line and hands over to the library.
//!
//! So far it knows `--help` and `--version` only; each command becomes a file of its own beside this one.

#![forbid(unsafe_code)]

use clap::Parser;

/// Plans order fulfilment: which node ships what, by which service, and how far from the best that can be.
#[derive(Debug, Parser)]
#[command(name = "clapot", version = clapot::VERSION, arg_required_else_help = true)]
struct Cli {}

fn main() {
    let Cli {} = Cli::parse();
}
