//! Batches: what one picker collects in one tour.

use crate::index::{CartIdx, ShiftIdx, WaveIdx};
use crate::quantity::{Date, Distance, Grams, Moment, Volume};
use std::ops::Range;

/// Who walks a tour: one of the pickers of a shift on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Picker {
    /// The date on which the shift begins.
    pub date: Date,
    /// The shift.
    pub shift: ShiftIdx,
    /// Which of its pickers, from 1 to their number.
    pub number: u32,
}

/// A row of `batches.csv`. Its id is its position plus 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The wave that it is of; its node is the batch's.
    pub wave: WaveIdx,
    /// The type of cart.
    pub cart: CartIdx,
    /// Who walks.
    pub picker: Picker,
    /// When the picker begins.
    pub start: Moment,
    /// When the picker is done and free for the next tour.
    pub end: Moment,
    /// Shipments in it, whole or in part.
    pub shipments: u32,
    /// Lines of them that are picked in it.
    pub lines: u32,
    /// Units that are.
    pub units: u64,
    /// Their weight.
    pub weight: Grams,
    /// Their volume.
    pub volume: Volume,
    /// Bins that they take; 0 where the cart has none.
    pub bins: u32,
    /// What the picker walks, from the depot and back to it.
    pub walk: Distance,
    /// Its picks, as positions in [`WavePlan::picks`](super::WavePlan::picks).
    pub picks: Range<u32>,
}
