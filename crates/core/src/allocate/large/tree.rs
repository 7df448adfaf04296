//! The cheapest way to serve a large order, by branch and bound, best bound first.
//!
//! A branch says of each node whether it ships and between which steps of its ladder its carriage lies; [`relax`](super::relax)
//! bounds it from below and comes with a way that is priced exactly. Where the carriage of that way is dearer than its slope
//! said, the ladder is cut there; where values pay for a node twice, it is opened or closed. The search ends within a tolerance
//! of the best, or after so many branches; what it then knows is a way and a lower bound.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::master::{Master, Shipment};
use super::moves::{Moves, Places};
use super::portions::{Portions, Quantities};
use super::relax::{Cell, Opening, Relax};
use super::table::Table;
use super::{Costs, LargeOrder, LargeWay, OUT};
use crate::allocate::book::{Book, NEVER};
use crate::allocate::price::Valuation;
use crate::pace::Steps;

/// How long to look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// Most branches; with none the cost of the way stands for the bound too.
    pub branches: u32,
    /// Whether insertion is tried beside a way that is given to start from.
    pub insert: bool,
    /// How far above the least cost the way may be, in millionths.
    pub tolerance: i64,
}

/// What is known of the cheapest way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Solved {
    /// The best way found and its cost.
    pub cost: i64,
    pub way: LargeWay,
    /// No way costs less, where no two pieces share a stock row and all ladders are exact.
    pub lower: i64,
}

/// How to go on from a branch.
#[derive(Clone, Copy, Debug)]
enum Decision {
    /// Nothing is left to decide.
    None,
    /// The branch holds no way: what must come from a node is more than it may carry.
    Impossible,
    /// Steps below this one, or from it on.
    Steps(u16, u16),
    /// The node ships or does not.
    Node(u16),
    /// The atom comes from the node or does not.
    Atom(u16, u16),
}

#[derive(Clone, Copy, Debug)]
struct Branch {
    parent: u32,
    /// Atom and node, and whether it comes from there.
    atom: Option<(u16, u16, bool)>,
    decision: Decision,
}

/// Buffers of the search, one per thread.
#[derive(Default)]
pub(crate) struct Space {
    pub(super) costs: Costs,
    pub(super) places: Places,
    relax: Relax,
    pub(super) master: Master,
    pub(super) table: Table,
    pub(super) quantities: Quantities,
    branches: Vec<Branch>,
    /// The cells of each branch, one after another.
    cells: Vec<Cell>,
    heap: BinaryHeap<Reverse<(i64, u32)>>,
    now: Vec<Cell>,
    kept: Vec<Cell>,
    best: Vec<u16>,
    /// How much dearer than the best a way may be to be collected; none are where it is below 0.
    pub(super) window: i64,
    /// The ways that were collected, with their costs.
    pub(super) seen: Vec<(i64, Vec<u16>)>,
    /// Branches bounded so far, over all uses.
    pub work: u64,
    /// Steps taken since the last look at the clock.
    pub steps: Steps,
}

/// Turns of the slopes at the root and further down.
const TURNS: (u32, u32) = (8, 3);

impl LargeOrder {
    /// The cheapest way at a valuation as far as the effort goes. `start`, where it is possible, is improved too.
    pub(crate) fn solve<V: Valuation>(
        &self,
        book: &Book<'_>,
        v: &V,
        start: Option<&LargeWay>,
        effort: Effort,
        space: &mut Space,
    ) -> Solved {
        self.solve_from(book, v, start, &self.pool, effort, space)
    }

    /// As [`solve`](Self::solve), with shipments to start from; those to start from the next time are left in the space.
    pub(crate) fn solve_from<V: Valuation>(
        &self,
        book: &Book<'_>,
        v: &V,
        start: Option<&LargeWay>,
        pool: &[Shipment],
        effort: Effort,
        space: &mut Space,
    ) -> Solved {
        space.window = -1;
        space.seen.clear();
        space.master.pool.clear();
        space.master.pool.extend_from_slice(pool);
        self.search(book, v, start, effort, space)
    }

