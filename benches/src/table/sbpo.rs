//! `clapot-bench table sbpo`: each instance against the best known ratio, and against what is proved.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clapot::wave::selection::Ratio;

use crate::sbpo::{Limits, solution, solve};

/// Which instances, and how they are solved.
#[derive(Args, Debug)]
pub(crate) struct Table {
    #[command(flatten)]
    limits: Limits,
    /// Only instances whose name holds this; may be given several times
    #[arg(long)]
    only: Vec<String>,
    /// Folder for the solution files
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
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
            if !self.only.is_empty() && !self.only.iter().any(|o| name.contains(o.as_str())) {
                continue;
            }
            let (selection, seconds) = solve(&folder.join(format!("{name}.txt")), self.limits, &mut |_| {})?;
            if let Some(dir) = &self.output {
                let at = dir.join(format!("{}.txt", name.rsplit('/').next().unwrap_or(&name)));
                fs::create_dir_all(dir)
                    .and_then(|()| fs::write(&at, solution(&selection)))
                    .map_err(|e| format!("{}: {e}", at.display()))?;
            }
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
        let mean = gaps.iter().sum::<f64>() / gaps.len().max(1) as f64;
        writeln!(
            out,
            "mean gap {mean:.4} %; {equal} of {} at least as good as the best known",
            gaps.len()
        )?;
        Ok(out.flush()?)
    }
}
