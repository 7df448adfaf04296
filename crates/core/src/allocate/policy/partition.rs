//! The cheapest partition of a small set over nodes: pure arithmetic over bit sets, nothing of orders.
//!
//! ```text
//! B(c, S) = min( unfilled(low) + B(c, S - low),  min over P in S with low in P of whole(P) + B(c - 1, S - P) )
//! ```
//! where `low` is the lowest element of S and `c` the parts still allowed: `3^k` steps for k elements (times the limit on
//! parts, where there is one). It may give two parts to one node, which an order may not; [`over_nodes`] then decides,
//! node by node.

/// A set of elements as bits.
pub(super) type Set = usize;

/// The cost of what cannot be.
pub(super) const NEVER: i64 = i64::MAX / 4;

/// What holds for the whole.
pub(super) struct Terms {
    /// What each element costs if no part holds it.
    pub(super) unfilled: Vec<i64>,
    /// Most parts.
    pub(super) max_parts: usize,
    /// Every element is in a part, or there is no part at all.
    pub(super) complete: bool,
}

impl Terms {
    fn all(&self) -> Set {
        (1 << self.unfilled.len()) - 1
    }

    /// What the elements of a set cost in no part; 0 for none.
    fn left(&self, set: Set) -> i64 {
        if self.complete && set != 0 {
            return NEVER;
        }
        self.unfilled
            .iter()
            .enumerate()
            .filter(|(i, _)| set >> i & 1 == 1)
            .map(|(_, &u)| u)
            .sum()
    }

    /// How many different numbers of parts have to be told apart: 1 = none.
    fn layers(&self) -> usize {
        if self.max_parts < self.unfilled.len() {
            self.max_parts + 1
        } else {
            1
        }
    }
}

/// The cheapest way to have at least one part, given what each set costs as one part: its cost and its parts. `None`
/// where no set can be a part.
pub(super) fn cheapest(whole: &[i64], terms: &Terms) -> Option<(i64, Vec<Set>)> {
    let rest = Rest::new(whole, terms);
    let top = rest.layers - 1;
    let mut best = (NEVER, 0);
    // The part with the lowest filled element comes first; all below it is unfilled.
    for first in 0..terms.unfilled.len() {
        let (below, from) = ((1 << first) - 1, terms.all() >> first << first);
        let unfilled = terms.left(below);
        each_part(from, |part| {
            let cost = unfilled + whole[part] + rest.cost(top.saturating_sub(1), from ^ part);
            if cost < best.0 {
                best = (cost, part);
            }
        });
    }
    let (cost, part) = best;
    if cost >= NEVER {
        return None;
    }
    let above = terms.all() >> part.trailing_zeros() << part.trailing_zeros();
    let mut parts = vec![part];
    parts.extend(rest.parts(top.saturating_sub(1), above ^ part));
    Some((cost, parts))
}

/// Calls `see` for every subset of `set` that holds its lowest element.
fn each_part(set: Set, mut see: impl FnMut(Set)) {
    let low = set & set.wrapping_neg();
    let others = set ^ low;
    let mut more = others;
    loop {
        see(more | low);
        if more == 0 {
            return;
        }
        more = (more - 1) & others;
    }
}

/// The table `B`, with the choice behind each entry.
struct Rest {
    layers: usize,
    sets: usize,
    cost: Vec<i64>,
    /// The part with the lowest element; 0 = that element is unfilled.
    choice: Vec<u32>,
}

impl Rest {
    fn new(whole: &[i64], terms: &Terms) -> Self {
        let (layers, sets) = (terms.layers(), whole.len());
        let mut rest = Self {
            layers,
            sets,
            cost: vec![NEVER; layers * sets],
            choice: vec![0; layers * sets],
        };
        for layer in 0..layers {
            rest.cost[layer * sets] = 0;
            for set in 1..sets {
                let (cost, choice) = rest.step(whole, terms, layer, set);
                rest.cost[layer * sets + set] = cost;
                rest.choice[layer * sets + set] = choice as u32;
            }
        }
        rest
    }

    fn step(&self, whole: &[i64], terms: &Terms, layer: usize, set: Set) -> (i64, Set) {
        let low = set & set.wrapping_neg();
        let unfilled = terms.left(low);
        let mut best = if unfilled >= NEVER {
            (NEVER, 0)
        } else {
            (unfilled + self.cost(layer, set ^ low), 0)
        };
        // Layer 0 of several allows no further part; a single layer allows any number.
        if self.layers == 1 || layer > 0 {
            each_part(set, |part| {
                if whole[part] < best.0 {
                    let cost = whole[part] + self.cost(layer.saturating_sub(1), set ^ part);
                    if cost < best.0 {
                        best = (cost, part);
                    }
                }
            });
        }
        (best.0.min(NEVER), best.1)
    }

    fn cost(&self, layer: usize, set: Set) -> i64 {
        self.cost[layer * self.sets + set]
    }

    fn parts(&self, mut layer: usize, mut set: Set) -> Vec<Set> {
        let mut parts = Vec::new();
        while set != 0 {
            match self.choice[layer * self.sets + set] as Set {
                0 => set &= set - 1,
                part => {
                    parts.push(part);
                    set ^= part;
                    layer = layer.saturating_sub(1);
                }
            }
        }
        parts
    }
}

