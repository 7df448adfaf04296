//! How the prices of a [`Relaxation`] are improved: the volume algorithm.

use super::relaxation::{Fixed, ONE, Prices, Relaxation, Work};
use crate::search::Budget;

impl Relaxation<'_> {
    /// Improves prices by the volume algorithm: steps from the best prices along the mean of past answers, which comes near a
    /// solution of the linear relaxation (`work.share` of the aisles). Leaves the best prices, with their answer in `work`,
    /// and returns their bound. Stops early below `enough`.
    ///
    /// Source: F. Barahona and R. Anbil, "The volume algorithm", Mathematical Programming 87 (2000).
    pub(super) fn improve(
        &self,
        prices: &mut Prices,
        fixed: &[Fixed],
        aim: Aim,
        pace: Pace,
        work: &mut Work,
        budget: &Budget<'_>,
    ) -> i64 {
        let Aim { k, enough } = aim;
        let visited = fixed.iter().filter(|f| **f == Fixed::Visited).count();
        let more = k.saturating_sub(visited);
        let mut best = self.bound(prices, fixed, k, work);
        let mut mean = prices.mean.take().unwrap_or_else(|| Mean::of(self, work, more));
        let mut now = prices.clone();
        let mut fresh = mean.clone();
        let (mut scale, mut stale) = (pace.scale.min(prices.scale.max(pace.scale / 8.0)), 0);
        for step in 0..pace.steps {
            if best < enough || budget.overdue() {
                break;
            }
            let norm = self.along(&mean, prices, fixed, |_, _| 0.0).0;
            if norm < 1e-9 {
                break;
            }
            let length = scale * (best - enough + ONE) as f64 / norm;
            self.step(prices, &mean, length, fixed, &mut now);
            let bound = self.bound(&now, fixed, k, work);
            fresh.take(work, more);
            let (of_mean, dot) = self.along(&mean, &now, fixed, |cell, line| match (cell, line) {
                (Some((c, a)), _) => f64::from(fresh.aisles[a] - fresh.cells[c]),
                (_, Some((l, of))) => f64::from(fresh.wants[l]) - fresh.average(of),
                _ => 0.0,
            });
            let of_fresh = self.along(&fresh, &now, fixed, |_, _| 0.0).0;
            if bound < best {
                if dot > 0.0 {
                    scale = (scale * 1.1).min(2.0);
                }
                stale = if best - bound > ONE / 64 { 0 } else { stale + 1 };
                best = bound;
                std::mem::swap(prices, &mut now);
            } else {
                stale += 1;
            }
            if stale >= pace.patience {
                stale = 0;
                scale *= 0.66;
                if scale < 1e-4 {
                    break;
                }
            }
            let spread = of_fresh + of_mean - 2.0 * dot;
            let best_share = if spread > 0.0 { (of_mean - dot) / spread } else { 0.1 };
            let most = pace.fresh / (1.0 + f64::from(step) / 40.0);
            mean.mix(&fresh, best_share.clamp(0.01, most.max(0.1)) as f32);
        }
        self.bound(prices, fixed, k, work);
        work.share.clone_from(&mean.aisles);
        prices.mean = Some(mean);
        prices.scale = scale;
        best
    }

    /// Square of a direction, and its product with another, where prices can move.
    fn along(
        &self,
        mean: &Mean,
        prices: &Prices,
        fixed: &[Fixed],
        other: impl Fn(Option<(usize, usize)>, Option<(usize, &[u32])>) -> f64,
    ) -> (f64, f64) {
        let (mut square, mut product) = (0.0, 0.0);
        for (cell, &(aisle, _)) in self.cells.iter().enumerate() {
            let aisle = aisle as usize;
            let slope = f64::from(mean.aisles[aisle] - mean.cells[cell]);
            if fixed[aisle] == Fixed::Free && slope != 0.0 && (prices.price[cell] > 0 || slope < 0.0) {
                square += slope * slope;
                product += slope * other(Some((cell, aisle)), None);
            }
        }
        for lines in &self.of_class {
            let average = mean.average(lines);
            for &line in lines {
                let slope = f64::from(mean.wants[line as usize]) - average;
                square += slope * slope;
                product += slope * other(None, Some((line as usize, lines)));
            }
        }
        (square, product)
    }

    /// Prices a step along a direction.
    fn step(&self, from: &Prices, mean: &Mean, length: f64, fixed: &[Fixed], to: &mut Prices) {
        for (cell, &(aisle, _)) in self.cells.iter().enumerate() {
            let aisle = aisle as usize;
            let slope = f64::from(mean.aisles[aisle] - mean.cells[cell]);
            to.price[cell] = if fixed[aisle] == Fixed::Free && slope != 0.0 {
                (from.price[cell] - (length * slope).round() as i64).max(0)
            } else {
                from.price[cell]
            };
        }
        for (class, lines) in self.of_class.iter().enumerate() {
            let mut rest = i64::from(self.reduced.units[self.classes[class] as usize]) * ONE;
            let average = mean.average(lines);
            for (n, &line) in lines.iter().enumerate() {
                let line = line as usize;
                let slope = f64::from(mean.wants[line]) - average;
                to.value[line] = if n + 1 == lines.len() {
                    rest
                } else {
                    from.value[line] - (length * slope).round() as i64
                };
                rest -= to.value[line];
            }
        }
    }
}

