//! What the checks of all tables share: the draft, what was found, and the range of each kind of cell.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::index::Sym;
use crate::model::{Draft, Place, Table};
use crate::quantity::{Date, MAX_COUNT, MAX_MONEY_CELL, Money};

/// Longest id in bytes.
pub const MAX_ID: usize = 256;
/// Most service days from leaving to arriving.
pub const MAX_TRANSIT_DAYS: u32 = 3_650;
/// First and last date that an input may state.
const DATES: [(i16, i8, i8); 2] = [(1900, 1, 1), (2999, 12, 31)];

/// A row of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub table: Table,
    pub row: u32,
}

/// The draft and what was found in it so far.
pub(super) struct Context<'d> {
    pub draft: &'d Draft,
    found: Diagnostics,
    /// Countries looked at, per table.
    countries: HashSet<(Table, Sym)>,
    dates: RangeInclusive<Date>,
}

impl<'d> Context<'d> {
    pub(super) fn new(draft: &'d Draft) -> Self {
        let [first, last] = DATES.map(|(y, m, d)| Date::from_civil(jiff::civil::date(y, m, d)));
        Self {
            draft,
            found: Diagnostics::new(),
            countries: HashSet::new(),
            dates: first..=last,
        }
    }

    pub(super) fn finish(self) -> Diagnostics {
        self.found
    }

    /// Reports a problem of one cell.
    pub(super) fn report(&mut self, code: Code, at: At, field: &'static str, message: impl Into<String>) {
        self.found.push(
            Diagnostic::new(code, at.table.name(), message)
                .in_row(at.row)
                .in_field(field),
        );
    }

    /// Reports a problem of a key of the settings.
    pub(super) fn report_setting(&mut self, code: Code, field: &'static str, message: impl Into<String>) {
        self.found
            .push(Diagnostic::new(code, Table::Settings.name(), message).in_field(field));
    }

    /// A whole number within its range.
    pub(super) fn integer(&mut self, at: At, field: &'static str, value: i64, range: RangeInclusive<i64>) {
        if !range.contains(&value) {
            let message = format!("must be from {} to {}", grouped(*range.start()), grouped(*range.end()));
            self.report(Code::OUT_OF_RANGE, at, field, message);
        }
    }

    /// A count from `least` to [`MAX_COUNT`].
    pub(super) fn count(&mut self, at: At, field: &'static str, value: Option<u32>, least: u32) {
        if let Some(value) = value {
            self.integer(at, field, value.into(), least.into()..=MAX_COUNT.into());
        }
    }

    /// An amount that is not negative.
    pub(super) fn money(&mut self, at: At, field: &'static str, value: Money) {
        if let Some(message) = money_fault(value) {
            self.report(Code::OUT_OF_RANGE, at, field, message);
        }
    }

    /// A date of the centuries for which calendars are kept.
    pub(super) fn date(&mut self, at: At, field: &'static str, value: Option<Date>) {
        if value.is_some_and(|date| !self.dates.contains(&date)) {
            let message = format!("must be from {} to {}", self.dates.start(), self.dates.end());
            self.report(Code::OUT_OF_RANGE, at, field, message);
        }
    }

    /// Whether a date is one of those centuries.
    pub(super) fn knows(&self, date: Date) -> bool {
        self.dates.contains(&date)
    }

    /// Coordinates on the globe.
    pub(super) fn place(&mut self, at: At, place: Option<Place>) {
        let Some(Place { lat, lon }) = place else { return };
        for (field, value, limit) in [("lat", lat, 90.0), ("lon", lon, 180.0)] {
            // A value that is not a number is not within.
            if !(-limit..=limit).contains(&value) {
                self.report(
                    Code::OUT_OF_RANGE,
                    at,
                    field,
                    format!("must be from -{limit} to {limit} degrees"),
                );
            }
        }
    }

    /// A country code, once for each that a table has.
    pub(super) fn country(&mut self, at: At, country: Sym) {
        if !self.countries.insert((at.table, country)) {
            return;
        }
        let text = self.draft.ids.texts.text(country);
        if !text.is_empty() && (text.len() != 2 || !text.bytes().all(|b| b.is_ascii_uppercase())) {
            self.report(Code::UNUSUAL_COUNTRY, at, "country", "not two capital letters");
        }
    }

    /// An id that is given and not too long.
    pub(super) fn id(&mut self, at: At, field: &'static str, id: &str) {
        if id.is_empty() {
            self.report(Code::MISSING_VALUE, at, field, "the id is empty");
        } else if id.len() > MAX_ID {
            self.report(
                Code::ID_TOO_LONG,
                at,
                field,
                format!("the id has {} bytes, more than {MAX_ID}", id.len()),
            );
        }
    }

    /// An id that names nothing.
    pub(super) fn unknown(&mut self, at: At, field: &'static str, what: &str, id: &str) {
        self.report(
            Code::UNKNOWN_REFERENCE,
            at,
            field,
            format!("there is no {what} {}", shown(id)),
        );
    }
}

/// Why an amount is refused.
pub(super) fn money_fault(value: Money) -> Option<String> {
    let sound = (0..=MAX_MONEY_CELL).contains(&value.ten_thousandths());
    (!sound).then(|| format!("must be from 0 to {}", grouped(MAX_MONEY_CELL / Money::SCALE)))
}

/// An id as a message shows it.
pub(super) fn shown(id: &str) -> String {
    format!("`{}`", id.escape_debug())
}

/// A number with commas between thousands.
fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = if n < 0 { "-".to_owned() } else { String::new() };
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
