//! A small linear programme over shipments: which of them, in parts, cover the atoms at the least cost. Revised simplex with
//! a dense inverse, in floats: what it finds only says where to look.
//!
//! ```text
//! each atom    sum of shipments that hold it + left out           >= 1      value >= 0
//! each node    sum of its shipments + none                         = 1
//! shipments    sum + unused = most;  sum - surplus + missing       = 1      (at least one)
//! ```

/// Stands for the cost of what must not be.
pub(super) const FAR: f64 = 1e11;
const TINY: f64 = 1e-9;

/// A shipment as a column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub node: u16,
    pub set: u64,
    pub cost: f64,
}

/// What the basis holds in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Var {
    Out(u16),
    Surplus(u16),
    /// The slack of a row that is not an atom's.
    Slack(u16),
    Missing,
    Column(u32),
}

/// The programme with its basis; buffers are kept between uses.
#[derive(Default)]
pub(super) struct Simplex {
    atoms: usize,
    nodes: usize,
    out: Vec<f64>,
    none: Vec<f64>,
    pub columns: Vec<Column>,
    inverse: Vec<f64>,
    basis: Vec<Var>,
    at: Vec<f64>,
    /// Duals of the rows.
    pub duals: Vec<f64>,
    direction: Vec<f64>,
    pub pivots: u64,
}

impl Simplex {
    fn rows(&self) -> usize {
        self.atoms + self.nodes + 2
    }

    /// A programme without columns: cost of leaving each atom, of not using each node, most shipments.
    pub(super) fn start(&mut self, out: impl Iterator<Item = f64>, none: impl Iterator<Item = f64>, most: usize) {
        self.out.clear();
        self.out.extend(out);
        self.none.clear();
        self.none.extend(none);
        (self.atoms, self.nodes) = (self.out.len(), self.none.len());
        let rows = self.rows();
        self.columns.clear();
        self.basis.clear();
        self.basis.extend((0..self.atoms as u16).map(Var::Out));
        self.basis.extend((0..=self.nodes as u16).map(Var::Slack));
        self.basis.push(Var::Missing);
        self.inverse.clear();
        self.inverse.resize(rows * rows, 0.0);
        for r in 0..rows {
            self.inverse[r * rows + r] = 1.0;
        }
        // A little less than 1 where that is wanted, a little more where that is allowed, another little in each row, so that
        // no two rows block a step together.
        let little = |r: usize| 1e-7 * ((r * 7919 + 13) % 97 + 3) as f64;
        let wanted = |r: usize| r < self.atoms || r + 1 == rows;
        let right = (0..rows).map(|r| if wanted(r) { 1.0 - little(r) } else { 1.0 + little(r) });
        self.at.clear();
        self.at.extend(right);
        self.at[self.atoms + self.nodes] += most.min(rows) as f64 - 1.0;
        self.price();
    }

    fn cost(&self, var: Var) -> f64 {
        match var {
            Var::Out(a) => self.out[usize::from(a)],
            Var::Surplus(_) => 0.0,
            Var::Slack(n) => self.none.get(usize::from(n)).copied().unwrap_or(0.0),
            Var::Missing => FAR,
            Var::Column(c) => self.columns[c as usize].cost,
        }
    }

    fn price(&mut self) {
        let rows = self.rows();
        self.duals.clear();
        self.duals.resize(rows, 0.0);
        for r in 0..rows {
            let cost = self.cost(self.basis[r]);
            if cost != 0.0 {
                for (dual, x) in self.duals.iter_mut().zip(&self.inverse[r * rows..][..rows]) {
                    *dual += cost * x;
                }
            }
        }
    }

    /// Cost of a column less its duals.
    pub(super) fn reduced(&self, c: &Column) -> f64 {
        let mut sum = c.cost - self.duals[self.atoms + usize::from(c.node)];
        sum -= self.duals[self.atoms + self.nodes] + self.duals[self.atoms + self.nodes + 1];
        let mut set = c.set;
        while set != 0 {
            sum -= self.duals[set.trailing_zeros() as usize];
            set &= set - 1;
        }
        sum
    }

    /// What the parts cost together.
    pub(super) fn total(&self) -> f64 {
        self.basis.iter().zip(&self.at).map(|(v, x)| self.cost(*v) * x).sum()
    }

    /// Pivots until no column pays.
    pub(super) fn solve(&mut self) {
        for _ in 0..50 * self.rows() {
            let Some(var) = self.entering() else { return };
            if !self.pivot(var) {
                return;
            }
        }
    }

