//! A plan from shares of columns: every order is served as in one of the columns of its group.
//!
//! At the last prices all columns in use are equally cheap for each of their orders, so what counts is that rows are used up
//! and none is overused. Orders that have the same choices (of what they take of the rows) therefore take them in turn, by
//! their shares, from group to group.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::super::book::Book;
use super::super::harden::fit;
use super::super::price::{Part, Workspace, solve};
use super::super::shadow::Prices;
use super::super::state::{State, each_piece};
use super::super::valuation::Priced;
use super::master::Master;
use super::{Generator, groups};
use crate::index::OrderIdx;
use crate::search::Budget;

/// Orders between looks at the clock.
const LOOK: usize = 256;

/// A solution of the relaxation.
#[derive(Clone)]
pub(crate) struct Shares {
    /// The prices of the rows at the looks that are used, with all other prices.
    looks: Vec<Prices>,
    /// Of each group the looks and their shares.
    of_group: Vec<Vec<(u32, f64)>>,
}

/// What a way takes of the stock rows, rising.
type Takes = Vec<(u32, u32)>;

/// The ways of an order with the shares of their columns.
type Ways = Vec<(Takes, Vec<Part>, f64)>;

impl Shares {
    pub(super) fn new(generator: &Generator<'_>, master: &Master) -> Self {
        let mut of_group = vec![Vec::new(); generator.groups.len()];
        let mut looks: Vec<u32> = master.used().map(|(column, _)| column.look).collect();
        looks.sort_unstable();
        looks.dedup();
        for (column, share) in master.used() {
            let look = looks.partition_point(|&l| l < column.look);
            of_group[column.group as usize].push((look as u32, share));
        }
        let prices = |&look: &u32| {
            let mut prices = generator.best.1.clone();
            for (&i, &price) in generator.among.iter().zip(&generator.looks[look as usize]) {
                generator.rows.set(i, &mut prices, price);
            }
            prices
        };
        Self {
            looks: looks.iter().map(prices).collect(),
            of_group,
        }
    }

    /// A plan within all limits; what does not fit is served again at the prices, in the sequence. `None` where the time is over.
    pub(crate) fn round(
        &self,
        book: &Book<'_>,
        prices: &Prices,
        sequence: &[OrderIdx],
        budget: &Budget<'_>,
    ) -> Option<State> {
        let looks: Vec<Priced> = self.looks.iter().map(|p| Priced::new(book, p)).collect();
        let groups: Vec<&[OrderIdx]> = groups(book).collect();
        let of_group = |(orders, shares): (&&[OrderIdx], &Vec<(u32, f64)>)| -> Option<Vec<Ways>> {
            let mut ws = Workspace::default();
            let of_order = |(n, &order): (usize, &OrderIdx)| {
                let is_over = n % LOOK == 0 && budget.overdue();
                (!is_over).then(|| ways(book, order, &looks, shares, &mut ws))
            };
            orders.iter().enumerate().map(of_order).collect()
        };
        let found: Option<Vec<Vec<Ways>>> = groups.par_iter().zip(&self.of_group).map(of_group).collect();
        budget.spend(book.orders.len() as u64);
        let mut state = State::empty(book);
        // What orders of the same choices had less of each than their shares so far.
        let mut due: BTreeMap<Vec<Takes>, Vec<f64>> = BTreeMap::new();
        for (orders, ways) in groups.iter().zip(found?) {
            for (&order, mut ways) in orders.iter().zip(ways) {
                let mut choice = 0;
                if ways.len() > 1 {
                    let due = due.entry(ways.iter().map(|w| w.0.clone()).collect()).or_default();
                    due.resize(ways.len(), 0.0);
                    due.iter_mut().zip(&ways).for_each(|(due, way)| *due += way.2);
                    choice = (0..ways.len())
                        .max_by(|&a, &b| due[a].total_cmp(&due[b]).then(b.cmp(&a)))
                        .unwrap_or(0);
                    due[choice] -= 1.0;
                }
                if !ways.is_empty() {
                    state.put(book, order, &ways.swap_remove(choice).1);
                }
            }
        }
        fit(
            book,
            &Priced::new(book, prices),
            &mut state,
            (sequence, &[]),
            &mut Workspace::default(),
        );
        Some(state)
    }
}

/// The different ways of an order in the columns of its group, by what they take.
fn ways(book: &Book<'_>, order: OrderIdx, looks: &[Priced], shares: &[(u32, f64)], ws: &mut Workspace) -> Ways {
    let head = book.head(order);
    let mut ways: Ways = Vec::new();
    for &(look, share) in shares {
        solve(book, head, &looks[look as usize], ws);
        let mut takes = Takes::new();
        for &part in &ws.parts {
            each_piece(book, part, head.first_atom, |_, row, qty| takes.push((row, qty)));
        }
        takes.sort_unstable();
        match ways.iter_mut().find(|w| w.0 == takes) {
            Some(way) => way.2 += share,
            None => ways.push((takes, ws.parts.clone(), share)),
        }
    }
    ways.sort_by(|a, b| a.0.cmp(&b.0));
    ways
}
