//! The least cost of serving one order alone, exactly, where lines of many units may be divided: a dynamic programme over
//! how much of each piece is filled, node by node.
//!
//! ```text
//! least(n, filled) = min over what node n ships <= filled of  least(n - 1, filled - shipped) + cost of that shipment
//! ```
//! One digit for each piece says how much of it is filled; so a sum of two fillings is the sum of their positions. Where the
//! order has a limit of shipments, fillings are told apart by their number too.

use super::alone::{Alone, CAP, Carriage, Source, plus, times};
use crate::cost::tariff::Load;

/// Most fillings.
const FILLINGS: u64 = 1 << 17;

/// A piece as a digit of a filling.
struct Digit {
    piece: usize,
    count: usize,
    weight: usize,
}

/// The positions of fillings.
struct Digits {
    digits: Vec<Digit>,
    all: usize,
}

/// How many steps the programme takes; `None` where there are too many fillings.
pub(super) fn steps(alone: &Alone<'_>) -> Option<u64> {
    let mut fillings = 1u64;
    for piece in &alone.pieces {
        fillings = fillings
            .checked_mul(u64::from(piece.count) + 1)
            .filter(|&n| n <= FILLINGS)?;
    }
    let of_node = |stops: &[Source]| {
        let pairs = alone.pieces.iter().enumerate().map(|(n, piece)| {
            let count = u64::from(piece.count);
            let most = stops
                .iter()
                .map(|s| u64::from(s.offers[n].most).min(count))
                .max()
                .unwrap_or(0);
            // What is shipped, and all fillings that have room for it.
            (most + 1) * (count + 1) - most * (most + 1) / 2
        });
        pairs.fold(1, u64::saturating_mul)
    };
    let nodes = alone.sources.chunk_by(|a, b| a.node == b.node);
    let steps = nodes.map(of_node).fold(0, u64::saturating_add);
    Some(steps.saturating_mul(layers(alone) as u64))
}

/// Kinds of fillings: one, or one for each number of shipments that the order may have.
fn layers(alone: &Alone<'_>) -> usize {
    let nodes = alone.sources.chunk_by(|a, b| a.node == b.node).count();
    match alone.most_shipments() {
        most if most < nodes => most + 1,
        _ => 1,
    }
}

/// The least cost at the order's prices, of any way that its own rules allow, leaving it unfilled included.
pub(super) fn minimum(alone: &Alone<'_>) -> i64 {
    let digits = Digits::new(alone);
    let loads = digits.loads(alone);
    let mut transport: Vec<Vec<Option<i64>>> = alone.tariffs.iter().map(|_| vec![None; digits.all]).collect();
    let layers = layers(alone);
    let mut least = vec![vec![CAP; digits.all]; layers];
    least[0][0] = 0;
    for stops in alone.sources.chunk_by(|a, b| a.node == b.node) {
        let mut shipments: Vec<(usize, i64)> = Vec::new();
        for source in stops {
            digits.each_shipment(source, |shipped, handling| {
                let carriage = match source.carriage {
                    Carriage::Fixed(cost) => cost,
                    Carriage::Tariffs(t) => {
                        *transport[t][shipped].get_or_insert_with(|| alone.cheapest(&alone.tariffs[t], loads[shipped]))
                    }
                };
                let cost = plus(plus(source.base, handling), carriage);
                if cost < CAP {
                    shipments.push((shipped, cost));
                }
            });
        }
        // Of the stops of a node the cheapest counts.
        shipments.sort_unstable();
        shipments.dedup_by_key(|s| s.0);
        // Shipments so far grow with each node, so the higher numbers come first.
        for layer in (0..layers.max(2) - 1).rev() {
            let before = least[layer].clone();
            let to = if layers == 1 { 0 } else { layer + 1 };
            for &(shipped, cost) in &shipments {
                digits.add(shipped, cost, &before, &mut least[to]);
            }
        }
    }
    let unfilled = digits.unfilled(alone);
    let first = if alone.order.ship_complete { digits.all - 1 } else { 1 };
    let ends = least.iter().flat_map(|l| l[first..].iter().zip(&unfilled[first..]));
    let ends = ends
        .filter(|(cost, _)| **cost < CAP)
        .map(|(&cost, &rest)| plus(cost, rest));
    // The first shipment pays no split penalty, but every shipment's cost holds one.
    ends.min()
        .map_or(alone.all_unfilled, |cost| alone.all_unfilled.min(cost - alone.split))
}

