//! From the ways that a path takes to offers that meet the needs, and to fewer or nearer ones.

use crate::wave::picker_routing::Picker;

use super::model::{Model, Supply};
use crate::search::Random;

/// Kicks without gain before the search around the best choice ends.
const KICKS: usize = 100;

/// The best choice of offers so far.
#[derive(Clone, Debug)]
pub(super) struct Best {
    /// Length of its tour in millimetres, the way to the depot's crossing included.
    pub length: i64,
    /// Positions among the offers.
    pub offers: Vec<usize>,
}

impl Default for Best {
    fn default() -> Self {
        Self {
            length: i64::MAX / 4,
            offers: Vec::new(),
        }
    }
}

/// A choice of supplies, and what it still lacks (negative: has to spare) by need.
struct Choice<'a> {
    model: &'a Model,
    picker: &'a mut Picker,
    chosen: Vec<usize>,
    lack: Vec<i64>,
}

/// Completes what a path brings, drops what is not needed, and exchanges while that makes the tour shorter.
pub(super) fn repair(model: &Model, picker: &mut Picker, taken: &[(usize, u32)], best: &mut Best) {
    let mut choice = Choice {
        model,
        picker,
        chosen: Vec::new(),
        lack: model.needs.iter().map(|&d| i64::from(d)).collect(),
    };
    for &(at, way) in taken {
        let (block, way) = (&model.blocks[at], &model.blocks[at].ways[way as usize]);
        let within = block.heights[..way.front]
            .iter()
            .chain(&block.heights[way.back.max(way.front)..]);
        for supply in within.flat_map(|h| &h.supplies) {
            let n = model.supplies.partition_point(|s| s.offer < supply.offer);
            choice.add(n);
        }
    }
    choice.complete(None);
    choice.prune();
    choice.settle();
    choice.report(best);
}

/// Looks around the best choice: closes and opens blocks of aisles, one at a time and then several at random.
pub(super) fn improve(model: &Model, picker: &mut Picker, best: &mut Best) {
    let mut choice = Choice {
        model,
        picker,
        chosen: (0..model.supplies.len())
            .filter(|&n| best.offers.contains(&model.supplies[n].offer))
            .collect(),
        lack: model.needs.iter().map(|&d| i64::from(d)).collect(),
    };
    for &n in &choice.chosen {
        choice.lack[model.supplies[n].need] -= i64::from(model.supplies[n].units);
    }
    let blocks = model.blocks.len();
    let mut random = Random::stream(0, "scattered storage", blocks as u64);
    let mut length = choice.settle();
    let mut kick = 0;
    while kick < KICKS {
        let start = choice.chosen.clone();
        if kick == 0 {
            // All single moves, until none helps.
            let mut any = false;
            for at in 0..blocks {
                for close in [true, false] {
                    let before = choice.chosen.clone();
                    if choice.turn(at, close) {
                        let shorter = choice.settle();
                        if shorter < length {
                            (length, any) = (shorter, true);
                            continue;
                        }
                    }
                    choice.set(before);
                }
            }
            if any {
                continue;
            }
        } else {
            for _ in 0..2 + random.below(3) {
                let close = random.below(3) > 0;
                choice.turn(random.below(blocks as u64) as usize, close);
            }
            let shorter = choice.settle();
            if shorter > length {
                choice.set(start);
            } else if shorter < length {
                length = shorter;
                choice.report(best);
                kick = 0;
                continue;
            }
        }
        choice.report(best);
        kick += 1;
    }
}

