//! A wave under construction: open aisles, orders taken from them, and what is left of each SKU. Always covered: orders that
//! lose their stock go at once. Single-line orders are not listed: of what is left of a SKU they have the most units that
//! they can, which a table tells. Every change is logged, so that a move can be taken back.
//!
//! The most units of a wave do not hold here. [`Fill::wave`] drops orders until they do.

use std::collections::BTreeMap;

use super::presolve::{Reduced, reach};
use crate::index::OrderIdx;

/// One change, to be undone.
#[derive(Clone, Copy, Debug)]
enum Change {
    Opened(u32),
    Closed(u32),
    Taken(u32),
    Dropped(u32),
}

/// Orders and aisles as they stand.
#[derive(Clone)]
pub(super) struct Fill<'a> {
    pub reduced: &'a Reduced,
    /// Open aisles in no order, and where each aisle is in them.
    pub open: Vec<u32>,
    place: Vec<u32>,
    /// Closed aisles likewise.
    pub closed: Vec<u32>,
    /// Stock of open aisles, and what is left of it.
    held: Vec<i32>,
    pub left: Vec<i32>,
    /// Orders taken of each class.
    pub taken: Vec<i32>,
    counts: Vec<i32>,
    /// Units of all orders, those of a single line included.
    pub units: i64,
    /// A hash of the open aisles, the same in whatever order they were opened.
    pub mark: u64,
    log: Vec<Change>,
    touched: Vec<u32>,
    /// Cells looked at, the measure of work.
    pub work: u64,
}

const CLOSED: u32 = 1 << 31;

impl<'a> Fill<'a> {
    /// Nothing open, nothing taken.
    pub(super) fn new(reduced: &'a Reduced) -> Self {
        let aisles = reduced.aisles.len() as u32;
        Self {
            reduced,
            open: Vec::new(),
            place: (0..aisles).map(|n| n | CLOSED).collect(),
            closed: (0..aisles).collect(),
            held: vec![0; reduced.skus()],
            left: vec![0; reduced.skus()],
            taken: vec![0; reduced.classes.len()],
            counts: (0..reduced.classes.len()).map(|c| reduced.count(c)).collect(),
            units: 0,
            mark: 0,
            log: Vec::new(),
            touched: Vec::new(),
            work: 0,
        }
    }

    /// Whether an aisle is open.
    #[inline]
    pub(super) fn is_open(&self, aisle: u32) -> bool {
        self.place[aisle as usize] & CLOSED == 0
    }

    /// How many orders of a class are not taken.
    #[inline]
    pub(super) fn waiting(&self, class: u32) -> i32 {
        self.counts[class as usize] - self.taken[class as usize]
    }

