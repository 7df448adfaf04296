//! An order in the making: its shipments so far, each with the cheapest service for what it holds.

use super::Desk;
use super::basket::{Basket, Group};
use super::offer::Offer;
use crate::cost::{Load, routing, shipment};
use crate::index::{LineIdx, NodeIdx, SkuIdx};
use crate::model::Problem;
use crate::plan::{Fill, OrderShipment};
use crate::quantity::Money;

/// A shipment in the making.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) node: NodeIdx,
    pub(super) fills: Vec<Fill>,
    pub(super) units: i64,
    load: Load,
    pub(super) offer: Offer,
}

/// The shipments of one order so far, and how much of each group they hold.
#[derive(Clone)]
pub(super) struct Packing {
    parts: Vec<Part>,
    /// Units left unfilled of each group.
    missing: Vec<i64>,
}

/// Something to add: a group, or some units of a divisible one.
#[derive(Clone, Copy)]
pub(super) struct Piece {
    pub(super) group: usize,
    pub(super) units: i64,
}

impl Packing {
    /// Nothing ships yet.
    pub(super) fn new(basket: &Basket) -> Self {
        Self {
            parts: Vec::new(),
            missing: basket.groups.iter().map(|g| g.units).collect(),
        }
    }

    /// The shipments.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The shipment from a node, if there is one.
    pub(super) fn part(&self, node: NodeIdx) -> Option<&Part> {
        self.parts.iter().find(|p| p.node == node)
    }

    /// The service by which the node's shipment would travel with a piece added, if every limit lets it; none once it is to stop. That the node
    /// may ship the piece and has it is the caller's business.
    pub(super) fn fits(&self, desk: &mut Desk<'_>, basket: &Basket, piece: Piece, node: NodeIdx) -> Option<Offer> {
        let group = &basket.groups[piece.group];
        if desk.spend(20 + group.lines.len() + self.parts.len()) {
            return None;
        }
        let (mut lines, mut units, mut load) = (group.lines.len() as i64, piece.units, piece.load(desk.problem, group));
        if let Some(part) = self.part(node) {
            lines += part.fills.len() as i64;
            units += part.units;
            load = load.plus(part.load);
        } else if self.parts.len() >= basket.max_shipments {
            return None;
        }
        if !desk.left.has_lines_units(node, lines, units) {
            return None;
        }
        let held = self.part(node).map_or(0, |part| part.fills.len());
        if basket.repeats && (desk.spend(group.lines.len() * held) || !self.stock_lasts(desk, group, piece, node)) {
            return None;
        }
        let offer = desk.offers.cheapest(&desk.left, basket.order, node, load);
        desk.spend(5 * desk.offers.looked_at());
        offer
    }

    /// Whether the node has every SKU of the piece beside what its shipment already holds.
    fn stock_lasts(&self, desk: &Desk<'_>, group: &Group, piece: Piece, node: NodeIdx) -> bool {
        let problem = desk.problem;
        group.lines.iter().all(|&line| {
            let sku = problem.lines()[line].sku;
            let here = group.lines.iter().filter(|&&l| problem.lines()[l].sku == sku);
            let more: i64 = here.map(|&l| piece.qty(problem, group, l)).sum();
            self.held(problem, node, sku) + more <= i64::from(desk.left.of(problem, node, sku))
        })
    }

    /// Units of a SKU in the node's shipment.
    fn held(&self, problem: &Problem, node: NodeIdx, sku: SkuIdx) -> i64 {
        let fills = self.part(node).map_or(&[][..], |p| &p.fills);
        fills
            .iter()
            .filter(|f| problem.lines()[f.line].sku == sku)
            .map(|f| i64::from(f.qty))
            .sum()
    }

    /// Units of a divisible group's SKU that the node has left beside what its shipment holds and can handle.
    pub(super) fn room(&self, desk: &Desk<'_>, basket: &Basket, group: usize, node: NodeIdx) -> i64 {
        let Some(&line) = basket.groups[group].lines.first() else {
            return 0;
        };
        let sku = desk.problem.lines()[line].sku;
        let stock = i64::from(desk.left.of(desk.problem, node, sku)) - self.held(desk.problem, node, sku);
        let units = i64::from(desk.left.units_up_to(node, u32::MAX)) - self.part(node).map_or(0, |p| p.units);
        self.missing[group].min(stock).min(units).max(0)
    }

