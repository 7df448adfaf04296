//! Moves of single lines: an atom to another spot, whose holders make room; an atom out of the way of those who want what it
//! holds; a shipment spread over others; a shipment opened; an order that ships complete or not at all, taken in or given up.
//! All lines of one SKU anew are in [`repack`](super::repack).

use super::board::{Board, UNFILLED};
use super::repack::Packing;
use super::seating::{Penalties, Seating};
use crate::allocate::book::NEVER;
use crate::search::Random;

/// Most atoms that one atom may push out: a large lot takes the place of many small ones.
const PUSHED: usize = 10;
/// Of 1000 moves, those that spread a shipment, those that open one, and those in which an atom leaves what it holds to others.
const SPREAD: u64 = 30;
const OPEN: u64 = 30;
const VACATE: u64 = 50;
/// The same for those of all lines of one SKU.
const REPACK: u64 = 30;
/// Of 1000 moves that fall on an order which ships complete or not at all, those of the order as a whole.
const WHOLE: u64 = 30;
/// Of 1000 of these, those that leave it out.
const LEAVES: u64 = 500;
/// Most atoms that are offered what others left of a row.
const OFFERED: usize = 12;
/// Of 1000 shifts, those for which staying is an answer.
const STAYS: u64 = 300;
/// Holders of a row that are compared before one has to leave.
const HOLDERS: usize = 4;

/// A walk over the plans of some orders.
pub(super) struct Walk<'a> {
    pub board: &'a Board<'a>,
    pub penalties: &'a Penalties,
    pub seating: Seating,
    /// The atoms that may move, and for each atom whether it may.
    pub atoms: &'a [u32],
    pub may_move: &'a [bool],
    pub random: Random,
    /// What a unit of each stock row is worth.
    pub worth: &'a [i64],
    /// How much more a move may cost, in the mean.
    pub heat: f64,
    /// What was done: an atom and its spot before.
    pub log: Vec<(u32, u32)>,
    /// Who had to leave and is not served yet.
    pub pushed: Vec<u32>,
    /// For lots of one SKU.
    pub packing: Packing,
}

impl<'a> Walk<'a> {
    /// A walk over the atoms that may move, each listed and marked, from a seating on.
    pub(super) fn new(
        (board, penalties): (&'a Board<'a>, &'a Penalties),
        seating: Seating,
        (atoms, may_move): (&'a [u32], &'a [bool]),
        worth: &'a [i64],
        heat: f64,
        random: Random,
    ) -> Self {
        Self {
            board,
            penalties,
            seating,
            atoms,
            may_move,
            random,
            worth,
            heat,
            log: Vec::new(),
            pushed: Vec::new(),
            packing: Packing::default(),
        }
    }
}

impl Walk<'_> {
    /// One move, kept if it costs no more than a random amount, in the mean about the heat.
    pub(super) fn step(&mut self) {
        self.log.clear();
        let Some(&atom) = self.random.pick(self.atoms) else {
            return;
        };
        let kind = self.random.below(1000);
        let change = if self.must(atom) && self.random.chance(WHOLE) {
            self.whole(self.order_of(atom))
        } else if kind < SPREAD {
            self.spread(atom)
        } else if kind < SPREAD + OPEN {
            self.open(atom)
        } else if kind < SPREAD + OPEN + VACATE {
            self.vacate(atom)
        } else if kind < SPREAD + OPEN + VACATE + REPACK {
            self.repack(atom)
        } else {
            self.shift(atom)
        };
        if !change.is_some_and(|c| c <= 0 || (c as f64) < self.heat * self.wait()) {
            self.undo();
        }
    }

    /// About an exponential number of mean 1; by its bits, so that it is the same on every machine.
    pub(super) fn wait(&mut self) -> f64 {
        let bits = self.random.bits() | 1;
        let zeros = bits.leading_zeros();
        let rest = (bits << zeros << 1) as f64 / 18_446_744_073_709_551_616.0;
        (f64::from(zeros) + 1.0 - rest) * std::f64::consts::LN_2
    }

    fn lift(&mut self, atom: u32) -> i64 {
        self.log.push((atom, self.seating.at[atom as usize]));
        self.seating.lift(self.board, self.penalties, atom)
    }

    pub(super) fn put(&mut self, atom: u32, spot: u32) -> i64 {
        self.log.push((atom, UNFILLED));
        self.seating.put(self.board, self.penalties, atom, spot)
    }

    pub(super) fn undo(&mut self) {
        while let Some((atom, before)) = self.log.pop() {
            if before == UNFILLED {
                self.seating.lift(self.board, self.penalties, atom);
            } else {
                self.seating.put(self.board, self.penalties, atom, before);
            }
        }
    }

    fn order_of(&self, atom: u32) -> u32 {
        self.board.atoms[atom as usize].order
    }

    /// Whether an atom must not be left unfilled by itself.
    pub(super) fn must(&self, atom: u32) -> bool {
        self.board.orders[self.order_of(atom) as usize].complete
    }

