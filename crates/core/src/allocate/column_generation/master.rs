//! The master programme of column generation: the dearest prices within a box that no column contradicts, and the shares of
//! the columns that say so. Primal revised simplex with a dense inverse, in floats: what it finds only says where to look.
//!
//! ```text
//! each group      sum of shares of its columns                                         = 1
//! each row        sum of share x what the column takes  -  over  +  unused             = what there is
//! cost            of the columns, and  high x over  -  low x unused                       low <= price <= high
//! ```
//! The duals of the rows, with the sign turned, are the prices. Another box changes costs alone, and a further column is one
//! more choice; so each solve starts from the basis of the one before.

/// Smallest pivot; and what a value may be below 0 where that allows a larger one (P. Harris, "Pivot selection methods of the
/// Devex LP code", 1973).
const TINY: f64 = 1e-8;
const BELOW: f64 = 1e-10;
/// Pivots after which the inverse is computed anew, and between looks at the clock.
const STALE: usize = 150;
const LOOK: u64 = 16;
/// Columns per row of the programme above which those of largest reduced cost are dropped, and how many are kept.
const COLUMNS: (usize, usize) = (12, 6);
/// What each right-hand side is moved by, relatively, times 0.03 to 1: so that no two rows block a step together.
const LITTLE: f64 = 2e-6;

/// One way to serve the orders of a group.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub group: u32,
    /// The look at which it was found.
    pub look: u32,
    /// Cost without the prices of the rows.
    pub cost: f64,
    /// What it takes of each row, only where it takes any.
    pub takes: Vec<(u32, f64)>,
}

/// What the basis holds in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Var {
    Over(u32),
    Unused(u32),
    Column(u32),
}

/// The programme with its basis.
pub(super) struct Master {
    rows: usize,
    groups: usize,
    /// What there is of each row; the unit in which the programme counts it.
    there_is: Vec<f64>,
    unit: Vec<f64>,
    /// Right-hand sides, rows first.
    right: Vec<f64>,
    /// The box of the prices, per unit of the programme.
    low: Vec<f64>,
    high: Vec<f64>,
    columns: Vec<Column>,
    basis: Vec<Var>,
    inverse: Vec<f64>,
    at: Vec<f64>,
    duals: Vec<f64>,
    direction: Vec<f64>,
    stale: usize,
    /// Reduced costs above this are none.
    tolerance: f64,
    pub(super) pivots: u64,
}

impl Master {
    /// A programme of one column per group, in the order of the groups; `None` where numbers are too bad.
    pub(super) fn start(there_is: &[i64], first: Vec<Column>) -> Option<Self> {
        let (rows, groups) = (there_is.len(), first.len());
        let there_is: Vec<f64> = there_is.iter().map(|&n| n as f64).collect();
        let unit: Vec<f64> = there_is.iter().map(|n| n.max(1.0)).collect();
        let little = |r: usize| LITTLE * ((r * 7919 + 13) % 97 + 3) as f64 / 100.0;
        let of_row = |r: usize| there_is[r] / unit[r];
        let right = (0..rows + groups).map(|r| if r < rows { of_row(r) } else { 1.0 } + little(r));
        let right: Vec<f64> = right.collect();
        let mut over: Vec<f64> = right[..rows].iter().map(|b| -b).collect();
        for &(r, n) in first.iter().flat_map(|c| &c.takes) {
            over[r as usize] += n / unit[r as usize];
        }
        let slack = |r: usize| {
            if over[r] > 0.0 {
                Var::Over(r as u32)
            } else {
                Var::Unused(r as u32)
            }
        };
        let basis = (0..rows).map(slack).chain((0..groups as u32).map(Var::Column));
        let mut master = Self {
            basis: basis.collect(),
            tolerance: (first.iter().map(|c| c.cost.abs()).sum::<f64>() * 1e-10).max(1e-3),
            low: vec![0.0; rows],
            high: vec![0.0; rows],
            columns: first,
            rows,
            groups,
            there_is,
            unit,
            right,
            inverse: Vec::new(),
            at: Vec::new(),
            duals: Vec::new(),
            direction: Vec::new(),
            stale: 0,
            pivots: 0,
        };
        master.invert().then_some(master)
    }

    pub(super) fn add(&mut self, column: Column) {
        self.columns.push(column);
    }

