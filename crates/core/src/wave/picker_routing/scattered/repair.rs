//! From the ways that a path takes to offers that meet the needs, and to fewer or nearer ones.

use crate::wave::picker_routing::Picker;

use super::model::{Model, Supply};

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
    choice.complete();
    choice.prune();
    let mut length = choice.length();
    while let Some(shorter) = choice.exchange(length) {
        length = shorter;
    }
    if length < best.length {
        *best = Best {
            length,
            offers: choice.chosen.iter().map(|&n| model.supplies[n].offer).collect(),
        };
    }
}

impl Choice<'_> {
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

    /// Adds the supply that makes the tour longer by least per unit, until nothing is lacking.
    fn complete(&mut self) {
        while self.lack.iter().any(|&l| l > 0) {
            let before = self.length();
            let mut best: Option<(f64, usize)> = None;
            for n in 0..self.model.supplies.len() {
                let supply = self.supply(n);
                if self.lack[supply.need] <= 0 || self.chosen.contains(&n) {
                    continue;
                }
                let useful = self.lack[supply.need].min(i64::from(supply.units));
                self.chosen.push(n);
                let cost = (self.length() - before) as f64 / useful as f64;
                self.chosen.pop();
                if best.is_none_or(|(least, _)| cost < least) {
                    best = Some((cost, n));
                }
            }
            match best {
                Some((_, n)) => self.add(n),
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
                self.complete();
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
