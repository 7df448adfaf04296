//! Measures as integers: money, weight, volume, distance, dates and times of day, each in one fixed scale.
//!
//! Nothing that a plan states comes from a float. Money is held in ten-thousandths of the currency, weight in grams,
//! volume in cubic centimetres, walking distance in millimetres, dates as days since 1970-01-01, moments as seconds since then in UTC. The ranges named here are checked when input is read, so
//! that sums over any problem stay inside `i64`; and the arithmetic of every measure is checked besides, whatever the profile of
//! the program that uses it (`arithmetic`).

mod arithmetic;
mod measure;
mod money;
#[cfg(feature = "serde")]
mod text;
mod time;

pub use measure::{Distance, Grams, ParseDistanceError, Percent, Volume};
pub use money::{Money, ParseDecimalError};
pub(crate) use time::Stamp;
pub use time::{Date, Millis, Moment, ParseDateError, ParseMomentError, ParseTimeError, Seconds, TimeOfDay};

/// Largest money amount that one cell of the input may state, in ten-thousandths: a thousand million.
pub const MAX_MONEY_CELL: i64 = 1_000_000_000 * Money::SCALE;
/// Largest quantity (units, capacity, workload) that one cell of the input may state.
pub const MAX_COUNT: u32 = 1_000_000_000;
/// Largest unit weight in grams (100 tonnes) and unit volume in cm3 (100 m3) that one cell may state.
pub const MAX_MEASURE: i64 = 100_000_000;
