//! A move of all lines of one SKU: who wants its stock is seated anew at once, as cheaply as the stock of all nodes lets.
//!
//! A few large lots fill the stock of a node, and which of them go without cannot be found one lot at a time: what is left beside a wrong lot is
//! of no use. Lots of different orders meet in the stock alone, so that what each costs at each node is known before; what is left is to pack
//! them, by depth first branch and bound, the largest first, ended after some branches.

use super::board::{Article, UNFILLED};
use super::moves::Walk;
use crate::allocate::book::NEVER;

/// Most branches of one packing.
const BRANCHES: u32 = 500;
/// Above what any lot costs.
const NOWHERE: f64 = 1e15;

/// A place for a lot.
#[derive(Clone, Copy)]
struct Place {
    cost: f64,
    /// A spot, or unfilled.
    spot: u32,
    /// The stock row of the spot, by its place among those of the SKU, and what it takes.
    row: usize,
    units: i64,
}

struct Lot {
    atom: u32,
    units: i64,
    /// Its places, the cheapest first.
    places: std::ops::Range<usize>,
}

/// Buffers of a packing.
#[derive(Default)]
pub(super) struct Packing {
    /// The atoms and where they were.
    before: Vec<(u32, u32)>,
    lots: Vec<Lot>,
    places: Vec<Place>,
    left: Vec<i64>,
    /// The least that a lot and all after it cost.
    least_from: Vec<f64>,
    chosen: Vec<usize>,
    best: Vec<usize>,
    least: f64,
    branches: u32,
}

impl Packing {
    fn clear(&mut self) {
        self.before.clear();
        self.lots.clear();
        self.places.clear();
        self.left.clear();
    }

    /// Adds a lot with the places from the `first`th on.
    fn add(&mut self, atom: u32, first: usize) {
        let places = &mut self.places[first..];
        places.sort_unstable_by(|a, b| a.cost.total_cmp(&b.cost));
        let units = places.iter().map(|p| p.units).max().unwrap_or(0);
        self.lots.push(Lot {
            atom,
            units,
            places: first..self.places.len(),
        });
    }

    /// Packs the lots; false where no packing was found.
    fn pack(&mut self) -> bool {
        self.lots.sort_unstable_by_key(|l| (std::cmp::Reverse(l.units), l.atom));
        self.least_from.clear();
        self.least_from.resize(self.lots.len() + 1, 0.0);
        for (i, lot) in self.lots.iter().enumerate().rev() {
            self.least_from[i] = self.least_from[i + 1] + self.places[lot.places.start].cost;
        }
        self.chosen.clear();
        self.best.clear();
        (self.least, self.branches) = (NOWHERE, 0);
        self.branch(0, 0.0);
        self.least < NOWHERE
    }

    fn branch(&mut self, lot: usize, cost: f64) {
        if lot == self.lots.len() {
            self.least = cost;
            self.best.clone_from(&self.chosen);
            return;
        }
        self.branches += 1;
        if self.branches > BRANCHES && self.least < NOWHERE {
            return;
        }
        for n in self.lots[lot].places.clone() {
            let place = self.places[n];
            if cost + place.cost + self.least_from[lot + 1] >= self.least {
                break;
            }
            let out = place.spot == UNFILLED;
            if !out && self.left[place.row] < place.units {
                continue;
            }
            self.chosen.push(n);
            if out {
                self.branch(lot + 1, cost + place.cost);
            } else {
                self.left[place.row] -= place.units;
                self.branch(lot + 1, cost + place.cost);
                self.left[place.row] += place.units;
            }
            self.chosen.pop();
        }
    }
}

