//! Options: the ways to serve an order that a plan might use, each with its cost and what it takes of the coupling rows.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::book::{Book, NEVER};
use super::enumerate;
use super::large::{Effort, LargeWay};
use super::price::{Part, Workspace, solve};
use super::shadow::RowKey;
use super::state::{Left, State, cost_at, cost_of, each_piece};
use super::valuation::{Free, Priced};
use crate::index::OrderIdx;

/// One way to serve one order.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// Parts, for a small order.
    pub parts: Vec<Part>,
    /// The way, for a large order.
    pub large: Option<LargeWay>,
    /// Cost without prices.
    pub cost: i64,
    /// Cost at the prices above the order's cheapest.
    pub reduced: i64,
    /// What it takes, by rising row.
    pub takes: Vec<(RowKey, i64)>,
}

impl Choice {
    /// A way of a small order, of reduced cost 0.
    pub(crate) fn of_small(book: &Book<'_>, order: OrderIdx, parts: Vec<Part>) -> Self {
        Self {
            cost: cost_of(book, order, &parts),
            reduced: 0,
            takes: takes(book, order, &parts),
            large: None,
            parts,
        }
    }

    /// A way of a large order, of reduced cost 0.
    pub(crate) fn of_large(book: &Book<'_>, order: OrderIdx, way: LargeWay) -> Self {
        let large = &book.large[book.head(order).large as usize - 1];
        Self {
            parts: Vec::new(),
            cost: large.cost(book, &way, &Free { book }),
            reduced: 0,
            takes: takes_large(book, order, &way),
            large: Some(way),
        }
    }
}

/// The options of one order and whether they are all that the limit allows.
#[derive(Clone)]
pub(crate) struct OrderOptions {
    pub order: OrderIdx,
    pub choices: Vec<Choice>,
    /// Position of the way that the order has now.
    pub now: u32,
    pub complete: bool,
}

impl OrderOptions {
    fn new(order: OrderIdx, choices: Vec<Choice>, complete: bool, is_now: impl Fn(&Choice) -> bool) -> Self {
        let now = choices.iter().position(is_now).unwrap_or(0) as u32;
        Self {
            order,
            choices,
            now,
            complete,
        }
    }

    /// The options of reduced cost below a limit, and the present way.
    fn within(&self, limit: i64) -> Self {
        let kept = self.choices.iter().enumerate();
        let kept = kept.filter(|(i, c)| c.reduced < limit || *i == self.now as usize);
        let (mut choices, mut now) = (Vec::new(), 0);
        for (i, choice) in kept {
            if i == self.now as usize {
                now = choices.len() as u32;
            }
            choices.push(choice.clone());
        }
        Self {
            order: self.order,
            complete: self.complete && choices.len() == self.choices.len(),
            choices,
            now,
        }
    }

    /// The reduced cost below which these are all there are, where that is less than the limit they were gathered with.
    pub(crate) fn complete_up_to(&self) -> Option<i64> {
        let others = self.choices.iter().enumerate().filter(|(i, _)| *i != self.now as usize);
        (!self.complete).then(|| others.map(|(_, c)| c.reduced).max().unwrap_or(0))
    }

    /// The way that the order has now.
    pub(crate) fn present(&self) -> &Choice {
        &self.choices[self.now as usize]
    }

    /// The most that one of the options takes of each row.
    pub(crate) fn most_taken(&self) -> BTreeMap<RowKey, i64> {
        let mut most = BTreeMap::new();
        for &(row, n) in self.choices.iter().flat_map(|c| &c.takes) {
            let cell = most.entry(row).or_insert(0);
            *cell = n.max(*cell);
        }
        most
    }
}

/// The options of all orders without those of largest reduced cost, so that `most` are left; the present ways stay.
pub(crate) fn narrowed(options: &[OrderOptions], most: usize) -> Vec<OrderOptions> {
    let all = options.iter().flat_map(|o| o.choices.iter().map(|c| c.reduced));
    let mut reduced: Vec<i64> = all.collect();
    if reduced.len() <= most {
        return options.to_vec();
    }
    let (_, &mut limit, _) = reduced.select_nth_unstable(most);
    options.iter().map(|o| o.within(limit)).collect()
}

