//! A lower bound on the cost of serving one order alone that knows whole shipments: each source packs whole pieces.
//!
//! ```text
//! L(v) = sum of min(v, cost of leaving)  +  sum over sources that ship of  min over sets of pieces (base + carriage + cost - v)
//! ```
//!
//! It is the bound of [`facility`](super::facility) with whole pieces in the place of parts, so it is never below that one at
//! the same values. Any values give a valid bound in integers; a linear programme over the shipments met so far proposes
//! them (column generation), and its solution says where to divide. For orders whose pieces are single and at most 64.
//!
//! Source: J. Desrosiers and M. E. Lübbecke, "A primer in column generation", in "Column Generation" (2005), 1-32.

use super::facility::{Facilities, Relaxed, Settled, Site, share};
use super::rungs::{Rung, carriage};
use super::tableau::Tableau;

/// Most pieces of an order.
const PIECES: usize = 64;
/// Most sources of an order: the programme has a row for each, and takes the square of that.
const SOURCES: usize = 500;
/// Costs above this are too large for the programme.
const LARGEST: i64 = 1_000_000_000_000;
/// Cost in the programme of what must not be.
const FAR: f64 = 1e13;
/// Most rounds for one bound.
const ROUNDS: usize = 60;
/// Most sets looked at for one source; the rest is bounded from above.
const LOOKS: usize = 300_000;
/// Most shipments that join the programme at once.
const AT_ONCE: usize = 16;
/// Rounds end when the bound is this close to the programme, as a share of it.
const CLOSE: f64 = 5e-5;

/// A set of pieces from a source, and its cost there.
struct Shipment {
    source: usize,
    set: u64,
    cost: i64,
}

/// A piece that a source would gain by.
#[derive(Clone, Copy)]
struct Item {
    profit: i64,
    weight: i64,
    volume: i64,
    set: u64,
}

/// The relaxation of one order, with the shipments that it met.
pub(super) struct Shipments {
    known: Vec<Shipment>,
    /// Which of them the last programme used.
    used: Vec<usize>,
    /// Per source its pieces with their cost.
    pieces: Vec<Vec<(usize, i64)>>,
}

impl Shipments {
    /// `None` where the order is not of that kind.
    pub(super) fn new(f: &Facilities<'_>) -> Option<Self> {
        let single = f.alone.pieces.iter().all(|p| p.count == 1);
        let many = f.alone.pieces.len() > PIECES || f.alone.sources.len() > SOURCES;
        if !single || many || f.alone.all_unfilled > LARGEST {
            return None;
        }
        let mut pieces = vec![Vec::new(); f.alone.sources.len()];
        for (piece, places) in f.places.iter().enumerate() {
            for place in places.iter().filter(|p| p.cost <= LARGEST) {
                pieces[place.source].push((piece, place.cost));
            }
        }
        Some(Self {
            known: Vec::new(),
            used: Vec::new(),
            pieces,
        })
    }

    /// The bound where so much is decided; `None` where that allows no way. `target` is the cost of a way. Where it is over the bound
    /// is that of the rounds so far, or none at all.
    pub(super) fn relax(
        &mut self,
        f: &Facilities<'_>,
        (sites, settled): (&[Site], &[Settled]),
        target: i128,
    ) -> Option<Relaxed> {
        let n = f.alone.pieces.len();
        // Pieces that each source may ship, and those that must ship.
        let mut open: Vec<u64> = sites
            .iter()
            .map(|s| if s.ships == Some(false) { 0 } else { u64::MAX })
            .collect();
        let mut must = if f.alone.order.ship_complete { u64::MAX } else { 0 };
        for &(piece, source, comes) in settled {
            for (s, open) in open.iter_mut().enumerate() {
                if (s == source) != comes {
                    *open &= !(1 << piece);
                }
            }
            must |= u64::from(comes) << piece;
        }
        let (mut program, mut columns) = self.program(f, sites, &open, must);
        let mut best = i128::MIN;
        for _ in 0..ROUNDS {
            program.solve(f.alone.pace);
            while !f.alone.pace.is_over() && self.enter(&mut program, &mut columns, &open, n) {
                program.solve(f.alone.pace);
            }
            let values: Vec<i64> = (0..n)
                .map(|p| {
                    let most = if must >> p & 1 == 1 { FAR as i64 } else { f.left[p] };
                    (program.dual(p).max(0.0) as i64).min(most)
                })
                .collect();
            let bound = self.bound(f, sites, &open, &values, program.dual(n + sites.len()));
            best = best.max(bound?);
            let total: f64 = (0..n + sites.len()).map(|r| program.dual(r)).sum();
            if best >= target || total - best as f64 <= total.abs() * CLOSE || f.alone.pace.look() {
                break;
            }
            if !self.enter(&mut program, &mut columns, &open, n) {
                break;
            }
        }
        let mut relaxed = Relaxed {
            bound: best,
            values: Vec::new(),
            ships: vec![0.0; sites.len()],
            rungs: vec![Vec::new(); sites.len()],
            shares: vec![Vec::new(); n],
        };
        self.used.clear();
        for (column, part) in program.used() {
            let s = &self.known[columns[column]];
            self.used.push(columns[column]);
            relaxed.ships[s.source] += part;
            for p in members(s.set) {
                match relaxed.shares[p].iter_mut().find(|e| e.0 == s.source) {
                    Some(entry) => entry.1 += part,
                    None => relaxed.shares[p].push((s.source, part)),
                }
            }
        }
        Some(relaxed)
    }