    /// A search at a valuation that has found nothing yet.
    pub(super) fn search_at<'a, V: Valuation>(
        &'a self,
        book: &'a Book<'_>,
        v: &'a V,
        space: &'a mut Space,
    ) -> Search<'a, V> {
        space.costs.fill(book, self, v);
        Search {
            book,
            order: self,
            v,
            upper: self.nothing(),
            space,
        }
    }

    /// As [`solve`](Self::solve); ways within the window of the best are collected.
    pub(super) fn search<V: Valuation>(
        &self,
        book: &Book<'_>,
        v: &V,
        start: Option<&LargeWay>,
        effort: Effort,
        space: &mut Space,
    ) -> Solved {
        let mut search = self.search_at(book, v, space);
        search.space.best.clear();
        search.space.best.resize(self.atoms.len(), OUT);
        if self.is_divisible {
            return search.in_portions(start, effort);
        }
        let start = start.filter(|s| !s.at.is_empty());
        if let Some(start) = start {
            search.improve_from(&start.at);
        }
        if start.is_none() || effort.insert {
            search.insert();
        }
        let lower = if effort.branches == 0 {
            search.upper
        } else {
            let lower = if search.has_sets() {
                search.by_shipments(effort)
            } else {
                search.run(effort)
            };
            let best = search.space.best.clone();
            search.improve_from(&best);
            lower
        };
        Solved {
            cost: search.upper,
            lower: lower.min(search.upper),
            way: search.space.costs.way(self, &search.space.best, &[]),
        }
    }
}

pub(super) struct Search<'a, V> {
    pub book: &'a Book<'a>,
    pub order: &'a LargeOrder,
    pub v: &'a V,
    pub upper: i64,
    pub space: &'a mut Space,
}

