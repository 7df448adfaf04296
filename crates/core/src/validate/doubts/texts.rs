//! Keys that a program or a spreadsheet left damaged: a blank at an end, the word for "nothing", a long number rounded to its
//! first digits, a control character.

use super::super::context::{At, Context};
use super::super::fold::{has_blank_end, shown};
use crate::diagnostic::Code;
use crate::index::{IdTable, Idx, Sym};
use crate::model::{Row, Table};

/// Words by which programs write that there is nothing, as they write them.
const NOTHING: [&str; 17] = [
    "NULL",
    "Null",
    "null",
    "NaN",
    "nan",
    "NAN",
    "None",
    "none",
    "NONE",
    "<NA>",
    "<na>",
    "N/A",
    "n/a",
    "#N/A",
    "NaT",
    "nat",
    "undefined",
];

/// What may be wrong with a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Odd {
    blank: bool,
    nothing: bool,
    damage: Option<Damage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Damage {
    /// `3.76E+12`.
    Rounded,
    /// `35.0`.
    Float,
    Control,
}

impl Odd {
    fn of(text: &str) -> Self {
        Self {
            blank: has_blank_end(text),
            nothing: NOTHING.contains(&text),
            damage: if is_rounded(text) {
                Some(Damage::Rounded)
            } else if is_float(text) {
                Some(Damage::Float)
            } else {
                let control = |b: u8| b < 0x20 || b == 0x7f;
                text.bytes().any(control).then_some(Damage::Control)
            },
        }
    }
}

