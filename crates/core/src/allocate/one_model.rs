//! All orders of a small problem as one model: price-and-branch where orders have more ways than a model can list.
//!
//! An order of which all ways that a better plan could use are few is a choice among them. Any other is a block, line by node
//! ([`Block`](super::large::Block)), orders of few lines too: for this the book is built once more, with every order a large one. An order that no
//! block can state (carriage of very many steps) is a choice among its good ways. Where that leaves no way of a better plan out,
//! what the backend proves holds for every plan.
//!
//! A model may also be of the seats alone that some good plans use: it is much smaller, and finds what they are together.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::auto::Settings;
use super::book::{Book, Builder, members};
use super::branch;
use super::climb::Climb;
use super::cut_rows::CutRows;
use super::cuts::{PricedCut, Term};
use super::large::{Block, Extent, LargeWay};
use super::members::{Member, Members};
use super::options::{Choice, OrderOptions, gather, same, taken, there_is};
use super::polish::Better;
use super::shadow::RowKey;
use super::start::{Served, served};
use super::state::State;
use super::valuation::Priced;
use crate::cost::departures::Departures;
use crate::index::{Idx as _, LineIdx, NodeIdx, OrderIdx};
use crate::search::Budget;
use crate::search::milp::{self, Limits};

/// Most ways of an order that is no block, and most that are looked through for the seats of one.
const MOST_WAYS: usize = 200;
const MOST_LISTED: usize = 5000;
/// Most steps of the carriage from a node.
const MOST_STEPS: usize = 300;
/// Where no deadline ends it: columns of a model that is worth a try, since the root alone may take minutes.
const MOST_COLUMNS: usize = 4000;
/// Work that the model counts for, for each of its atoms.
const WORK: u64 = 3;

/// What a model looks at.
#[derive(Clone, Copy)]
pub(crate) enum Seats<'a> {
    /// All that a plan cheaper by this much than the present could use, as far as the prices tell; `None` = whatever there is.
    All(Option<i64>),
    /// What some plans use.
    Of(&'a [State]),
}

/// What a model may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// Branch-and-bound nodes.
    pub nodes: Option<u64>,
    /// Columns; a larger model is not tried.
    pub columns: usize,
    /// The budget share at which it ends.
    pub until: f64,
    /// A model that leaves a way of a better plan out is not tried.
    pub only_complete: bool,
}

impl Room {
    /// Until a budget share is spent, in so many nodes.
    pub(crate) fn until(until: f64, nodes: Option<u64>, budget: &Budget<'_>) -> Self {
        let columns = if budget.seconds_left().is_none() {
            MOST_COLUMNS
        } else {
            usize::MAX
        };
        Self {
            nodes,
            columns,
            until,
            only_complete: false,
        }
    }
}

