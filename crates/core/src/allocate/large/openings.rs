//! The openings of a block: for each node that may ship a column for each step of its carriage, or for each fixed way, and what
//! each of them holds.
//!
//! ```text
//! opening  a shipment up to a step of the ladder: base, carriage, a split
//! stairs   where the step is a staircase: how many stairs above the first it goes up, an integer column
//! ```
//! Stairs cost the same each, as far as the surcharge for fuel is whole for a stair; else each costs what it costs at least, and
//! the block is a relaxation.

use super::super::options::merged;
use super::super::shadow::RowKey;
use super::block::{Block, BlockColumn};
use super::staircase::Staircase;
use super::undercut::{self, Asking};
use super::{Book, LargeOrder, LargeWay, Step};
use crate::cost::tariff::Load;
use crate::index::Idx as _;

/// A column that opens a node.
#[derive(Clone, Copy)]
pub(super) struct Opening {
    pub column: u32,
    /// What it holds at most, and asks for at least.
    pub asking: Asking,
    /// The column of the stairs above the first.
    stairs: Option<(u32, Staircase)>,
}

impl Opening {
    pub(super) const fn step(&self) -> &Step {
        &self.asking.step
    }

    /// What the carriage of a load costs that it holds.
    fn price(&self, load: &Load) -> i64 {
        self.stairs.map_or(self.step().price, |(_, s)| s.carriage(load))
    }
}

impl LargeOrder {
    /// The columns that open a node; `None` where there are more than so many steps.
    pub(super) fn openings(
        &self,
        book: &Book<'_>,
        block: &mut Block,
        (node, most_steps): (u16, usize),
        all: Load,
    ) -> Option<Vec<Opening>> {
        let n = &self.nodes[usize::from(node)];
        let base = book.problem.nodes()[n.node].shipment_cost.ten_thousandths() + book.split;
        let mut open = |cost: i64, workload: i64, asking: Asking| {
            let column = block.column(BlockColumn {
                takes: merged(vec![(RowKey::Shipments(n.node.get() as u32), workload)]),
                ..BlockColumn::costing(base + cost)
            });
            Opening {
                column,
                asking,
                stairs: asking.staircase.map(|s| (block.stairs(column, &s), s)),
            }
        };
        if !n.fixed.is_empty() {
            let free = Asking::nothing(Step::FREE);
            let ways = n.fixed.iter();
            let openings: Vec<Opening> = ways
                .map(|&(_, workload, cost)| open(cost, i64::from(workload), free))
                .collect();
            let columns = openings.iter().map(|o| o.column).zip(0..);
            block.fixed.extend(columns.map(|(column, which)| (column, node, which)));
            return Some(openings);
        }
        let ladder = &self.ladders[usize::from(n.ladder)];
        if !ladder.exact {
            let steps = undercut::steps(book.problem, &ladder.rates, all, most_steps)?;
            return Some(steps.into_iter().map(|s| open(s.step.price, 1, s)).collect());
        }
        let steps = self.steps(node);
        // What comes after a constant step that holds everything is dearer.
        let last = steps.list.iter().position(|s| s.holds(&all) && !s.is_staircase());
        let needed = last.map_or(steps.list.len(), |last| last + 1);
        let of_step = |&step: &Step| {
            let asking = Asking {
                staircase: steps.staircase(&step).copied(),
                ..Asking::nothing(step)
            };
            open(step.price, 1, asking)
        };
        (needed <= most_steps).then(|| steps.list[..needed].iter().map(of_step).collect())
    }

    /// The columns by which a node ships what it does now.
    pub(super) fn opened(&self, now: &LargeWay, node: u16, openings: &[Opening], held: &Load) -> Option<Vec<u32>> {
        if !self.nodes[usize::from(node)].fixed.is_empty() {
            return openings.get(usize::from(now.fixed_at(node))).map(|o| vec![o.column]);
        }
        let able = openings.iter().filter(|o| o.asking.takes(held));
        let cheapest = able.min_by_key(|o| (o.price(held), o.column))?;
        let mut columns = vec![cheapest.column];
        if let Some((column, s)) = cheapest.stairs {
            let stairs = (s.stair(held) - s.first) as usize;
            columns.extend(std::iter::repeat_n(column, stairs));
        }
        Some(columns)
    }
}

impl Block {
    /// The column of the stairs above the first of a staircase that an opening has.
    fn stairs(&mut self, opening: u32, staircase: &Staircase) -> u32 {
        let (each, exact) = staircase.each_stair();
        self.is_exact &= exact;
        let most = u32::try_from(staircase.last - staircase.first).unwrap_or(u32::MAX);
        let column = self.column(BlockColumn::costing(each));
        self.most.push((column, most));
        self.at_most(vec![(column, 1), (opening, -i64::from(most))], 0);
        column
    }

    /// The rows by which the load of the seats at a node, with the weight and the volume of one each, is within what its
    /// openings hold, up to all that the node has, and no less than they ask for.
    pub(super) fn hold(&mut self, openings: &[Opening], seats: &[(u32, Load)], all: &Load) {
        let size = |load: &Load, by_volume| if by_volume { load.volume.0 } else { load.weight.0 };
        for by_volume in [false, true] {
            let whole = size(all, by_volume);
            let loads = seats.iter().map(|(seat, load)| (*seat, size(load, by_volume)));
            let loads: Vec<(u32, i64)> = loads.filter(|l| l.1 > 0).collect();
            for o in openings {
                let asked = if by_volume { o.asking.volume } else { o.asking.weight };
                if asked > 0 {
                    let mut terms: Vec<(u32, i64)> = loads.iter().map(|&(c, n)| (c, -n)).collect();
                    terms.push((o.column, asked));
                    self.at_most(terms, 0);
                }
            }
            let is_tight = |o: &Opening| o.stairs.is_some() || o.step().size(by_volume) < whole;
            if loads.is_empty() || !openings.iter().any(is_tight) {
                continue;
            }
            // Counted in thousandths where volume counts as so many grams.
            let scale = if by_volume { 1000 } else { 1 };
            let mut terms: Vec<(u32, i64)> = loads.iter().map(|&(c, n)| (c, n * scale)).collect();
            for o in openings {
                let gram = match o.stairs {
                    Some((_, s)) if by_volume => s.divisor,
                    Some(_) => Some(1),
                    None => None,
                };
                match (o.stairs, gram) {
                    (Some((column, s)), Some(gram)) => {
                        terms.push((o.column, -gram * s.top(s.first)));
                        terms.push((column, -gram * s.width));
                    }
                    _ => terms.push((o.column, -o.step().size(by_volume).min(whole) * scale)),
                }
            }
            let common = terms.iter().fold(0, |d, t| gcd(d, t.1.abs())).max(1);
            for term in &mut terms {
                term.1 /= common;
            }
            self.at_most(terms, 0);
        }
    }
}

const fn gcd(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