/// The options of each order whose reduced cost at the prices is at most `slack`, at most `most` of them and undominated,
/// always with the way that the order has in `state`. Of most large orders they are good ways, not all.
pub(crate) fn gather(
    book: &Book<'_>,
    orders: &[OrderIdx],
    priced: &Priced,
    slack: i64,
    most: usize,
    state: &State,
) -> Vec<OrderOptions> {
    let of_order = |ws: &mut Workspace, &order: &OrderIdx| one(book, order, priced, slack, most, state, ws);
    orders.par_iter().map_init(Workspace::default, of_order).collect()
}

fn one(
    book: &Book<'_>,
    order: OrderIdx,
    priced: &Priced,
    slack: i64,
    most: usize,
    state: &State,
    ws: &mut Workspace,
) -> OrderOptions {
    let head = book.head(order);
    if head.large > 0 {
        return one_large(book, order, priced, (slack, most), state, ws);
    }
    let cheapest = solve(book, head, priced, ws);
    let mut found: Vec<(i64, Vec<Part>)> = Vec::new();
    let mut limit = cheapest.saturating_add(slack).min(NEVER);
    let mut complete = true;
    // Keep the `most` cheapest: when there are twice as many, drop the dearer half and lower the limit.
    let shared = std::cell::Cell::new(limit);
    enumerate::each(book, head, priced, ws, &mut || shared.get(), &mut |cost, parts| {
        found.push((cost, parts.to_vec()));
        if found.len() >= 2 * most {
            found.sort_by_key(|f| f.0);
            found.truncate(most);
            limit = found.last().map_or(limit, |f| f.0) - 1; // equal ones could go on for ever
            shared.set(limit);
            complete = false;
        }
    });
    found.sort_by_key(|f| f.0);
    if found.len() > most {
        found.truncate(most);
        complete = false;
    }
    let now = state.parts_of(book, order).to_vec();
    if !found.iter().any(|f| same(&f.1, &now)) {
        found.push((cost_at(book, order, &now, priced), now.clone()));
    }
    let choice = |(cost, parts): (i64, Vec<Part>)| Choice {
        reduced: cost.saturating_sub(cheapest),
        ..Choice::of_small(book, order, parts)
    };
    let choices = undominated(found.into_iter().map(choice).collect(), &|c| same(&c.parts, &now));
    let complete = complete && !ws.spend(book, 0);
    OrderOptions::new(order, choices, complete, |c| same(&c.parts, &now))
}

/// Effort for the choices of a large order.
const EFFORT: Effort = Effort {
    branches: 16,
    insert: true,
    tolerance: 500,
};
/// Most choices of a large order.
const MOST_OF_LARGE: usize = 60;

fn one_large(
    book: &Book<'_>,
    order: OrderIdx,
    priced: &Priced,
    (slack, most): (i64, usize),
    state: &State,
    ws: &mut Workspace,
) -> OrderOptions {
    let n = book.head(order).large as usize - 1;
    let (large, now) = (&book.large[n], &state.large[n]);
    let most = if large.is_easy() { most } else { most.min(MOST_OF_LARGE) };
    let start = Some(now).filter(|w| **w != LargeWay::default());
    let (mut ways, complete) = large.choices(book, priced, start, EFFORT, (slack, most), &mut ws.space);
    let cheapest = ways.first().map_or(0, |w| w.0);
    if !ways.iter().any(|w| w.1 == *now) {
        ways.push((large.cost(book, now, priced), now.clone()));
    }
    let choice = |(cost, way): (i64, LargeWay)| Choice {
        reduced: cost.saturating_sub(cheapest),
        ..Choice::of_large(book, order, way)
    };
    let choices = ways.into_iter().map(choice).collect();
    let is_now = |c: &Choice| c.large.as_ref() == Some(now);
    OrderOptions::new(order, undominated(choices, &is_now), complete, is_now)
}

/// Whether two ways have the same parts.
pub(crate) fn same(a: &[Part], b: &[Part]) -> bool {
    a.len() == b.len() && a.iter().all(|p| b.contains(p))
}

