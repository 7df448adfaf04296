//! From the text of a cell to its value, one function per type; what is wrong is a code and a sentence without the text.

use std::str::FromStr;

use super::{decimal, plain};
use crate::diagnostic::Code;
use crate::model::Weekdays;
use crate::model::floor::{Floor, LocalClock, ReadMomentError};
use crate::quantity::{Date, Distance, MAX_COUNT, Millis, Moment, Money, ParseDecimalError, Percent, TimeOfDay};

/// Why a cell cannot be read.
pub(crate) type Bad = (Code, &'static str);

/// `true` or `false`, also as Python and spreadsheets write them.
pub(crate) fn boolean(text: &str) -> Result<bool, Bad> {
    match text {
        "true" | "True" | "TRUE" => Ok(true),
        "false" | "False" | "FALSE" => Ok(false),
        _ => Err((Code::BAD_BOOLEAN, "neither true nor false")),
    }
}

/// A whole number, also as programs write one that they hold as a float, such as `8.0`.
pub(crate) fn integer(text: &str) -> Result<i64, Bad> {
    let is_whole = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    if is_whole(text) {
        return whole(text);
    }
    match plain::number(text).filter(|text| is_whole(text)) {
        Some(text) => whole(&text),
        None => Err((Code::NOT_AN_INTEGER, "not a whole number")),
    }
}

fn whole(text: &str) -> Result<i64, Bad> {
    text.parse()
        .map_err(|_| (Code::OUT_OF_RANGE, "the number is far too large"))
}

/// A whole number from 0 to [`MAX_COUNT`].
pub(crate) fn count(text: &str) -> Result<u32, Bad> {
    let n = integer(text)?;
    let fits = u32::try_from(n).ok().filter(|n| *n <= MAX_COUNT);
    fits.ok_or((Code::OUT_OF_RANGE, "must be from 0 to 1,000,000,000"))
}

fn decimal_fault(error: ParseDecimalError) -> Bad {
    match error {
        ParseDecimalError::TooManyDecimals => (Code::TOO_MANY_DECIMALS, "more than 4 decimals"),
        ParseDecimalError::TooLarge => (Code::OUT_OF_RANGE, "the number is far too large"),
        _ => (Code::NOT_A_DECIMAL, "not a decimal number"),
    }
}

/// An amount of money, of either sign.
pub(crate) fn money(text: &str) -> Result<Money, Bad> {
    plain::decimal(text, Money::from_str).map_err(decimal_fault)
}

/// A percentage with at most 4 decimals.
pub(crate) fn percent(text: &str) -> Result<Percent, Bad> {
    money(text).map(|m| Percent(m.ten_thousandths()))
}

/// Hours with at most 9 decimals, as nanoseconds.
pub(crate) fn hours(text: &str) -> Result<i64, Bad> {
    plain::decimal(text, decimal::hours).map_err(|e| match e {
        ParseDecimalError::TooManyDecimals => (Code::TOO_MANY_DECIMALS, "more than 9 decimals"),
        other => decimal_fault(other),
    })
}

/// Metres with at most 3 decimals, not negative.
pub(crate) fn metres(text: &str) -> Result<Distance, Bad> {
    thousandths(text).map(Distance)
}

/// Seconds with at most 3 decimals, not negative.
pub(crate) fn seconds(text: &str) -> Result<Millis, Bad> {
    thousandths(text).map(Millis)
}

/// Thousandths of a decimal number that is not negative.
fn thousandths(text: &str) -> Result<i64, Bad> {
    let billionths = plain::decimal(text, decimal::billionths).map_err(decimal_fault)?;
    if billionths < 0 {
        return Err((Code::OUT_OF_RANGE, "must not be negative"));
    }
    if billionths % 1_000_000 != 0 {
        return Err((Code::TOO_MANY_DECIMALS, "more than 3 decimals"));
    }
    Ok(billionths / 1_000_000)
}

/// A moment of a plan, by the clock of the floor that it is of; where that is not known, by UTC.
pub(crate) fn moment(floor: Option<&Floor>) -> impl Fn(&str) -> Result<Moment, Bad> + Copy {
    move |text| {
        let read = match floor {
            Some(floor) => floor.clock().read(text),
            None => Moment::from_str(text).map_err(|_| ReadMomentError::Syntax),
        };
        read.map_err(|why| no_moment(why, "not a moment of the form YYYY-MM-DDTHH:MM:SS+HH:MM"))
    }
}

/// Why a text is no moment; `syntax` tells what is expected.
const fn no_moment(why: ReadMomentError, syntax: &'static str) -> Bad {
    match why {
        ReadMomentError::Syntax => (Code::BAD_MOMENT, syntax),
        ReadMomentError::Skipped => (Code::NO_SUCH_MOMENT, "a time that the clock of the node skips"),
        ReadMomentError::Twice => {
            let message = "a time that the clock of the node shows twice: give its offset from UTC";
            (Code::NO_SUCH_MOMENT, message)
        }
    }
}

/// A date and time by a clock, as other systems write them: with `T` or a blank between, and with or without seconds and the
/// offset from UTC.
pub(crate) fn deadline(clock: &LocalClock, text: &str) -> Result<Moment, Bad> {
    const SYNTAX: &str = "not a date and time such as 2026-03-02T14:30";
    let (date, time) = text.split_once(['T', ' ']).ok_or((Code::BAD_MOMENT, SYNTAX))?;
    let (shown, offset) = time.split_at(time.find(['Z', '+', '-']).unwrap_or(time.len()));
    let whole = match shown.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b == b'0') => whole,
        Some(_) => return Err((Code::BAD_MOMENT, "a moment is of whole seconds")),
        None => shown,
    };
    let seconds = if whole.len() == "14:30".len() { ":00" } else { "" };
    let read = clock.read(&format!("{date}T{whole}{seconds}{offset}"));
    read.map_err(|why| no_moment(why, SYNTAX))
}

/// ISO weekdays.
pub(crate) fn weekdays(text: &str) -> Result<Weekdays, Bad> {
    let days = Weekdays::parse(text).or_else(|| Weekdays::parse(&plain::number(text)?));
    days.ok_or((Code::BAD_WEEKDAYS, "not digits from 1 to 7"))
}

/// A finite number: a coordinate or a distance.
pub(crate) fn number(text: &str) -> Result<f64, Bad> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    let value = text.parse::<f64>().ok().filter(|v| plain && v.is_finite());
    value.ok_or((Code::NOT_A_DECIMAL, "not a decimal number"))
}

/// A date, also with the time midnight.
pub(crate) fn date(text: &str) -> Result<Date, Bad> {
    Date::from_str(plain::without_midnight(text)).map_err(|_| (Code::BAD_DATE, "not a date of the form YYYY-MM-DD"))
}

/// A time of day, also with seconds that are 0.
pub(crate) fn time(text: &str) -> Result<TimeOfDay, Bad> {
    TimeOfDay::from_str(plain::without_seconds(text)).map_err(|_| (Code::BAD_TIME, "not a time of the form HH:MM"))
}
