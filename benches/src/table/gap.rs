//! `clapot-bench table gap`: generalised assignment against the best known values.

use std::io::Write;

use clap::Args;

use super::{Selected, mean};
use crate::gap::{Limits, bound, cost, solution, solve};

/// Which instances, and how they are solved.
#[derive(Args, Debug)]
pub(crate) struct Table {
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    selected: Selected,
}

impl Table {
    pub(crate) fn run(self, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
        let Some(folder) = super::folder("gap", out)? else {
            return Ok(());
        };
        writeln!(
            out,
            "{:<24} {:>9} {:>9} {:>8} {:>11} {:>9} {:>8}",
            "instance", "ours", "best", "gap %", "bound", "left out", "s"
        )?;
        let (mut gaps, mut equal) = (Vec::new(), 0);
        let rows = super::columns(&folder.join("best_known.csv"), &["instance", "best_value"])?;
        for row in &rows {
            let (name, best) = (&row[0], row[1].parse::<f64>()?);
            if !self.selected.wants(name) {
                continue;
            }
            let (plan, seconds) = solve(&folder.join(name), self.limits)?;
            self.selected
                .write(&format!("{}.txt", name.replace('/', "-")), &solution(&plan))?;
            let ours = cost(&plan);
            let gap = 100.0 * (ours as f64 / best - 1.0);
            gaps.push(gap);
            equal += u32::from(ours as f64 <= best);
            writeln!(
                out,
                "{name:<24} {ours:>9} {best:>9} {gap:>8.4} {:>11.2} {:>9} {seconds:>8.2}",
                bound(&plan).as_f64(),
                plan.unfilled.len(),
            )?;
            out.flush()?;
        }
        let mean = mean(&gaps);
        let worst = gaps.iter().copied().fold(0.0, f64::max);
        writeln!(
            out,
            "mean gap {mean:.4} %, worst {worst:.4} %; {equal} of {} at the best known or below",
            gaps.len()
        )?;
        Ok(out.flush()?)
    }
}
