//! Subset-row cuts over three orders (Jepsen et al. 2008): at most one batch of a plan holds two or three of them.

/// Three orders, rising.
pub(crate) type Three = [u32; 3];

/// Whether a batch counts in the cut.
#[inline]
pub(crate) fn counts(orders: &[u32], three: &Three) -> bool {
    orders.iter().filter(|o| three.contains(o)).count() >= 2
}

/// The cuts that a fractional solution exceeds most, at most `limit`, by falling excess.
pub(crate) fn exceeded(n: usize, solution: &[(&[u32], f64)], known: &[Three], limit: usize) -> Vec<Three> {
    let mut pairs = vec![0.0; n * n];
    let mut holders: Vec<Vec<u32>> = vec![Vec::new(); n];
    for (s, (orders, x)) in solution.iter().enumerate() {
        for &a in *orders {
            holders[a as usize].push(s as u32);
            for &b in *orders {
                pairs[a as usize * n + b as usize] += x;
            }
        }
    }
    let near: Vec<Vec<u32>> = (0..n)
        .map(|a| {
            (0..n as u32)
                .filter(|&b| b as usize != a && pairs[a * n + b as usize] > 1e-6)
                .collect()
        })
        .collect();
    let mut all: Vec<(f64, Three)> = Vec::new();
    for a in 0..n as u32 {
        let row = &near[a as usize];
        for (i, &b) in row.iter().enumerate() {
            // Every three is seen from its least member that is paired with both others, or not at all: an exceeded cut
            // needs at least two positive pairs, which share an order.
            for &c in &row[i + 1..] {
                let pair = |x: u32, y: u32| pairs[x as usize * n + y as usize];
                let bc = pair(b, c);
                if bc > 1e-6 && a > b {
                    continue; // seen from b
                }
                let sum = pair(a, b) + pair(a, c) + bc;
                if sum <= 1.02 {
                    continue;
                }
                let triple: f64 = holders[a as usize]
                    .iter()
                    .map(|&s| &solution[s as usize])
                    .filter(|(orders, _)| orders.contains(&b) && orders.contains(&c))
                    .map(|(_, x)| x)
                    .sum();
                let excess = sum - 2.0 * triple - 1.0;
                if excess > 0.02 {
                    let mut three = [a, b, c];
                    three.sort_unstable();
                    all.push((excess, three));
                }
            }
        }
    }
    all.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
    all.dedup_by_key(|a| a.1);
    let mut used = vec![0_u8; n];
    let mut chosen = Vec::new();
    for (_, three) in all {
        if chosen.len() >= limit {
            break;
        }
        if known.contains(&three) || chosen.contains(&three) || three.iter().any(|&o| used[o as usize] >= 5) {
            continue;
        }
        for o in three {
            used[o as usize] += 1;
        }
        chosen.push(three);
    }
    chosen
}
