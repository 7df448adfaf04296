//! Numbers and foreign text as people read them.

use std::path::Path;

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

/// Currencies of ISO 4217 that have no smaller unit, a thousandth, or a ten-thousandth; all others have a hundredth.
const DECIMALS: [(usize, &[&str]); 3] = [
    (
        0,
        &[
            "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
            "XOF", "XPF",
        ],
    ),
    (3, &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]),
    (4, &["CLF", "UYW"]),
];

/// `12,345.68`: in the decimals of a currency, rounded half away from zero. Plans and JSON hold all four.
pub(crate) fn money(amount: Money, currency: &str) -> String {
    let known = DECIMALS.iter().find(|(_, currencies)| currencies.contains(&currency));
    let decimals = known.map_or(2, |(decimals, _)| *decimals);
    let one = 10_u64.pow(4 - decimals as u32); // ten-thousandths of the last digit
    let last = (amount.ten_thousandths().unsigned_abs() + one / 2) / one;
    let scale = 10_u64.pow(decimals as u32);
    let sign = if amount < Money::ZERO && last > 0 { "-" } else { "" };
    let whole = number(last / scale);
    if decimals == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{:0decimals$}", last % scale)
    }
}

/// A share in per cent: `81.2 %`.
pub(crate) fn share(part: f64, whole: f64) -> String {
    if whole == 0.0 {
        String::new()
    } else {
        format!("{:.1} %", 100.0 * part / whole)
    }
}

/// What is said where the bound proves nothing.
pub(crate) const NO_BOUND: &str = "no bound";

/// A gap in per cent, or that there is none.
pub(crate) fn gap_or_none(share: Option<f64>) -> String {
    share.map_or_else(|| NO_BOUND.to_owned(), gap)
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

/// A path, likewise.
pub(crate) fn path(path: &Path) -> String {
    printable(&path.display().to_string())
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
    fn money_has_the_decimals_of_its_currency() {
        let shown = |currency| {
            [0, 1, -1, -50, 49, 12_345_678_901, 9_999_950].map(|n| money(Money::from_ten_thousandths(n), currency))
        };
        assert_eq!(
            shown("EUR"),
            ["0.00", "0.00", "0.00", "-0.01", "0.00", "1,234,567.89", "1,000.00"]
        );
        assert_eq!(shown("JPY"), ["0", "0", "0", "0", "0", "1,234,568", "1,000"]);
        assert_eq!(
            shown("TND"),
            ["0.000", "0.000", "0.000", "-0.005", "0.005", "1,234,567.890", "999.995"]
        );
        assert_eq!(
            shown("CLF"),
            [
                "0.0000",
                "0.0001",
                "-0.0001",
                "-0.0050",
                "0.0049",
                "1,234,567.8901",
                "999.9950"
            ]
        );
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
