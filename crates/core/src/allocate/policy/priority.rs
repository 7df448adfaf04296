//! `priority`: nodes in the order of `nodes.csv`, the most preferred first. The source selection by priority of Magento's
//! multi-source inventory, and in essence that of Solidus and Vendure.
//!
//! Those systems split a line wherever a node has less than all of it. The format does not, except for divisible lines: a
//! divisible line takes what each node in turn has, every other line and group goes to the first node that has all of it.
//! Ours where the rule is silent: it keeps the limits of nodes and of the order by passing over a node that would break
//! one, and a line that finds no node stays unfilled while the rest of its order ships.

use super::basket::Basket;
use super::packing::Packing;
use super::{Desk, in_turn};

/// Packs an order from the most preferred nodes.
pub(super) fn pack(desk: &mut Desk<'_>, basket: &Basket) -> Packing {
    in_turn::pack(desk, basket, |node| node)
}
