//! Linear programmes of set covering by the primal simplex method with an explicit inverse.
//!
//! Rows are orders (at least once), the number of batches (at least so many) and cuts (at most once); every coefficient of
//! a column is one. A few hundred rows, any
//! number of columns: one iteration costs a product of the basis, microseconds at 100 rows. The right-hand sides are
//! perturbed, since all ones would stall the method; bounds come from the duals alone and do not see that.

/// Columns in rows, with costs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    starts: Vec<u32>,
    rows: Vec<u16>,
    pub costs: Vec<f64>,
}

impl Columns {
    pub(crate) fn new() -> Self {
        Self {
            starts: vec![0],
            ..Self::default()
        }
    }

    pub(crate) fn push(&mut self, rows: impl Iterator<Item = u16>, cost: f64) {
        self.rows.extend(rows);
        self.starts.push(self.rows.len() as u32);
        self.costs.push(cost);
    }

    pub(crate) fn len(&self) -> usize {
        self.costs.len()
    }

    #[inline]
    pub(crate) fn rows(&self, column: usize) -> &[u16] {
        &self.rows[self.starts[column] as usize..self.starts[column + 1] as usize]
    }
}

/// A basic variable: a column, or what a row has too much or too little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Basic {
    Column(u32),
    /// Surplus of an order, slack of a cut.
    Slack(u16),
    /// Excess of a cut, at a price that drives it out.
    Excess(u16),
}

/// State of the method: a basis, its inverse, values and duals.
#[derive(Clone, Debug)]
pub(crate) struct Simplex {
    /// Rows that are covered: orders, and the number of batches; rows of cuts follow.
    covered: usize,
    rows: usize,
    pub basis: Vec<Basic>,
    /// Column-major.
    inverse: Vec<f64>,
    /// Right-hand sides, as they are and perturbed.
    exact: Vec<f64>,
    rhs: Vec<f64>,
    pub values: Vec<f64>,
    pub duals: Vec<f64>,
    since: u32,
    pub pivots: u64,
}

/// Price of a column that is blocked and of the excess of a cut.
const PENALTY: f64 = 20.0;
const TOLERANCE: f64 = 1e-7;

impl Simplex {
    /// Begins with the first columns of `columns`, one per order: its batch of one. At least `fewest` batches in all.
    pub(crate) fn new(orders: usize, fewest: usize, columns: &Columns) -> Self {
        let mut simplex = Self {
            covered: orders + 1,
            rows: orders + 1,
            basis: (0..orders as u32)
                .map(Basic::Column)
                .chain(std::iter::once(Basic::Slack(orders as u16)))
                .collect(),
            inverse: Vec::new(),
            exact: vec![1.0; orders],
            rhs: Vec::new(),
            values: Vec::new(),
            duals: Vec::new(),
            since: 0,
            pivots: 0,
        };
        simplex.exact.push(fewest as f64);
        simplex.rhs = simplex
            .exact
            .iter()
            .enumerate()
            .map(|(r, b)| b + perturbation(r))
            .collect();
        simplex.refactor(columns, &|_| false);
        simplex
    }

    /// Begins with another basis of as many rows.
    pub(crate) fn restart(&mut self, basis: &[Basic], columns: &Columns, blocked: &dyn Fn(u32) -> bool) -> bool {
        self.basis.clear();
        self.basis.extend_from_slice(basis);
        self.refactor(columns, blocked)
    }

    /// Adds rows for cuts, in which the columns count already.
    pub(crate) fn add_cuts(&mut self, count: usize, columns: &Columns) {
        let from = self.rows;
        for row in from..from + count {
            self.exact.push(1.0);
            self.rhs.push(1.0 + perturbation(row));
            self.basis.push(Basic::Excess(row as u16));
        }
        self.rows += count;
        self.refactor(columns, &|_| false);
        // Where a cut is not exceeded, its slack is basic instead.
        for k in 0..self.rows {
            if let Basic::Excess(row) = self.basis[k]
                && self.values[k] < 0.0
            {
                self.basis[k] = Basic::Slack(row);
            }
        }
        self.refactor(columns, &|_| false);
    }

    fn cost(basic: Basic, columns: &Columns, blocked: &dyn Fn(u32) -> bool) -> f64 {
        match basic {
            Basic::Column(c) if blocked(c) => columns.costs[c as usize] + PENALTY,
            Basic::Column(c) => columns.costs[c as usize],
            Basic::Slack(_) => 0.0,
            Basic::Excess(_) => PENALTY,
        }
    }

