//! Models of all lines of some orders, where orders have many lines: price-and-branch beyond whole ways.
//!
//! Of an order of many lines a model of whole ways knows a few of very many. Here it is a block of its own, line by node
//! ([`Block`](super::large::Block)), beside the good ways of orders of few lines. Models are of orders that want what others of them
//! hold, grown around those that are dear at the prices. Where a model is proved in its time the next one is larger, else smaller.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::auto::Settings;
use super::book::Book;
use super::branch;
use super::climb::Climb;
use super::cut_rows::CutRows;
use super::large::{Extent, LargeWay};
use super::lists::Lists;
use super::members::{Member, Members};
use super::options::{Choice, gather, taken, there_is};
use super::parts::{equal_share, rows_of, scarce};
use super::perturb;
use super::polish::Better;
use super::price::Workspace;
use super::shadow::{RowKey, Rows};
use super::state::{Left, State};
use super::valuation::Priced;
use crate::index::{Idx as _, OrderIdx};
use crate::quantity::Money;
use crate::search::milp::{self, Limits};
use crate::search::{Budget, Random};

/// Models side by side.
const TOGETHER: usize = 2;
/// Atoms of a model: at first, at least and at most.
const ATOMS: (f64, f64, f64) = (250.0, 100.0, 1500.0);
/// What the size becomes after a round of which all was proved, and after one with a model that was not.
const GROWTH: (f64, f64) = (1.15, 0.8);
/// Nodes of a large order in a model.
const NODES: usize = 8;
/// Most steps of the carriage from one of them.
const MOST_STEPS: usize = 60;
/// Widest reduced cost and most of the ways of an order of few lines.
const SLACK: i64 = 8 * Money::SCALE;
const MOST_WAYS: usize = 30;
/// Seconds and branch-and-bound nodes of one model, and the relative gap at which it is good enough.
const SECONDS: f64 = 3.0;
const BRANCHES: u64 = 200;
const GAP: f64 = 1e-4;
/// Work that a model counts for, for each of its atoms.
const WORK: u64 = 3;
/// What a model with a gain leaves of its seed's chance to be one again, and one without.
const FORGET: (f64, f64) = (0.7, 0.3);
/// A gap of so little is no address.
const LEAST: i64 = Money::SCALE / 100;
/// Rounds without a gain, one after another, that are the last.
const STALLED: usize = 20;

/// Improves a plan until the budget share `until` is spent.
pub(crate) fn exchange(
    (book, rows): (&Book<'_>, &Rows),
    climb: &Climb,
    settings: Settings,
    state: &mut State,
    budget: &Budget<'_>,
    until: f64,
) {
    if book.large.is_empty() || !settings.milp.backend().carries_neighbourhoods() {
        return;
    }
    let mut search = Exchange::new((book, rows), climb, settings, budget, state);
    let mut idle = 0;
    while budget.spent() < until && budget.stop().is_none() && idle < STALLED {
        let before = state.total();
        if !search.round(state, until) {
            break;
        }
        budget.note(Some(state.total()), None);
        idle = if state.total() < before { 0 } else { idle + 1 };
    }
}

struct Exchange<'a> {
    book: &'a Book<'a>,
    climb: &'a Climb,
    settings: Settings,
    budget: &'a Budget<'a>,
    priced: Priced,
    /// Whether a stock row can bind.
    scarce: Vec<bool>,
    /// Priced rows that each order takes at the prices, and the reverse.
    rows_of: Lists,
    orders_of: Lists,
    /// What an order costs at the prices above its least cost there, by what is known of it.
    excess: Vec<i64>,
    hope: Vec<f64>,
    /// Atoms of a model.
    size: f64,
    random: Random,
}

