//! The grid of a parallel-aisle layout with all tables that tours look things up in, and sets of stops as bits in it.
//!
//! Each block of each aisle (a *piece*) has a whole number of 64-bit words, its cells in the order of their height. So the
//! stops of several orders are joined by OR, and come out sorted.

use crate::index::LocationIdx;
use crate::model::AisleLayout;

/// A set of pick locations of one layout.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct StopSet {
    pub(super) words: Vec<u64>,
}

impl StopSet {
    /// Removes all stops.
    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    /// Adds the stops of another set of the same layout.
    pub fn add(&mut self, other: &Self) {
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }

    /// The set as bits, equal bits for equal places.
    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// The set as bits, to be replaced by those of another set of the same layout.
    pub(crate) fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }

    /// How many stops.
    pub fn len(&self) -> usize {
        self.words.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// Whether there is no stop.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&w| w == 0)
    }
}

/// Tables of a layout of parallel aisles. Lengths in millimetres.
#[derive(Debug)]
pub(super) struct Grid {
    pub aisles: usize,
    pub blocks: usize,
    /// Words of one piece.
    pub words: usize,
    /// Height of each bit of a block, by block and bit.
    heights: Vec<i64>,
    /// The cell of each bit of a block.
    cells: Vec<u32>,
    /// The bit of each cell within its aisle.
    bits: Vec<u32>,
    pub crosses: Vec<i64>,
    /// From each aisle to the next.
    pub gaps: Vec<i64>,
    pub depot_aisle: usize,
    pub depot_cross: usize,
    /// From the depot to its crossing and back.
    pub depot_both_ways: i64,
}

/// What the stops of one piece ask for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    /// Height of the lowest and of the highest stop.
    pub lowest: i64,
    pub highest: i64,
    /// The widest gap between two neighbouring stops, 0 where there is one stop only.
    pub gap: i64,
}

impl Piece {
    /// Of the stops whose bits are set; `heights` has 64 rising heights for each word. `None` without stops.
    #[inline]
    pub(crate) fn of(words: &[u64], heights: &[i64]) -> Option<Self> {
        let mut piece: Option<Self> = None;
        for (&word, heights) in words.iter().zip(heights.chunks_exact(64)) {
            let mut rest = word;
            while rest != 0 {
                let height = heights[rest.trailing_zeros() as usize & 63];
                rest &= rest - 1;
                match &mut piece {
                    None => {
                        piece = Some(Self {
                            lowest: height,
                            highest: height,
                            gap: 0,
                        });
                    }
                    Some(piece) => {
                        piece.gap = piece.gap.max(height - piece.highest);
                        piece.highest = height;
                    }
                }
            }
        }
        piece
    }
}

impl Grid {
    pub(super) fn new(layout: &AisleLayout) -> Self {
        let input = layout.input();
        let crosses: Vec<i64> = input.cross_heights.iter().map(|d| d.0).collect();
        let blocks = layout.blocks();
        let mut of_block = vec![Vec::<(i64, u32)>::new(); blocks];
        for (cell, height) in input.cell_heights.iter().enumerate() {
            let block = crosses[1..blocks].partition_point(|&cross| cross < height.0);
            of_block[block].push((height.0, cell as u32));
        }
        let most = of_block.iter().map(Vec::len).max().unwrap_or(0);
        let words = most.div_ceil(64).max(1);
        let mut heights = vec![0; blocks * words * 64];
        let mut cells = vec![0; blocks * words * 64];
        let mut bits = vec![0; layout.cells()];
        for (block, members) in of_block.iter_mut().enumerate() {
            members.sort_unstable();
            for (rank, &(height, cell)) in members.iter().enumerate() {
                let bit = block * words * 64 + rank;
                heights[bit] = height;
                cells[bit] = cell;
                bits[cell as usize] = bit as u32;
            }
        }
        Self {
            aisles: layout.aisles(),
            blocks,
            words,
            heights,
            cells,
            bits,
            crosses,
            gaps: input.aisle_gaps.iter().map(|d| d.0).collect(),
            depot_aisle: input.depot_aisle,
            depot_cross: input.depot_cross,
            depot_both_ways: 2 * input.depot_distance.0,
        }
    }

    /// How many pick locations.
    pub(super) const fn locations(&self) -> usize {
        self.aisles * self.bits.len()
    }

    /// Aisle, block and height of a pick location.
    pub(super) fn place(&self, location: LocationIdx) -> (usize, usize, i64) {
        let cells = self.bits.len();
        let bit = self.bits[location.0 as usize % cells] as usize;
        (location.0 as usize / cells, bit / (self.words * 64), self.heights[bit])
    }

    pub(super) fn empty_set(&self) -> StopSet {
        StopSet {
            words: vec![0; self.aisles * self.blocks * self.words],
        }
    }

    /// Adds stops to a set.
    pub(super) fn fill(&self, set: &mut StopSet, stops: impl IntoIterator<Item = LocationIdx>) {
        let cells = self.bits.len();
        let per_aisle = self.blocks * self.words * 64;
        for stop in stops {
            let (aisle, cell) = (stop.0 as usize / cells, stop.0 as usize % cells);
            let bit = aisle * per_aisle + self.bits[cell] as usize;
            set.words[bit / 64] |= 1 << (bit % 64);
        }
    }

    /// First and last aisle that a tour has to reach: those of the stops, and that of the depot. `None` without stops.
    pub(super) fn range(&self, set: &StopSet) -> Option<(usize, usize)> {
        let per_aisle = self.blocks * self.words;
        let first = set.words.iter().position(|&w| w != 0)? / per_aisle;
        let last = set.words.iter().rposition(|&w| w != 0)? / per_aisle;
        Some((first.min(self.depot_aisle), last.max(self.depot_aisle)))
    }

    /// Whether an aisle has no stop.
    #[inline]
    pub(super) fn is_empty_aisle(&self, set: &StopSet, aisle: usize) -> bool {
        let per_aisle = self.blocks * self.words;
        set.words[aisle * per_aisle..(aisle + 1) * per_aisle].iter().all(|&w| w == 0)
    }

    /// What the stops of a block of an aisle ask for; `None` without stops.
    #[inline]
    pub(super) fn piece(&self, set: &StopSet, aisle: usize, block: usize) -> Option<Piece> {
        let at = (aisle * self.blocks + block) * self.words;
        let words = &set.words[at..at + self.words];
        let heights = &self.heights[block * self.words * 64..(block + 1) * self.words * 64];
        Piece::of(words, heights)
    }

    /// Height and location of the stops of a block of an aisle, upwards.
    pub(super) fn stops(&self, set: &StopSet, aisle: usize, block: usize) -> impl Iterator<Item = (i64, LocationIdx)> {
        let at = (aisle * self.blocks + block) * self.words;
        let first = block * self.words * 64;
        let bits = self.words * 64;
        (0..bits)
            .filter(move |bit| set.words[at + bit / 64] >> (bit % 64) & 1 == 1)
            .map(move |bit| {
                let location = aisle * self.bits.len() + self.cells[first + bit] as usize;
                (self.heights[first + bit], LocationIdx(location as u32))
            })
    }
}
