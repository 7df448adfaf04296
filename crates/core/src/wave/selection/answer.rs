//! The answer of wave selection: orders, aisles, and what is proved about them.

use std::cmp::Ordering;
use std::fmt;

use crate::index::{AisleIdx, OrderIdx};
use crate::plan::LimitReached;

/// Units per visited aisle, as an exact fraction; not reduced, so that it tells both numbers.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    /// Units of the wave.
    pub units: u64,
    /// Visited aisles, at least 1.
    pub aisles: u64,
}

impl Ratio {
    /// A fraction; no aisle counts as one.
    #[must_use]
    pub fn new(units: u64, aisles: u64) -> Self {
        Self {
            units,
            aisles: aisles.max(1),
        }
    }

    /// The nearest float, for reports.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.units as f64 / self.aisles as f64
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (u128::from(self.units), u128::from(other.units));
        (a * u128::from(other.aisles)).cmp(&(b * u128::from(self.aisles)))
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ratio {}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.units, self.aisles)
    }
}

/// How much is known about a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SelectionStatus {
    /// The bound equals the ratio: no feasible wave has more units per aisle.
    Optimal,
    /// A feasible wave.
    Feasible,
    /// It is proved that no wave keeps the limits; the selection is empty.
    Infeasible,
    /// No feasible wave was found, and none is proved impossible; the selection is empty.
    Unknown,
}

impl SelectionStatus {
    /// The word of reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::Feasible => "feasible",
            Self::Infeasible => "infeasible",
            Self::Unknown => "unknown",
        }
    }
}

/// Which orders to release as one wave, and the aisles to visit for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Orders of the wave, rising.
    pub orders: Vec<OrderIdx>,
    /// Aisles to visit, rising.
    pub aisles: Vec<AisleIdx>,
    /// Units of the orders.
    pub units: u64,
    /// No feasible wave has a larger ratio; `None` where nothing was proved, and where there is no feasible wave.
    pub bound: Option<Ratio>,
    /// How much is known.
    pub status: SelectionStatus,
    /// What ended the run before it had nothing more to do.
    pub limit: Option<LimitReached>,
    /// Work done, to repeat the run under a work limit.
    pub work: u64,
}

impl Selection {
    /// Units per visited aisle; `None` of an empty selection.
    #[must_use]
    pub fn ratio(&self) -> Option<Ratio> {
        (!self.aisles.is_empty()).then(|| Ratio::new(self.units, self.aisles.len() as u64))
    }

    /// How far the ratio can be below the best, as a share of the bound; `None` where nothing was proved.
    #[must_use]
    pub fn gap(&self) -> Option<f64> {
        let (bound, ratio) = (self.bound?, self.ratio()?);
        if ratio >= bound {
            return Some(0.0);
        }
        Some(1.0 - ratio.as_f64() / bound.as_f64())
    }
}
