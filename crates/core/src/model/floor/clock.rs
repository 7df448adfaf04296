//! The clock on the wall of a node: which moment a time of day on a date is, and what the clock shows at a moment.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::quantity::{Date, Moment, Stamp, TimeOfDay};

/// The clock of a time zone.
///
/// A time of day that the clock skips, in the night to summer time, is as much later as is skipped: 02:30 is when the clock
/// shows 03:30. One that it shows twice is the first of both. (So do RFC 5545 and the libraries of most languages.)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalClock(TimeZone);

/// Why a text is not a moment that the clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadMomentError {
    /// Not a date and time.
    #[error("not a moment of the form YYYY-MM-DDTHH:MM:SS+HH:MM")]
    Syntax,
    /// The clock goes from before to after it.
    #[error("a time that the clock of the node skips")]
    Skipped,
    /// The clock shows it twice, and no offset tells which is meant.
    #[error("a time that the clock of the node shows twice: give its offset from UTC")]
    Twice,
}

impl LocalClock {
    pub(crate) const fn new(zone: TimeZone) -> Self {
        Self(zone)
    }

    /// The moment at which the clock shows a time of day on a date; parts of a second are rounded up.
    #[must_use]
    pub fn moment(&self, date: Date, time: TimeOfDay) -> Moment {
        self.resolve(Stamp::of(date, time).local)
    }

    /// The first moment of a date.
    #[must_use]
    pub fn midnight(&self, date: Date) -> Moment {
        self.resolve(i64::from(date.days()) * Moment::DAY)
    }

    /// What date the clock shows.
    #[must_use]
    pub fn date(&self, at: Moment) -> Date {
        self.stamp(at).date()
    }

    /// What time of day the clock shows.
    #[must_use]
    pub fn time(&self, at: Moment) -> TimeOfDay {
        self.stamp(at).time()
    }

    /// Whether the clock ever shows a date: a zone that moves across the date line skips one.
    #[must_use]
    pub fn has(&self, date: Date) -> bool {
        self.date(self.midnight(date)) == date
    }

    /// What the clock shows, with its offset from UTC: `2026-10-25T02:30:00+02:00`.
    #[must_use]
    pub fn show(&self, at: Moment) -> impl fmt::Display + use<> {
        self.stamp(at)
    }

    /// Reads what a clock shows: with an offset from UTC any moment, without one a time that this clock shows once.
    ///
    /// # Errors
    /// Where the text is none.
    pub fn read(&self, text: &str) -> Result<Moment, ReadMomentError> {
        let stamp: Stamp = text.parse().map_err(|_| ReadMomentError::Syntax)?;
        if let Some(offset) = stamp.offset {
            return Ok(Moment(stamp.local - i64::from(offset)));
        }
        match self.offset(stamp.local) {
            Some(AmbiguousOffset::Gap { .. }) => Err(ReadMomentError::Skipped),
            Some(AmbiguousOffset::Fold { .. }) => Err(ReadMomentError::Twice),
            Some(AmbiguousOffset::Unambiguous { .. }) | None => Ok(self.resolve(stamp.local)),
        }
    }

    fn stamp(&self, at: Moment) -> Stamp {
        // Beyond the calendar (years -9999 to 9999) the clock is that of UTC.
        let ahead = Timestamp::from_second(at.0).map_or(0, |at| self.0.to_offset(at).seconds());
        Stamp::new(at.0.saturating_add(ahead.into()), Some(ahead))
    }

    /// The offset at a local time in seconds since 1970-01-01T00:00:00 of the clock; `None` beyond the calendar.
    fn offset(&self, local: i64) -> Option<AmbiguousOffset> {
        let as_utc = Timestamp::from_second(local).ok()?;
        let civil = TimeZone::UTC.to_datetime(as_utc);
        Some(self.0.to_ambiguous_timestamp(civil).offset())
    }

