//! `clapot-bench foodmart`: order batching of the Foodmart instances of Valle, Beasley and da Cunha (2017).
//!
//! A store of two blocks; the depot is away from the front cross aisle, with a way to each aisle. A trolley has 8 boxes of 40
//! units, and no box holds goods of two orders. Lengths become millimetres.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use clapot::Distance;
use clapot::index::LocationIdx;
use clapot::wave::batch::{Bins, Capacity, Order, TwoBlocks};

use crate::obp::{Limits, Question, say, write_batches};

/// Instance and what to do with it.
#[derive(Args, Debug)]
pub(crate) struct Foodmart {
    /// Folder with the warehouse and the places of the products
    #[arg(value_name = "RAW_DIR")]
    raw: PathBuf,
    /// File with the orders
    #[arg(value_name = "ORDERS")]
    orders: PathBuf,
    #[command(flatten)]
    limits: Limits,
    /// File for the batches: one a line, positions of its orders from 0
    #[arg(short, long, value_name = "SOL")]
    output: Option<PathBuf>,
}

impl Foodmart {
    pub(crate) fn run(&self, out: &mut (impl Write + Send)) -> Result<(), Box<dyn std::error::Error>> {
        let question = Question::foodmart(&self.raw, &self.orders)?;
        let plan = self.limits.solve(&question.problem(), out)?;
        say(&self.orders, &plan, out)?;
        write_batches(self.output.as_deref(), &plan)
    }
}

type Failure = Box<dyn std::error::Error>;

impl Question {
    /// Reads the warehouse, the places of the products and the orders.
    pub(crate) fn foodmart(raw: &Path, orders: &Path) -> Result<Self, Failure> {
        let warehouse = Warehouse::read(&raw.join("warehouse_8_1_3_1560"))?;
        let products = raw.join("productsDB_1560_locations");
        let mut vertices = HashMap::new();
        for row in rows(&products)?.iter().skip(2) {
            let [product, location] = row[..] else {
                return Err(format!("{}: not a product and its location", products.display()).into());
            };
            let vertex = warehouse.vertex_of.get(&location);
            vertices.insert(
                product,
                *vertex.ok_or_else(|| format!("location {location} is at no vertex"))?,
            );
        }
        let mut all = Vec::new();
        for row in rows(orders)?.iter().skip(2) {
            let mut order = Order::default();
            for pair in row[1..].chunks_exact(2) {
                let vertex = vertices.get(&pair[0]);
                let vertex = *vertex.ok_or_else(|| format!("{}: no product {}", orders.display(), pair[0]))?;
                order.stops.push(LocationIdx(vertex));
                order.units += u64::from(pair[1]);
            }
            all.push(order);
        }
        Ok(Self {
            orders: all,
            tours: Box::new(warehouse.tours()?),
            capacity: Capacity {
                bins: Some(Bins {
                    count: 8,
                    units: Some(40),
                    ..Bins::default()
                }),
                ..Capacity::default()
            },
        })
    }
}

/// Lines of whole numbers; other lines are empty rows.
fn rows(path: &Path) -> Result<Vec<Vec<u32>>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let row = |line: &str| line.split_whitespace().map_while(|w| w.parse().ok()).collect();
    Ok(text.lines().filter(|l| !l.trim().is_empty()).map(row).collect())
}

/// What the file of a warehouse says.
#[derive(Default)]
struct Warehouse {
    /// Place along the aisle and aisle of each product vertex.
    places: HashMap<u32, (i64, usize)>,
    vertex_of: HashMap<u32, u32>,
    /// Ways from each vertex.
    ways: HashMap<u32, Vec<(u32, Distance)>>,
    /// Last place of the front block.
    last_of_front: i64,
}

impl Warehouse {
    fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let mut warehouse = Self::default();
        let mut section = String::new();
        for (n, line) in text.lines().enumerate() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                [] => {}
                [name] if name.parse::<u32>().is_err() => name.clone_into(&mut section),
                _ => warehouse
                    .row(&section, &words)
                    .map_err(|e| format!("{}:{}: {e}", path.display(), n + 1))?,
            }
        }
        Ok(warehouse)
    }

    fn row(&mut self, section: &str, words: &[&str]) -> Result<(), Failure> {
        let number = |at: usize| -> Result<u32, Failure> {
            let word = words.get(at).ok_or("too few words")?;
            Ok(word.parse().map_err(|_| format!("{word} is not a number"))?)
        };
        match section {
            "DATA" if words[0] == "crossAislesPositions" => self.last_of_front = i64::from(number(2)?),
            "position_product_vertices_X_aislePos_Y_aisle" if words.len() == 3 => {
                self.places
                    .insert(number(0)?, (i64::from(number(1)?), number(2)? as usize));
            }
            "vertices_pick_which_locations" => {
                for at in 2..words.len() {
                    self.vertex_of.insert(number(at)?, number(0)?);
                }
            }
            "arcs_distances" => {
                let mut ways = Vec::new();
                for pair in words[2..].chunks_exact(2) {
                    let length = pair[1].parse().map_err(|e| format!("{}: {e}", pair[1]))?;
                    ways.push((pair[0].parse()?, length));
                }
                self.ways.insert(number(0)?, ways);
            }
            _ => {}
        }
        Ok(())
    }

    /// Tours of this warehouse; stops are numbered as its vertices.
    fn tours(&self) -> Result<TwoBlocks, Failure> {
        let way = |from: u32, to: u32| {
            let ways = self.ways.get(&from).map_or(&[][..], Vec::as_slice);
            let found = ways.iter().find(|w| w.0 == to).map(|w| w.1.0);
            found.ok_or_else(|| format!("no way from {from} to {to}"))
        };
        // The depot, vertex 0, has ways to the front end of every aisle.
        let fronts: Vec<u32> = self.ways.get(&0).into_iter().flatten().map(|w| w.0).collect();
        let ways = fronts.iter().map(|&f| way(0, f)).collect::<Result<Vec<_>, _>>()?;
        let steps = fronts
            .windows(2)
            .map(|w| way(w[0], w[1]))
            .collect::<Result<Vec<_>, _>>()?;
        // All aisles are alike: half a cell and half a cross aisle at each end, then one cell after the other.
        let near = |place: i64| {
            let found = self.places.iter().find(|(_, at)| **at == (place, 0)).map(|(&v, _)| v);
            found.ok_or_else(|| format!("no vertex at place {place} of the first aisle"))
        };
        let (first, second) = (near(0)?, near(1)?);
        let entry = way(first, fronts[0])?;
        let cell = way(first, second)?;
        let last = self.places.values().map(|p| p.0).max().unwrap_or(0);
        let depth = |cells: i64| 2 * entry + cell * (cells - 1).max(0);
        let most = self.places.keys().copied().max().unwrap_or(0);
        let stop = |vertex: u32| {
            let (place, aisle) = self.places.get(&vertex).copied().unwrap_or((0, 0));
            if place <= self.last_of_front {
                (aisle, 0, entry + cell * place)
            } else {
                (aisle, 1, entry + cell * (place - self.last_of_front - 1))
            }
        };
        let stops: Vec<(usize, usize, i64)> = (0..=most).map(stop).collect();
        let depths = [depth(self.last_of_front + 1), depth(last - self.last_of_front)];
        Ok(TwoBlocks::new(depths, steps, ways, &stops)?)
    }
}
