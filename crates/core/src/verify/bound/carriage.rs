//! When what goes from a node leaves and arrives within a span of days.

use crate::cost::calendar;
use crate::cost::departures::Departure;
use crate::index::NodeIdx;
use crate::model::Problem;
use crate::quantity::Date;

/// When a service arrives if it leaves within a stop of the node; `None` where it does not.
pub(super) fn arrives(problem: &Problem, departure: &Departure, node: NodeIdx, stop: Stop) -> Option<Date> {
    match stop.from.filter(|&from| from > departure.leaves) {
        None => stop.holds(departure.leaves).then_some(departure.arrives),
        Some(from) => {
            let leaves = calendar::leaves_from(problem, departure.service, node, Some(from));
            let arrives = || calendar::arrives(problem, departure.service, leaves, departure.transit_days);
            stop.holds(leaves).then(arrives)
        }
    }
}

/// Days between two dates on which more of an order's SKUs comes to a node: all that leaves within them takes from the same
/// stock rows. `None` = without limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stop {
    pub(super) from: Option<Date>,
    pub(super) until: Option<Date>,
}

impl Stop {
    /// Whether a day is one of it.
    pub(super) fn holds(self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    /// The stops between dates, which rise.
    pub(super) fn between(dates: &[Date]) -> impl Iterator<Item = Self> {
        let from = std::iter::once(None).chain(dates.iter().copied().map(Some));
        let until = dates.iter().copied().map(Some).chain([None]);
        from.zip(until).map(|(from, until)| Self { from, until })
    }
}
