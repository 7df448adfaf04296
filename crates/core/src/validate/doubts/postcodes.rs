//! Postcodes that are not like those of their country: shorter, as a spreadsheet leaves them that takes them for numbers, or
//! with something in front.
//!
//! What a postcode of a country looks like is learnt from the orders, and known for some countries; it is used only where the
//! postcodes of a country are of digits.

use std::collections::HashMap;

use super::super::context::{At, Context};
use super::super::fold::shown;
use crate::diagnostic::Code;
use crate::index::Sym;
use crate::model::Table;

/// How many digits the postcodes of some countries have.
const DIGITS: [(usize, &str); 3] = [
    (4, "AT AU BE BG CH CY DK HU LI LU NO NZ PH SI TN ZA"),
    (
        5,
        "CZ DE DZ EE ES FI FR GF GP GR HR IT KR MA MC MQ MX MY RE RS SE SK TH TR UA US VN",
    ),
    (6, "BY CN IN KZ RO RU SG"),
];
/// Longest postcode of digits that is counted.
const LONGEST: usize = 12;

/// Warns of postcodes of orders.
pub(super) fn check(context: &mut Context<'_>) {
    let draft = context.draft;
    let texts = &draft.ids.texts;
    let mut numbers: HashMap<Sym, usize> = HashMap::new();
    let mut counted: Vec<(Sym, Lengths)> = Vec::new();
    // Per order the number of its digits, so that its postcode is looked at once.
    let mut digits: Vec<u8> = Vec::with_capacity(draft.orders.len());
    let mut last = None;
    for row in &draft.orders {
        let country = row.value.country;
        let at = match last {
            Some((same, at)) if same == country => at,
            _ => *numbers.entry(country).or_insert_with(|| {
                counted.push((country, Lengths::default()));
                counted.len() - 1
            }),
        };
        last = Some((country, at));
        let of = digits_of(texts.text(row.value.postcode));
        counted[at].1.count(of);
        digits.push(of);
    }
    let expected: Vec<Option<usize>> = counted
        .iter()
        .map(|(country, lengths)| lengths.digits(texts.text(*country)))
        .collect();
    if expected.iter().all(Option::is_none) {
        return;
    }
    let mut last = None;
    for (row, digits) in draft.orders.iter().zip(digits) {
        let country = row.value.country;
        let expected = match last {
            Some((same, expected)) if same == country => expected,
            _ => numbers.get(&country).and_then(|&at| expected[at]),
        };
        last = Some((country, expected));
        if let Some(expected) = expected.filter(|&expected| expected != usize::from(digits) && digits != NONE) {
            unlike(context, row.number, country, (row.value.postcode, expected));
        }
    }
}

/// Warns of a postcode that is not of so many digits alone, unless it begins with them.
fn unlike(context: &mut Context<'_>, row: u32, country: Sym, (postcode, expected): (Sym, usize)) {
    let texts = &context.draft.ids.texts;
    let at = At {
        table: Table::Orders,
        row,
    };
    let country = || shown(texts.text(country));
    match likeness(texts.text(postcode), expected) {
        Likeness::Alike => {}
        Likeness::Shorter(digits) => context.warn(Code::SHORT_POSTCODE, at, "postcode", || {
            format!(
                "{digits} digits, where those of {} have {expected}: is a leading zero lost?",
                country()
            )
        }),
        Likeness::Other => context.warn(Code::ODD_POSTCODE, at, "postcode", || {
            format!("not the {expected} digits with which postcodes of {} begin", country())
        }),
    }
}

/// In place of a number of digits: there is no postcode.
const NONE: u8 = 0;
/// In place of a number of digits: there are other characters, or too many.
const OTHER: u8 = u8::MAX;

/// The number of digits of a postcode that is of nothing else.
fn digits_of(postcode: &str) -> u8 {
    if postcode.len() <= LONGEST && postcode.bytes().all(|b| b.is_ascii_digit()) {
        postcode.len() as u8
    } else {
        OTHER
    }
}

