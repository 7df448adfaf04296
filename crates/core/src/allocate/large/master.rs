//! The cheapest way to serve a large order from whole shipments: column generation, and branch and bound on top.
//!
//! ```text
//! least  sum of shipments' costs + sum of atoms' costs of being left       each atom at least once, each node at most one
//! values v of the atoms, from the linear programme, bound it from below:
//!        sum of v + sum over nodes of min(0, least over sets S of (cost of shipping S - values of S))
//! ```
//! The inner minimum is [`pack`](super::pack), exact, so that the bound is that of whole shipments, which is seldom far
//! below the least cost, and often it. Shipments that paid once stand in a pool, from which the next search starts.
//!
//! Sources: J. Desrosiers and M. Lübbecke, "A primer in column generation" (2005); the idea to round the fractional shares
//! of atoms and to repair by moves is the usual one.

use std::cmp::Reverse;

use super::ladder::Steps;
use super::pack::{Item, Packer, Room};
use super::relax::Opening;
use super::simplex::{Column, FAR, Simplex};
use super::tree::{Effort, Search};
use super::{LargeOrder, OUT, most_that};
use crate::allocate::book::{Book, NEVER};
use crate::allocate::price::Valuation;

/// Most atoms of an order for which shipments are sets.
pub(super) const MOST_ATOMS: usize = 64;
/// Rounds of column generation for one bound.
const ROUNDS: usize = 60;

/// A set of atoms from one node, with its carriage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Shipment {
    pub(super) node: u16,
    pub(super) carriage: i64,
    pub(super) set: u64,
}

/// What is decided in a branch.
#[derive(Clone, Debug, Default)]
struct Branch {
    /// Per node, the atoms that may come from there.
    allowed: Vec<u64>,
    opening: Vec<Opening>,
    /// Atoms that must not be left.
    must: u64,
    next: Next,
}

/// How to go on from a branch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Next {
    #[default]
    Done,
    Node(u16),
    Atom(u16, u16),
}

/// Buffers of the search.
#[derive(Default)]
pub(super) struct Master {
    simplex: Simplex,
    packer: Packer,
    pub(super) pool: Vec<Shipment>,
    /// The atoms that each node could ship with their costs, one node after another; where each starts.
    at_node: Vec<(u16, i64)>,
    starts: Vec<u32>,
    /// What fits into each node.
    rooms: Vec<Room>,
    values: Vec<i64>,
    known: Vec<i64>,
    branches: Vec<Branch>,
    /// The least bound of the branches that were not worth following.
    closed: i64,
    heap: std::collections::BinaryHeap<Reverse<(i64, u32)>>,
    shares: Vec<f64>,
    ships: Vec<f64>,
    at: Vec<u16>,
}

