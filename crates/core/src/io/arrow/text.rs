//! The cells of a column as the texts that CSV would hold.
//!
//! A missing value is the empty text, and so is NaN, by which data frames say that a number is missing. A decimal loses the zeros at its end. A float is the shortest decimal that reads
//! back as the same float, so that 4.99 is 4.99, and what was computed in floats and is off by its last bit shows more
//! decimals than money may have. A timestamp without zone is a date where it is midnight.

use std::fmt::{self, Display, Write as _};

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType, Time32SecondType,
    Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, LargeStringArray, StringArray, StringViewArray};
use arrow_schema::{DataType, TimeUnit};

use crate::quantity::Date;

/// The texts of one column of a batch.
pub(crate) enum Texts {
    /// They were texts, in any of the encodings that tables have.
    View(StringViewArray),
    Small(StringArray),
    Large(LargeStringArray),
    /// They are the texts of a dictionary, by its key; a missing value has a key beyond its end.
    Keyed(Vec<usize>, Box<Self>),
    /// They were made: all in one, and where each ends.
    Made(String, Vec<usize>),
}

/// Whether a column of this type can be read.
pub(in crate::io) fn is_read(kind: &DataType) -> bool {
    match kind {
        DataType::Timestamp(_, zone) => zone.is_none(),
        DataType::Dictionary(_, value) => is_read(value),
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => *scale >= 0,
        DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Null
        | DataType::Float32
        | DataType::Float64
        | DataType::Boolean
        | DataType::Date32
        | DataType::Date64
        | DataType::Time32(_)
        | DataType::Time64(_) => true,
        other => other.is_integer(),
    }
}

impl Texts {
    /// The texts of a column; `None` for a type that is not read.
    pub(in crate::io) fn of(array: &ArrayRef) -> Option<Self> {
        Some(match array.data_type() {
            DataType::Utf8View => Self::View(array.as_string_view().clone()),
            DataType::Utf8 => Self::Small(array.as_string().clone()),
            DataType::LargeUtf8 => Self::Large(array.as_string().clone()),
            DataType::Dictionary(..) => keyed(array)?,
            DataType::Null => Self::Made(String::new(), vec![0; array.len()]),
            DataType::Boolean => {
                let cells = array.as_boolean();
                make(array, |n, out| write!(out, "{}", cells.value(n)))
            }
            DataType::Int8 => plain::<Int8Type>(array),
            DataType::Int16 => plain::<Int16Type>(array),
            DataType::Int32 => plain::<Int32Type>(array),
            DataType::Int64 => plain::<Int64Type>(array),
            DataType::UInt8 => plain::<UInt8Type>(array),
            DataType::UInt16 => plain::<UInt16Type>(array),
            DataType::UInt32 => plain::<UInt32Type>(array),
            DataType::UInt64 => plain::<UInt64Type>(array),
            DataType::Float32 => {
                let cells = array.as_primitive::<Float32Type>();
                make(array, |n, out| match cells.value(n) {
                    value if value.is_nan() => Ok(()),
                    value => write!(out, "{value}"),
                })
            }
            DataType::Float64 => {
                let cells = array.as_primitive::<Float64Type>();
                make(array, |n, out| float(cells.value(n), out))
            }
            DataType::Decimal32(_, scale) => {
                let places = usize::try_from(*scale).ok()?;
                shown::<Decimal32Type, _>(array, |digits| DecimalText::new(digits, places))
            }
            DataType::Decimal64(_, scale) => {
                let places = usize::try_from(*scale).ok()?;
                shown::<Decimal64Type, _>(array, |digits| DecimalText::new(digits, places))
            }
            DataType::Decimal128(_, scale) => {
                let places = usize::try_from(*scale).ok()?;
                shown::<Decimal128Type, _>(array, |digits| DecimalText::new(digits, places))
            }
            DataType::Decimal256(..) => {
                let cells = array.as_primitive::<Decimal256Type>();
                make(array, |n, out| out.write_str(trimmed(&cells.value_as_string(n))))
            }
            DataType::Date32 => shown::<Date32Type, _>(array, |days| Moment::days(i64::from(days))),
            DataType::Date64 => shown::<Date64Type, _>(array, |n| Moment::of(n, 1_000)),
            DataType::Timestamp(TimeUnit::Second, None) => shown::<TimestampSecondType, _>(array, |n| Moment::of(n, 1)),
            DataType::Timestamp(TimeUnit::Millisecond, None) => {
                shown::<TimestampMillisecondType, _>(array, |n| Moment::of(n, 1_000))
            }
            DataType::Timestamp(TimeUnit::Microsecond, None) => {
                shown::<TimestampMicrosecondType, _>(array, |n| Moment::of(n, 1_000_000))
            }
            DataType::Timestamp(TimeUnit::Nanosecond, None) => {
                shown::<TimestampNanosecondType, _>(array, |n| Moment::of(n, 1_000_000_000))
            }
            DataType::Time32(TimeUnit::Second) => {
                shown::<Time32SecondType, _>(array, |n| TimeText::of(i64::from(n), 1))
            }
            DataType::Time32(_) => shown::<Time32MillisecondType, _>(array, |n| TimeText::of(i64::from(n), 1_000)),
            DataType::Time64(TimeUnit::Microsecond) => {
                shown::<Time64MicrosecondType, _>(array, |n| TimeText::of(n, 1_000_000))
            }
            DataType::Time64(_) => shown::<Time64NanosecondType, _>(array, |n| TimeText::of(n, 1_000_000_000)),
            _ => return None,
        })
    }

