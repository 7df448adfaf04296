//! Facets of small knapsacks: for shares of lines that no mean of sets that fit can have, an inequality that says so.
//!
//! ```text
//! maximise sum of w x   subject to   sum of w over S <= 1 for every set S that fits,  w >= 0
//! ```
//! An optimum above 1 is a violated inequality, and its corner is a facet (Boccia, Sforza, Sterle & Vasilyev 2008; Fischetti &
//! Boyd's exact separation). Sets that fit are found as they are missed, by an exact knapsack.

/// Most lines of a facet before lifting.
pub(super) const MOST_LINES: usize = 10;
/// Largest right-hand side of a facet.
const LARGEST: i64 = 36;
/// What floats may be off.
const EPSILON: f64 = 1e-7;

/// Coefficients and right-hand side of the inequality that these shares of lines, each of some units, violate most in a knapsack of so many units;
/// `None` where they violate none by `least`, in lines.
pub(super) fn facet(lines: &[(i64, f64)], there_is: i64, least: f64) -> Option<(Vec<i64>, i64)> {
    let n = lines.len();
    let mut sets: Vec<u32> = (0..n).filter(|&l| lines[l].0 <= there_is).map(|l| 1 << l).collect();
    if sets.len() < n || n > MOST_LINES {
        return None;
    }
    for _ in 0..4 * n {
        let weights = heaviest(lines, &sets)?;
        let sum: f64 = weights.iter().zip(lines).map(|(w, l)| w * l.1).sum();
        if sum <= 1.0 + EPSILON {
            return None;
        }
        let (set, most) = most_that_fits(lines, &weights, there_is);
        if most > 1.0 + EPSILON {
            sets.push(set);
            continue;
        }
        let (coefficients, rhs) = whole(&weights)?;
        let reached: f64 = coefficients.iter().zip(lines).map(|(&a, l)| a as f64 * l.1).sum();
        return (reached > rhs as f64 + least).then_some((coefficients, rhs));
    }
    None
}

/// The weights of largest sum over the shares that sum to at most 1 in every set: the simplex method on a table with a row for each set, from
/// no weights.
fn heaviest(lines: &[(i64, f64)], sets: &[u32]) -> Option<Vec<f64>> {
    let (n, m) = (lines.len(), sets.len());
    let width = n + 1;
    // Rows: variables out of the basis, right-hand side. The last row: what a variable out of the basis gains.
    let mut table = vec![0.0; (m + 1) * width];
    for (row, set) in table.chunks_mut(width).zip(sets) {
        for (l, cell) in row[..n].iter_mut().enumerate() {
            *cell = f64::from(u8::from(set >> l & 1 == 1));
        }
        row[n] = 1.0;
    }
    for (l, line) in lines.iter().enumerate() {
        table[m * width + l] = line.1;
    }
    let mut basis: Vec<usize> = (n..n + m).collect();
    let mut out: Vec<usize> = (0..n).collect();
    for _ in 0..20 * (n + m) {
        let gains = &table[m * width..m * width + n];
        let Some(column) = (0..n)
            .filter(|&c| gains[c] > EPSILON)
            .max_by(|&a, &b| gains[a].total_cmp(&gains[b]).then(out[b].cmp(&out[a])))
        else {
            let mut weights = vec![0.0; n];
            for (row, &variable) in basis.iter().enumerate().filter(|(_, v)| **v < n) {
                weights[variable] = table[row * width + n];
            }
            return Some(weights);
        };
        let ratio = |row: usize| table[row * width + n] / table[row * width + column];
        let row = (0..m)
            .filter(|&row| table[row * width + column] > EPSILON)
            .min_by(|&a, &b| ratio(a).total_cmp(&ratio(b)).then(basis[a].cmp(&basis[b])))?;
        pivot(&mut table, (m + 1, width), row, column);
        std::mem::swap(&mut basis[row], &mut out[column]);
    }
    None
}

/// Swaps the variable of a row with that of a column.
fn pivot(table: &mut [f64], (rows, width): (usize, usize), row: usize, column: usize) {
    let by = 1.0 / table[row * width + column];
    for c in 0..width {
        table[row * width + c] *= by;
    }
    table[row * width + column] = by;
    for r in (0..rows).filter(|&r| r != row) {
        let factor = table[r * width + column];
        if factor == 0.0 {
            continue;
        }
        for c in 0..width {
            if c == column {
                table[r * width + c] = -factor * by;
            } else {
                table[r * width + c] -= factor * table[row * width + c];
            }
        }
    }
}