impl<V: Valuation> Search<'_, V> {
    /// Whether shipments of this order can be sets.
    pub(super) fn has_sets(&self) -> bool {
        let fits = self.order.atoms.len() <= MOST_ATOMS && !self.order.has_twins();
        fits && (!self.order.shares_rows || !V::LIMITS)
    }

    /// Improves the way, and returns a lower bound.
    pub(super) fn by_shipments(&mut self, effort: Effort) -> i64 {
        self.lay_out();
        let root = Branch {
            allowed: vec![u64::MAX; self.order.nodes.len()],
            opening: (0..self.order.nodes.len())
                .map(|n| {
                    let closed = self.space.costs.base[n] >= NEVER || self.order.steps(n as u16).list.is_empty();
                    if closed { Opening::Closed } else { Opening::Maybe }
                })
                .collect(),
            must: 0,
            next: Next::Done,
        };
        self.space.master.branches.clear();
        self.space.master.heap.clear();
        self.space.master.closed = i64::MAX;
        self.see(root, 0, effort);
        self.keep_pool();
        let mut ends = i64::MAX;
        while let Some(Reverse((bound, at))) = self.space.master.heap.pop() {
            let branches = self.space.master.branches.len();
            if bound >= self.close(effort) || branches >= effort.branches as usize {
                return ends.min(bound).min(self.space.master.closed);
            }
            let branch = std::mem::take(&mut self.space.master.branches[at as usize]);
            if branch.next == Next::Done {
                ends = ends.min(bound);
                continue;
            }
            for first in [true, false] {
                if let Some(branch) = self.divide(&branch, first) {
                    self.see(branch, bound, effort);
                }
            }
        }
        ends.min(self.space.master.closed)
    }

    /// From where on a branch holds nothing better that matters.
    fn close(&self, effort: Effort) -> i64 {
        self.upper - (self.upper / 1_000_000).saturating_mul(effort.tolerance)
    }

    /// Candidates by node, and what fits there.
    fn lay_out(&mut self) {
        let nodes = self.order.nodes.len();
        let (costs, master) = (&self.space.costs, &mut self.space.master);
        master.at_node.clear();
        master.starts.clear();
        for n in 0..nodes as u16 {
            master.starts.push(master.at_node.len() as u32);
            for a in 0..self.order.atoms.len() {
                let cost = costs.at(a, n);
                if cost < NEVER {
                    master.at_node.push((a as u16, cost));
                }
            }
        }
        master.starts.push(master.at_node.len() as u32);
        master.rooms.clear();
        for n in 0..nodes as u16 {
            let entry = self.order.entry(n, 1);
            let (lines, units) = self
                .order
                .atoms
                .iter()
                .fold((0, 0), |s, a| (s.0 + a.pieces.len() as u32, s.1 + a.units));
            master.rooms.push(if V::LIMITS {
                Room {
                    lines: most_that(lines, |x| self.v.fits(&entry, x, 0)),
                    units: most_that(units, |x| self.v.fits(&entry, 0, x)),
                }
            } else {
                Room { lines, units }
            });
        }
    }

    /// One of the two parts of a branch.
    fn divide(&self, branch: &Branch, first: bool) -> Option<Branch> {
        let mut part = branch.clone();
        match branch.next {
            Next::Done => return None,
            Next::Node(n) => part.opening[usize::from(n)] = if first { Opening::Open } else { Opening::Closed },
            Next::Atom(a, n) => {
                let set = 1u64 << a;
                if first {
                    part.must |= set;
                    part.opening[usize::from(n)] = Opening::Open;
                }
                for (m, allowed) in part.allowed.iter_mut().enumerate() {
                    if (m == usize::from(n)) != first {
                        *allowed &= !set;
                    }
                }
            }
        }
        let open = part.opening.iter().filter(|o| **o == Opening::Open).count();
        if open > self.order.max_shipments {
            return None;
        }
        Some(part)
    }

    /// Bounds a branch, and notes it where it may hold something better.
    fn see(&mut self, mut branch: Branch, bound: i64, effort: Effort) {
        let lower = self.relax(&branch, effort).max(bound);
        if lower >= self.close(effort) {
            self.space.master.closed = self.space.master.closed.min(lower);
            return;
        }
        branch.next = self.next(&branch);
        let master = &mut self.space.master;
        master.heap.push(Reverse((lower, master.branches.len() as u32)));
        master.branches.push(branch);
    }

    /// Column generation: a lower bound on the branch, and a way near its shares.
    fn relax(&mut self, branch: &Branch, effort: Effort) -> i64 {
        if branch.opening.iter().all(|o| *o == Opening::Closed) {
            return NEVER; // nothing ships: the least cost known is no more
        }
        self.start(branch);
        let mut lower = i64::MIN;
        for _ in 0..ROUNDS {
            self.space.work += 1;
            self.space.master.simplex.solve();
            let total = self.space.master.simplex.total();
            let (bound, added) = self.pack_all(branch);
            lower = lower.max(bound - self.book.split);
            if lower >= self.close(effort) {
                return lower;
            }
            let possible = total < FAR / 2.0;
            if added == 0 && !possible {
                return NEVER;
            }
            let gap = total - self.book.split as f64 - lower as f64;
            let close = total * 1e-6 * (effort.tolerance as f64 * 0.2).max(20.0);
            if added == 0 || possible && gap <= close {
                break;
            }
        }
        self.round(branch);
        lower
    }

    /// The programme of the shipments in the pool.
    fn start(&mut self, branch: &Branch) {
        let space = &mut *self.space;
        let (costs, master) = (&space.costs, &mut space.master);
        let out = costs.out.iter().enumerate().map(|(a, &out)| {
            if branch.must >> a & 1 == 1 {
                FAR
            } else {
                (out as f64).min(FAR)
            }
        });
        let none = branch
            .opening
            .iter()
            .map(|o| if *o == Opening::Open { FAR } else { 0.0 });
        master.simplex.start(out, none, self.order.max_shipments);
        for i in 0..master.pool.len() {
            let s = master.pool[i];
            let n = usize::from(s.node);
            if branch.opening[n] == Opening::Closed || s.set & !branch.allowed[n] != 0 {
                continue;
            }
            let (mut cost, mut lines, mut units) = (costs.base[n] + s.carriage, 0, 0);
            let mut set = s.set;
            for &(a, c) in &master.at_node[master.starts[n] as usize..master.starts[n + 1] as usize] {
                if set >> a & 1 == 1 {
                    cost += c;
                    set &= !(1 << a);
                    lines += self.order.atoms[usize::from(a)].pieces.len() as u32;
                    units += self.order.atoms[usize::from(a)].units;
                }
            }
            let room = master.rooms[n];
            if set == 0 && lines <= room.lines && units <= room.units {
                master.simplex.columns.push(Column {
                    node: s.node,
                    set: s.set,
                    cost: cost as f64,
                });
            }
        }
    }

    /// The bound at the duals, in whole numbers, and how many shipments that pay joined the programme.
    fn pack_all(&mut self, branch: &Branch) -> (i64, usize) {
        let order = self.order;
        let space = &mut *self.space;
        let (costs, master) = (&space.costs, &mut space.master);
        let (atoms, nodes) = (order.atoms.len(), order.nodes.len());
        let duals = &master.simplex.duals;
        let most = order.max_shipments.min(atoms + nodes + 2) as i64;
        let (each, any) = (
            duals[atoms + nodes].min(0.0) as i64,
            duals[atoms + nodes + 1].max(0.0) as i64,
        );
        master.values.clear();
        let mut bound = each * most + any;
        for (a, &out) in costs.out.iter().enumerate() {
            let most = if branch.must >> a & 1 == 1 { FAR as i64 } else { out };
            let value = (duals[a].max(0.0) as i64).min(most);
            master.values.push(value);
            bound += value;
        }
        // What the shipments of the programme are worth at the values.
        master.known.clear();
        master.known.resize(nodes, i64::MIN);
        for c in &master.simplex.columns {
            let (mut worth, mut set) = (-(c.cost as i64) + costs.base[usize::from(c.node)], c.set);
            while set != 0 {
                worth += master.values[set.trailing_zeros() as usize];
                set &= set - 1;
            }
            let known = &mut master.known[usize::from(c.node)];
            *known = (*known).max(worth);
        }
        let mut added = 0;
        for n in 0..nodes {
            if branch.opening[n] == Opening::Closed {
                continue;
            }
            let steps = order.steps(n as u16);
            let base = costs.base[n] - each - any;
            master.packer.items.clear();
            for &(a, cost) in &master.at_node[master.starts[n] as usize..master.starts[n + 1] as usize] {
                let profit = master.values[usize::from(a)] - cost;
                if profit > 0 && branch.allowed[n] >> a & 1 == 1 {
                    let atom = &order.atoms[usize::from(a)];
                    master.packer.items.push(Item {
                        profit,
                        load: atom.load,
                        lines: atom.pieces.len() as u32,
                        units: atom.units,
                        set: 1 << a,
                    });
                }
            }
            let open = branch.opening[n] == Opening::Open;
            // A node that need not ship is worth its base. One that must, or that is paid for shipping, ships at least an atom: of sets without
            // any profit the best is a single one.
            let ships = open || base < -cheapest(steps);
            let alone = if ships {
                best_alone(order, self.book, master, branch, n)
            } else {
                None
            };
            let floor = match alone {
                None if open => return (NEVER, 0),
                Some((worth, _)) if open => worth,
                Some((worth, _)) => worth.max(base),
                None => base,
            };
            let packed = master.packer.pack(steps, floor.max(master.known[n]), master.rooms[n]);
            let most = packed.most;
            bound += if open { base - most } else { (base - most).min(0) };
            let set = match alone {
                Some((worth, single)) if packed.set == 0 && worth > master.known[n] => single,
                _ => packed.set,
            };
            if set == 0 {
                continue;
            }
            let load = members(set).fold(crate::cost::tariff::Load::default(), |l, a| l.plus(order.atoms[a].load));
            let Some(carriage) = order.carriage(self.book, n as u16, load) else {
                continue;
            };
            let cost = costs.base[n] + carriage + members(set).map(|a| costs.at(a, n as u16)).sum::<i64>();
            let column = Column {
                node: n as u16,
                set,
                cost: cost as f64,
            };
            if master.simplex.reduced(&column) < -0.5 {
                master.simplex.columns.push(column);
                master.pool.push(Shipment {
                    node: n as u16,
                    carriage,
                    set,
                });
                added += 1;
            }
        }
        (bound, added)
    }

    /// A way near the shares of the programme, made better by moves.
    fn round(&mut self, branch: &Branch) {
        let (atoms, nodes) = (self.order.atoms.len(), self.order.nodes.len());
        let master = &mut self.space.master;
        master.shares.clear();
        master.shares.resize(atoms * nodes, 0.0);
        master.ships.clear();
        master.ships.resize(nodes, 0.0);
        for (c, share) in master.simplex.used() {
            master.ships[usize::from(c.node)] += share;
            for a in members(c.set) {
                master.shares[a * nodes + usize::from(c.node)] += share;
            }
        }
        master.at.clear();
        for a in 0..atoms {
            let shares = &master.shares[a * nodes..][..nodes];
            let most = (0..nodes).max_by(|&x, &y| shares[x].total_cmp(&shares[y])).unwrap_or(0);
            let out = 1.0 - shares.iter().sum::<f64>();
            let left = branch.must >> a & 1 == 0 && out > shares[most] || shares[most] < 1e-3;
            master.at.push(if left { OUT } else { most as u16 });
        }
        let at = std::mem::take(&mut self.space.master.at);
        self.improve_from(&at);
        self.space.master.at = at;
    }

    /// Where the shares are least settled.
    fn next(&self, branch: &Branch) -> Next {
        let master = &self.space.master;
        let nodes = self.order.nodes.len();
        let parts = |x: f64| x.min(1.0 - x);
        let mut best = (0.02, Next::Done);
        for (n, &ships) in master.ships.iter().enumerate() {
            if branch.opening[n] == Opening::Maybe && parts(ships) > best.0 {
                best = (parts(ships), Next::Node(n as u16));
            }
        }
        if best.1 != Next::Done {
            return best.1;
        }
        for a in 0..self.order.atoms.len() {
            for n in 0..nodes {
                let share = parts(master.shares[a * nodes + n]);
                if share > best.0 {
                    best = (share, Next::Atom(a as u16, n as u16));
                }
            }
        }
        best.1
    }

    /// Keeps the shipments of the pool that are nearest to paying.
    fn keep_pool(&mut self) {
        let master = &mut self.space.master;
        let most = 3 * self.order.atoms.len() + 20;
        if master.pool.len() <= most {
            return;
        }
        let worth = |s: &Shipment| {
            let mut cost = self.space.costs.base[usize::from(s.node)] + s.carriage;
            for a in members(s.set) {
                cost = cost.saturating_add(self.space.costs.at(a, s.node)).min(NEVER);
            }
            let column = Column {
                node: s.node,
                set: s.set,
                cost: cost as f64,
            };
            master.simplex.reduced(&column)
        };
        let mut list: Vec<(f64, Shipment)> = master.pool.iter().map(|s| (worth(s), *s)).collect();
        list.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        list.dedup_by(|a, b| a.1 == b.1);
        list.truncate(most);
        self.space.master.pool = list.into_iter().map(|l| l.1).collect();
    }
}

