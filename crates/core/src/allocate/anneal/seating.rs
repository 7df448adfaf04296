//! Which spot each atom has, what that costs and what is left; atoms are put and lifted one at a time.

use super::board::{Board, UNFILLED};
use crate::allocate::book::NEVER;
use crate::allocate::state::{Left, UNLIMITED};
use crate::cost::tariff::Load;

/// What a slot ships.
#[derive(Clone, Copy, Default)]
struct Held {
    atoms: u32,
    /// For the tables of a small order.
    set: u16,
    load: Load,
    /// The whole shipment, without what its atoms cost by themselves; 0 where it holds nothing.
    cost: i64,
}

/// What a line, a unit and a shipment of each node cost.
#[derive(Clone)]
pub(super) struct Penalties {
    pub lines: Vec<Rate>,
    pub units: Vec<Rate>,
    pub shipments: Vec<Rate>,
    /// What one beyond a limit costs at least at first, and the dearest that one may become.
    pub little: i64,
    pub dearest: i64,
}

/// The price of one of a node's lines, units or shipments, and what one beyond the limit costs more.
///
/// The price is paid at either side of the limit. Without it, one more beyond a full node would cost what nobody pays, one
/// less below it would be worth nothing, and hardly a move would pass the limit that its like had reached.
#[derive(Clone, Copy, Default)]
pub(super) struct Rate {
    pub price: i64,
    pub excess: i64,
}

#[derive(Clone)]
pub(super) struct Seating {
    pub at: Vec<u32>,
    held: Vec<Held>,
    /// Slots of each order that ship.
    open: Vec<u32>,
    /// Stock is never below 0; what is left of a node may be.
    pub left: Left,
    /// The atoms that take of each stock row.
    holders: Vec<Vec<u32>>,
}

impl Seating {
    /// Nothing is filled.
    pub(super) fn empty(board: &Board<'_>, left: Left) -> Self {
        Self {
            at: vec![UNFILLED; board.atoms.len()],
            held: vec![Held::default(); board.slots.len()],
            open: vec![0; board.orders.len()],
            holders: vec![Vec::new(); left.stock.len()],
            left,
        }
    }

    /// The atoms that take of a row.
    pub(super) fn holders(&self, row: u32) -> &[u32] {
        &self.holders[row as usize]
    }

    /// Forgets who holds what, but for these atoms.
    pub(super) fn keep_holders(&mut self, keep: impl Fn(u32) -> bool) {
        for list in &mut self.holders {
            list.retain(|&a| keep(a));
        }
    }

    /// What the plan costs, penalties aside.
    pub(super) fn total(&self, board: &Board<'_>) -> i64 {
        let of_atom = |(atom, &spot): (usize, &u32)| match spot {
            UNFILLED => board.atoms[atom].unfilled,
            spot => board.spots[spot as usize].cost,
        };
        let atoms: i64 = self.at.iter().enumerate().map(of_atom).sum();
        let first = self.open.iter().filter(|&&n| n > 0).count() as i64 * board.book.split;
        atoms + self.held.iter().map(|h| h.cost).sum::<i64>() - first
    }

    /// Whether stock suffices for a spot.
    pub(super) fn fits(&self, board: &Board<'_>, spot: u32) -> bool {
        board
            .takes(spot)
            .iter()
            .all(|&(row, n)| self.left.stock[row as usize] >= n)
    }

    /// What putting an unfilled atom there would cost more, penalties included; [`NEVER`] where a rule of its order forbids it.
    /// Stock is not looked at.
    pub(super) fn price(&self, board: &Board<'_>, penalties: &Penalties, atom: u32, spot: u32) -> i64 {
        let (a, s) = (&board.atoms[atom as usize], &board.spots[spot as usize]);
        let slot = &board.slots[s.slot as usize];
        let held = &self.held[s.slot as usize];
        if held.atoms == 0 && !self.may_open(board, s.slot) {
            return NEVER;
        }
        let carriage = board.carriage(slot, held.set | a.bit, &held.load.plus(a.load));
        if carriage >= NEVER {
            return NEVER;
        }
        let first = if held.atoms == 0 && self.open[slot.order as usize] == 0 {
            board.book.split
        } else {
            0
        };
        let n = slot.node as usize;
        let mut sum = slot.base + carriage - held.cost - first + s.cost - a.unfilled;
        sum += more(self.left.lines[n], a.lines, penalties.lines[n])
            + more(self.left.units[n], a.units, penalties.units[n]);
        if held.atoms == 0 {
            sum += more(self.left.shipments[n], slot.workload, penalties.shipments[n]);
        }
        sum
    }

    fn may_open(&self, board: &Board<'_>, slot: u32) -> bool {
        let s = &board.slots[slot as usize];
        let order = &board.orders[s.order as usize];
        self.open[s.order as usize] < order.most
            && !order
                .slots
                .clone()
                .any(|t| t != slot && self.held[t as usize].atoms > 0 && board.slots[t as usize].node == s.node)
    }

