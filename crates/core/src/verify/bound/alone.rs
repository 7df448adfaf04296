//! One order by itself at given prices: its pieces, the nodes that may serve them, and what that costs.

use std::collections::HashMap;

use super::super::prices::PriceTable;
use super::carriage::{self, Stop};
use crate::cost::departures::{Departure, Departures};
use crate::cost::tariff::{Load, transport};
use crate::cost::{calendar, shipment};
use crate::index::{LineIdx, NodeIdx, OrderIdx, RateIdx, StockIdx, Sym};
use crate::model::{Line, Node, Order, Problem, Quote};
use crate::pace::Pace;
use crate::quantity::Date;

/// Costs above this are held as this: nothing so dear is ever chosen. Two of them still add up in an `i64`.
pub(super) const CAP: i64 = i64::MAX / 4;

/// `a + b`, capped.
pub(super) const fn plus(a: i64, b: i64) -> i64 {
    if a + b < CAP { a + b } else { CAP }
}

fn capped(n: i128) -> i64 {
    n.min(i128::from(CAP)) as i64
}

/// What travels together: the lines of a group, a line by itself, or `count` units of a divisible line.
pub(super) struct Piece {
    pub(super) lines: Vec<LineIdx>,
    /// Units of a divisible line; 1 for what cannot be divided.
    pub(super) count: u32,
    /// Load of the piece; of one unit where it can be divided.
    pub(super) load: Load,
    /// Cost of leaving the piece (one unit of it) unfilled.
    pub(super) unfilled: i64,
}

/// A node, and the days on which shipments leave.
type At = (NodeIdx, Stop);

/// What a node may take of a piece and at what price.
#[derive(Clone, Copy, Default)]
pub(super) struct Offer {
    /// Units that it has; 0 = it may not serve the piece.
    pub(super) most: u32,
    /// Handling and prices of the piece (of one unit of it, if it can be divided).
    pub(super) each: i64,
    /// Handling and prices per filled line, where the piece can be divided; else part of `each`.
    pub(super) line: i64,
}

/// How a shipment travels from a node.
pub(super) enum Carriage {
    /// Any load for one cost: pickup, or the best quote.
    Fixed(i64),
    /// By one of the tariffs of [`Alone::tariffs`] at this position.
    Tariffs(usize),
}

/// A node that may serve the order, with its shipments that leave within one stop. An order may use one of a node's only.
pub(super) struct Source {
    pub(super) node: NodeIdx,
    /// What a shipment costs before its load: handling, its price, and the split penalty.
    pub(super) base: i64,
    pub(super) carriage: Carriage,
    /// One per piece.
    pub(super) offers: Vec<Offer>,
}

/// A price table and the late penalty that goes with it.
pub(super) type Tariff = (RateIdx, i64);

/// One order at given prices.
pub(super) struct Alone<'a> {
    pub(super) problem: &'a Problem,
    pub(super) order: &'a Order,
    pub(super) pieces: Vec<Piece>,
    pub(super) sources: Vec<Source>,
    /// Distinct lists of tariffs; sources that share one share its transport prices.
    pub(super) tariffs: Vec<Vec<Tariff>>,
    /// The split penalty: part of every source's base, though the first shipment pays none.
    pub(super) split: i64,
    /// Cost of leaving everything unfilled.
    pub(super) all_unfilled: i64,
    /// Once it is over, what is found of the order is worth nothing.
    pub(super) pace: &'a Pace<'a>,
}

