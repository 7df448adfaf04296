//! Typed indices and the vectors that they index: a node's number cannot be mistaken for an order's.
//!
//! [`IdTable`] interns the ids of one kind (orders, SKUs, ...): every distinct text is stored once, in one arena.

use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::marker::PhantomData;
use std::ops::{Index, IndexMut, Range};

/// A number that names one element of one kind.
pub trait Idx: Copy + Eq + Ord + fmt::Debug + 'static {
    /// The index of position `n`. Positions stay below 2^32 (limits are checked when input is read).
    fn new(n: usize) -> Self;
    /// The position.
    fn get(self) -> usize;
}

macro_rules! indices {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub struct $name(pub u32);
        impl Idx for $name {
            #[inline]
            fn new(n: usize) -> Self {
                debug_assert!(u32::try_from(n).is_ok());
                Self(n as u32)
            }
            #[inline]
            fn get(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

indices! {
    /// A fulfilment node, in the order of `nodes.csv`.
    NodeIdx,
    /// An item (SKU), in the order of `items.csv`.
    SkuIdx,
    /// A stock row: what one node has of one SKU, ordered by SKU and then node.
    StockIdx,
    /// An order, in the order of `orders.csv`.
    OrderIdx,
    /// An order line; the lines of an order are consecutive, in the order of `lines.csv`.
    LineIdx,
    /// A carrier service: first those of `services.csv`, then names that only quotes use.
    ServiceIdx,
    /// A price table: the bands of one service and zone.
    RateIdx,
    /// A distinct destination (country, postcode, coordinates).
    DestIdx,
    /// An aisle of a node.
    AisleIdx,
    /// A shipment of a plan.
    ShipmentIdx,
    /// A pick location of a layout: a cell of an aisle, or a vertex of a graph.
    LocationIdx,
    /// A pick location with an id, as its label names it; several may share one cell of the layout. Of one floor.
    PickLocationIdx,
    /// A type of cart of one floor.
    CartIdx,
    /// A shift of one floor.
    ShiftIdx,
    /// A departure of one floor: a row that may come on many days.
    DepartureIdx,
    /// A wave of a plan.
    WaveIdx,
    /// A batch of a plan.
    BatchIdx,
    /// An interned text.
    Sym,
}

/// A vector whose positions are of one index type.
#[derive(Clone, PartialEq, Eq)]
pub struct IndexVec<I, T> {
    items: Vec<T>,
    index: PhantomData<fn(I)>,
}

impl<I: Idx, T> IndexVec<I, T> {
    /// An empty vector.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            items: Vec::new(),
            index: PhantomData,
        }
    }

    /// A vector of these elements, in this order.
    #[must_use]
    pub const fn from_vec(items: Vec<T>) -> Self {
        Self {
            items,
            index: PhantomData,
        }
    }

    /// How many elements there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no element.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Appends an element and returns its index.
    pub fn push(&mut self, item: T) -> I {
        self.items.push(item);
        I::new(self.items.len() - 1)
    }

    /// The elements as a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.items
    }

    /// The elements as a mutable slice.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.items
    }

    /// The elements of a range of positions.
    #[must_use]
    pub fn range(&self, range: Range<u32>) -> &[T] {
        &self.items[range.start as usize..range.end as usize]
    }

    /// The elements in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// Index and element, in order.
    pub fn iter_enumerated(&self) -> impl ExactSizeIterator<Item = (I, &T)> + Clone {
        self.items.iter().enumerate().map(|(i, x)| (I::new(i), x))
    }

    /// All indices, in order.
    pub fn indices(&self) -> impl ExactSizeIterator<Item = I> + Clone + use<I, T> {
        (0..self.items.len()).map(I::new)
    }

    /// The element, or `None` past the end.
    #[must_use]
    pub fn get(&self, index: I) -> Option<&T> {
        self.items.get(index.get())
    }
}

impl<I: Idx, T> Default for IndexVec<I, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I: Idx, T> Index<I> for IndexVec<I, T> {
    type Output = T;
    #[inline]
    fn index(&self, index: I) -> &T {
        &self.items[index.get()]
    }
}

impl<I: Idx, T> IndexMut<I> for IndexVec<I, T> {
    #[inline]
    fn index_mut(&mut self, index: I) -> &mut T {
        &mut self.items[index.get()]
    }
}

