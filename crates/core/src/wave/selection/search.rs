//! The search: rounds of annealing runs side by side, each from its own stream of random numbers, so that a round gives the
//! same at any number of threads. The ratio is flat in the size of a wave, so runs look in different *windows* of sizes.

use rayon::prelude::*;

use super::anneal::{Elite, Schedule, anneal, ratio};
use super::exact_fill::fill_exactly;
use super::fill::{Fill, Wave, filled};
use super::presolve::Reduced;
use crate::search::{Budget, Milp, Random};

/// Runs in one round, whatever the number of threads.
const RUNS: usize = 4;
/// Cells that a run of the first round looks at, and the most of a later one.
const FIRST: u64 = 4_000_000;
const LONGEST: u64 = 250_000_000;
/// First and last temperature, as shares of lambda.
const HOT: f64 = 0.2;
const COLD: f64 = 0.018;
/// Where windows begin, in hundredths from the least to the most units.
const WINDOWS: [i64; 5] = [0, 75, 25, 90, 50];

/// Waves of at least so many units, and the best one found among them.
struct Window {
    least: i64,
    best: Option<Wave>,
}

/// The state of the search.
pub(super) struct Search<'a> {
    reduced: &'a Reduced,
    seed: u64,
    windows: Vec<Window>,
    round: usize,
    length: u64,
    /// Cells for each move, as measured so far.
    moves: u64,
    cells: u64,
    /// Rounds since the last improvement.
    pub stale: u32,
    pub work: u64,
}

impl<'a> Search<'a> {
    pub(super) fn new(reduced: &'a Reduced, seed: u64) -> Self {
        let most: i64 = (0..reduced.classes.len())
            .map(|c| i64::from(reduced.units[c]) * i64::from(reduced.count(c)))
            .chain((0..reduced.skus()).map(|s| i64::from(*reduced.table(s).last().unwrap_or(&0))))
            .sum();
        let most = most.min(reduced.most);
        let mut windows: Vec<Window> = Vec::new();
        for at in WINDOWS {
            let least = reduced.least + (most - reduced.least).max(0) * at / 100;
            if windows.iter().all(|w| w.least != least) {
                windows.push(Window { least, best: None });
            }
        }
        Self {
            reduced,
            seed,
            windows,
            round: 0,
            length: FIRST,
            moves: 1,
            cells: 200,
            stale: 0,
            work: 0,
        }
    }

    /// The work of one more round.
    pub(super) const fn next_work(&self) -> u64 {
        self.length * RUNS as u64
    }

    /// One round from the best wave known; returns a better one.
    pub(super) fn advance(&mut self, best: Option<&Wave>, milp: Milp, budget: &Budget<'_>) -> Option<Wave> {
        let lambda = ratio(self.reduced, best);
        let share = budget.work_left().map_or(u64::MAX, |w| w / RUNS as u64);
        let length = self.length.min(share.max(1));
        let moves = (length * self.moves / self.cells.max(1)).max(100);
        let runs: Vec<(usize, i64, Option<&Wave>)> = (0..RUNS).map(|run| self.plan(run, best)).collect();
        let (reduced, seed, round) = (self.reduced, self.seed, self.round);
        let found: Vec<(usize, Option<Wave>, u64)> = runs
            .into_par_iter()
            .enumerate()
            .map(|(run, (window, least, start))| {
                let mut fill = Fill::new(reduced);
                if let Some(start) = start {
                    fill.become_wave(start);
                }
                let mut random = Random::stream(seed, "select", (round * RUNS + run) as u64);
                let schedule = Schedule {
                    moves,
                    hot: HOT,
                    cold: COLD,
                    least,
                    lambda,
                };
                let mut elite = Elite::default();
                let mut wave = anneal(&mut fill, schedule, &mut elite, &mut random, budget);
                // Single lines alone are filled exactly already, unless they are too many.
                let sets = if reduced.classes.len() > 0 || elite.over {
                    elite.sets()
                } else {
                    Vec::new()
                };
                for aisles in sets {
                    if budget.overdue() {
                        break;
                    }
                    let quick = filled(reduced, &aisles);
                    fill.work += quick.work;
                    let (exact, _) = fill_exactly(reduced, quick.wave(), milp, budget);
                    if exact.units >= least && exact.beats(wave.as_ref()) {
                        wave = Some(exact);
                    }
                }
                (window, wave, fill.work)
            })
            .collect();
        let mut better: Option<Wave> = None;
        for (window, wave, work) in found {
            budget.spend(work);
            self.work += work;
            self.cells += work;
            self.moves += moves;
            let Some(wave) = wave else { continue };
            if wave.beats(best) && wave.beats(better.as_ref()) {
                better = Some(wave.clone());
            }
            let window = &mut self.windows[window];
            if wave.units >= window.least && wave.beats(window.best.as_ref()) {
                window.best = Some(wave);
            }
        }
        self.round += 1;
        self.stale = if better.is_some() { 0 } else { self.stale + 1 };
        self.length = (self.length * 2).min(LONGEST);
        better
    }

    /// Window, least units and start of a run of this round.
    fn plan<'b>(&'b self, run: usize, best: Option<&'b Wave>) -> (usize, i64, Option<&'b Wave>) {
        let least = |w: usize| self.windows[w].least;
        let in_turn = (self.round * RUNS + run) % self.windows.len();
        let Some(best) = best.filter(|_| self.round > 0) else {
            let start = best.filter(|b| b.units >= least(in_turn));
            return (in_turn, least(in_turn), start);
        };
        let mut ranked: Vec<usize> = (0..self.windows.len()).collect();
        ranked.sort_by(|&a, &b| {
            let ratio = |w: usize| ratio(self.reduced, self.windows[w].best.as_ref());
            ratio(b).total_cmp(&ratio(a)).then(a.cmp(&b))
        });
        let home = (0..self.windows.len())
            .filter(|&w| least(w) <= best.units)
            .max_by_key(|&w| least(w))
            .unwrap_or(0);
        match run {
            // around the best: waves not much smaller
            0 => {
                let per_aisle = best.units / best.aisles.len().max(1) as i64;
                let near = (best.units - 2 * per_aisle).max(self.reduced.least);
                (home, near, Some(best))
            }
            1 => (home, least(home), None),
            2 => (
                ranked[self.round % ranked.len().min(2)],
                least(ranked[self.round % ranked.len().min(2)]),
                { self.windows[ranked[self.round % ranked.len().min(2)]].best.as_ref() },
            ),
            _ => (in_turn, least(in_turn), self.windows[in_turn].best.as_ref()),
        }
    }
}
