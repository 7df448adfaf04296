//! What a cell that cannot be read should perhaps be: as people, spreadsheets and programs write
//! numbers, dates, times and truth values, and how the format has them. Only such values are shown,
//! never a text.

use std::str::FromStr as _;

use super::plain;
use crate::diagnostic::Code;
use crate::quantity::{Date, TimeOfDay};

/// Longest text that is looked at.
const LONGEST: usize = 40;
/// What people and programs write where there is nothing, in lower case.
const NOTHING: [&str; 12] = [
    "nan", "null", "none", "na", "n/a", "#n/a", "<na>", "nat", "nil", "-", "--", "?",
];
/// What people write for true and for false, in lower case.
const TRUE: [&str; 12] = [
    "1", "1.0", "yes", "y", "t", "x", "oui", "vrai", "ja", "wahr", "si", "on",
];
const FALSE: [&str; 11] = [
    "0", "0.0", "no", "n", "f", "non", "faux", "nein", "falsch", "nee", "off",
];
/// Blanks that part thousands: also the wide, the narrow and the thin one that do not break.
const BLANKS: [char; 4] = [' ', '\u{a0}', '\u{202f}', '\u{2009}'];

/// A message about a cell, with what the cell should perhaps be.
pub(crate) fn with_hint(code: Code, message: &str, text: &str) -> String {
    let hint = hint(
        code,
        text.trim_matches(|c: char| c.is_whitespace() || BLANKS.contains(&c)),
    );
    hint.map_or_else(|| message.to_owned(), |hint| format!("{message}: {hint}"))
}

fn hint(code: Code, text: &str) -> Option<String> {
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    if text.starts_with('#') && text != "#N/A" {
        return Some("an error of a spreadsheet? correct its formula".to_owned());
    }
    if NOTHING.contains(&text.to_lowercase().as_str()) {
        return Some("a word for nothing? leave the cell empty".to_owned());
    }
    match code.id() {
        "E202" => amount(text, true),
        "E203" => amount(text, false),
        "E204" => rounded(text),
        "E206" => date(text),
        "E207" => time(text).map(write),
        "E208" => truth(text).map(write),
        "E209" => {
            let kinds = ["warehouse", "store", "supplier"];
            crate::diagnostic::nearest(text, kinds).map(write)
        }
        "E210" => days(text).map(write),
        _ => None,
    }
}

fn write(what: impl std::fmt::Display) -> String {
    format!("write {what}")
}

/// A number with separators, a currency or a unit; `is_whole` where it must be a whole one.
fn amount(text: &str, is_whole: bool) -> Option<String> {
    let is_unit =
        |c: char| c.is_alphabetic() || c.is_whitespace() || "%\u{20ac}$\u{a3}\u{a5}".contains(c) || BLANKS.contains(&c);
    let bare = text.trim_matches(is_unit);
    let (sign, digits) = bare.strip_prefix('-').map_or(("", bare), |rest| ("-", rest));
    let digits = digits.strip_prefix('+').unwrap_or(digits);
    let is_group = |c: char| BLANKS.contains(&c) || matches!(c, '\'' | '\u{2019}' | '_');
    let starts = digits.starts_with(|c: char| c.is_ascii_digit());
    if !starts
        || !digits
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ',' | '.') || is_group(c))
    {
        return None;
    }
    let ungrouped: String = digits.chars().filter(|c| !is_group(*c)).collect();
    let ungrouped = ungrouped.trim_end_matches([',', '.']);
    let (commas, points) = (ungrouped.matches(',').count(), ungrouped.matches('.').count());
    let thousands = |mark: char| ungrouped.rsplit(mark).next().is_some_and(|last| last.len() == 3);
    let without = |mark: char| ungrouped.replace(mark, "");
    // Of two different marks the last is that of the decimals; one that stands twice parts
    // thousands.
    let (what, number, other) = match (commas, points) {
        (0, 1) if ungrouped == text => return None,
        (0, 0 | 1) => ("", ungrouped.to_owned(), None),
        (1, 0) if is_whole && thousands(',') => ("a comma between thousands? ", without(','), None),
        (1, 0) => {
            let other = thousands(',').then(|| without(','));
            ("a decimal comma? ", ungrouped.replace(',', "."), other)
        }
        (_, 0) => ("commas between thousands? ", without(','), None),
        (0, _) => ("points between thousands? ", without('.'), None),
        (1, _) if ungrouped.rfind(',') > ungrouped.rfind('.') => {
            ("a decimal comma? ", without('.').replace(',', "."), None)
        }
        (_, 1) if ungrouped.rfind(',') < ungrouped.rfind('.') => ("commas between thousands? ", without(','), None),
        _ => return None,
    };
    let plain = |number: &str| plain::number(number).filter(|n| !is_whole || !n.contains('.'));
    let number = if is_whole { plain(&number)? } else { number };
    let other = other.map_or_else(String::new, |other| format!(", or {sign}{other} if it parts thousands"));
    Some(format!("{what}write {sign}{number}{other}"))
}

