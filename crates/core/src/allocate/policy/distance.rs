//! `distance`: nodes by distance from the customer, the nearest first. The source selection by distance of Magento's
//! multi-source inventory, and what most systems mean by "ship from the nearest".
//!
//! Distance is the great circle's, in whole metres. Ours where the rule is silent: nodes at an unknown distance come last,
//! as in Magento, and equals in file order; all else as with `priority`.

use super::basket::Basket;
use super::packing::Packing;
use super::{Desk, in_turn};

/// Packs an order from the nearest nodes.
pub(super) fn pack(desk: &mut Desk<'_>, basket: &Basket) -> Packing {
    let metres = desk
        .near
        .metres(desk.problem, desk.problem.orders()[basket.order].destination);
    in_turn::pack(desk, basket, |node| (metres[node], node))
}
