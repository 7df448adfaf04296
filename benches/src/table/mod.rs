//! `clapot-bench table SET`: a whole public set against its best known values, one file per set.

mod batching;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};

/// A set of public instances.
#[derive(Args, Debug)]
pub(crate) struct Table {
    #[command(subcommand)]
    set: Set,
}

#[derive(Debug, Subcommand)]
enum Set {
    /// Order batching: Henn and Wäscher
    Obp(batching::Table),
    /// Order batching: Muter and Öncan, in the geometry of Wahlen and Gschwind
    Muter(batching::Table),
    /// Order batching: Foodmart, two blocks and carts with bins
    Foodmart(batching::Table),
}

impl Table {
    pub(crate) fn run(self, out: &mut (impl Write + Send)) -> Result<(), Box<dyn std::error::Error>> {
        match self.set {
            Set::Obp(table) => table.run(batching::Set::HennWaescher, out),
            Set::Muter(table) => table.run(batching::Set::MuterOncan, out),
            Set::Foodmart(table) => table.run(batching::Set::Foodmart, out),
        }
    }
}

/// The folder of a set under `CLAPOT_DATA`, or under `../shared/data`; `None`, with a message, where it is absent.
fn folder(set: &str, out: &mut impl Write) -> std::io::Result<Option<PathBuf>> {
    let root = std::env::var_os("CLAPOT_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let folder = root.join(set);
    if folder.is_dir() {
        return Ok(Some(folder));
    }
    writeln!(
        out,
        "no data: {} is not a folder; set CLAPOT_DATA to the folder that holds {set}",
        folder.display()
    )?;
    Ok(None)
}