impl<V: Valuation> Search<'_, V> {
    /// The cheapest way of an order with divisible lines: by the table where that is small, else by moves.
    fn in_portions(&mut self, start: Option<&LargeWay>, effort: Effort) -> Solved {
        self.space.work += 1;
        if self.by_table(effort) {
            let (cost, way) = self.tabulate();
            return Solved { cost, way, lower: cost };
        }
        let mut best = Solved {
            cost: self.upper,
            ..Solved::default()
        };
        let lower = self.least_of_atoms();
        let Space { costs, quantities, .. } = &mut *self.space;
        let mut moves = Portions::new(self.book, self.order, costs, self.v, quantities);
        let start = start.filter(|s| **s != LargeWay::default());
        for from in [start, None] {
            match from {
                Some(way) => moves.start(way),
                None if start.is_some() && !effort.insert => continue,
                None => {
                    moves.clear();
                    moves.insert_all();
                }
            }
            moves.improve();
            let total = moves.total();
            if total < best.cost {
                (best.cost, best.way) = (total, moves.way());
            }
        }
        best.lower = if effort.branches == 0 {
            best.cost
        } else {
            lower.min(best.cost)
        };
        best
    }

    fn moves(&mut self) -> Moves<'_, V> {
        Moves {
            book: self.book,
            order: self.order,
            costs: &self.space.costs,
            v: self.v,
            places: &mut self.space.places,
        }
    }

    fn consider(&mut self, total: i64) {
        let at = &self.space.places.at;
        let complete = !self.order.ship_complete || !at.contains(&OUT);
        if !complete || total >= NEVER {
            return;
        }
        if total <= self.upper + self.space.window {
            self.space.seen.push((total, at.clone()));
        }
        if total < self.upper {
            self.upper = total;
            self.space.best.clone_from(at);
        }
    }

    pub(super) fn improve_from(&mut self, at: &[u16]) {
        let mut moves = self.moves();
        moves.start(at);
        let total = moves.total();
        self.consider(total); // the moves know nothing of the first shipment's split penalty
        let mut moves = self.moves();
        moves.improve();
        let total = moves.total();
        self.consider(total);
    }

    fn run(&mut self, effort: Effort) -> i64 {
        let nodes = self.order.nodes.len();
        let space = &mut *self.space;
        space.branches.clear();
        space.cells.clear();
        space.heap.clear();
        space.relax.start(self.order, &space.costs);
        space.now.clear();
        for n in 0..nodes as u16 {
            let last = self.order.steps(n).list.len();
            let closed = space.costs.base[usize::from(n)] >= NEVER || last == 0;
            let opening = if closed { Opening::Closed } else { Opening::Maybe };
            space.now.push(Cell::new(opening, last.saturating_sub(1) as u16));
        }
        // Every branch that is given up has at least this bound.
        let mut lower = i64::MAX;
        let root = self.look(TURNS.0);
        self.keep(root, u32::MAX, None);
        while let Some(&Reverse((bound, at))) = self.space.heap.peek() {
            let close = self.upper - (self.upper / 1_000_000).saturating_mul(effort.tolerance);
            if bound >= close || self.space.branches.len() >= effort.branches as usize {
                lower = lower.min(bound);
                break;
            }
            self.space.heap.pop();
            let decision = self.space.branches[at as usize].decision;
            if matches!(decision, Decision::None) {
                lower = lower.min(bound);
                continue;
            }
            for second in [false, true] {
                self.enter(at, decision, second, bound);
            }
        }
        lower
    }

    /// A way by insertion and moves.
    fn insert(&mut self) {
        let mut moves = self.moves();
        moves.clear();
        moves.insert_all();
        moves.improve();
        let total = moves.total();
        self.consider(total);
    }

    /// Bounds one of the two branches of a decision.
    fn enter(&mut self, parent: u32, decision: Decision, second: bool, bound: i64) {
        let nodes = self.order.nodes.len();
        let space = &mut *self.space;
        space.now.clear();
        space
            .now
            .extend_from_slice(&space.cells[parent as usize * nodes..][..nodes]);
        let mut atom = None;
        match decision {
            Decision::None | Decision::Impossible => return,
            Decision::Steps(n, step) => {
                let cell = &mut space.now[usize::from(n)];
                if second {
                    cell.opening = Opening::Open;
                    cell.steps.0 = step;
                } else {
                    cell.steps.1 = step - 1;
                }
            }
            Decision::Node(n) => {
                space.now[usize::from(n)].opening = if second { Opening::Closed } else { Opening::Open };
            }
            Decision::Atom(a, n) => {
                atom = Some((a, n, !second));
                if !second {
                    space.now[usize::from(n)].opening = Opening::Open;
                }
            }
        }
        let open = space.now.iter().filter(|c| c.opening == Opening::Open).count();
        if open > self.order.max_shipments {
            return;
        }
        if open == self.order.max_shipments {
            for cell in space.now.iter_mut().filter(|c| c.opening == Opening::Maybe) {
                cell.opening = Opening::Closed;
            }
        }
        self.bar(parent, atom);
        let (found, decision) = self.look(TURNS.1);
        self.keep((found.max(bound), decision), parent, atom);
    }

    /// Bars what the decisions on atoms bar, from a branch up to the root.
    fn bar(&mut self, mut branch: u32, mut atom: Option<(u16, u16, bool)>) {
        let Space {
            relax, costs, branches, ..
        } = &mut *self.space;
        relax.barred.fill(false);
        relax.out.clone_from(&costs.out);
        loop {
            if let Some((a, n, comes)) = atom {
                for i in costs.range(usize::from(a)) {
                    relax.barred[i] |= (costs.all()[i].node == n) != comes;
                }
                if comes {
                    relax.out[usize::from(a)] = NEVER;
                }
            }
            let Some(next) = branches.get(branch as usize) else {
                return;
            };
            (branch, atom) = (next.parent, next.atom);
        }
    }

    /// Notes a branch where it may hold something better.
    fn keep(&mut self, (bound, decision): (i64, Decision), parent: u32, atom: Option<(u16, u16, bool)>) {
        if bound >= self.upper {
            return;
        }
        let space = &mut *self.space;
        let at = space.branches.len() as u32;
        space.branches.push(Branch { parent, atom, decision });
        space.cells.extend_from_slice(&space.kept);
        space.heap.push(Reverse((bound, at)));
    }

    /// The best bound of the cells at hand over a few turns of their slopes, and how to branch; the cells of the best turn
    /// are left in `kept`.
    fn look(&mut self, turns: u32) -> (i64, Decision) {
        let mut best = (i64::MIN, Decision::None);
        for turn in 0..turns {
            let space = &mut *self.space;
            space.work += 1;
            if space.now.iter().all(|c| c.opening == Opening::Closed) {
                return (NEVER, Decision::None); // nothing ships: the least cost known is no more
            }
            let bound = space.relax.bound(self.order, &space.costs, &space.now);
            if bound >= NEVER {
                return (NEVER, Decision::None);
            }
            let bound = bound - self.book.split;
            self.price();
            let decision = self.decide();
            if matches!(decision, Decision::Impossible) {
                return (NEVER, decision);
            }
            if bound > best.0 {
                best = (bound, decision);
                let space = &mut *self.space;
                space.kept.clone_from(&space.now);
            }
            if best.0 >= self.upper || turn + 1 == turns {
                break;
            }
            let Space { relax, now, .. } = &mut *self.space;
            for (n, cell) in now.iter_mut().enumerate() {
                if relax.shipped[n].atoms > 0 {
                    relax.turn(cell, n, self.order.steps(n as u16));
                }
            }
        }
        best
    }

    /// Prices the way that came with the bound exactly.
    fn price(&mut self) {
        let Space { relax, costs, .. } = &*self.space;
        let mut total = -self.book.split;
        let mut open = 0;
        for (n, s) in relax.shipped.iter().enumerate().filter(|(_, s)| s.atoms > 0) {
            let Some(carriage) = self.order.carriage(self.book, n as u16, s.load) else {
                return;
            };
            let ships = |n: u16| relax.shipped[usize::from(n)].atoms > 0;
            if self.order.twin(n as u16, ships).is_some() {
                return;
            }
            total += costs.base[n] + s.sum + carriage;
            open += 1;
        }
        for (&at, out) in relax.at.iter().zip(&costs.out) {
            total += if at == OUT { *out } else { 0 };
        }
        if open == 0 || open > self.order.max_shipments || total >= self.upper + self.space.window.max(0) {
            return;
        }
        let at = std::mem::take(&mut self.space.relax.at);
        if V::LIMITS || self.order.shares_rows {
            let mut moves = self.moves();
            moves.start(&at);
            total = moves.total();
        } else {
            self.space.places.at.clone_from(&at);
        }
        self.consider(total);
        self.space.relax.at = at;
    }

    /// Where the bound is furthest from the way that came with it.
    fn decide(&self) -> Decision {
        let Space { relax, costs, now, .. } = &*self.space;
        let mut most = (0, Decision::None);
        let mut open = 0;
        for (n, s) in relax.shipped.iter().enumerate().filter(|(_, s)| s.atoms > 0) {
            open += 1;
            let (cell, steps) = (&now[n], self.order.steps(n as u16));
            let (lo, hi) = cell.steps;
            let Some((step, price)) = steps.cheapest(cell.range(), &s.load) else {
                return match self.heaviest(n as u16) {
                    _ if lo < hi => Decision::Steps(n as u16, hi),
                    Decision::None => Decision::Impossible,
                    atom => atom,
                };
            };
            let short = relax.short(cell, n, price);
            if short > most.0 {
                let decision = if lo < hi {
                    Decision::Steps(n as u16, (step as u16).max(lo + 1))
                } else {
                    self.heaviest(n as u16)
                };
                if !matches!(decision, Decision::None) {
                    most = (short, decision);
                }
            }
            if cell.opening == Opening::Maybe {
                let paid = relax.paid_from_elsewhere(costs, n);
                if paid > most.0 {
                    most = (paid, Decision::Node(n as u16));
                }
            }
        }
        // Nothing ships, though somebody gets the first shipment's split penalty back; or too many do.
        if open == 0 || open > self.order.max_shipments {
            let maybe = |n: &usize| now[*n].opening == Opening::Maybe;
            let most = |n: &usize| (relax.shipped[*n].atoms, Reverse(relax.slack_of(*n)));
            if let Some(n) = (0..now.len()).filter(maybe).max_by_key(most) {
                return Decision::Node(n as u16);
            }
        }
        if matches!(most.1, Decision::None) {
            return self.any_atom();
        }
        most.1
    }

    /// Where nothing else tells how to go on: an atom for a node that is said to ship and does not, else any atom that is
    /// not settled yet.
    fn any_atom(&self) -> Decision {
        let Space { relax, costs, now, .. } = &*self.space;
        let open = |i: usize| !relax.barred[i] && now[usize::from(costs.all()[i].node)].opening != Opening::Closed;
        for (n, cell) in now.iter().enumerate() {
            if cell.opening == Opening::Open && relax.shipped[n].atoms == 0 {
                let able = |a: &usize| {
                    costs
                        .range(*a)
                        .any(|i| usize::from(costs.all()[i].node) == n && open(i))
                };
                return match (0..relax.at.len()).find(able) {
                    Some(a) => Decision::Atom(a as u16, n as u16),
                    None => Decision::Impossible,
                };
            }
        }
        for a in 0..relax.at.len() {
            let mut able = costs.range(a).filter(|&i| open(i));
            let first = able.next();
            if let Some(i) = first.filter(|_| able.next().is_some() || relax.out[a] < NEVER) {
                return Decision::Atom(a as u16, costs.all()[i].node);
            }
        }
        Decision::None
    }

    /// The heaviest atom at a node that is free to go elsewhere.
    fn heaviest(&self, node: u16) -> Decision {
        let Space { relax, costs, .. } = &*self.space;
        let here = (0..relax.at.len()).filter(|&a| relax.at[a] == node);
        let free = here.filter(|&a| relax.out[a] < NEVER || costs.range(a).filter(|&i| !relax.barred[i]).count() > 1);
        free.max_by_key(|&a| self.order.atoms[a].load.weight.0)
            .map_or(Decision::None, |a| Decision::Atom(a as u16, node))
    }
}

impl Space {
    /// The shipments that the last search found worth starting from.
    pub(crate) fn pool(&self) -> &[Shipment] {
        &self.master.pool
    }
}