/// Improves a plan; what no plan costs less than, where the model says it.
pub(crate) fn one_model(
    (book, climb): (&Book<'_>, &Climb),
    seats: Seats<'_>,
    (settings, room): (Settings, Room),
    state: &mut State,
    budget: &Budget<'_>,
) -> Option<i64> {
    let orders: Vec<OrderIdx> = (0..book.orders.len()).map(OrderIdx::new).collect();
    let work = WORK * book.atoms_in_all() as u64;
    if budget.work_left().is_some_and(|left| left < work) || budget.is_limited() && budget.spent() >= room.until {
        return None;
    }
    budget.spend(work);
    let look = OneModel {
        book,
        lines: Builder::with_most_atoms(book.problem, 0).within(book.budget).build(),
        priced: Priced::new(book, &climb.prices),
        seats,
    };
    let there_is = there_is(book, &orders, state, &state.left);
    let members: Vec<Member> = orders.par_iter().map(|&o| look.member(o, state)).collect();
    let is_complete = members.iter().all(|m| match (m, seats) {
        (_, Seats::Of(_)) => false,
        (Member::Block(_), _) => true,
        (Member::Ways(options), Seats::All(gap)) => gap.is_some() && options.complete,
    });
    if room.only_complete && !is_complete {
        return None;
    }
    let (mut columns, binding) = Members::new(&members, &there_is);
    if columns.model.costs.len() > room.columns {
        return None;
    }
    let cuts = &climb.prices.cuts;
    let cuts_of_lines = look.cuts_of_lines(cuts);
    let (of_ways, of_blocks) = (CutRows::new(cuts, &binding), CutRows::new(&cuts_of_lines, &binding));
    columns.add_cuts(book, (&members, &orders), (&of_ways, &of_blocks), |cut| {
        of_ways.rhs(cut)
    });
    let (model, start) = (std::mem::take(&mut columns.model), std::mem::take(&mut columns.start));
    let costs = model.costs.clone();
    let limits = Limits {
        seconds: branch::seconds(budget, room.until),
        nodes: room.nodes,
        gap: 0.0,
        threads: branch::threads(settings, budget),
        bound_first: false,
        patience: budget.own_patience(),
        work: None,
    };
    let answer = milp::solve(settings.milp, model, Some(start), limits, (budget, None));
    if answer.stalled {
        budget.note_stalled();
    }
    let mut proved = answer.proved;
    if let Some(chosen) = &answer.chosen {
        let choices: Option<Vec<(OrderIdx, Choice)>> = (orders.iter().zip(&members).enumerate())
            .map(|(i, (&order, member))| Some((order, look.choice(order, member, &columns.own(i, chosen))?)))
            .collect();
        let is_new = |(order, choice): &(OrderIdx, Choice)| {
            choice.large.as_ref().filter(|w| **w != LargeWay::default()) != state.large_way(book, *order)
                || !same(&choice.parts, state.parts_of(book, *order))
        };
        let changes = choices.map(|all| all.into_iter().filter(is_new).collect::<Vec<_>>());
        // The backend's floats may be off.
        match changes {
            Some(changes) if holds(book, state, &changes) => {
                let better = Better {
                    changes,
                    ..Better::default()
                };
                if better.total_change(state) < 0 {
                    better.apply(book, state);
                }
            }
            _ => proved = false,
        }
    }
    let is_exact = |m: &Member| matches!(m, Member::Ways(_)) || matches!(m, Member::Block(b) if b.is_exact);
    let least = match &answer.chosen {
        Some(_) if proved && members.iter().all(is_exact) => Some(state.total()),
        Some(chosen) if proved => Some(chosen.iter().map(|&c| costs[c as usize]).sum()),
        _ => answer.bound,
    };
    least.filter(|_| is_complete).map(|least| least.min(state.total()))
}

/// Whether a plan keeps all limits with the changes.
fn holds(book: &Book<'_>, state: &State, changes: &[(OrderIdx, Choice)]) -> bool {
    let mut more: BTreeMap<RowKey, i64> = BTreeMap::new();
    for (order, choice) in changes {
        for (row, n) in taken(book, *order, state) {
            *more.entry(row).or_insert(0) -= n;
        }
        for &(row, n) in &choice.takes {
            *more.entry(row).or_insert(0) += n;
        }
    }
    more.iter().all(|(&row, &n)| n <= 0 || n <= state.left.of(row))
}

struct OneModel<'a, 'p> {
    book: &'a Book<'p>,
    /// The same orders, all of them large.
    lines: Book<'p>,
    priced: Priced,
    seats: Seats<'a>,
}

impl OneModel<'_, '_> {
    fn member(&self, order: OrderIdx, state: &State) -> Member {
        let ways = |slack, most| gather(self.book, &[order], &self.priced, slack, most, state).swap_remove(0);
        let block = match self.seats {
            Seats::Of(plans) => self.block(order, state, Some(&self.seats_in(plans, order))),
            Seats::All(Some(gap)) if self.book.head(order).large == 0 => {
                let options = ways(gap, MOST_LISTED);
                if options.complete && options.choices.len() <= MOST_WAYS {
                    return Member::Ways(options);
                }
                let seats = options.complete.then(|| self.seats_of(&options));
                self.block(order, state, seats.as_ref())
            }
            Seats::All(_) => self.block(order, state, None),
        };
        let slack = match self.seats {
            Seats::All(Some(gap)) => gap,
            _ => branch::SLACK,
        };
        block.map_or_else(
            || Member::Ways(ways(slack, MOST_WAYS)),
            |block| Member::Block(Box::new(block)),
        )
    }

    /// The atoms of a small order and the nodes where any of its options has them.
    fn seats_of(&self, options: &OrderOptions) -> BTreeSet<(usize, NodeIdx)> {
        let parts = options.choices.iter().flat_map(|c| &c.parts);
        let seats = parts.flat_map(|part| {
            let node = self.book.entries.at(part.entry).node;
            members(part.atoms).map(move |atom| (atom, node))
        });
        seats.collect()
    }

    /// The atoms of an order and the nodes where any of the plans has them.
    fn seats_in(&self, plans: &[State], order: OrderIdx) -> BTreeSet<(usize, NodeIdx)> {
        let mut seats = BTreeSet::new();
        let Some(n) = (self.lines.head(order).large as usize).checked_sub(1) else {
            return seats;
        };
        for way in plans.iter().filter_map(|plan| self.now(order, plan)) {
            let node = |at: u16| self.lines.large[n].nodes[usize::from(at)].node;
            seats.extend(way.seats().map(|(atom, at)| (atom, node(at))));
        }
        seats
    }

    /// The same cuts over the cells of the book of lines.
    fn cuts_of_lines(&self, cuts: &[PricedCut]) -> Vec<PricedCut> {
        let mut cells: BTreeMap<(u32, LineIdx), Vec<u32>> = BTreeMap::new();
        for atom in self.lines.large.iter().flat_map(|l| &l.atoms) {
            for source in &atom.sources {
                for (piece, cell) in atom.cells(source.first_cell) {
                    cells
                        .entry((self.lines.rows[cell as usize], piece.line))
                        .or_default()
                        .push(cell);
                }
            }
        }
        let of = |row, term: &Term| Term {
            cells: cells.get(&(row, term.line)).cloned().unwrap_or_default(),
            ..term.clone()
        };
        let cut = |cut: &PricedCut| PricedCut {
            terms: cut.terms.iter().map(|t| of(cut.row, t)).collect(),
            ..cut.clone()
        };
        cuts.iter().map(cut).collect()
    }

    /// The block of an order, of some seats or of all; `None` where it cannot be stated so.
    fn block(&self, order: OrderIdx, state: &State, seats: Option<&BTreeSet<(usize, NodeIdx)>>) -> Option<Block> {
        let n = (self.lines.head(order).large as usize).checked_sub(1)?;
        let large = &self.lines.large[n];
        let now = self.now(order, state)?;
        let nodes: Vec<u16> = (0..large.nodes.len() as u16).collect();
        let node_of = |n: u16| large.nodes[usize::from(n)].node;
        let held: BTreeSet<(usize, u16)> = now.seats().collect();
        let may_be =
            |atom: usize, n: u16| held.contains(&(atom, n)) || seats.is_none_or(|s| s.contains(&(atom, node_of(n))));
        let extent = Extent {
            nodes: &nodes,
            may_be: &may_be,
            most_steps: MOST_STEPS,
        };
        large.block(&self.lines, extent, &now)
    }

    /// How a plan serves an order, all lines as those of large orders.
    fn now(&self, order: OrderIdx, state: &State) -> Option<LargeWay> {
        let shipments = super::shipments(self.book, state, order, &mut Departures::new(self.book.problem));
        match served(&self.lines, order, &shipments)? {
            (Served::Large(way), true) => Some(way),
            _ => None,
        }
    }

    /// What the chosen columns of an order say; `None` where that is not allowed.
    fn choice(&self, order: OrderIdx, member: &Member, own: &[u32]) -> Option<Choice> {
        match member {
            Member::Ways(options) => {
                let &[chosen] = own else { return None };
                options.choices.get(chosen as usize).cloned()
            }
            Member::Block(block) => {
                let n = (self.lines.head(order).large as usize).checked_sub(1)?;
                let way = block.way(&self.lines, &self.lines.large[n], own)?;
                let departures = &mut Departures::new(self.book.problem);
                let shipments = super::large_shipments(&self.lines, order, &way, departures);
                match served(self.book, order, &shipments)? {
                    (Served::Small(parts), true) => Some(Choice::of_small(self.book, order, parts)),
                    (Served::Large(way), true) => Some(Choice::of_large(self.book, order, way)),
                    _ => None,
                }
            }
        }
    }
}

#[cfg(test)]
#[cfg(feature = "highs")]
mod tests {
    use super::super::climb::climb;
    use super::super::exact;
    use super::super::few::least_at_the_prices;
    use super::super::harden::harden;
    use super::super::price::Workspace;
    use super::super::serve::shuffled;
    use super::super::shadow::Rows;
    use super::super::testing::tiny;
    use super::*;
    use crate::search::{Milp, StdClock};

    const SETTINGS: Settings = Settings {
        seed: 1,
        threads: 1,
        gap: 0.0,
        milp: Milp::Strongest,
    };

    /// Calls `see` with the orders of many tiny problems as small and as large ones, prices, a hardened plan, and the least cost of any plan.
    fn each(mut see: impl FnMut(u64, &Book<'_>, (&Rows, &Climb), State, i64)) {
        let clock = StdClock::start();
        let unlimited = Budget::new(&clock, None, None, None);
        for seed in 0..150 {
            let problem = tiny(seed);
            let least = exact::exact(&problem, SETTINGS, None, &unlimited, &mut |_| {});
            let least = least.unwrap().state.total();
            for most in [0, 12] {
                let book = Builder::with_most_atoms(&problem, most).build();
                let rows = Rows::binding(&book);
                let budget = Budget::new(&clock, None, Some(1_000_000), None);
                let found = climb(&book, &rows, &budget, 0.0, 30, None);
                let state = harden(
                    &book,
                    &rows,
                    (&found.prices, &[]),
                    &shuffled(&book, seed),
                    &unlimited,
                    1.0,
                );
                see(seed, &book, (&rows, &found), state, least);
            }
        }
    }

    #[test]
    fn a_model_of_all_seats_finds_the_best_plan_and_never_claims_more() {
        let clock = StdClock::start();
        let (mut all, mut best, mut proved, mut better) = (0, 0, 0, 0);
        each(|seed, book, (rows, climb), mut state, least| {
            let budget = Budget::new(&clock, None, Some(1_000_000), None);
            let before = state.total();
            let at_prices = least_at_the_prices(book, rows, climb);
            assert!(
                at_prices.is_none_or(|l| l <= least),
                "seed {seed}: {at_prices:?} above {least}"
            );
            let gap = at_prices.map(|l| (before - l).max(0));
            let claim = one_model(
                (book, climb),
                Seats::All(gap),
                (SETTINGS, Room::until(1.0, Some(20), &budget)),
                &mut state,
                &budget,
            );
            assert!(state.left.is_feasible(), "seed {seed}");
            assert!(least <= state.total() && state.total() <= before, "seed {seed}");
            assert!(claim.is_none_or(|c| c <= least), "seed {seed}: {claim:?} above {least}");
            let sum: i64 = state.cost.iter().sum();
            assert_eq!(state.total(), sum, "seed {seed}");
            all += 1;
            best += usize::from(state.total() == least);
            proved += usize::from(claim == Some(least));
            better += usize::from(state.total() < before);
        });
        // Lines in parts and stock of several dates have no blocks; there it is the best of the ways at hand.
        assert!(
            best * 10 > all * 9 && proved * 2 > all && better * 20 > all,
            "{best} best, {proved} proved, {better} better of {all}"
        );
    }

    #[test]
    fn a_model_of_what_plans_use_is_no_dearer_than_any_of_them_and_claims_nothing() {
        let clock = StdClock::start();
        let (mut merged, mut all) = (0, 0);
        each(|seed, book, (_, climb), state, least| {
            // Each serves half of the orders, as one plan serves them all.
            let half = |odd: bool| {
                let mut plan = state.clone();
                for order in book.sequence.iter().filter(|o| (o.get() % 2 == 1) == odd) {
                    plan.lift(book, *order);
                    plan.place(book, *order, &mut Workspace::default());
                }
                plan
            };
            let plans = vec![half(true), half(false)];
            let mut found = plans.iter().min_by_key(|p| p.total()).unwrap().clone();
            let before = found.total();
            let budget = Budget::new(&clock, None, Some(1_000_000), None);
            let with = (SETTINGS, Room::until(1.0, Some(20), &budget));
            let claim = one_model((book, climb), Seats::Of(&plans), with, &mut found, &budget);
            assert!(claim.is_none() && found.left.is_feasible(), "seed {seed}");
            assert!(least <= found.total() && found.total() <= before, "seed {seed}");
            assert!(found.total() <= state.total(), "seed {seed}");
            merged += usize::from(found.total() < before);
            all += 1;
        });
        assert!(merged * 20 > all, "{merged} of {all}");
    }
}
