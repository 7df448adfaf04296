//! Puts the parts of batching together: savings, search, set partitioning, in turns until the budget is spent or the plan is
//! proved.

use rayon::prelude::*;

use super::evaluate::{Costs, Table};
use super::local_search::{Kin, Search};
use super::partition::{Catalogue, Master};
use super::parts;
use super::plan::Plan;
use super::pool::Pool;
use super::savings::savings;
use crate::search::{Budget, Random};

/// Searches that run side by side, whatever the number of threads.
const SEARCHES: usize = 4;
/// Most batches that are all listed, where a tour takes as long as in one block.
const MOST_LISTED: usize = 3_000_000;
/// Most orders for which the linear programme of all is solved.
const MOST_PARTITIONED: usize = 400;
/// Batches that branch and bound works on: at first, and at most.
const BRANCHED: (usize, usize) = (1500, 24_000);
/// Steps of a search between two looks at the others.
const STEPS: u64 = 500;
/// Temperatures in costs of a mean batch: of the first search, of one that starts from a good plan, of one that polishes,
/// and where all end.
const HOT: f64 = 0.1;
const WARM: f64 = 0.03;
const MILD: f64 = 0.015;
const COLD: f64 = 0.002;
/// Tours in one block that are found in a second, about.
const TOURS_PER_SECOND: f64 = 3e6;
/// Tours for each order below which there is no time for programmes over all batches.
const FEW: usize = 2_000;
/// Orders of a part and the work spent on it.
const PART: (usize, u64) = (36, 2_000_000);

/// Who hears what each phase of the search gave: the cost of the best plan so far, and words.
pub(crate) type Log<'a> = dyn FnMut(i64, &str) + 'a;

/// The best plan, and a bound where one is proved.
pub(crate) struct Solved {
    pub plan: Plan,
    pub bound: Option<i64>,
    pub optimal: bool,
}

/// The state of the search over a table of orders.
struct Solver<'a, 'b> {
    table: &'a Table<'a>,
    kin: &'a Kin,
    seed: u64,
    random: Random,
    budget: &'b Budget<'b>,
    searches: Vec<Search<'a>>,
    lanes: Vec<Costs<'a>>,
    costs: Costs<'a>,
    /// Batches met that the programme does not know yet.
    pool: Pool,
    best: Plan,
    /// Cost of a mean batch, the unit of temperatures.
    per_batch: f64,
    log: &'b mut Log<'b>,
}

/// A first plan, and which orders are kin.
pub(crate) struct First {
    kin: Kin,
    pub plan: Plan,
    /// What it took.
    pub work: u64,
}

impl First {
    /// The plan of savings, for a search that may ask for so many tours before everything else.
    pub(crate) fn new(table: &Table<'_>, affordable: usize, budget: &Budget<'_>) -> Self {
        let mut costs = Costs::new(table);
        let kin = Kin::new(&mut costs, affordable, budget);
        let plan = savings(&kin, &mut costs, budget);
        let work = costs.work();
        Self { kin, plan, work }
    }

    /// Which orders are kin.
    pub(crate) const fn kin(&self) -> &Kin {
        &self.kin
    }
}

/// Finds batches for the orders of the table.
pub(crate) fn solve(table: &Table<'_>, seed: u64, budget: &Budget<'_>, log: &mut Log<'_>) -> Solved {
    let first = First::new(table, affordable(table.effort(), budget), budget);
    budget.spend(first.work);
    solve_from(table, &first, seed, budget, log)
}

/// Finds batches that are no worse than the first ones.
pub(crate) fn solve_from(
    table: &Table<'_>,
    first: &First,
    seed: u64,
    budget: &Budget<'_>,
    log: &mut Log<'_>,
) -> Solved {
    let (kin, start) = (&first.kin, first.plan.clone());
    log(start.cost, &format!("savings: {}", start.cost));
    if table.orders < 2 || budget.stop().is_some() {
        return Solved {
            bound: (table.orders < 2).then_some(start.cost),
            optimal: table.orders < 2,
            plan: start,
        };
    }
    let affordable = affordable(table.effort(), budget);
    let searches = (0..SEARCHES)
        .map(|s| Search::new(table, kin, start.clone(), Random::stream(seed, "batching", s as u64)))
        .collect();
    let mut solver = Solver {
        table,
        kin,
        seed,
        random: Random::stream(seed, "batching", u64::MAX),
        budget,
        searches,
        lanes: (0..SEARCHES).map(|_| Costs::new(table)).collect(),
        costs: Costs::new(table),
        pool: Pool::default(),
        per_batch: start.cost as f64 / start.batches.len().max(1) as f64,
        best: start,
        log,
    };
    let most = (MOST_LISTED / table.effort() as usize).min(affordable);
    let count = if table.orders <= MOST_PARTITIONED {
        Catalogue::count(table, most)
    } else {
        most
    };
    if affordable < table.orders * FEW {
        solver.in_haste()
    } else if count < most {
        solver.over_all_batches(count)
    } else if table.orders <= MOST_PARTITIONED {
        solver.over_priced_batches()
    } else {
        solver.by_parts()
    }
}

