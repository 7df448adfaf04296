//! Orders, their lines and where they go.

use std::ops::Range;

use super::Place;
use crate::index::{DestIdx, LineIdx, NodeIdx, OrderIdx, SkuIdx, Sym};
use crate::quantity::{Date, Money};

/// Where an order goes; orders with the same country, postcode and coordinates share one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Destination {
    /// ISO 3166 alpha-2 country code, as text; may be empty.
    pub country: Sym,
    /// Postcode; may be empty.
    pub postcode: Sym,
    /// Coordinates, where given.
    pub place: Option<Place>,
}

/// One customer order. Its id is in [`Problem::order_ids`](super::Problem::order_ids).
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Where it goes.
    pub destination: DestIdx,
    /// Sales channel; may be empty. No rule depends on it.
    pub channel: Sym,
    /// Promised date; later arrival costs the late penalty.
    pub deliver_by: Option<Date>,
    /// Most shipments that it may be split into; `None` = unlimited.
    pub max_shipments: Option<u32>,
    /// Every line is filled whole, or nothing ships.
    pub ship_complete: bool,
    /// The customer collects there: lines come from this node only, by the built-in service `pickup`.
    pub pickup_node: Option<NodeIdx>,
    /// Position of its first line.
    pub(crate) first_line: u32,
    /// Position after its last line.
    pub(crate) end_line: u32,
}

impl Order {
    /// Positions of its lines.
    #[must_use]
    pub const fn line_range(&self) -> Range<u32> {
        self.first_line..self.end_line
    }

    /// Its lines, in the order of `lines.csv`.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = LineIdx> + DoubleEndedIterator + Clone + use<> {
        self.line_range().map(LineIdx)
    }
}

/// One line of an order: a quantity of one SKU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The order.
    pub order: OrderIdx,
    /// Its id, unique within the order.
    pub id: Sym,
    /// What is ordered.
    pub sku: SkuIdx,
    /// Units ordered, at least 1.
    pub qty: u32,
    /// Cost per unit left unfilled: the line's own, or the problem's default.
    pub unfilled_penalty: Money,
    /// This line may ship from this node only.
    pub pin: Option<NodeIdx>,
    /// Lines of an order with the same group ship from one node together, or stay unfilled together.
    pub group: Option<Sym>,
    /// The line may be filled from several nodes and in part. Never together with a group.
    pub divisible: bool,
}
