//! Options as flat tables: of every order the options by rising reduced cost, of every option what it takes of the rows
//! that can bind, of every such row the options that take of it.

use std::collections::BTreeMap;

use super::super::options::OrderOptions;
use super::super::shadow::{Prices, RowKey, price_of};
use super::super::state::Left;

/// Largest number that a sum of weighted overuse may reach in one row.
const LARGEST: i64 = 1 << 50;

/// The problem of choosing one option for each order.
pub(super) struct Table {
    /// Per order its first option; one more at the end.
    first: Vec<u32>,
    /// Per option: cost, and cost at the prices above the order's cheapest, in ten-thousandths.
    pub cost: Vec<i64>,
    pub reduced: Vec<i64>,
    /// Per option the order that it serves.
    pub order: Vec<u32>,
    /// Per option its position among the order's options as they were given.
    pub given: Vec<u32>,
    /// Per option its first take; one more at the end.
    first_take: Vec<u32>,
    takes: Vec<(u32, i64)>,
    /// Per row its first taker; one more at the end. Takers by rising reduced cost.
    first_taker: Vec<u32>,
    takers: Vec<u32>,
    /// Per row what there is for these orders, its price, and the most that a unit of overuse may weigh.
    pub there_is: Vec<i64>,
    pub price: Vec<i64>,
    pub heaviest: Vec<i64>,
    /// Per order the option that it has now.
    pub present: Vec<u32>,
}

impl Table {
    /// The options, with `left` of the rows beside what their present choices take.
    pub(super) fn new(options: &[OrderOptions], prices: &Prices, left: &Left) -> Self {
        let (keys, there_is, most) = binding(options, left);
        let dense: BTreeMap<RowKey, u32> = keys.iter().zip(0..).map(|(k, i)| (*k, i)).collect();
        let heaviest: Vec<i64> = most.iter().map(|m| LARGEST / (m + 1)).collect();
        let price = keys
            .iter()
            .zip(&heaviest)
            .map(|(k, h)| price_of(*k, prices).clamp(0, *h));
        let mut table = Self {
            first: vec![0],
            cost: Vec::new(),
            reduced: Vec::new(),
            order: Vec::new(),
            given: Vec::new(),
            first_take: vec![0],
            takes: Vec::new(),
            first_taker: Vec::new(),
            takers: Vec::new(),
            price: price.collect(),
            there_is,
            heaviest,
            present: Vec::new(),
        };
        for (o, order) in options.iter().enumerate() {
            let mut by_cost: Vec<usize> = (0..order.choices.len()).collect();
            by_cost.sort_by_key(|&i| (order.choices[i].reduced, i));
            for i in by_cost {
                let choice = &order.choices[i];
                if i == order.now as usize {
                    table.present.push(table.cost.len() as u32);
                }
                table.cost.push(choice.cost);
                table.reduced.push(choice.reduced.clamp(0, LARGEST));
                table.order.push(o as u32);
                table.given.push(i as u32);
                let takes = choice.takes.iter();
                table
                    .takes
                    .extend(takes.filter_map(|(row, n)| Some((*dense.get(row)?, *n))));
                table.first_take.push(table.takes.len() as u32);
            }
            table.first.push(table.cost.len() as u32);
        }
        table.list_takers();
        table
    }

    fn list_takers(&mut self) {
        let mut of_row: Vec<Vec<u32>> = vec![Vec::new(); self.there_is.len()];
        for option in 0..self.cost.len() as u32 {
            for &(row, _) in self.takes(option) {
                of_row[row as usize].push(option);
            }
        }
        self.first_taker.push(0);
        for mut takers in of_row {
            takers.sort_by_key(|&k| (self.reduced[k as usize], k));
            self.takers.extend(takers);
            self.first_taker.push(self.takers.len() as u32);
        }
    }

    pub(super) fn orders(&self) -> usize {
        self.first.len() - 1
    }

    pub(super) fn rows(&self) -> usize {
        self.there_is.len()
    }

    /// The options of an order, by rising reduced cost.
    #[inline]
    pub(super) fn options(&self, order: u32) -> std::ops::Range<u32> {
        self.first[order as usize]..self.first[order as usize + 1]
    }

    /// What an option takes, by rising row.
    #[inline]
    pub(super) fn takes(&self, option: u32) -> &[(u32, i64)] {
        &self.takes[self.slots(option)]
    }

    /// The places of an option's takes among all takes.
    #[inline]
    pub(super) fn slots(&self, option: u32) -> std::ops::Range<usize> {
        self.first_take[option as usize] as usize..self.first_take[option as usize + 1] as usize
    }

    /// The number of all takes.
    pub(super) fn all_slots(&self) -> usize {
        self.takes.len()
    }

    /// Whether options take many units of the rows at once, and more or fewer by order, so that filling the rows is a
    /// puzzle by itself and relaxations are weak: half of the takes of priced rows are of so many units.
    pub(super) fn is_lumpy(&self, units: i64) -> bool {
        let priced = self.takes.iter().filter(|t| self.price[t.0 as usize] > 0);
        let (mut lumps, mut all) = (0, 0);
        for &(_, n) in priced {
            (lumps, all) = (lumps + usize::from(n >= units), all + 1);
        }
        all > 0 && 2 * lumps >= all
    }

    /// The options that take of a row, by rising reduced cost.
    #[inline]
    pub(super) fn takers(&self, row: u32) -> &[u32] {
        &self.takers[self.first_taker[row as usize] as usize..self.first_taker[row as usize + 1] as usize]
    }

    /// The reduced cost up to which there are so many options for each order in the mean.
    pub(super) fn limit(&self, width: f64) -> i64 {
        let mut reduced = self.reduced.clone();
        let n = (width * self.orders() as f64) as usize;
        if n >= reduced.len() {
            return i64::MAX;
        }
        *reduced.select_nth_unstable(n).1
    }
}

/// The rows of which the options could take more than there is: their keys, what there is, and the most that is taken.
fn binding(options: &[OrderOptions], left: &Left) -> (Vec<RowKey>, Vec<i64>, Vec<i64>) {
    let mut rows: BTreeMap<RowKey, (i64, i64)> = BTreeMap::new();
    for order in options {
        for (row, n) in order.most_taken() {
            rows.entry(row).or_insert((0, 0)).0 += n;
        }
        for &(row, n) in &order.present().takes {
            rows.entry(row).or_insert((0, 0)).1 += n;
        }
    }
    let there_is = |row: RowKey, held: i64| left.of(row).saturating_add(held);
    rows.retain(|row, (most, held)| *most > there_is(*row, *held));
    let of_row = |(row, (most, held)): (RowKey, (i64, i64))| (row, there_is(row, held), most);
    let all: Vec<(RowKey, i64, i64)> = rows.into_iter().map(of_row).collect();
    (
        all.iter().map(|r| r.0).collect(),
        all.iter().map(|r| r.1).collect(),
        all.iter().map(|r| r.2).collect(),
    )
}