    fn flip(&mut self, aisle: u32) {
        // SplitMix64 of the aisle.
        let mut mixed = u64::from(aisle + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        self.mark ^= mixed ^ (mixed >> 31);
        let place = self.place[aisle as usize];
        let at = (place & !CLOSED) as usize;
        let (from, to, mark) = if place & CLOSED == 0 {
            (&mut self.open, &mut self.closed, 0)
        } else {
            (&mut self.closed, &mut self.open, CLOSED)
        };
        from.swap_remove(at);
        if let Some(&moved) = from.get(at) {
            self.place[moved as usize] = at as u32 | mark;
        }
        self.place[aisle as usize] = to.len() as u32 | (mark ^ CLOSED);
        to.push(aisle);
    }

    fn stock(&mut self, aisle: u32, sign: i32) {
        let row = self.reduced.aisles.row(aisle as usize);
        self.work += row.len() as u64;
        for cell in row {
            self.held[cell.at as usize] += sign * cell.units;
            self.shift(cell.at, sign * cell.units);
        }
    }

    /// Changes what is left of a SKU.
    #[inline]
    fn shift(&mut self, sku: u32, by: i32) {
        let sku = sku as usize;
        let (before, after) = (self.left[sku], self.left[sku] + by);
        self.left[sku] = after;
        self.units += i64::from(self.reduced.loose(sku, after) - self.reduced.loose(sku, before));
    }

    fn change(&mut self, class: u32, sign: i32) {
        let row = self.reduced.classes.row(class as usize);
        self.work += row.len() as u64;
        for cell in row {
            self.shift(cell.at, -sign * cell.units);
        }
        self.taken[class as usize] += sign;
        self.units += i64::from(sign * self.reduced.units[class as usize]);
    }

    /// Opens an aisle and takes what fits.
    pub(super) fn open(&mut self, aisle: u32) {
        self.flip(aisle);
        self.stock(aisle, 1);
        self.log.push(Change::Opened(aisle));
        let reduced = self.reduced;
        for cell in reduced.aisles.row(aisle as usize) {
            self.serve(cell.at);
        }
    }

    /// Closes an aisle; orders that lose their stock go, and others take what these leave.
    pub(super) fn close(&mut self, aisle: u32) {
        self.shut(aisle);
        self.refill();
    }

    /// Closes an aisle without taking other orders instead; [`Self::refill`] does that.
    pub(super) fn shut(&mut self, aisle: u32) {
        self.flip(aisle);
        self.stock(aisle, -1);
        self.log.push(Change::Closed(aisle));
        let reduced = self.reduced;
        for cell in reduced.aisles.row(aisle as usize) {
            while self.left[cell.at as usize] < 0 {
                self.drop_one_of(cell.at, u32::MAX);
            }
        }
    }

    /// Takes orders that want what dropped orders left.
    pub(super) fn refill(&mut self) {
        let mut touched = std::mem::take(&mut self.touched);
        for &sku in &touched {
            self.serve(sku);
        }
        touched.clear();
        self.touched = touched;
    }

    /// Takes an order whatever it costs: those in its way go. `false` where there is none to take or open aisles do not hold
    /// its lines.
    pub(super) fn force(&mut self, class: u32) -> bool {
        let reduced = self.reduced;
        let row = reduced.classes.row(class as usize);
        if self.waiting(class) == 0 || row.iter().any(|c| c.units > self.held[c.at as usize]) {
            return false;
        }
        self.take(class);
        for cell in row {
            while self.left[cell.at as usize] < 0 {
                if !self.drop_one_of(cell.at, class) {
                    self.drop_one_of(cell.at, u32::MAX); // another order of this class
                }
            }
        }
        self.refill();
        true
    }

    /// Drops an order.
    pub(super) fn remove(&mut self, class: u32) {
        self.change(class, -1);
        self.log.push(Change::Dropped(class));
        let reduced = self.reduced;
        self.touched
            .extend(reduced.classes.row(class as usize).iter().map(|c| c.at));
    }

    fn take(&mut self, class: u32) {
        self.change(class, 1);
        self.log.push(Change::Taken(class));
    }

    /// Drops the order that brings the least for what it takes of a SKU.
    fn drop_one_of(&mut self, sku: u32, except: u32) -> bool {
        let reduced = self.reduced;
        for cell in reduced.wanted_by.row(sku as usize).iter().rev() {
            self.work += 1;
            if self.taken[cell.at as usize] > 0 && cell.at != except {
                self.remove(cell.at);
                return true;
            }
        }
        false
    }

    /// Takes orders that hold a SKU, as long as they fit and bring more than the single lines that they displace.
    #[inline]
    fn serve(&mut self, sku: u32) {
        if self.left[sku as usize] <= 0 {
            return;
        }
        let reduced = self.reduced;
        for cell in reduced.wanted_by.row(sku as usize) {
            self.work += 1;
            while self.waiting(cell.at) > 0 && cell.units <= self.left[sku as usize] && self.gain(cell.at) > 0 {
                self.take(cell.at);
            }
        }
    }

    /// Units that one more order of a class brings; 0 where it does not fit.
    #[inline]
    fn gain(&self, class: u32) -> i32 {
        let mut gain = self.reduced.units[class as usize];
        for cell in self.reduced.classes.row(class as usize) {
            let left = self.left[cell.at as usize];
            if left < cell.units {
                return 0;
            }
            let sku = cell.at as usize;
            gain -= self.reduced.loose(sku, left) - self.reduced.loose(sku, left - cell.units);
        }
        gain
    }

    /// The changes so far are final.
    pub(super) fn keep(&mut self) {
        self.log.clear();
    }

    /// Takes back all changes since the last [`Self::keep`].
    pub(super) fn undo(&mut self) {
        while let Some(change) = self.log.pop() {
            match change {
                Change::Opened(aisle) => {
                    self.flip(aisle);
                    self.stock(aisle, -1);
                }
                Change::Closed(aisle) => {
                    self.flip(aisle);
                    self.stock(aisle, 1);
                }
                Change::Taken(class) => self.change(class, -1),
                Change::Dropped(class) => self.change(class, 1),
            }
        }
        self.touched.clear();
    }

    /// Units of the wave as far as the most allows: what the search counts. Dropping orders can cost a little more.
    #[inline]
    pub(super) fn counted(&self) -> i64 {
        self.units.min(self.reduced.most)
    }

    /// The wave as it stands, without orders that are too many.
    pub(super) fn wave(&self) -> Wave {
        let mut aisles = self.open.clone();
        aisles.sort_unstable();
        let mut wave = Wave {
            aisles,
            taken: self.taken.clone(),
            loose: Vec::new(),
            units: self.units,
        };
        for sku in 0..self.left.len() {
            if self.left[sku] > 0 && self.reduced.table(sku).len() > 1 {
                wave.loose.extend(self.reduced.loose_orders(sku, self.left[sku]));
            }
        }
        wave.trim(self.reduced);
        wave
    }

    /// Becomes a wave, its single-line orders aside: these are as many as can be.
    pub(super) fn become_wave(&mut self, wave: &Wave) {
        self.become_taken(&wave.aisles, &wave.taken);
    }

    /// Opens exactly these aisles and takes exactly these orders of each class; `false` where the aisles do not hold them.
    pub(super) fn become_taken(&mut self, aisles: &[u32], taken: &[i32]) -> bool {
        self.keep();
        for aisle in self.open.clone() {
            self.flip(aisle);
            self.stock(aisle, -1);
        }
        for &aisle in aisles {
            self.flip(aisle);
            self.stock(aisle, 1);
        }
        for class in 0..self.taken.len() as u32 {
            while self.taken[class as usize] > taken[class as usize] {
                self.change(class, -1);
            }
            while self.taken[class as usize] < taken[class as usize] {
                self.change(class, 1);
            }
        }
        self.keep();
        self.left.iter().all(|&l| l >= 0)
    }
}

/// A wave of the reduced problem, within the most units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wave {
    /// Visited aisles, rising.
    pub aisles: Vec<u32>,
    /// Orders of each class.
    pub taken: Vec<i32>,
    /// Single-line orders and their units.
    pub loose: Vec<(i32, OrderIdx)>,
    pub units: i64,
}

