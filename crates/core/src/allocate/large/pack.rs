//! What one node packs for a large order: of the atoms that it could ship, each with a profit, the set of the most profit
//! less the price of the step that holds it. Exact, by branch and bound over each step that could hold the best set.

use std::cmp::Reverse;

use super::Step;
use super::ladder::Steps;
use crate::cost::tariff::Load;
use crate::quantity::{Grams, Volume};

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
    step: &'a Step,
    steps: Steps<'a>,
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
    pub(super) fn pack(&mut self, steps: Steps<'_>, above: i64, room: Room) -> Packed {
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
        for (n, step) in steps.list.iter().enumerate() {
            if all - step.price <= best.value {
                break; // what follows is dearer still
            }
            if n == 0 {
                self.sort();
            }
            let by_volume = if step.is_staircase() {
                step.below.of(volume, true) > step.below.of(weight, false)
            } else {
                i128::from(volume) * i128::from(step.weight.min(1 << 60))
                    > i128::from(weight) * i128::from(step.volume.min(1 << 60))
            };
            let items = if by_volume { &self.by_volume } else { &self.by_weight };
            let inside = items.iter().filter(|i| step.holds(&i.load));
            let most = most_by(step, inside, by_volume, (step.size(by_volume), 0));
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
            let step = &steps.list[n as usize];
            let items = if by_volume { &self.by_volume } else { &self.by_weight };
            self.inside.clear();
            self.inside.extend(items.iter().filter(|i| step.holds(&i.load)));
            let mut walk = Walk {
                items: &self.inside,
                by_volume,
                step,
                steps,
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
        if taken.set != 0 && taken.profit - self.step.price > self.best.value {
            let value = taken.profit - self.price(&taken);
            if value > self.best.value {
                (self.best.value, self.best.set) = (value, taken.set);
            }
        }
        for n in first..self.items.len() {
            let most = taken.profit + self.rest(n, &taken);
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

    /// The price of what is taken.
    fn price(&self, taken: &Taken) -> i64 {
        if !self.step.is_staircase() {
            return self.step.price;
        }
        let load = Load {
            weight: Grams(self.step.weight - taken.weight),
            volume: Volume(self.step.volume - taken.volume),
            heaviest_unit: Grams(0),
        };
        self.steps.price(self.step, &load)
    }

    /// The most that items from this one on can bring beside what is taken, parts of one included, less the price of all.
    fn rest(&self, first: usize, taken: &Taken) -> i64 {
        let room = if self.by_volume { taken.volume } else { taken.weight };
        let before = self.step.size(self.by_volume) - room;
        most_by(self.step, self.items[first..].iter(), self.by_volume, (room, before))
    }
}

/// The most that items, best first, bring in the room that a step has beside what is in it, less the price of all.
fn most_by<'a>(
    step: &Step,
    items: impl Iterator<Item = &'a Item> + Clone,
    by_volume: bool,
    (room, before): (i64, i64),
) -> i64 {
    let (flat, _) = most_in(items.clone(), by_volume, room, |_| 0);
    if !step.is_staircase() {
        return flat - step.price;
    }
    // On a staircase every item pays for its size as well.
    let below = &step.below;
    let (sloped_most, taken) = most_in(items.clone(), by_volume, room, |size| below.of(size, by_volume));
    let start = below.starts[usize::from(by_volume)] - before;
    let sloped = if taken >= start {
        sloped_most - below.at_nothing - below.of(before, by_volume)
    } else if room >= start {
        // The first price holds more than pays for itself on the line.
        most_in(items, by_volume, start, |_| 0).0 - below.at_nothing - below.of(before + start, by_volume)
    } else {
        flat - step.price
    };
    sloped.min(flat - step.price)
}

/// The most that items, best first, bring in a room above what their sizes cost, parts of one included; and how much of the
/// room they take.
fn most_in<'a>(
    items: impl Iterator<Item = &'a Item>,
    by_volume: bool,
    room: i64,
    cost: impl Fn(i64) -> i64,
) -> (i64, i64) {
    let (mut sum, mut taken) = (0, 0);
    for i in items {
        let size = i.size(by_volume);
        let profit = i.profit - cost(size);
        if profit <= 0 {
            continue;
        }
        if size > room - taken {
            let part = (room - taken) as f64 / size as f64;
            return (sum + (profit as f64 * part) as i64 + 1, room);
        }
        taken += size;
        sum += profit;
    }
    (sum, taken)
}
