//! `clapot-bench sprp`: the shortest picker tour of instances in the format of Heßler and Irnich.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use clapot::Distance;
use clapot::index::LocationIdx;
use clapot::model::{AisleLayout, Layout};
use clapot::wave::picker_routing::{Offer, Picker, ScatteredLimits, Tour, TourMethod};

use crate::hessler_irnich::{Instance, Place};

/// Most labels of one block of an aisle: a run as wide as that takes up to half a minute.
const LABELS: usize = 2_048_000;

/// Instance and what to do with it.
#[derive(Args, Debug)]
pub(crate) struct Sprp {
    /// Instance file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 2 adds a cross aisle of width 1 in the middle of the aisles
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    blocks: u8,
    /// Chooses where to pick each article; without it, the first place of each is taken
    #[arg(long)]
    scattered: bool,
    /// File for the tour: one stop a line, aisle and cell
    #[arg(short, long, value_name = "SOL")]
    output: Option<PathBuf>,
}

impl Sprp {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
        let run = Run::of(&self.file, self.blocks == 2, self.scattered)?;
        writeln!(
            out,
            "{}: {} m, bound {} m, {} stops, {:.2} us",
            run.name,
            run.tour.length,
            run.bound,
            run.tour.stops.len(),
            run.seconds * 1e6
        )?;
        if let Some(path) = &self.output {
            let line = |&stop: &LocationIdx| {
                let (aisle, cell) = run.layout.aisle_and_cell(stop);
                format!("{aisle} {cell}\n")
            };
            let text: String = run.tour.stops.iter().map(line).collect();
            std::fs::write(path, text)?;
        }
        Ok(())
    }
}

/// One instance solved.
pub(crate) struct Run {
    pub name: String,
    pub layout: AisleLayout,
    pub tour: Tour,
    /// No tour is shorter.
    pub bound: Distance,
    /// With given places the mean of many computations of the length; with scattered storage all that one call takes.
    pub seconds: f64,
}

impl Run {
    /// Reads and solves one instance, and adds the walk up again.
    pub(crate) fn of(file: &Path, two_blocks: bool, scattered: bool) -> Result<Self, Box<dyn std::error::Error>> {
        let instance = Instance::read(file)?;
        let layout = if two_blocks {
            instance.two_block_layout()?
        } else {
            instance.layout()?
        };
        let mut picker = Picker::new(&Layout::from(layout.clone()))?;
        let (tour, bound, seconds) = if scattered {
            choose(&instance, &layout, &mut picker)?
        } else {
            let first = |article: &u32| instance.places[article][0];
            let wanted = instance.orders.iter().flatten().map(|(article, _)| first(article));
            let stops: Vec<_> = wanted
                .filter_map(|Place { aisle, cell, .. }| layout.location(aisle, cell))
                .collect();
            let tour = picker.tour(&stops, TourMethod::Exact);
            let (mut runs, start) = (0, Instant::now());
            while runs < 10_000 && start.elapsed() < Duration::from_millis(5) {
                let length: Distance = picker.length(std::hint::black_box(&stops));
                assert_eq!(length, tour.length);
                runs += 1;
            }
            let bound = tour.length;
            (tour, bound, start.elapsed().as_secs_f64() / f64::from(runs))
        };
        assert_eq!(layout.walk_length(&tour.walk), tour.length, "the walk adds up");
        Ok(Self {
            name: instance.name,
            layout,
            tour,
            bound,
            seconds,
        })
    }
}

/// Tour, bound and seconds with scattered storage.
fn choose(
    instance: &Instance,
    layout: &AisleLayout,
    picker: &mut Picker,
) -> Result<(Tour, Distance, f64), Box<dyn std::error::Error>> {
    let wanted: Vec<(u32, u32)> = instance.orders.iter().flatten().copied().collect();
    let needs: Vec<u32> = wanted.iter().map(|w| w.1).collect();
    let offers: Vec<Offer> = wanted
        .iter()
        .enumerate()
        .flat_map(|(n, (article, _))| instance.places[article].iter().map(move |place| (n, place)))
        .filter_map(|(n, place)| {
            Some(Offer {
                article: n as u32,
                location: layout.location(place.aisle, place.cell)?,
                quantity: place.quantity,
            })
        })
        .collect();
    let start = Instant::now();
    let found = picker.pick_from(&needs, &offers, ScatteredLimits { labels: LABELS })?;
    let seconds = start.elapsed().as_secs_f64();
    // What is picked meets the needs, and lies on the tour.
    let mut lack: Vec<i64> = needs.iter().map(|&n| i64::from(n)).collect();
    for &(offer, units) in &found.picks {
        assert!(units <= offers[offer].quantity && found.tour.stops.contains(&offers[offer].location));
        lack[offers[offer].article as usize] -= i64::from(units);
    }
    assert!(lack.iter().all(|&l| l == 0), "the needs are met");
    Ok((found.tour, found.bound, seconds))
}
