//! `clapot-bench sbpo`: wave selection on one instance of the SBPO 2025 challenge of Mercado Livre.
//!
//! ```text
//! o i a                         how many orders, SKUs and aisles
//! k  sku units  sku units ...   o lines, one an order
//! l  sku units  sku units ...   a lines, one an aisle
//! least most                    units of a wave
//! ```

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use clapot::StdClock;
use clapot::index::SkuIdx;
use clapot::search::{Clock as _, Milp};
use clapot::wave::selection::{Backlog, SelectOptions, SelectProgress, Selection, SkuUnits, select_wave};

use crate::limit;

/// How instances are solved.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Seconds for each instance, from reading to the selection
    #[arg(long, default_value_t = 60.0)]
    pub(crate) time_limit: f64,
    /// Work for each instance instead of time: the same selection at every run
    #[arg(long)]
    pub(crate) work_limit: Option<u64>,
    /// Threads; 0 = one per core
    #[arg(long, default_value_t = 0)]
    pub(crate) threads: usize,
    /// Seed
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Use the pure-Rust MILP solver only, as a build without `highs` does
    #[arg(long)]
    pub(crate) no_highs: bool,
}

/// An instance and how to solve it.
#[derive(Args, Debug)]
pub(crate) struct Sbpo {
    /// Instance file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    limits: Limits,
    /// Solution file to write
    #[arg(short, long, value_name = "SOL")]
    output: Option<PathBuf>,
    /// Print each improvement
    #[arg(long)]
    trace: bool,
}

impl Sbpo {
    pub(crate) fn run(self, out: &mut (impl Write + Send)) -> Result<(), Box<dyn std::error::Error>> {
        let mut last = (None, 0.0);
        let trace = self.trace;
        let mut note = |p: SelectProgress| {
            if trace && (p.best != last.0 || p.seconds > last.1 + 5.0) {
                last = (p.best, p.seconds);
                let show = |r: Option<_>| r.map_or("-".to_owned(), |r| format!("{r}"));
                let _ = writeln!(
                    out,
                    "{:>7.2} s  {:>12}  bound {:>12}  {} nodes",
                    p.seconds,
                    show(p.best),
                    show(p.bound),
                    p.nodes
                );
            }
        };
        let (selection, seconds) = solve(&self.file, self.limits, &mut note)?;
        if let Some(path) = &self.output {
            fs::write(path, solution(&selection)).map_err(|e| format!("{}: {e}", path.display()))?;
        }
        let ratio = selection
            .ratio()
            .map_or("none".to_owned(), |r| format!("{r} = {:.6}", r.as_f64()));
        let bound = selection
            .bound
            .map_or("none".to_owned(), |b| format!("{b} = {:.6}", b.as_f64()));
        writeln!(
            out,
            "{}: ratio {ratio}, bound {bound}, {}, {} orders, {seconds:.2} s, work {}",
            self.file.display(),
            selection.status.as_str(),
            selection.orders.len(),
            selection.work
        )?;
        Ok(out.flush()?)
    }
}

/// Reads and solves one instance; the seconds include reading.
pub(crate) fn solve(
    file: &Path,
    limits: Limits,
    note: &mut (dyn FnMut(SelectProgress) + Send),
) -> Result<(Selection, f64), Box<dyn std::error::Error>> {
    let clock = StdClock::start();
    let backlog = read(file)?;
    let options = SelectOptions {
        time_limit: limit::time(limits.time_limit, limits.work_limit)?,
        work_limit: limits.work_limit,
        threads: limits.threads,
        seed: limits.seed,
        milp: if limits.no_highs {
            Milp::MicroLp
        } else {
            Milp::Strongest
        },
    };
    let selection = select_wave(&backlog, &options, &clock, None, note)?;
    Ok((selection, clock.elapsed().as_secs_f64()))
}

/// Reads an instance.
///
/// # Errors
/// File, line and field of the first fault.
pub(crate) fn read(path: &Path) -> Result<Backlog, Box<dyn std::error::Error>> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    parse(&text).map_err(|fault| format!("{}: {fault}", path.display()).into())
}