/// Whether a text is a number as spreadsheets show long ones: `3.76E+12`.
fn is_rounded(text: &str) -> bool {
    let bytes = text.as_bytes();
    if !bytes.first().is_some_and(u8::is_ascii_digit) || memchr::memchr(b'+', bytes).is_none() {
        return false;
    }
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let Some((number, power)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let (whole, rest) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    digits(whole) && digits(rest) && power.strip_prefix('+').is_some_and(digits)
}

/// Whether a text is a whole number as programs write it that hold a column of numbers with gaps as floats: `35.0`.
fn is_float(text: &str) -> bool {
    let digits = text.strip_suffix(".0").unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a text among these may be odd, words aside. Looks at all bytes without a branch, which is quicker than to look at texts.
fn may_be_odd(all: &str) -> bool {
    let odd = |b: u8| b <= b' ' || b >= 0x7f || b == b'+' || b == b'.';
    all.bytes().fold(false, |any, b| any | odd(b))
}

/// The odd ones of a table of texts, by index; empty where there are none.
struct OddOnes(Vec<Odd>);

impl OddOnes {
    fn of<I: Idx>(ids: &IdTable<I>) -> Self {
        let mut odd = Vec::new();
        let mut note = |n: usize, this: Odd| {
            if odd.len() <= n {
                odd.resize(n + 1, Odd::default());
            }
            odd[n] = this;
        };
        if may_be_odd(ids.all()) {
            for (n, text) in ids.iter().enumerate() {
                let this = Odd::of(text);
                if this != Odd::default() {
                    note(n, this);
                }
            }
        } else {
            // What is plain can still be a word.
            for id in NOTHING.iter().filter_map(|word| ids.find(word)) {
                note(id.get(), Odd::of(ids.text(id)));
            }
        }
        Self(odd)
    }

    fn get<I: Idx>(&self, id: I) -> Odd {
        self.0.get(id.get()).copied().unwrap_or_default()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Warns of keys.
pub(super) fn check(context: &mut Context<'_>) {
    let draft = context.draft;
    let ids = &draft.ids;
    defined(context, Table::Nodes, "node_id", &ids.nodes, &draft.nodes, |row| row.id);
    defined(context, Table::Items, "sku", &ids.skus, &draft.items, |row| row.id);
    defined(context, Table::Orders, "order_id", &ids.orders, &draft.orders, |row| {
        row.id
    });
    let services = &draft.services;
    defined(context, Table::Services, "service_id", &ids.services, services, |row| {
        row.id
    });

    let odd = OddOnes::of(&ids.texts);
    if odd.is_empty() {
        return;
    }
    let mut column = Column { context, odd: &odd };
    column.check((Table::Orders, "postcode", true), &draft.orders, |row| {
        Some(row.postcode)
    });
    column.check((Table::Lines, "line_id", false), &draft.lines, |row| Some(row.id));
    column.check((Table::Lines, "group", true), &draft.lines, |row| row.group);
    let lanes = &draft.lanes;
    column.check((Table::Lanes, "postcode_prefix", true), lanes, |row| {
        Some(row.postcode_prefix)
    });
    column.check((Table::Lanes, "zone", true), lanes, |row| Some(row.zone));
    column.check((Table::Rates, "zone", true), &draft.rates, |row| Some(row.zone));
    let postcodes = &draft.postcodes;
    column.check((Table::Postcodes, "prefix", true), postcodes, |row| Some(row.prefix));
}

/// Warns of ids where they are defined.
fn defined<I: Idx, T>(
    context: &mut Context<'_>,
    table: Table,
    field: &'static str,
    ids: &IdTable<I>,
    rows: &[Row<T>],
    id: impl Fn(&T) -> I,
) {
    let odd = OddOnes::of(ids);
    if odd.is_empty() {
        return;
    }
    for row in rows {
        let (at, id) = (At { table, row: row.number }, id(&row.value));
        warn(context, at, field, ids.text(id), odd.get(id));
    }
}

/// Columns of texts.
struct Column<'c, 'd> {
    context: &'c mut Context<'d>,
    odd: &'c OddOnes,
}

impl Column<'_, '_> {
    fn check<T>(
        &mut self,
        (table, field, may_be_empty): (Table, &'static str, bool),
        rows: &[Row<T>],
        text: impl Fn(&T) -> Option<Sym>,
    ) {
        for row in rows {
            let Some(symbol) = text(&row.value) else { continue };
            let odd = self.odd.get(symbol);
            if odd == Odd::default() {
                continue;
            }
            let (at, text) = (At { table, row: row.number }, self.context.draft.ids.texts.text(symbol));
            if odd.nothing && may_be_empty {
                self.context.warn(Code::NULL_WORD, at, field, || {
                    format!("{} is taken as a text, not as an empty cell", shown(text))
                });
            }
            // A postcode is no id, so it is not shown.
            let text = if field == "postcode" { "" } else { text };
            warn(self.context, at, field, text, odd);
        }
    }
}

fn warn(context: &mut Context<'_>, at: At, field: &'static str, text: &str, odd: Odd) {
    if odd.blank {
        context.warn(Code::BLANK_AT_END, at, field, || match text {
            "" => "a blank at an end".to_owned(),
            text => shown(text),
        });
    }
    match odd.damage {
        None => {}
        Some(Damage::Rounded) => context.warn(Code::DAMAGED_ID, at, field, || {
            format!(
                "{} is a number of which a spreadsheet kept the first digits only",
                shown(text)
            )
        }),
        Some(Damage::Float) => context.warn(Code::DAMAGED_ID, at, field, || {
            let what = "a whole number with .0 at its end, as programs write a column of numbers with gaps";
            match text {
                "" => what.to_owned(),
                text => format!("{} is {what}", shown(text)),
            }
        }),
        Some(Damage::Control) => context.warn(Code::DAMAGED_ID, at, field, || match text {
            "" => "a control character".to_owned(),
            text => format!("{} holds a control character", shown(text)),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_look_misses_nothing() {
        for texts in [
            &["A", "NULL", "b"][..],
            &["A", "x ", "None"],
            &["1E+05", "2"],
            &["35.0", "A"],
            &["\u{e9}", "nan"],
            &["A", "B"],
        ] {
            let mut ids = IdTable::<Sym>::new();
            for text in texts {
                ids.intern(text);
            }
            let odd = OddOnes::of(&ids);
            for (n, text) in texts.iter().enumerate() {
                assert_eq!(odd.get(Sym::new(n)), Odd::of(text), "{text:?}");
            }
            assert_eq!(odd.is_empty(), texts.iter().all(|text| Odd::of(text) == Odd::default()));
        }
    }

    #[test]
    fn odd_texts_are_told_from_plain_ones() {
        let odd = |text| {
            let odd = Odd::of(text);
            (odd.blank, odd.nothing, odd.damage)
        };
        for plain in [
            "", "A1", "E+12", "1E12", "75 011", "Nancy", "NA", "NULLA", "3.76+12", "1E+", "a+b", "\u{e9}",
        ] {
            assert_eq!(odd(plain), (false, false, None), "{plain:?}");
        }
        for rounded in ["3.76E+12", "1e+05", "3,76E+12"] {
            assert_eq!(odd(rounded), (false, false, Some(Damage::Rounded)), "{rounded:?}");
        }
        for float in ["35.0", "0.0", "12345678901234567890.0"] {
            assert_eq!(odd(float), (false, false, Some(Damage::Float)), "{float:?}");
        }
        for plain in ["35.00", "1.0.0", ".0", "A.0", "3.10", "-1.0"] {
            assert_eq!(odd(plain), (false, false, None), "{plain:?}");
        }
        for word in ["NULL", "nan", "None", "NaN", "<NA>", "#N/A", "null"] {
            assert_eq!(odd(word), (false, true, None), "{word:?}");
        }
        assert_eq!(odd("A1 "), (true, false, None));
        assert_eq!(odd("NULL "), (true, false, None));
        assert_eq!(odd("A\t1"), (false, false, Some(Damage::Control)));
        assert_eq!(odd("\u{a0}A"), (true, false, None));
    }
}
