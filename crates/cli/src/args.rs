//! The command line as a whole: the program, its commands, and what holds for all of them.

use clap::{Parser, Subcommand};
use clapot::search::StdClock;

use crate::commands::{Completions, Generate, Man, Plan, Price, Route, Select, Tour, Validate, Verify, Waves};
use crate::exit::{Done, Failure};
use crate::output::Format;

const AFTER_HELP: &str = "\
Exit codes:
  0    done
  1    internal error
  2    wrong usage, bad input, or a file that cannot be read
       or written
  3    a plan failed verification
  6    done, but orders with errors were left out
       (--skip-bad-orders)
  7    nothing wrong was found in a plan, but a part of it
       was not checked
  130  interrupted; the best verified plan so far is written
       if there is one

Results go to standard output, errors and progress to standard error. NO_COLOR turns colours \
off.

Try it:
  clapot generate --orders 500 --nodes 8 -o problem \\
      --floor floor
  clapot validate problem
  clapot route problem -o plan --time-limit 10s
  clapot waves problem plan --floor floor -o plan \\
      --time-limit 10s
  clapot verify problem plan --floor floor";

/// Decides which node ships which order line by which service, at the least cost it can find, and proves how far from the
/// best that can be; and how each node picks it: in which waves, batches and tours.
#[derive(Debug, Parser)]
#[command(
    name = "clapot",
    version = clapot::VERSION,
    arg_required_else_help = true,
    after_help = AFTER_HELP,
    max_term_width = 110
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Generate(Generate),
    Validate(Validate),
    Route(Route),
    Price(Price),
    Waves(Waves),
    Plan(Plan),
    Select(Select),
    Tour(Tour),
    Verify(Verify),
    Completions(Completions),
    Man(Man),
}

impl Command {
    /// How results and errors are written.
    pub(crate) fn format(&self) -> Format {
        match self {
            Self::Validate(command) => command.format,
            Self::Route(command) => command.format,
            Self::Price(command) => command.format,
            Self::Waves(command) => command.format,
            Self::Plan(command) => command.format,
            Self::Select(command) => command.format,
            Self::Tour(command) => command.format,
            Self::Verify(command) => command.format,
            Self::Generate(_) | Self::Completions(_) | Self::Man(_) => Format::Text,
        }
    }

    /// Does it. The clock was started when the program was.
    pub(crate) fn run(self, clock: StdClock) -> Result<Done, Failure> {
        match self {
            Self::Generate(command) => command.run(),
            Self::Validate(command) => command.run(),
            Self::Route(command) => command.run(clock),
            Self::Price(command) => command.run(clock),
            Self::Waves(command) => command.run(clock),
            Self::Plan(command) => command.run(clock),
            Self::Select(command) => command.run(clock),
            Self::Tour(command) => command.run(),
            Self::Verify(command) => command.run(clock),
            Self::Completions(command) => command.run(),
            Self::Man(command) => command.run(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_shows_examples() {
        for command in Cli::command().get_subcommands() {
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(after.contains("Examples:"), "{}", command.get_name());
        }
    }
}