/// The numbers of a file with the line they stand in.
struct Numbers<'a> {
    words: Box<dyn Iterator<Item = (usize, &'a str)> + 'a>,
    line: usize,
}

impl<'a> Numbers<'a> {
    fn of(text: &'a str) -> Self {
        let words = text
            .lines()
            .enumerate()
            .flat_map(|(n, line)| line.split_ascii_whitespace().map(move |word| (n + 1, word)));
        Self {
            words: Box::new(words),
            line: 0,
        }
    }

    fn next(&mut self, field: impl Fn() -> String) -> Result<u32, String> {
        let Some((line, word)) = self.words.next() else {
            return Err(format!(
                "the file ends after line {} where {} should be",
                self.line,
                field()
            ));
        };
        self.line = line;
        word.parse()
            .map_err(|_| format!("line {line}: {} is {word:?}, not a whole number below 2^32", field()))
    }

    /// Rows of SKUs with their units.
    fn rows(&mut self, count: u32, skus: u32, what: &str) -> Result<Vec<Vec<SkuUnits>>, String> {
        (0..count)
            .map(|n| {
                let cells = self.next(|| format!("the number of SKUs of {what} {n}"))?;
                (0..cells)
                    .map(|_| {
                        let sku = self.next(|| format!("a SKU of {what} {n}"))?;
                        if sku >= skus {
                            return Err(format!(
                                "line {}: SKU {sku} of {what} {n} is not below {skus}",
                                self.line
                            ));
                        }
                        let units = self.next(|| format!("the units of SKU {sku} of {what} {n}"))?;
                        Ok(SkuUnits::new(SkuIdx(sku), units))
                    })
                    .collect()
            })
            .collect()
    }
}

fn parse(text: &str) -> Result<Backlog, String> {
    let mut numbers = Numbers::of(text);
    let orders = numbers.next(|| "the number of orders".to_owned())?;
    let skus = numbers.next(|| "the number of SKUs".to_owned())?;
    let aisles = numbers.next(|| "the number of aisles".to_owned())?;
    let orders = numbers.rows(orders, skus, "order")?;
    let aisles = numbers.rows(aisles, skus, "aisle")?;
    let least = numbers.next(|| "the least units of a wave".to_owned())?;
    let most = numbers.next(|| "the most units of a wave".to_owned())?;
    if let Some((line, word)) = numbers.words.next() {
        return Err(format!("line {line}: {word:?} after the end"));
    }
    Backlog::new(orders, aisles, u64::from(least)..=u64::from(most)).map_err(|e| e.to_string())
}

/// The text of a solution file: how many orders, each, how many aisles, each.
pub(crate) fn solution(selection: &Selection) -> String {
    let mut text = String::new();
    let mut list = |numbers: &mut dyn ExactSizeIterator<Item = u32>| {
        let _ = writeln!(text, "{}", numbers.len());
        for n in numbers {
            let _ = writeln!(text, "{n}");
        }
    };
    list(&mut selection.orders.iter().map(|o| o.0));
    list(&mut selection.aisles.iter().map(|a| a.0));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_read() {
        let backlog = parse("2 3 1\n2 0 1 2 4\n1 1 1\n2 0 5 2 4\n1 9\n").unwrap();
        assert_eq!((backlog.orders().len(), backlog.aisles().len()), (2, 1));
        assert_eq!((backlog.least_units(), backlog.most_units()), (1, 9));
    }

    #[test]
    fn a_fault_names_line_and_field() {
        let fault = |text| parse(text).unwrap_err();
        assert_eq!(
            fault("1 1 1\n1 0 x\n"),
            "line 2: the units of SKU 0 of order 0 is \"x\", not a whole number below 2^32"
        );
        assert_eq!(fault("1 1 1\n1 7 1\n"), "line 2: SKU 7 of order 0 is not below 1");
        assert_eq!(
            fault("1 1 1\n1 0 1\n1 0 1\n4"),
            "the file ends after line 4 where the most units of a wave should be"
        );
        assert_eq!(fault("0 1 0\n1 2 3"), "line 2: \"3\" after the end");
    }
}
