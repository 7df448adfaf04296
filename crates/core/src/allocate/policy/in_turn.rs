//! Nodes in turn: each group goes whole to the first node of a sequence that can take it. What `priority` and `distance`
//! share; they differ in the sequence.

use super::Desk;
use super::basket::Basket;
use super::packing::Packing;
use crate::index::NodeIdx;

/// Packs an order, trying nodes by rising rank.
pub(super) fn pack<R: Ord>(desk: &mut Desk<'_>, basket: &Basket, rank: impl Fn(NodeIdx) -> R) -> Packing {
    let mut packing = Packing::new(basket);
    for (number, group) in basket.groups.iter().enumerate() {
        let mut nodes = if group.divisible {
            group.part_nodes.clone()
        } else {
            group.nodes.clone()
        };
        nodes.sort_by_key(|&n| rank(n));
        if group.divisible {
            packing.put_in_parts(desk, basket, number, &nodes);
        } else {
            packing.put_first(desk, basket, number, &nodes);
        }
    }
    packing.or_nothing(basket)
}
