//! The program `clapot-bench`: runs benchmark problems with a fixed seed and prints what they cost, what was proved and how
//! long it took, one row a problem.

#![forbid(unsafe_code)]

mod due;
mod flash;
mod foodmart;
mod gap;
mod hessler_irnich;
mod limit;
mod looks;
mod obp;
mod phases;
mod route;
mod sbpo;
mod sprp;
mod table;

use clap::{Parser, Subcommand};

/// Runs benchmark problems with fixed seeds, and prints what they cost and how long they took.
#[derive(Debug, Parser)]
#[command(name = "clapot-bench", version = clapot::VERSION)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Routes every problem and prints a table
    Route(route::Route),
    /// Routes one problem, and prints seconds and peak memory of each phase
    Phases(phases::Phases),
    /// Routes problems, and tells where a run did not look at the clock for long
    Looks(looks::Looks),
    /// Finds the shortest picker tour of one instance
    Sprp(sprp::Sprp),
    /// Batches the orders of one instance
    Obp(obp::Obp),
    /// Batches orders with due times, beside the usual rule
    Due(due::Due),
    /// Routes flash sales: alike orders that want one scarce SKU
    Flash(flash::Flash),
    /// Batches the orders of one instance of Foodmart
    Foodmart(foodmart::Foodmart),
    /// Solves instances of the generalised assignment problem as order routing
    Gap(gap::Gap),
    /// Selects the wave of one instance of the SBPO 2025 challenge
    Sbpo(sbpo::Sbpo),
    /// Solves a whole public set and compares it with the best known values
    Table(table::Table),
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    match Cli::parse().command {
        Command::Route(route) => route.run(&mut std::io::stdout().lock()),
        Command::Phases(phases) => phases.run(&mut std::io::stdout().lock()),
        Command::Looks(looks) => looks.run(&mut std::io::stdout().lock()),
        Command::Sprp(sprp) => sprp.run(&mut std::io::stdout().lock()),
        Command::Obp(obp) => obp.run(&mut std::io::stdout()),
        Command::Due(due) => due.run(&mut std::io::stdout()),
        Command::Flash(flash) => flash.run(&mut std::io::stdout().lock()),
        Command::Foodmart(foodmart) => foodmart.run(&mut std::io::stdout()),
        Command::Gap(gap) => gap.run(&mut std::io::stdout().lock()),
        Command::Sbpo(sbpo) => sbpo.run(&mut std::io::stdout()),
        Command::Table(table) => table.run(&mut std::io::stdout()),
    }
}
