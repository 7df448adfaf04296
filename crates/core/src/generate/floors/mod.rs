//! Synthetic floors for the nodes of a problem, from a seed: aisles sized for what the node stocks, storage by class (what is
//! ordered most lies nearest to the depot), carts with bins, two shifts, departures at noon and in the evening.
//!
//! ```
//! use clapot::generate::{FloorOptions, GenerateOptions, generate, generate_floors};
//! use clapot::{Error, validate};
//!
//! # fn main() -> Result<(), Error> {
//! let draft = generate(&GenerateOptions { orders: 50, nodes: 6, seed: 7, ..GenerateOptions::default() })?;
//! let problem = validate::check(draft).map_err(Error::input)?.problem;
//! let floors = generate_floors(&problem, &FloorOptions { seed: 7, ..FloorOptions::default() })?;
//! let floors = validate::check_floors(floors, &problem).map_err(Error::input)?.floors;
//! assert!(floors.floors().len() >= 3);
//! # Ok(())
//! # }
//! ```
//!
//! The same problem and options give the same floors on every machine.

mod shelves;
mod work;

use crate::Error;
use crate::index::{IndexVec, NodeIdx, SkuIdx};
use crate::model::Problem;
use crate::model::floor::{FloorDraft, FloorSettingsInput, GroupKey, ReleaseMode, SettingsOf};
use crate::quantity::{Millis, TimeOfDay};

/// What floors to generate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FloorOptions {
    /// Any number; another seed gives other floors.
    pub seed: u64,
    /// When waves are released.
    pub mode: ReleaseMode,
    /// Pickers, in per cent of what the orders are expected to need, 1 to 1000.
    pub staff: u32,
    /// SKUs that lie in two pick locations, in per cent, 0 to 100.
    pub scattered: u32,
    /// What must agree within a wave beside the priority.
    pub group_by: Vec<GroupKey>,
}

impl Default for FloorOptions {
    /// Waves as late as is safe, by service; a tenth more pickers than needed; one SKU in seven in two locations.
    fn default() -> Self {
        Self {
            seed: 1,
            mode: ReleaseMode::CutOff,
            staff: 110,
            scattered: 15,
            group_by: vec![GroupKey::Service],
        }
    }
}

/// Makes the floors of all nodes of a problem that have stock.
///
/// # Errors
/// An option is outside its range.
pub fn generate_floors(problem: &Problem, options: &FloorOptions) -> Result<FloorDraft, Error> {
    if !(1..=1_000).contains(&options.staff) || options.scattered > 100 {
        return Err(Error::options(
            "staff is from 1 to 1000 per cent, scattered from 0 to 100",
        ));
    }
    let demand = Demand::new(problem);
    let sites: Vec<Site<'_>> = problem
        .nodes()
        .indices()
        .filter_map(|node| Site::new(problem, node, &demand))
        .collect();
    let mut draft = FloorDraft::new(settings(problem, options, &sites));
    for site in &sites {
        shelves::write(options, site, &demand, &mut draft);
        work::write(problem, options, site, &mut draft);
    }
    work::priorities(problem, options, &mut draft);
    Ok(draft)
}

/// How often each SKU is ordered, and in all.
struct Demand {
    lines: IndexVec<SkuIdx, u64>,
    total: u64,
    /// Units available to promise at all nodes together.
    stock: u64,
}

impl Demand {
    fn new(problem: &Problem) -> Self {
        let mut lines: IndexVec<SkuIdx, u64> = problem.items().iter().map(|_| 0).collect();
        for line in problem.lines() {
            lines[line.sku] += 1;
        }
        Self {
            lines,
            total: problem.lines().len() as u64,
            stock: problem.stock().iter().map(|row| u64::from(row.available)).sum(),
        }
    }
}

/// A node that gets a floor.
struct Site<'p> {
    node: NodeIdx,
    id: &'p str,
    is_large: bool,
    /// What lies there now, with its units.
    stock: Vec<(SkuIdx, &'p str, u32)>,
    /// Lines that it is expected to fill.
    lines: u64,
}

impl<'p> Site<'p> {
    /// The site of a node; `None` where nothing lies there.
    fn new(problem: &'p Problem, node: NodeIdx, demand: &Demand) -> Option<Self> {
        let mut stock = Vec::new();
        for sku in problem.items().indices() {
            let units = problem
                .stock_row(node, sku)
                .map_or(0, |row| problem.stock()[row.0 as usize].available);
            if units > 0 {
                stock.push((sku, problem.sku(sku), units));
            }
        }
        let units: u64 = stock.iter().map(|s| u64::from(s.2)).sum();
        (units > 0).then(|| Self {
            node,
            id: problem.node_id(node),
            is_large: stock.len() >= LARGE,
            lines: (demand.total * units).div_ceil(demand.stock.max(1)),
            stock,
        })
    }

    /// Pickers of each of the two shifts: enough if each picks so many lines.
    fn pickers(&self, options: &FloorOptions) -> u32 {
        (self.lines * u64::from(options.staff)).div_ceil(100 * LINES_PER_SHIFT) as u32
    }
}

/// From this number of SKUs on, a floor is a warehouse with zones, blocks and carts with bins.
const LARGE: usize = 60;
/// Lines that a picker picks in a shift, for the number of pickers.
const LINES_PER_SHIFT: u64 = 300;

fn settings(problem: &Problem, options: &FloorOptions, sites: &[Site<'_>]) -> FloorSettingsInput {
    let hours = [6, 8, 10, 11, 12, 13, 14, 15, 16, 18, 20];
    let releases = hours
        .into_iter()
        .filter_map(|hour| TimeOfDay::from_hour_minute(hour, 0));
    let all = SettingsOf {
        mode: Some(options.mode),
        releases: (options.mode == ReleaseMode::Fixed).then(|| releases.collect()),
        safety_minutes: Some(15),
        max_open: (options.mode == ReleaseMode::Waveless).then(|| 20 + problem.orders().len() as i64 / 10),
        group_by: Some(options.group_by.clone()),
        max_lines: Some(400),
        max_docks: Some(6),
        per_tour: Some(Millis(90_000)),
        per_stop: Some(Millis(6_000)),
        per_line: Some(Millis(3_000)),
        per_unit: Some(Millis(1_500)),
        pack_shipment: Some(Millis(25_000)),
        pack_unit: Some(Millis(2_000)),
        ..SettingsOf::default()
    };
    let node = |site: &Site<'_>| {
        let packers = i64::from(site.pickers(options)).max(1);
        let own = SettingsOf {
            packers: Some(packers),
            ..SettingsOf::default()
        };
        (site.id.to_owned(), own)
    };
    FloorSettingsInput {
        all,
        nodes: sites.iter().map(node).collect(),
    }
}
