//! `clapot man`: the manual pages.

use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory as _};
use clapot::Error;

use crate::args::Cli;
use crate::exit::{Done, Failure};

const EXAMPLES: &str = "\
Examples:
  clapot man | man -l -
  clapot man -o ~/.local/share/man/man1";

/// Print the manual page, or write those of all commands
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Man {
    /// Directory to write the pages of all commands into; without it, the program's own page is printed
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        match self.output {
            Some(dir) => write_pages(&dir),
            None => print_page(),
        }
    }
}

fn print_page() -> Result<Done, Failure> {
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
    rendered.map_err(|e| Error::internal(format!("no manual page: {e}")))?;
    Ok(Done::with(String::from_utf8_lossy(&page).into_owned()))
}

fn write_pages(dir: &Path) -> Result<Done, Failure> {
    let written = std::fs::create_dir_all(dir).and_then(|()| clap_mangen::generate_to(Cli::command(), dir));
    written.map_err(|e| Error::io(dir, e))?;
    Ok(Done::with(format!("wrote the manual pages to {}\n", dir.display())))
}
