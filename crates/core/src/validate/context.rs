//! What the checks of all tables share: the draft, what was found, and the range of each kind of cell.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use super::fold::folded;
pub(super) use super::fold::shown;
use crate::diagnostic::{CheckOptions, Code, Diagnostic, Diagnostics, GroupKey, KEPT_OF_A_GROUP, nearest};
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
    /// What each table defines; made when the first id is missed.
    similar: HashMap<Kind, Similar<'d>>,
    /// How many more ids may be looked at for one that is nearly the same as one that is missed.
    looks: usize,
}

/// Most ids that are looked at for those that are nearly the same as those that are missed: a second or so.
const MOST_LOOKS: usize = 20_000_000;

/// What a table defines, to find what was meant.
struct Similar<'d> {
    /// By the folded text.
    folded: HashMap<String, &'d str>,
    /// In the order of the rows.
    all: Vec<&'d str>,
}

impl<'d> Similar<'d> {
    fn of(kind: Kind, draft: &'d Draft) -> Self {
        let all = kind.defined(draft);
        let folded = all.iter().rev().map(|&id| (folded(id), id)).collect(); // of equals the first is kept
        Self { folded, all }
    }

    /// What was perhaps meant by an id that is not there: the same but for blanks and capital letters, or nearly the same with the
    /// same digits, since `SKU-12` is no slip of the pen for `SKU-13`. Looks at no more than `looks`.
    fn meant(&self, id: &str, looks: &mut usize) -> Option<&'d str> {
        let found = self.folded.get(&folded(id)).copied();
        // As a program writes a number that it takes for no whole one.
        let found = found.or_else(|| self.folded.get(&folded(id.strip_suffix(".0")?)).copied());
        found.or_else(|| {
            *looks = looks.checked_sub(self.all.len())?;
            let digits = |id: &str| id.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
            let of_id = digits(id);
            nearest(id, self.all.iter().copied()).filter(|near| digits(near) == of_id)
        })
    }
}

/// What an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Node,
    Sku,
    Order,
    Service,
    /// Of an order; only the order knows them.
    Line,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Sku => "SKU",
            Self::Order => "order",
            Self::Service => "service",
            Self::Line => "line",
        }
    }

    /// The ids that the draft defines.
    fn defined(self, draft: &Draft) -> Vec<&str> {
        let ids = &draft.ids;
        match self {
            Self::Node => draft.nodes.iter().map(|row| ids.nodes.text(row.value.id)).collect(),
            Self::Sku => draft.items.iter().map(|row| ids.skus.text(row.value.id)).collect(),
            Self::Order => draft.orders.iter().map(|row| ids.orders.text(row.value.id)).collect(),
            Self::Service => draft
                .services
                .iter()
                .map(|row| ids.services.text(row.value.id))
                .collect(),
            Self::Line => Vec::new(),
        }
    }
}

impl<'d> Context<'d> {
    pub(super) fn new(draft: &'d Draft, options: CheckOptions) -> Self {
        let [first, last] = DATES.map(|(y, m, d)| Date::from_civil(jiff::civil::date(y, m, d)));
        Self {
            draft,
            found: Diagnostics::with(options),
            countries: HashSet::new(),
            dates: first..=last,
            similar: HashMap::new(),
            looks: MOST_LOOKS,
        }
    }

    pub(super) fn finish(self) -> Diagnostics {
        self.found
    }

    /// Reports a problem of one cell.
    pub(super) fn report(&mut self, code: Code, at: At, field: &'static str, message: impl Into<String>) {
        let draft = self.draft;
        let make = || diagnostic_of(draft, code, at, field, message);
        self.found.of_column(code, at.table.name(), Some(field), make);
    }

    /// Warns of one cell. Of many cells of a column only the first few are told in full, and the others counted.
    pub(super) fn warn<M: Into<String>>(
        &mut self,
        code: Code,
        at: At,
        field: &'static str,
        message: impl FnOnce() -> M,
    ) {
        self.warn_of((0, KEPT_OF_A_GROUP), code, at, field, message);
    }

    /// The same in a group of a subject of its own, of which so many are told in full.
    pub(super) fn warn_of<M: Into<String>>(
        &mut self,
        (subject, most): (u32, u64),
        code: Code,
        at: At,
        field: &'static str,
        message: impl FnOnce() -> M,
    ) {
        let draft = self.draft;
        let key = GroupKey {
            code,
            table: at.table.name(),
            field: Some(field),
            subject,
        };
        let make = || diagnostic_of(draft, code, at, field, message());
        self.found.group(key, most, make);
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
            self.warn(Code::UNUSUAL_COUNTRY, at, "country", || "not two capital letters");
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
    pub(super) fn unknown(&mut self, at: At, field: &'static str, kind: Kind, id: &str) {
        let message = self.no_such(kind, id);
        self.report(Code::UNKNOWN_REFERENCE, at, field, message);
    }

    /// That there is no such id, and what was perhaps meant.
    pub(super) fn no_such(&mut self, kind: Kind, id: &str) -> String {
        let draft = self.draft;
        let similar = self.similar.entry(kind).or_insert_with(|| Similar::of(kind, draft));
        let message = format!("there is no {} {}", kind.as_str(), shown(id));
        match similar.meant(id, &mut self.looks) {
            Some(meant) => format!("{message}; did you mean {}?", shown(meant)),
            None => message,
        }
    }
}

/// A problem of one cell.
fn diagnostic_of(draft: &Draft, code: Code, at: At, field: &'static str, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, at.table.name(), message)
        .in_row(at.row)
        .in_field(field)
        .of_order(draft.order_of(at.table, at.row).map(str::to_owned))
}

/// Why an amount is refused.
pub(super) fn money_fault(value: Money) -> Option<String> {
    let sound = (0..=MAX_MONEY_CELL).contains(&value.ten_thousandths());
    (!sound).then(|| format!("must be from 0 to {}", grouped(MAX_MONEY_CELL / Money::SCALE)))
}

/// A number with commas between thousands.
pub(super) fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = if n < 0 { "-".to_owned() } else { String::new() };
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
