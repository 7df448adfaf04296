//! Decimal texts that are neither money nor whole numbers, exactly and without floats.

use crate::quantity::ParseDecimalError;

/// Most decimals of an hour: a thousand-millionth of one is 3,600 nanoseconds.
const DECIMALS: usize = 9;
const NANOSECONDS_PER_UNIT: i64 = 3_600;

/// Nanoseconds of a decimal number of hours with at most 9 decimals.
pub(crate) fn hours(text: &str) -> Result<i64, ParseDecimalError> {
    billionths(text)?
        .checked_mul(NANOSECONDS_PER_UNIT)
        .ok_or(ParseDecimalError::TooLarge)
}

/// Thousand-millionths of a decimal number with at most 9 decimals.
pub(crate) fn billionths(text: &str) -> Result<i64, ParseDecimalError> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, decimals) = match digits.split_once('.') {
        Some((_, "")) => return Err(ParseDecimalError::Syntax),
        Some(parts) => parts,
        None => (digits, ""),
    };
    if whole.is_empty() || !whole.bytes().chain(decimals.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(ParseDecimalError::Syntax);
    }
    let missing = DECIMALS
        .checked_sub(decimals.len())
        .ok_or(ParseDecimalError::TooManyDecimals)?;
    let sign = if negative { -1 } else { 1 };
    let mut units: i64 = 0;
    for b in whole
        .bytes()
        .chain(decimals.bytes())
        .chain(std::iter::repeat_n(b'0', missing))
    {
        let digit = sign * i64::from(b - b'0');
        units = units
            .checked_mul(10)
            .and_then(|n| n.checked_add(digit))
            .ok_or(ParseDecimalError::TooLarge)?;
    }
    Ok(units)
}

/// The shortest decimal text of a whole number of nanoseconds as hours; `None` where 9 decimals cannot state it.
pub(crate) fn hours_text(nanoseconds: i64) -> Option<String> {
    if nanoseconds % NANOSECONDS_PER_UNIT != 0 {
        return None;
    }
    let units = nanoseconds / NANOSECONDS_PER_UNIT;
    let sign = if units < 0 { "-" } else { "" };
    let text = format!(
        "{sign}{}.{:09}",
        units.unsigned_abs() / 1_000_000_000,
        units.unsigned_abs() % 1_000_000_000
    );
    Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_exact() {
        const HOUR: i64 = 3_600_000_000_000;
        for (text, n) in [
            ("0", 0),
            ("2", 2 * HOUR),
            ("1.5", HOUR * 3 / 2),
            ("-0.25", -HOUR / 4),
            ("0.000000001", 3_600),
        ] {
            assert_eq!(hours(text), Ok(n), "{text}");
            assert_eq!(hours_text(n).as_deref(), Some(text));
        }
        for text in ["", "-", ".5", "1.", "1e3", "1,5", " 1"] {
            assert_eq!(hours(text), Err(ParseDecimalError::Syntax), "{text}");
        }
        assert_eq!(hours("0.0000000001"), Err(ParseDecimalError::TooManyDecimals));
        assert_eq!(hours("3000000"), Err(ParseDecimalError::TooLarge));
        assert_eq!(hours_text(1), None);
    }
}
