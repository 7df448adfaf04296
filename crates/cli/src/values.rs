//! Values of options: spans of time, gaps, and the words for methods and profiles.

use std::time::Duration;

use clap::ValueEnum;
use clapot::allocate::policy::Policy;
use clapot::generate::Profile;
use clapot::io::TableFormat;
use clapot::model::floor::PickMethod;
use clapot::solve::Method;

/// Reads a span of time such as `90`, `90s`, `1.5m` or `250ms`; a bare number is in seconds.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let seconds_per_unit = match &text[digits.len()..] {
        "" | "s" => 1.0,
        "ms" => 0.001,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        unit => return Err(format!("no unit {unit:?}: ms, s, m or h")),
    };
    let number: f64 = digits
        .parse()
        .map_err(|_| "not a number with an optional unit, such as 90s".to_owned())?;
    match Duration::try_from_secs_f64(number * seconds_per_unit) {
        Ok(span) if !span.is_zero() => Ok(span),
        Ok(_) => Err("must be above 0".to_owned()),
        Err(e) => Err(e.to_string()),
    }
}

/// Reads a gap as a share (`0.005`) or in per cent (`0.5%`).
pub(crate) fn gap(text: &str) -> Result<f64, String> {
    let (digits, scale) = match text.strip_suffix('%') {
        Some(digits) => (digits.trim_end(), 0.01),
        None => (text, 1.0),
    };
    let number: f64 = digits
        .parse()
        .map_err(|_| "not a number, such as 0.005 or 0.5%".to_owned())?;
    let share = number * scale;
    if (0.0..1.0).contains(&share) {
        Ok(share)
    } else {
        Err("must be at least 0 and below 1 (100%)".to_owned())
    }
}

/// How a plan is made, as the command line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MethodName {
    /// Shadow prices, search and price-and-branch: near the best at every size
    Auto,
    /// One MILP over all options: proves the best plan of a small problem
    Exact,
    /// Nodes in the order of nodes.csv, one order after another
    Priority,
    /// The nearest node first, one order after another
    Distance,
    /// As few shipments as possible, then near nodes, one order after another
    FewestSplits,
    /// The cheapest way for each order by itself, one order after another
    Cheapest,
}

impl From<MethodName> for Method {
    fn from(name: MethodName) -> Self {
        match name {
            MethodName::Auto => Self::Auto,
            MethodName::Exact => Self::Exact,
            MethodName::Priority => Self::Policy(Policy::Priority),
            MethodName::Distance => Self::Policy(Policy::Distance),
            MethodName::FewestSplits => Self::Policy(Policy::FewestSplits),
            MethodName::Cheapest => Self::Policy(Policy::Cheapest),
        }
    }
}

/// How a tour visits its stops, as the command line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PickMethodName {
    /// The shortest tour
    Exact,
    /// Every aisle with a stop is walked through, in turn up and down
    SShape,
    /// Every aisle with a stop is entered and left at the front
    Return,
    /// Aisles are entered from both ends up to the middle
    Midpoint,
    /// Aisles are entered from both ends up to the largest gap
    LargestGap,
    /// Aisle by aisle the better of walking through and returning
    Combined,
    /// By the sequence numbers of the pick locations
    Sequence,
}

impl From<PickMethodName> for PickMethod {
    fn from(name: PickMethodName) -> Self {
        match name {
            PickMethodName::Exact => Self::Exact,
            PickMethodName::SShape => Self::SShape,
            PickMethodName::Return => Self::Return,
            PickMethodName::Midpoint => Self::Midpoint,
            PickMethodName::LargestGap => Self::LargestGap,
            PickMethodName::Combined => Self::Combined,
            PickMethodName::Sequence => Self::Sequence,
        }
    }
}

/// What kind of customers order, as the command line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProfileName {
    /// Households: about 2.2 lines an order, mostly single units, parcels
    B2c,
    /// Businesses: 2 to 30 lines an order, up to 48 units a line, parcels and freight
    B2b,
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::B2c => Self::B2c,
            ProfileName::B2b => Self::B2b,
        }
    }
}

/// In which form tables are written, as the command line names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormatName {
    /// Text
    #[default]
    Csv,
    /// Typed, compressed columns
    Parquet,
}

impl From<TableFormatName> for TableFormat {
    fn from(name: TableFormatName) -> Self {
        match name {
            TableFormatName::Csv => Self::Csv,
            TableFormatName::Parquet => Self::Parquet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_units() {
        for (text, ms) in [
            ("90", 90_000),
            ("90s", 90_000),
            ("1.5m", 90_000),
            ("2min", 120_000),
            ("1h", 3_600_000),
            ("250ms", 250),
        ] {
            assert_eq!(span(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for text in ["", "s", "0", "0s", "-1", "inf", "nan", "1d", "1 s", "1e300"] {
            assert!(span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn gaps_are_shares_or_per_cent() {
        assert_eq!(
            (gap("0.005"), gap("0.5%"), gap("0"), gap("50 %")),
            (Ok(0.005), Ok(0.005), Ok(0.0), Ok(0.5))
        );
        for text in ["", "%", "-0.1", "1", "100%", "nan", "x"] {
            assert!(gap(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_words_are_those_of_the_library() {
        let words = |names: Vec<&str>| names.join(" ");
        let of_enum = MethodName::value_variants()
            .iter()
            .map(|&m| Method::from(m).as_str())
            .collect();
        assert_eq!(words(of_enum), words(Method::ALL.iter().map(|m| m.as_str()).collect()));
        for name in MethodName::value_variants() {
            let word = name.to_possible_value().unwrap();
            assert_eq!(word.get_name(), Method::from(*name).as_str());
        }
        for name in TableFormatName::value_variants() {
            let word = name.to_possible_value().unwrap();
            assert_eq!(word.get_name(), TableFormat::from(*name).as_str());
        }
        for name in ProfileName::value_variants() {
            let word = name.to_possible_value().unwrap();
            assert_eq!(word.get_name(), Profile::from(*name).as_str());
        }
    }
}
