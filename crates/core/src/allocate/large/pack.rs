//! What one node packs for a large order: of the atoms that it could ship, each with a profit, the set of the most profit
//! less the price of the step that holds it. Exact, by branch and bound over each step that could hold the best set.

use std::cmp::Reverse;

use super::Step;
use crate::cost::tariff::Load;

/// An atom that brings a profit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub profit: i64,
    pub load: Load,
    pub lines: u32,
    pub units: u32,
    /// The atom as a set of one.
    pub set: u64,
}

impl Item {
    const fn size(&self, by_volume: bool) -> i64 {
        if by_volume {
            self.load.volume.0
        } else {
            self.load.weight.0
        }
    }
}

/// Most sets looked at for one node; beyond them what is left is bounded from above.
const MOST_LOOKS: u32 = 3000;

/// Buffers of the search.
#[derive(Default)]
pub(super) struct Packer {
    pub items: Vec<Item>,
    by_weight: Vec<Item>,
    by_volume: Vec<Item>,
    inside: Vec<Item>,
    /// The most that a step could bring, in parts too; which it is, and whether its volume is the scarcer room.
    promising: Vec<(i64, u32, bool)>,
    looks: u32,
}

/// What may be packed beyond the load: lines and units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub lines: u32,
    pub units: u32,
}

/// The best packing found, and a bound on all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed {
    /// Profit less price of `set`, or what it had to beat where `set` is empty.
    pub value: i64,
    pub set: u64,
    /// No set is worth more than this, or than what had to be beaten.
    pub most: i64,
}

/// One step while it is packed.
struct Walk<'a> {
    items: &'a [Item],
    by_volume: bool,
    price: i64,
    best: Packed,
    looks: &'a mut u32,
}

/// So much of a step is taken.
#[derive(Clone, Copy)]
struct Taken {
    weight: i64,
    volume: i64,
    room: Room,
    profit: i64,
    set: u64,
}

impl Packer {
    /// The best set of the items worth more than `above`.
    pub(super) fn pack(&mut self, steps: &[Step], above: i64, room: Room) -> Packed {
        let mut best = Packed {
            value: above,
            set: 0,
            most: above,
        };
        let all: i64 = self.items.iter().map(|i| i.profit).sum();
        let (weight, volume) = self
            .items
            .iter()
            .fold((0, 0), |s, i| (s.0 + i.load.weight.0, s.1 + i.load.volume.0));
        self.looks = 0;
        self.promising.clear();
        for (n, step) in steps.iter().enumerate() {
            if all - step.price <= best.value {
                break; // what follows is dearer still
            }
            if n == 0 {
                self.sort();
            }
            let by_volume = i128::from(volume) * i128::from(step.weight.min(1 << 60))
                > i128::from(weight) * i128::from(step.volume.min(1 << 60));
            let items = if by_volume { &self.by_volume } else { &self.by_weight };
            let most = most_in(
                items.iter().filter(|i| step.holds(&i.load)),
                by_volume,
                step.size(by_volume),
            ) - step.price;
            if most > best.value {
                self.promising.push((most, n as u32, by_volume));
            }
        }
        // The step that could hold most first: what it holds rules most of the others out.
        self.promising.sort_unstable_by_key(|&(most, n, _)| (Reverse(most), n));
        for &(most, n, by_volume) in &self.promising {
            if most <= best.value {
                break;
            }
            let step = &steps[n as usize];
            let items = if by_volume { &self.by_volume } else { &self.by_weight };
            self.inside.clear();
            self.inside.extend(items.iter().filter(|i| step.holds(&i.load)));
            let mut walk = Walk {
                items: &self.inside,
                by_volume,
                price: step.price,
                best,
                looks: &mut self.looks,
            };
            walk.from(
                0,
                Taken {
                    weight: step.weight,
                    volume: step.volume,
                    room,
                    profit: 0,
                    set: 0,
                },
            );
            best = walk.best;
        }
        best.most = best.most.max(best.value);
        best
    }

    fn sort(&mut self) {
        let by = |list: &mut Vec<Item>, items: &[Item], by_volume: bool| {
            list.clear();
            list.extend_from_slice(items);
            list.sort_unstable_by(|a, b| {
                let (x, y) = (
                    a.profit as f64 * (b.size(by_volume) + 1) as f64,
                    b.profit as f64 * (a.size(by_volume) + 1) as f64,
                );
                y.total_cmp(&x).then(a.set.cmp(&b.set))
            });
        };
        by(&mut self.by_weight, &self.items, false);
        by(&mut self.by_volume, &self.items, true);
    }
}

impl Walk<'_> {
    /// Tries all sets of the items from this one on beside what is taken.
    fn from(&mut self, first: usize, taken: Taken) {
        *self.looks += 1;
        if taken.set != 0 && taken.profit - self.price > self.best.value {
            (self.best.value, self.best.set) = (taken.profit - self.price, taken.set);
        }
        for n in first..self.items.len() {
            let most = taken.profit + self.rest(n, &taken) - self.price;
            if most <= self.best.value {
                return;
            }
            if *self.looks >= MOST_LOOKS {
                self.best.most = self.best.most.max(most);
                return;
            }
            let i = &self.items[n];
            let fits = i.load.weight.0 <= taken.weight
                && i.load.volume.0 <= taken.volume
                && i.lines <= taken.room.lines
                && i.units <= taken.room.units;
            if fits {
                self.from(
                    n + 1,
                    Taken {
                        weight: taken.weight - i.load.weight.0,
                        volume: taken.volume - i.load.volume.0,
                        room: Room {
                            lines: taken.room.lines - i.lines,
                            units: taken.room.units - i.units,
                        },
                        profit: taken.profit + i.profit,
                        set: taken.set | i.set,
                    },
                );
            }
        }
    }

    /// The most that items from this one on can bring, parts of one included.
    fn rest(&self, first: usize, taken: &Taken) -> i64 {
        let room = if self.by_volume { taken.volume } else { taken.weight };
        most_in(self.items[first..].iter(), self.by_volume, room)
    }
}

/// The most that items, best first, bring in a room, parts of one included.
fn most_in<'a>(items: impl Iterator<Item = &'a Item>, by_volume: bool, mut room: i64) -> i64 {
    let mut sum = 0;
    for i in items {
        let size = i.size(by_volume);
        if size > room {
            return sum + (i.profit as f64 * (room as f64 / size as f64)) as i64 + 1;
        }
        room -= size;
        sum += i.profit;
    }
    sum
}