    /// The programme of the shipments that the branch before used, as far as this one allows them: rows for pieces, for sources, and for all
    /// shipments.
    fn program(&self, f: &Facilities<'_>, sites: &[Site], open: &[u64], must: u64) -> (Tableau, Vec<usize>) {
        let n = f.alone.pieces.len();
        let left = |p: usize| if must >> p & 1 == 1 { FAR } else { f.left[p] as f64 };
        let none = |s: &Site| if s.ships == Some(true) { FAR } else { 0.0 };
        let rest = (0..n).map(left).chain(sites.iter().map(none)).chain([0.0]).collect();
        let mut right = vec![1.0; n + sites.len()];
        right.push(f.alone.most_shipments().min(n) as f64);
        let mut program = Tableau::new(n, rest, right);
        let allowed = |k: &usize| self.known[*k].set & !open[self.known[*k].source] == 0;
        let columns: Vec<usize> = self.used.iter().copied().filter(allowed).collect();
        for &k in &columns {
            self.add(&mut program, k, n);
        }
        (program, columns)
    }

    /// Brings the known shipments that pay most into the programme; whether any does.
    fn enter(&self, program: &mut Tableau, columns: &mut Vec<usize>, open: &[u64], n: usize) -> bool {
        let duals: Vec<f64> = (0..=n + open.len()).map(|r| program.dual(r)).collect();
        let of_all = duals[n + open.len()];
        let mut paying: Vec<(f64, usize)> = Vec::new();
        for (k, s) in self.known.iter().enumerate() {
            if s.set & !open[s.source] == 0 {
                let reduced =
                    s.cost as f64 - members(s.set).map(|p| duals[p]).sum::<f64>() - duals[n + s.source] - of_all;
                if reduced < -0.5 {
                    paying.push((reduced, k));
                }
            }
        }
        paying.retain(|p| !columns.contains(&p.1));
        paying.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        paying.truncate(AT_ONCE);
        for &(_, k) in &paying {
            self.add(program, k, n);
            columns.push(k);
        }
        !paying.is_empty()
    }

    fn add(&self, program: &mut Tableau, k: usize, n: usize) {
        let s = &self.known[k];
        program.add(
            members(s.set).chain([n + s.source, n + self.pieces.len()]),
            s.cost as f64,
        );
    }