    fn slot_of(&self, atom: u32) -> Option<u32> {
        let spot = self.seating.at[atom as usize];
        (spot != UNFILLED).then(|| self.board.spots[spot as usize].slot)
    }

    /// An atom to where it costs least, give or take a random amount: to another spot, out, or where it is.
    fn shift(&mut self, atom: u32) -> Option<i64> {
        let now = self.seating.at[atom as usize];
        let must = self.must(atom);
        if now == UNFILLED && must {
            return None;
        }
        let stays = self.random.chance(STAYS);
        let mut change = self.leave(atom);
        let out = !must && (stays || now != UNFILLED);
        let to = self.choose(atom, out, if stays { UNFILLED } else { now })?;
        if to == now {
            return None;
        }
        if to != UNFILLED {
            change += self.enter(atom, to)?;
        }
        Some(change)
    }

    /// The spot where an unfilled atom costs least, give or take random amounts, with those who have to make room; not the spot
    /// `but`, and unfilled only if it may stay so.
    fn choose(&mut self, atom: u32, may_stay: bool, but: u32) -> Option<u32> {
        let (mut least, mut to) = (f64::INFINITY, None);
        if may_stay {
            (least, to) = (self.heat * self.wait(), Some(UNFILLED));
        }
        for spot in self.board.atoms[atom as usize].spots.clone() {
            if spot == but {
                continue;
            }
            let price = self.seating.price(self.board, self.penalties, atom, spot);
            if price >= NEVER {
                continue;
            }
            // Whoever has to make room loses about what the stock is worth.
            let short: i64 = self.board.takes(spot).iter().map(|&(row, n)| self.short(row, n)).sum();
            let value = (price + short) as f64 + self.heat * self.wait();
            if value < least {
                (least, to) = (value, Some(spot));
            }
        }
        to
    }

    /// An atom leaves; who wants what it held comes, and it goes where it then costs least.
    fn vacate(&mut self, atom: u32) -> Option<i64> {
        let now = self.seating.at[atom as usize];
        if now == UNFILLED {
            return None;
        }
        let change = self.lift(atom) + self.offer(now, atom)? + self.best(atom, None)?;
        (self.seating.at[atom as usize] != now).then_some(change)
    }

    /// Offers the stock of a spot that was left to some others who want it, unfilled or served from elsewhere.
    fn offer(&mut self, spot: u32, but: u32) -> Option<i64> {
        let board = self.board;
        let mut change = 0;
        for &(row, _) in board.takes(spot) {
            let wanters = board.wanters(row);
            let first = self.random.below(wanters.len().max(1) as u64) as usize;
            for i in 0..wanters.len().min(OFFERED) {
                if self.seating.left.stock[row as usize] <= 0 {
                    break;
                }
                let other = wanters[(first + i) % wanters.len()];
                if other != but && self.may_move[other as usize] && self.may_come(other, row) {
                    change += self.again(other)?;
                }
            }
        }
        Some(change)
    }

    /// Whether an atom takes nothing of a row yet and may be put by itself.
    fn may_come(&self, atom: u32, row: u32) -> bool {
        match self.seating.at[atom as usize] {
            UNFILLED => !self.must(atom),
            spot => self.board.takes(spot).iter().all(|t| t.0 != row),
        }
    }

    /// An atom, filled or not, to where it costs least; `None` as for [`best`](Self::best).
    fn again(&mut self, atom: u32) -> Option<i64> {
        Some(self.leave(atom) + self.best(atom, None)?)
    }

    /// Leaves an atom unfilled, if it is not already.
    pub(super) fn leave(&mut self, atom: u32) -> i64 {
        if self.seating.at[atom as usize] == UNFILLED {
            0
        } else {
            self.lift(atom)
        }
    }

    /// An order that ships complete or not at all: taken in, or served anew or given up, and what it held offered to others.
    fn whole(&mut self, order: u32) -> Option<i64> {
        let mut atoms: Vec<u32> = self.board.orders[order as usize].atoms.clone().collect();
        let spots: Vec<u32> = atoms.iter().map(|&a| self.seating.at[a as usize]).collect();
        let ships = spots.iter().all(|&s| s != UNFILLED);
        let mut change = atoms.iter().map(|&a| self.leave(a)).sum();
        if !ships || !self.random.chance(LEAVES) {
            self.random.shuffle(&mut atoms);
            for atom in atoms {
                let to = self.choose(atom, false, UNFILLED)?;
                change += self.enter(atom, to)?;
            }
        }
        if ships {
            for spot in spots {
                change += self.offer(spot, UNFILLED)?;
            }
        }
        Some(change)
    }

    /// What stock is worth that a row lacks.
    fn short(&self, row: u32, n: i64) -> i64 {
        (n - self.seating.left.stock[row as usize]).max(0) * self.worth[row as usize]
    }