impl<'a> Alone<'a> {
    /// Lays the order out.
    pub(super) fn new(
        problem: &'a Problem,
        prices: &PriceTable<'_>,
        (departures, pace): (&Departures<'_>, &'a Pace<'a>),
        order: OrderIdx,
    ) -> Self {
        let o = &problem.orders()[order];
        let pieces = pieces(problem, o);
        let unfilled = pieces
            .iter()
            .map(|p| i128::from(p.unfilled) * i128::from(p.count))
            .sum();
        let split = problem.objective().split_penalty.ten_thousandths();
        let mut alone = Self {
            problem,
            order: o,
            pieces,
            sources: Vec::new(),
            tariffs: Vec::new(),
            split,
            all_unfilled: capped(unfilled),
            pace,
        };
        for ((node, stop), offers) in alone.offers(prices) {
            if pace.is_over() {
                break;
            }
            if let Some((extra, carriage)) = alone.carriage(order, (node, stop), prices, departures) {
                let handling = problem.nodes()[node].shipment_cost.ten_thousandths();
                let base = capped(i128::from(handling) + i128::from(split) + extra);
                alone.sources.push(Source {
                    node,
                    base,
                    carriage,
                    offers,
                });
            }
        }
        alone
    }

    /// Groups and single units: what the exact method counts.
    pub(super) fn atoms(&self) -> usize {
        self.pieces.iter().map(|p| p.count as usize).sum()
    }

    /// Most shipments that could be of use.
    pub(super) fn most_shipments(&self) -> usize {
        self.order.max_shipments.map_or(usize::MAX, |m| m as usize)
    }

    /// For every node that may serve some piece, its offers in each of its stops, by rising node and stop.
    fn offers(&self, prices: &PriceTable<'_>) -> Vec<(At, Vec<Offer>)> {
        let mut rows: Vec<(At, usize, Offer)> = Vec::new();
        let mut dates = HashMap::new();
        for (n, piece) in self.pieces.iter().enumerate() {
            let first = rows.len();
            for offer in self.offers_of(piece.lines[0], prices, &mut dates) {
                rows.push((offer.0, n, offer.1));
            }
            for &line in &piece.lines[1..] {
                let more = self.offers_of(line, prices, &mut dates);
                let together = |(at, n, a): &(At, usize, Offer)| {
                    let b = more.binary_search_by_key(at, |m| m.0).ok().map(|found| more[found].1)?;
                    Some((
                        *at,
                        *n,
                        Offer {
                            each: plus(a.each, b.each),
                            ..*a
                        },
                    ))
                };
                let kept: Vec<_> = rows[first..].iter().filter_map(together).collect();
                rows.truncate(first);
                rows.extend(kept);
            }
        }
        rows.sort_by_key(|&(at, piece, _)| (at, piece));
        let by_node = rows.chunk_by(|a, b| a.0 == b.0);
        let dense = |rows: &[(At, usize, Offer)]| {
            let mut offers = vec![Offer::default(); self.pieces.len()];
            for &(_, piece, offer) in rows {
                offers[piece] = offer;
            }
            (rows[0].0, offers)
        };
        by_node.map(dense).collect()
    }

    /// Where a line (one unit of it, if divisible) may be filled and when it then leaves, with what that costs, by rising node
    /// and stop. `dates` are the dates of the nodes so far.
    fn offers_of(
        &self,
        line: LineIdx,
        prices: &PriceTable<'_>,
        dates: &mut HashMap<NodeIdx, Vec<Date>>,
    ) -> Vec<(At, Offer)> {
        let problem = self.problem;
        let l = &problem.lines()[line];
        let mut found = Vec::new();
        let mut all = problem.stock_of(l.sku);
        while let Some(first) = all.next() {
            let rows = problem.chains().from(first);
            all.start = rows.end;
            let at = problem.stock()[first as usize].node;
            let node = &problem.nodes()[at];
            let is_open = self.order.pickup_node.map_or(node.ships, |p| p == at && node.pickup);
            let need = if l.divisible { 1 } else { l.qty };
            let is_pinned_elsewhere = l.pin.is_some_and(|p| p != at);
            let most = problem.stock()[rows.end as usize - 1].available;
            if !is_open || most < need || is_pinned_elsewhere || problem.is_excluded(line, at) {
                continue;
            }
            let dates = dates.entry(at).or_insert_with(|| self.dates(at));
            if self.pace.spend(dates.len() + 1) {
                break;
            }
            for stop in Stop::between(dates) {
                let day = stop.from.unwrap_or(node.ready.date);
                let Some(row) = problem.row_by(rows.clone(), day) else {
                    continue;
                };
                let available = problem.stock()[row as usize].available;
                if available >= need {
                    let (line_price, unit_price) = (prices.line(line, at), prices.unit_of(StockIdx(row)));
                    found.push(((at, stop), offer(l, node, available, line_price, unit_price)));
                }
            }
        }
        found
    }

    /// The dates that divide the days of a node for the order.
    fn dates(&self, node: NodeIdx) -> Vec<Date> {
        self.pace.spend(self.order.lines().len());
        let skus = self.order.lines().map(|l| self.problem.lines()[l].sku);
        calendar::waits(self.problem, node, skus)
    }

    /// How a shipment may leave the node within a stop, and what it costs whatever it holds; `None` where nothing goes.
    fn carriage(
        &mut self,
        order: OrderIdx,
        (node, stop): At,
        prices: &PriceTable<'_>,
        departures: &Departures<'_>,
    ) -> Option<(i128, Carriage)> {
        let problem = self.problem;
        let late = |arrives| {
            let days = calendar::days_late(self.order.deliver_by, arrives);
            shipment::late(problem, days).ten_thousandths()
        };
        let price = prices.shipment(node);
        if self.order.pickup_node.is_some() {
            return Some((price, Carriage::Fixed(0)));
        }
        let quotes = problem.quotes_of(order);
        if !quotes.is_empty() {
            let is_within = |q: &&Quote| q.node == node && stop.holds(shipment::quoted_day(problem, q));
            let quotes = quotes.iter().filter(is_within);
            let costs = quotes.map(|q| {
                i128::from(q.price.ten_thousandths()) + i128::from(late(q.deliver_on)) + price * i128::from(q.workload)
            });
            return costs.min().map(|cost| (0, Carriage::Fixed(capped(cost))));
        }
        let within = |d: &Departure| Some((d.rate, late(Some(carriage::arrives(problem, d, node, stop)?))));
        let list: Vec<Tariff> = departures.from(node).iter().filter_map(within).collect();
        if list.is_empty() {
            return None;
        }
        self.pace.spend(list.len() + self.tariffs.len());
        let known = self.tariffs.iter().position(|t| *t == list);
        let position = known.unwrap_or_else(|| {
            self.tariffs.push(list);
            self.tariffs.len() - 1
        });
        Some((price, Carriage::Tariffs(position)))
    }

    /// The cheapest carriage (transport and lateness) of a load by one of these tariffs; `CAP` where none takes it.
    pub(super) fn cheapest(&self, tariffs: &[Tariff], load: Load) -> i64 {
        let price = |&(rate, late): &Tariff| {
            let t = transport(self.problem, rate, load)?;
            Some(capped(i128::from(t.price.ten_thousandths()) + i128::from(late)))
        };
        tariffs.iter().filter_map(price).min().unwrap_or(CAP)
    }

    /// The least cost of serving the order from one node, as much of it as the node can, or not at all: a valid way, so
    /// never less than the minimum.
    pub(super) fn one_node(&self) -> i64 {
        self.sources
            .iter()
            .map(|s| self.all_from(s))
            .fold(self.all_unfilled, i64::min)
    }

    fn all_from(&self, source: &Source) -> i64 {
        let mut load = Load::default();
        let mut cost = i128::from(source.base) - i128::from(self.split);
        for (piece, offer) in self.pieces.iter().zip(&source.offers) {
            let taken = offer.most.min(piece.count);
            if self.order.ship_complete && taken < piece.count {
                return CAP;
            }
            cost += i128::from(piece.unfilled) * i128::from(piece.count - taken);
            if taken > 0 {
                load = load.plus(times(piece.load, taken));
                cost += i128::from(offer.line) + i128::from(offer.each) * i128::from(taken);
            }
        }
        let carriage = match source.carriage {
            Carriage::Fixed(cost) => cost,
            Carriage::Tariffs(t) => self.cheapest(&self.tariffs[t], load),
        };
        plus(capped(cost), carriage)
    }
}

/// A load so many times.
pub(super) fn times(load: Load, count: u32) -> Load {
    let mut all = load;
    all.weight *= i64::from(count);
    all.volume *= i64::from(count);
    all
}

fn offer(line: &Line, node: &Node, available: u32, line_price: i128, unit_price: i128) -> Offer {
    let per_line = i128::from(node.line_cost.ten_thousandths()) + line_price;
    let per_unit = i128::from(node.unit_cost.ten_thousandths()) + unit_price;
    if line.divisible {
        Offer {
            most: available.min(line.qty),
            each: capped(per_unit),
            line: capped(per_line),
        }
    } else {
        Offer {
            most: 1,
            each: capped(per_line + per_unit * i128::from(line.qty)),
            line: 0,
        }
    }
}

/// The pieces of an order, by first line.
fn pieces(problem: &Problem, order: &Order) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut of_group: HashMap<Sym, usize> = HashMap::new();
    for line in order.lines() {
        let l = &problem.lines()[line];
        let count = if l.divisible { l.qty } else { 1 };
        let load = Load::of(problem, line, l.qty / count);
        let unfilled = capped(i128::from(l.unfilled_penalty.ten_thousandths()) * i128::from(l.qty / count));
        let number = pieces.len();
        let known = l.group.map_or(number, |group| *of_group.entry(group).or_insert(number));
        if let Some(piece) = pieces.get_mut(known) {
            piece.lines.push(line);
            piece.load = piece.load.plus(load);
            piece.unfilled = plus(piece.unfilled, unfilled);
        } else {
            pieces.push(Piece {
                lines: vec![line],
                count,
                load,
                unfilled,
            });
        }
    }
    pieces
}