    /// L at these values and this price of a shipment (at most 0 counts), in integers; shipments that might pay are noted. The
    /// least number where it is over.
    fn bound(&mut self, f: &Facilities<'_>, sites: &[Site], open: &[u64], values: &[i64], each: f64) -> Option<i128> {
        let each = each.min(0.0) as i64;
        let mut bound: i128 = values.iter().map(|&v| i128::from(v)).sum();
        bound += i128::from(each) * f.alone.most_shipments().min(values.len()) as i128;
        for (source, site) in sites.iter().enumerate() {
            if site.ships == Some(false) {
                continue;
            }
            if f.alone.pace.spend(f.rungs[source].len() + LOOKS / 300) {
                return Some(i128::MIN);
            }
            let ships = site.ships == Some(true);
            let base = f.alone.sources[source].base - each;
            let rungs = &f.rungs[source][site.first..=site.last];
            let mut items = Vec::new();
            for &(piece, cost) in self.pieces[source].iter().filter(|p| open[source] >> p.0 & 1 == 1) {
                if values[piece] > cost {
                    items.push(Item {
                        profit: values[piece] - cost,
                        weight: f.loads[piece].weight.0,
                        volume: f.loads[piece].volume.0,
                        set: 1 << piece,
                    });
                }
            }
            // A source that must ship, or is paid for it, ships a piece at least: of sets without profit the best is a single one. Any other is
            // worth its base, which is what it does not cost.
            let least = rungs.first().map_or(0, |r| r.price as i64);
            let alone = if ships || base < -least {
                self.alone(f, source, rungs, open[source], values)
            } else {
                None
            };
            let above = match alone {
                None if ships => return None,
                Some((worth, _)) if ships => worth,
                Some((worth, _)) => worth.max(base),
                None => base,
            };
            let known = self.worth(f, source, open[source], values);
            let (most, set) = Packing::new(items, above.max(known)).best(rungs);
            let cost = i128::from(base) - i128::from(most);
            bound += if ships { cost } else { cost.min(0) };
            let set = match alone {
                Some((worth, single)) if set == 0 && worth > known => single,
                _ => set,
            };
            if set != 0 {
                self.note(f, source, set);
            }
        }
        Some(bound)
    }

    /// What the piece is worth that is worth most as the only one from a source, its base left out, and the set of it; `None` where none may come
    /// from there.
    fn alone(
        &self,
        f: &Facilities<'_>,
        source: usize,
        rungs: &[Rung],
        open: u64,
        values: &[i64],
    ) -> Option<(i64, u64)> {
        let able = self.pieces[source].iter().filter(|p| open >> p.0 & 1 == 1);
        let worth = |&(piece, cost): &(usize, i64)| {
            let load = &f.loads[piece];
            let price = carriage(rungs, load.weight.0.into(), load.volume.0.into())?;
            Some((values[piece] - cost - price as i64, 1 << piece))
        };
        able.filter_map(worth).max()
    }

    /// What the best known shipment of a source is worth at the values, its base left out.
    fn worth(&self, f: &Facilities<'_>, source: usize, open: u64, values: &[i64]) -> i64 {
        let here = self.known.iter().filter(|s| s.source == source && s.set & !open == 0);
        let worth =
            |s: &Shipment| members(s.set).map(|p| values[p]).sum::<i64>() - (s.cost - f.alone.sources[source].base);
        here.map(worth).max().unwrap_or(i64::MIN)
    }

    fn note(&mut self, f: &Facilities<'_>, source: usize, set: u64) {
        if self.known.iter().any(|s| (s.source, s.set) == (source, set)) {
            return;
        }
        let load = members(set).fold((0i128, 0i128), |l, p| {
            (
                l.0 + i128::from(f.loads[p].weight.0),
                l.1 + i128::from(f.loads[p].volume.0),
            )
        });
        let Some(price) = carriage(&f.rungs[source], load.0, load.1) else {
            return;
        };
        let of_pieces: i64 = self.pieces[source]
            .iter()
            .filter(|p| set >> p.0 & 1 == 1)
            .map(|p| p.1)
            .sum();
        self.known.push(Shipment {
            source,
            set,
            cost: f.alone.sources[source].base + price as i64 + of_pieces,
        });
    }
}

/// The best set of a source: most profit less the price of the rung that holds it.
struct Packing {
    items: Vec<Item>,
    best: i64,
    set: u64,
    /// What was not looked at is worth no more than this.
    unseen: i64,
    looks: usize,
}

impl Packing {
    /// Sets worth more than `above` count.
    const fn new(items: Vec<Item>, above: i64) -> Self {
        Self {
            items,
            best: above,
            set: 0,
            unseen: i64::MIN,
            looks: 0,
        }
    }

