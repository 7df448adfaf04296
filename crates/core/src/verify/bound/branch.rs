//! The least cost of serving one order alone between two bounds, where it has too many pieces for the exact method: branch
//! and bound over which nodes ship and between which prices, best bound first, with [`shipments`](super::shipments)
//! as bound, or [`facility`](super::facility) where pieces can be divided.
//!
//! Every branch that is not followed to its end keeps its bound, so the least of those is a lower bound whenever it stops, be it
//! that the pace of the order is over.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::alone::{Alone, Carriage, times};
use super::facility::{Facilities, NEVER, Relaxed, Settled, Site};
use super::shipments::Shipments;
use crate::cost::tariff::Load;

/// Most branches of an order whose pieces are whole, and of another.
const BRANCHES: (usize, usize) = (100, 60);
/// Steps of the relaxation at the root and further down.
const STEPS: (usize, usize) = (200, 25);
/// The search ends when the bounds are this close, as a share of the cost.
const CLOSE: i128 = 20_000;

/// Part of all ways to serve the order.
struct Branch {
    sites: Vec<Site>,
    settled: Vec<Settled>,
    values: Vec<i64>,
    next: Decision,
}

/// How to divide a branch in two.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Decision {
    None,
    /// The source ships, or it does not.
    Ships(usize),
    /// The source ships below this rung or not at all, or it ships at this rung or above.
    From(usize, usize),
    /// The piece comes from the source, or it does not.
    Piece(usize, usize),
}

/// Bounds on the least cost: none is cheaper than the first, and the second is the cost of a way or `upper`. Once it is over
/// they are as far apart as they are.
pub(super) fn bounds(alone: &Alone<'_>, upper: i128) -> (i128, i128) {
    let facilities = Facilities::new(alone);
    let mut search = Search {
        shipments: Shipments::new(&facilities),
        facilities,
        upper: upper.min(i128::from(alone.all_unfilled)),
        heap: BinaryHeap::new(),
        branches: Vec::new(),
    };
    let lower = search.run();
    (lower.max(0).min(search.upper), search.upper)
}

struct Search<'a> {
    facilities: Facilities<'a>,
    /// The better bound, for orders of whole pieces.
    shipments: Option<Shipments>,
    upper: i128,
    heap: BinaryHeap<Reverse<(i128, usize)>>,
    branches: Vec<Option<Branch>>,
}