    /// Adds a piece to the node's shipment, which then travels by `offer`.
    pub(super) fn put(&mut self, problem: &Problem, basket: &Basket, piece: Piece, node: NodeIdx, offer: Offer) {
        let group = &basket.groups[piece.group];
        let position = self.parts.iter().position(|p| p.node == node).unwrap_or_else(|| {
            self.parts.push(Part {
                node,
                fills: Vec::new(),
                units: 0,
                load: Load::default(),
                offer,
            });
            self.parts.len() - 1
        });
        let part = &mut self.parts[position];
        for &line in &group.lines {
            part.fills.push(Fill {
                line,
                qty: piece.qty(problem, group, line) as u32,
            });
        }
        part.units += piece.units;
        part.load = part.load.plus(piece.load(problem, group));
        part.offer = offer;
        self.missing[piece.group] -= piece.units;
    }

    /// Puts a whole group into the first of the nodes that takes it.
    pub(super) fn put_first(&mut self, desk: &mut Desk<'_>, basket: &Basket, group: usize, nodes: &[NodeIdx]) -> bool {
        let piece = Piece {
            group,
            units: basket.groups[group].units,
        };
        for &node in nodes {
            if let Some(offer) = self.fits(desk, basket, piece, node) {
                self.put(desk.problem, basket, piece, node, offer);
                return true;
            }
        }
        false
    }

    /// Fills what is missing of a divisible group from the nodes in turn, each giving as much as it can.
    pub(super) fn put_in_parts(&mut self, desk: &mut Desk<'_>, basket: &Basket, group: usize, nodes: &[NodeIdx]) {
        for &node in nodes {
            if self.holds(basket, group, node) {
                continue;
            }
            if let Some((piece, offer)) = self.most(desk, basket, group, node) {
                self.put(desk.problem, basket, piece, node, offer);
            }
        }
    }

    /// The most of a divisible group that a node has and that still travels, and by which service its shipment then does.
    pub(super) fn most(
        &self,
        desk: &mut Desk<'_>,
        basket: &Basket,
        group: usize,
        node: NodeIdx,
    ) -> Option<(Piece, Offer)> {
        let (mut low, mut high) = (0, self.room(desk, basket, group, node));
        let mut fits = |units| {
            let piece = Piece { group, units };
            Some((piece, self.fits(desk, basket, piece, node)?))
        };
        let mut best = None;
        while low < high {
            // All of it first.
            let middle = if best.is_none() && low == 0 {
                high
            } else {
                high - (high - low) / 2
            };
            match fits(middle) {
                Some(found) => (low, best) = (middle, Some(found)),
                None => high = middle - 1,
            }
        }
        best
    }

    /// Whether the node's shipment already holds some of a group.
    pub(super) fn holds(&self, basket: &Basket, group: usize, node: NodeIdx) -> bool {
        let line = basket.groups[group].lines.first();
        self.part(node)
            .is_some_and(|p| p.fills.iter().any(|f| Some(&f.line) == line))
    }

    /// Nothing at all, where the order wants everything or nothing and something is missing.
    pub(super) fn or_nothing(self, basket: &Basket) -> Self {
        if basket.ship_complete && self.missing.iter().any(|&units| units > 0) {
            Self::new(basket)
        } else {
            self
        }
    }

    /// What the order costs so: transport, handling, lateness, splits, and what stays unfilled.
    pub(super) fn cost(&self, problem: &Problem, basket: &Basket) -> Money {
        let shipments = self
            .parts
            .iter()
            .map(|p| p.offer.cost + shipment::handling(problem, p.node, p.fills.len() as i64, p.units));
        let unfilled = basket
            .groups
            .iter()
            .zip(&self.missing)
            .map(|(group, &missing)| match group.lines[..] {
                _ if missing == group.units => group.penalty,
                [line] => problem.lines()[line].unfilled_penalty * missing,
                _ => Money::ZERO,
            });
        shipments.sum::<Money>() + routing::split(problem, self.parts.len()) + unfilled.sum()
    }

    /// The finished shipments.
    pub(super) fn into_shipments(self) -> Vec<OrderShipment> {
        let shipment = |p: Part| OrderShipment {
            node: p.node,
            carriage: p.offer.carriage,
            waits_for: None,
            fills: p.fills,
        };
        self.parts.into_iter().map(shipment).collect()
    }
}

impl Piece {
    /// Units of one of its lines.
    fn qty(self, problem: &Problem, group: &Group, line: LineIdx) -> i64 {
        if group.divisible {
            self.units
        } else {
            i64::from(problem.lines()[line].qty)
        }
    }

    fn load(self, problem: &Problem, group: &Group) -> Load {
        match group.lines.first() {
            Some(&line) if group.divisible => Load::of(problem, line, self.units as u32),
            _ => group.load,
        }
    }
}