    /// Puts an unfilled atom into a spot; who holds what it needs is pushed out, to where it costs least.
    fn enter(&mut self, atom: u32, spot: u32) -> Option<i64> {
        if self.seating.price(self.board, self.penalties, atom, spot) >= NEVER {
            return None;
        }
        let mut change = 0;
        self.pushed.clear();
        let board = self.board;
        for &(row, n) in board.takes(spot) {
            while self.seating.left.stock[row as usize] < n {
                if self.pushed.len() >= PUSHED {
                    return None;
                }
                let other = self.weakest(row, self.order_of(atom))?;
                change += self.lift(other);
                self.pushed.push(other);
            }
        }
        change += self.put(atom, spot);
        while let Some(other) = self.pushed.pop() {
            change += self.best(other, None)?;
        }
        Some(change)
    }

    /// Of some holders of a row, of other orders, the one that would be served elsewhere at the least cost.
    fn weakest(&mut self, row: u32, order: u32) -> Option<u32> {
        let n = self.seating.holders(row).len();
        if n == 0 {
            return None;
        }
        let first = self.random.below(n as u64) as usize;
        let (mut least, mut weakest) = (f64::INFINITY, None);
        for i in 0..n.min(HOLDERS) {
            let other = self.seating.holders(row)[(first + i) % n];
            if self.order_of(other) == order {
                continue;
            }
            let mut away = if self.must(other) { NEVER } else { 0 };
            for spot in self.board.atoms[other as usize].spots.clone() {
                if spot != self.seating.at[other as usize] && self.seating.fits(self.board, spot) {
                    away = away.min(self.seating.price(self.board, self.penalties, other, spot));
                }
            }
            if away >= NEVER {
                continue;
            }
            let loss = self.seating.loss(self.board, self.penalties, other) + away;
            let value = loss as f64 + self.heat * self.wait();
            if value < least {
                (least, weakest) = (value, Some(other));
            }
        }
        weakest
    }

    /// Puts an unfilled atom where it costs least, but not into the slot `but`; `None` where it may not stay out and nothing
    /// else is possible.
    fn best(&mut self, atom: u32, but: Option<u32>) -> Option<i64> {
        let out = if self.must(atom) { NEVER } else { 0 };
        let (mut least, mut to) = (out, UNFILLED);
        for spot in self.board.atoms[atom as usize].spots.clone() {
            if but == Some(self.board.spots[spot as usize].slot) || !self.seating.fits(self.board, spot) {
                continue;
            }
            let price = self.seating.price(self.board, self.penalties, atom, spot);
            if price < least {
                (least, to) = (price, spot);
            }
        }
        if to != UNFILLED {
            return Some(self.put(atom, to));
        }
        (least < NEVER).then_some(0)
    }

    /// The atoms of a slot.
    fn held_by(&self, slot: u32) -> Vec<u32> {
        let order = self.board.slots[slot as usize].order;
        let atoms = self.board.orders[order as usize].atoms.clone();
        atoms.filter(|&a| self.slot_of(a) == Some(slot)).collect()
    }

    /// Closes the shipment that an atom is in; its atoms go elsewhere.
    fn spread(&mut self, atom: u32) -> Option<i64> {
        let slot = self.slot_of(atom)?;
        let mut change = 0;
        let mut atoms = self.held_by(slot);
        for &a in &atoms {
            change += self.lift(a);
        }
        self.random.shuffle(&mut atoms);
        for a in atoms {
            change += self.best(a, Some(slot))?;
        }
        Some(change)
    }

    /// Opens a shipment for an atom, takes all others of its order that fit into it, and lets those go that are better off
    /// elsewhere.
    fn open(&mut self, atom: u32) -> Option<i64> {
        let now = self.seating.at[atom as usize];
        if now == UNFILLED && self.must(atom) {
            return None;
        }
        let spots = self.board.atoms[atom as usize].spots.clone();
        let to = spots.start + self.random.below(spots.len() as u64) as u32;
        if spots.is_empty() || to == now {
            return None;
        }
        let slot = self.board.spots[to as usize].slot;
        let mut change = self.leave(atom);
        change += self.enter(atom, to)?;
        let order = self.board.orders[self.order_of(atom) as usize].atoms.clone();
        let mut came = Vec::new();
        for other in order.filter(|&a| a != atom) {
            let from = self.seating.at[other as usize];
            let mut spots = self.board.atoms[other as usize].spots.clone();
            let Some(spot) = spots.find(|&s| self.board.spots[s as usize].slot == slot) else {
                continue;
            };
            if from == spot || from == UNFILLED && self.must(other) || !self.seating.fits(self.board, spot) {
                continue;
            }
            change += self.leave(other);
            if self.seating.price(self.board, self.penalties, other, spot) < NEVER {
                change += self.put(other, spot);
                came.push(other);
            } else if from != UNFILLED {
                change += self.put(other, from);
            }
        }
        for other in came {
            change += self.again(other)?;
        }
        Some(change)
    }
}
