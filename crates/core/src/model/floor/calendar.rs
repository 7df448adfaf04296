//! What comes on certain days: shifts and departures.

use super::LocalClock;
use crate::index::{ServiceIdx, Sym};
use crate::model::Weekdays;
use crate::quantity::{Date, Moment, TimeOfDay};

/// The days on which something is: every week, or once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Days {
    /// Every week on these weekdays.
    Weekly(Weekdays),
    /// On this date only.
    On(Date),
}

impl Days {
    /// Whether the date is one of them.
    #[must_use]
    pub fn contains(self, date: Date) -> bool {
        match self {
            Self::Weekly(days) => days.contains(date.iso_weekday()),
            Self::On(day) => day == date,
        }
    }
}

/// A row of `shifts.csv`: some pickers who work from one time of day to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Its id, unique on its floor.
    pub id: Sym,
    /// The days on which it begins.
    pub days: Days,
    /// When it begins.
    pub start: TimeOfDay,
    /// When it ends; at or before the start means on the next day.
    pub end: TimeOfDay,
    /// How many pickers work in it, at least 1.
    pub pickers: u32,
}

impl Shift {
    /// When the shift that begins on a date begins and ends by the clock of its node; `None` where none begins on it, or the
    /// clock leaves nothing of it.
    #[must_use]
    pub fn on(&self, date: Date, clock: &LocalClock) -> Option<(Moment, Moment)> {
        if !self.days.contains(date) || !clock.has(date) {
            return None;
        }
        let last = if self.end <= self.start { date.next() } else { date };
        let (start, end) = (clock.moment(date, self.start), clock.moment(last, self.end));
        (start < end).then_some((start, end))
    }
}

/// A row of `departures.csv`: a carrier leaves the node at a time of day. What is packed by then goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// The service.
    pub service: ServiceIdx,
    /// The days on which it leaves.
    pub days: Days,
    /// By when a shipment must be packed.
    pub time: TimeOfDay,
    /// Most parcels that one departure takes; `None` = no limit.
    pub max_parcels: Option<u32>,
}

impl Departure {
    /// When it leaves on a date by the clock of its node; `None` where it does not.
    #[must_use]
    pub fn on(&self, date: Date, clock: &LocalClock) -> Option<Moment> {
        let leaves = self.days.contains(date) && clock.has(date);
        leaves.then(|| clock.moment(date, self.time))
    }
}
