//! The set `sprp`: 120 instances with one place for each article, 220 with scattered storage, in one and in two blocks.

use std::io::Write;
use std::path::Path;

use clapot::Distance;

use super::{Report, Row, columns};
use crate::sprp::Run;

/// Results file, column of the values, two blocks, scattered storage.
const FILES: [(&str, &str, bool, bool); 4] = [
    ("results_SPRP.csv", "DP cost", false, false),
    ("results_SPRP_two_block.csv", "objective", true, false),
    ("results_SPRP-SS.csv", "Netw MIP cost", false, true),
    ("results_SPRP-SS_two_block.csv", "objective", true, true),
];

pub(super) fn run(dir: &Path, brief: bool, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
    for (file, column, two_blocks, scattered) in FILES {
        let mut report = Report::new(file, brief, out)?;
        for cells in columns(&dir.join(file), &["filename", column])? {
            let best: Distance = cells[1].parse().map_err(|e| format!("{file}: {}: {e}", cells[1]))?;
            let run = Run::of(&dir.join("instances").join(&cells[0]), two_blocks, scattered)?;
            let ours = run.tour.length;
            report.row(&Row {
                instance: cells[0].clone(),
                ours: ours.as_metres(),
                best: best.as_metres(),
                seconds: run.seconds,
                note: if run.bound == ours {
                    "proved".to_owned()
                } else {
                    format!("bound {}", run.bound)
                },
            })?;
        }
        report.end()?;
    }
    Ok(())
}
