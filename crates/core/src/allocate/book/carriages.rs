//! What carriage and lateness cost by set of atoms: the tables of all entries, one after another. Four bytes a cell while
//! every cost fits, which is up to 429,496 of the currency for a shipment; eight for all once one does not.

use super::NEVER;

/// The tables of a book.
pub(crate) enum Carriages {
    /// Every cost fits; [`NONE`] stands for [`NEVER`].
    Narrow(Vec<u32>),
    Wide(Vec<i64>),
}

const NONE: u32 = u32::MAX;

impl Carriages {
    pub(super) const fn new() -> Self {
        Self::Narrow(Vec::new())
    }

    /// Number of cells.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Narrow(cells) => cells.len(),
            Self::Wide(cells) => cells.len(),
        }
    }

    /// Cost of a set of atoms: the cell at the start of a table plus the set.
    #[inline]
    pub(crate) fn at(&self, cell: u64) -> i64 {
        match self {
            Self::Narrow(cells) => wide(cells[cell as usize]),
            Self::Wide(cells) => cells[cell as usize],
        }
    }

    pub(super) fn extend(&mut self, costs: &[i64]) {
        if let Self::Narrow(cells) = self {
            if costs.iter().all(|&cost| narrow(cost).is_some()) {
                cells.extend(costs.iter().filter_map(|&cost| narrow(cost)));
                return;
            }
            *self = Self::Wide(cells.iter().map(|&cell| wide(cell)).collect());
        }
        if let Self::Wide(cells) = self {
            cells.extend_from_slice(costs);
        }
    }
}

#[inline]
const fn wide(cell: u32) -> i64 {
    if cell == NONE { NEVER } else { cell as i64 }
}

fn narrow(cost: i64) -> Option<u32> {
    if cost == NEVER {
        return Some(NONE);
    }
    u32::try_from(cost).ok().filter(|&cell| cell != NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_come_back_as_they_were_whatever_their_size() {
        let most = i64::from(u32::MAX) - 1;
        let mut tables = Carriages::new();
        let mut all = vec![NEVER, 0, 1, most];
        tables.extend(&all);
        assert!(matches!(tables, Carriages::Narrow(_)));
        for cost in [most + 1, NEVER - 1] {
            all.extend([7, cost]);
            tables.extend(&[7, cost]);
            assert!(matches!(tables, Carriages::Wide(_)));
        }
        tables.extend(&[NEVER]);
        all.push(NEVER);
        assert_eq!(tables.len(), all.len());
        for (cell, cost) in all.into_iter().enumerate() {
            assert_eq!(tables.at(cell as u64), cost);
        }
    }
}
