//! Best insertion: groups one by one, those with the fewest nodes first, each where it adds the least cost, or nowhere
//! where leaving it unfilled costs less. For orders too large to be served exactly.

use super::Desk;
use super::basket::Basket;
use super::offer::Offer;
use super::packing::{Packing, Piece};
use crate::cost::shipment;
use crate::index::NodeIdx;
use crate::quantity::Money;

/// Packs an order by best insertion.
pub(super) fn pack(desk: &mut Desk<'_>, basket: &Basket) -> Packing {
    let mut packing = Packing::new(basket);
    let mut order: Vec<usize> = (0..basket.groups.len()).collect();
    order.sort_by_key(|&g| basket.groups[g].nodes.len());
    for number in order {
        let group = &basket.groups[number];
        let piece = Piece {
            group: number,
            units: group.units,
        };
        let worth = |added: Money| basket.ship_complete || added < group.penalty;
        match cheapest_node(desk, basket, &packing, piece, &group.nodes) {
            Some((added, node, offer)) if worth(added) => packing.put(desk.problem, basket, piece, node, offer),
            _ if group.divisible => insert_in_parts(desk, basket, &mut packing, number),
            _ => {}
        }
    }
    packing.or_nothing(basket)
}

/// The node at which a piece adds the least cost, and by which service its shipment then travels.
fn cheapest_node(
    desk: &mut Desk<'_>,
    basket: &Basket,
    packing: &Packing,
    piece: Piece,
    nodes: &[NodeIdx],
) -> Option<(Money, NodeIdx, Offer)> {
    let mut best: Option<(Money, NodeIdx, Offer)> = None;
    for &node in nodes {
        let Some(offer) = packing.fits(desk, basket, piece, node) else {
            continue;
        };
        let added = added_cost(desk, basket, packing, piece, node, offer);
        if best.is_none_or(|(least, ..)| added < least) {
            best = Some((added, node, offer));
        }
    }
    best
}

/// What a piece adds to the order's cost at a node: handling, the change of its carriage, and the split it may cause.
fn added_cost(desk: &Desk<'_>, basket: &Basket, packing: &Packing, piece: Piece, node: NodeIdx, offer: Offer) -> Money {
    let problem = desk.problem;
    let lines = basket.groups[piece.group].lines.len() as i64;
    let handling = shipment::handling(problem, node, lines, piece.units);
    match packing.part(node) {
        Some(part) => handling - problem.nodes()[node].shipment_cost + offer.cost - part.offer.cost,
        None if packing.parts().is_empty() => handling + offer.cost,
        None => handling + offer.cost + problem.objective().split_penalty,
    }
}

/// Fills a divisible group from several nodes: each time the node that saves the most per unit, as much as it
/// can give.
fn insert_in_parts(desk: &mut Desk<'_>, basket: &Basket, packing: &mut Packing, group: usize) {
    let line = &basket.groups[group];
    let unit_penalty = line
        .lines
        .first()
        .map_or(Money::ZERO, |&l| desk.problem.lines()[l].unfilled_penalty);
    loop {
        let mut best: Option<(Money, Piece, NodeIdx, Offer)> = None;
        for &node in &line.part_nodes {
            if packing.holds(basket, group, node) {
                continue;
            }
            let Some((piece, offer)) = packing.most(desk, basket, group, node) else {
                continue;
            };
            let saved = unit_penalty * piece.units - added_cost(desk, basket, packing, piece, node, offer);
            let more =
                |&(most, other, ..): &(Money, Piece, _, _)| per_unit(saved, other.units) > per_unit(most, piece.units);
            if (saved > Money::ZERO || basket.ship_complete) && best.as_ref().is_none_or(more) {
                best = Some((saved, piece, node, offer));
            }
        }
        let Some((_, piece, node, offer)) = best else { return };
        packing.put(desk.problem, basket, piece, node, offer);
    }
}

/// Cross product for comparing savings per unit without division: `a / n > b / m` where `a m > b n`.
fn per_unit(saved: Money, other_units: i64) -> i128 {
    i128::from(saved.ten_thousandths()) * i128::from(other_units)
}