/// The first step's price: no shipment costs less to carry.
fn cheapest(steps: Steps<'_>) -> i64 {
    steps.list.first().map_or(0, |s| s.price)
}

/// What the atom is worth that is worth most as the only one from a node, and the set of it; `None` where none may come from there.
fn best_alone(order: &LargeOrder, book: &Book<'_>, master: &Master, branch: &Branch, n: usize) -> Option<(i64, u64)> {
    let here = &master.at_node[master.starts[n] as usize..master.starts[n + 1] as usize];
    let able = here.iter().filter(|(a, _)| branch.allowed[n] >> a & 1 == 1);
    let worth = |&(a, cost): &(u16, i64)| {
        let (atom, room) = (&order.atoms[usize::from(a)], master.rooms[n]);
        let fits = atom.pieces.len() as u32 <= room.lines && atom.units <= room.units;
        let carriage = order.carriage(book, n as u16, atom.load).filter(|_| fits)?;
        Some((master.values[usize::from(a)] - cost - carriage, 1 << a))
    };
    // Of equals the first.
    able.filter_map(worth)
        .max_by_key(|&(worth, set): &(i64, u64)| (worth, Reverse(set)))
}

/// The atoms of a set, rising.
fn members(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (set != 0).then(|| {
            let atom = set.trailing_zeros() as usize;
            set &= set - 1;
            atom
        })
    })
}