    /// Rows of the basis.
    pub(super) const fn size(&self) -> usize {
        self.rows + self.groups
    }

    /// Solves it for prices within a box; false where numbers are too bad or the time is over.
    pub(super) fn solve(&mut self, within: &[(f64, f64)], is_over: &dyn Fn() -> bool) -> bool {
        for (r, (low, high)) in within.iter().enumerate() {
            (self.low[r], self.high[r]) = (low * self.unit[r], high * self.unit[r]);
        }
        self.price();
        for _ in 0..60 * self.size() {
            if self.stale >= STALE && !self.invert() || self.pivots.is_multiple_of(LOOK) && is_over() {
                return false;
            }
            let Some(var) = self.entering() else { return true };
            if !self.pivot(var) {
                return false;
            }
        }
        false
    }

    /// The price of a row.
    pub(super) fn price_of(&self, row: usize) -> f64 {
        (-self.duals[row]).clamp(self.low[row], self.high[row]) / self.unit[row]
    }

    /// What the columns say the bound could be at most, within the box.
    pub(super) fn value(&self) -> f64 {
        let groups: f64 = self.duals[self.rows..].iter().sum();
        let rows = (0..self.rows).map(|r| self.duals[r] * self.there_is[r] / self.unit[r]);
        groups + rows.sum::<f64>()
    }

    /// The columns in use with their shares.
    pub(super) fn used(&self) -> impl Iterator<Item = (&Column, f64)> {
        self.basis.iter().zip(&self.at).filter_map(|(v, &x)| match v {
            Var::Column(c) if x > 1e-7 => Some((&self.columns[*c as usize], x)),
            _ => None,
        })
    }

    fn cost(&self, var: Var) -> f64 {
        match var {
            Var::Over(r) => self.high[r as usize],
            Var::Unused(r) => -self.low[r as usize],
            Var::Column(c) => self.columns[c as usize].cost,
        }
    }

    /// The duals of the basis.
    fn price(&mut self) {
        let size = self.size();
        self.duals.clear();
        self.duals.resize(size, 0.0);
        for r in 0..size {
            let cost = self.cost(self.basis[r]);
            if cost != 0.0 {
                for (dual, x) in self.duals.iter_mut().zip(&self.inverse[r * size..][..size]) {
                    *dual += cost * x;
                }
            }
        }
    }

    fn each_entry(&self, var: Var, mut see: impl FnMut(usize, f64)) {
        match var {
            Var::Over(r) => see(r as usize, -1.0),
            Var::Unused(r) => see(r as usize, 1.0),
            Var::Column(c) => {
                let column = &self.columns[c as usize];
                for &(r, n) in &column.takes {
                    see(r as usize, n / self.unit[r as usize]);
                }
                see(self.rows + column.group as usize, 1.0);
            }
        }
    }

    /// Cost less duals.
    fn reduced(&self, var: Var) -> f64 {
        let mut sum = self.cost(var);
        self.each_entry(var, |r, x| sum -= self.duals[r] * x);
        sum
    }

    fn entering(&self) -> Option<Var> {
        let slacks = (0..self.rows as u32).flat_map(|r| [Var::Over(r), Var::Unused(r)]);
        let all = slacks.chain((0..self.columns.len() as u32).map(Var::Column));
        let mut best = (-self.tolerance, None);
        for var in all {
            let reduced = self.reduced(var);
            if reduced < best.0 {
                best = (reduced, Some(var));
            }
        }
        best.1
    }

    /// Brings a variable into the basis; false where the numbers are too bad.
    fn pivot(&mut self, var: Var) -> bool {
        let size = self.size();
        self.pivots += 1;
        self.stale += 1;
        let reduced = self.reduced(var);
        let mut entries = Vec::new();
        self.each_entry(var, |r, x| entries.push((r, x)));
        self.direction.clear();
        for row in self.inverse.chunks_exact(size) {
            self.direction.push(entries.iter().map(|(k, x)| row[*k] * x).sum());
        }
        let Some((step, out)) = self.leaving() else {
            return false;
        };
        let pivot = self.direction[out];
        let (before, rest) = self.inverse.split_at_mut(out * size);
        let (line, after) = rest.split_at_mut(size);
        for x in line.iter_mut() {
            *x /= pivot;
        }
        let others = before.chunks_exact_mut(size).chain(after.chunks_exact_mut(size));
        let by = self.direction[..out].iter().chain(&self.direction[out + 1..]);
        for (row, &by) in others.zip(by) {
            subtract(row, line, by);
        }
        for (x, d) in self.at.iter_mut().zip(&self.direction) {
            *x -= step * d;
        }
        self.at[out] = step;
        subtract(&mut self.duals, line, -reduced);
        self.basis[out] = var;
        true
    }