impl<I: Idx, T> FromIterator<T> for IndexVec<I, T> {
    fn from_iter<It: IntoIterator<Item = T>>(iter: It) -> Self {
        Self::from_vec(iter.into_iter().collect())
    }
}

impl<'a, I: Idx, T> IntoIterator for &'a IndexVec<I, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<I, T: fmt::Debug> fmt::Debug for IndexVec<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.items).finish()
    }
}

/// Distinct texts of one kind, numbered in the order in which they were first seen. Compared byte by byte.
#[derive(Clone)]
pub struct IdTable<I> {
    text: String,
    /// Not 32 bits: long ids of many orders are more than 4 GiB.
    ends: Vec<u64>,
    /// Number and hash of each: growing looks at no text, which would miss the cache once for every id.
    hashes: hashbrown::HashTable<(u32, u32)>,
    index: PhantomData<fn(I)>,
}

/// Fixed keys: the same ids give the same table on every run. Ids are counted before they are hashed (see the limits of
/// the reader), so a crafted file can make a table slow but not unbounded.
type Hasher = BuildHasherDefault<DefaultHasher>;

fn hash_of(id: &str) -> u32 {
    Hasher::default().hash_one(id) as u32
}

/// The hash table looks at the lowest and the highest bits.
const fn spread(hash: u32) -> u64 {
    (hash as u64) << 32 | hash as u64
}

impl<I: Idx> IdTable<I> {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self {
            text: String::new(),
            ends: Vec::new(),
            hashes: hashbrown::HashTable::new(),
            index: PhantomData,
        }
    }

    /// How many distinct texts there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no text.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn slice<'a>(text: &'a str, ends: &[u64], n: usize) -> &'a str {
        let start = if n == 0 { 0 } else { ends[n - 1] as usize };
        &text[start..ends[n] as usize]
    }

    /// The text of an index.
    #[must_use]
    pub fn text(&self, index: I) -> &str {
        Self::slice(&self.text, &self.ends, index.get())
    }

    /// The index of a text, if it is known.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<I> {
        let hash = hash_of(id);
        self.hashes
            .find(spread(hash), |&(n, h)| {
                h == hash && Self::slice(&self.text, &self.ends, n as usize) == id
            })
            .map(|&(n, _)| I::new(n as usize))
    }

    /// The index of a text, added where it is new; the second value says whether it was new.
    pub fn intern(&mut self, id: &str) -> (I, bool) {
        let hash = hash_of(id);
        let (text, ends) = (&mut self.text, &mut self.ends);
        let entry = self.hashes.entry(
            spread(hash),
            |&(n, h)| h == hash && Self::slice(text, ends, n as usize) == id,
            |&(_, h)| spread(h),
        );
        match entry {
            hashbrown::hash_table::Entry::Occupied(entry) => (I::new(entry.get().0 as usize), false),
            hashbrown::hash_table::Entry::Vacant(entry) => {
                let n = ends.len();
                entry.insert((n as u32, hash));
                text.push_str(id);
                ends.push(text.len() as u64);
                (I::new(n), true)
            }
        }
    }

    /// The index of a text, added where it is new. Quick where it is the text after `last`, as in files that list the same
    /// ids in the same order: comparing is cheaper than looking up.
    pub(crate) fn intern_after(&mut self, last: Option<I>, id: &str) -> I {
        let next = last.map_or(0, |last| last.get() + 1);
        if next < self.ends.len() && Self::slice(&self.text, &self.ends, next) == id {
            return I::new(next);
        }
        self.intern(id).0
    }

    /// All texts one after the other, without anything between them.
    pub(crate) fn all(&self) -> &str {
        &self.text
    }

    /// All texts in the order of their indices.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.ends.len()).map(|n| Self::slice(&self.text, &self.ends, n))
    }
}

impl<I: Idx> Default for IdTable<I> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I: Idx> fmt::Debug for IdTable<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_numbered_in_order_of_appearance() {
        let mut table = IdTable::<Sym>::new();
        for n in 0..1000 {
            assert_eq!(table.intern(&format!("id{}", n % 400)), (Sym::new(n % 400), n < 400));
        }
        assert_eq!(
            (
                table.len(),
                table.find("id399"),
                table.find("id400"),
                table.text(Sym(7))
            ),
            (400, Some(Sym(399)), None, "id7")
        );
        assert_eq!(table.intern(""), (Sym(400), true));
        assert_eq!(table.find(""), Some(Sym(400)));
    }
}
