//! Dates, times of day, durations, and moments.

use std::fmt;
use std::str::FromStr;

use super::arithmetic::checked_arithmetic;

/// A calendar date, held as days since 1970-01-01; from year 0001 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

impl Date {
    /// The date that is `days` days after 1970-01-01.
    #[must_use]
    pub const fn from_days(days: i32) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn days(self) -> i32 {
        self.0
    }

    /// The date of a civil date of jiff.
    #[must_use]
    pub fn from_civil(date: jiff::civil::Date) -> Self {
        let epoch = jiff::civil::date(1970, 1, 1);
        Self((date - epoch).get_days())
    }

    /// The day after.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// ISO weekday, Monday = 1 to Sunday = 7.
    #[must_use]
    pub const fn iso_weekday(self) -> u8 {
        // 1970-01-01 was a Thursday (4); the remainder is 0 to 6, so the cast is exact.
        ((self.0 + 3).rem_euclid(7) + 1) as u8
    }

    /// Calendar days from `earlier` to this date; negative where this date is the earlier one.
    #[must_use]
    pub const fn days_since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }
}

/// `YYYY-MM-DD`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Days to civil date (Howard Hinnant, "chrono-compatible low-level date algorithms").
        let z = i64::from(self.0) + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = doy - (153 * mp + 2) / 5 + 1;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + i64::from(month <= 2);
        f.pad(&format!("{year:04}-{month:02}-{day:02}"))
    }
}

/// Why a text is not a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date of the form YYYY-MM-DD")]
pub struct ParseDateError;

impl FromStr for Date {
    type Err = ParseDateError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let b = text.as_bytes();
        let digits = |r: std::ops::Range<usize>| -> Option<i16> {
            b[r].iter()
                .try_fold(0i16, |n, c| c.is_ascii_digit().then(|| n * 10 + i16::from(c - b'0')))
        };
        if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
            return Err(ParseDateError);
        }
        let (year, month, day) = (digits(0..4), digits(5..7), digits(8..10));
        let (Some(year), Some(Ok(month)), Some(Ok(day))) = (year, month.map(i8::try_from), day.map(i8::try_from))
        else {
            return Err(ParseDateError);
        };
        if year == 0 {
            return Err(ParseDateError);
        }
        jiff::civil::Date::new(year, month, day)
            .map(Self::from_civil)
            .map_err(|_| ParseDateError)
    }
}

/// A local time of day in nanoseconds since midnight. Cut-offs are whole minutes; a ready time keeps its full precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u64);

impl TimeOfDay {
    /// The time `hour:minute`; `None` outside 00:00 to 23:59.
    #[must_use]
    pub const fn from_hour_minute(hour: u8, minute: u8) -> Option<Self> {
        if hour > 23 || minute > 59 {
            return None;
        }
        Some(Self((hour as u64 * 60 + minute as u64) * 60_000_000_000))
    }

    /// The time of day of a civil time of jiff.
    #[must_use]
    pub fn from_civil(time: jiff::civil::Time) -> Self {
        let part = |n: i64| n.unsigned_abs();
        let seconds = (part(time.hour().into()) * 60 + part(time.minute().into())) * 60 + part(time.second().into());
        Self(seconds * 1_000_000_000 + part(time.subsec_nanosecond().into()))
    }
}

/// `HH:MM`.
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0 / 60_000_000_000;
        write!(f, "{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// Why a text is not a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time of the form HH:MM")]
pub struct ParseTimeError;

impl FromStr for TimeOfDay {
    type Err = ParseTimeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let b = text.as_bytes();
        if b.len() != 5 || b[2] != b':' || ![0, 1, 3, 4].iter().all(|&i| b[i].is_ascii_digit()) {
            return Err(ParseTimeError);
        }
        let two = |i: usize| (b[i] - b'0') * 10 + (b[i + 1] - b'0');
        Self::from_hour_minute(two(0), two(3)).ok_or(ParseTimeError)
    }
}

/// Seconds of elapsed time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(pub i64);

checked_arithmetic!(Seconds);

/// Thousandths of a second: what handling takes, before a tour or the packing of a wave is rounded up to whole seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub i64);

checked_arithmetic!(Millis);

