//! The definition of cost: slow, obvious and complete. Whatever is faster elsewhere must agree with this to the
//! ten-thousandth.
//!
//! ```text
//! total     = transport + handling + split + late + unfilled
//! transport = sum over shipments of  parcels x ((band price x (100 + fuel %) / 100) rounded half up)
//!             billable = max(weight, ceil(volume x 1000 / divisor), 1)
//!             parcels  = ceil(billable / max_parcel), each billed at ceil(billable / parcels)
//!             a pickup costs 0; a quote is the price of the whole shipment
//! handling  = sum over shipments of  shipment_cost + line_cost x lines + unit_cost x units
//! split     = sum over orders of     split_penalty x max(0, shipments - 1)
//! late      = sum over shipments of  late_penalty_per_day x calendar days after deliver_by
//! unfilled  = sum over lines of      unfilled_penalty x units left unfilled
//! ```
//!
//! One rule a file: [`lane`] finds where a service goes ([`lanes`] the same by index, [`departures`] with its times), [`calendar`] when it leaves, what it may wait for
//! and when it arrives, [`tariff`] what a parcel
//! costs, [`shipment`] what a shipment costs, [`routing`] what a plan costs and (`unfilled`) why lines stay unfilled, [`decisions`] what ships where
//! another system decided. [`waves`] is the same for the floors of the
//! nodes: times, lateness and the objective of waves.

pub mod calendar;
pub mod decisions;
pub mod departures;
pub mod lane;
pub mod lanes;
pub mod routing;
pub mod shipment;
pub mod tariff;
mod unfilled;
pub mod waves;

pub use decisions::allocation_of;
pub use routing::price_plan;
pub use shipment::{NotOffered, ShipmentCost, price_shipment, price_shipment_from};
pub use tariff::{Load, Transport};