impl Wave {
    /// Drops orders with as few units as possible, so that the most is kept.
    fn trim(&mut self, reduced: &Reduced) {
        let excess = self.units - reduced.most;
        if excess <= 0 {
            return;
        }
        // By size, how many orders there are.
        let mut sizes: BTreeMap<i32, usize> = BTreeMap::new();
        for &(units, _) in &self.loose {
            *sizes.entry(units).or_default() += 1;
        }
        for (class, &taken) in self.taken.iter().enumerate().filter(|t| *t.1 > 0) {
            *sizes.entry(reduced.units[class]).or_default() += taken as usize;
        }
        let largest = sizes.keys().next_back().map_or(0, |&s| i64::from(s));
        let mut drop: BTreeMap<i32, usize> = BTreeMap::new();
        let mut rest = excess;
        if excess.saturating_mul(sizes.len() as i64) > 1 << 26 {
            // Too many for a table: the large ones first, the last few by the table.
            for (&size, times) in sizes.iter_mut().rev() {
                let n = (*times).min(((rest - largest).max(0) / i64::from(size)) as usize);
                *times -= n;
                *drop.entry(size).or_default() += n;
                rest -= n as i64 * i64::from(size);
            }
        }
        let kinds: Vec<(usize, usize)> = sizes.iter().map(|(&s, &n)| (s as usize, n)).collect();
        let reached = reach(kinds.iter().copied(), (rest + largest) as usize);
        let last = &reached[reached.len() - 1];
        let Some(mut sum) = (rest as usize..last.len()).find(|&s| last[s]) else {
            return;
        };
        for (kind, &(size, _)) in kinds.iter().enumerate().rev() {
            while !reached[kind][sum] {
                sum -= size;
                *drop.entry(size as i32).or_default() += 1;
            }
        }
        let mut dropped = |units: i32| {
            let left = drop.get_mut(&units).filter(|n| **n > 0);
            left.map(|n| *n -= 1).is_some()
        };
        let mut units = self.units;
        self.loose.retain(|&(size, _)| {
            let gone = dropped(size);
            units -= if gone { i64::from(size) } else { 0 };
            !gone
        });
        for (class, taken) in self.taken.iter_mut().enumerate() {
            while *taken > 0 && dropped(reduced.units[class]) {
                *taken -= 1;
                units -= i64::from(reduced.units[class]);
            }
        }
        self.units = units;
    }

    /// Whether the ratio is larger than that of another; of equal ones fewer aisles.
    pub(super) fn beats(&self, other: Option<&Self>) -> bool {
        other.is_none_or(|o| {
            let (a, b) = (self.units * o.aisles.len() as i64, o.units * self.aisles.len() as i64);
            a > b || (a == b && self.aisles.len() < o.aisles.len())
        })
    }
}

/// A set of aisles, quickly filled.
pub(super) fn filled<'a>(reduced: &'a Reduced, aisles: &[u32]) -> Fill<'a> {
    let mut fill = Fill::new(reduced);
    for &aisle in aisles {
        fill.open(aisle);
    }
    fill.keep();
    fill
}