impl Search<'_> {
    fn run(&mut self) -> i128 {
        let sites = self.facilities.open_sites();
        self.look(sites, Vec::new(), Vec::new(), i128::MIN, STEPS.0);
        let mut ends = i128::from(NEVER);
        let most = if self.shipments.is_some() {
            BRANCHES.0
        } else {
            BRANCHES.1
        };
        while let Some(Reverse((bound, at))) = self.heap.pop() {
            if bound >= self.upper - self.upper / CLOSE || self.branches.len() >= most {
                return ends.min(bound);
            }
            match self.branches[at].take() {
                Some(branch) if branch.next != Decision::None => {
                    for first in [true, false] {
                        self.enter(&branch, first, bound);
                    }
                    // What was not looked at to the end is no better than where it comes from.
                    if self.facilities.alone.pace.look() {
                        return ends.min(bound);
                    }
                }
                _ => ends = ends.min(bound),
            }
        }
        ends
    }

    fn enter(&mut self, branch: &Branch, first: bool, bound: i128) {
        let (mut sites, mut settled) = (branch.sites.clone(), branch.settled.clone());
        match branch.next {
            Decision::None => {}
            Decision::Ships(n) => sites[n].ships = Some(first),
            Decision::From(n, rung) if first => sites[n].last = rung - 1,
            Decision::From(n, rung) => (sites[n].ships, sites[n].first) = (Some(true), rung),
            Decision::Piece(piece, n) => {
                settled.push((piece, n, first));
                if first {
                    sites[n].ships = Some(true);
                }
            }
        }
        let most = self.facilities.alone.most_shipments();
        let shipping = sites.iter().filter(|s| s.ships == Some(true)).count();
        if shipping > most {
            return;
        }
        if shipping == most {
            for site in sites.iter_mut().filter(|s| s.ships.is_none()) {
                site.ships = Some(false);
            }
        }
        self.look(sites, settled, branch.values.clone(), bound, STEPS.1);
    }

    /// Bounds a branch and notes it, unless nothing in it is cheaper than what is known.
    fn look(&mut self, sites: Vec<Site>, settled: Vec<Settled>, values: Vec<i64>, bound: i128, steps: usize) {
        // Where no source ships, nothing does, and what that costs is known.
        if sites.iter().all(|s| s.ships == Some(false)) {
            return;
        }
        let split = i128::from(self.facilities.alone.split);
        let target = self.upper + split;
        let relaxed = match &mut self.shipments {
            Some(shipments) => shipments.relax(&self.facilities, (&sites, &settled), target),
            None => self.facilities.relax((&sites, &settled), values, target, steps),
        };
        let Some(relaxed) = relaxed else {
            return;
        };
        self.upper = self.upper.min(self.price(&sites, &relaxed));
        let bound = relaxed.bound.saturating_sub(split).max(bound);
        if bound < self.upper {
            self.heap.push(Reverse((bound, self.branches.len())));
            self.branches.push(Some(Branch {
                next: self.decide(&sites, &settled, &relaxed),
                sites,
                settled,
                values: relaxed.values,
            }));
        }
    }

    /// What a way near the solutions of a bound costs; [`NEVER`] where that is none: every piece comes from the source that
    /// has most of it, of one that can be divided from each its share, and the rest from those that have more.
    fn price(&self, sites: &[Site], relaxed: &Relaxed) -> i128 {
        let alone = self.facilities.alone;
        let mut loads: Vec<Option<Load>> = vec![None; sites.len()];
        let mut cost = -i128::from(alone.split);
        for (n, piece) in alone.pieces.iter().enumerate() {
            let mut rest = piece.count;
            for (source, units) in taken(piece.count, &relaxed.shares[n], |s| alone.sources[s].offers[n].most) {
                let offer = alone.sources[source].offers[n];
                cost += i128::from(offer.each) * i128::from(units) + i128::from(offer.line);
                loads[source] = Some(loads[source].unwrap_or_default().plus(times(piece.load, units)));
                rest -= units;
            }
            if rest > 0 && alone.order.ship_complete {
                return i128::from(NEVER);
            }
            cost += i128::from(piece.unfilled) * i128::from(rest);
        }
        let shipping = loads.iter().flatten().count();
        let mut nodes = alone
            .sources
            .iter()
            .zip(&loads)
            .filter(|l| l.1.is_some())
            .map(|l| l.0.node);
        let mut last = None;
        if nodes.any(|n| last.replace(n) == Some(n)) {
            return i128::from(NEVER); // two of the stops of a node
        }
        if shipping == 0 || shipping > alone.most_shipments() {
            return i128::from(NEVER);
        }
        for (source, load) in alone.sources.iter().zip(&loads) {
            let Some(load) = load else { continue };
            let carriage = match source.carriage {
                Carriage::Fixed(cost) => cost,
                Carriage::Tariffs(t) => alone.cheapest(&alone.tariffs[t], *load),
            };
            cost += i128::from(source.base) + i128::from(carriage);
        }
        cost
    }

    /// Divides where the solutions of the bound agree least: a source that ships in part of them, at different rungs, or with
    /// part of a piece.
    fn decide(&self, sites: &[Site], settled: &[Settled], relaxed: &Relaxed) -> Decision {
        let mut most = (0.02, Decision::None);
        for (n, site) in sites.iter().enumerate() {
            let base = self.facilities.alone.sources[n].base as f64;
            let rungs = &self.facilities.rungs[n];
            let price = |rung: usize| rungs[rung].price as f64;
            let ships = relaxed.ships[n];
            let mean = relaxed.rungs[n].iter().map(|&(r, w)| price(r) * w).sum::<f64>() / ships.max(1e-9);
            let parts = ships.min(1.0 - ships) * (base + mean);
            if site.ships.is_none() && parts > most.0 {
                most = (parts, Decision::Ships(n));
            }
            let spread: f64 = relaxed.rungs[n].iter().map(|&(r, w)| (price(r) - mean).abs() * w).sum();
            let above = relaxed.rungs[n].iter().map(|r| r.0).filter(|&r| price(r) > mean).min();
            if let Some(rung) = above.filter(|&r| r > site.first && r <= site.last && spread > most.0) {
                most = (spread, Decision::From(n, rung));
            }
        }
        if most.1 != Decision::None {
            return most.1;
        }
        let mut piece = (0.02, Decision::None);
        for (n, shares) in relaxed.shares.iter().enumerate() {
            for &(source, share) in shares {
                let open =
                    self.facilities.alone.pieces[n].count == 1 && !settled.iter().any(|s| (s.0, s.1) == (n, source));
                let parts = share.min(1.0 - share);
                if open && parts > piece.0 {
                    piece = (parts, Decision::Piece(n, source));
                }
            }
        }
        let maybe = || (0..sites.len()).find(|&n| sites[n].ships.is_none());
        if piece.1 == Decision::None {
            maybe().map_or(Decision::None, Decision::Ships)
        } else {
            piece.1
        }
    }
}

/// How many of so many units come from each source, near these shares of them and within what each has: a whole piece from
/// where most of it is.
fn taken(count: u32, shares: &[(usize, f64)], has: impl Fn(usize) -> u32) -> Vec<(usize, u32)> {
    if count == 1 {
        let most = shares.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let most = most.filter(|s| s.1 > 0.3 && has(s.0) > 0);
        return most.map(|s| (s.0, 1)).into_iter().collect();
    }
    let mut shares: Vec<(usize, f64)> = shares.to_vec();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut rest = count;
    let mut taken: Vec<(usize, u32)> = Vec::new();
    for &(source, share) in &shares {
        let units = (share * f64::from(count)).round() as u32;
        let units = units.min(has(source)).min(rest);
        if units > 0 {
            rest -= units;
            taken.push((source, units));
        }
    }
    // What would stay over by rounding, or by what is not there.
    let left = 1.0 - shares.iter().map(|s| s.1).sum::<f64>();
    let mut over = rest.saturating_sub((left * f64::from(count)) as u32);
    for (source, units) in &mut taken {
        let more = over.min(has(*source) - *units);
        *units += more;
        over -= more;
    }
    taken
}
