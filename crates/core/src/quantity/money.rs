//! Money in ten-thousandths of the currency.

use std::fmt;
use std::str::FromStr;

use super::arithmetic::checked_arithmetic;

/// An amount of the problem's currency in ten-thousandths. A cost or price is never negative; a bound may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

impl Money {
    /// Ten-thousandths per unit of currency.
    pub const SCALE: i64 = 10_000;
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The amount of `n` ten-thousandths.
    #[must_use]
    pub const fn from_ten_thousandths(n: i64) -> Self {
        Self(n)
    }

    /// The amount as a count of ten-thousandths.
    #[must_use]
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// The amount as a float, for display of ratios only.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "ratios for display need no more")]
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / Self::SCALE as f64
    }

    /// `self + other`, or `None` on overflow.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(x) => Some(Self(x)),
            None => None,
        }
    }

    /// `self x count`, or `None` on overflow.
    #[must_use]
    pub const fn checked_mul(self, count: i64) -> Option<Self> {
        match self.0.checked_mul(count) {
            Some(x) => Some(Self(x)),
            None => None,
        }
    }
}

checked_arithmetic!(Money);

/// Always four decimals, as plan files state money: `12.5000`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let n = self.0.unsigned_abs();
        let scale = Self::SCALE.unsigned_abs();
        f.pad(&format!("{sign}{}.{:04}", n / scale, n % scale))
    }
}

/// Why a text is not a decimal amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseDecimalError {
    /// Not digits with at most one decimal point.
    #[error("not a decimal number")]
    Syntax,
    /// More than four decimals: refused, never rounded.
    #[error("more than 4 decimals")]
    TooManyDecimals,
    /// Larger than an amount may be.
    #[error("too large")]
    TooLarge,
}

/// Reads `-?digits[.1 to 4 digits]` exactly; no float is in the path.
impl FromStr for Money {
    type Err = ParseDecimalError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, decimals) = match digits.split_once('.') {
            Some((_, "")) => return Err(ParseDecimalError::Syntax),
            Some((w, d)) => (w, d),
            None => (digits, ""),
        };
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(decimals) {
            return Err(ParseDecimalError::Syntax);
        }
        if decimals.len() > 4 {
            return Err(ParseDecimalError::TooManyDecimals);
        }
        let mut n: i64 = 0;
        for b in whole
            .bytes()
            .chain(decimals.bytes())
            .chain(std::iter::repeat_n(b'0', 4 - decimals.len()))
        {
            n = n
                .checked_mul(10)
                .and_then(|n| n.checked_add(i64::from(b - b'0')))
                .ok_or(ParseDecimalError::TooLarge)?;
        }
        Ok(Self(if negative { -n } else { n }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_text_is_exact() {
        for (text, n) in [
            ("0", 0),
            ("12.5", 125_000),
            ("0.0001", 1),
            ("-3.25", -32_500),
            ("007", 70_000),
        ] {
            assert_eq!(text.parse::<Money>(), Ok(Money(n)), "{text}");
        }
        for text in ["", "-", ".5", "1.", "1e3", "1,5", "+1", " 1", "1.-5", "١"] {
            assert_eq!(text.parse::<Money>(), Err(ParseDecimalError::Syntax), "{text}");
        }
        assert_eq!("1.00001".parse::<Money>(), Err(ParseDecimalError::TooManyDecimals));
        assert_eq!(
            "999999999999999999999".parse::<Money>(),
            Err(ParseDecimalError::TooLarge)
        );
        assert_eq!(Money(-32_501).to_string(), "-3.2501");
    }
}
