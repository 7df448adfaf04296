//! `clapot-bench flash`: flash sales, where alike orders want one scarce SKU, one row each, every plan verified by the call itself.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clapot::generate::{Alike, FlashSale, generate_flash_sale};
use clapot::{RouteOptions, StdClock, Surroundings, io, route, validate};

use crate::limit;

/// Every combination of the values given is a problem.
#[derive(Args, Debug)]
pub(crate) struct Flash {
    /// Numbers of orders
    #[arg(long, value_delimiter = ',', default_value = "1000")]
    orders: Vec<u32>,
    /// Numbers of nodes
    #[arg(long, value_delimiter = ',', default_value = "5,30")]
    nodes: Vec<u32>,
    /// Stock in per cent of the demand
    #[arg(long, value_delimiter = ',', default_value = "50,80,100,130")]
    stock: Vec<u32>,
    /// How much the orders are alike: same, towns, places, baskets
    #[arg(long, value_delimiter = ',', default_value = "same,towns,places,baskets")]
    alike: Vec<Alike>,
    /// Seeds of the problems
    #[arg(long, value_delimiter = ',', default_value = "1")]
    seeds: Vec<u64>,
    /// Seconds for each problem, from its making to the verified plan
    #[arg(long, default_value_t = 10.0)]
    time_limit: f64,
    /// Work for each problem instead of time: the same plan at every run
    #[arg(long)]
    work_limit: Option<u64>,
    /// Threads; 0 = one per core
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Write the problems to directories in this one, and route none
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
}

impl Flash {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
        writeln!(
            out,
            "{:<32} {:>15} {:>15} {:>8} {:>8} {:>11}",
            "problem", "total", "bound", "gap %", "total s", "work"
        )?;
        for &alike in &self.alike {
            for &orders in &self.orders {
                for &nodes in &self.nodes {
                    for &stock in &self.stock {
                        for &seed in &self.seeds {
                            let sale = FlashSale {
                                orders,
                                nodes,
                                stock,
                                alike,
                                seed,
                            };
                            self.one(&sale, out)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn one(&self, sale: &FlashSale, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
        let draft = generate_flash_sale(sale)?;
        if let Some(dir) = &self.write {
            return Ok(io::write_problem(&draft, &dir.join(sale.name()))?);
        }
        let clock = StdClock::start();
        let problem = validate::check(draft).map_err(clapot::Error::input)?.problem;
        let options = RouteOptions {
            time_limit: limit::time(self.time_limit, self.work_limit)?,
            work_limit: self.work_limit,
            threads: self.threads,
            ..RouteOptions::default()
        };
        let surroundings = Surroundings {
            clock: &clock,
            interrupt: None,
            progress: &mut |_| {},
        };
        let plan = route(&problem, &options, surroundings)?;
        writeln!(
            out,
            "{:<32} {:>15} {:>15} {:>8} {:>8.2} {:>11}",
            sale.name(),
            plan.cost.total(),
            plan.outcome.bound,
            crate::gap::per_cent(plan.gap()),
            plan.outcome.seconds,
            plan.outcome.work,
        )?;
        Ok(out.flush()?)
    }
}