impl Digits {
    fn new(alone: &Alone<'_>) -> Self {
        let pieces = alone.pieces.iter().enumerate();
        let mut digits: Vec<Digit> = pieces
            .map(|(piece, p)| Digit {
                piece,
                count: p.count as usize,
                weight: 0,
            })
            .collect();
        // The longest runs of neighbours first.
        digits.sort_by_key(|d| std::cmp::Reverse(d.count));
        let mut all = 1;
        for digit in &mut digits {
            digit.weight = all;
            all *= digit.count + 1;
        }
        Self { digits, all }
    }

    /// For each filling the sum of `of_piece` over what it holds of each piece.
    fn sums<T: Clone>(&self, none: T, mut add: impl FnMut(&T, usize) -> T) -> Vec<T> {
        let mut sums = vec![none; self.all];
        for digit in &self.digits {
            for at in digit.weight..digit.weight * (digit.count + 1) {
                sums[at] = add(&sums[at - digit.weight], digit.piece);
            }
        }
        sums
    }

    fn loads(&self, alone: &Alone<'_>) -> Vec<Load> {
        self.sums(Load::default(), |sum, piece| {
            sum.plus(times(alone.pieces[piece].load, 1))
        })
    }

    /// For each filling what the rest costs unfilled.
    fn unfilled(&self, alone: &Alone<'_>) -> Vec<i64> {
        let mut costs = self.sums(0, |&sum, piece| plus(sum, alone.pieces[piece].unfilled));
        costs.reverse(); // what is missing of a filling is itself one, from the other end
        costs
    }

    /// Calls `see(filling, handling)` for everything that a source may ship.
    fn each_shipment(&self, source: &Source, mut see: impl FnMut(usize, i64)) {
        let most: Vec<usize> = self
            .digits
            .iter()
            .map(|d| d.count.min(source.offers[d.piece].most as usize))
            .collect();
        let mut taken = vec![0; most.len()];
        while let Some(next) = (0..most.len()).find(|&n| taken[n] < most[n]) {
            taken[..next].fill(0);
            taken[next] += 1;
            let (mut at, mut handling) = (0, 0);
            for (&n, digit) in taken.iter().zip(&self.digits).filter(|(n, _)| **n > 0) {
                let offer = source.offers[digit.piece];
                let cost = i128::from(offer.line) + i128::from(offer.each) * n as i128;
                at += n * digit.weight;
                handling = plus(handling, cost.min(i128::from(CAP)) as i64);
            }
            see(at, handling);
        }
    }

    /// Adds a shipment to every filling that has room for it.
    fn add(&self, shipped: usize, cost: i64, before: &[i64], after: &mut [i64]) {
        let room = |d: &Digit| d.count - shipped / d.weight % (d.count + 1);
        let rooms: Vec<usize> = self.digits.iter().map(room).collect();
        let run = rooms[0] + 1;
        let mut taken = vec![0; rooms.len()];
        let mut at = 0;
        loop {
            let to = after[at + shipped..at + shipped + run].iter_mut();
            for (&from, to) in before[at..at + run].iter().zip(to) {
                *to = (*to).min(from + cost); // two costs still add up
            }
            let Some(next) = (1..rooms.len()).find(|&n| taken[n] < rooms[n]) else {
                return;
            };
            for (taken, digit) in taken.iter_mut().zip(&self.digits).take(next).skip(1) {
                at -= *taken * digit.weight;
                *taken = 0;
            }
            taken[next] += 1;
            at += self.digits[next].weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fillings_add_up_digit_by_digit() {
        let digits = Digits {
            digits: [(0, 2, 1), (1, 3, 3), (2, 1, 12)]
                .map(|(piece, count, weight)| Digit { piece, count, weight })
                .into(),
            all: 24,
        };
        let counts = |at: usize| [at % 3, at / 3 % 4, at / 12];
        for shipped in 1..24 {
            let before: Vec<i64> = (0..24).map(|n| 100 + n * n % 7).collect();
            let mut after = vec![CAP; 24];
            digits.add(shipped, 5, &before, &mut after);
            for at in 0..24 {
                let (all, part) = (counts(at), counts(shipped));
                let holds = (0..3).all(|i| part[i] <= all[i]);
                let expected = if holds { before[at - shipped] + 5 } else { CAP };
                assert_eq!(after[at], expected, "{shipped} of {at}");
            }
        }
    }
}