/// As [`cheapest`], where each node makes at most one part: for every node what each set costs there. Returns the cost
/// and the parts with the positions of their nodes. Takes `3^k` steps a node (times the limit on parts).
pub(super) fn over_nodes(costs: &[Vec<i64>], terms: &Terms) -> Option<(i64, Vec<(usize, Set)>)> {
    let all = terms.all();
    let sets = all + 1;
    // Layer c = exactly c parts so far; without a limit, layer 1 = one part or more.
    let limited = terms.max_parts < terms.unfilled.len();
    let layers = if limited { terms.max_parts + 1 } else { 2 };
    let next = |layer: usize| if limited { layer + 1 } else { 1 };
    let mut cost = vec![NEVER; layers * sets];
    cost[0] = 0;
    // For each node and state reached by a part of it: that part and the layer before.
    let mut how: Vec<Vec<Option<(Set, usize)>>> = Vec::with_capacity(costs.len());
    for node in costs {
        let before = cost.clone();
        let mut came = vec![None; layers * sets];
        for layer in (0..layers).filter(|&l| next(l) < layers) {
            for served in (0..sets).filter(|s| before[layer * sets + s] < NEVER) {
                each_subset(all ^ served, |part| {
                    let (sum, to) = (
                        before[layer * sets + served] + node[part],
                        next(layer) * sets + (served | part),
                    );
                    if sum < cost[to] {
                        cost[to] = sum;
                        came[to] = Some((part, layer));
                    }
                });
            }
        }
        how.push(came);
    }
    let ends = (1..layers).flat_map(|layer| (0..sets).map(move |served| (layer, served)));
    let total = |&(layer, served): &(usize, Set)| {
        cost[layer * sets + served]
            .saturating_add(terms.left(all ^ served))
            .min(NEVER)
    };
    let (mut layer, mut served) = ends.min_by_key(total)?;
    let least = total(&(layer, served));
    let mut parts = Vec::new();
    for (position, came) in how.iter().enumerate().rev() {
        if let Some((part, before)) = came[layer * sets + served] {
            parts.push((position, part));
            served ^= part;
            layer = before;
        }
    }
    (least < NEVER).then_some((least, parts))
}

/// Calls `see` for every subset of `set` but the empty one.
pub(super) fn each_subset(set: Set, mut see: impl FnMut(Set)) {
    let mut part = set;
    while part != 0 {
        see(part);
        part = (part - 1) & set;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Random;

    /// Tries everything: each element in no part or at one of the nodes.
    fn brute_force(costs: &[Vec<i64>], terms: &Terms) -> i64 {
        let (k, ways) = (terms.unfilled.len(), costs.len() + 1);
        let all = (0..ways.pow(k as u32)).filter_map(|code| {
            let mut sets = vec![0; ways];
            (0..k).for_each(|i| sets[code / ways.pow(i as u32) % ways] |= 1 << i);
            let parts = sets[1..].iter().filter(|&&s| s != 0).count();
            let cost: i64 = sets[1..]
                .iter()
                .zip(costs)
                .filter(|(s, _)| **s != 0)
                .map(|(&s, c)| c[s])
                .sum();
            let total = cost + terms.left(sets[0]);
            ((1..=terms.max_parts).contains(&parts) && total < NEVER).then_some(total)
        });
        all.min().unwrap_or(NEVER)
    }

    fn random_case(seed: u64) -> (Vec<Vec<i64>>, Terms) {
        let mut random = Random::stream(seed, "partition", 0);
        let (k, nodes) = (random.between(1, 4) as usize, random.between(1, 3));
        let cost = |random: &mut Random| {
            if random.chance(200) {
                NEVER
            } else {
                random.between(1, 60)
            }
        };
        let costs = (0..nodes)
            .map(|_| (0..1 << k).map(|_| cost(&mut random)).collect())
            .collect();
        let unfilled = (0..k).map(|_| random.between(5, 40)).collect();
        (
            costs,
            Terms {
                unfilled,
                max_parts: random.between(1, 5) as usize,
                complete: random.chance(300),
            },
        )
    }

    #[test]
    fn over_nodes_equals_brute_force() {
        for seed in 0..500 {
            let (costs, terms) = random_case(seed);
            let got = over_nodes(&costs, &terms);
            assert_eq!(
                got.as_ref().map_or(NEVER, |g| g.0),
                brute_force(&costs, &terms),
                "seed {seed}"
            );
            if let Some((cost, parts)) = got {
                let filled = parts.iter().fold(0, |all, (_, p)| all | p);
                let sum: i64 = parts.iter().map(|&(n, p)| costs[n][p]).sum();
                assert_eq!(sum + terms.left(terms.all() ^ filled), cost, "seed {seed}");
            }
        }
    }

    #[test]
    fn without_a_node_twice_both_agree() {
        let mut compared = 0;
        for seed in 0..500 {
            let (costs, terms) = random_case(seed);
            let whole: Vec<i64> = (0..costs[0].len())
                .map(|s| costs.iter().map(|c| c[s]).min().unwrap())
                .collect();
            let (relaxed, exact) = (cheapest(&whole, &terms), over_nodes(&costs, &terms));
            let exact = exact.map_or(NEVER, |e| e.0);
            assert!(relaxed.as_ref().map_or(NEVER, |r| r.0) <= exact, "seed {seed}");
            if let Some((cost, parts)) = relaxed {
                let node = |p: &Set| costs.iter().position(|c| c[*p] == whole[*p]);
                let mut nodes: Vec<_> = parts.iter().map(node).collect();
                nodes.sort_unstable();
                nodes.dedup();
                if nodes.len() == parts.len() {
                    compared += 1;
                    assert_eq!(cost, exact, "seed {seed}");
                }
            }
        }
        assert!(compared > 100);
    }
}
