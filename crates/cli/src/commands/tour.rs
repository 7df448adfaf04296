//! `clapot tour`: the way past pick locations of one node.

use std::path::{Path, PathBuf};

use clap::Args;
use clapot::index::{PickLocationIdx, SkuIdx};
use clapot::model::floor::{Floor, PickMethod};
use clapot::model::{Floors, Layout, Problem};
use clapot::wave::picker_routing::{FloorTour, Offer, Picker, ScatteredLimits};
use serde::Serialize;

use super::reading::{Reading, ended};
use super::waves::{floor_dir, floor_of};
use super::work::{Instant, Work};
use crate::exit::{Done, Exit, Failure};
use crate::output::{self, Format, json, tables};
use crate::values::PickMethodName;

const EXAMPLES: &str = "\
Examples:
  clapot tour problem --floor floor --node DC-01 01-03-L \\
      04-10-R 02-07-L
  # without a problem
  clapot tour --floor floor --node DC-01 01-03-L 04-10-R
  clapot tour problem --node DC-01 01-03-L 04-10-R \\
      --method s-shape
  # wherever they lie
  clapot tour problem --node DC-01 --take sku-00012=2 \\
      --take sku-00040=1
  clapot tour problem --node DC-01 01-03-L 04-10-R \\
      --format json | jq .metres";

/// Find the way past pick locations, and compare it with the policies that are in use
///
/// The pick locations are named, or found for SKUs with --take: the shortest tour over all places from which they may be
/// taken, in layouts of aisles.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, override_usage = "clapot tour [OPTIONS] --node <NODE>\n       [PROBLEM] [LOCATION]...")]
pub(crate) struct Tour {
    /// Problem directory, which may be left out with --floor, then pick locations to visit, in any order
    #[arg(value_name = "PROBLEM] [LOCATION")]
    given: Vec<String>,
    /// Floor directory [default: `floor` beside PROBLEM]
    #[arg(long, value_name = "DIR")]
    floor: Option<PathBuf>,
    #[command(flatten)]
    at: Instant,
    /// The node
    #[arg(long, value_name = "NODE")]
    node: String,
    /// Units of a SKU to take, wherever it lies; repeat it for more SKUs
    #[arg(long, value_name = "SKU=QTY", value_parser = take)]
    take: Vec<(String, u32)>,
    /// How the tour visits its stops [default: the node's method in floor.toml]
    #[arg(short, long, value_enum)]
    method: Option<PickMethodName>,
    #[command(flatten)]
    reading: Reading,
    /// How to write the tour
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// Reads `SKU=QTY`.
fn take(text: &str) -> Result<(String, u32), String> {
    let (sku, qty) = text.rsplit_once('=').ok_or("not of the form SKU=QTY")?;
    match qty.parse() {
        Ok(qty) if qty > 0 => Ok((sku.to_owned(), qty)),
        _ => Err(format!("{qty:?} is not a quantity of at least 1")),
    }
}

/// Units of a SKU taken from a pick location.
type Taken = (PickLocationIdx, SkuIdx, u32);

/// What `tour` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Walk<'a> {
    pub(crate) node: &'a str,
    pub(crate) method: &'a str,
    /// The whole walk.
    pub(crate) metres: f64,
    pub(crate) stops: Vec<Stop<'a>>,
    /// From the last stop to the depot.
    pub(crate) back_metres: f64,
    /// The walk past the same places by every method.
    pub(crate) methods: Vec<(&'a str, f64)>,
}

/// A place on the walk.
#[derive(Debug, Serialize)]
pub(crate) struct Stop<'a> {
    pub(crate) location: &'a str,
    pub(crate) metres: f64,
    /// What is taken there, with --take.
    pub(crate) take: Vec<(&'a str, u32)>,
}

impl Tour {
    pub(crate) fn run(self) -> Result<Done, Failure> {
        // The first argument is the problem, unless there is a floor directory and no such problem.
        let first = self.given.first().map(PathBuf::from);
        let with = first.filter(|dir| self.floor.is_none() || dir.is_dir());
        let locations = &self.given[usize::from(with.is_some())..];
        let (problem, floors) = self.floors(with.as_deref())?;
        let floor = floor_of(&problem, &floors, &self.node)?;
        let mut picker = Picker::new(floor.layout())?;
        let (places, taken) = self.places(&problem, floor, locations, &mut picker)?;
        let method = self.method.map_or(floor.rules().method, PickMethod::from);
        let tour = picker.floor_tour(floor, method, &places);
        let walk = Walk {
            node: &self.node,
            method: method.as_str(),
            metres: tour.length.as_metres(),
            back_metres: tour.back.as_metres(),
            methods: PickMethod::ALL
                .map(|method| {
                    (
                        method.as_str(),
                        picker.floor_tour(floor, method, &places).length.as_metres(),
                    )
                })
                .to_vec(),
            stops: stops(&problem, floor, &tour, &taken),
        };
        if let (Format::Text, Some(dir)) = (self.format, &with) {
            output::left_out(problem.left_out(), dir);
        }
        Ok(Done {
            output: match self.format {
                Format::Json => json::object(&walk),
                Format::Text => tables::tour(&walk),
            },
            exit: ended(Exit::Done, &problem),
        })
    }