    fn entering(&self) -> Option<Var> {
        let mut best = (-1e-2, None);
        let mut see = |reduced: f64, var| {
            if reduced < best.0 {
                best = (reduced, Some(var));
            }
        };
        for (c, column) in self.columns.iter().enumerate() {
            see(self.reduced(column), Var::Column(c as u32));
        }
        for a in 0..self.atoms {
            see(self.out[a] - self.duals[a], Var::Out(a as u16));
            see(self.duals[a], Var::Surplus(a as u16));
        }
        for (n, none) in self.none.iter().enumerate() {
            see(none - self.duals[self.atoms + n], Var::Slack(n as u16));
        }
        see(-self.duals[self.atoms + self.nodes], Var::Slack(self.nodes as u16));
        see(self.duals[self.atoms + self.nodes + 1], Var::Surplus(self.atoms as u16));
        best.1
    }

    /// Brings a variable into the basis; false where the programme has no end or the numbers are too bad.
    fn pivot(&mut self, var: Var) -> bool {
        let rows = self.rows();
        self.pivots += 1;
        let mut entries: [(usize, f64); 68] = [(0, 0.0); 68];
        let mut n = 0;
        let mut add = |row: usize, x: f64| {
            entries[n] = (row, x);
            n += 1;
        };
        match var {
            Var::Out(a) => add(usize::from(a), 1.0),
            Var::Surplus(a) if usize::from(a) < self.atoms => add(usize::from(a), -1.0),
            Var::Surplus(_) => add(rows - 1, -1.0),
            Var::Slack(r) => add(self.atoms + usize::from(r), 1.0),
            Var::Missing => add(rows - 1, 1.0),
            Var::Column(c) => {
                let column = &self.columns[c as usize];
                let mut set = column.set;
                while set != 0 {
                    add(set.trailing_zeros() as usize, 1.0);
                    set &= set - 1;
                }
                add(self.atoms + usize::from(column.node), 1.0);
                add(rows - 2, 1.0);
                add(rows - 1, 1.0);
            }
        }
        self.direction.clear();
        for r in 0..rows {
            let row = &self.inverse[r * rows..][..rows];
            self.direction.push(entries[..n].iter().map(|(k, x)| row[*k] * x).sum());
        }
        let mut leaving: Option<(f64, usize)> = None;
        for (r, (&d, &x)) in self.direction.iter().zip(&self.at).enumerate() {
            if d > TINY {
                let ratio = x.max(0.0) / d;
                if leaving.is_none_or(|l| ratio < l.0) {
                    leaving = Some((ratio, r));
                }
            }
        }
        let Some((step, out)) = leaving else { return false };
        let pivot = self.direction[out];
        let (before, rest) = self.inverse.split_at_mut(out * rows);
        let (line, after) = rest.split_at_mut(rows);
        for x in line.iter_mut() {
            *x /= pivot;
        }
        for (r, row) in before.chunks_exact_mut(rows).enumerate() {
            eliminate(row, line, self.direction[r]);
        }
        for (r, row) in after.chunks_exact_mut(rows).enumerate() {
            eliminate(row, line, self.direction[out + 1 + r]);
        }
        for (x, d) in self.at.iter_mut().zip(&self.direction) {
            *x -= step * d;
        }
        self.at[out] = step;
        let reduced = match var {
            Var::Column(c) => self.reduced(&self.columns[c as usize]),
            Var::Out(a) => self.out[usize::from(a)] - self.duals[usize::from(a)],
            Var::Surplus(a) if usize::from(a) < self.atoms => self.duals[usize::from(a)],
            Var::Surplus(_) => self.duals[rows - 1],
            Var::Slack(r) => self.cost(var) - self.duals[self.atoms + usize::from(r)],
            Var::Missing => FAR - self.duals[rows - 1],
        };
        let line = &self.inverse[out * rows..][..rows];
        for (dual, x) in self.duals.iter_mut().zip(line) {
            *dual += reduced * x;
        }
        self.basis[out] = var;
        true
    }

    /// The columns in use with their shares.
    pub(super) fn used(&self) -> impl Iterator<Item = (&Column, f64)> {
        self.basis.iter().zip(&self.at).filter_map(|(v, &x)| match v {
            Var::Column(c) if x > 1e-4 => Some((&self.columns[*c as usize], x)),
            _ => None,
        })
    }
}

fn eliminate(row: &mut [f64], line: &[f64], by: f64) {
    if by != 0.0 {
        for (x, y) in row.iter_mut().zip(line) {
            *x -= by * y;
        }
    }
}