impl Choice<'_> {
    /// Chooses these supplies instead.
    fn set(&mut self, chosen: Vec<usize>) {
        for (lack, &need) in self.lack.iter_mut().zip(&self.model.needs) {
            *lack = i64::from(need);
        }
        self.chosen.clear();
        for n in chosen {
            self.add(n);
        }
    }

    /// Picks nothing from a block of an aisle, or all that it has and then drops what is not needed. Whether that changed
    /// anything.
    fn turn(&mut self, block: usize, close: bool) -> bool {
        let members = &self.model.members[block];
        let changed: Vec<usize> = members
            .iter()
            .copied()
            .filter(|n| self.chosen.contains(n) == close)
            .collect();
        for &n in &changed {
            if close {
                self.remove(n);
            } else {
                self.add(n);
            }
        }
        if close {
            self.complete(Some(block));
        }
        self.prune();
        !changed.is_empty()
    }

    /// Exchanges while that makes the tour shorter; its length.
    fn settle(&mut self) -> i64 {
        let mut length = self.length();
        while let Some(shorter) = self.exchange(length) {
            length = shorter;
        }
        length
    }

    /// Notes the choice where it is the best.
    fn report(&mut self, best: &mut Best) {
        let length = self.length();
        if length < best.length && self.lack.iter().all(|&l| l <= 0) {
            *best = Best {
                length,
                offers: self.chosen.iter().map(|&n| self.model.supplies[n].offer).collect(),
            };
        }
    }

    fn supply(&self, n: usize) -> Supply {
        self.model.supplies[n]
    }

    fn add(&mut self, n: usize) {
        let supply = self.supply(n);
        self.lack[supply.need] -= i64::from(supply.units);
        self.chosen.push(n);
    }

    fn remove(&mut self, n: usize) {
        let supply = self.supply(n);
        self.lack[supply.need] += i64::from(supply.units);
        self.chosen.retain(|&c| c != n);
    }

    fn length(&mut self) -> i64 {
        self.picker
            .length_at(self.chosen.iter().map(|&n| self.model.locations[n]))
    }

    /// Adds the supply that makes the tour longer by least per unit, until nothing is lacking; from a closed block only where
    /// nothing else has it.
    fn complete(&mut self, closed: Option<usize>) {
        let closed = closed
            .map(|block| self.model.members[block].as_slice())
            .unwrap_or_default();
        while self.lack.iter().any(|&l| l > 0) {
            let before = self.length();
            let mut best: Option<(bool, f64, usize)> = None;
            for n in 0..self.model.supplies.len() {
                let supply = self.supply(n);
                if self.lack[supply.need] <= 0 || self.chosen.contains(&n) {
                    continue;
                }
                let useful = self.lack[supply.need].min(i64::from(supply.units));
                self.chosen.push(n);
                let cost = (self.length() - before) as f64 / useful as f64;
                self.chosen.pop();
                let last = closed.contains(&n);
                if best.is_none_or(|(other, least, _)| (last, cost) < (other, least)) {
                    best = Some((last, cost, n));
                }
            }
            match best {
                Some((.., n)) => self.add(n),
                None => return, // cannot be: the offers cover the needs
            }
        }
    }

    /// Drops what is not needed, the longest way first.
    fn prune(&mut self) {
        loop {
            let before = self.length();
            let mut best: Option<(i64, usize)> = None;
            for at in 0..self.chosen.len() {
                let n = self.chosen[at];
                let supply = self.supply(n);
                if self.lack[supply.need] + i64::from(supply.units) > 0 {
                    continue;
                }
                self.chosen.swap_remove(at);
                let saved = before - self.length();
                self.chosen.push(n);
                let last = self.chosen.len() - 1;
                self.chosen.swap(at, last);
                if best.is_none_or(|(most, _)| saved > most) {
                    best = Some((saved, n));
                }
            }
            match best {
                Some((_, n)) => self.remove(n),
                None => return,
            }
        }
    }

    /// Drops one supply and completes anew; keeps it where the tour is shorter.
    fn exchange(&mut self, length: i64) -> Option<i64> {
        for at in 0..self.chosen.len() {
            let n = self.chosen[at];
            let (chosen, lack) = (self.chosen.clone(), self.lack.clone());
            self.remove(n);
            if self.length() < length {
                self.complete(None);
                self.prune();
                let shorter = self.length();
                if shorter < length {
                    return Some(shorter);
                }
            }
            (self.chosen, self.lack) = (chosen, lack);
        }
        None
    }
}
