//! Puts the parts of batching together: savings, search, set partitioning, in turns until the budget is spent.

use rayon::prelude::*;

use super::evaluate::{Costs, Table};
use super::local_search::{Kin, Search};
use super::partition::{Master, catalogue};
use super::plan::Plan;
use super::parts;
use super::pool::Pool;
use super::savings::savings;
use crate::search::{Budget, Random};

/// Searches that run side by side, whatever the number of threads.
const SEARCHES: usize = 4;
/// Most batches that are all listed.
const MOST_LISTED: usize = 3_000_000;
/// Most orders for which the linear programme is solved.
const MOST_PARTITIONED: usize = 400;
/// Most batches that branch and bound works on.
const MOST_BRANCHED: usize = 20_000;
/// Batches that it begins with.
const FEWEST_BRANCHED: usize = 1500;
/// Steps of a search between two looks at the others.
const STEPS: u64 = 500;

/// The best plan, and a bound where one is proved.
pub(crate) struct Solved {
    pub plan: Plan,
    pub bound: Option<i64>,
    pub optimal: bool,
}

/// The state of the search over a table of orders.
struct Solver<'a, 'b> {
    kin: &'a Kin,
    random: Random,
    pool: Pool,
    budget: &'b Budget<'b>,
    searches: Vec<Search<'a>>,
    lanes: Vec<Costs<'a>>,
    costs: Costs<'a>,
    best: Plan,
    trace: &'b mut dyn FnMut(&str),
}

/// Finds batches for the orders of the table.
pub(crate) fn solve(table: &Table<'_>, seed: u64, budget: &Budget<'_>, trace: &mut dyn FnMut(&str)) -> Solved {
    let mut costs = Costs::new(table);
    let start = savings(&mut costs);
    trace(&format!("savings: {}", start.cost));
    if table.orders < 2 {
        return Solved {
            bound: Some(start.cost),
            plan: start,
            optimal: true,
        };
    }
    let kin = Kin::new(&mut costs);
    let searches = (0..SEARCHES)
        .map(|s| Search::new(table, &kin, start.clone(), Random::stream(seed, "batching", s as u64)))
        .collect();
    let mut solver = Solver {
        kin: &kin,
        random: Random::stream(seed, "parts", 0),
        pool: Pool::default(),
        budget,
        searches,
        lanes: (0..SEARCHES).map(|_| Costs::new(table)).collect(),
        costs,
        best: start,
        trace,
    };
    solver.run(table, seed)
}

impl Solver<'_, '_> {
    fn run(&mut self, table: &Table<'_>, seed: u64) -> Solved {
        let listed = if table.orders <= MOST_PARTITIONED {
            catalogue::count(table, MOST_LISTED)
        } else {
            MOST_LISTED
        };
        let first = if listed < MOST_LISTED { 0.08 } else { std::env::var("FIRST").map_or(0.1, |f| f.parse().unwrap_or(0.1)) };
        let per_batch = self.best.cost as f64 / self.best.batches.len().max(1) as f64;
        let env = |k: &str, d: f64| std::env::var(k).ok().map_or(d, |v| v.parse().unwrap_or(d));
        if env("ONLY", 0.0) > 0.0 {
            self.search(1.0, env("HOT", 0.1) * per_batch, env("COLD", 0.002) * per_batch);
            return self.end(None, false);
        }
        self.search(first, env("HOT", 0.1) * per_batch, env("COLD", 0.002) * per_batch);
        if listed >= MOST_LISTED {
            self.improve_parts(table, first + 0.1, 6);
        }
        if table.orders > MOST_PARTITIONED {
            self.search(1.0, 0.02 * per_batch, 0.002 * per_batch);
            return self.end(None, false);
        }
        let mut master = Master::new(table, self.best.cost, seed, &mut self.costs);
        if listed < MOST_LISTED {
            let budget = self.budget;
            master.catalogue = catalogue::Catalogue::new(table, SEARCHES, &|| !budget.overdue());
            budget.spend(listed as u64 * 4);
            (self.trace)(&format!("listed {listed} batches, {:.2} s", budget.seconds()));
        }
        let exact = master.catalogue.is_some();
        let mut share = 0.35;
        let factor = std::env::var("FACTOR").map_or(3.0, |f| f.parse().unwrap_or(3.0));
        let mut cut_rounds = 0;
        loop {
            self.offer(&mut master);
            let until = (self.budget.spent() + 0.15).min(1.0);
            let priced = master.price_out(&mut self.lanes, 2, self.budget, until);
            while cut_rounds < 4 && priced && self.budget.spent() < until && master.cuts.len() < 50 {
                cut_rounds += 1;
                if (self.best.cost as f64) < master.value() + 1.0 || master.cut(30) == 0 {
                    break;
                }
                master.price_out(&mut self.lanes, 0, self.budget, until);
            }
            let value = master.value();
            (self.trace)(&format!(
                "priced {priced}: {value:.1} under {} ({:.3} %), {} columns, {} cuts, {:.2} s",
                self.best.cost,
                100.0 * (self.best.cost as f64 / value - 1.0),
                master.columns.len(),
                master.cuts.len(),
                self.budget.seconds()
            ));
            let bound = (exact && priced).then(|| (value - 1e-6 * value.abs()).ceil() as i64);
            if bound.is_some_and(|b| b >= self.best.cost) {
                return self.end(Some(self.best.cost), true);
            }
            if self.budget.stop().is_some() {
                return self.end(bound, false);
            }
            if !exact {
                master.thin(20_000);
                let env = |k: &str, d: f64| std::env::var(k).ok().map_or(d, |v| v.parse().unwrap_or(d));
                let until = (self.budget.spent() + env("DIVE", 0.5)).min(1.0);
                let mut random = Random::stream(seed, "dives", self.budget.work());
                let mut dives = 0;
                while self.budget.spent() < until && self.budget.stop().is_none() {
                    dives += 1;
                    let limit = self.best.cost;
                    let Some(plan) = master.dive_down(limit, &mut random, &mut self.lanes, &mut self.costs, self.budget)
                    else {
                        continue;
                    };
                    let found = plan.cost;
                    if found < self.best.cost {
                        self.best = plan.clone();
                    }
                    for search in &mut self.searches {
                        search.restart(plan.clone());
                    }
                    let soon = self.budget.spent() + env("POLISH", 0.015);
                    self.search(soon.min(1.0), 0.015 * per_batch, 0.002 * per_batch);
                    let polished = self.searches.iter().map(|s| s.round_best).min().unwrap_or(0);
                    (self.trace)(&format!("dive {dives}: {found}, polished {polished}, best {}, {:.2} s", self.best.cost, self.budget.seconds()));
                }
                (self.trace)(&format!("{dives} dives: {}, {} columns", self.best.cost, master.columns.len()));
                self.offer(&mut master);
            }
            // Branch over batches near the optimum: first very near ones, then farther ones.
            let mut most = std::env::var("FEWEST").map_or(1500, |f| f.parse().unwrap_or(3));
            loop {
                let whole_gap = self.best.cost as f64 - value;
                let until = (self.budget.spent() + 0.1).min(1.0);
                let (gap, all) = master.gather(whole_gap, most, &mut self.lanes, self.budget, until);
                let limit = (self.best.cost - 1).min((value + factor * gap) as i64);
                let until = (self.budget.spent() + share).min(1.0);
                let outcome = master.branch(limit, gap, &mut self.costs, self.budget, until, self.trace);
                (self.trace)(&format!(
                    "gap {gap:.1} of {whole_gap:.1}, whole {}, {:.2} s",
                    outcome.whole,
                    self.budget.seconds()
                ));
                if let Some(plan) = outcome.plan {
                    self.best = plan;
                    if !exact {
                        self.improve_parts(table, self.budget.spent() + 0.1, 3);
                    }
                }
                // A plan of cost `c` has no batch whose reduced cost exceeds `c` less the value of the programme.
                if exact && all && outcome.whole && gap >= self.best.cost as f64 - value - 1.0 {
                    return self.end(Some(self.best.cost), true);
                }
                if !outcome.whole || gap >= whole_gap || most >= MOST_BRANCHED {
                    break;
                }
                most *= 2;
            }
            if self.budget.stop().is_some() {
                return self.end(bound, false);
            }
            for search in &mut self.searches {
                search.restart(self.best.clone());
            }
            self.search((self.budget.spent() + 0.15).min(1.0), 0.03 * per_batch, 0.002 * per_batch);
            if !exact {
                self.improve_parts(table, self.budget.spent() + 0.15, 6);
            }
            share = 0.2;
        }
    }

