//! `clapot generate`: a synthetic problem from a seed.

use std::path::PathBuf;

use clap::Args;
use clapot::generate::{FloorOptions, GenerateOptions, generate, generate_floors};
use clapot::io::{self, WriteOptions};
use clapot::validate;

use crate::exit::{Done, Failure};
use crate::output::text;
use crate::values::{ProfileName, TableFormatName};

const EXAMPLES: &str = "\
Examples:
  clapot generate --orders 500 --nodes 8 -o problem
  clapot generate --orders 20000 --nodes 30 --seed 3 \\
      --profile b2b -o big
  clapot generate --orders 1000 --nodes 12 --plain \\
      --capacity 0 -o easy
  clapot generate --orders 2000 --nodes 4 -o problem \\
      --floor floor";

/// Write a synthetic problem
///
/// Customers, places and prices are invented; the sizes, weights, distances and shortages are made to feel like real
/// ones, and every rule of the file format occurs. The same options give the same files, to the byte, on every machine.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, override_usage = "clapot generate [OPTIONS] --orders <N> --nodes <W>\n       --output <DIR>")]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Generate {
    /// Number of orders, 1 to 10,000,000
    #[arg(long, value_name = "N")]
    orders: u32,
    /// Number of nodes, 2 to 500: warehouses, stores and suppliers
    #[arg(long, value_name = "W")]
    nodes: u32,
    /// Another seed gives another problem
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Problem directory to write; one that an earlier `generate` wrote and nobody has changed is replaced
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// How the tables of the problem are written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    output_format: TableFormatName,
    /// What kind of customers order
    #[arg(long, value_enum, default_value_t = ProfileName::B2c)]
    profile: ProfileName,
    /// Number of SKUs, 1 to 1,000,000 [default: what suits the number of orders]
    #[arg(long, value_name = "N")]
    skus: Option<u32>,
    /// Stock of each SKU over all nodes, in per cent of its demand, 0 to 1000
    #[arg(long, value_name = "PER CENT", default_value_t = GenerateOptions::default().slack)]
    slack: u32,
    /// Share of the nodes that stock a SKU, in per cent, 1 to 100
    #[arg(long, value_name = "PER CENT", default_value_t = GenerateOptions::default().spread)]
    spread: u32,
    /// What all nodes can handle, in per cent of the ordered lines, 0 to 1000; 0 means no limits
    #[arg(long, value_name = "PER CENT", default_value_t = GenerateOptions::default().capacity)]
    capacity: u32,
    /// Share of the rows of stock of which a part comes only within a week, in per cent, 0 to 100
    #[arg(long, value_name = "PER CENT", default_value_t = GenerateOptions::default().incoming)]
    incoming: u32,
    /// Only stock, capacity, lanes and rates: no pins, groups, exclusions, pickup or quotes
    #[arg(long)]
    plain: bool,
    /// Make no line divisible
    #[arg(long, conflicts_with = "plain")]
    no_divisible: bool,
    /// Directory to which floors for the nodes are written: layouts, stock of pick locations, carts, shifts, departures
    #[arg(long, value_name = "DIR")]
    floor: Option<PathBuf>,
    /// Replace any problem in DIR, and any floors, with all other files in these directories: they are deleted
    #[arg(long)]
    force: bool,
    /// Print nothing
    #[arg(short, long)]
    quiet: bool,
}

impl Generate {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        let options = self.options();
        let written = WriteOptions {
            format: self.output_format.into(),
            force: self.force,
            generated: true,
        };
        io::check_problem_place(&self.output, written)?;
        if let Some(floor) = &self.floor {
            io::check_floor_place(floor, written)?;
        }
        let draft = generate(&options)?;
        io::write_problem_as(&draft, &self.output, written)?;
        if let Some(floor) = &self.floor {
            let problem = validate::check(draft).map_err(clapot::Error::input)?.problem;
            let options = FloorOptions {
                seed: self.seed,
                ..FloorOptions::default()
            };
            io::write_floors_as(&generate_floors(&problem, &options)?, floor, written)?;
        }
        if self.quiet {
            return Ok(Done::with(String::new()));
        }
        Ok(Done::with(format!(
            "wrote {} to {}: {}, {}, {}\n",
            options.name(),
            text::path(&self.output),
            text::count(u64::from(options.orders), "order"),
            text::count(u64::from(options.nodes), "node"),
            text::count(u64::from(options.sku_count()), "SKU"),
        )))
    }

    fn options(&self) -> GenerateOptions {
        GenerateOptions {
            orders: self.orders,
            nodes: self.nodes,
            seed: self.seed,
            profile: self.profile.into(),
            skus: self.skus,
            slack: self.slack,
            spread: self.spread,
            capacity: self.capacity,
            plain: self.plain,
            divisible: !self.no_divisible,
            incoming: self.incoming,
        }
    }
}
