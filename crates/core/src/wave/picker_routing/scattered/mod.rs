//! Scattered storage: an article lies in several places, so the tour also chooses where to pick what.
//!
//! | module | what it does |
//! |---|---|
//! | `model` | the needs, and what each way to pick a block of an aisle would bring |
//! | `relax` | shadow prices on the needs, and the bound that they prove |
//! | `repair` | from a choice of places that lacks something to a good one that lacks nothing |
//! | `labels` | all tours that the prices do not rule out, until the best is proved |

mod labels;
mod model;
mod relax;
mod repair;

use super::{Picker, Tour};
use crate::Error;
use crate::index::LocationIdx;
use crate::quantity::Distance;
use model::Model;

/// Some of one article at one pick location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Offer {
    /// Number of the article: a position in the needs.
    pub article: u32,
    /// Where it lies.
    pub location: LocationIdx,
    /// How many units lie there.
    pub quantity: u32,
}

/// How long the search for a proof may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScatteredLimits {
    /// Most labels (partial tours) that are kept for each block of an aisle, some 64 bytes each; from 1 on. More prove more.
    pub labels: usize,
}

impl Default for ScatteredLimits {
    fn default() -> Self {
        Self { labels: 256_000 }
    }
}

/// A tour, and what is picked where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScatteredTour {
    /// The tour.
    pub tour: Tour,
    /// Position among the offers and units taken, in the order of the offers; nothing is taken beyond the needs.
    pub picks: Vec<(usize, u32)>,
    /// No tour that meets the needs is shorter.
    pub bound: Distance,
}

impl ScatteredTour {
    /// Whether no tour is shorter, by proof.
    pub fn is_optimal(&self) -> bool {
        self.tour.length == self.bound
    }
}

impl Picker {
    /// The shortest tour that picks what is needed, wherever that lies.
    ///
    /// # What
    ///
    /// The needs are relaxed with shadow prices, which leaves a shortest path through the states of the tour programme
    /// where each way to pick a block of an aisle earns the prices of what it brings; subgradient steps make the prices
    /// good, and repaired paths give tours. Then all partial tours that the prices do not rule out are kept, aisle by aisle,
    /// with what they still lack; one that is no shorter than another and lacks no less is dropped. What reaches the end
    /// is shorter than the best tour before, and where nothing does, that one is proved.
    ///
    /// # Arguments
    ///
    /// `needs` are units by article. `offers` say where they lie; several may name the same location.
    ///
    /// # Returns
    ///
    /// The tour, what it picks, and a bound that equals its length where the proof was found within the limits.
    ///
    /// # Errors
    ///
    /// Where the layout is a graph, or the offers do not cover the needs or name an article or location that there is not.
    ///
    /// # Complexity
    ///
    /// The problem is NP-hard. Milliseconds for some dozens of offers, seconds for 30 articles at 800 places.
    ///
    /// # Source
    ///
    /// The network of states with coupling needs: K. Heßler and S. Irnich, "Exact solution of the single-picker routing
    /// problem with scattered storage", INFORMS Journal on Computing 36 (2024), who solve it as a MILP.
    pub fn pick_from(
        &mut self,
        needs: &[u32],
        offers: &[Offer],
        limits: ScatteredLimits,
    ) -> Result<ScatteredTour, Error> {
        let super::Ground::Aisles(aisles) = &self.floor else {
            return Err(Error::options("scattered storage: only in layouts of aisles"));
        };
        let model = Model::new(&aisles.grid, needs, offers)?;
        if model.needs.is_empty() {
            return Ok(ScatteredTour {
                tour: Tour::default(),
                picks: Vec::new(),
                bound: Distance::ZERO,
            });
        }
        let mut shortest = repair::Best::default();
        let climbed = relax::climb(&model, self, &mut shortest);
        if climbed.bound + model.depot_both_ways * relax::SCALE <= (shortest.length - model.grain) * relax::SCALE {
            repair::improve(&model, self, &mut shortest);
        }
        let proof = labels::search(&model, &climbed, shortest.length, limits.labels);
        let chosen = proof.better.unwrap_or(shortest.offers);
        let stops: Vec<LocationIdx> = chosen.iter().map(|&o| offers[o].location).collect();
        let tour = self.tour(&stops, super::TourMethod::Exact);
        let bound = Distance(proof.bound.min(tour.length.0));
        Ok(ScatteredTour {
            picks: model.take(&chosen),
            tour,
            bound,
        })
    }
}
