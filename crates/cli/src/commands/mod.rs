//! The commands, one file each: its options, its help, and what it does.

mod completions;
mod generate;
mod man;
mod plan;
mod price;
mod reading;
mod route;
mod select;
mod table_file;
mod target;
mod tour;
mod validate;
mod verify;
mod waves;
mod work;

pub(crate) use completions::Completions;
pub(crate) use generate::Generate;
pub(crate) use man::Man;
pub(crate) use plan::Plan;
pub(crate) use price::Price;
pub(crate) use route::Route;
pub(crate) use select::{Chosen, Select};
pub(crate) use tour::{Tour, Walk};
pub(crate) use validate::Validate;
pub(crate) use verify::Verify;
pub(crate) use waves::Waves;
pub(crate) use work::is_of_shipments;
