//! Smallest covers: the fewest nodes that cover all that any node covers, near ones first.
//!
//! Exact up to six nodes and 64 groups, by branching on the group with the fewest nodes, under a limit on steps; greedy
//! beyond. Salesforce looks at 10,000 sets and no more; so does this.

use crate::index::NodeIdx;

/// A node and what it covers.
pub(super) struct Candidate {
    pub(super) node: NodeIdx,
    pub(super) metres: u64,
    /// Rising numbers of the groups that it can ship.
    pub(super) groups: Vec<usize>,
}

/// Nodes of the largest set that is sought exactly.
const MOST_EXACT: usize = 6;
/// Groups that fit into the masks of the exact search.
const MOST_GROUPS: usize = 64;
/// Steps of the exact search for one order.
const MOST_STEPS: u32 = 10_000;

/// The fewest candidates, at most `limit`, that cover all that any covers, and of those sets one with the least sum of
/// distances. Where `limit` or the search's own limits allow no such set, candidates that cover the most of what is left,
/// one by one. Candidates come by rising distance.
pub(super) fn fewest(candidates: &[Candidate], groups: usize, limit: usize) -> Vec<NodeIdx> {
    if groups <= MOST_GROUPS {
        let mut search = Search::new(candidates);
        for size in 1..=MOST_EXACT.min(limit) {
            if let Some(set) = search.of_size(size) {
                return set;
            }
            if search.steps >= MOST_STEPS {
                break;
            }
        }
    }
    greedy(candidates, groups, limit)
}

/// The candidate that covers the most of what is left, again and again; of equals the nearest.
fn greedy(candidates: &[Candidate], groups: usize, limit: usize) -> Vec<NodeIdx> {
    let mut covered = vec![false; groups];
    let mut set = Vec::new();
    while set.len() < limit {
        let gain = |c: &&Candidate| c.groups.iter().filter(|&&g| !covered[g]).count();
        // `max_by_key` keeps the last of equals, so the nearest is it from the far end.
        let Some(best) = candidates.iter().rev().max_by_key(gain).filter(|c| gain(c) > 0) else {
            break;
        };
        set.push(best.node);
        best.groups.iter().for_each(|&g| covered[g] = true);
    }
    set
}

/// Depth-first search for covers of one size.
struct Search<'a> {
    candidates: &'a [Candidate],
    masks: Vec<u64>,
    all: u64,
    steps: u32,
    best: Option<(u64, Vec<NodeIdx>)>,
}

impl<'a> Search<'a> {
    fn new(candidates: &'a [Candidate]) -> Self {
        let masks: Vec<u64> = candidates
            .iter()
            .map(|c| c.groups.iter().fold(0, |m, &g| m | 1 << g))
            .collect();
        let all = masks.iter().fold(0, |m, &x| m | x);
        Self {
            candidates,
            masks,
            all,
            steps: 0,
            best: None,
        }
    }

    /// A cover of at most this size with the least sum of distances.
    fn of_size(&mut self, size: usize) -> Option<Vec<NodeIdx>> {
        self.branch(self.all, size, 0, &mut Vec::with_capacity(size));
        self.best.take().map(|(_, set)| set)
    }

    fn branch(&mut self, left: u64, room: usize, metres: u64, chosen: &mut Vec<usize>) {
        if left == 0 {
            let set = chosen.iter().map(|&c| self.candidates[c].node).collect();
            self.best = Some((metres, set));
            return;
        }
        let most = self.masks.iter().map(|m| (m & left).count_ones()).max().unwrap_or(0);
        if most as usize * room < left.count_ones() as usize || self.steps >= MOST_STEPS {
            return;
        }
        self.steps += 1;
        let group = self.rarest(left);
        for c in 0..self.candidates.len() {
            let sum = metres + self.candidates[c].metres;
            if self.best.as_ref().is_some_and(|(best, _)| sum >= *best) {
                break; // candidates come by rising distance
            }
            if self.masks[c] & group != 0 {
                chosen.push(c);
                self.branch(left & !self.masks[c], room - 1, sum, chosen);
                chosen.pop();
            }
        }
    }

    /// The bit of `left` that the fewest candidates cover.
    fn rarest(&self, left: u64) -> u64 {
        let bits = (0..64).map(|b| 1u64 << b).filter(|b| left & b != 0);
        bits.min_by_key(|b| self.masks.iter().filter(|&m| m & b != 0).count())
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(rows: &[(u64, &[usize])]) -> Vec<Candidate> {
        let rows = rows.iter().zip(0..);
        rows.map(|(&(metres, groups), n)| Candidate {
            node: NodeIdx(n),
            metres,
            groups: groups.to_vec(),
        })
        .collect()
    }

    #[test]
    fn one_node_beats_two_near_ones_and_near_beats_far() {
        let all = candidates(&[(1, &[0]), (2, &[1]), (50, &[0, 1]), (60, &[0, 1])]);
        assert_eq!(fewest(&all, 2, usize::MAX), [NodeIdx(2)]);
    }

    #[test]
    fn two_sets_of_two_compare_by_the_sum_of_distances() {
        // 0+3 covers at 1 + 40 = 41, 1+2 at 10 + 20 = 30
        let all = candidates(&[(1, &[0, 1]), (10, &[0]), (20, &[1, 2]), (40, &[2])]);
        assert_eq!(fewest(&all, 3, usize::MAX), [NodeIdx(0), NodeIdx(2)]); // 1 + 20 = 21
        assert_eq!(fewest(&all[1..], 3, usize::MAX), [NodeIdx(1), NodeIdx(2)]);
    }

    #[test]
    fn under_a_limit_it_covers_the_most() {
        let all = candidates(&[(1, &[0]), (2, &[1, 2]), (3, &[3, 4])]);
        assert_eq!(fewest(&all, 5, 1), [NodeIdx(1)]);
        assert_eq!(fewest(&all, 5, 3).len(), 3);
    }

    #[test]
    fn many_groups_are_covered_greedily() {
        let (even, odd): (Vec<usize>, Vec<usize>) = (0..100).partition(|n| n % 2 == 0);
        let all = candidates(&[(1, &even[..10]), (2, &odd), (3, &even)]);
        assert_eq!(fewest(&all, 100, usize::MAX), [NodeIdx(1), NodeIdx(2)]);
    }
}
