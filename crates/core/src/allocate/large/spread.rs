//! The cheapest way to spread the units of one divisible line over nodes, where everything else stays as it is.
//!
//! ```text
//! least  sum over nodes of delta(n, k_n) + (count - sum of k_n) x penalty
//! ```
//! Between the points at which a node's carriage goes up a step, its delta rises evenly. So there is a best spread in which
//! at most one node gives a number that is none of its points: the rest of the count. A programme over sums of points
//! finds it.

/// A node that may give some of the count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Giver {
    /// Stops of one node have one key; one of them at most may give.
    pub key: u32,
    /// Whether it would ship for this alone.
    pub opens: bool,
    pub most: u32,
    /// Its points, as positions in [`Spread::points`]: numbers with their deltas.
    pub points: (u32, u32),
    /// The points are all numbers that it can give.
    pub is_whole: bool,
}

/// Most sums that are followed.
const MOST_SUMS: usize = 400;

/// What is given up to a sum.
#[derive(Clone, Copy, Debug)]
struct Sum {
    units: u32,
    opened: u32,
    cost: i64,
    /// Position in the list of steps plus 1, or 0.
    last: u32,
}

/// Buffers.
#[derive(Default)]
pub(super) struct Spread {
    pub givers: Vec<Giver>,
    pub points: Vec<(u32, i64)>,
    sums: Vec<Sum>,
    more: Vec<Sum>,
    /// Giver, number, and the step before.
    steps: Vec<(u32, u32, u32)>,
    /// The best spread: giver and number.
    pub best: Vec<(u32, u32)>,
}

impl Spread {
    /// Finds the best spread of a count of which each unit that nobody gives costs `out`, with at most `room` nodes that
    /// open for it. `delta` prices numbers that are no points.
    pub(super) fn solve(&mut self, count: u32, out: i64, room: u32, delta: &mut dyn FnMut(usize, u32) -> Option<i64>) {
        self.steps.clear();
        self.best.clear();
        let mut best = (out * i64::from(count), 0, None);
        self.follow(None, (count, out, room));
        for sum in &self.sums {
            let cost = sum.cost + out * i64::from(count - sum.units);
            if cost < best.0 {
                best = (cost, sum.last, None);
            }
        }
        for g in 0..self.givers.len() {
            let giver = self.givers[g];
            if giver.is_whole {
                continue;
            }
            self.follow(Some(giver.key), (count, out, room));
            for sum in &self.sums {
                let rest = count - sum.units;
                let fits = rest > 0 && rest <= giver.most && sum.opened + u32::from(giver.opens) <= room;
                if fits
                    && sum.cost < best.0
                    && let Some(more) = delta(g, rest).filter(|more| sum.cost + more < best.0)
                {
                    best = (sum.cost + more, sum.last, Some((g as u32, rest)));
                }
            }
        }
        let (_, mut last, rest) = best;
        self.best.extend(rest);
        while let Some(&(giver, number, before)) = (last as usize).checked_sub(1).and_then(|n| self.steps.get(n)) {
            self.best.push((giver, number));
            last = before;
        }
    }

    /// The cheapest way to each sum of points, without the givers of a key.
    fn follow(&mut self, without: Option<u32>, (count, out, room): (u32, i64, u32)) {
        self.sums.clear();
        self.sums.push(Sum {
            units: 0,
            opened: 0,
            cost: 0,
            last: 0,
        });
        let mut first = 0;
        while first < self.givers.len() {
            let key = self.givers[first].key;
            let stops = self.givers[first..].iter().take_while(|g| g.key == key).count();
            let range = first..first + stops;
            first += stops;
            if without == Some(key) {
                continue;
            }
            self.more.clear();
            self.more.extend_from_slice(&self.sums);
            for g in range {
                let giver = self.givers[g];
                let points = &self.points[giver.points.0 as usize..giver.points.1 as usize];
                for sum in &self.sums {
                    let opened = sum.opened + u32::from(giver.opens);
                    if opened > room {
                        continue;
                    }
                    for &(number, delta) in points.iter().filter(|p| p.0 + sum.units <= count) {
                        self.steps.push((g as u32, number, sum.last));
                        self.more.push(Sum {
                            units: sum.units + number,
                            opened,
                            cost: sum.cost + delta,
                            last: self.steps.len() as u32,
                        });
                    }
                }
            }
            // Where any number of nodes may open, how many did does not matter.
            let narrow = |s: &Sum| if room >= self.givers.len() as u32 { 0 } else { s.opened };
            self.more.sort_by_key(|s| (s.units, narrow(s), s.cost)); // stable
            self.more
                .dedup_by(|later, earlier| (later.units, narrow(later)) == (earlier.units, narrow(earlier)));
            if self.more.len() > MOST_SUMS {
                self.more.sort_by_key(|s| s.cost + out * i64::from(count - s.units));
                self.more.truncate(MOST_SUMS);
            }
            std::mem::swap(&mut self.sums, &mut self.more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Random;

    #[test]
    fn a_spread_is_the_cheapest_of_all() {
        let mut random = Random::new(11);
        let mut in_parts = 0;
        for trial in 0..3000 {
            let count = 1 + random.below(40) as u32;
            let nodes = 1 + random.below(3) as usize;
            let out = random.below(30) as i64;
            let room = random.below(nodes as u64 + 1) as u32;
            // Base, cost of a unit, units to a step, and price of one.
            let nodes: Vec<(u32, i64, i64, u32, i64)> = (0..nodes)
                .map(|_| {
                    (
                        1 + random.below(30) as u32,
                        random.below(60) as i64,
                        random.below(9) as i64,
                        1 + random.below(12) as u32,
                        random.below(40) as i64,
                    )
                })
                .collect();
            let delta = |n: usize, k: u32| {
                let (_, base, each, size, price) = nodes[n];
                base + each * i64::from(k) + price * i64::from(k.div_ceil(size))
            };
            let mut spread = Spread::default();
            for (n, &(most, _, _, size, _)) in nodes.iter().enumerate() {
                let first = spread.points.len() as u32;
                let most = most.min(count);
                let ends = (1..=most).filter(|k| k % size == 0 || *k == most);
                spread.points.extend(ends.map(|k| (k, delta(n, k))));
                spread.givers.push(Giver {
                    key: n as u32,
                    opens: true,
                    most,
                    points: (first, spread.points.len() as u32),
                    is_whole: false,
                });
            }
            spread.solve(count, out, room, &mut |n, k| Some(delta(n, k)));
            let cost = |given: &[(u32, u32)]| {
                let units: u32 = given.iter().map(|g| g.1).sum();
                assert!(
                    units <= count && given.len() <= room as usize,
                    "trial {trial}: {given:?}"
                );
                given.iter().map(|&(n, k)| delta(n as usize, k)).sum::<i64>() + out * i64::from(count - units)
            };
            let mut least = out * i64::from(count);
            let most = |n: usize| nodes.get(n).map_or(0, |n| n.0);
            for a in 0..=most(0).min(count) {
                for b in 0..=most(1).min(count - a) {
                    for c in 0..=most(2).min(count - a - b) {
                        let given: Vec<(u32, u32)> = [(0, a), (1, b), (2, c)].into_iter().filter(|g| g.1 > 0).collect();
                        if given.len() <= room as usize {
                            least = least.min(cost(&given));
                        }
                    }
                }
            }
            assert_eq!(cost(&spread.best), least, "trial {trial}");
            in_parts += usize::from(spread.best.len() > 1);
        }
        assert!(in_parts > 200, "{in_parts}");
    }
}
