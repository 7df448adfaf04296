//! The program `clapot`: reads the command line, hands over to the library, and says what came of it.
//!
//! [`args`] is the command line, and each command is one file in [`commands`]. A command returns what it has to print and
//! how it ends ([`exit`]); only this file and [`output`] write anything. The library never prints.

#![forbid(unsafe_code)]

mod args;
mod commands;
mod exit;
mod guard;
mod interrupt;
mod output;
mod progress;
mod values;

use std::process::ExitCode;

use clap::Parser as _;
use clapot::search::StdClock;

use args::Cli;
use exit::{Exit, Failure};
use output::Format;

fn main() -> ExitCode {
    // Before anything else: a time limit counts from here.
    let clock = StdClock::start();
    guard::guard(move || run(clock)).into()
}

fn run(clock: StdClock) -> Exit {
    match Cli::try_parse() {
        Ok(cli) => obey(cli, clock),
        Err(refusal) => refuse(&refusal),
    }
}

fn obey(cli: Cli, clock: StdClock) -> Exit {
    let format = cli.command.format();
    let done = cli.command.run(clock).and_then(|done| {
        output::print(&done.output)?;
        Ok(done.exit)
    });
    done.unwrap_or_else(|failure| {
        output::print_error(&failure.text(format));
        failure.exit
    })
}

/// Help and version are no errors, but come the same way.
fn refuse(refusal: &clap::Error) -> Exit {
    if !refusal.use_stderr() {
        let _ = refusal.print(); // nobody may be reading any more
        return Exit::Done;
    }
    if Format::asked_for(std::env::args_os()) == Format::Json {
        let message = refusal.to_string();
        let message = message.trim_start_matches("error: ").trim_end();
        output::print_error(&Failure::usage(message).text(Format::Json));
    } else {
        let _ = refusal.print();
    }
    Exit::BadInput
}