impl Walk<'_> {
    /// All atoms of the SKU of an atom anew, each where it costs least beside the others, give or take random amounts.
    pub(super) fn repack(&mut self, atom: u32) -> Option<i64> {
        let article = self.board.article_of(atom)?;
        let mut packing = std::mem::take(&mut self.packing);
        let change = self.pack_anew(article, &mut packing);
        self.packing = packing;
        change
    }

    fn pack_anew(&mut self, article: &Article, packing: &mut Packing) -> Option<i64> {
        packing.clear();
        let mut change = 0;
        for &a in &article.atoms {
            let at = self.seating.at[a as usize];
            if self.may_move[a as usize] && !(at == UNFILLED && self.must(a)) {
                packing.before.push((a, at));
                change += self.leave(a);
            }
        }
        let left = article.rows.iter().map(|&r| self.seating.left.stock[r as usize]);
        packing.left.extend(left);
        for i in 0..packing.before.len() {
            self.add_lot(packing.before[i].0, &article.rows, packing);
        }
        if !packing.pack() {
            return None;
        }
        for (lot, &place) in packing.lots.iter().zip(&packing.best) {
            let spot = packing.places[place].spot;
            if spot == UNFILLED {
                continue;
            }
            // Two lots of one order may have met.
            if self.seating.price(self.board, self.penalties, lot.atom, spot) >= NEVER {
                return None;
            }
            change += self.put(lot.atom, spot);
        }
        let moved = packing.before.iter().any(|&(a, at)| self.seating.at[a as usize] != at);
        moved.then_some(change)
    }

    /// Adds an unfilled atom with all the places that it could have.
    fn add_lot(&mut self, atom: u32, rows: &[u32], packing: &mut Packing) {
        let first = packing.places.len();
        packing.places.push(Place {
            cost: if self.must(atom) {
                NOWHERE
            } else {
                self.heat * self.wait()
            },
            spot: UNFILLED,
            row: 0,
            units: 0,
        });
        for spot in self.board.atoms[atom as usize].spots.clone() {
            let (row, units) = self.board.takes(spot)[0];
            let Ok(row) = rows.binary_search(&row) else { continue };
            if packing.left[row] < units {
                continue;
            }
            let price = self.seating.price(self.board, self.penalties, atom, spot);
            if price < NEVER {
                packing.places.push(Place {
                    cost: price as f64 + self.heat * self.wait(),
                    spot,
                    row,
                    units,
                });
            }
        }
        packing.add(atom, first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Random;

    /// The least cost of lots from the `n`th on, by trying every place.
    fn least(packing: &Packing, n: usize, left: &mut Vec<i64>) -> f64 {
        let Some(lot) = packing.lots.get(n) else { return 0.0 };
        let mut least_cost = NOWHERE;
        for place in &packing.places[lot.places.clone()] {
            if place.spot != UNFILLED && left[place.row] < place.units {
                continue;
            }
            left[place.row] -= place.units;
            least_cost = least_cost.min(place.cost + least(packing, n + 1, left));
            left[place.row] += place.units;
        }
        least_cost
    }

    #[test]
    fn a_packing_is_the_cheapest_there_is() {
        let mut random = Random::new(7);
        let mut tight = 0;
        for round in 0..500 {
            let mut packing = Packing {
                left: (0..=random.below(3)).map(|_| 3 + random.below(20) as i64).collect(),
                ..Packing::default()
            };
            for atom in 0..random.below(7) as u32 {
                let first = packing.places.len();
                let units = 1 + random.below(12) as i64;
                let out = Place {
                    cost: 0.0,
                    spot: UNFILLED,
                    row: 0,
                    units: 0,
                };
                packing.places.push(out);
                for row in 0..packing.left.len() {
                    packing.places.push(Place {
                        cost: 20.0 - random.below(100) as f64,
                        spot: row as u32,
                        row,
                        units,
                    });
                }
                packing.add(atom, first);
            }
            let mut left = packing.left.clone();
            let free: f64 = packing.lots.iter().map(|l| packing.places[l.places.start].cost).sum();
            let expected = least(&packing, 0, &mut left);
            assert!(packing.pack(), "round {round}");
            assert!(
                (packing.least - expected).abs() < 1e-9,
                "round {round}: {} and {expected}",
                packing.least
            );
            let chosen: f64 = packing.best.iter().map(|&p| packing.places[p].cost).sum();
            assert!((chosen - expected).abs() < 1e-9, "round {round}");
            assert_eq!(packing.left, left, "round {round}");
            tight += usize::from(expected > free);
        }
        assert!(tight > 100, "{tight}");
    }
}