    /// The step along the direction, and whose place in the basis it takes: the largest pivot of those that hardly go below 0.
    fn leaving(&self) -> Option<(f64, usize)> {
        let all = || {
            self.direction
                .iter()
                .zip(&self.at)
                .enumerate()
                .filter(|(_, (d, _))| **d > TINY)
        };
        let most = all()
            .map(|(_, (d, x))| (x.max(0.0) + BELOW) / d)
            .min_by(f64::total_cmp)?;
        let within = all().filter(|(_, (d, x))| x.max(0.0) / **d <= most);
        let (out, (d, x)) = within.max_by(|a, b| a.1.0.total_cmp(b.1.0).then(b.0.cmp(&a.0)))?;
        Some((x.max(0.0) / d, out))
    }

    /// Computes inverse, values and duals of the basis anew; false where it has no inverse.
    fn invert(&mut self) -> bool {
        let size = self.size();
        let mut matrix = vec![0.0; size * size];
        for (column, &var) in self.basis.iter().enumerate() {
            self.each_entry(var, |r, x| matrix[r * size + column] = x);
        }
        let mut inverse = vec![0.0; size * size];
        for r in 0..size {
            inverse[r * size + r] = 1.0;
        }
        for k in 0..size {
            let largest = (k..size).max_by(|a, b| {
                let at = |r: usize| matrix[r * size + k].abs();
                at(*a).total_cmp(&at(*b))
            });
            let Some(largest) = largest.filter(|&r| matrix[r * size + k].abs() > TINY) else {
                return false;
            };
            for m in [&mut matrix, &mut inverse] {
                if largest != k {
                    let (before, after) = m.split_at_mut(largest * size);
                    before[k * size..][..size].swap_with_slice(&mut after[..size]);
                }
            }
            let pivot = matrix[k * size + k];
            for m in [&mut matrix, &mut inverse] {
                m[k * size..][..size].iter_mut().for_each(|x| *x /= pivot);
            }
            for r in (0..size).filter(|&r| r != k) {
                let by = matrix[r * size + k];
                if by != 0.0 {
                    for m in [&mut matrix, &mut inverse] {
                        let (low, high) = (r.min(k), r.max(k));
                        let (before, after) = m.split_at_mut(high * size);
                        let (a, b) = (&mut before[low * size..][..size], &mut after[..size]);
                        let (row, line) = if r < k { (a, b) } else { (b, a) };
                        subtract(row, line, by);
                    }
                }
            }
        }
        self.inverse = inverse;
        let value = |row: &[f64]| row.iter().zip(&self.right).map(|(x, b)| x * b).sum();
        self.at = self.inverse.chunks_exact(size).map(value).collect();
        self.stale = 0;
        self.price();
        true
    }

    /// Drops columns of large reduced cost where there are many.
    pub(super) fn forget(&mut self) {
        if self.columns.len() <= COLUMNS.0 * self.size() {
            return;
        }
        let mut ranked: Vec<(bool, f64, u32)> = (0..self.columns.len() as u32)
            .map(|c| {
                let var = Var::Column(c);
                (!self.basis.contains(&var), self.reduced(var), c)
            })
            .collect();
        ranked.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        ranked.truncate(COLUMNS.1 * self.size());
        let mut place = vec![u32::MAX; self.columns.len()];
        let mut kept = Vec::with_capacity(ranked.len());
        for (_, _, c) in ranked {
            place[c as usize] = kept.len() as u32;
            kept.push(self.columns[c as usize].clone());
        }
        self.columns = kept;
        for var in &mut self.basis {
            if let Var::Column(c) = var {
                *c = place[*c as usize];
            }
        }
    }
}

/// `row -= by * line`.
fn subtract(row: &mut [f64], line: &[f64], by: f64) {
    if by != 0.0 {
        for (x, y) in row.iter_mut().zip(line) {
            *x -= by * y;
        }
    }
}
