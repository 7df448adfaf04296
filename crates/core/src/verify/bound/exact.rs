//! The least cost of serving one order alone, exactly: a dynamic programme over subsets of its atoms (line groups, and
//! single units of divisible lines).
//!
//! First every subset gets the cheapest node that can ship it; then the atoms are partitioned into such shipments, which
//! takes `3^atoms` steps. Where the best partition happens to use a node twice, which the rules forbid, a second programme
//! goes over the nodes one by one, so that each is used at most once.

use super::alone::{Alone, CAP, Carriage, Source, plus, times};
use crate::cost::tariff::Load;
use crate::pace::Pace;

/// A set of atoms, one bit each.
type Set = usize;

/// The least cost at the order's prices, of any way that its own rules allow, leaving it unfilled included. Once the order's
/// pace is over, any number.
pub(super) fn minimum(alone: &Alone<'_>) -> i64 {
    let atoms = Atoms::new(alone);
    let table = Table::new(alone, &atoms);
    let unfilled = atoms.unfilled(alone);
    let most = alone.most_shipments().min(atoms.piece_of.len());
    let partition = table.partition(most, alone.pace);
    let mut served = best(alone, &partition.served, &unfilled);
    if served.is_some_and(|(_, set)| table.repeats_a_node(&partition, set)) {
        served = best(alone, &table.over_nodes(most, alone.pace), &unfilled);
    }
    // The first shipment pays no split penalty, but every shipment's cost holds one.
    served.map_or(alone.all_unfilled, |(cost, _)| {
        alone.all_unfilled.min(cost - alone.split)
    })
}

/// The atoms of an order: which piece each belongs to.
struct Atoms {
    piece_of: Vec<usize>,
    /// For each piece, its atoms.
    of_piece: Vec<Set>,
}

impl Atoms {
    fn new(alone: &Alone<'_>) -> Self {
        let mut atoms = Self {
            piece_of: Vec::new(),
            of_piece: Vec::new(),
        };
        for (n, piece) in alone.pieces.iter().enumerate() {
            let first = atoms.piece_of.len();
            atoms.piece_of.extend(std::iter::repeat_n(n, piece.count as usize));
            atoms.of_piece.push((1 << atoms.piece_of.len()) - (1 << first));
        }
        atoms
    }

    fn sets(&self) -> usize {
        1 << self.piece_of.len()
    }

    /// Cost of leaving each set unfilled.
    fn unfilled(&self, alone: &Alone<'_>) -> Vec<i64> {
        self.sums(0, |sum, _, piece| plus(sum, alone.pieces[piece].unfilled))
    }

    fn loads(&self, alone: &Alone<'_>) -> Vec<Load> {
        self.sums(Load::default(), |sum, _, piece| {
            sum.plus(times(alone.pieces[piece].load, 1))
        })
    }

    /// For each set: `add(value of the set without its lowest atom, that set, the atom's piece)`.
    fn sums<T: Copy>(&self, none: T, add: impl Fn(T, Set, usize) -> T) -> Vec<T> {
        let mut sums = vec![none; self.sets()];
        for set in 1..self.sets() {
            let rest = set & (set - 1);
            sums[set] = add(sums[rest], rest, self.piece_of[set.trailing_zeros() as usize]);
        }
        sums
    }
}

/// What each node charges for shipping each set, by the best of its stops.
struct Table {
    sets: usize,
    /// By node, then set; `CAP` = cannot.
    cost: Vec<i64>,
    /// By set: the least cost over nodes, and which node.
    least: Vec<(i64, u32)>,
}

impl Table {
    fn new(alone: &Alone<'_>, atoms: &Atoms) -> Self {
        let sets = atoms.sets();
        let loads = atoms.loads(alone);
        let transport: Vec<Vec<i64>> = alone
            .tariffs
            .iter()
            .map(|t| {
                let price = |&load: &Load| {
                    // A price takes some steps of its own.
                    let over = alone.pace.spend(4 * t.len());
                    if over { CAP } else { alone.cheapest(t, load) }
                };
                loads.iter().map(price).collect()
            })
            .collect();
        let mut table = Self {
            sets,
            cost: Vec::with_capacity(sets * alone.sources.len()),
            least: vec![(CAP, u32::MAX); sets],
        };
        let mut n = 0;
        for (at, source) in alone.sources.iter().enumerate() {
            if alone.pace.spend(4 * sets) {
                break;
            }
            let handling = handling(source, atoms);
            // The stops of a node stand together, and an order uses one of them only.
            let is_new = at == 0 || alone.sources[at - 1].node != source.node;
            if is_new {
                table.cost.resize(table.cost.len() + sets, CAP);
                n = table.cost.len() / sets - 1;
            }
            for set in 0..sets {
                let carriage = match source.carriage {
                    Carriage::Fixed(cost) => cost,
                    Carriage::Tariffs(t) => transport[t][set],
                };
                let cost = if set == 0 {
                    CAP
                } else {
                    plus(plus(source.base, handling[set]), carriage)
                };
                let cell = &mut table.cost[n * sets + set];
                *cell = cost.min(*cell);
                if cost < table.least[set].0 {
                    table.least[set] = (cost, n as u32);
                }
            }
        }
        table
    }