    /// A value that none exceeds, and the set that has it (none where that was to be exceeded).
    fn best(mut self, rungs: &[Rung]) -> (i64, u64) {
        let all: i64 = self.items.iter().map(|i| i.profit).sum();
        let total = self.items.iter().fold((0i128, 0i128), |s, i| {
            (s.0 + i128::from(i.weight), s.1 + i128::from(i.volume))
        });
        // By falling profit for the share of the room that is taken: of weight, and of volume.
        let mut sorted: [Vec<Item>; 2] = [Vec::new(), Vec::new()];
        let mut hopeful: Vec<(i64, usize, bool)> = Vec::new();
        for (n, rung) in rungs.iter().enumerate() {
            let price = held(rung.price);
            if all - price <= self.best {
                break; // what follows is dearer
            }
            let (weight, volume) = (held(rung.weight), held(rung.volume));
            let by_volume = match rung.staircase {
                Some(staircase) => staircase.line().is_by_volume(total.0, total.1),
                None => by_volume(total, weight, volume),
            };
            let list = &mut sorted[usize::from(by_volume)];
            if list.is_empty() {
                list.clone_from(&self.items);
                list.sort_unstable_by(|a, b| {
                    let cross = |x: &Item, y: &Item| i128::from(x.profit) * i128::from(y.size(by_volume));
                    cross(b, a).cmp(&cross(a, b)).then(a.set.cmp(&b.set))
                });
            }
            let inside = list.iter().filter(|i| i.weight <= weight && i.volume <= volume);
            let room = if by_volume { volume } else { weight };
            let most = most_worth(rung, inside, by_volume, (room, 0));
            if most > self.best {
                hopeful.push((most, n, by_volume));
            }
        }
        // The rung that may hold most comes first, so that few others are left to look at.
        hopeful.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut inside = Vec::with_capacity(self.items.len());
        for (most, n, by_volume) in hopeful {
            if most <= self.best {
                break;
            }
            let (weight, volume) = (held(rungs[n].weight), held(rungs[n].volume));
            inside.clear();
            let list = sorted[usize::from(by_volume)].iter();
            inside.extend(list.filter(|i| i.weight <= weight && i.volume <= volume));
            let taken = Taken {
                room: (weight, volume),
                profit: 0,
                set: 0,
            };
            self.look((&rungs[n], by_volume), &inside, taken);
        }
        (self.best.max(self.unseen), self.set)
    }

    /// Takes or leaves the items in turn.
    fn look(&mut self, (rung, by_volume): (&Rung, bool), items: &[Item], taken: Taken) {
        self.looks += 1;
        if taken.set != 0 && taken.profit - held(rung.price) > self.best {
            let used = |of: i128, left: i64| of.min(i128::from(i64::MAX)) - i128::from(left);
            let price = rung.price_of(used(rung.weight, taken.room.0), used(rung.volume, taken.room.1));
            let worth = taken.profit - held(price);
            if worth > self.best {
                (self.best, self.set) = (worth, taken.set);
            }
        }
        let (room, all) = if by_volume {
            (taken.room.1, held(rung.volume))
        } else {
            (taken.room.0, held(rung.weight))
        };
        for (n, item) in items.iter().enumerate() {
            let most = taken.profit + most_worth(rung, items[n..].iter(), by_volume, (room, all - room));
            if most <= self.best {
                return;
            }
            if self.looks > LOOKS {
                self.unseen = self.unseen.max(most);
                return;
            }
            if item.weight <= taken.room.0 && item.volume <= taken.room.1 {
                let with = Taken {
                    room: (taken.room.0 - item.weight, taken.room.1 - item.volume),
                    profit: taken.profit + item.profit,
                    set: taken.set | item.set,
                };
                self.look((rung, by_volume), &items[n + 1..], with);
            }
        }
    }
}

/// What a rung holds so far: the room that is left, of weight and of volume, and what it brings.
#[derive(Clone, Copy)]
struct Taken {
    room: (i64, i64),
    profit: i64,
    set: u64,
}

fn held(x: i128) -> i64 {
    x.min(i128::from(i64::MAX)) as i64
}

impl Item {
    const fn size(&self, by_volume: bool) -> i64 {
        if by_volume { self.volume } else { self.weight }
    }
}

