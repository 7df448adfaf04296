//! `clapot man`: the manual pages.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Arg, Args, Command, CommandFactory as _};
use clap_mangen::Man as Page;
use clapot::Error;

use crate::args::Cli;
use crate::exit::{Done, Failure};
use crate::output::text;

const EXAMPLES: &str = "\
Examples:
  clapot man | man -l -
  clapot man -o ~/.local/share/man/man1";

/// Print the manual page, or write those of all commands
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Man {
    /// Directory to write the pages of all commands into; without it, the program's own page is
    /// printed
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let mut program = Cli::command();
        program.build();
        if let Some(dir) = self.output {
            let written = std::fs::create_dir_all(&dir).and_then(|()| write_pages(&program, &dir));
            written.map_err(|e| Error::io(&dir, e))?;
            Ok(Done::with(format!("wrote the manual pages to {}\n", text::path(&dir))))
        } else {
            let page = page(&program).map_err(|e| Error::internal(format!("no manual page: {e}")))?;
            Ok(Done::with(String::from_utf8_lossy(&page).into_owned()))
        }
    }
}

/// Writes the pages of a command and of those below it.
fn write_pages(command: &Command, dir: &Path) -> io::Result<()> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    std::fs::write(dir.join(format!("{name}.1")), page(command)?)?;
    command
        .get_subcommands()
        .filter(|below| !below.is_hide_set())
        .try_for_each(|below| write_pages(below, dir))
}

/// One page: that of `clap_mangen`, whose synopsis lacks the values of options.
fn page(command: &Command) -> io::Result<Vec<u8>> {
    let page = Page::new(command.clone());
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    synopsis(command, &mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if command.get_subcommands().next().is_some() {
        page.render_subcommands_section(&mut text)?;
    }
    page.render_extra_section(&mut text)?;
    Ok(text)
}

/// The synopsis, in roff: options with their values, what is required without brackets.
fn synopsis(command: &Command, text: &mut Vec<u8>) -> io::Result<()> {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    write!(text, ".SH SYNOPSIS\n\\fB{}\\fR", escaped(name))?;
    let shown = || command.get_arguments().filter(|arg| !arg.is_hide_set());
    let options = shown().filter(|arg| !arg.is_positional());
    for arg in options.chain(shown().filter(|arg| arg.is_positional())) {
        let usage = usage(arg);
        let usage = if arg.is_required_set() {
            usage
        } else {
            format!("[{usage}]")
        };
        write!(text, " {usage}")?;
    }
    if command.get_subcommands().next().is_some() {
        write!(text, " \\fICOMMAND\\fR")?;
    }
    writeln!(text)
}

/// An argument in roff, such as `-t|--time-limit TIME`.
fn usage(arg: &Arg) -> String {
    let flags = [
        arg.get_short().map(|c| format!("-{c}")),
        arg.get_long().map(|l| format!("--{l}")),
    ];
    let flags: Vec<String> = flags
        .into_iter()
        .flatten()
        .map(|f| format!("\\fB{}\\fR", escaped(&f)))
        .collect();
    let takes_value = arg.is_positional() || arg.get_action().takes_values();
    let names = arg.get_value_names().filter(|_| takes_value).unwrap_or_default();
    let values: Vec<String> = names.iter().map(|name| format!("\\fI{}\\fR", escaped(name))).collect();
    let parts = [flags.join("|"), values.join(" ")];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Text in which roff sees nothing of its own.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_synopsis_names_the_values_of_options() {
        let mut program = Cli::command();
        program.build();
        let route = program.find_subcommand("route").unwrap();
        let text = String::from_utf8(page(route).unwrap()).unwrap();
        for part in [
            "\\fBclapot route\\fR",
            "[\\fB\\-t\\fR|\\fB\\-\\-time\\-limit\\fR \\fITIME\\fR]",
            "[\\fB\\-\\-strict\\fR]",
            " \\fB\\-o\\fR|\\fB\\-\\-output\\fR \\fIPLAN\\fR",
            " \\fIPROBLEM\\fR\n",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        let dir = tempfile::tempdir().unwrap();
        write_pages(&program, dir.path()).unwrap();
        assert!(dir.path().join("clapot-route.1").exists() && dir.path().join("clapot.1").exists());
    }
}