/// What a way takes of the rows, by rising row.
fn takes(book: &Book<'_>, order: OrderIdx, parts: &[Part]) -> Vec<(RowKey, i64)> {
    let head = book.head(order);
    let mut takes = Vec::new();
    for &part in parts {
        let entry = &book.entries.at(part.entry);
        let (lines, units) = each_piece(book, part, head.first_atom, |_, row, qty| {
            takes.push((RowKey::Stock(row), i64::from(qty)));
        });
        push_node(
            &mut takes,
            entry.node.0,
            i64::from(entry.workload),
            i64::from(lines),
            i64::from(units),
        );
    }
    merged(takes)
}

/// What an order takes of the rows in a plan, by rising row.
pub(crate) fn taken(book: &Book<'_>, order: OrderIdx, state: &State) -> Vec<(RowKey, i64)> {
    match (book.head(order).large as usize).checked_sub(1) {
        Some(n) => takes_large(book, order, &state.large[n]),
        None => takes(book, order, state.parts_of(book, order)),
    }
}

/// What there is for some orders: what is left, and what they have in a plan.
pub(crate) fn there_is(book: &Book<'_>, orders: &[OrderIdx], state: &State, left: &Left) -> Left {
    let mut there_is = left.clone();
    for &order in orders {
        for (row, n) in taken(book, order, state) {
            there_is.give(row, n);
        }
    }
    there_is
}

fn takes_large(book: &Book<'_>, order: OrderIdx, way: &LargeWay) -> Vec<(RowKey, i64)> {
    let large = &book.large[book.head(order).large as usize - 1];
    let mut takes = Vec::new();
    large.each_row(book, way, |row, qty| takes.push((RowKey::Stock(row), i64::from(qty))));
    large.each_use(way, |node, workload, lines, units| {
        push_node(&mut takes, node as u32, workload, lines, units);
    });
    merged(takes)
}

fn push_node(takes: &mut Vec<(RowKey, i64)>, node: u32, workload: i64, lines: i64, units: i64) {
    takes.extend([
        (RowKey::Shipments(node), workload),
        (RowKey::Lines(node), lines),
        (RowKey::Units(node), units),
    ]);
}

/// By rising key, each once, with the sum of its amounts.
pub(crate) fn merged<K: Copy + Ord>(mut takes: Vec<(K, i64)>) -> Vec<(K, i64)> {
    takes.sort_unstable();
    takes.dedup_by(|b, a| {
        let one = a.0 == b.0;
        if one {
            a.1 += b.1;
        }
        one
    });
    takes.retain(|t| t.1 > 0);
    takes
}

/// The most options that are compared with each other, which is quadratic; of more than these only equal ones are dropped.
const LARGEST: usize = 400;

/// Drops every option that another one of the order beats: no dearer, and taking no more of any row. The way that the
/// order has now stays, so that a solver can start from it.
fn undominated(mut choices: Vec<Choice>, is_now: &dyn Fn(&Choice) -> bool) -> Vec<Choice> {
    // Of two that cost the same the one that takes less comes first, so an option is only ever beaten by an earlier one.
    let taken = |c: &Choice| c.takes.iter().map(|t| t.1).sum::<i64>();
    choices.sort_by(|a, b| {
        a.cost
            .cmp(&b.cost)
            .then_with(|| taken(a).cmp(&taken(b)))
            .then_with(|| a.takes.cmp(&b.takes))
    });
    // Equal ones are many where a line is divisible: its units change places.
    choices.dedup_by(|later, earlier| later.cost == earlier.cost && later.takes == earlier.takes && !is_now(later));
    if choices.len() > LARGEST {
        return choices;
    }
    let mut kept: Vec<Choice> = Vec::with_capacity(choices.len());
    for choice in choices {
        if is_now(&choice) || !kept.iter().any(|k| takes_no_more(&k.takes, &choice.takes)) {
            kept.push(choice);
        }
    }
    kept
}

fn takes_no_more(a: &[(RowKey, i64)], b: &[(RowKey, i64)]) -> bool {
    let mut rest = b.iter();
    a.iter().all(|(row, n)| {
        rest.by_ref()
            .find(|(r, _)| r >= row)
            .is_some_and(|(r, m)| r == row && n <= m)
    })
}

