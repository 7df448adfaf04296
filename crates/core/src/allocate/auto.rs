//! The default method: shadow prices, hardening, one model where orders are very few, ruin and recreate, price-and-branch, in
//! this order, under one budget.

use std::time::Duration;

use super::anneal::{anneal, anneal_often};
use super::book::{Book, Builder};
use super::branch::{self, Branching};
use super::climb::{Climb, climb};
use super::exchange::exchange;
use super::few;
use super::harden::{first_plan, settle};
use super::local_search::{How, explore};
use super::perturb::perturb;
use super::proof_time;
use super::serve::shuffled;
use super::shadow::Rows;
use super::start::{Kept, Warm};
use super::state::State;
use crate::model::Problem;
use crate::plan::Start;
use crate::search::{Budget, Milp, Progress};

/// What a method hands to the front door; amounts in ten-thousandths.
pub(crate) struct Found<'p> {
    pub book: Book<'p>,
    pub state: State,
    pub climb: Climb,
    /// No plan costs less, by branching.
    pub least: Option<i64>,
    /// What was taken over from a start.
    pub warm: Option<Kept>,
    /// There was no time to serve all orders.
    pub is_cut: bool,
}

/// Parameters of a run that the methods share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub seed: u64,
    pub threads: usize,
    /// Relative gap at which to stop; 0 = go on.
    pub gap: f64,
    pub milp: Milp,
}

/// Shares of the budget: at which prices, annealing, models of lines and the local search end at the latest, and that hardening and ruin and
/// recreate may take. Annealing and models of lines are for large orders only.
struct Phases {
    prices: f64,
    harden: f64,
    anneal: f64,
    perturb: f64,
    exchange: f64,
    explore: f64,
}

const PHASES: Phases = Phases {
    prices: 0.25,
    harden: 0.07,
    anneal: 0.0,
    perturb: 0.02,
    exchange: 0.0,
    explore: 0.6,
};
/// The same with a backend for small models only.
const PHASES_BY_SEARCH: Phases = Phases {
    prices: 0.25,
    harden: 0.07,
    anneal: 0.0,
    perturb: 0.4,
    exchange: 0.0,
    explore: 0.9,
};
/// The same where many lines are in large orders, which take longer to price, and which branching leaves as they are.
const PHASES_LARGE: Phases = Phases {
    prices: 0.5,
    harden: 0.04,
    anneal: 0.92,
    perturb: 0.02,
    exchange: 0.97,
    explore: 0.98,
};
/// The same where all orders are few enough for one model of their lines.
const PHASES_LARGE_FEW: Phases = Phases {
    prices: 0.2,
    anneal: 0.28,
    ..PHASES_LARGE
};
/// The same where stock comes at several dates, which neither annealing nor models of lines know.
const PHASES_LARGE_DATED: Phases = Phases {
    anneal: 0.0,
    perturb: 0.06,
    exchange: 0.0,
    ..PHASES_LARGE
};
/// Until when one model of all lines may take, at least.
const ONE_MODEL: f64 = 0.8;
/// A problem with so many of a hundred lines in large orders has their shares.
const MANY_LARGE: usize = 25;
/// Steps of the climb of the shadow prices.
pub(crate) const CLIMB: usize = 1600;
/// The same with more orders than the second number: there the plan is worth more than the last steps.
const CLIMB_OF_MANY: (usize, usize) = (600, 5000);
/// Where the time is less than so many times what building the book took, there is little for each order, and prices get this share: all that
/// comes after them is worth little without.
const LITTLE_TIME: (f64, f64) = (30.0, 0.42);
/// A climb of so few steps had little time for each order; then hardening gets this share, since it needs sweeps.
const HURRY: (usize, f64) = (100, 0.25);
/// Epochs of ruin and recreate where nothing else stops it.
const EPOCHS: u64 = 120;

/// Whether there is little time for each order of a book that took so long to build; never where the run must repeat.
fn has_little_time(budget: &Budget<'_>, building: Duration) -> bool {
    let little = |seconds| seconds < LITTLE_TIME.0 * building.as_secs_f64();
    budget.work_left().is_none() && budget.seconds_left().is_some_and(little)
}

/// The shares for a problem.
fn phases(book: &Book<'_>, settings: Settings, few: bool, little_time: bool) -> Phases {
    let in_large = book
        .large
        .iter()
        .filter(|l| !l.is_easy())
        .map(|l| l.atoms.len())
        .sum::<usize>();
    let many_large = in_large * 100 > book.atoms_in_all() * MANY_LARGE;
    let phases = match (many_large, settings.milp.backend().carries_neighbourhoods()) {
        (false, true) => PHASES,
        (false, false) => PHASES_BY_SEARCH,
        (true, _) if book.problem.chains().is_dated() => PHASES_LARGE_DATED,
        (true, _) if few => PHASES_LARGE_FEW,
        (true, _) => PHASES_LARGE,
    };
    if little_time && book.is_exact() {
        Phases {
            prices: LITTLE_TIME.1,
            ..phases
        }
    } else {
        phases
    }
}

