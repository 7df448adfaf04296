//! `clapot-bench sprp`: the shortest picker tour of instances in the format of Heßler and Irnich.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use clapot::Distance;
use clapot::model::{AisleLayout, Layout};
use clapot::wave::picker_routing::{Picker, Tour, TourMethod};

use crate::hessler_irnich::{Instance, Place};

/// Instance and what to do with it.
#[derive(Args, Debug)]
pub(crate) struct Sprp {
    /// Instance file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 2 adds a cross aisle of width 1 in the middle of the aisles
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    blocks: u8,
    /// File for the tour: one stop a line, aisle and cell
    #[arg(short, long, value_name = "SOL")]
    output: Option<PathBuf>,
}

impl Sprp {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
        let run = Run::of(&self.file, self.blocks == 2)?;
        writeln!(
            out,
            "{}: {} m, {} stops, {:.2} us",
            self.file.display(),
            run.tour.length,
            run.tour.stops.len(),
            run.seconds * 1e6
        )?;
        if let Some(path) = &self.output {
            let line = |&stop: &_| {
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
    pub layout: AisleLayout,
    pub tour: Tour,
    /// Of one computation of the length, the mean of many.
    pub seconds: f64,
}

impl Run {
    /// Reads and solves one instance, and adds the walk up again.
    pub(crate) fn of(file: &Path, two_blocks: bool) -> Result<Self, Box<dyn std::error::Error>> {
        let instance = Instance::read(file)?;
        let layout = if two_blocks {
            instance.two_block_layout()?
        } else {
            instance.layout()?
        };
        let wanted = instance
            .orders
            .iter()
            .flatten()
            .map(|(article, _)| instance.places[article][0]);
        let stops: Vec<_> = wanted
            .filter_map(|Place { aisle, cell, .. }| layout.location(aisle, cell))
            .collect();
        let mut picker = Picker::new(&Layout::from(layout.clone()))?;
        let tour = picker.tour(&stops, TourMethod::Exact);
        let (mut runs, start) = (0, Instant::now());
        while runs < 10_000 && start.elapsed() < Duration::from_millis(5) {
            let length: Distance = picker.length(std::hint::black_box(&stops));
            assert_eq!(length, tour.length);
            runs += 1;
        }
        let seconds = start.elapsed().as_secs_f64() / f64::from(runs);
        assert_eq!(layout.walk_length(&tour.walk), tour.length, "the walk adds up");
        Ok(Self { layout, tour, seconds })
    }
}
