//! `clapot-bench table sbpo`: each instance against the best known ratio, and against what is proved.

use std::io::Write;

use clap::Args;
use clapot::wave::selection::Ratio;

use super::{Selected, mean};
use crate::sbpo::{Limits, solution, solve};

/// Which instances, and how they are solved.
#[derive(Args, Debug)]
pub(crate) struct Table {
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    selected: Selected,
}

impl Table {
    pub(crate) fn run(self, out: &mut (impl Write + Send)) -> Result<(), Box<dyn std::error::Error>> {
        let Some(folder) = super::folder("sbpo2025", out)? else {
            return Ok(());
        };
        writeln!(
            out,
            "{:<18} {:>11} {:>11} {:>8} {:>11} {:>9}  {:<10} {:>7}",
            "instance", "ours", "best", "gap %", "bound", "proved %", "status", "s"
        )?;
        let (mut gaps, mut equal) = (Vec::new(), 0);
        for (name, best) in super::best_known(&folder.join("best_known.csv"))? {
            if !self.selected.wants(&name) {
                continue;
            }
            let (selection, seconds) = solve(&folder.join(format!("{name}.txt")), self.limits, &mut |_| {})?;
            let file = name.rsplit('/').next().unwrap_or(&name);
            self.selected.write(&format!("{file}.txt"), &solution(&selection))?;
            let ours = selection.ratio().map_or(0.0, Ratio::as_f64);
            let gap = 100.0 * (best - ours) / best;
            gaps.push(gap);
            equal += u32::from(ours >= best - 1e-9);
            let show = |x: Option<f64>, digits: usize| x.map_or("-".to_owned(), |x| format!("{x:.digits$}"));
            writeln!(
                out,
                "{name:<18} {ours:>11.4} {best:>11.4} {gap:>8.4} {:>11} {:>9}  {:<10} {seconds:>7.2}",
                show(selection.bound.map(Ratio::as_f64), 4),
                show(selection.gap().map(|g| 100.0 * g), 3),
                selection.status.as_str(),
            )?;
            out.flush()?;
        }
        let mean = mean(&gaps);
        writeln!(
            out,
            "mean gap {mean:.4} %; {equal} of {} at least as good as the best known",
            gaps.len()
        )?;
        Ok(out.flush()?)
    }
}
