//! Numbers and foreign text as people read them.

use clapot::quantity::Money;

/// `12,345`.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 order`, `2,000 orders`.
pub(crate) fn count(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", number(n), if n == 1 { "" } else { "s" })
}

/// `12,345.6789`: to the ten-thousandth, as plans hold it.
pub(crate) fn money(amount: Money) -> String {
    let n = amount.ten_thousandths();
    let (whole, part) = (n.unsigned_abs() / 10_000, n.unsigned_abs() % 10_000);
    format!("{}{}.{part:04}", if n < 0 { "-" } else { "" }, number(whole))
}

/// A share in per cent: `81.2 %`.
pub(crate) fn share(part: f64, whole: f64) -> String {
    if whole == 0.0 {
        String::new()
    } else {
        format!("{:.1} %", 100.0 * part / whole)
    }
}

/// A gap in per cent. Only a gap of 0 is written as 0.
pub(crate) fn gap(gap: f64) -> String {
    match gap * 100.0 {
        0.0 => "0 %".to_owned(),
        tiny if tiny.abs() < 0.001 => "< 0.001 %".to_owned(),
        percent => format!("{percent:.3} %"),
    }
}

/// Text of the input with its control characters made visible, so that an id cannot steer a terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let texts: Vec<_> = [0, 7, 999, 1_000, 123_456, 1_234_567].into_iter().map(number).collect();
        assert_eq!(texts, ["0", "7", "999", "1,000", "123,456", "1,234,567"]);
        assert_eq!(
            (count(1, "order"), count(2_000, "order")),
            ("1 order".to_owned(), "2,000 orders".to_owned())
        );
    }

    #[test]
    fn money_keeps_every_digit() {
        let texts: Vec<_> = [0, 1, -1, 12_345_678_901]
            .map(|n| money(Money::from_ten_thousandths(n)))
            .into();
        assert_eq!(texts, ["0.0000", "0.0001", "-0.0001", "1,234,567.8901"]);
    }

    #[test]
    fn no_gap_looks_like_none() {
        assert_eq!([0.0, 1e-9, 0.0037].map(gap), ["0 %", "< 0.001 %", "0.370 %"]);
    }

    #[test]
    fn escapes_do_not_pass() {
        assert_eq!(printable("a\u{1b}[31mb\n"), "a\u{fffd}[31mb\u{fffd}");
    }
}