/// How many tours a part of the search may ask for that comes before everything else: a share of what the budget is worth.
pub(crate) fn affordable(effort: u64, budget: &Budget<'_>) -> usize {
    let dear = effort.isqrt().max(1);
    let by_time = budget.seconds_left().map(|s| (s * TOURS_PER_SECOND) as u64 / dear);
    let by_work = budget.work_left().map(|w| w / dear);
    let least = [by_time, by_work].into_iter().flatten().min();
    least.map_or(usize::MAX, |tours| (tours * 2 / 5) as usize)
}

impl Solver<'_, '_> {
    /// Few orders: all feasible batches are listed, pricing is exact, and what branching ends with is optimal.
    fn over_all_batches(&mut self, count: usize) -> Solved {
        self.search(0.08, HOT);
        let mut master = Master::new(self.table, self.best.cost, self.seed, &mut self.costs);
        let budget = self.budget;
        if master.list(&|| !budget.overdue()).is_none() {
            return self.end(None, false);
        }
        budget.spend(count as u64);
        self.tell(&format!("{count} batches listed, {:.2} s", budget.seconds()));
        loop {
            self.offer(&mut master);
            let priced = self.price(&mut master, 1.0);
            let bound = priced.then(|| master.bound());
            if bound.is_some_and(|b| b >= self.best.cost) || (priced && self.branch(&mut master, 0.2)) {
                return self.end(Some(self.best.cost), true);
            }
            if budget.stop().is_some() {
                return self.end(bound, false);
            }
            // Where the programme is far below all plans, branching alone does not find the best one.
            self.dive(&mut master, budget.spent() + 0.1);
            self.improve_parts(budget.spent() + 0.05, 4);
            self.restart(&self.best.clone());
            self.search(budget.spent() + 0.15, HOT);
        }
    }

    /// More orders: batches are priced in as the programme asks for them, and plans come from dives and from parts.
    fn over_priced_batches(&mut self) -> Solved {
        self.search(0.1, HOT);
        self.improve_parts(0.2, 6);
        let mut master = Master::new(self.table, self.best.cost, self.seed, &mut self.costs);
        loop {
            self.offer(&mut master);
            self.price(&mut master, self.budget.spent() + 0.15);
            master.thin(20_000);
            self.dive(&mut master, self.budget.spent() + 0.25);
            self.improve_parts(self.budget.spent() + 0.04, 2);
            self.offer(&mut master);
            if master.bound() < self.best.cost {
                self.branch(&mut master, 0.1);
            }
            if self.budget.stop().is_some() {
                return self.end(None, false);
            }
            self.restart(&self.best.clone());
            self.search(self.budget.spent() + 0.04, WARM);
            self.improve_parts(self.budget.spent() + 0.04, 2);
        }
    }

    /// Little time for each order: a search that begins cool, and parts of what it ends with.
    fn in_haste(&mut self) -> Solved {
        self.search(0.7, MILD);
        self.improve_parts(1.0, u32::MAX);
        self.end(None, false)
    }

    /// Many orders: the search, and parts of the plan solved one after the other.
    fn by_parts(&mut self) -> Solved {
        self.search(0.3, HOT);
        loop {
            self.improve_parts(self.budget.spent() + 0.3, 20);
            if self.budget.stop().is_some() {
                return self.end(None, false);
            }
            self.restart(&self.best.clone());
            self.search(self.budget.spent() + 0.05, MILD);
            self.pool = Pool::default();
        }
    }

    /// Prices the programme out and cuts its solution; whether its value is proved over the batches that can be known.
    fn price(&mut self, master: &mut Master<'_>, until: f64) -> bool {
        let until = until.min(1.0);
        let mut priced = master.price_out(&mut self.lanes, 2, self.budget, until);
        for _ in 0..4 {
            let open = master.bound() < self.best.cost;
            if !priced || !open || master.cuts.len() >= 50 || self.budget.spent() >= until || master.cut(30) == 0 {
                break;
            }
            priced = master.price_out(&mut self.lanes, 0, self.budget, until);
        }
        self.tell(&format!(
            "programme {}: {:.1} under {} ({:.3} %), {} batches, {} cuts, {:.2} s",
            if priced { "priced out" } else { "stopped" },
            master.value(),
            self.best.cost,
            100.0 * (self.best.cost as f64 / master.value() - 1.0),
            master.columns.len(),
            master.cuts.len(),
            self.budget.seconds()
        ));
        priced
    }

