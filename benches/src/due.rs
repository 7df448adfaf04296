//! `clapot-bench due`: batching with due times, on the orders of an instance of Heßler and Irnich.
//!
//! The public instances have no due times; they are drawn as Henn and Schmid (2013) do, evenly between the least time of an
//! order alone and that plus `2 (1 - congestion)` times the time of all orders alone, shared by the pickers. Beside our plan stands the
//! usual rule: orders by due time into one cart after the other, each cart to the picker who is free first.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clapot::search::Random;
use clapot::wave::batch::{BatchProblem, Lengths, Objective, Order};

use crate::obp::{Limits, Question};

/// Walking 1.2 m/s, a minute to set up a tour, 5 s a stop; 5 s a pick are the order's own.
const TIME: Objective = Objective::Time {
    speed: 1_200,
    set_up: 60_000,
    per_stop: 5_000,
};
const PER_PICK: u64 = 5_000;

/// Instances and how tight their due times are.
#[derive(Args, Debug)]
pub(crate) struct Due {
    /// Instance files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// How tight due times are: 0 is loose, 1 has all due at once
    #[arg(long, default_value_t = 0.7, value_name = "SHARE")]
    congestion: f64,
    /// Pickers
    #[arg(long, default_value_t = 1)]
    pickers: usize,
    #[command(flatten)]
    limits: Limits,
}

impl Due {
    pub(crate) fn run(&self, out: &mut (impl Write + Send)) -> Result<(), Box<dyn std::error::Error>> {
        if !(0.0..=1.0).contains(&self.congestion) || self.pickers == 0 {
            return Err("congestion is from 0 to 1, and pickers are at least 1".into());
        }
        writeln!(
            out,
            "{:<24} {:>12} {:>10} {:>12} {:>10} {:>12} {:>6} {:>7} {:>6}",
            "instance", "rule late s", "rule s", "late s", "s", "late >= s", "late", "batches", "run s"
        )?;
        let mut sums = [0; 4];
        for file in &self.files {
            let mut question = Question::hessler_irnich(file, false)?;
            self.draw(&mut question);
            let rule = self.rule(&question);
            let problem = BatchProblem {
                objective: TIME,
                pickers: self.pickers,
                ..question.problem()
            };
            let plan = self.limits.solve(&problem, out)?;
            let seconds = |millis: i64| millis as f64 / 1000.0;
            writeln!(
                out,
                "{:<24} {:>12.1} {:>10.1} {:>12.1} {:>10.1} {:>12.1} {:>6} {:>7} {:>6.1}",
                file.file_stem().unwrap_or_default().to_string_lossy(),
                seconds(rule.0),
                seconds(rule.1),
                seconds(plan.lateness),
                seconds(plan.cost),
                seconds(plan.lateness_bound),
                plan.late,
                plan.batches.len(),
                plan.seconds
            )?;
            for (sum, value) in sums.iter_mut().zip([rule.0, rule.1, plan.lateness, plan.cost]) {
                *sum += value;
            }
        }
        let percent = |ours: i64, rule: i64| match rule {
            0 => "-".to_owned(),
            _ => format!("{:.1} %", 100.0 * (1.0 - ours as f64 / rule as f64)),
        };
        writeln!(
            out,
            "{} less lateness and {} less time than the rule",
            percent(sums[2], sums[0]),
            percent(sums[3], sums[1])
        )?;
        Ok(())
    }

    /// Gives every order a due time.
    fn draw(&self, question: &mut Question) {
        let mut lengths = question.tours.lengths();
        let alone = |order: &Order, lengths: &mut dyn Lengths| {
            let mask = question.tours.mask(&order.stops);
            cost(lengths, &mask) + order.stops.len() as i64 * PER_PICK as i64
        };
        let times: Vec<i64> = question.orders.iter().map(|o| alone(o, &mut *lengths)).collect();
        let least = times.iter().min().copied().unwrap_or(0);
        let all: i64 = times.iter().sum();
        let span = (2.0 * (1.0 - self.congestion) * all as f64 / self.pickers as f64) as i64;
        let mut random = Random::stream(self.limits.seed, "due times", 0);
        for order in &mut question.orders {
            order.picking = order.stops.len() as u64 * PER_PICK;
            order.due = Some((least + random.between(0, span)).unsigned_abs());
        }
    }

    /// Lateness and cost of the rule.
    fn rule(&self, question: &Question) -> (i64, i64) {
        let mut orders: Vec<&Order> = question.orders.iter().collect();
        orders.sort_by_key(|o| o.due);
        let mut batches: Vec<Vec<&Order>> = Vec::new();
        for order in orders {
            match batches.last_mut() {
                Some(last) if question.capacity.holds(last.iter().copied().chain([order])) => last.push(order),
                _ => batches.push(vec![order]),
            }
        }
        let mut lengths = question.tours.lengths();
        let mut free = vec![0_i64; self.pickers];
        let (mut lateness, mut costs) = (0, 0);
        for batch in batches {
            let stops: Vec<_> = batch.iter().flat_map(|o| o.stops.iter().copied()).collect();
            let of_batch = cost(&mut *lengths, &question.tours.mask(&stops));
            costs += of_batch;
            let Some(picker) = free.iter_mut().min() else { continue };
            *picker += of_batch + stops.len() as i64 * PER_PICK as i64;
            let due = batch.iter().filter_map(|o| o.due);
            lateness += due.map(|due| (*picker - due as i64).max(0)).sum::<i64>();
        }
        (lateness, costs)
    }
}

/// Cost of a batch that stops at the bits of a mask.
fn cost(lengths: &mut dyn Lengths, mask: &[u64]) -> i64 {
    let stops = mask.iter().map(|w| u64::from(w.count_ones())).sum();
    TIME.cost(lengths.length(mask), stops)
}
