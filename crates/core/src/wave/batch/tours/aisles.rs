//! Tours in a layout of parallel aisles, as picker routing finds them.

use super::{Lengths, Tours};
use crate::Error;
use crate::index::LocationIdx;
use crate::model::Layout;
use crate::wave::picker_routing::{Picker, StopSet};

/// Shortest tours in a layout; lengths in millimetres.
#[derive(Clone, Debug)]
pub struct AisleTours {
    picker: Picker,
    words: usize,
    blocks: usize,
}

impl AisleTours {
    /// Tours of this layout.
    ///
    /// # Errors
    ///
    /// Where picker routing finds no shortest tours in the layout.
    pub fn new(layout: &Layout) -> Result<Self, Error> {
        let picker = Picker::new(layout)?;
        let words = picker.set(&[]).words().len();
        let blocks = match layout {
            Layout::Aisles(aisles) => aisles.blocks(),
            _ => 1,
        };
        Ok(Self { picker, words, blocks })
    }
}

impl Tours for AisleTours {
    fn words(&self) -> usize {
        self.words
    }

    fn mask(&self, stops: &[LocationIdx]) -> Vec<u64> {
        self.picker.set(stops).words().to_vec()
    }

    fn effort(&self) -> u64 {
        if self.blocks == 1 {
            1
        } else {
            4 << (2 * self.blocks.min(6) - 2)
        }
    }

    fn lengths(&self) -> Box<dyn Lengths + '_> {
        Box::new(Worker {
            picker: self.picker.clone(),
            set: self.picker.set(&[]),
        })
    }
}

/// A picker of its own, and the set that it is asked for.
struct Worker {
    picker: Picker,
    set: StopSet,
}

impl Lengths for Worker {
    fn length(&mut self, stops: &[u64]) -> i64 {
        self.set.words_mut().copy_from_slice(stops);
        self.picker.length_of(&self.set).0
    }
}