    fn sign(&self, basic: Basic) -> f64 {
        match basic {
            Basic::Slack(r) if usize::from(r) < self.covered => -1.0,
            Basic::Excess(_) => -1.0,
            _ => 1.0,
        }
    }

    /// Computes the inverse, the values and the duals of the basis anew; false where the basis is singular.
    pub(crate) fn refactor(&mut self, columns: &Columns, blocked: &dyn Fn(u32) -> bool) -> bool {
        let m = self.rows;
        self.since = 0;
        // Gauss-Jordan: an identity turns into the inverse as each basic column is pivoted in.
        self.inverse.clear();
        self.inverse.resize(m * m, 0.0);
        for i in 0..m {
            self.inverse[i * m + i] = 1.0;
        }
        let wanted = self.basis.clone();
        let mut free = vec![true; m];
        let mut placed: Vec<Option<Basic>> = vec![None; m];
        let mut direction = vec![0.0; m];
        let mut order: Vec<usize> = (0..m).collect();
        // Short columns first keep the inverse sparse.
        order.sort_by_key(|&k| match wanted[k] {
            Basic::Column(c) => columns.rows(c as usize).len(),
            _ => 0,
        });
        let mut sound = true;
        for k in order {
            self.direction(wanted[k], columns, &mut direction);
            let mut best = (1e-9, usize::MAX);
            for r in 0..m {
                if free[r] && direction[r].abs() > best.0 {
                    best = (direction[r].abs(), r);
                }
            }
            if best.1 == usize::MAX {
                sound = false;
                continue;
            }
            free[best.1] = false;
            placed[best.1] = Some(wanted[k]);
            self.eliminate(best.1, &direction);
        }
        for r in 0..m {
            self.basis[r] = placed[r].unwrap_or(Basic::Slack(r as u16));
            if placed[r].is_none() {
                self.direction(self.basis[r], columns, &mut direction);
                if direction[r].abs() > 1e-9 {
                    self.eliminate(r, &direction);
                }
            }
        }
        self.recompute(columns, blocked);
        sound
    }

    /// Values and duals of the basis from its inverse.
    pub(crate) fn recompute(&mut self, columns: &Columns, blocked: &dyn Fn(u32) -> bool) {
        let m = self.rows;
        self.values.clear();
        self.values.resize(m, 0.0);
        for (c, &b) in self.rhs.iter().enumerate() {
            for (x, &i) in self.values.iter_mut().zip(&self.inverse[c * m..(c + 1) * m]) {
                *x += b * i;
            }
        }
        let costs: Vec<f64> = self.basis.iter().map(|&b| Self::cost(b, columns, blocked)).collect();
        self.duals.clear();
        self.duals.extend((0..m).map(|c| {
            costs
                .iter()
                .zip(&self.inverse[c * m..(c + 1) * m])
                .map(|(a, b)| a * b)
                .sum::<f64>()
        }));
    }

    fn direction(&self, basic: Basic, columns: &Columns, direction: &mut [f64]) {
        let m = self.rows;
        direction.fill(0.0);
        match basic {
            Basic::Column(c) => {
                for &r in columns.rows(c as usize) {
                    let r = usize::from(r);
                    for (d, &i) in direction.iter_mut().zip(&self.inverse[r * m..(r + 1) * m]) {
                        *d += i;
                    }
                }
            }
            Basic::Slack(r) | Basic::Excess(r) => {
                let (r, sign) = (usize::from(r), self.sign(basic));
                for (d, &i) in direction.iter_mut().zip(&self.inverse[r * m..(r + 1) * m]) {
                    *d = sign * i;
                }
            }
        }
    }

    fn eliminate(&mut self, row: usize, direction: &[f64]) {
        let m = self.rows;
        let pivot = 1.0 / direction[row];
        for column in self.inverse.chunks_exact_mut(m) {
            let t = column[row] * pivot;
            if t != 0.0 {
                for (i, &d) in column.iter_mut().zip(direction) {
                    *i -= t * d;
                }
                column[row] = t;
            }
        }
    }

    /// Reduced cost of a column.
    #[inline]
    pub(crate) fn reduced(&self, column: usize, columns: &Columns) -> f64 {
        columns
            .rows(column)
            .iter()
            .fold(columns.costs[column], |c, &r| c - self.duals[usize::from(r)])
    }