/// An instant in whole seconds since 1970-01-01T00:00:00Z. From one to another is elapsed time, also in a night in which clocks
/// change; what a clock on the wall shows of it is for the clock of the place to say
/// ([`LocalClock`](crate::model::floor::LocalClock)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

impl Moment {
    /// Seconds of a day without a change of the clock.
    pub const DAY: i64 = 86_400;

    /// The instant of a timestamp of jiff; parts of a second are rounded up.
    #[must_use]
    pub fn from_timestamp(at: jiff::Timestamp) -> Self {
        let whole = at.as_second(); // towards zero
        Self(whole + i64::from(at.subsec_nanosecond() > 0))
    }
}

/// Saturating: a moment that cannot be told is the end of time.
impl std::ops::Add<Seconds> for Moment {
    type Output = Self;
    fn add(self, seconds: Seconds) -> Self {
        Self(self.0.saturating_add(seconds.0))
    }
}

/// Saturating.
impl std::ops::Sub<Seconds> for Moment {
    type Output = Self;
    fn sub(self, seconds: Seconds) -> Self {
        Self(self.0.saturating_sub(seconds.0))
    }
}

/// Saturating.
impl std::ops::Sub for Moment {
    type Output = Seconds;
    fn sub(self, earlier: Self) -> Seconds {
        Seconds(self.0.saturating_sub(earlier.0))
    }
}

/// In UTC: `YYYY-MM-DDTHH:MM:SSZ`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&Stamp::new(self.0, None).to_string())
    }
}

/// Why a text is not a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date and time of the form YYYY-MM-DDTHH:MM:SS+HH:MM")]
pub struct ParseMomentError;

/// Reads a date and time with its offset from UTC, or `Z`; without one it is UTC.
impl FromStr for Moment {
    type Err = ParseMomentError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let stamp: Stamp = text.parse()?;
        Ok(Self(stamp.local - i64::from(stamp.offset.unwrap_or(0))))
    }
}

/// A date and time as a clock shows it, with its offset from UTC where that is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Seconds since 1970-01-01T00:00:00 of the clock.
    pub local: i64,
    /// How many seconds the clock is ahead of UTC.
    pub offset: Option<i32>,
}

impl Stamp {
    pub(crate) const fn new(local: i64, offset: Option<i32>) -> Self {
        Self { local, offset }
    }

    /// A time of day on a date; parts of a second are rounded up.
    pub(crate) const fn of(date: Date, time: TimeOfDay) -> Self {
        let seconds = time.0.div_ceil(1_000_000_000) as i64;
        Self::new(date.0 as i64 * Moment::DAY + seconds, None)
    }

    /// The time of day.
    pub(crate) const fn time(self) -> TimeOfDay {
        TimeOfDay(self.local.rem_euclid(Moment::DAY) as u64 * 1_000_000_000)
    }

    /// The date.
    pub(crate) const fn date(self) -> Date {
        Date(self.local.div_euclid(Moment::DAY) as i32)
    }
}

/// `YYYY-MM-DDTHH:MM:SS+HH:MM`, with the seconds of an offset that has some; `Z` without an offset.
impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = self.local.rem_euclid(Moment::DAY);
        write!(f, "{}T{:02}:{:02}:{:02}", self.date(), s / 3_600, s / 60 % 60, s % 60)?;
        let Some(offset) = self.offset else {
            return f.write_str("Z");
        };
        let (sign, ahead) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
        write!(f, "{sign}{:02}:{:02}", ahead / 3_600, ahead / 60 % 60)?;
        match ahead % 60 {
            0 => Ok(()),
            seconds => write!(f, ":{seconds:02}"),
        }
    }
}

impl FromStr for Stamp {
    type Err = ParseMomentError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (date, time) = text.split_once('T').ok_or(ParseMomentError)?;
        let at = time.find(['Z', '+', '-']).unwrap_or(time.len());
        let (clock, offset) = time.split_at_checked(at).ok_or(ParseMomentError)?;
        let (minutes, seconds) = clock.rsplit_once(':').ok_or(ParseMomentError)?;
        let date: Date = date.parse().map_err(|_| ParseMomentError)?;
        let minutes: TimeOfDay = minutes.parse().map_err(|_| ParseMomentError)?;
        let seconds = sixtieths(seconds)?;
        Ok(Self {
            local: Self::of(date, minutes).local + i64::from(seconds),
            offset: offset_of(offset)?,
        })
    }
}