/// A number whose last digits are the dust of floats.
fn rounded(text: &str) -> Option<String> {
    let value: f64 = text.parse().ok()?;
    let text = format!("{value:.4}");
    let is_dust = text.parse::<f64>().is_ok_and(|round| (round - value).abs() < 1e-9);
    is_dust.then(|| {
        format!(
            "the last digits of a float? write {}",
            plain::number(&text).unwrap_or(text)
        )
    })
}

/// A date in another order, with other marks, or as a spreadsheet counts days.
fn date(text: &str) -> Option<String> {
    let (day, has_time) = match text.split_once(['T', ' ']) {
        Some((day, time)) => (day, plain::without_seconds(time) != "00:00"),
        None => (text, false),
    };
    if Date::from_str(day).is_ok() {
        return Some(format!("without the time, write {day}"));
    }
    let valid = |year: &str, month: &str, day: &str| {
        let year = if year.len() == 2 {
            format!("20{year}")
        } else {
            year.to_owned()
        };
        let text = format!("{year}-{month:0>2}-{day:0>2}");
        Date::from_str(&text).is_ok().then_some(text)
    };
    let parts: Vec<&str> = day.split(['/', '.', '-']).collect();
    let time = if has_time { ", without the time" } else { "" };
    if let [a, b, c] = parts[..] {
        if a.len() == 4 {
            return Some(format!("write {}{time}", valid(a, b, c)?));
        }
        return match (valid(c, b, a), valid(c, a, b)) {
            (Some(day_first), Some(month_first)) if day_first != month_first => Some(format!(
                "write {day_first}, or {month_first} if the month stands first{time}"
            )),
            (Some(date), _) | (None, Some(date)) => Some(format!("write {date}{time}")),
            (None, None) => None,
        };
    }
    if day.len() == 8 && day.bytes().all(|b| b.is_ascii_digit()) {
        return Some(write(valid(&day[..4], &day[4..6], &day[6..])?));
    }
    serial(day)
}

/// The day that a spreadsheet holds as a number: days since the end of 1899, for those of this
/// century.
fn serial(text: &str) -> Option<String> {
    const EPOCH: i32 = -25_569; // 1899-12-30, from which spreadsheets count
    let number = plain::number(text).filter(|n| n.len() == 5)?;
    let days: i32 = number.parse().ok()?;
    (36_526..=73_050).contains(&days).then(|| {
        format!(
            "a day as a spreadsheet counts them? write {}",
            Date::from_days(EPOCH + days)
        )
    })
}

/// A time of day with another mark, one digit, seconds, or of twelve hours.
fn time(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let (clock, half) = if let Some(clock) = lower.strip_suffix("am") {
        (clock, Some(0))
    } else if let Some(clock) = lower.strip_suffix("pm") {
        (clock, Some(12))
    } else {
        (lower.as_str(), None)
    };
    let clock = clock.trim();
    let parts: Vec<&str> = clock.split([':', 'h', '.']).collect();
    let (hour, minute) = match parts[..] {
        [hour] if half.is_some() => (hour, "0"),
        [hour, ""] => (hour, "0"),
        [hour, minute] | [hour, minute, _] => (hour, minute),
        [digits] if digits.len() == 4 && digits.is_ascii() => digits.split_at(2),
        _ => return None,
    };
    let (hour, minute): (u8, u8) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        None => hour,
    };
    TimeOfDay::from_hour_minute(hour, minute)?;
    Some(format!("{hour:02}:{minute:02}"))
}

