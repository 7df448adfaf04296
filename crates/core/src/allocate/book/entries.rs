//! The entries of a book, packed to sixteen bytes each: a book of a million orders has tens of millions of them.
//!
//! Nearly all travel by the best service of their node. What they cost before carriage is that of the node, so it is not
//! kept with each; the few that are quotes or pickups stand in a list of their own.

use super::{AtomSet, Entry, NO_TABLE, OrderHead, Way};
use crate::index::{IndexVec, NodeIdx};

/// All entries of a book, those of an order one after another.
pub(crate) struct Entries {
    packed: Vec<Packed>,
    special: Vec<Special>,
    /// Per node, shipment cost and split penalty.
    base: IndexVec<NodeIdx, i64>,
}

#[derive(Clone, Copy)]
struct Packed {
    node: NodeIdx,
    first_row: u32,
    /// Low half of where its table starts; or its position among the special ones.
    table: u32,
    /// High half of where its table starts; or [`SPECIAL`].
    table_high: u16,
    atoms: AtomSet,
}

const SPECIAL: u16 = u16::MAX;

/// What an entry that is not the best service of its node has of its own.
#[derive(Clone, Copy)]
struct Special {
    base: i64,
    way: Way,
    workload: u32,
}

impl Entries {
    /// No entries yet, for nodes whose shipments cost so much before carriage.
    pub(super) const fn new(base: IndexVec<NodeIdx, i64>) -> Self {
        Self {
            packed: Vec::new(),
            special: Vec::new(),
            base,
        }
    }

    /// Number of the next entry.
    pub(super) const fn next(&self) -> u32 {
        self.packed.len() as u32
    }

    pub(super) fn push(&mut self, entry: &Entry) {
        let plain = entry.way == Way::BestService && entry.workload == 1 && entry.base == self.base[entry.node];
        let (table, table_high) = match u16::try_from(entry.table >> 32) {
            Ok(high) if plain && high != SPECIAL => (entry.table as u32, high),
            _ => {
                self.special.push(Special {
                    base: entry.base,
                    way: entry.way,
                    workload: entry.workload,
                });
                (self.special.len() as u32 - 1, SPECIAL)
            }
        };
        self.packed.push(Packed {
            node: entry.node,
            first_row: entry.first_row,
            table,
            table_high,
            atoms: entry.atoms,
        });
    }

    /// The entry with a number.
    #[inline]
    pub(crate) fn at(&self, number: u32) -> Entry {
        let packed = self.packed[number as usize];
        let (way, workload, base, table) = if packed.table_high == SPECIAL {
            let special = self.special[packed.table as usize];
            (special.way, special.workload, special.base, NO_TABLE)
        } else {
            let table = u64::from(packed.table_high) << 32 | u64::from(packed.table);
            (Way::BestService, 1, self.base[packed.node], table)
        };
        Entry {
            node: packed.node,
            atoms: packed.atoms,
            way,
            workload,
            table,
            first_row: packed.first_row,
            base,
        }
    }

    /// The entries of an order.
    pub(crate) fn of(&self, head: &OrderHead) -> impl DoubleEndedIterator<Item = Entry> {
        (head.first_entry..head.end_entry).map(|e| self.at(e))
    }
}
