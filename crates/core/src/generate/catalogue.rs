//! What is sold: weights, volumes and values of the SKUs, and how often each is ordered.

use super::quantiles::{BULK, VALUE, WEIGHT};
use crate::model::{Draft, ItemInput};
use crate::search::Random;

/// One SKU.
pub(super) struct Product {
    pub(super) sku: String,
    pub(super) weight_g: i64,
    pub(super) volume_cm3: i64,
    /// Value of one unit in cents; what it costs to leave it unfilled comes from it.
    pub(super) value: i64,
}

/// All SKUs, the most ordered first.
pub(super) struct Catalogue {
    pub(super) products: Vec<Product>,
    /// Running sums of how often each is ordered: the k-th in proportion to 1 / (k + 10), after Zipf and Mandelbrot.
    popularity: Vec<u64>,
}

impl Catalogue {
    pub(super) fn new(seed: u64, skus: u32) -> Self {
        let weights = (0..u64::from(skus)).map(|k| 1_000_000_000_000 / (k + 10));
        let popularity = weights.scan(0, |sum, w| {
            *sum += w;
            Some(*sum)
        });
        Self {
            products: (0..skus).map(|k| product(seed, k)).collect(),
            popularity: popularity.collect(),
        }
    }

    /// A SKU, each as likely as it is popular.
    pub(super) fn draw(&self, random: &mut Random) -> usize {
        random.weighted(&self.popularity)
    }

    pub(super) fn write(&self, draft: &mut Draft) {
        for p in &self.products {
            draft.item(ItemInput {
                sku: &p.sku,
                weight_g: p.weight_g,
                volume_cm3: p.volume_cm3,
            });
        }
    }
}

fn product(seed: u64, k: u32) -> Product {
    let mut random = Random::stream(seed, "product", u64::from(k));
    // One in a hundred is bulky: only some services take it.
    let weight_g = if random.chance(10) {
        random.between(12_000, 28_000)
    } else {
        WEIGHT.draw(&mut random)
    };
    let volume_cm3 = (weight_g * BULK.draw(&mut random) / 1000).max(20);
    let value = VALUE.draw(&mut random);
    // Of a few SKUs nobody measured the volume.
    let volume_cm3 = if random.chance(30) { 0 } else { volume_cm3 };
    Product {
        sku: format!("SKU-{:05}", k + 1),
        weight_g,
        volume_cm3,
        value,
    }
}