impl<'a> Exchange<'a> {
    fn new(
        (book, rows): (&'a Book<'a>, &Rows),
        climb: &'a Climb,
        settings: Settings,
        budget: &'a Budget<'a>,
        state: &State,
    ) -> Self {
        let all: Vec<OrderIdx> = (0..book.orders.len()).map(OrderIdx::new).collect();
        let priced = Priced::new(book, &climb.prices);
        let scarce = scarce(book, rows);
        let mut wants = state.clone();
        wants.large.clone_from(&climb.ways);
        let priced_rows = |&o: &OrderIdx| -> Vec<u32> { priced_rows(book, climb, o, &wants) };
        let lists: Vec<Vec<u32>> = all.iter().map(priced_rows).collect();
        let rows_of = Lists::new(&lists);
        let excess = |ws: &mut Workspace, &o: &OrderIdx| excess(book, climb, &priced, state, o, ws);
        let excess = all.par_iter().map_init(Workspace::default, excess).collect();
        budget.spend(all.len() as u64);
        Self {
            orders_of: rows_of.reversed(book.problem.stock().len()),
            rows_of,
            scarce,
            excess,
            hope: vec![1.0; all.len()],
            size: ATOMS.0,
            random: Random::stream(settings.seed, "exchange", 0),
            priced,
            book,
            climb,
            settings,
            budget,
        }
    }

    /// Solves some models; false where nothing is left to try.
    fn round(&mut self, state: &mut State, until: f64) -> bool {
        let areas = self.areas(state);
        if areas.is_empty() {
            return false;
        }
        let atoms_of = |area: &[OrderIdx]| area.iter().map(|&o| self.book.atoms_in(o)).sum::<usize>() as u64;
        let work = WORK * areas.iter().map(|a| atoms_of(a)).sum::<u64>();
        if self.budget.work_left().is_some_and(|left| left < work) {
            return false;
        }
        self.budget.spend(work);
        let lefts = self.deal(&areas, &state.left);
        let limits = Limits {
            seconds: branch::seconds(self.budget, until).map(|s| s.min(SECONDS)),
            nodes: branch::nodes(self.budget).map(|n| n.min(BRANCHES)),
            gap: GAP,
            threads: 1,
            bound_first: false,
            patience: None,
            work: None,
        };
        let solve = |(area, left): (&Vec<OrderIdx>, &Left)| self.solve(area, left, state, limits);
        let found: Vec<Option<Better>> = areas.par_iter().zip(&lefts).map(solve).collect();
        let mut ws = Workspace::default();
        let mut all_proved = true;
        for (area, found) in areas.iter().zip(found) {
            let before = state.total();
            let Some(found) = found else {
                all_proved = false;
                self.hope[area[0].get()] *= FORGET.1;
                continue;
            };
            all_proved &= found.proved;
            let changed: Vec<OrderIdx> = found.changes.iter().map(|c| c.0).collect();
            found.apply(self.book, state);
            for order in changed {
                self.excess[order.get()] = excess(self.book, self.climb, &self.priced, state, order, &mut ws);
            }
            let left = if state.total() < before { FORGET.0 } else { FORGET.1 };
            self.hope[area[0].get()] *= left;
        }
        let factor = if all_proved { GROWTH.0 } else { GROWTH.1 };
        self.size = (self.size * factor).clamp(ATOMS.1, ATOMS.2);
        true
    }

    /// Disjoint areas around orders that are dear at the prices.
    fn areas(&mut self, state: &State) -> Vec<Vec<OrderIdx>> {
        let n = self.book.orders.len();
        let lists: Vec<Vec<u32>> = (0..n)
            .map(|o| priced_rows(self.book, self.climb, OrderIdx::new(o), state))
            .collect();
        let held = Lists::new(&lists);
        let holders = held.reversed(self.scarce.len());
        let mut free = vec![true; n];
        let mut areas = Vec::new();
        for _ in 0..TOGETHER {
            let mut sum = 0;
            let sums: Vec<u64> = (0..n)
                .map(|o| {
                    let weight = if free[o] {
                        self.excess[o].max(LEAST) as f64 * self.hope[o]
                    } else {
                        0.0
                    };
                    sum += weight as u64 + u64::from(free[o]);
                    sum
                })
                .collect();
            if sum == 0 {
                break;
            }
            let seed = OrderIdx::new(self.random.weighted(&sums));
            areas.push(self.grow(seed, &mut free, &held, &holders));
        }
        areas
    }