/// Two digits below 60.
fn sixtieths(text: &str) -> Result<i32, ParseMomentError> {
    let two = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    let value = text.parse().ok().filter(|s| two && *s < 60);
    value.ok_or(ParseMomentError)
}

/// Nothing, `Z`, or an offset of less than a day in hours and minutes, or also seconds.
fn offset_of(text: &str) -> Result<Option<i32>, ParseMomentError> {
    if text.is_empty() || text == "Z" {
        return Ok((text == "Z").then_some(0));
    }
    let (sign, ahead) = text.split_at(1);
    let mut parts = ahead.split(':');
    let mut next = || parts.next().map(sixtieths).transpose();
    let (Some(hours), Some(minutes)) = (next()?, next()?) else {
        return Err(ParseMomentError);
    };
    let seconds = next()?.unwrap_or(0);
    if hours > 23 || parts.next().is_some() {
        return Err(ParseMomentError);
    }
    let ahead = (hours * 60 + minutes) * 60 + seconds;
    Ok(Some(if sign == "-" { -ahead } else { ahead }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_know_their_weekday_and_text() {
        for (text, days, weekday) in [
            ("1970-01-01", 0, 4),
            ("2026-11-22", 20_779, 7),
            ("2000-02-29", 11_016, 2),
            ("1969-12-31", -1, 3),
        ] {
            let date: Date = text.parse().unwrap();
            assert_eq!(
                (date.days(), date.iso_weekday(), date.to_string()),
                (days, weekday, text.to_owned())
            );
        }
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-1-01",
            "26-01-01",
            "2026-01-0a",
            "0000-01-01",
            "2026-00-10",
        ] {
            assert_eq!(text.parse::<Date>(), Err(ParseDateError), "{text}");
        }
    }

    #[test]
    fn moments_are_exact() {
        for text in ["2026-03-02T09:00:00Z", "1969-12-31T23:59:59Z", "2026-02-28T00:00:01Z"] {
            assert_eq!(text.parse::<Moment>().unwrap().to_string(), text);
        }
        let at = |text: &str| text.parse::<Moment>().unwrap();
        assert_eq!(at("1970-01-01T09:00:07"), Moment(9 * 3_600 + 7));
        assert_eq!(at("2026-03-02T10:30:00+01:30"), at("2026-03-02T09:00:00Z"));
        assert_eq!(at("2026-03-02T05:59:30-03:00:30"), at("2026-03-02T09:00:00Z"));
        // The two times at which a clock in Paris shows half past two.
        assert_eq!(
            at("2026-10-25T02:30:00+01:00") - at("2026-10-25T02:30:00+02:00"),
            Seconds(3_600)
        );
        for text in [
            "2026-03-02",
            "2026-03-02T09:00",
            "2026-03-02T09:00:60",
            "2026-03-02T9:00:00",
            "2026-03-02T09:00:+1",
            "2026-03-02T09:00:00+1",
            "2026-03-02T09:00:00+01",
            "2026-03-02T09:00:00+24:00",
            "2026-03-02T09:00:00+01:60",
            "2026-03-02T09:00:00+01:00:00:00",
            "2026-03-02T09:00:00z",
            "2026-03-02T09:00:00ZZ",
            "2026-03-02T09:00:00Z+01:00",
            "2026-03-02T09:00:00é",
        ] {
            assert_eq!(text.parse::<Moment>(), Err(ParseMomentError), "{text}");
        }
    }

    #[test]
    fn moments_of_timestamps_are_rounded_up() {
        for (text, seconds) in [
            ("1970-01-01T00:00:01Z", 1),
            ("1970-01-01T00:00:01.000000001Z", 2),
            ("1969-12-31T23:59:58.5Z", -1),
            ("1969-12-31T23:59:59.5Z", 0),
        ] {
            let at: jiff::Timestamp = text.parse().unwrap();
            assert_eq!(Moment::from_timestamp(at), Moment(seconds), "{text}");
        }
    }

    #[test]
    fn times_are_checked() {
        assert_eq!("17:05".parse::<TimeOfDay>().unwrap().to_string(), "17:05");
        for text in ["24:00", "12:60", "1:00", "12:0", "12-00", "ab:cd"] {
            assert_eq!(text.parse::<TimeOfDay>(), Err(ParseTimeError), "{text}");
        }
    }
}