    fn resolve(&self, local: i64) -> Moment {
        let ahead = match self.offset(local) {
            Some(AmbiguousOffset::Unambiguous { offset }) => offset,
            // What is skipped is told by the offset before, what is shown twice is the first.
            Some(AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. }) => before,
            None => return Moment(local),
        };
        Moment(local - i64::from(ahead.seconds()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(zone: &str) -> LocalClock {
        LocalClock::new(TimeZone::get(zone).unwrap())
    }

    fn at(clock: &LocalClock, date: &str, time: &str) -> String {
        let moment = clock.moment(date.parse().unwrap(), time.parse().unwrap());
        clock.show(moment).to_string()
    }

    /// Seconds from one midnight to the next.
    fn length(zone: &str, date: &str) -> i64 {
        let (clock, date) = (clock(zone), date.parse::<Date>().unwrap());
        (clock.midnight(date.next()) - clock.midnight(date)).0
    }

    #[test]
    fn days_with_a_change_of_the_clock_are_shorter_or_longer() {
        for (zone, date, hours) in [
            ("Europe/Paris", "2026-03-29", 23.0),
            ("Europe/Paris", "2026-10-25", 25.0),
            ("Europe/Paris", "2026-03-02", 24.0),
            ("America/New_York", "2026-03-08", 23.0),
            ("America/New_York", "2026-11-01", 25.0),
            ("Asia/Tokyo", "2026-03-29", 24.0),
            ("Australia/Lord_Howe", "2026-10-04", 23.5),
            ("Australia/Lord_Howe", "2026-04-05", 24.5),
            ("UTC", "2026-03-29", 24.0),
            ("Pacific/Apia", "2011-12-30", 0.0),
        ] {
            assert!(
                (length(zone, date) as f64 - hours * 3_600.0).abs() < 0.5,
                "{zone} {date}"
            );
        }
    }

    #[test]
    fn skipped_times_are_later_and_times_shown_twice_the_first() {
        let paris = clock("Europe/Paris");
        for (date, time, shown) in [
            ("2026-03-29", "01:59", "2026-03-29T01:59:00+01:00"),
            ("2026-03-29", "02:30", "2026-03-29T03:30:00+02:00"),
            ("2026-03-29", "03:00", "2026-03-29T03:00:00+02:00"),
            ("2026-10-25", "02:30", "2026-10-25T02:30:00+02:00"),
            ("2026-10-25", "03:00", "2026-10-25T03:00:00+01:00"),
        ] {
            assert_eq!(at(&paris, date, time), shown);
        }
        // A change at midnight: the day begins at one.
        let cairo = clock("Africa/Cairo");
        assert_eq!(at(&cairo, "2026-04-24", "00:00"), "2026-04-24T01:00:00+03:00");
        assert_eq!(
            cairo.date(cairo.midnight("2026-04-24".parse().unwrap())).to_string(),
            "2026-04-24"
        );
        assert!(!clock("Pacific/Apia").has("2011-12-30".parse().unwrap()));
        assert!(paris.has("2026-03-29".parse().unwrap()));
    }

    #[test]
    fn what_the_clock_shows_is_read_as_the_same_moment() {
        for (zone, from) in [
            ("Europe/Paris", "2026-03-28T23:00:00Z"),
            ("Europe/Paris", "2026-10-24T22:00:00Z"),
            ("America/New_York", "2026-11-01T04:00:00Z"),
            ("Australia/Lord_Howe", "2026-04-04T14:00:00Z"),
            ("Asia/Kolkata", "2026-10-24T22:00:00Z"),
        ] {
            let (clock, from) = (clock(zone), from.parse::<Moment>().unwrap());
            let mut shown = std::collections::BTreeSet::new();
            for n in 0..100 {
                let moment = Moment(from.0 + 300 * n);
                let text = clock.show(moment).to_string();
                assert_eq!(clock.read(&text), Ok(moment));
                assert!(shown.insert(text), "one text is of one moment");
            }
        }
        let paris = clock("Europe/Paris");
        assert_eq!(paris.read("2026-03-29T02:30:00"), Err(ReadMomentError::Skipped));
        assert_eq!(paris.read("2026-10-25T02:30:00"), Err(ReadMomentError::Twice));
        assert_eq!(paris.read("2026-10-25"), Err(ReadMomentError::Syntax));
        assert_eq!(paris.read("2026-03-02T10:00:00"), paris.read("2026-03-02T09:00:00Z"));
    }
}