/// A truth value in other words.
fn truth(text: &str) -> Option<bool> {
    let lower = text.to_lowercase();
    let is = |words: &[&str]| words.contains(&lower.as_str());
    match (is(&TRUE) || lower == "true", is(&FALSE) || lower == "false") {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// Weekdays as a range or with marks between them.
fn days(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_day = |c: char| ('1'..='7').contains(&c);
    if digits.is_empty() || !digits.chars().all(is_day) {
        return None;
    }
    let marks: String = text.chars().filter(|c| !c.is_ascii_digit() && *c != ' ').collect();
    let ends: Vec<char> = digits.chars().collect();
    match (marks.as_str(), &ends[..]) {
        ("-" | "\u{2013}", [first, last]) => Some((*first..=*last).collect()).filter(|days: &String| !days.is_empty()),
        (marks, _) if marks.chars().all(|c| matches!(c, ',' | ';' | '/' | '|')) => Some(digits),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hints(code: Code, cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            let message = with_hint(code, "no", text);
            let found = message.strip_prefix("no: ").unwrap_or_default();
            assert_eq!(found, *expected, "{text:?}");
        }
    }

    #[test]
    fn numbers_are_shown_as_they_should_be() {
        hints(
            Code::NOT_A_DECIMAL,
            &[
                ("47,95", "a decimal comma? write 47.95"),
                ("-0,5", "a decimal comma? write -0.5"),
                ("1.234,56", "a decimal comma? write 1234.56"),
                ("1 234,50", "a decimal comma? write 1234.50"),
                ("1\u{202f}234,50 \u{20ac}", "a decimal comma? write 1234.50"),
                ("1,234.56", "commas between thousands? write 1234.56"),
                ("1,234", "a decimal comma? write 1.234, or 1234 if it parts thousands"),
                ("1.234.567", "points between thousands? write 1234567"),
                ("4.5%", "write 4.5"),
                ("EUR 12.50", "write 12.50"),
                ("12,50 EUR", "a decimal comma? write 12.50"),
                ("nan", "a word for nothing? leave the cell empty"),
                ("#REF!", "an error of a spreadsheet? correct its formula"),
                ("cheap", ""),
                ("1,2.3,4", ""),
                ("12-13", ""),
            ],
        );
        hints(
            Code::NOT_AN_INTEGER,
            &[
                ("5,0", "a decimal comma? write 5"),
                ("1,234", "a comma between thousands? write 1234"),
                ("1 200", "write 1200"),
                ("300 g", "write 300"),
                ("8.5", ""),
                ("2,5", ""),
                ("two", ""),
            ],
        );
        hints(
            Code::TOO_MANY_DECIMALS,
            &[
                ("0.30000000000000004", "the last digits of a float? write 0.3"),
                ("0.12345", ""),
            ],
        );
    }

    #[test]
    fn dates_and_times_are_shown_as_they_should_be() {
        hints(
            Code::BAD_DATE,
            &[
                ("13/03/2026", "write 2026-03-13"),
                ("03/13/2026", "write 2026-03-13"),
                (
                    "05/03/2026",
                    "write 2026-03-05, or 2026-05-03 if the month stands first",
                ),
                ("5.3.26", "write 2026-03-05, or 2026-05-03 if the month stands first"),
                ("03/03/2026", "write 2026-03-03"),
                ("2026/3/5", "write 2026-03-05"),
                ("20260305", "write 2026-03-05"),
                ("2026-03-05 17:00:00", "without the time, write 2026-03-05"),
                ("13/03/2026 17:00", "write 2026-03-13, without the time"),
                ("46086", "a day as a spreadsheet counts them? write 2026-03-05"),
                ("46086.0", "a day as a spreadsheet counts them? write 2026-03-05"),
                ("31/02/2026", ""),
                ("tomorrow", ""),
                ("NaT", "a word for nothing? leave the cell empty"),
            ],
        );
        hints(
            Code::BAD_TIME,
            &[
                ("9:30", "write 09:30"),
                ("17h", "write 17:00"),
                ("17h30", "write 17:30"),
                ("5:30 PM", "write 17:30"),
                ("12 am", "write 00:00"),
                ("1730", "write 17:30"),
                ("17:30:59", "write 17:30"),
                ("25:00", ""),
                ("noon", ""),
            ],
        );
    }

    #[test]
    fn words_are_shown_as_they_should_be() {
        hints(
            Code::BAD_BOOLEAN,
            &[
                ("VRAI", "write true"),
                ("non", "write false"),
                ("1", "write true"),
                ("0.0", "write false"),
                ("maybe", ""),
            ],
        );
        hints(Code::BAD_KIND, &[("Warehouse", "write warehouse"), ("shop", "")]);
        hints(
            Code::BAD_WEEKDAYS,
            &[("1-5", "write 12345"), ("1,3,5", "write 135"), ("0-5", ""), ("Mon", "")],
        );
    }
}
