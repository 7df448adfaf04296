//! Rules of `postcodes.csv`, and how it fills the coordinates that orders and nodes do not give.

use std::collections::{HashMap, HashSet};

use super::context::{At, Context};
use crate::diagnostic::Code;
use crate::index::{IdTable, Sym};
use crate::model::{Place, PostcodeRow, Row, Table};

/// Checks the rows, each and against each other.
pub(super) fn check(context: &mut Context<'_>) {
    let draft = context.draft;
    let mut seen = HashSet::with_capacity(draft.postcodes.len());
    for row in &draft.postcodes {
        let at = At {
            table: Table::Postcodes,
            row: row.number,
        };
        if draft.ids.texts.text(row.value.country).is_empty() {
            context.report(Code::MISSING_VALUE, at, "country", "the country is empty");
        }
        context.country(at, row.value.country);
        context.place(at, Some(row.value.place));
        if !seen.insert((row.value.country, row.value.prefix)) {
            let message = "the country has a row for this prefix already";
            context.report(Code::DUPLICATE_PREFIX, at, "prefix", message);
        }
    }
}

/// The coordinates of prefixes of postcodes.
#[derive(Debug, Default)]
pub(super) struct Places {
    of: HashMap<(Sym, Sym), Place>,
    /// Lengths of the prefixes of a country, falling.
    lengths: HashMap<Sym, Vec<usize>>,
}

impl Places {
    pub(super) fn new(rows: &[Row<PostcodeRow>], texts: &IdTable<Sym>) -> Self {
        let mut places = Self::default();
        for PostcodeRow { country, prefix, place } in rows.iter().map(|row| &row.value) {
            places.of.insert((*country, *prefix), *place);
            let lengths = places.lengths.entry(*country).or_default();
            let length = texts.text(*prefix).len();
            if let Err(at) = lengths.binary_search_by(|known| length.cmp(known)) {
                lengths.insert(at, length);
            }
        }
        places
    }

    /// The given coordinates, or else those of the longest prefix that the postcode begins with.
    pub(super) fn fill(
        &self,
        given: Option<Place>,
        country: Sym,
        postcode: Sym,
        texts: &IdTable<Sym>,
    ) -> Option<Place> {
        if given.is_some() || self.of.is_empty() {
            return given;
        }
        let postcode = texts.text(postcode);
        let mut prefixes = self.lengths.get(&country)?.iter().filter_map(|&n| postcode.get(..n));
        prefixes.find_map(|prefix| self.of.get(&(country, texts.find(prefix)?)).copied())
    }
}