/// The set of lines that fits and weighs most, and its weight: by trying them one after another, heaviest for its units first.
fn most_that_fits(lines: &[(i64, f64)], weights: &[f64], there_is: i64) -> (u32, f64) {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    let density = |l: usize| weights[l] / lines[l].0 as f64;
    order.sort_by(|&a, &b| density(b).total_cmp(&density(a)).then(a.cmp(&b)));
    let mut best = (0, 0.0);
    let mut stack = vec![(0, 0_u32, there_is, 0.0)];
    while let Some((at, set, room, weight)) = stack.pop() {
        if weight > best.1 {
            best = (set, weight);
        }
        let Some(&line) = order.get(at) else { continue };
        if weight + density(line) * room as f64 <= best.1 + EPSILON {
            continue; // the rest, even in parts, weighs no more
        }
        stack.push((at + 1, set, room, weight));
        if lines[line].0 <= room {
            stack.push((at + 1, set | 1 << line, room - lines[line].0, weight + weights[line]));
        }
    }
    best
}

/// The weights as whole numbers over a common right-hand side, where there is a small one.
fn whole(weights: &[f64]) -> Option<(Vec<i64>, i64)> {
    (1..=LARGEST).find_map(|rhs| {
        let scaled: Vec<f64> = weights.iter().map(|w| w * rhs as f64).collect();
        let is_whole = scaled.iter().all(|s| (s - s.round()).abs() < 1e-5);
        is_whole.then(|| (scaled.iter().map(|s| s.round() as i64).collect(), rhs))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::Random;
    use super::*;

    fn units(lines: &[(i64, f64)], set: u32) -> i64 {
        lines
            .iter()
            .enumerate()
            .filter(|(l, _)| set >> l & 1 == 1)
            .map(|(_, l)| l.0)
            .sum()
    }

    fn fitting(lines: &[(i64, f64)], there_is: i64) -> Vec<u32> {
        (0..1 << lines.len())
            .filter(|&set| units(lines, set) <= there_is)
            .collect()
    }

    #[test]
    fn facets_hold_for_every_set_that_fits_and_touch_as_many_as_they_have_lines() {
        let mut random = Random::new(5);
        let mut found = 0;
        for case in 0..3000 {
            let there_is = random.between(2, 14);
            let n = random.between(3, 8);
            let lines: Vec<(i64, f64)> = (0..n)
                .map(|_| {
                    (
                        random.between(1, there_is.min(7)),
                        random.between(1, 100) as f64 / 100.0,
                    )
                })
                .collect();
            let Some((coefficients, rhs)) = facet(&lines, there_is, 0.0) else {
                continue;
            };
            let sum = |set: u32| -> i64 {
                coefficients
                    .iter()
                    .enumerate()
                    .filter(|(l, _)| set >> l & 1 == 1)
                    .map(|(_, a)| a)
                    .sum()
            };
            let sets = fitting(&lines, there_is);
            assert!(
                sets.iter().all(|&set| sum(set) <= rhs),
                "case {case}: {lines:?}, {coefficients:?}"
            );
            let reached: f64 = coefficients.iter().zip(&lines).map(|(&a, l)| a as f64 * l.1).sum();
            assert!(reached > rhs as f64, "case {case}");
            // No coefficient could be larger.
            for l in 0..lines.len() {
                let tight = |&&set: &&u32| set >> l & 1 == 1 && sum(set) == rhs;
                assert!(
                    sets.iter().find(tight).is_some(),
                    "case {case}: line {l} of {coefficients:?} <= {rhs}"
                );
            }
            found += 1;
        }
        assert!(found > 1000, "{found}");
    }

    #[test]
    fn a_mean_of_sets_that_fit_violates_nothing_and_more_than_there_is_something() {
        let mut random = Random::new(6);
        let mut above = 0;
        for case in 0..2000 {
            let there_is = random.between(2, 14);
            let qty: Vec<i64> = (0..7).map(|_| random.between(1, there_is.min(6))).collect();
            let plain: Vec<(i64, f64)> = qty.iter().map(|&q| (q, 0.0)).collect();
            let sets = fitting(&plain, there_is);
            let mut lines = plain.clone();
            for _ in 0..5 {
                let set = sets[random.between(0, sets.len() as i64 - 1) as usize];
                for (l, line) in lines.iter_mut().enumerate() {
                    line.1 += if set >> l & 1 == 1 { 0.2 } else { 0.0 };
                }
            }
            assert_eq!(
                facet(&lines, there_is, 1e-4),
                None,
                "case {case}: {lines:?}, {there_is}"
            );
            // All lines at the same share, which together want more than there is.
            let all: i64 = qty.iter().sum();
            if all > there_is + 1 {
                let share = (there_is + 1) as f64 / all as f64;
                let lines: Vec<(i64, f64)> = qty.iter().map(|&q| (q, share)).collect();
                let found = facet(&lines, there_is, 1e-4);
                // Only where the facet has no small right-hand side there is none.
                above += usize::from(found.is_some());
            }
        }
        assert!(above > 1500, "{above}");
    }
}