/// How many postcodes of a country there are, by their number of digits where they are of nothing else.
#[derive(Clone, Copy, Debug, Default)]
struct Lengths {
    of_digits: [u32; LONGEST + 1],
    all: u32,
}

impl Lengths {
    fn count(&mut self, digits: u8) {
        if digits == NONE {
            return;
        }
        self.all += 1;
        if let Some(number) = self.of_digits.get_mut(usize::from(digits)) {
            *number += 1;
        }
    }

    /// How many digits a postcode of the country has; `None` where that cannot be told.
    ///
    /// The number that is known, where one postcode has it. Else the most frequent, if half of them have it; or a longer one
    /// that a fifth of them have, because zeros are lost and never added.
    fn digits(&self, country: &str) -> Option<usize> {
        let known = DIGITS
            .iter()
            .find(|(_, list)| country.len() == 2 && list.contains(country));
        if let Some(&(known, _)) = known.filter(|known| self.of_digits[known.0] > 0) {
            return Some(known);
        }
        let most = (1..=LONGEST).rev().max_by_key(|&n| self.of_digits[n])?;
        let often = |n: usize, share: u32| u64::from(self.of_digits[n]) * u64::from(share) >= u64::from(self.all);
        let longer = (most + 1..=LONGEST)
            .rev()
            .find(|&n| self.of_digits[n] > 0 && often(n, 5));
        longer.or_else(|| Some(most).filter(|&n| self.of_digits[n] > 0 && often(n, 2)))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Likeness {
    Alike,
    /// So many digits and no more.
    Shorter(usize),
    Other,
}

/// Whether a postcode begins with so many digits. Blanks among them do no harm, nor does what follows: `75380 CEDEX 08`.
fn likeness(postcode: &str, digits: usize) -> Likeness {
    let bytes = postcode.as_bytes();
    if bytes.len() == digits && bytes.iter().all(u8::is_ascii_digit) || bytes.is_empty() {
        return Likeness::Alike;
    }
    let mut rest = bytes.iter().filter(|b| **b != b' ');
    let found = rest.by_ref().take(digits).take_while(|b| b.is_ascii_digit()).count();
    if found == digits {
        return match rest.next() {
            Some(next) if next.is_ascii_digit() => Likeness::Other,
            _ => Likeness::Alike,
        };
    }
    if bytes.iter().all(|b| b.is_ascii_digit() || *b == b' ') {
        Likeness::Shorter(found)
    } else {
        Likeness::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(country: &str, postcodes: &[&str]) -> Option<usize> {
        let mut lengths = Lengths::default();
        for postcode in postcodes {
            lengths.count(digits_of(postcode));
        }
        lengths.digits(country)
    }

    #[test]
    fn a_country_is_learnt_or_known() {
        assert_eq!(digits("FR", &["75011", "6000", "6100", "6200", "F-1"]), Some(5));
        assert_eq!(
            digits("FR", &["1000", "2000"]),
            Some(4),
            "nothing says that they are short"
        );
        assert_eq!(digits("XX", &["75011", "75012", "6000"]), Some(5));
        assert_eq!(digits("XX", &["1", "1", "1", "22"]), Some(2), "a fifth is longer");
        assert_eq!(digits("GB", &["SW1A 1AA", "M1 1AE", "1"]), None);
        assert_eq!(digits("FR", &[]), None);
        assert_eq!(digits("", &["75011"]), Some(5));
    }

    #[test]
    fn a_postcode_is_like_the_others_or_not() {
        for (postcode, is) in [
            ("75011", Likeness::Alike),
            ("75 011", Likeness::Alike),
            ("75380 CEDEX 08", Likeness::Alike),
            ("12345-6789", Likeness::Alike),
            ("", Likeness::Alike),
            ("6000", Likeness::Shorter(4)),
            ("F-20000", Likeness::Other),
            ("750111", Likeness::Other),
            ("7501", Likeness::Shorter(4)),
            ("750l1", Likeness::Other),
        ] {
            assert_eq!(likeness(postcode, 5), is, "{postcode}");
        }
    }
}