    /// The floors, of the problem where there is one.
    fn floors(&self, problem: Option<&Path>) -> Result<(Problem, Floors), Failure> {
        match (problem, &self.floor) {
            (Some(dir), _) => {
                let problem = self.reading.problem(dir, 1)?.problem;
                let floor = floor_dir(self.floor.as_deref(), dir);
                let floors = self.reading.floors(&problem, &floor)?.floors;
                Ok((problem, floors))
            }
            (None, Some(floor)) => {
                let work = Work::of_floors(floor, &self.at, &self.reading)?;
                Ok((work.problem, work.floors))
            }
            (None, None) => Err(Failure::usage("name PROBLEM, or --floor DIR")),
        }
    }

    /// The places to visit, and what is taken where, for SKUs.
    fn places(
        &self,
        problem: &Problem,
        floor: &Floor,
        locations: &[String],
        picker: &mut Picker,
    ) -> Result<(Vec<PickLocationIdx>, Vec<Taken>), Failure> {
        if self.take.is_empty() {
            let find = |id: &String| {
                let found = floor.find_location(id);
                found.ok_or_else(|| Failure::usage(&format!("node `{}` has no pick location `{id}`", self.node)))
            };
            let places: Vec<_> = locations.iter().map(find).collect::<Result<_, _>>()?;
            if places.is_empty() {
                return Err(Failure::usage("name pick locations, or SKUs with --take"));
            }
            return Ok((places, Vec::new()));
        }
        if !locations.is_empty() {
            return Err(Failure::usage("name pick locations, or SKUs with --take, not both"));
        }
        if matches!(floor.layout(), Layout::Graph(_)) {
            return Err(Failure::usage(
                "--take needs a layout of aisles; name the pick locations",
            ));
        }
        let mut needs: Vec<(SkuIdx, u32)> = Vec::new();
        for (id, qty) in &self.take {
            let sku = problem.sku_ids().find(id);
            let sku = sku.ok_or_else(|| Failure::usage(&format!("there is no SKU `{id}`")))?;
            match needs.iter_mut().find(|need| need.0 == sku) {
                Some(need) => need.1 = need.1.saturating_add(*qty),
                None => needs.push((sku, *qty)),
            }
        }
        let mut offers = Vec::new();
        let mut rows = Vec::new();
        for (article, (sku, _)) in needs.iter().enumerate() {
            for row in floor.stock_of(*sku).iter().filter(|row| row.available > 0) {
                offers.push(Offer {
                    article: article as u32,
                    location: floor.locations()[row.location].cell,
                    quantity: row.available,
                });
                rows.push((row.location, *sku));
            }
        }
        for (n, (sku, qty)) in needs.iter().enumerate() {
            let there: u64 = offers
                .iter()
                .filter(|o| o.article == n as u32)
                .map(|o| u64::from(o.quantity))
                .sum();
            if there < u64::from(*qty) {
                let sku = problem.sku(*sku);
                return Err(Failure::usage(&format!(
                    "node `{}` has {there} units of `{sku}` in its pick locations, not {qty}",
                    self.node
                )));
            }
        }
        let units: Vec<u32> = needs.iter().map(|need| need.1).collect();
        let found = picker.pick_from(&units, &offers, ScatteredLimits { labels: 20_000 })?;
        let taken: Vec<_> = found
            .picks
            .iter()
            .map(|&(n, qty)| (rows[n].0, rows[n].1, qty))
            .collect();
        Ok((taken.iter().map(|t| t.0).collect(), taken))
    }
}

fn stops<'a>(problem: &'a Problem, floor: &'a Floor, tour: &FloorTour, taken: &[Taken]) -> Vec<Stop<'a>> {
    let stop = |&(place, way): &(PickLocationIdx, clapot::Distance)| Stop {
        location: floor.location_id(place),
        metres: way.as_metres(),
        take: taken
            .iter()
            .filter(|t| t.0 == place)
            .map(|t| (problem.sku(t.1), t.2))
            .collect(),
    };
    tour.stops.iter().map(stop).collect()
}
