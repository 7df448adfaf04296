//! How long the shortest tour over a set of stops is, as batching asks it: millions of times, of sets of orders.
//!
//! A set of stops is a mask with one bit per stop, so that the stops of a batch are the stops of its orders joined by `or`.

mod aisles;
mod two_blocks;

use crate::index::LocationIdx;
use crate::wave::picker_routing::Piece;

pub use aisles::AisleTours;
pub use two_blocks::TwoBlocks;

/// Lengths of shortest tours over sets of stops. Tours begin and end at the depot, which is in no set.
pub trait Tours: Sync {
    /// Number of words of a mask.
    fn words(&self) -> usize;

    /// The mask of these stops.
    fn mask(&self, stops: &[LocationIdx]) -> Vec<u64>;

    /// About how many times longer a length takes to compute than in one block.
    fn effort(&self) -> u64 {
        1
    }

    /// Whether lengths are those of shortest tours, so that more stops never make one shorter.
    fn is_exact(&self) -> bool {
        true
    }

    /// One worker's way to ask for lengths, with memory of its own.
    fn lengths(&self) -> Box<dyn Lengths + '_>;
}

/// Asks for lengths, one after the other.
pub trait Lengths: Send {
    /// Length of the shortest tour over the stops of a mask; 0 for none.
    fn length(&mut self, stops: &[u64]) -> i64;
}

/// Heights of the stops of an aisle above its front end, and where their bits are.
#[derive(Clone, Debug, Default)]
struct Heights {
    first_word: usize,
    words: usize,
    /// Millimetres; position = bit from the first word on, filled up to whole words.
    rising: Vec<i64>,
}

impl Heights {
    /// What the stops of this aisle that are in the mask ask for.
    #[inline]
    fn piece(&self, stops: &[u64]) -> Option<Piece> {
        Piece::of(&stops[self.first_word..self.first_word + self.words], &self.rising)
    }
}

/// Aisles with their stops' heights and the bit of each stop, from (aisle, height) pairs; equal pairs share a bit.
fn compress(aisles: usize, stops: &[(usize, i64)]) -> (Vec<Heights>, Vec<usize>, usize) {
    let mut all = vec![Vec::new(); aisles];
    for &(aisle, height) in stops {
        all[aisle].push(height);
    }
    let mut words = 0;
    let heights: Vec<Heights> = all
        .into_iter()
        .map(|mut h| {
            h.sort_unstable();
            h.dedup();
            let first_word = words;
            words += h.len().div_ceil(64);
            h.resize(64 * (words - first_word), i64::MAX);
            Heights {
                first_word,
                words: words - first_word,
                rising: h,
            }
        })
        .collect();
    let bits = stops
        .iter()
        .map(|&(aisle, height)| {
            let h = &heights[aisle];
            h.first_word * 64 + h.rising.partition_point(|&x| x < height)
        })
        .collect();
    (heights, bits, words)
}
