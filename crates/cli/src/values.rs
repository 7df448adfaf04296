//! Values of options: spans of time, gaps, and the words for methods and profiles.

use std::time::{Duration, SystemTime};

use clap::ValueEnum;
use clapot::allocate::policy::Policy;
use clapot::generate::Profile;
use clapot::io::TableFormat;
use clapot::model::floor::PickMethod;
use clapot::quantity::Moment;
use clapot::solve::Method;

/// Units of time, the largest first, with their seconds.
const UNITS: [(&str, f64); 5] = [("h", 3600.0), ("min", 60.0), ("m", 60.0), ("s", 1.0), ("ms", 0.001)];

/// Reads a span of time such as `90`, `90s`, `1.5m`, `1h30m` or `250ms`; a bare number is in seconds.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    let number = |text: &str| {
        let number = text.parse::<f64>().ok().filter(|_| !text.starts_with(['-', '+']));
        number.ok_or_else(|| "not a number with an optional unit, such as 90s or 1h30m".to_owned())
    };
    let is_bare = !text.ends_with(|c: char| c.is_ascii_alphabetic()) || text.parse::<f64>().is_ok();
    let seconds = if is_bare { number(text)? } else { parts(text, number)? };
    match Duration::try_from_secs_f64(seconds) {
        Ok(span) if !span.is_zero() => Ok(span),
        Ok(_) => Err("must be above 0".to_owned()),
        Err(e) => Err(e.to_string()),
    }
}

/// Adds up numbers with units, each smaller than the one before.
fn parts(text: &str, number: impl Fn(&str) -> Result<f64, String>) -> Result<f64, String> {
    let (mut rest, mut seconds, mut before) = (text, 0.0, f64::INFINITY);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (amount, after) = rest.split_at(digits);
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let known = UNITS.iter().find(|(name, _)| *name == unit);
        let (_, each) = known.ok_or_else(|| format!("no unit {unit:?}: ms, s, m or h"))?;
        if *each >= before {
            return Err(format!(
                "{unit:?} must come before a smaller unit, and once, as in 1h30m"
            ));
        }
        seconds += number(amount)? * each;
        (rest, before) = (after, *each);
    }
    Ok(seconds)
}

/// Reads a planning instant; `system` is now by the clock of the computer.
pub(crate) fn now(text: &str) -> Result<String, String> {
    if text == "system" {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let seconds = since.map_err(|_| "the clock of this computer stands before 1970".to_owned())?;
        let moment = Moment(i64::try_from(seconds.as_secs()).unwrap_or(i64::MAX));
        return Ok(moment.to_string());
    }
    let has_offset = text
        .split_once('T')
        .is_some_and(|(_, time)| time.contains(['Z', '+', '-']));
    if has_offset && text.parse::<Moment>().is_ok() {
        Ok(text.to_owned())
    } else {
        Err("not a date and time with an offset from UTC, such as 2026-03-02T09:00:00+01:00".to_owned())
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
            ("1h30m", 5_400_000),
            ("1h2m3.5s", 3_723_500),
            ("1min30s", 90_000),
            ("1e2", 100_000),
        ] {
            assert_eq!(span(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for text in [
            "", "s", "0", "0s", "-1", "inf", "nan", "1d", "1 s", "1e300", "1h30", "30m1h", "1h1h", "1hm", "h1", "-1h",
            "1h-1m",
        ] {
            assert!(span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn instants_have_an_offset() {
        for text in [
            "2026-03-02T09:00:00+01:00",
            "2026-03-02T09:00:00Z",
            "2026-03-02T09:00:00-05:30",
        ] {
            assert_eq!(now(text), Ok(text.to_owned()));
        }
        for text in [
            "",
            "now",
            "2026-03-02",
            "2026-03-02T09:00:00",
            "09:00",
            "2026-03-32T09:00:00Z",
        ] {
            assert!(now(text).is_err(), "{text}");
        }
        let system = now("system").unwrap();
        assert!(now(&system).is_ok() && *system > *"2026-01-01", "{system}");
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
