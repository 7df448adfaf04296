//! Tours in a layout, as picker routing finds them.

use super::{Lengths, Tours};
use crate::Error;
use crate::index::LocationIdx;
use crate::model::Layout;
use crate::wave::picker_routing::{Picker, StopSet};

/// Tours in a layout of aisles or a graph, shortest as far as picker routing finds them; lengths in millimetres.
#[derive(Clone, Debug)]
pub struct AisleTours {
    picker: Picker,
    words: usize,
    effort: u64,
    is_exact: bool,
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
        let effort = match layout {
            Layout::Aisles(aisles) if aisles.blocks() == 1 => 1,
            Layout::Aisles(aisles) => 4 << (2 * aisles.blocks().min(6) - 2),
            Layout::Graph(_) => 256,
        };
        // On a graph tours of many stops are short ones, not the shortest.
        let is_exact = matches!(layout, Layout::Aisles(_));
        Ok(Self {
            picker,
            words,
            effort,
            is_exact,
        })
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
        self.effort
    }

    fn is_exact(&self) -> bool {
        self.is_exact
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
