//! Several good ways to serve a large order: what the branch and bound meets on its way, and what lies one move from the best
//! of it.

use super::moves::Moves;
use super::portions::Portions;
use super::{Effort, LargeOrder, LargeWay, OUT, Space};
use crate::allocate::book::{Book, NEVER};
use crate::allocate::price::Valuation;

/// So many of the best ways are varied by single moves.
const VARIED: usize = 4;

impl LargeOrder {
    /// Different ways that cost at most `slack` more than the cheapest that is found, with their costs at the valuation, the
    /// cheapest first, at most `most` of them; and whether they are all.
    pub(crate) fn choices<V: Valuation>(
        &self,
        book: &Book<'_>,
        v: &V,
        start: Option<&LargeWay>,
        effort: Effort,
        (slack, most): (i64, usize),
        space: &mut Space,
    ) -> (Vec<(i64, LargeWay)>, bool) {
        if self.has_table(effort.branches) {
            return self.search_at(book, v, space).list(slack, most);
        }
        if self.is_divisible {
            let ways = self.choices_in_portions(book, v, start, effort, (slack, most), space);
            return (ways, false);
        }
        space.window = slack;
        space.seen.clear();
        space.master.pool.clear();
        space.master.pool.extend_from_slice(&self.pool);
        let solved = self.search(book, v, start, effort, space);
        let mut found = std::mem::take(&mut space.seen);
        let most_cost = solved.cost.saturating_add(slack);
        let tidy = |found: &mut Vec<(i64, Vec<u16>)>| {
            found.retain(|f| f.0 <= most_cost);
            found.sort_unstable();
            found.dedup();
            found.truncate(most);
        };
        tidy(&mut found);
        let varied = if self.has_twins() { 0 } else { VARIED };
        for n in 0..found.len().min(varied) {
            let at = found[n].1.clone();
            self.vary(book, v, &at, most_cost, space, &mut found);
        }
        tidy(&mut found);
        let mut ways: Vec<(i64, LargeWay)> = Vec::with_capacity(found.len() + 1);
        if self.nothing() <= most_cost {
            ways.push((self.nothing(), LargeWay::default()));
        }
        let shipped = found.iter().filter(|f| f.1.iter().any(|&n| n != OUT));
        ways.extend(shipped.map(|(cost, at)| (*cost, space.costs.way(self, at, &[]))));
        ways.sort_unstable();
        ways.truncate(most);
        (ways, false)
    }

    /// The same for an order with divisible lines: the cheapest ways without each node, and what lies one move from them.
    fn choices_in_portions<V: Valuation>(
        &self,
        book: &Book<'_>,
        v: &V,
        start: Option<&LargeWay>,
        effort: Effort,
        (slack, most): (i64, usize),
        space: &mut Space,
    ) -> Vec<(i64, LargeWay)> {
        space.window = -1;
        let solved = self.search(book, v, start, effort, space);
        let most_cost = solved.cost.saturating_add(slack);
        let mut ways = vec![(solved.cost, solved.way.clone()), (self.nothing(), LargeWay::default())];
        let Space { costs, quantities, .. } = &mut *space;
        let mut moves = Portions::new(book, self, costs, v, quantities);
        for barred in std::iter::once(None).chain((0..self.nodes.len() as u16).map(Some)) {
            moves.barred = barred;
            moves.start(&solved.way);
            if barred.is_some() {
                moves.improve();
            }
            let total = moves.total();
            if total > most_cost {
                continue;
            }
            ways.push((total, moves.way()));
            moves.vary(&mut |total, way| {
                if total <= most_cost {
                    ways.push((total, way()));
                }
            });
        }
        ways.retain(|w| w.0 <= most_cost);
        ways.sort_unstable();
        ways.dedup();
        ways.truncate(most);
        ways
    }

    /// Adds what lies one move of one atom from a way.
    fn vary<V: Valuation>(
        &self,
        book: &Book<'_>,
        v: &V,
        at: &[u16],
        most_cost: i64,
        space: &mut Space,
        found: &mut Vec<(i64, Vec<u16>)>,
    ) {
        let mut moves = Moves {
            book,
            order: self,
            costs: &space.costs,
            v,
            places: &mut space.places,
        };
        moves.start(at);
        if moves.total() >= NEVER {
            return;
        }
        for a in 0..self.atoms.len() {
            let from = moves.places.at[a];
            let others = moves.costs.of(a).iter().map(|c| c.node);
            let out = (!self.ship_complete).then_some(OUT);
            for to in others.chain(out).filter(|&to| to != from) {
                moves.set(a, to);
                let total = moves.total();
                if total <= most_cost {
                    found.push((total, moves.places.at.clone()));
                }
            }
            moves.set(a, from);
        }
    }
}
