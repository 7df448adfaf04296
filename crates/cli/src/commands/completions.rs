//! `clapot completions`: a script that completes the command line in a shell.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::args::Cli;
use crate::exit::{Done, Failure};

const EXAMPLES: &str = "\
Examples:
  clapot completions bash > \\
      ~/.local/share/bash-completion/completions/clapot
  clapot completions zsh > \"${fpath[1]}/_clapot\"
  clapot completions fish > \\
      ~/.config/fish/completions/clapot.fish";

/// Print the completion script of a shell
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    #[allow(clippy::unnecessary_wraps, reason = "every command has this shape")]
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "clapot", &mut script);
        Ok(Done::with(String::from_utf8_lossy(&script).into_owned()))
    }
}
