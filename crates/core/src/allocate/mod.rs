//! Order routing: which node ships which line by which service, and what proves how good that is.
//!
//! ```text
//! book      what each node could ship for each order, and at what cost          book/, large
//! price     the cheapest way to serve one order at given prices, exactly        price, enumerate
//! shadow    prices of stock and capacity; the bound that they prove             shadow, climb, cuts, facet
//! generate  the same exactly, where many orders want few rows                   column_generation
//! harden    from prices to a plan within all limits                             harden, state, serve
//! anneal    lines of large orders change places                                anneal/
//! exchange  models of all lines of some large orders                            exchange, members, large/block
//! few       short annealings and models of all lines where orders are few       few, one_model
//! perturb   ruin and recreate                                                   perturb, parts
//! branch    price-and-branch: good options of many orders in one MILP           branch, whole, neighbourhoods, options, polish; search/milp/
//! order_pricer  one order at given prices, for callers
//! start     what of an earlier plan, its prices and cuts still fits            start/
//! ```
//! Methods: [`Method::Auto`] runs all of it; [`Method::Exact`] proves the best plan of a small problem; the
//! [policies](policy) are the rules that order systems use today.

mod anneal;
mod auto;
mod book;
mod branch;
mod climb;
mod column_generation;
mod cut_rows;
mod cuts;
mod enumerate;
mod exact;
mod exchange;
mod facet;
mod few;
mod harden;
mod large;
mod lists;
mod local_search;
mod members;
mod neighbourhoods;
mod one_model;
mod options;
mod order_pricer;
mod parts;
mod perturb;
pub mod policy;
mod polish;
mod price;
mod proof_time;
mod serve;
mod shadow;
mod start;
mod state;
#[cfg(feature = "steps")]
#[doc(hidden)]
pub mod steps;
#[cfg(test)]
mod testing;
mod valuation;
mod whole;

use std::time::Duration;

use rayon::prelude::*;

use crate::cost::departures::Departures;
use crate::index::{Idx as _, OrderIdx, ServiceIdx};
use crate::model::Problem;
use crate::plan::{
    Allocation, Carriage, Cut, CutResource, CutTerm, Fill, OrderShipment, ShadowPrices, Start, TakenOver,
};
use crate::quantity::Money;
use crate::search::{Budget, Progress};

pub use crate::search::Milp;
pub use order_pricer::{OrderPricer, PricedOrder};

use auto::Settings;
use book::{Book, Way};
use state::State;

pub(crate) use proof_time::guess as time_of_proof;

/// How a plan is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Shadow prices, hardening, search and price-and-branch: near the best at every size.
    #[default]
    Auto,
    /// One MILP over all options that a best plan could use: proved best, for small problems.
    Exact,
}

/// Parameters of [`allocate`].
#[derive(Clone, Copy, Debug)]
pub struct AllocateOptions {
    /// How.
    pub method: Method,
    /// Seed of everything random.
    pub seed: u64,
    /// Threads that the MILP backend may use; the rest runs on the rayon pool of the caller.
    pub threads: usize,
    /// Relative gap at which to stop; 0 = go on.
    pub gap: f64,
    /// The solver of mixed-integer programmes.
    pub milp: Milp,
}

/// What [`allocate`] found.
#[derive(Clone, Debug)]
pub struct Allocated {
    /// The decision, within all limits.
    pub allocation: Allocation,
    /// Prices that prove a bound.
    pub prices: ShadowPrices,
    /// No allocation costs less, by branching, where that is more than the prices prove.
    pub least: Option<Money>,
    /// What was taken over from a start.
    pub taken_over: Option<TakenOver>,
    /// Whether the prices of the start could prove more than those found: the bound of large orders is only estimated here,
    /// and some cuts have no place here.
    pub start_may_prove_more: bool,
}

/// Whether a problem is small enough for [`allocate`]. What is too large would take more than 32 GiB of memory.
pub fn fits(problem: &Problem) -> bool {
    book::fits(problem)
}

