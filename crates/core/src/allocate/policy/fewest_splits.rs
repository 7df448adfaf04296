//! `fewest-splits`: the smallest set of nodes that covers all that can be covered, and of those sets the one with the
//! least average distance. The routing of Salesforce's order management; Shopify's default is close to it (locations
//! that have everything first, then fewest shipments, then the nearest).
//!
//! Ours where the rule is silent: a set covers a line or group where one of its nodes can ship all of it. Where
//! `max_shipments` allows no full cover, nodes that cover the most are taken one by one. Within the set a group goes to
//! the nearest node that has it; what the set cannot take after all, because capacity ran out within the order, goes to
//! the nearest node outside, and so does what remains of divisible lines, in parts.

use super::Desk;
use super::basket::Basket;
use super::cover::{self, Candidate};
use super::packing::{Packing, Piece};
use crate::index::NodeIdx;

/// Packs an order from as few nodes as can be.
pub(super) fn pack(desk: &mut Desk<'_>, basket: &Basket) -> Packing {
    let metres = desk
        .near
        .metres(desk.problem, desk.problem.orders()[basket.order].destination);
    let mut candidates = candidates(desk, basket);
    for candidate in &mut candidates {
        candidate.metres = metres[candidate.node];
    }
    candidates.sort_by_key(|c| (c.metres, c.node));
    let mut set = cover::fewest(&candidates, basket.groups.len(), basket.max_shipments);
    set.sort_by_key(|&n| (metres[n], n));

    let mut packing = Packing::new(basket);
    let missing: Vec<usize> = (0..basket.groups.len())
        .filter(|&g| !packing.put_first(desk, basket, g, &among(&set, &basket.groups[g].nodes)))
        .collect();
    for number in missing {
        let group = &basket.groups[number];
        let mut nodes = group.nodes.clone();
        nodes.sort_by_key(|&n| (metres[n], n));
        if !packing.put_first(desk, basket, number, &nodes) && group.divisible {
            let mut nodes = group.part_nodes.clone();
            nodes.sort_by_key(|&n| (!set.contains(&n), metres[n], n));
            packing.put_in_parts(desk, basket, number, &nodes);
        }
    }
    packing.or_nothing(basket)
}

/// The nodes that can ship at least one group whole and alone, with those groups.
fn candidates(desk: &mut Desk<'_>, basket: &Basket) -> Vec<Candidate> {
    let empty = Packing::new(basket);
    let mut candidates: Vec<Candidate> = Vec::new();
    for (number, group) in basket.groups.iter().enumerate() {
        let piece = Piece {
            group: number,
            units: group.units,
        };
        for &node in &group.nodes {
            if empty.fits(desk, basket, piece, node).is_none() {
                continue;
            }
            match candidates.iter_mut().find(|c| c.node == node) {
                Some(candidate) => candidate.groups.push(number),
                None => candidates.push(Candidate {
                    node,
                    metres: 0,
                    groups: vec![number],
                }),
            }
        }
    }
    candidates
}

/// Those of `set` that are in `nodes` (sorted), in the order of `set`.
fn among(set: &[NodeIdx], nodes: &[NodeIdx]) -> Vec<NodeIdx> {
    set.iter().copied().filter(|n| nodes.binary_search(n).is_ok()).collect()
}