    /// Puts an unfilled atom into a spot that is allowed; returns what that costs more.
    pub(super) fn put(&mut self, board: &Board<'_>, penalties: &Penalties, atom: u32, spot: u32) -> i64 {
        let cost = self.price(board, penalties, atom, spot);
        let (a, s) = (&board.atoms[atom as usize], &board.spots[spot as usize]);
        let slot = &board.slots[s.slot as usize];
        for &(row, n) in board.takes(spot) {
            self.left.stock[row as usize] -= n;
            self.holders[row as usize].push(atom);
        }
        let node = slot.node as usize;
        let held = &mut self.held[s.slot as usize];
        if held.atoms == 0 {
            self.open[slot.order as usize] += 1;
            take(&mut self.left.shipments[node], slot.workload);
        }
        held.atoms += 1;
        held.set |= a.bit;
        held.load = held.load.plus(a.load);
        held.cost = slot.base + board.carriage(slot, held.set, &held.load);
        take(&mut self.left.lines[node], a.lines);
        take(&mut self.left.units[node], a.units);
        self.at[atom as usize] = spot;
        cost
    }

    /// What its slot holds without an atom that is in it.
    fn without(&self, board: &Board<'_>, atom: u32, slot: u32) -> Held {
        let a = &board.atoms[atom as usize];
        let mut held = self.held[slot as usize];
        held.atoms -= 1;
        if held.atoms == 0 {
            return Held::default();
        }
        held.set &= !a.bit;
        held.load.weight -= a.load.weight;
        held.load.volume -= a.load.volume;
        let s = &board.slots[slot as usize];
        if a.load.heaviest_unit >= held.load.heaviest_unit && a.load.heaviest_unit.0 > 0 {
            let order = &board.orders[s.order as usize];
            let here = order.atoms.clone().filter(|&b| {
                let at = self.at[b as usize];
                b != atom && at != UNFILLED && board.spots[at as usize].slot == slot
            });
            let heaviest = here.map(|b| board.atoms[b as usize].load.heaviest_unit).max();
            held.load.heaviest_unit = heaviest.unwrap_or_default();
        }
        held.cost = s.base + board.carriage(s, held.set, &held.load);
        held
    }

    /// What leaving a filled atom unfilled costs more, and what its slot would hold.
    fn without_and_change(&self, board: &Board<'_>, penalties: &Penalties, atom: u32) -> (Held, i64) {
        let spot = self.at[atom as usize];
        let (a, s) = (&board.atoms[atom as usize], &board.spots[spot as usize]);
        let slot = &board.slots[s.slot as usize];
        let held = self.without(board, atom, s.slot);
        let mut sum = a.unfilled - s.cost - self.held[s.slot as usize].cost + held.cost;
        let n = slot.node as usize;
        if held.atoms == 0 {
            if self.open[slot.order as usize] == 1 {
                sum += board.book.split;
            }
            sum -= less(self.left.shipments[n], slot.workload, penalties.shipments[n]);
        }
        sum -= less(self.left.lines[n], a.lines, penalties.lines[n]);
        sum -= less(self.left.units[n], a.units, penalties.units[n]);
        (held, sum)
    }

    /// What leaving a filled atom unfilled costs more.
    pub(super) fn loss(&self, board: &Board<'_>, penalties: &Penalties, atom: u32) -> i64 {
        self.without_and_change(board, penalties, atom).1
    }

    /// Leaves a filled atom unfilled; returns what that costs more.
    pub(super) fn lift(&mut self, board: &Board<'_>, penalties: &Penalties, atom: u32) -> i64 {
        let (held, change) = self.without_and_change(board, penalties, atom);
        let spot = self.at[atom as usize];
        let (a, s) = (&board.atoms[atom as usize], &board.spots[spot as usize]);
        let slot = &board.slots[s.slot as usize];
        for &(row, n) in board.takes(spot) {
            self.left.stock[row as usize] += n;
            let list = &mut self.holders[row as usize];
            if let Some(i) = list.iter().position(|&h| h == atom) {
                list.swap_remove(i);
            }
        }
        self.at[atom as usize] = UNFILLED;
        let node = slot.node as usize;
        if held.atoms == 0 {
            self.open[slot.order as usize] -= 1;
            take(&mut self.left.shipments[node], -slot.workload);
        }
        self.held[s.slot as usize] = held;
        take(&mut self.left.lines[node], -a.lines);
        take(&mut self.left.units[node], -a.units);
        change
    }
}

/// What taking so much more of a node costs.
fn more(left: i64, n: i64, rate: Rate) -> i64 {
    n * rate.price + (n - left.max(0)).max(0) * rate.excess
}

/// What giving back so much of a node saves.
fn less(left: i64, n: i64, rate: Rate) -> i64 {
    n * rate.price + n.min(-left).max(0) * rate.excess
}

fn take(left: &mut i64, n: i64) {
    if *left != UNLIMITED {
        *left -= n;
    }
}