#[cfg(test)]
mod tests {
    use super::super::book::Builder;
    use super::super::shadow::Prices;
    use super::super::testing::{Random, fits, some_left, some_prices, tiny, ways};
    use super::*;
    use crate::model::Problem;

    /// Whether what is left suffices for a choice.
    fn choice_fits(left: &Left, choice: &Choice) -> bool {
        choice.takes.iter().all(|&(row, n)| match row {
            RowKey::Stock(r) => n <= left.stock[r as usize],
            RowKey::Shipments(r) => n <= left.shipments[r as usize],
            RowKey::Lines(r) => n <= left.lines[r as usize],
            RowKey::Units(r) => n <= left.units[r as usize],
        })
    }

    fn all_orders(problem: &Problem) -> Vec<OrderIdx> {
        problem.orders().indices().collect()
    }

    /// Whatever the other orders leave, the cheapest way that fits costs what the cheapest option that fits costs.
    #[test]
    fn options_hold_a_best_way_for_whatever_is_left() {
        let (mut checked, mut kept, mut there_are) = (0, 0, 0);
        for seed in 0..300 {
            let problem = tiny(seed);
            let book = Builder::new(&problem).build();
            let mut random = Random::new(seed);
            let priced = Priced::new(&book, &some_prices(&mut random, &book));
            let state = State::empty(&book);
            for options in gather(&book, &all_orders(&problem), &priced, NEVER / 2, 100_000, &state) {
                assert!(options.complete, "seed {seed}");
                let all = ways(&problem, options.order);
                (kept, there_are) = (kept + options.choices.len(), there_are + all.len());
                for _ in 0..20 {
                    let left = some_left(&mut random, &problem);
                    let least = all
                        .iter()
                        .filter(|w| fits(&problem, &left, w))
                        .map(|w| w.cost)
                        .min()
                        .unwrap();
                    let fitting = options.choices.iter().filter(|c| choice_fits(&left, c));
                    let option = fitting.map(|c| c.cost).min().unwrap();
                    assert_eq!(i128::from(option), least, "seed {seed}, order {}", options.order.0);
                    checked += 1;
                }
            }
        }
        assert!(
            checked > 5000 && kept * 3 < there_are * 2,
            "{checked} checked, {kept} kept of {there_are}"
        );
    }

    #[test]
    fn no_option_beats_another_and_the_present_way_stays() {
        let mut beaten_but_kept = 0;
        for seed in 300..500 {
            let problem = tiny(seed);
            let book = Builder::new(&problem).build();
            let mut random = Random::new(seed);
            let free = Priced::new(&book, &Prices::zero(&problem));
            let mut state = State::empty(&book);
            for order in problem.orders().indices() {
                let mut all: Vec<Vec<Part>> = Vec::new();
                let (mut ws, mut any) = (Workspace::default(), || NEVER / 2);
                enumerate::each(&book, book.head(order), &free, &mut ws, &mut any, &mut |_, parts| {
                    all.push(parts.to_vec());
                });
                state.lift(&book, order);
                state.put(&book, order, &all[random.below(all.len())]);
            }
            for most in [1, 2, 1000] {
                for options in gather(&book, &all_orders(&problem), &free, NEVER / 2, most, &state) {
                    let now = state.parts_of(&book, options.order);
                    let is_now = |c: &&Choice| same(&c.parts, now);
                    assert_eq!(options.choices.iter().filter(is_now).count(), 1, "seed {seed}");
                    assert!(options.choices.len() <= most + 1, "seed {seed}");
                    if options.choices.len() > LARGEST {
                        continue;
                    }
                    for (i, a) in options.choices.iter().enumerate() {
                        for (j, b) in options.choices.iter().enumerate() {
                            let beats = i != j && a.cost <= b.cost && takes_no_more(&a.takes, &b.takes);
                            let equal = a.cost == b.cost && a.takes == b.takes;
                            if beats && same(&b.parts, now) {
                                beaten_but_kept += 1;
                            } else {
                                assert!(!beats || equal && same(&a.parts, now), "seed {seed}: {a:?} beats {b:?}");
                            }
                        }
                    }
                }
            }
        }
        assert!(beaten_but_kept > 10, "{beaten_but_kept}");
    }
}
