//! The question of wave selection: the open orders, what each aisle holds, and how many units a wave may have.

use std::ops::RangeInclusive;

use crate::Error;
use crate::index::{AisleIdx, IndexVec, OrderIdx, SkuIdx};

/// Most units that a wave, an order line, or a cell of stock may have: sums of them stay far inside 64 bits.
const MOST_UNITS: u64 = 1 << 40;

/// Units of one SKU: a line of an order, or what one aisle holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SkuUnits {
    /// The SKU.
    pub sku: SkuIdx,
    /// How many units of it.
    pub units: u32,
}

impl SkuUnits {
    /// `units` of a SKU.
    #[must_use]
    pub const fn new(sku: SkuIdx, units: u32) -> Self {
        Self { sku, units }
    }
}

/// The backlog of one node. Orders are all or nothing; a wave has at least one, and is feasible where its units are within the limits and the
/// visited aisles together hold what it takes of every SKU.
#[derive(Clone, Debug)]
pub struct Backlog {
    orders: IndexVec<OrderIdx, Vec<SkuUnits>>,
    aisles: IndexVec<AisleIdx, Vec<SkuUnits>>,
    least_units: u64,
    most_units: u64,
}

impl Backlog {
    /// A backlog of orders and aisles. Lines of one order (cells of one aisle) that name the same SKU are added up, and
    /// those of no units are left out.
    ///
    /// # Errors
    /// Where the limits are empty (least above most), where there are more than 2^31 orders, aisles or SKUs, or where the
    /// units of an order or of a SKU are more than 2^31 - 1 in all.
    pub fn new(
        orders: Vec<Vec<SkuUnits>>,
        aisles: Vec<Vec<SkuUnits>>,
        units: RangeInclusive<u64>,
    ) -> Result<Self, Error> {
        let (least_units, most_units) = units.into_inner();
        if least_units > most_units {
            return Err(Error::options(format!(
                "a wave cannot have at least {least_units} and at most {most_units} units"
            )));
        }
        if least_units > MOST_UNITS {
            return Err(Error::options(format!("a wave has at most {MOST_UNITS} units")));
        }
        let limit = i32::MAX as usize;
        let skus = || orders.iter().chain(&aisles).flatten().map(|c| c.sku.0 as usize);
        if orders.len() >= limit || aisles.len() >= limit || skus().any(|s| s >= limit) {
            return Err(Error::options("more than 2^31 orders, aisles or SKUs"));
        }
        let merged = |rows: Vec<Vec<SkuUnits>>, what: &str| -> Result<Vec<Vec<SkuUnits>>, Error> {
            rows.into_iter()
                .enumerate()
                .map(|(n, row)| add_up(row, what, n))
                .collect()
        };
        Ok(Self {
            orders: IndexVec::from_vec(merged(orders, "order")?),
            aisles: IndexVec::from_vec(merged(aisles, "aisle")?),
            least_units,
            most_units: most_units.min(MOST_UNITS),
        })
    }

    /// The lines of each order, by rising SKU.
    #[must_use]
    pub const fn orders(&self) -> &IndexVec<OrderIdx, Vec<SkuUnits>> {
        &self.orders
    }

    /// What each aisle holds, by rising SKU.
    #[must_use]
    pub const fn aisles(&self) -> &IndexVec<AisleIdx, Vec<SkuUnits>> {
        &self.aisles
    }

    /// The least units of a wave.
    #[must_use]
    pub const fn least_units(&self) -> u64 {
        self.least_units
    }

    /// The most units of a wave.
    #[must_use]
    pub const fn most_units(&self) -> u64 {
        self.most_units
    }
}

/// One row with each SKU once.
fn add_up(mut row: Vec<SkuUnits>, what: &str, n: usize) -> Result<Vec<SkuUnits>, Error> {
    row.sort_unstable_by_key(|c| c.sku);
    let mut merged: Vec<SkuUnits> = Vec::with_capacity(row.len());
    let mut total = 0_u64;
    for cell in row.into_iter().filter(|c| c.units > 0) {
        total += u64::from(cell.units);
        if total > i32::MAX as u64 {
            return Err(Error::options(format!("{what} {n} has more than 2^31 - 1 units")));
        }
        match merged.last_mut() {
            Some(last) if last.sku == cell.sku => last.units += cell.units,
            _ => merged.push(cell),
        }
    }
    Ok(merged)
}