    /// The cheapest way to serve each set by at most `most` shipments, whether or not they share a node.
    fn partition(&self, most: usize, pace: &Pace<'_>) -> Partition {
        let unlimited = most >= self.sets.trailing_zeros() as usize;
        let mut served = nothing(self.sets);
        let mut rounds = Vec::new();
        // With a limit each round adds one shipment to what the round before could do; without, to what this one can.
        for _ in 0..if unlimited { 1 } else { most } {
            let before = served.clone();
            let mut first_shipment = vec![0; self.sets];
            for set in 1..self.sets {
                if pace.spend(1 << (set.count_ones() - 1)) {
                    break;
                }
                let lowest = set & set.wrapping_neg();
                for others in subsets(set ^ lowest) {
                    let first = others | lowest;
                    let left = if unlimited {
                        served[set ^ first]
                    } else {
                        before[set ^ first]
                    };
                    let cost = plus(self.least[first].0, left);
                    if cost < served[set] {
                        served[set] = cost;
                        first_shipment[set] = first;
                    }
                }
            }
            rounds.push(first_shipment);
        }
        Partition {
            served,
            rounds,
            unlimited,
        }
    }

    /// Whether the cheapest partition of a set uses a node twice.
    fn repeats_a_node(&self, partition: &Partition, set: Set) -> bool {
        let mut sources: Vec<u32> = partition.shipments(set).into_iter().map(|s| self.least[s].1).collect();
        sources.sort_unstable();
        sources.windows(2).any(|w| w[0] == w[1])
    }

    /// The cheapest way to serve each set by at most `most` shipments from different nodes.
    fn over_nodes(&self, most: usize, pace: &Pace<'_>) -> Vec<i64> {
        let unlimited = most >= self.sets.trailing_zeros() as usize;
        // By number of shipments so far, where that matters. Sets and numbers only grow, so going through them from the
        // largest down uses every node at most once.
        let mut served = vec![nothing(self.sets); if unlimited { 1 } else { most + 1 }];
        for cost in self.cost.chunks_exact(self.sets) {
            let all = (1..self.sets).filter(|&s| cost[s] < CAP).fold(0, |all, s| all | s);
            for from in (0..if unlimited { 1 } else { most }).rev() {
                let to = if unlimited { from } else { from + 1 };
                for set in (0..self.sets).rev() {
                    let so_far = served[from][set];
                    if so_far == CAP {
                        continue;
                    }
                    if pace.spend(1 << (all & !set).count_ones()) {
                        break;
                    }
                    for added in subsets(all & !set) {
                        let with = plus(so_far, cost[added]);
                        served[to][set | added] = served[to][set | added].min(with);
                    }
                }
            }
        }
        (0..self.sets)
            .map(|set| served.iter().map(|s| s[set]).min().unwrap_or(CAP))
            .collect()
    }
}

/// What a partition into shipments costs, for each set.
struct Partition {
    served: Vec<i64>,
    /// For each round and set, the shipment that holds its lowest atom; 0 = as in the round before.
    rounds: Vec<Vec<Set>>,
    unlimited: bool,
}

impl Partition {
    /// The shipments of the cheapest partition of a set.
    fn shipments(&self, mut set: Set) -> Vec<Set> {
        let mut shipments = Vec::new();
        let mut round = self.rounds.len();
        while set != 0 && round > 0 {
            let first = self.rounds[round - 1][set];
            if first != 0 {
                shipments.push(first);
                set ^= first;
            }
            if first == 0 || !self.unlimited {
                round -= 1;
            }
        }
        shipments
    }
}

/// Serving the empty set costs nothing; no other set is served yet.
fn nothing(sets: usize) -> Vec<i64> {
    let mut served = vec![CAP; sets];
    served[0] = 0;
    served
}

/// The least cost with something served and the rest left unfilled, and which set is served.
fn best(alone: &Alone<'_>, served: &[i64], unfilled: &[i64]) -> Option<(i64, Set)> {
    let all = served.len() - 1;
    let least = if alone.order.ship_complete { all } else { 1 };
    let cost = |set: Set| (plus(served[set], unfilled[all ^ set]), set);
    (least..=all).filter(|&set| served[set] < CAP).map(cost).min()
}

/// What a source asks for handling each set, `CAP` where it cannot serve it: an offer's cost per atom, and its cost per line
/// once.
fn handling(source: &Source, atoms: &Atoms) -> Vec<i64> {
    atoms.sums(0, |sum, rest, piece| {
        let offer = source.offers[piece];
        let already = (rest & atoms.of_piece[piece]).count_ones();
        if already >= offer.most {
            return CAP;
        }
        plus(plus(sum, offer.each), if already == 0 { offer.line } else { 0 })
    })
}

/// All subsets of a set, itself first and the empty one last.
fn subsets(set: Set) -> impl Iterator<Item = Set> {
    let mut next = Some(set);
    std::iter::from_fn(move || {
        let this = next?;
        next = if this == 0 { None } else { Some((this - 1) & set) };
        Some(this)
    })
}