    /// Solves parts of the plan until a share of the budget is spent or so many rounds in a row bring nothing.
    fn improve_parts(&mut self, table: &Table<'_>, until: f64, patience: u32) {
        for search in &mut self.searches {
            for c in &std::mem::take(&mut search.pool).columns {
                self.pool.add(&c.orders, c.cost, c.hash);
            }
        }
        let env = |k: &str, d: f64| std::env::var(k).ok().map_or(d, |v| v.parse().unwrap_or(d));
        let size = env("SIZE", 36.0) as usize;
        let work = env("WORK", 2e6) as u64;
        let (mut idle, mut rounds) = (0, 0);
        while self.budget.spent() < until && self.budget.stop().is_none() && idle < patience {
            rounds += 1;
            let better = parts::improve(
                &mut self.best,
                table,
                self.kin,
                &mut self.pool,
                (size, work),
                &mut self.random,
                &mut self.costs,
                self.budget,
            );
            idle = if better { 0 } else { idle + 1 };
        }
        (self.trace)(&format!(
            "parts: {} after {rounds} rounds, {} batches known, {:.2} s",
            self.best.cost,
            self.pool.columns.len(),
            self.budget.seconds()
        ));
    }

    fn end(&mut self, bound: Option<i64>, optimal: bool) -> Solved {
        Solved {
            plan: self.best.clone(),
            bound,
            optimal,
        }
    }

    /// Gives the batches that the searches met to the programme.
    fn offer(&mut self, master: &mut Master<'_>) {
        for search in &mut self.searches {
            let met = std::mem::take(&mut search.pool);
            for column in &met.columns {
                master.offer(&column.orders, column.cost, column.hash);
            }
        }
        for column in &self.pool.columns {
            master.offer(&column.orders, column.cost, column.hash);
        }
        for batch in &self.best.batches {
            master.offer(&batch.orders, batch.cost, batch.hash);
        }
    }

    /// Lets the searches cool down until a share of the budget is spent.
    fn search(&mut self, until: f64, hot: f64, cold: f64) {
        let from = self.budget.spent();
        let budget = self.budget;
        loop {
            let at = (budget.spent() - from) / (until - from).max(1e-9);
            if at >= 1.0 || budget.stop().is_some() {
                break;
            }
            let temperature = hot * (cold / hot).powf(at);
            self.searches.par_iter_mut().for_each(|search| {
                let before = search.costs.asked;
                for _ in 0..STEPS {
                    search.step(temperature);
                    if budget.overdue() {
                        break;
                    }
                }
                budget.spend(search.costs.asked - before);
            });
        }
        for search in &self.searches {
            if search.best.cost < self.best.cost {
                self.best = search.best.clone();
            }
        }
        (self.trace)(&format!("search: {}, {:.2} s", self.best.cost, self.budget.seconds()));
    }
}