/// Decides which node ships which line by which service. Runs on the current rayon pool; for the same options the result
/// does not depend on its size, unless a deadline cuts the run short. Where that leaves no time for a search, rules serve the orders, as
/// many as there is time for.
///
/// A start gives prices to climb from, and a plan to improve on: as far as it fits the problem, the result costs no more
/// than it with the other orders served as well as is left for them.
pub fn allocate<'p>(
    problem: &'p Problem,
    options: AllocateOptions,
    start: Option<&Start>,
    budget: &'p Budget<'p>,
    see: &mut dyn FnMut(Progress),
) -> Allocated {
    let settings = Settings {
        seed: options.seed,
        threads: options.threads,
        gap: options.gap,
        milp: options.milp,
    };
    let found = match options.method {
        Method::Auto => auto::auto(problem, settings, start, budget, see),
        Method::Exact => exact::exact(problem, settings, start, budget, see),
    };
    let Some(found) = found else {
        let mut allocated = Allocated::nothing(problem);
        serve_the_rest(problem, budget, &mut allocated.allocation, see);
        return allocated;
    };
    let mut allocated = Allocated {
        allocation: allocation(&found.book, &found.state),
        prices: shadow_prices(problem, &found.climb.prices),
        least: found.least.map(Money::from_ten_thousandths),
        taken_over: found.warm.map(|w| w.taken_over),
        start_may_prove_more: found.warm.is_some_and(|w| !w.prices_kept) || start.is_some() && !found.book.is_exact(),
    };
    if found.is_cut {
        serve_the_rest(problem, budget, &mut allocated.allocation, see);
    }
    allocated
}

impl Allocated {
    /// Nothing ships.
    fn nothing(problem: &Problem) -> Self {
        Self {
            allocation: Allocation::empty(problem.orders().len()),
            prices: ShadowPrices::default(),
            least: None,
            taken_over: None,
            start_may_prove_more: false,
        }
    }
}

/// The share that rules may take of the time kept for what comes after the search.
const OF_KEPT: f64 = 0.25;
/// How long they may go on where the caller asked to stop.
const AFTER_INTERRUPT: Duration = Duration::from_millis(60);

/// Serves by rules the orders that the search did not come to, as long as there is time: each in the cheapest way as long as
/// that lasts for all, else by the quickest rule.
fn serve_the_rest(problem: &Problem, budget: &Budget<'_>, allocation: &mut Allocation, see: &mut dyn FnMut(Progress)) {
    see(Progress::of_phase("rules", budget.seconds()));
    let start = budget.elapsed();
    policy::complete(problem, allocation, &mut |done| {
        let end = if budget.interrupted() {
            start + AFTER_INTERRUPT
        } else {
            budget.end_of_search(OF_KEPT)?
        };
        let spent =
            budget.elapsed().saturating_sub(start).as_secs_f64() / end.saturating_sub(start).as_secs_f64().max(1e-9);
        if spent >= 1.0 {
            None
        } else if spent <= done {
            Some(policy::Policy::Cheapest)
        } else {
            Some(policy::Policy::Priority)
        }
    });
}

/// Shadow prices for a plan that was made by other means: they prove a bound for any plan of the problem.
pub fn prices<'p>(problem: &'p Problem, budget: &'p Budget<'p>, iterations: usize) -> ShadowPrices {
    let Some(book) = book::Builder::new(problem).within(budget).build_in_time(&mut || {}) else {
        return ShadowPrices::default();
    };
    let rows = shadow::Rows::binding(&book);
    shadow_prices(
        problem,
        &climb::climb(&book, &rows, budget, 1.0, iterations, None).prices,
    )
}

fn shadow_prices(problem: &Problem, prices: &shadow::Prices) -> ShadowPrices {
    let of_node = |prices: &[i64]| {
        let nodes = problem.nodes().indices().zip(prices).filter(|(_, p)| **p > 0);
        nodes.map(|(n, &p)| (n, Money::from_ten_thousandths(p))).collect()
    };
    let (mut stock, mut incoming) = (Vec::new(), Vec::new());
    for (row, &p) in problem.stock().iter().zip(&prices.stock).filter(|(_, p)| **p > 0) {
        let price = Money::from_ten_thousandths(p);
        match row.available_from {
            None => stock.push((row.node, row.sku, price)),
            Some(from) => incoming.push((row.node, row.sku, from, price)),
        }
    }
    stock.sort_unstable();
    incoming.sort_unstable();
    ShadowPrices {
        stock,
        incoming,
        shipments: of_node(&prices.shipments),
        lines: of_node(&prices.lines),
        units: of_node(&prices.units),
        cuts: prices
            .cuts
            .iter()
            .filter(|c| c.price > 0)
            .map(|c| plan_cut(problem, c))
            .collect(),
    }
}