    /// Brings a variable into the basis; false if nothing bounds it or the step is numerically poor.
    fn pivot(&mut self, enter: Basic, reduced: f64, columns: &Columns, direction: &mut [f64]) -> bool {
        self.direction(enter, columns, direction);
        let mut best = (f64::INFINITY, usize::MAX, 0.0);
        for (r, (&d, &x)) in direction.iter().zip(&self.values).enumerate() {
            if d > 1e-8 {
                let ratio = x.max(0.0) / d;
                if ratio < best.0 - 1e-12 || (ratio < best.0 + 1e-12 && d > best.2) {
                    best = (ratio, r, d);
                }
            }
        }
        let (step, row, d) = best;
        if row == usize::MAX {
            return false;
        }
        let m = self.rows;
        let t = reduced / d;
        for (c, dual) in self.duals.iter_mut().enumerate() {
            *dual += t * self.inverse[c * m + row];
        }
        for (x, &d) in self.values.iter_mut().zip(direction.iter()) {
            *x -= step * d;
        }
        self.values[row] = step;
        self.eliminate(row, direction);
        self.basis[row] = enter;
        self.since += 1;
        self.pivots += 1;
        true
    }

    /// Optimises over the columns that are not blocked. Ends early where `go` says so.
    pub(crate) fn solve(&mut self, columns: &Columns, blocked: &dyn Fn(u32) -> bool, go: &dyn Fn() -> bool) -> bool {
        let mut direction = vec![0.0; self.rows];
        let mut candidates: Vec<(f64, Basic)> = Vec::new();
        let mut poor = 0;
        loop {
            if self.since > 300 {
                self.refactor(columns, blocked);
            }
            candidates.clear();
            let mut threshold = -TOLERANCE;
            for c in 0..columns.len() {
                let reduced = self.reduced(c, columns);
                if reduced < threshold && !blocked(c as u32) {
                    candidates.push((reduced, Basic::Column(c as u32)));
                    if candidates.len() >= 400 {
                        candidates.select_nth_unstable_by(100, |a, b| a.0.total_cmp(&b.0));
                        candidates.truncate(100);
                        threshold = candidates.iter().fold(f64::NEG_INFINITY, |t, c| t.max(c.0));
                    }
                }
            }
            for r in 0..self.rows {
                let reduced = if r < self.covered {
                    self.duals[r]
                } else {
                    -self.duals[r]
                };
                if reduced < -TOLERANCE {
                    candidates.push((reduced, Basic::Slack(r as u16)));
                }
            }
            if candidates.is_empty() {
                // Once more on a fresh inverse, to be sure.
                if self.since > 200 {
                    self.refactor(columns, blocked);
                    continue;
                }
                return true;
            }
            candidates.sort_by(|a, b| a.0.total_cmp(&b.0));
            let most = candidates[0].0;
            for &(_, enter) in &candidates {
                let reduced = match enter {
                    Basic::Column(c) => self.reduced(c as usize, columns),
                    Basic::Slack(r) if usize::from(r) < self.covered => self.duals[usize::from(r)],
                    Basic::Slack(r) => -self.duals[usize::from(r)],
                    Basic::Excess(_) => 0.0,
                };
                if reduced < -TOLERANCE && reduced < 0.3 * most && !self.pivot(enter, reduced, columns, &mut direction)
                {
                    poor += 1;
                    self.refactor(columns, blocked);
                }
            }
            if poor > 50 || !go() {
                return false;
            }
        }
    }

    /// Work of one pivot, in evaluations of a tour.
    pub(crate) fn effort(&self) -> u64 {
        1 + (self.rows * self.rows / 100) as u64
    }

    /// Value of each column in the basis, with right-hand sides as they are.
    pub(crate) fn solution(&self) -> Vec<(u32, f64)> {
        let m = self.rows;
        let mut values = vec![0.0; m];
        for (c, &b) in self.exact.iter().enumerate() {
            for (x, &i) in values.iter_mut().zip(&self.inverse[c * m..(c + 1) * m]) {
                *x += b * i;
            }
        }
        let mut all: Vec<(u32, f64)> = self
            .basis
            .iter()
            .zip(values)
            .filter_map(|(&b, x)| match b {
                Basic::Column(c) if x > 1e-6 => Some((c, x)),
                _ => None,
            })
            .collect();
        all.sort_unstable_by_key(|a| a.0);
        all
    }

    /// Value of the programme, by the duals.
    pub(crate) fn bound(&self) -> f64 {
        self.duals.iter().zip(&self.exact).map(|(d, b)| d * b).sum()
    }
}

/// A little, different for each row.
fn perturbation(row: usize) -> f64 {
    let mixed = (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    1e-5 * (1.0 + mixed as f64 / (1_u64 << 24) as f64)
}