/// Runs the default method; `None` where there was no time for the order book.
pub(crate) fn auto<'p>(
    problem: &'p Problem,
    settings: Settings,
    start: Option<&Start>,
    budget: &'p Budget<'p>,
    see: &mut dyn FnMut(Progress),
) -> Option<Found<'p>> {
    let mut tell = |phase, incumbent: Option<i64>, bound| {
        budget.note(incumbent, bound);
        see(Progress {
            phase,
            seconds: budget.seconds(),
            incumbent,
            bound,
        });
    };
    tell("options", None, None);
    let before = budget.seconds();
    let builder = Builder::new(problem).within(budget);
    let mut book = builder.build_in_time(&mut || tell("options", None, None))?;
    let building = Duration::from_secs_f64((budget.seconds() - before).max(0.0));
    budget.keep(proof_time::measured(problem, building, start.is_some()));
    let rows = Rows::binding(&book);
    let few = few::is_few(&book, settings);
    let phases = phases(&book, settings, few, has_little_time(budget, building));
    tell("prices", None, None);
    let warm = start.map(|start| Warm::new(&book, &rows, start));
    let steps = if book.orders.len() > CLIMB_OF_MANY.1 {
        CLIMB_OF_MANY.0
    } else {
        CLIMB
    };
    let from = warm.as_ref().map(|warm| &warm.prices);
    let mut climb = climb(&book, &rows, budget, phases.prices, steps, from);
    for (large, pool) in book.large.iter_mut().zip(std::mem::take(&mut climb.pools)) {
        large.pool = pool;
    }
    // With most large orders the climb only estimates the bound; the verifier states it.
    let known = book.is_exact();
    let bound = climb.bound;
    budget.note(None, Some(bound));
    tell("harden", None, known.then_some(bound));
    let hurry = climb.passes < HURRY.0 && budget.is_limited() && known && !climb.is_exact;
    let share = if hurry { HURRY.1 } else { phases.harden };
    let sequence = shuffled(&book, settings.seed);
    let mut state = first_plan(&book, &rows, &climb, &sequence, budget, budget.spent() + share);
    let warm = warm.map(|warm| warm.compete(&book, &climb.prices, &sequence, budget, &mut state));
    let is_cut = book.is_overdue();
    settle(&book, &mut state, &sequence, budget);
    let mut least = (known && state.total() == bound).then_some(bound);
    let finished = |state: &State, least: Option<i64>| {
        let close = settings.gap > 0.0 && (state.total() - bound) as f64 <= settings.gap * state.total() as f64;
        known && (state.total() == bound || close) || least == Some(state.total()) || budget.stop().is_some()
    };
    if !finished(&state, least) {
        tell("branch", Some(state.total()), known.then_some(bound));
        least = least.max(few::compact((&book, &climb), settings, &mut state, budget));
    }
    let mut plans = Vec::new();
    if !finished(&state, least) && !known {
        tell("improve", Some(state.total()), known.then_some(bound));
        let (prices, seed) = (&climb.prices, settings.seed);
        if few {
            plans = anneal_often((&book, &rows), &climb, seed, budget, phases.anneal);
            if let Some(best) = plans.first().filter(|best| best.total() < state.total()) {
                state = best.clone();
            }
        }
        // A work limit may be too small for short ones.
        if plans.is_empty() {
            anneal((&book, &rows), prices, &mut state, seed, budget, phases.anneal);
        }
    }
    if !finished(&state, least) {
        tell("improve", Some(state.total()), known.then_some(bound));
        perturb(
            &book,
            &rows,
            &climb.prices,
            &mut state,
            settings.seed,
            budget,
            budget.spent() + phases.perturb,
            EPOCHS,
        );
    }
    if !finished(&state, least) && few && !few::lists_suffice(&book, &climb, &state) {
        tell("exchange", Some(state.total()), known.then_some(bound));
        let until = phases.exchange.max(ONE_MODEL);
        let plans = (&mut state, plans);
        least = least.max(few::improve((&book, &rows), &climb, settings, plans, budget, until));
    } else if !finished(&state, least) && !few && !known {
        tell("exchange", Some(state.total()), known.then_some(bound));
        exchange((&book, &rows), &climb, settings, &mut state, budget, phases.exchange);
    }
    // A plan that costs no more ends the run, since nothing is below the bound.
    let how = |seed, until| How {
        seed,
        until,
        enough: bound.saturating_add((settings.gap * bound as f64) as i64),
    };
    if !finished(&state, least) {
        let how = how(settings.seed, phases.explore);
        explore(&book, &climb.prices, &mut state, how, budget);
    }
    if !finished(&state, least) {
        let mut news = |total| tell("branch", Some(total), known.then_some(bound));
        news(state.total());
        let branching = Branching {
            book: &book,
            rows: &rows,
            climb: &climb,
            settings,
            budget,
        };
        least = least.max(branch::branch(&branching, &mut state, &mut news));
    }
    if !finished(&state, least) && budget.is_limited() {
        tell("improve", Some(state.total()), known.then_some(bound));
        let how = how(settings.seed.wrapping_add(1), 1.0);
        explore(&book, &climb.prices, &mut state, how, budget);
        perturb(
            &book,
            &rows,
            &climb.prices,
            &mut state,
            settings.seed.wrapping_add(1),
            budget,
            1.0,
            EPOCHS,
        );
    }
    tell("done", Some(state.total()), known.then_some(bound));
    Some(Found {
        book,
        state,
        climb,
        least,
        warm,
        is_cut,
    })
}
