//! What the generator is asked for: plain data, checked.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// What kind of customers order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Households: about 2.2 lines an order, mostly single units, parcel services.
    #[default]
    B2c,
    /// Businesses: 2 to 30 lines an order, up to 48 units a line, parcels and freight.
    B2b,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 2] = [Self::B2c, Self::B2b];

    /// The word of the command line: `b2c` or `b2b`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::B2c => "b2c",
            Self::B2b => "b2b",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Profile {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|p| p.as_str() == text)
            .ok_or_else(|| Error::options(format!("no profile {text:?}: b2c or b2b")))
    }
}

/// What to generate. The same options give the same problem, to the byte, on every machine.
///
/// Every concern has a random stream of its own: with the same seed, profile and number of SKUs, a problem of more orders
/// begins with the orders of the smaller one, and further nodes leave the baskets, dates and destinations as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenerateOptions {
    /// Number of orders, 1 to 10,000,000.
    pub orders: u32,
    /// Number of nodes, 2 to 500: about one warehouse in eight and one supplier in twelve, the rest stores.
    pub nodes: u32,
    /// Any number; another seed gives another problem.
    pub seed: u64,
    /// What kind of customers order.
    pub profile: Profile,
    /// Number of SKUs, 1 to 1,000,000. `None` = a quarter of the orders (b2c) or twice the orders (b2b), within 100 (300)
    /// and 20,000.
    pub skus: Option<u32>,
    /// Stock of each demanded SKU over all nodes, in per cent of its demand, 0 to 1000. Below 100 something stays unfilled;
    /// above 130 or so stock hardly binds.
    pub slack: u32,
    /// Share of the nodes that stock a SKU, in per cent, 1 to 100.
    pub spread: u32,
    /// Sum of the nodes' `max_lines` in per cent of the ordered lines, 0 to 1000; 0 = no limits at all.
    pub capacity: u32,
    /// Only stock, capacity, lanes and rates: no pins, groups, exclusions, pickup, quotes, and no limits per order.
    pub plain: bool,
    /// A few lines of two and more units are divisible. A plain problem has none.
    pub divisible: bool,
    /// Share of the rows of stock of which a part comes only within a week, in per cent, 0 to 100.
    pub incoming: u32,
}

impl Default for GenerateOptions {
    /// 1,000 household orders over 12 nodes with every rule of the format, stock 15 % and capacity 15 % above demand.
    fn default() -> Self {
        Self {
            orders: 1_000,
            nodes: 12,
            seed: 1,
            profile: Profile::B2c,
            skus: None,
            slack: 115,
            spread: 45,
            capacity: 115,
            plain: false,
            divisible: true,
            incoming: 0,
        }
    }
}

impl GenerateOptions {
    /// Checks every range.
    ///
    /// # Errors
    /// The first option that is outside its range.
    pub fn check(&self) -> Result<(), Error> {
        let ranges = [
            ("orders", self.orders, 1, 10_000_000),
            ("nodes", self.nodes, 2, 500),
            ("skus", self.sku_count(), 1, 1_000_000),
            ("slack", self.slack, 0, 1_000),
            ("spread", self.spread, 1, 100),
            ("capacity", self.capacity, 0, 1_000),
            ("incoming", self.incoming, 0, 100),
        ];
        for (name, value, low, high) in ranges {
            if !(low..=high).contains(&value) {
                return Err(Error::options(format!(
                    "{name} must be from {low} to {high}, not {value}"
                )));
            }
        }
        Ok(())
    }

    /// Number of SKUs: as given, or what suits the number of orders.
    #[must_use]
    pub fn sku_count(&self) -> u32 {
        self.skus.unwrap_or(match self.profile {
            Profile::B2c => (self.orders / 4).clamp(100, 20_000),
            Profile::B2b => self.orders.saturating_mul(2).clamp(300, 20_000),
        })
    }

    /// Name of the problem, which tells its main options.
    #[must_use]
    pub fn name(&self) -> String {
        let plain = if self.plain { "-plain" } else { "" };
        format!("{}-{}-{}-s{}{plain}", self.profile, self.orders, self.nodes, self.seed)
    }
}
