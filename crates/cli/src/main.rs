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
use output::{Format, Look, text};

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
    let message = plainly(&refusal.to_string());
    if Format::asked_for(std::env::args_os()) == Format::Json {
        let message = message.trim_start_matches("error: ").trim_end();
        output::print_error(&Failure::usage(message).text(Format::Json));
    } else if Look::of_stderr().colour && !is_steering(&message) {
        output::print_error(plainly(&refusal.render().ansi().to_string()).trim_end());
    } else {
        let lines: Vec<String> = message.trim_end().lines().map(text::printable).collect();
        output::print_error(&lines.join("\n"));
    }
    Exit::BadInput
}

/// Whether a text holds control characters other than line ends.
fn is_steering(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && c != '\n')
}

/// A message about the command line with the words of the parser of numbers put plainly.
fn plainly(message: &str) -> String {
    let message = message
        .replace("invalid digit found in string", "not a whole number")
        .replace("number too large to fit in target type", "far too large")
        .replace("cannot parse integer from empty string", "not a whole number");
    // `99999 is not in 0..=1024`
    let Some((before, range)) = message.split_once(" is not in ") else {
        return message;
    };
    let (range, after) = range.split_at(range.find(['\n', '\u{1b}']).unwrap_or(range.len()));
    let before = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    match range.split_once("..") {
        Some((least, most)) => match most.trim_start_matches('=') {
            // No end, or none that anybody meets.
            most if most.is_empty() || most.len() > 10 => format!("{before}must be at least {least}{after}"),
            most => format!("{before}must be from {least} to {most}{after}"),
        },
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_told_in_words() {
        let told = |text: &str| {
            plainly(&format!(
                "error: invalid value 'x' for '--threads <N>': {text}\n\nmore\n"
            ))
        };
        let expected = |text: &str| format!("error: invalid value 'x' for '--threads <N>': {text}\n\nmore\n");
        for (said, plain) in [
            ("99999 is not in 0..=1024", "must be from 0 to 1024"),
            ("0 is not in 1..", "must be at least 1"),
            ("0 is not in 1..18446744073709551615", "must be at least 1"),
            ("invalid digit found in string", "not a whole number"),
            ("no unit \"d\"", "no unit \"d\""),
        ] {
            assert_eq!(told(said), expected(plain));
        }
    }
}
