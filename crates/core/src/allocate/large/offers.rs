//! What each node may give of each atom of an order with divisible lines, at a valuation.

use super::{Costs, LargeOrder};
use crate::allocate::book::{Book, NEVER};
use crate::allocate::price::Valuation;

/// An atom at a node that may fill it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offer {
    pub atom: u32,
    pub node: u16,
    /// The first of its cells there.
    pub cell: u32,
    /// How much of the atom's count it can give; at least 1.
    pub most: u32,
}

/// The offers by rising atom and node.
pub(super) fn offers<V: Valuation>(book: &Book<'_>, order: &LargeOrder, costs: &Costs, v: &V, out: &mut Vec<Offer>) {
    out.clear();
    for (a, atom) in order.atoms.iter().enumerate() {
        for source in &atom.sources {
            if costs.base[usize::from(source.node)] >= NEVER {
                continue;
            }
            let cells = atom.cells(source.first_cell);
            let fit = cells.map(|(piece, cell)| v.available(book.rows[cell as usize]) / (piece.qty / atom.count));
            let most = fit.fold(source.most, u32::min);
            if most > 0 {
                out.push(Offer {
                    atom: a as u32,
                    node: source.node,
                    cell: source.first_cell,
                    most,
                });
            }
        }
    }
}

/// Handling and prices of so much of an offer, [`NEVER`] where it cannot be had.
pub(super) fn handling<V: Valuation>(book: &Book<'_>, order: &LargeOrder, v: &V, offer: &Offer, count: u32) -> i64 {
    if count == 0 {
        return 0;
    }
    let entry = order.entry(offer.node, 1);
    let pieces = order.atoms[offer.atom as usize].cells_of(count, offer.cell);
    pieces.fold(0i64, |sum, (piece, cell)| {
        let cost = v.piece(&entry, cell as usize, book.rows[cell as usize], piece.qty);
        sum.saturating_add(cost).min(NEVER)
    })
}
