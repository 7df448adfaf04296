//! The definition of what a plan of waves is worth: slow, obvious and complete. `docs/floor.md` says the same in words.
//!
//! ```text
//! objective  = (no_time, late_shipments, late, tight, labour, waves, unevenness), the first that differs decides
//! no_time    = shipments without a picker who has time for them
//! late       = sum over shipments of  max(0, departs - due);  late_shipments counts those above 0
//!              departs = the first departure of its service, not before its wave's end, that has room for its parcels;
//!              shipments get room by rising (due, priority, number)
//! tight      = shipments that are not late, with end of the wave > due - safety
//! labour     = sum over tours of  end - start
//!              end  = start + ceil(s + walking), in whole seconds, with
//!              s       = per_tour + per_stop x stops + per_line x picks + per_unit x units
//!              walking = ceil(1000 x millimetres / (millimetres per second)) thousandths of a second
//! end        = of a wave: max(its last tour's end, end of the wave packed before it) + ceil(packing / packers)
//!              packing = sum over shipments of  pack_shipment + pack_line x lines + pack_unit x units
//!              waves of a node are packed in the order in which their last tours end
//! unevenness = sum over moments of release at a node of  (lines released then)^2
//! ```
//!
//! [`tasks`] says what there is to do and what cannot be done, [`departures`] when it must leave, [`times`] how long it
//! takes, [`walk`] how far it is, and [`price_waves`] makes a plan of a decision.

pub mod content;
pub mod departures;
mod price;
pub mod tasks;
pub mod times;
pub mod walk;

pub use price::price_waves;
pub use tasks::{Task, Workload, workload};