/// A mean of answers: how much of each aisle copy, order copy and aisle they took.
#[derive(Clone, Debug)]
pub(super) struct Mean {
    pub cells: Vec<f32>,
    pub wants: Vec<f32>,
    pub aisles: Vec<f32>,
}

impl Mean {
    /// Nothing of anything.
    pub(super) fn zero(relaxation: &Relaxation<'_>) -> Self {
        Self {
            cells: vec![0.0; relaxation.cells.len()],
            wants: vec![0.0; relaxation.wants.len()],
            aisles: vec![0.0; relaxation.aisles.len()],
        }
    }

    fn of(relaxation: &Relaxation<'_>, work: &Work, more: usize) -> Self {
        let mut made = Self::zero(relaxation);
        made.take(work, more);
        made
    }

    /// Becomes one answer.
    fn take(&mut self, work: &Work, more: usize) {
        for (cell, &y) in self.cells.iter_mut().zip(&work.y) {
            *cell = f32::from(u8::from(y));
        }
        for (want, &x) in self.wants.iter_mut().zip(&work.x) {
            *want = x as f32;
        }
        self.aisles.fill(0.0);
        for &aisle in work.ranked.iter().take(more) {
            self.aisles[aisle as usize] = 1.0;
        }
    }

    fn mix(&mut self, fresh: &Self, share: f32) {
        let pairs = [
            (&mut self.cells, &fresh.cells),
            (&mut self.wants, &fresh.wants),
            (&mut self.aisles, &fresh.aisles),
        ];
        for (mean, fresh) in pairs {
            for (mean, &fresh) in mean.iter_mut().zip(fresh) {
                *mean += share * (fresh - *mean);
            }
        }
    }

    fn average(&self, lines: &[u32]) -> f64 {
        lines.iter().map(|&l| f64::from(self.wants[l as usize])).sum::<f64>() / lines.len().max(1) as f64
    }
}

/// What [`Relaxation::improve`] is after.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aim {
    /// Aisles in all.
    pub k: usize,
    /// A bound below this is enough; times [`ONE`].
    pub enough: i64,
}

/// How [`Relaxation::improve`] steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub steps: u32,
    /// The most that one answer may count in the mean at first.
    pub fresh: f64,
    /// First length, as a share of what would close the gap were the direction that to the best prices.
    pub scale: f64,
    /// Steps without a better bound until they become shorter.
    pub patience: u32,
}
