//! Weight, volume, distance and percentages.

use std::fmt;
use std::str::FromStr;

use super::arithmetic::{checked_arithmetic, overflow};

/// Weight in grams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Grams(pub i64);

checked_arithmetic!(Grams);

/// Volume in cubic centimetres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Volume(pub i64);

checked_arithmetic!(Volume);

/// A walking distance in millimetres, read and written as decimal metres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Distance(pub i64);

checked_arithmetic!(Distance);

impl Distance {
    /// Millimetres per metre.
    pub const SCALE: i64 = 1_000;
    /// No way at all.
    pub const ZERO: Self = Self(0);

    /// The distance of `n` whole metres.
    #[must_use]
    pub const fn from_metres(n: i64) -> Self {
        match n.checked_mul(Self::SCALE) {
            Some(millimetres) => Self(millimetres),
            None => overflow("Distance: attempt to multiply with overflow"),
        }
    }

    /// Metres as a float, for display of ratios only.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "ratios for display need no more")]
    pub fn as_metres(self) -> f64 {
        self.0 as f64 / Self::SCALE as f64
    }
}

/// Metres with no more decimals than it takes: `12`, `1.5`, `0.001`.
impl fmt::Display for Distance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (n, scale) = (self.0.unsigned_abs(), Self::SCALE.unsigned_abs());
        let text = format!("{sign}{}.{:03}", n / scale, n % scale);
        f.pad(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// Why a text is not a distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a distance in metres with at most 3 decimals")]
pub struct ParseDistanceError;

/// Reads `digits[.1 to 3 digits]` metres exactly; no float is in the path.
impl FromStr for Distance {
    type Err = ParseDistanceError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || decimals.len() > 3 {
            return Err(ParseDistanceError);
        }
        let text = format!("{whole}{decimals:0<3}");
        text.parse().map(Self).map_err(|_| ParseDistanceError)
    }
}

/// A percentage with at most four decimals, held in ten-thousandths of a per cent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(pub i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_text_is_exact() {
        for (text, n, shown) in [
            ("0", 0, "0"),
            ("1.5", 1_500, "1.5"),
            ("007.250", 7_250, "7.25"),
            ("10", 10_000, "10"),
        ] {
            assert_eq!(text.parse::<Distance>(), Ok(Distance(n)), "{text}");
            assert_eq!(Distance(n).to_string(), shown);
        }
        assert_eq!(Distance(-1).to_string(), "-0.001");
        for text in ["", ".", "1.", ".5", "-1", "1.0001", "1e3", "99999999999999999999"] {
            assert_eq!(text.parse::<Distance>(), Err(ParseDistanceError), "{text}");
        }
    }
}
