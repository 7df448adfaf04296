//! Orders of too many atoms for tables, as the book holds them.

use super::build::{DraftAtom, OrderBuilder, stops_of_all};
use super::{Stop, Way};
use crate::allocate::large::{Ladder, LargeAtom, LargeNode, LargeOrder, Source};
use crate::cost::tariff::Load;

impl OrderBuilder<'_> {
    pub(super) fn large(&self, atoms: Vec<DraftAtom>, rows: &mut Vec<u32>) -> LargeOrder {
        let all = atoms
            .iter()
            .fold(Load::default(), |sum, a| sum.plus(self.load(&a.pieces)));
        let (mut nodes, mut ladders): (Vec<LargeNode>, Vec<Ladder>) = (Vec::new(), Vec::new());
        let mut stops: Vec<Stop> = Vec::new();
        for stop in stops_of_all(&atoms) {
            if self.pace.spend(10) {
                break;
            }
            let fixed = if self.o.pickup_node.is_some() {
                vec![(Way::Pickup, 1, 0)]
            } else {
                self.quotes(stop)
            };
            let within = self.offers_within(stop);
            let rates: Vec<_> = within.iter().map(|o| (o.rate, self.late(Some(o.arrives)))).collect();
            let by_rates = self.o.pickup_node.is_none() && self.problem.quotes_of(self.order).is_empty();
            if fixed.is_empty() && (rates.is_empty() || !by_rates) {
                continue;
            }
            let mut ladder = 0;
            if fixed.is_empty() {
                ladder = ladders.iter().position(|l| l.rates == rates).unwrap_or_else(|| {
                    ladders.push(Ladder::new(self.problem, rates, all));
                    ladders.len() - 1
                });
            }
            stops.push(stop);
            nodes.push(LargeNode {
                node: stop.0,
                fixed,
                ladder: ladder as u16,
            });
        }
        let first = rows.len() as u32;
        let mut sources = |a: &DraftAtom| {
            let at = |stop: &Stop| stops.binary_search(stop).ok();
            let known = a.stops.iter().filter_map(|(stop, list)| Some((at(stop)?, list)));
            known
                .map(|(n, list)| {
                    let first_cell = rows.len() as u32;
                    rows.extend_from_slice(list);
                    let there_is = |r: &u32| self.problem.stock()[*r as usize].available;
                    Source {
                        node: n as u16,
                        first_cell,
                        most: list.iter().map(there_is).fold(a.count, u32::min),
                    }
                })
                .collect()
        };
        let atoms: Vec<LargeAtom> = atoms
            .into_iter()
            .map(|a| LargeAtom {
                units: a.pieces.iter().map(|p| p.qty).sum(),
                unfilled: self.unfilled(&a.pieces),
                load: self.load(&a.pieces),
                sources: sources(&a),
                count: a.count,
                pieces: a.pieces,
            })
            .collect();
        let order = LargeOrder {
            steps_of_table: u64::MAX,
            pool: Vec::new(),
            is_divisible: atoms.iter().any(|a| a.count > 1),
            shares_rows: self.repeats_sku(),
            atoms,
            cells: first..rows.len() as u32,
            nodes,
            ladders,
            ship_complete: self.o.ship_complete,
            max_shipments: self.o.max_shipments.map_or(usize::MAX, |m| m as usize),
        };
        LargeOrder {
            steps_of_table: order.count_steps(),
            ..order
        }
    }
}