/// Whether volume is the scarcer room for a weight and a volume.
fn by_volume(total: (i128, i128), weight: i64, volume: i64) -> bool {
    total.1 * i128::from(weight) > total.0 * i128::from(volume)
}

/// The most that sorted items bring less the price of the rung, in the room that it has beside what is in it.
fn most_worth<'a>(
    rung: &Rung,
    items: impl Iterator<Item = &'a Item> + Clone,
    by_volume: bool,
    (room, before): (i64, i64),
) -> i64 {
    let flat = most_profit(items.clone(), by_volume, room) - held(rung.price);
    let Some(staircase) = rung.staircase else { return flat };
    let items = items.map(|i| (i.profit, i.size(by_volume)));
    let (least, _) = staircase.line().least(items, by_volume, (room.into(), before.into()));
    flat.min(held(-least))
}

/// The most that sorted items bring in a room if one may be cut.
fn most_profit<'a>(items: impl Iterator<Item = &'a Item>, by_volume: bool, mut room: i64) -> i64 {
    let mut sum = 0;
    for item in items {
        let size = item.size(by_volume);
        if size > room {
            return sum + share(item.profit, room, size);
        }
        room -= size;
        sum += item.profit;
    }
    sum
}

/// The members of a set, rising.
fn members(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (set != 0).then(|| {
            let member = set.trailing_zeros() as usize;
            set &= set - 1;
            member
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::staircase::Staircase;
    use super::*;
    use crate::quantity::{Money, Percent};

    /// The best over all sets, each at the cheapest rung that holds it.
    fn by_enumeration(items: &[Item], rungs: &[Rung]) -> i64 {
        let sets = (1u32..1 << items.len()).filter_map(|set| {
            let chosen = items.iter().enumerate().filter(|(n, _)| set >> n & 1 == 1);
            let (p, w, v) = chosen.fold((0, 0i128, 0i128), |s, (_, i)| {
                (s.0 + i.profit, s.1 + i128::from(i.weight), s.2 + i128::from(i.volume))
            });
            let held = rungs.iter().filter(|r| r.holds(w, v));
            Some(p - held.map(|r| r.price_of(w, v)).min()? as i64)
        });
        sets.max().unwrap_or(i64::MIN)
    }

    /// A rung of some stairs: by kilograms with fuel, or by parcels; by volume too, or not.
    fn some_staircase(random: &mut impl FnMut(u64) -> i64) -> Rung {
        let divisor = [None, Some(700), Some(1500)][random(3) as usize];
        let first = 1 + random(3);
        let staircase = Staircase {
            from: random(6),
            width: 1 + random(9),
            parcels: 1 + random(3),
            base: Money::from_ten_thousandths(random(30)),
            per: Money::from_ten_thousandths(random(20)),
            fuel: Percent([0, 127_500][random(2) as usize]),
            late: random(5),
            divisor,
            numbers: (first, first + random(9)),
        };
        Rung {
            weight: staircase.top().into(),
            volume: divisor.map_or(1000, |d| i128::from(staircase.top()) * i128::from(d) / 1000),
            heaviest: i64::MAX,
            price: staircase.lowest(),
            staircase: Some(staircase),
        }
    }

    #[test]
    fn packing_equals_enumeration() {
        let mut state = 7u64;
        let mut random = |n: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % n) as i64
        };
        for trial in 0..3000 {
            let items: Vec<Item> = (0..=random(9))
                .map(|n| Item {
                    profit: 1 + random(50),
                    weight: random(20),
                    volume: random(20),
                    set: 1 << n,
                })
                .collect();
            let mut rungs: Vec<Rung> = (0..=random(5))
                .map(|_| Rung {
                    weight: i128::from(random(90)),
                    volume: i128::from(random(90)),
                    heaviest: i64::MAX,
                    price: i128::from(random(100)),
                    staircase: None,
                })
                .collect();
            if trial % 2 == 1 {
                rungs.push(some_staircase(&mut random));
            }
            rungs.sort_by_key(|r| r.price);
            let above = random(60) - 100;
            let (most, set) = Packing::new(items.clone(), above).best(&rungs);
            assert_eq!(most, by_enumeration(&items, &rungs).max(above), "trial {trial}");
            assert_eq!(set != 0, by_enumeration(&items, &rungs) > above, "trial {trial}");
        }
    }
}
