//! Reading `prices.csv`, `cuts.csv` and `cut_terms.csv`: what proves the bound of a plan.

use std::collections::{HashMap, HashSet};

use super::names::Names;
use super::schema::{CUT_TERMS, CUTS, DATED_PRICES};
use crate::diagnostic::{Code, Diagnostics};
use crate::index::{NodeIdx, SkuIdx};
use crate::io::cells::Cells;
use crate::io::parse::{Bad, count, date, integer, money};
use crate::io::source::Source;
use crate::io::table::read_table;
use crate::plan::{Cut, CutResource, CutTerm, ShadowPrices};
use crate::quantity::{Date, Money};

/// Reads the prices and cuts; where a file is missing, there are none. A price of 0 is left out: it says nothing.
pub(super) fn read_prices(names: &Names<'_>, from: Source<'_>, found: &mut Diagnostics) -> ShadowPrices {
    let mut prices = ShadowPrices::default();
    let mut seen = HashSet::new();
    read_table(from, &DATED_PRICES, found, |cells| {
        let Some(mut cells) = cells else { return };
        let resource = resource(names, &mut cells, 0, 2);
        let (node, price) = (names.node(&mut cells, 1), cells.required(3, money));
        let from = cells.optional(4, date);
        let date_is_sound = from.is_some() == cells.given(4).is_some();
        let (Some(resource), Some(node), Some(price), true) = (resource, node, price, date_is_sound) else {
            return;
        };
        if from.is_some() && !matches!(resource, Resource::Stock(_)) {
            cells.fault(4, Code::BAD_RESOURCE, "only stock is of a date");
        } else if !seen.insert((resource, node, from)) {
            cells.fault(0, Code::DUPLICATE_PRICE, "the resource has a price already");
        } else if price != Money::ZERO {
            add(&mut prices, resource, (node, from), price);
        }
    });
    prices.stock.sort_unstable();
    prices.incoming.sort_unstable();
    prices.shipments.sort_unstable();
    prices.lines.sort_unstable();
    prices.units.sort_unstable();
    prices.cuts = read_cuts(names, from, found);
    prices
}

/// What a price is for, beside its node.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Resource {
    Stock(SkuIdx),
    Shipments,
    Lines,
    Units,
}

fn add(prices: &mut ShadowPrices, resource: Resource, (node, from): (NodeIdx, Option<Date>), price: Money) {
    match resource {
        Resource::Stock(sku) => match from {
            None => prices.stock.push((node, sku, price)),
            Some(from) => prices.incoming.push((node, sku, from, price)),
        },
        Resource::Shipments => prices.shipments.push((node, price)),
        Resource::Lines => prices.lines.push((node, price)),
        Resource::Units => prices.units.push((node, price)),
    }
}

/// The resource of a row: a word in one column, and a SKU in another for stock only.
fn resource(names: &Names<'_>, cells: &mut Cells<'_, '_>, word: usize, sku: usize) -> Option<Resource> {
    let resource = match cells.needed(word)? {
        "stock" => return names.sku(cells, sku).map(Resource::Stock),
        "shipments" => Resource::Shipments,
        "lines" => Resource::Lines,
        "units" => Resource::Units,
        _ => {
            cells.fault(word, Code::BAD_RESOURCE, "no such resource");
            return None;
        }
    };
    if cells.given(sku).is_some() {
        cells.fault(sku, Code::BAD_RESOURCE, "only stock is of a SKU");
        return None;
    }
    Some(resource)
}

/// Position of a cut by its id; `None` where its row is faulty.
type CutIds = HashMap<String, Option<usize>>;

fn read_cuts(names: &Names<'_>, from: Source<'_>, found: &mut Diagnostics) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let (mut ids, mut whole) = (CutIds::new(), true);
    whole &= read_table(from, &CUTS, found, |cells| {
        let Some(mut cells) = cells else {
            whole = false;
            return;
        };
        let id = cells.needed(0).map(str::to_owned);
        whole &= id.is_some();
        if id.as_ref().is_some_and(|id| ids.contains_key(id)) {
            cells.fault(0, Code::DUPLICATE_CUT, "another cut has this id");
        }
        let cut = cut(names, &mut cells).filter(|_| cells.ok());
        if let Some(id) = id {
            ids.entry(id).or_insert_with(|| cut.as_ref().map(|_| cuts.len()));
        }
        cuts.extend(cut);
    });
    read_table(from, &CUT_TERMS, found, |cells| {
        let Some(mut cells) = cells else { return };
        let known = cells.needed(0).map(|id| ids.get(id));
        if matches!(known, Some(None)) && whole {
            cells.fault(0, Code::UNKNOWN_CUT, "the plan has no such cut");
        }
        let (line, coefficient) = (names.line(&mut cells, 1, 2), cells.required(3, count));
        if let (Some(Some(Some(cut))), Some(line), Some(coefficient)) = (known, line, coefficient) {
            cuts[*cut].terms.push(CutTerm { line, coefficient });
        }
    });
    for cut in &mut cuts {
        cut.terms.sort_unstable();
    }
    cuts
}

fn cut(names: &Names<'_>, cells: &mut Cells<'_, '_>) -> Option<Cut> {
    let (resource, node) = (resource(names, cells, 1, 3), names.node(cells, 2));
    let (rhs, price) = (cells.required(4, natural), cells.required(5, money));
    let resource = match resource? {
        Resource::Stock(sku) => CutResource::Stock(sku),
        Resource::Units => CutResource::Units,
        Resource::Shipments | Resource::Lines => {
            cells.fault(1, Code::BAD_RESOURCE, "a cut is over stock or units");
            return None;
        }
    };
    Some(Cut {
        node: node?,
        resource,
        rhs: rhs?,
        price: price?,
        terms: Vec::new(),
    })
}

fn natural(text: &str) -> Result<u64, Bad> {
    u64::try_from(integer(text)?).map_err(|_| (Code::OUT_OF_RANGE, "must be at least 0"))
}