fn plan_cut(problem: &Problem, cut: &cuts::PricedCut) -> Cut {
    let row = problem.stock()[cut.row as usize];
    let term = |t: &cuts::Term| CutTerm {
        line: t.line,
        coefficient: t.coefficient as u32,
    };
    Cut {
        node: row.node,
        resource: CutResource::Stock(row.sku),
        rhs: cut.rhs as u64,
        price: Money::from_ten_thousandths(cut.price),
        terms: cut.terms.iter().map(term).collect(),
    }
}

/// The state as a bare decision: services named, lines and units summed up.
fn allocation(book: &Book<'_>, state: &State) -> Allocation {
    let orders = (0..book.orders.len()).into_par_iter().with_min_len(1024);
    let desk = || Departures::new(book.problem);
    let orders = orders.map_init(desk, |departures, o| {
        shipments(book, state, OrderIdx::new(o), departures)
    });
    Allocation {
        orders: orders.collect(),
    }
}

fn shipments(book: &Book<'_>, state: &State, order: OrderIdx, departures: &mut Departures<'_>) -> Vec<OrderShipment> {
    let head = book.head(order);
    if head.large > 0 {
        return large_shipments(book, order, &state.large[head.large as usize - 1], departures);
    }
    let part = |p: &price::Part| {
        let entry = &book.entries.at(p.entry);
        let atoms = book.atoms_of(head);
        let pieces: Vec<book::Piece> = book::members(p.atoms)
            .flat_map(|a| book.pieces_of(&atoms[a]).iter().copied())
            .collect();
        let mut rows = Vec::new();
        state::each_cell(book, *p, head.first_atom, |_, row, _| rows.push(row));
        shipment(book, order, (entry.node, entry.way), (&pieces, &rows), departures)
    };
    state.parts_of(book, order).iter().map(part).collect()
}

fn large_shipments(
    book: &Book<'_>,
    order: OrderIdx,
    way: &large::LargeWay,
    departures: &mut Departures<'_>,
) -> Vec<OrderShipment> {
    let shipments = book.large[book.head(order).large as usize - 1]
        .shipments(way)
        .into_iter();
    shipments
        .map(|s| {
            let rows: Vec<u32> = s.cells.iter().map(|&c| book.rows[c as usize]).collect();
            shipment(book, order, (s.node, s.way), (&s.pieces, &rows), departures)
        })
        .collect()
}

/// A shipment as the plan needs it; `rows` are the stock rows from which its pieces take. It waits no longer than for the last
/// of their dates.
fn shipment(
    book: &Book<'_>,
    order: OrderIdx,
    (node, way): (crate::index::NodeIdx, Way),
    (pieces, rows): (&[book::Piece], &[u32]),
    departures: &mut Departures<'_>,
) -> OrderShipment {
    let stock = book.problem.stock();
    let dates = rows.iter().filter_map(|&r| stock[r as usize].available_from);
    let waits_for = dates.max().filter(|&from| from > book.problem.nodes()[node].ready.date);
    let waits_for = waits_for.filter(|_| !matches!(way, Way::Quote(_)));
    let fill = |p: &book::Piece| Fill {
        line: p.line,
        qty: p.qty,
    };
    let mut fills: Vec<Fill> = pieces.iter().map(fill).collect();
    fills.sort_unstable();
    fills.dedup_by(|next, fill| {
        let same = next.line == fill.line;
        fill.qty += if same { next.qty } else { 0 };
        same
    });
    let carriage = match way {
        Way::Pickup => Carriage::Pickup,
        Way::Quote(service) => Carriage::Service(service),
        Way::BestService => {
            // The first service where none takes it, which the verifier then refuses.
            let cheapest = departures.cheapest(order, node, waits_for, &fills);
            Carriage::Service(cheapest.map_or(ServiceIdx(0), |(_, service)| service))
        }
    };
    OrderShipment {
        node,
        carriage,
        waits_for,
        fills,
    }
}