    /// Dives with pricing, and polishes what they end with.
    fn dive(&mut self, master: &mut Master<'_>, until: f64) {
        let mut dives = 0;
        while self.budget.spent() < until.min(1.0) && self.budget.stop().is_none() {
            dives += 1;
            self.budget.spend(self.table.orders as u64);
            let limit = self.best.cost;
            let dive = master.dive_down(limit, &mut self.random, &mut self.lanes, &mut self.costs, self.budget);
            let Some(plan) = dive else { continue };
            let found = plan.cost;
            self.restart(&plan);
            if found < self.best.cost {
                self.best = plan;
            }
            self.search(self.budget.spent() + 0.015, MILD);
            self.tell(&format!("dive {dives}: {found}, best {}", self.best.cost));
        }
        self.tell(&format!(
            "{dives} dives: {}, {} batches, {:.2} s",
            self.best.cost,
            master.columns.len(),
            self.budget.seconds()
        ));
    }

    /// Branches over batches near the optimum of the programme, first very near ones, then more; whether that proves the best
    /// plan optimal.
    fn branch(&mut self, master: &mut Master<'_>, share: f64) -> bool {
        let exact = master.is_exact();
        let quantum = master.quantum.max(1);
        let value = master.value();
        let until = (self.budget.spent() + share).min(1.0);
        let mut most = BRANCHED.0;
        loop {
            let gap = self.best.cost as f64 - value;
            let (reached, all) = master.gather(gap, most, &mut self.lanes, self.budget, until);
            // Most plans of a cost `c` above the value have batches of far smaller reduced cost only.
            let limit = (self.best.cost - quantum).min((value + 5.0 * reached) as i64);
            let outcome = master.branch(limit, reached, &mut self.costs, self.budget, until);
            self.tell(&format!(
                "branching up to {reached:.1} of {gap:.1}: {} of {} nodes open, {:.2} s",
                outcome.open,
                outcome.nodes,
                self.budget.seconds()
            ));
            if let Some(plan) = outcome.plan {
                self.best = plan;
            }
            // A plan of cost `c` has no batch whose reduced cost exceeds `c` less the value of the programme.
            if exact && all && outcome.open == 0 && reached >= (self.best.cost - quantum) as f64 - value {
                return true;
            }
            if outcome.open > 0 || reached >= gap || most >= BRANCHED.1 {
                return false;
            }
            most *= 2;
        }
    }

    /// Solves parts of the plan until a share of the budget is spent or so many rounds in a row bring nothing.
    fn improve_parts(&mut self, until: f64, patience: u32) {
        self.collect();
        let (mut idle, mut rounds) = (0, 0);
        while self.budget.spent() < until.min(1.0) && self.budget.stop().is_none() && idle < patience {
            rounds += 1;
            let better = parts::improve(
                &mut self.best,
                (self.table, self.kin),
                &mut self.pool,
                PART,
                &mut self.random,
                &mut self.costs,
                self.budget,
            );
            idle = if better { 0 } else { idle + 1 };
        }
        self.tell(&format!(
            "{rounds} rounds of parts: {}, {:.2} s",
            self.best.cost,
            self.budget.seconds()
        ));
    }

    /// Lets the searches cool down until a share of the budget is spent.
    fn search(&mut self, until: f64, hot: f64) {
        let (from, until) = (self.budget.spent(), until.min(1.0));
        let budget = self.budget;
        loop {
            let at = (budget.spent() - from) / (until - from).max(1e-9);
            if at >= 1.0 || budget.stop().is_some() {
                break;
            }
            let temperature = self.per_batch * hot * (COLD / hot).powf(at);
            self.searches.par_iter_mut().for_each(|search| {
                let before = search.costs.work();
                for step in 0..STEPS {
                    search.step(temperature);
                    if step % 32 == 0 && budget.overdue() {
                        break;
                    }
                }
                budget.spend(search.costs.work() - before);
            });
        }
        for search in &self.searches {
            if search.best.cost < self.best.cost {
                self.best = search.best.clone();
            }
        }
        self.tell(&format!("search: {}, {:.2} s", self.best.cost, budget.seconds()));
    }

    /// Lets the searches go on from a plan.
    fn restart(&mut self, plan: &Plan) {
        for search in &mut self.searches {
            search.restart(plan.clone());
        }
    }

    /// Gathers the batches that the searches met.
    fn collect(&mut self) {
        for search in &mut self.searches {
            for c in &std::mem::take(&mut search.pool).columns {
                self.pool.add(&c.orders, c.cost, c.hash);
            }
        }
    }

    /// Gives all batches met to the programme.
    fn offer(&mut self, master: &mut Master<'_>) {
        self.collect();
        for column in &std::mem::take(&mut self.pool).columns {
            master.offer(&column.orders, column.cost, column.hash);
        }
        for batch in &self.best.batches {
            master.offer(&batch.orders, batch.cost, batch.hash);
        }
    }

    /// Tells what a phase gave, and what the best plan costs.
    fn tell(&mut self, text: &str) {
        (self.log)(self.best.cost, text);
    }

    fn end(&self, bound: Option<i64>, optimal: bool) -> Solved {
        Solved {
            plan: self.best.clone(),
            bound,
            optimal,
        }
    }
}
