//! `clapot-bench table obp|muter|foodmart`: each instance of order batching against the best known length.

use std::collections::BTreeMap;
use std::io::Write;

use clap::Args;

use super::{Selected, mean};
use crate::obp::{Limits, Question, batches};

/// A set of instances.
#[derive(Clone, Copy, Debug)]
pub(super) enum Set {
    HennWaescher,
    MuterOncan,
    Foodmart,
}

/// Which instances, and how they are solved.
#[derive(Args, Debug)]
pub(super) struct Table {
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    selected: Selected,
    /// Only every so many-th instance
    #[arg(long, default_value_t = 1)]
    every: usize,
}

impl Table {
    pub(super) fn run(self, set: Set, out: &mut (impl Write + Send)) -> Result<(), Box<dyn std::error::Error>> {
        let name = match set {
            Set::HennWaescher => "henn_waescher",
            Set::MuterOncan => "muter_oncan",
            Set::Foodmart => "foodmart",
        };
        let Some(folder) = super::folder(name, out)? else {
            return Ok(());
        };
        writeln!(
            out,
            "{:<18} {:>10} {:>10} {:>8} {:>10} {:>7} {:>6}",
            "instance", "ours", "best", "gap %", "bound", "batches", "s"
        )?;
        let mut by_size: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for known in super::best_known(&folder.join("best_known.csv"))?
            .iter()
            .step_by(self.every.max(1))
        {
            let (instance, best) = (&known.0, known.1);
            if !self.selected.wants(instance) {
                continue;
            }
            let question = match set {
                Set::HennWaescher => {
                    Question::hessler_irnich(&folder.join(format!("instances/{instance}.txt")), false)?
                }
                Set::MuterOncan => Question::hessler_irnich(&folder.join(format!("instances/{instance}.txt")), true)?,
                Set::Foodmart => {
                    let raw = folder.join("raw");
                    Question::foodmart(&raw, &raw.join(format!("instances_{instance}")))?
                }
            };
            let plan = self.limits.solve(&question.problem(), out)?;
            self.selected.write(&format!("{instance}.sol"), &batches(&plan))?;
            let ours = plan.length as f64 / 1e3;
            let gap = 100.0 * (ours / best - 1.0);
            by_size.entry(question.orders.len()).or_default().push(gap);
            writeln!(
                out,
                "{instance:<18} {ours:>10.2} {best:>10.2} {gap:>8.3} {:>10} {:>7} {:>6.1}",
                plan.bound.map_or("-".to_owned(), |b| format!("{:.2}", b as f64 / 1e3)),
                plan.batches.len(),
                plan.seconds
            )?;
            out.flush()?;
        }
        for (size, gaps) in &by_size {
            writeln!(out, "{size} orders: mean gap {:.3} % of {}", mean(gaps), gaps.len())?;
        }
        let all: Vec<f64> = by_size.into_values().flatten().collect();
        let equal = all.iter().filter(|g| **g < 1e-6).count();
        writeln!(
            out,
            "mean gap {:.4} % of {} instances, {equal} at the best known or below",
            mean(&all),
            all.len()
        )?;
        Ok(())
    }
}