    /// An area: the seed, who holds or wants what it holds or wants, and so on.
    fn grow(&mut self, seed: OrderIdx, free: &mut [bool], held: &Lists, holders: &Lists) -> Vec<OrderIdx> {
        let mut area = vec![seed];
        free[seed.get()] = false;
        let mut size = self.book.atoms_in(seed);
        let mut next = 0;
        while next < area.len() && (size as f64) < self.size {
            let order = area[next];
            next += 1;
            let rows = held.of(order.0).iter().chain(self.rows_of.of(order.0));
            let mut rows: Vec<u32> = rows.copied().collect();
            rows.sort_unstable();
            rows.dedup();
            self.random.shuffle(&mut rows);
            for row in rows {
                for &other in holders.of(row).iter().chain(self.orders_of.of(row)) {
                    if free[other as usize] && (size as f64) < self.size {
                        free[other as usize] = false;
                        size += self.book.atoms_in(OrderIdx(other));
                        area.push(OrderIdx(other));
                    }
                }
            }
        }
        area
    }

    /// What is left for each area: a scarce stock row for one that wants it, nodes in equal shares.
    fn deal(&mut self, areas: &[Vec<OrderIdx>], left: &Left) -> Vec<Left> {
        let n = areas.len() as u64;
        let first = self.random.below(n);
        let mut owner = vec![u64::MAX; left.stock.len()];
        for area in (0..n).map(|i| (first + i) % n) {
            for &order in &areas[area as usize] {
                for row in rows_of(self.book, order).flat_map(|r| self.book.problem.chains().from(r)) {
                    let owner = &mut owner[row as usize];
                    if *owner == u64::MAX {
                        *owner = area;
                    }
                }
            }
        }
        let equal = |cells: &[i64], area: u64| equal_share(cells, n as i64, area as i64);
        let of_area = |area: u64| Left {
            stock: left
                .stock
                .iter()
                .enumerate()
                .map(|(r, &units)| if !self.scarce[r] || owner[r] == area { units } else { 0 })
                .collect(),
            shipments: equal(&left.shipments, area),
            lines: equal(&left.lines, area),
            units: equal(&left.units, area),
        };
        (0..n).map(of_area).collect()
    }

    /// The model of some orders, all others as they are, and what its solution changes; `None` where there is nothing that is
    /// cheaper and holds every limit.
    fn solve(&self, area: &[OrderIdx], left: &Left, state: &State, limits: Limits) -> Option<Better> {
        let book = self.book;
        let there_is = there_is(book, area, state, left);
        let before: i64 = area.iter().map(|o| state.cost[o.get()]).sum();
        let members: Vec<Member> = area.iter().map(|&o| self.member(o, state)).collect();
        let mut columns = self.columns(area, &members, &there_is, state);
        let (model, start) = (std::mem::take(&mut columns.model), std::mem::take(&mut columns.start));
        let answer = milp::solve(self.settings.milp, model, Some(start), limits, (self.budget, None));
        let chosen = answer.chosen?;
        let mut taken_now: BTreeMap<RowKey, i64> = BTreeMap::new();
        let (mut after, mut changes) = (0, Vec::new());
        for (i, member) in members.iter().enumerate() {
            let order = area[i];
            let own = columns.own(i, &chosen);
            let (choice, is_new) = match member {
                Member::Ways(options) => {
                    let &[c] = &own[..] else { return None };
                    (options.choices.get(c as usize)?.clone(), c != options.now)
                }
                Member::Block(block) => {
                    let n = book.head(order).large as usize - 1;
                    let way = block.way(book, &book.large[n], &own)?;
                    let is_new = way != state.large[n];
                    (Choice::of_large(book, order, way), is_new)
                }
            };
            after += choice.cost;
            for &(row, n) in &choice.takes {
                *taken_now.entry(row).or_insert(0) += n;
            }
            if is_new {
                changes.push((order, choice));
            }
        }
        // The backend's floats may be off.
        let holds = taken_now.iter().all(|(&row, &n)| n <= there_is.of(row));
        if after >= before || !holds {
            changes.clear();
        }
        let proved = answer.close;
        (proved || !changes.is_empty()).then_some(Better {
            changes,
            proved,
            least: None,
            ..Better::default()
        })
    }

