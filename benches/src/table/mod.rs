//! `clapot-bench table SET`: runs a whole folder of public instances against its best known values. One file per set.
//!
//! The data are not part of the repository: they are looked for in the directory that `CLAPOT_DATA` names, else in
//! `../shared/data` beside the repository. Where there are none, the command says so and ends well.

mod batching;
mod gap;
mod sbpo;
mod sprp;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

/// A set of public instances.
#[derive(Args, Debug)]
pub(crate) struct Table {
    #[command(subcommand)]
    set: Set,
}

#[derive(Debug, Subcommand)]
enum Set {
    /// Picker routing of Heßler and Irnich: one and two blocks, with and without scattered storage
    Sprp {
        /// Prints only rows whose value is not the best known, and the summary
        #[arg(long)]
        brief: bool,
    },
    /// Order batching: Henn and Wäscher
    Obp(batching::Table),
    /// Order batching: Muter and Öncan, in the geometry of Wahlen and Gschwind
    Muter(batching::Table),
    /// Order batching: Foodmart, two blocks and carts with bins
    Foodmart(batching::Table),
    /// Wave selection: Mercado Livre's instances of the SBPO 2025 challenge, set a
    Sbpo(sbpo::Table),
    /// Generalised assignment as order routing: Cattrysse, Chu and Beasley, Yagiura
    Gap(gap::Table),
}

impl Table {
    pub(crate) fn run(self, out: &mut (impl Write + Send)) -> Result<(), Box<dyn std::error::Error>> {
        match self.set {
            Set::Sprp { brief } => match folder("sprp", out)? {
                Some(dir) => sprp::run(&dir, brief, out),
                None => Ok(()),
            },
            Set::Obp(table) => table.run(batching::Set::HennWaescher, out),
            Set::Muter(table) => table.run(batching::Set::MuterOncan, out),
            Set::Foodmart(table) => table.run(batching::Set::Foodmart, out),
            Set::Sbpo(table) => table.run(out),
            Set::Gap(table) => table.run(out),
        }
    }
}

/// Which instances of a set are run, and where their solutions go.
#[derive(Args, Debug)]
pub(crate) struct Selected {
    /// Only instances whose name holds this; may be given several times
    #[arg(long)]
    only: Vec<String>,
    /// Folder for the solution files, one for each instance
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Selected {
    fn wants(&self, instance: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| instance.contains(only.as_str()))
    }

    /// Writes a solution file, if they are wanted.
    fn write(&self, file: &str, solution: &str) -> Result<(), String> {
        let Some(dir) = &self.output else { return Ok(()) };
        let at = dir.join(file);
        std::fs::create_dir_all(dir)
            .and_then(|()| std::fs::write(&at, solution))
            .map_err(|e| format!("{}: {e}", at.display()))
    }
}

fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len().max(1) as f64
}

/// The folder of a set under `CLAPOT_DATA`, or under `../shared/data`; `None`, with a message, where it is absent.
fn folder(set: &str, out: &mut impl Write) -> std::io::Result<Option<PathBuf>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = std::env::var_os("CLAPOT_DATA")
        .map_or_else(beside, PathBuf::from)
        .join(set);
    if folder.is_dir() {
        return Ok(Some(folder));
    }
    writeln!(
        out,
        "no instances at {}: set CLAPOT_DATA to the directory that has them",
        folder.display()
    )?;
    Ok(None)
}

/// One instance, solved.
pub(crate) struct Row {
    pub instance: String,
    pub ours: f64,
    pub best: f64,
    pub seconds: f64,
    /// Said after the figures, such as `proved`.
    pub note: String,
}

/// Rows printed as they come, and the sums for the last line.
pub(crate) struct Report<'a, W: Write> {
    out: &'a mut W,
    brief: bool,
    title: String,
    gaps: Vec<f64>,
    equal: usize,
    seconds: f64,
}

impl<'a, W: Write> Report<'a, W> {
    pub(crate) fn new(title: &str, brief: bool, out: &'a mut W) -> std::io::Result<Self> {
        writeln!(out, "{title}")?;
        writeln!(
            out,
            "{:<36} {:>12} {:>12} {:>9} {:>12}",
            "instance", "ours", "best", "gap %", "us"
        )?;
        Ok(Self {
            out,
            brief,
            title: title.to_owned(),
            gaps: Vec::new(),
            equal: 0,
            seconds: 0.0,
        })
    }

    pub(crate) fn row(&mut self, row: &Row) -> std::io::Result<()> {
        let gap = 100.0 * (row.ours - row.best) / row.best.abs().max(f64::MIN_POSITIVE);
        let equal = (row.ours - row.best).abs() < 1e-6 * row.best.abs().max(1.0);
        self.gaps.push(gap);
        self.equal += usize::from(equal);
        self.seconds += row.seconds;
        if !self.brief || !equal {
            writeln!(
                self.out,
                "{:<36} {:>12} {:>12} {gap:>9.3} {:>12.2} {}",
                row.instance,
                row.ours,
                row.best,
                row.seconds * 1e6,
                row.note
            )?;
        }
        self.out.flush()
    }

    pub(crate) fn end(self) -> std::io::Result<()> {
        let rows = self.gaps.len().max(1) as f64;
        writeln!(
            self.out,
            "{}: {} of {} equal to the best known, mean gap {:.4} %, mean {:.2} us, {:.2} s in all\n",
            self.title,
            self.equal,
            self.gaps.len(),
            self.gaps.iter().sum::<f64>() / rows,
            1e6 * self.seconds / rows,
            self.seconds
        )
    }
}

/// The columns of these names in a comma-separated file of which no cell holds a comma, row by row.
pub(crate) fn columns(path: &Path, names: &[&str]) -> Result<Vec<Vec<String>>, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(path)?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let find = |name: &&str| {
        let at = header.iter().position(|h| h == name);
        at.ok_or_else(|| format!("{}: no column `{name}`", path.display()))
    };
    let at = names.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let row = |line: &str| -> Vec<String> {
        let cells: Vec<&str> = line.split(',').collect();
        at.iter().map(|&c| (*cells.get(c).unwrap_or(&"")).to_owned()).collect()
    };
    Ok(lines.filter(|l| !l.is_empty()).map(row).collect())
}

/// Names and best known values of a set.
fn best_known(path: &Path) -> Result<Vec<(String, f64)>, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut lines = text.lines();
    let header = lines.next().unwrap_or_default();
    let column = header.split(',').position(|h| h == "best_known");
    let column = column.ok_or_else(|| format!("{}: no column `best_known`", path.display()))?;
    let mut known = Vec::new();
    for (n, line) in lines.enumerate().filter(|l| !l.1.trim().is_empty()) {
        let fields: Vec<&str> = line.split(',').collect();
        let best = fields.get(column).and_then(|f| f.parse().ok());
        let best = best.ok_or_else(|| format!("{}: line {}: no best_known", path.display(), n + 2))?;
        known.push((fields[0].to_owned(), best));
    }
    Ok(known)
}
