//! The question: nodes, stock, items, orders, carriers. Immutable, validated, plain data.
//!
//! Input is gathered in a [`Draft`] (by the file reader, or by hand) and turned into a [`Problem`] by
//! [`validate`](crate::validate), which is the only way to make one. So whoever holds a `Problem` may rely on every rule
//! that its types name. A [`Layout`], the floor of one node, checks itself.

mod append;
mod carrier;
mod draft;
pub mod floor;
mod input;
mod item;
mod lanes;
mod layout;
mod node;
mod order;
mod problem;
mod stock;

pub use carrier::{Band, Lane, OpenBand, Quote, RateTable, Service, Weekdays};
pub use draft::{Draft, Table};
pub(crate) use draft::{
    ExclusionRow, LaneRow, LineRow, NodeRow, OrderRow, PostcodeRow, QuoteRow, RateRow, Row, ServiceRow, StockDraftRow,
};
pub use floor::{Floor, FloorDraft, Floors};
pub use input::{
    ExclusionInput, ItemInput, LaneInput, LineInput, NodeInput, OrderInput, PostcodeInput, QuoteInput, RateInput,
    ServiceInput, SettingsInput, StockInput,
};
pub use item::Item;
pub(crate) use lanes::Shelf;
pub use layout::{AisleInput, AisleLayout, GraphLayout, Layout, LayoutError, RegularAisles, Waypoint};
pub use node::{LocalInstant, Node, NodeKind, Place};
pub use order::{Destination, Line, Order};
pub use problem::{LeftOut, Objective, Problem, Settings};
pub(crate) use problem::{Parts, RowNumbers};
pub use stock::{StockChains, StockRow};