    /// The text of a row.
    pub(in crate::io) fn get(&self, row: usize) -> &str {
        match self {
            Self::View(texts) if row >= texts.len() || texts.is_null(row) => "",
            Self::View(texts) => texts.value(row),
            Self::Small(texts) if row >= texts.len() || texts.is_null(row) => "",
            Self::Small(texts) => texts.value(row),
            Self::Large(texts) if row >= texts.len() || texts.is_null(row) => "",
            Self::Large(texts) => texts.value(row),
            Self::Keyed(keys, texts) => texts.get(keys[row]),
            Self::Made(text, ends) => {
                let start = row
                    .checked_sub(1)
                    .map_or(0, |before| ends.get(before).copied().unwrap_or(0));
                ends.get(row).map_or("", |&end| &text[start..end])
            }
        }
    }

    /// Bytes of the longest text.
    pub(in crate::io) fn longest(&self) -> usize {
        match self {
            Self::View(texts) => texts.lengths().max().unwrap_or(0) as usize,
            Self::Small(texts) => texts.offsets().lengths().max().unwrap_or(0),
            Self::Large(texts) => texts.offsets().lengths().max().unwrap_or(0),
            Self::Keyed(_, texts) => texts.longest(),
            Self::Made(..) => 0, // no number is long
        }
    }
}

/// The texts of a dictionary and the keys to them.
fn keyed(array: &ArrayRef) -> Option<Texts> {
    let dictionary = array.as_any_dictionary();
    let texts = Texts::of(dictionary.values())?;
    let (keys, missing) = (dictionary.keys(), dictionary.values().len());
    if missing == 0 {
        return Some(Texts::Keyed(vec![missing; array.len()], Box::new(texts)));
    }
    let mut positions = dictionary.normalized_keys();
    for (_, position) in positions.iter_mut().enumerate().filter(|(n, _)| keys.is_null(*n)) {
        *position = missing;
    }
    Some(Texts::Keyed(positions, Box::new(texts)))
}

/// Writes the text of every value that there is.
fn make(array: &ArrayRef, write: impl Fn(usize, &mut String) -> fmt::Result) -> Texts {
    let mut text = String::new();
    let mut ends = Vec::with_capacity(array.len());
    let nulls = array.logical_nulls();
    for n in 0..array.len() {
        if nulls.as_ref().is_none_or(|nulls| nulls.is_valid(n)) {
            // Writing to a string cannot fail.
            let _ = write(n, &mut text);
        }
        ends.push(text.len());
    }
    Texts::Made(text, ends)
}

fn plain<T: ArrowPrimitiveType<Native: Display>>(array: &ArrayRef) -> Texts {
    shown::<T, _>(array, |value| value)
}

fn shown<T: ArrowPrimitiveType, D: Display>(array: &ArrayRef, show: impl Fn(T::Native) -> D) -> Texts {
    let cells = array.as_primitive::<T>();
    make(array, |n, out| write!(out, "{}", show(cells.value(n))))
}