    fn member(&self, order: OrderIdx, state: &State) -> Member {
        if let Some(n) = (self.book.head(order).large as usize).checked_sub(1) {
            let now = &state.large[n];
            let nodes = self.book.large[n].nodes_for(self.book, &self.priced, &[now, &self.climb.ways[n]], NODES);
            let extent = Extent {
                nodes: &nodes,
                may_be: &|_, _| true,
                most_steps: MOST_STEPS,
            };
            if let Some(block) = self.book.large[n].block(self.book, extent, now) {
                return Member::Block(Box::new(block));
            }
        }
        let mut options = gather(self.book, &[order], &self.priced, SLACK, MOST_WAYS, state);
        Member::Ways(options.swap_remove(0))
    }

    /// The model of an area, with the cuts as rows.
    fn columns(&self, area: &[OrderIdx], members: &[Member], there_is: &Left, state: &State) -> Members {
        let book = self.book;
        let (mut columns, binding) = Members::new(members, there_is);
        let cuts = CutRows::new(&self.climb.prices.cuts, &binding);
        let inside: BTreeSet<OrderIdx> = area.iter().copied().collect();
        let left = |cut| cuts.left(book, cut, state, &inside);
        columns.add_cuts(book, (members, area), (&cuts, &cuts), left);
        columns
    }
}

/// The priced stock rows that an order takes in a plan.
fn priced_rows(book: &Book<'_>, climb: &Climb, order: OrderIdx, state: &State) -> Vec<u32> {
    let rows = taken(book, order, state).into_iter().filter_map(|(row, _)| match row {
        RowKey::Stock(r) if climb.prices.stock[r as usize] > 0 => Some(r),
        _ => None,
    });
    rows.collect()
}

/// Cost at the prices above the least that is known, of a large order above that of its way in the climb.
fn excess(book: &Book<'_>, climb: &Climb, priced: &Priced, state: &State, order: OrderIdx, ws: &mut Workspace) -> i64 {
    let Some(n) = (book.head(order).large as usize).checked_sub(1) else {
        return perturb::excess(book, priced, state, order, ws);
    };
    let cost = |way: &LargeWay| book.large[n].cost(book, way, priced);
    (cost(&state.large[n]) - cost(&climb.ways[n])).max(0)
}

#[cfg(all(test, feature = "highs"))]
mod tests {
    use super::super::book::Builder;
    use super::super::climb::climb;
    use super::super::exact;
    use super::super::testing::tiny;
    use super::*;
    use crate::search::{Milp, StdClock};

    /// Tiny problems whose orders are taken for large ones: an area holds nearly all of one, so models find what the exact method proves.
    #[test]
    fn models_of_lines_find_the_best_plan() {
        let clock = StdClock::start();
        let settings = Settings {
            seed: 1,
            threads: 1,
            gap: 0.0,
            milp: Milp::Strongest,
        };
        let (mut best, mut better, mut all) = (0, 0, 0);
        for seed in 0..150 {
            let problem = tiny(seed);
            let book = Builder::with_most_atoms(&problem, 0).build();
            let rows = Rows::binding(&book);
            let budget = Budget::new(&clock, None, Some(1_000_000), None);
            let found = climb(&book, &rows, &budget, 0.0, 30, None);
            let mut state = State::empty(&book);
            let before = state.total();
            let budget = Budget::new(&clock, None, Some(1_000_000), None);
            exchange((&book, &rows), &found, settings, &mut state, &budget, 0.9);
            assert!(state.left.is_feasible() && state.total() <= before, "seed {seed}");
            let sum: i64 = state.cost.iter().sum();
            assert_eq!(state.total(), sum, "seed {seed}");
            let unlimited = Budget::new(&clock, None, None, None);
            let least = exact::exact(&problem, settings, None, &unlimited, &mut |_| {})
                .unwrap()
                .state
                .total();
            assert!(state.total() >= least, "seed {seed}");
            all += 1;
            best += usize::from(state.total() == least);
            better += usize::from(state.total() < before);
        }
        // Lines in parts and stock of several dates have no blocks; there it is the best of the ways at hand.
        assert!(
            best * 10 > all * 8 && better * 3 > all,
            "{best} best and {better} better of {all}"
        );
    }
}
