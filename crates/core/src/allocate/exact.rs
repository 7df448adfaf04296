//! The whole as one MILP over options, proved: for small problems and for tests.
//!
//! A plan within the limits is found first. With prices p, no option whose reduced cost is above `plan - B(p)` can be in a
//! cheaper plan, so the model of the other options is exact. Orders of too many ways for that are blocks of a model of
//! lines and quantities ([`one_model`](super::one_model)). A problem that is too large for either comes back without proof.

use super::auto::{CLIMB, Found, Settings};
use super::book::Builder;
use super::branch::{CAREFUL, nodes, threads};
use super::climb::climb;
use super::few::{compact, least_at_the_prices};
use super::harden::{first_plan, settle};
use super::one_model::{Room, Seats, one_model};
use super::options::gather;
use super::perturb::perturb;
use super::polish::{Effort, polish};
use super::serve::shuffled;
use super::shadow::Rows;
use super::start::Warm;
use super::state::State;
use super::valuation::Priced;
use crate::index::{Idx as _, OrderIdx};
use crate::model::Problem;
use crate::plan::Start;
use crate::search::milp::Limits;
use crate::search::{Budget, Progress};

/// Most options of one order.
const MOST: usize = 20_000;
/// Most options of all orders together, so that a problem that is too large for a proof fits into memory.
const MOST_OF_ALL: usize = 400_000;

/// Runs the exact method; `None` where there was no time for the order book.
pub(crate) fn exact<'p>(
    problem: &'p Problem,
    settings: Settings,
    start: Option<&Start>,
    budget: &'p Budget<'p>,
    see: &mut dyn FnMut(Progress),
) -> Option<Found<'p>> {
    let book = Builder::new(problem).within(budget).build_in_time(&mut || {})?;
    let rows = Rows::binding(&book);
    let mut tell = |phase, incumbent, bound| {
        budget.note(incumbent, bound);
        see(Progress {
            phase,
            seconds: budget.seconds(),
            incumbent,
            bound,
        });
    };
    tell("prices", None, None);
    let warm = start.map(|start| Warm::new(&book, &rows, start));
    let climb = climb(&book, &rows, budget, 0.2, CLIMB, warm.as_ref().map(|w| &w.prices));
    tell("plan", None, Some(climb.bound));
    let sequence = shuffled(&book, settings.seed);
    let mut state = first_plan(&book, &rows, &climb, &sequence, budget, 0.25);
    let warm = warm.map(|warm| warm.compete(&book, &climb.prices, &sequence, budget, &mut state));
    let is_cut = book.is_overdue();
    settle(&book, &mut state, &sequence, budget);
    let model = if budget.stop().is_none() {
        compact((&book, &climb), settings, &mut state, budget)
    } else {
        None
    };
    let is_best = |state: &State, least: Option<i64>| least == Some(state.total());
    if !is_best(&state, model) {
        perturb(&book, &rows, &climb.prices, &mut state, settings.seed, budget, 0.3, 20);
    }
    tell("branch", Some(state.total()), Some(climb.bound));
    let slack = (state.total() - climb.bound).max(0);
    let is_small = book.is_exact();
    let mut least = model.max((slack == 0 && is_small).then_some(climb.bound));
    let nodes = budget.work_left().and(nodes(budget));
    if !is_best(&state, least) && budget.stop().is_none() {
        let orders: Vec<OrderIdx> = (0..book.orders.len()).map(OrderIdx::new).collect();
        let limits = Limits {
            seconds: budget.seconds_left().map(|s| s * CAREFUL),
            nodes,
            gap: 0.0,
            threads: threads(settings, budget),
            bound_first: false,
            patience: None,
            work: None,
        };
        let most = (MOST_OF_ALL / orders.len().max(1)).clamp(10, MOST);
        let priced = Priced::new(&book, &climb.prices);
        let options = gather(&book, &orders, &priced, slack, most, &state);
        budget.spend(orders.len() as u64);
        let effort = Effort {
            largest: usize::MAX,
            limits,
            milp: settings.milp,
            enough: None,
        };
        let better = polish(&book, &options, &climb.prices, (&state, &state.left), effort, budget);
        let (proved, bound) = (better.proved, better.least);
        better.apply(&book, &mut state);
        let branched = match bound {
            _ if !is_small => None,
            _ if proved => Some(state.total()),
            Some(bound) => Some(bound.min(state.total())),
            None => None,
        };
        least = least.max(branched);
        if least != Some(state.total()) && budget.stop().is_none() {
            let at_prices = least_at_the_prices(&book, &rows, &climb);
            let gap = at_prices.map(|least| (state.total() - least).max(0));
            let model = one_model(
                (&book, &climb),
                Seats::All(gap),
                (settings, Room::until(1.0, nodes, budget)),
                &mut state,
                budget,
            );
            least = least.max(model);
        }
        tell("branched", Some(state.total()), Some(climb.bound));
    }
    Some(Found {
        book,
        state,
        climb,
        least,
        warm,
        is_cut,
    })
}
