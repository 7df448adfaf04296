//! Single steps of allocation, for benchmarks. No part of the library's interface: only the feature `steps` shows it.

use super::book::{Book, Builder};
use super::climb::{Climb, climb};
use super::harden::harden;
use super::serve::shuffled;
use super::shadow::{EFFORTS, Rows, evaluate};
use super::valuation::Priced;
use crate::index::OrderIdx;
use crate::model::Problem;
use crate::search::{Budget, StdClock};

/// A problem whose shadow prices are found. Every step runs on the current rayon pool.
pub struct Steps<'p> {
    book: Book<'p>,
    rows: Rows,
    climb: Climb,
    sequence: Vec<OrderIdx>,
}

impl<'p> Steps<'p> {
    /// Builds the book and climbs for so many iterations, without cuts.
    #[must_use]
    pub fn new(problem: &'p Problem, iterations: usize) -> Self {
        let book = Builder::new(problem).build();
        let rows = Rows::binding(&book);
        let climb = without_limits(|budget| climb(&book, &rows, budget, 1.0, iterations, None));
        let sequence = shuffled(&book, 1);
        Self {
            book,
            rows,
            climb,
            sequence,
        }
    }

    /// Builds the book of a problem, and returns how many orders it has.
    #[must_use]
    pub fn build(problem: &Problem) -> usize {
        Builder::new(problem).build().orders.len()
    }

    /// Prices every order once at the shadow prices, and returns the sum.
    #[must_use]
    pub fn evaluate(&self) -> i64 {
        let priced = Priced::new(&self.book, &self.climb.prices);
        let start = (self.climb.ways.as_slice(), self.climb.pools.as_slice(), EFFORTS[1]);
        evaluate(&self.book, &priced, start)
    }

    /// Makes a plan from the shadow prices, and returns its cost.
    #[must_use]
    pub fn harden(&self) -> i64 {
        let Self {
            book,
            rows,
            climb,
            sequence,
        } = self;
        without_limits(|budget| harden(book, rows, (&climb.prices, &climb.ways), sequence, budget, 1.0).total())
    }
}

fn without_limits<T>(step: impl FnOnce(&Budget<'_>) -> T) -> T {
    step(&Budget::new(&StdClock::start(), None, None, None))
}