/// The shortest decimal that reads back as the same float; nothing for NaN. One of at most 15 digits, 6 of them decimals, is found without the
/// search that the others need: no other decimal of so few digits reads back as the same.
#[allow(clippy::float_cmp, reason = "whether it reads back as the same float")]
fn float(value: f64, out: &mut String) -> fmt::Result {
    const SCALE: f64 = 1e6;
    let scaled = (value * SCALE).round();
    if value.is_nan() {
        return Ok(());
    }
    if scaled.abs() >= 1e15 || scaled / SCALE != value {
        return write!(out, "{value}");
    }
    let mut digits = (scaled.abs() as u64, 6);
    while digits.1 > 0 && digits.0 % 10 == 0 {
        digits = (digits.0 / 10, digits.1 - 1);
    }
    // Backwards: the fraction, the point, the whole.
    let mut text = [b'0'; 20];
    let (mut left, mut at) = (digits.0, text.len());
    let mut put = |byte: u8| {
        at -= 1;
        text[at] = byte;
    };
    for _ in 0..digits.1 {
        put(b'0' + (left % 10) as u8);
        left /= 10;
    }
    if digits.1 > 0 {
        put(b'.');
    }
    loop {
        put(b'0' + (left % 10) as u8);
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if scaled < 0.0 {
        put(b'-');
    }
    out.push_str(std::str::from_utf8(&text[at..]).unwrap_or_default());
    Ok(())
}

/// A decimal without zeros at the end of its fraction.
fn trimmed(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

/// A decimal by its digits.
struct DecimalText {
    digits: i128,
    places: usize,
}

impl DecimalText {
    fn new(digits: impl Into<i128>, places: usize) -> Self {
        let digits = digits.into();
        Self { digits, places }
    }
}

impl Display for DecimalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(one) = u32::try_from(self.places).ok().and_then(|n| 10u128.checked_pow(n)) else {
            return f.write_str("a decimal of too many places");
        };
        let digits = self.digits.unsigned_abs();
        let sign = if self.digits < 0 { "-" } else { "" };
        write!(f, "{sign}{}", digits / one)?;
        let (mut fraction, mut places) = (digits % one, self.places);
        if fraction == 0 {
            return Ok(());
        }
        while fraction.is_multiple_of(10) {
            (fraction, places) = (fraction / 10, places - 1);
        }
        write!(f, ".{fraction:0places$}")
    }
}

/// A day, and whether it is exactly its midnight.
struct Moment {
    day: i64,
    /// Nanoseconds since midnight.
    time: i64,
}

impl Moment {
    const fn days(day: i64) -> Self {
        Self { day, time: 0 }
    }

    const fn of(n: i64, per_second: i64) -> Self {
        let per_day = 86_400 * per_second;
        Self {
            day: n.div_euclid(per_day),
            time: n.rem_euclid(per_day) * (1_000_000_000 / per_second),
        }
    }
}

/// `YYYY-MM-DD`, or where it is not midnight `YYYY-MM-DDTHH:MM:SS`, with the parts of a second that there are. What is not a date of
/// four-digit years is shown as something that is no date.
impl Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const FIRST: i64 = -719_162; // 0001-01-01
        const LAST: i64 = 2_932_896; // 9999-12-31
        match i32::try_from(self.day) {
            Ok(day) if (FIRST..=LAST).contains(&self.day) => {
                write!(f, "{}", Date::from_days(day))?;
                if self.time == 0 {
                    return Ok(());
                }
                let (seconds, parts) = (self.time / 1_000_000_000, self.time % 1_000_000_000);
                let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
                write!(f, "T{hour:02}:{minute:02}:{second:02}")?;
                if parts == 0 {
                    return Ok(());
                }
                f.write_str(trimmed(&format!(".{parts:09}")))
            }
            _ => f.write_str("a day beyond all calendars"),
        }
    }
}

/// A time of day in seconds, and whether that is all of it.
struct TimeText {
    seconds: i64,
    whole: bool,
}

impl TimeText {
    const fn of(n: i64, per_second: i64) -> Self {
        Self {
            seconds: n.div_euclid(per_second),
            whole: n.rem_euclid(per_second) == 0,
        }
    }
}

/// `HH:MM`; with seconds where they are not 0, or with a word for parts of one, neither of which is a time of this format.
impl Display for TimeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (minutes, seconds) = (self.seconds.div_euclid(60), self.seconds.rem_euclid(60));
        write!(f, "{:02}:{:02}", minutes.div_euclid(60), minutes.rem_euclid(60))?;
        if seconds != 0 {
            write!(f, ":{seconds:02}")?;
        }
        f.write_str(if self.whole { "" } else { " and parts of a second" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_float_is_its_shortest_decimal() {
        let shown = |value| {
            let mut text = String::new();
            float(value, &mut text).unwrap();
            text
        };
        for (value, text) in [
            (0.0, "0"),
            (-0.5, "-0.5"),
            (4.99, "4.99"),
            (1_200.0, "1200"),
            (0.1 + 0.2, "0.30000000000000004"),
            (48.856_613, "48.856613"),
            (999_999_999.999_999, "999999999.999999"),
            (1e15, "1000000000000000"),
            (1e-7, "0.0000001"),
            (f64::NAN, ""),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(shown(value), text);
        }
        let mut random = 7u64;
        for n in 0..20_000 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let value = (random >> 24) as f64 / 10f64.powi(n % 12);
            assert_eq!(shown(value), value.to_string());
        }
    }

    #[test]
    fn decimals_lose_the_zeros_at_their_end_only() {
        for (digits, places, text) in [
            (49_900, 4, "4.99"),
            (-1, 4, "-0.0001"),
            (10, 0, "10"),
            (1_200_000, 4, "120"),
            (0, 9, "0"),
            (i128::from(i64::MIN), 4, "-922337203685477.5808"),
            (5, 39, "a decimal of too many places"),
        ] {
            assert_eq!(DecimalText { digits, places }.to_string(), text);
        }
    }
}
