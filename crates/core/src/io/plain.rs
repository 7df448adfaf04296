//! Values as programs write them, in the form of the format: a float for a whole number, zeros at
//! the end of a fraction, an exponent, seconds and midnights that say nothing. A text means what a
//! Parquet file or a data frame of the same values means.

use crate::quantity::ParseDecimalError;

/// Longest exponent that is written out; what is longer no number of the format has.
const MOST_ZEROS: i32 = 30;

/// A number without exponent and without zeros at the end of its fraction; `None` where it is none.
pub(crate) fn number(text: &str) -> Option<String> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || exponent.abs() > MOST_ZEROS {
        return None;
    }
    // The point stands after so many of all digits, which may be before the first or after the
    // last.
    let mut all = format!("{whole}{fraction}");
    let mut point = i32::try_from(whole.len()).ok()? + exponent;
    while point <= 0 {
        all.insert(0, '0');
        point += 1;
    }
    let point = usize::try_from(point).ok()?;
    while all.len() < point {
        all.push('0');
    }
    let (whole, fraction) = all.split_at(point);
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    let dot = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{dot}{fraction}"))
}

/// Reads a decimal as it stands, and else without exponent and zeros at its end.
pub(crate) fn decimal<T>(
    text: &str,
    read: impl Fn(&str) -> Result<T, ParseDecimalError>,
) -> Result<T, ParseDecimalError> {
    read(text).or_else(|why| match number(text) {
        Some(plain) if why != ParseDecimalError::TooLarge => read(&plain),
        _ => Err(why),
    })
}

/// A date without the time midnight after it; anything else as it is.
pub(crate) fn without_midnight(text: &str) -> &str {
    match text.split_once(['T', ' ']) {
        Some((date, time)) if without_seconds(time) == "00:00" => date,
        _ => text,
    }
}

/// A time of day without seconds and parts of one that are 0; anything else as it is.
pub(crate) fn without_seconds(text: &str) -> &str {
    let Some((minutes, seconds)) = text.split_at_checked(5) else {
        return text;
    };
    let is_nothing = |seconds: &str| match seconds.strip_prefix(":00") {
        Some("") => true,
        Some(fraction) => fraction
            .strip_prefix('.')
            .is_some_and(|f| !f.is_empty() && f.bytes().all(|b| b == b'0')),
        None => false,
    };
    if is_nothing(seconds) { minutes } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lose_what_says_nothing() {
        for (text, plain) in [
            ("8.0", Some("8")),
            ("5.000000", Some("5")),
            ("-0.50", Some("-0.5")),
            ("12", Some("12")),
            ("007", Some("7")),
            ("0.0", Some("0")),
            ("1e-05", Some("0.00001")),
            ("1.5E+3", Some("1500")),
            ("1.25e1", Some("12.5")),
            ("1e+16", Some("10000000000000000")),
            ("100e-2", Some("1")),
            ("1e31", None),
            ("1e99999999999", None),
            ("1.", None),
            (".5", None),
            ("1,5", None),
            ("+1", None),
            ("nan", None),
            ("", None),
            ("e5", None),
            ("1e", None),
        ] {
            assert_eq!(number(text).as_deref(), plain, "{text}");
        }
    }

    #[test]
    fn what_floats_write_reads_back() {
        for n in 1..2_000u32 {
            let value = f64::from(n) * 1e-7 * f64::from(n);
            let written = format!("{value:e}");
            let plain = number(&written).unwrap();
            assert_eq!(
                plain.parse::<f64>().unwrap().to_bits(),
                value.to_bits(),
                "{written} {plain}"
            );
            assert!(!plain.contains('e'), "{plain}");
        }
    }

    #[test]
    fn times_and_dates_lose_zeros_only() {
        for (text, plain) in [
            ("17:00:00", "17:00"),
            ("17:00:00.000000", "17:00"),
            ("17:00", "17:00"),
            ("17:00:01", "17:00:01"),
            ("17:00:00.", "17:00:00."),
            ("17:00:00.01", "17:00:00.01"),
            ("1:00:00", "1:00:00"),
            ("\u{e9}\u{e9}\u{e9}:00", "\u{e9}\u{e9}\u{e9}:00"),
        ] {
            assert_eq!(without_seconds(text), plain);
        }
        for (text, plain) in [
            ("2026-03-05 00:00:00", "2026-03-05"),
            ("2026-03-05T00:00", "2026-03-05"),
            ("2026-03-05 00:00:00.000", "2026-03-05"),
            ("2026-03-05 00:00:01", "2026-03-05 00:00:01"),
            ("2026-03-05 00:00:00+01:00", "2026-03-05 00:00:00+01:00"),
            ("2026-03-05", "2026-03-05"),
        ] {
            assert_eq!(without_midnight(text), plain);
        }
    }
}
