//! The floors: what the nodes' pickers walk through, what they work with, and when what they pick must leave.
//!
//! Input is gathered in a [`FloorDraft`] and turned into [`Floors`] by [`validate::check_floors`](crate::validate), against
//! the [`Problem`](super::Problem) whose nodes they are of. `docs/floor.md` is the same in words.
//!
//! A [`Floor`] is of one node and numbers its own pick locations, carts, shifts and departures. All times are [`Moment`]s
//! on the node's clock.
//!
//! [`Moment`]: crate::quantity::Moment

mod calendar;
mod clock;
mod draft;
mod goods;
mod means;
mod node;
mod rules;

pub use calendar::{Days, Departure, Shift};
pub use clock::{LocalClock, ReadMomentError};
pub use draft::{
    AislePlan, CartInput, DepartureInput, EdgeInput, FloorDraft, FloorSettingsInput, FloorTable, LayoutInput,
    LocationInput, LocationStockInput, PriorityInput, SettingsOf, ShiftInput,
};
pub use goods::{LocationStock, PickLocation};
pub use means::{Bins, Capacity, Cart, Rates};
pub(crate) use node::FloorParts;
pub use node::{Floor, Floors, OpenShipments, PriorityRule, PriorityService};
pub use rules::{DEFAULT_PRIORITY, GroupKey, PickMethod, ReleaseMode, WaveLimits, WaveRules};
