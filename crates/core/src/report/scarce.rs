//! What is scarce at which node, and what it is worth: by the shadow prices of a plan and its cuts together.
//!
//! A row of the bound (stock of a SKU at a node, or one of the node's limits) is charged at its price times what there is of it, and a
//! cut over the row at its price times its right-hand side. The sum is what all of the thing is worth at the prices of the bound. Prices
//! alone tell too little where cuts have taken their place.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::routing::{by_node, money};
use crate::index::{Idx as _, NodeIdx, SkuIdx};
use crate::model::Problem;
use crate::plan::{CutResource, RoutingPlan};
use crate::quantity::{Date, Money};

/// What may be scarce at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScarceThing {
    /// Stock of a SKU.
    Stock(SkuIdx),
    /// `max_shipments`.
    Shipments,
    /// `max_lines`.
    Lines,
    /// `max_units`.
    Units,
}

impl ScarceThing {
    /// The word of `prices.csv`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stock(_) => "stock",
            Self::Shipments => "shipments",
            Self::Lines => "lines",
            Self::Units => "units",
        }
    }
}

/// Something that a plan is short of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scarce {
    /// The node.
    pub node: NodeIdx,
    /// What of it.
    pub thing: ScarceThing,
    /// How much there is, of all dates.
    pub available: u64,
    /// How much of it the plan uses.
    pub used: u64,
    /// Price of one more of it by the rows alone, of all dates.
    pub price: Money,
    /// How many cuts are over it.
    pub cuts: u32,
    /// What all of it is worth, prices and cuts together.
    pub worth: Money,
}

impl Scarce {
    /// What one of it is worth on average, prices and cuts together; the price where there is none of it.
    #[must_use]
    pub fn each(&self) -> Money {
        match i128::from(self.available) {
            0 => self.price,
            many => money(i128::from(self.worth.ten_thousandths()) / many),
        }
    }
}

/// Everything that has a price or a cut, by falling worth, then price, then node.
#[must_use]
pub fn scarce(problem: &Problem, plan: &RoutingPlan) -> Vec<Scarce> {
    let mut charged: BTreeMap<(NodeIdx, ScarceThing), Charged> = BTreeMap::new();
    let mut row = |node, thing, price: Money, available: u64| {
        let of = charged.entry((node, thing)).or_default();
        of.price += i128::from(price.ten_thousandths());
        of.worth += i128::from(price.ten_thousandths()) * i128::from(available);
    };
    let prices = &plan.prices;
    for &(node, sku, price) in &prices.stock {
        row(node, ScarceThing::Stock(sku), price, stock(problem, node, sku, None));
    }
    for &(node, sku, date, price) in &prices.incoming {
        row(
            node,
            ScarceThing::Stock(sku),
            price,
            stock(problem, node, sku, Some(date)),
        );
    }
    let limit = |node: NodeIdx, of: fn(&crate::model::Node) -> Option<u32>| {
        let limit = problem.nodes().get(node).and_then(of);
        limit.map_or(0, u64::from)
    };
    for &(node, price) in &prices.shipments {
        row(node, ScarceThing::Shipments, price, limit(node, |n| n.max_shipments));
    }
    for &(node, price) in &prices.lines {
        row(node, ScarceThing::Lines, price, limit(node, |n| n.max_lines));
    }
    for &(node, price) in &prices.units {
        row(node, ScarceThing::Units, price, limit(node, |n| n.max_units));
    }
    for cut in &prices.cuts {
        let thing = match cut.resource {
            CutResource::Stock(sku) => ScarceThing::Stock(sku),
            CutResource::Units => ScarceThing::Units,
        };
        let of = charged.entry((cut.node, thing)).or_default();
        of.cuts += 1;
        of.worth += i128::from(cut.price.ten_thousandths()) * i128::from(cut.rhs);
    }
    with_use(problem, plan, &charged)
}

/// What is charged for a thing, in ten-thousandths.
#[derive(Default)]
struct Charged {
    price: i128,
    worth: i128,
    cuts: u32,
}

/// Units of a SKU that are at a node by the row of a date, those of earlier dates included.
fn stock(problem: &Problem, node: NodeIdx, sku: SkuIdx, date: Option<Date>) -> u64 {
    if problem.items().get(sku).is_none() {
        return 0;
    }
    let row = problem.stock_row_of(node, sku, date);
    let row = row.and_then(|row| problem.stock().get(row.get()));
    row.map_or(0, |row| u64::from(row.available))
}

/// The things with what there is and what the plan uses of them; those that the problem does not have are left out.
fn with_use(problem: &Problem, plan: &RoutingPlan, charged: &BTreeMap<(NodeIdx, ScarceThing), Charged>) -> Vec<Scarce> {
    let nodes = by_node(problem, plan);
    let mut taken: BTreeMap<(NodeIdx, SkuIdx), u64> = BTreeMap::new();
    for row in &plan.assignments {
        if let Some(line) = problem.lines().get(row.line) {
            *taken.entry((row.node, line.sku)).or_default() += u64::from(row.qty);
        }
    }
    let use_of = |node: NodeIdx, thing: ScarceThing| -> Option<(u64, u64)> {
        let of = nodes.get(node.get())?;
        let limit = |of: super::LimitUse| (of.limit.map_or(0, u64::from), of.used);
        Some(match thing {
            ScarceThing::Stock(sku) => {
                problem.items().get(sku)?;
                let taken = taken.get(&(node, sku)).copied().unwrap_or(0);
                (problem.available(node, sku).into(), taken)
            }
            ScarceThing::Shipments => limit(of.shipment_limit),
            ScarceThing::Lines => limit(of.line_limit),
            ScarceThing::Units => limit(of.unit_limit),
        })
    };
    let mut all: Vec<Scarce> = charged
        .iter()
        .filter_map(|(&(node, thing), of)| {
            let (available, used) = use_of(node, thing)?;
            Some(Scarce {
                node,
                thing,
                available,
                used,
                price: money(of.price),
                cuts: of.cuts,
                worth: money(of.worth),
            })
        })
        .collect();
    all.sort_by_key(|s| (Reverse((s.worth, s.price)), s.node, s.thing));
    all
}
