//! Mixed-integer programming behind one small trait: a model of binary and integer columns in, the columns that are chosen
//! out.
//!
//! The backend is a value, so that one build can hold several. Backends compute in floats; whoever uses them prices the
//! answer again in integers.

#[cfg(feature = "highs")]
mod highs;
mod microlp;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use crate::search::{Budget, Patience};

/// Minimise the sum of the costs of the chosen columns subject to rows. Costs in ten-thousandths.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub costs: Vec<i64>,
    pub rows: Vec<Row>,
    /// Columns that may be chosen several times, and how often at most; any other is chosen once or not.
    pub most: Vec<(u32, u32)>,
}

/// `sum of coefficient x column  =  rhs`, or `<= rhs`.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub terms: Vec<(u32, i64)>,
    pub rhs: i64,
    pub equal: bool,
}

/// How long a backend may take and how good it has to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub seconds: Option<f64>,
    /// Branch-and-bound nodes, for runs that must repeat.
    pub nodes: Option<u64>,
    /// Relative gap at which to stop; 0 = prove it.
    pub gap: f64,
    pub threads: usize,
    /// The bound matters, and a better solution is sought elsewhere: cuts from the first second on, instead of reductions and
    /// heuristics.
    pub bound_first: bool,
    /// Where the run has no limit: how long to go on without a move.
    pub patience: Option<Patience>,
    /// Most work, in orders priced once, where a backend counts it.
    pub work: Option<u64>,
}

/// What a backend found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    /// Chosen columns, rising, each as often as it is chosen; `None` if no solution was found.
    pub chosen: Option<Vec<u32>>,
    /// The solution is proved to be the best.
    pub proved: bool,
    /// The backend ended by itself: the solution is within the gap that was asked for.
    pub close: bool,
    /// No solution costs less, by the backend's floats, rounded down.
    pub bound: Option<i64>,
    /// What it took, in orders priced once; where a backend does not count, nothing.
    pub work: u64,
    /// It ended since patience did.
    pub stalled: bool,
}

/// What passes between a backend and the one who waits for its answer.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    /// Set where the backend shall end.
    pub enough: AtomicBool,
    /// How often its plan or bound has moved.
    pub moves: AtomicU64,
}

/// A solver of [`Model`]s.
pub(crate) trait Backend: Send + Sync {
    /// How many choices, each of one among several columns, a model should hold.
    fn choices_at_once(&self) -> usize;
    /// The same where most choices have two columns and the start is good.
    fn choices_nearby(&self) -> usize {
        self.choices_at_once()
    }
    /// Whether it solves models of hundreds of choices in a fraction of a second.
    fn carries_neighbourhoods(&self) -> bool {
        self.choices_at_once() >= 500
    }
    /// How many columns a model may have; larger ones are not worth a try.
    fn columns_at_once(&self) -> usize;
    /// Whether it ends at a number of branch-and-bound nodes.
    fn counts_nodes(&self) -> bool {
        true
    }
    /// Solves; `start` are the chosen columns of a solution to begin with.
    fn solve(&self, model: &Model, start: Option<&[u32]>, limits: Limits, wire: &Wire) -> Answer;
}

/// Which solver of mixed-integer programmes is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Milp {
    /// The strongest of this build: HiGHS with the feature `highs`, else microlp.
    #[default]
    Strongest,
    /// microlp, pure Rust, in every build.
    MicroLp,
}

impl Milp {
    pub(crate) fn backend(self) -> &'static dyn Backend {
        match self {
            #[cfg(feature = "highs")]
            Self::Strongest => &highs::Highs,
            #[cfg(not(feature = "highs"))]
            Self::Strongest => &microlp::MicroLp,
            Self::MicroLp => &microlp::MicroLp,
        }
    }
}

/// Solves on a thread that is left behind when the caller asks to stop or the deadline has come, so that neither waits for a
/// backend that looks at its clock too seldom. The thread is told, and ends at its own limit at the latest.
///
/// It is left behind as well once `enough` is set, from elsewhere.
pub(crate) fn solve(
    milp: Milp,
    model: Model,
    start: Option<Vec<u32>>,
    limits: Limits,
    (budget, enough): (&Budget<'_>, Option<&AtomicBool>),
) -> Answer {
    if model.costs.is_empty() {
        return Answer {
            chosen: Some(Vec::new()),
            proved: true,
            close: true,
            bound: Some(0),
            ..Answer::default()
        };
    }
    let (send, receive) = mpsc::channel();
    let wire = Arc::<Wire>::default();
    let other_end = Arc::clone(&wire);
    let run = move || {
        // The receiver may be gone; then nobody wants the answer.
        let _ = send.send(milp.backend().solve(&model, start.as_deref(), limits, &other_end));
    };
    if std::thread::Builder::new()
        .name("clapot-milp".to_owned())
        .spawn(run)
        .is_err()
    {
        return Answer::default();
    }
    let (mut moves, mut told) = (0, None);
    let is_over = |told: Option<Instant>| {
        let is_late = told.is_some_and(|told| told.elapsed() >= GRACE);
        is_late || budget.cut_off() || enough.is_some_and(|enough| enough.load(Ordering::Relaxed))
    };
    loop {
        match receive.recv_timeout(Duration::from_millis(20)) {
            Ok(answer) => return answer,
            Err(mpsc::RecvTimeoutError::Timeout) if !is_over(told) => {}
            // Interrupted, or the backend gave up without an answer.
            Err(_) => {
                wire.enough.store(true, Ordering::Relaxed);
                return Answer::default();
            }
        }
        if moves < wire.moves.load(Ordering::Relaxed) {
            moves = wire.moves.load(Ordering::Relaxed);
            budget.moved();
        }
        if told.is_none() && budget.is_out_of_patience() {
            wire.enough.store(true, Ordering::Relaxed);
            told = Some(Instant::now());
        }
    }
}

/// How long a backend that was told to end has for its answer.
const GRACE: Duration = Duration::from_secs(2);

/// The model as `good_lp` states it: variables, objective, constraints.
fn stated(
    model: &Model,
    start: Option<&[u32]>,
) -> (
    good_lp::variable::UnsolvedProblem,
    Vec<good_lp::Variable>,
    Vec<good_lp::Constraint>,
) {
    let scale = crate::quantity::Money::SCALE as f64;
    let mut variables = good_lp::ProblemVariables::new();
    let mut most = vec![1; model.costs.len()];
    for &(c, n) in &model.most {
        most[c as usize] = n;
    }
    let columns: Vec<good_lp::Variable> = most
        .iter()
        .zip(values(model, start.unwrap_or_default()))
        .map(|(&most, value)| {
            let column = match most {
                1 => good_lp::variable().binary(),
                _ => good_lp::variable().integer().min(0.0).max(f64::from(most)),
            };
            variables.add(if start.is_some() { column.initial(value) } else { column })
        })
        .collect();
    let objective: good_lp::Expression = columns
        .iter()
        .zip(&model.costs)
        .map(|(&x, &c)| x * (c as f64 / scale))
        .sum();
    let constraints = model
        .rows
        .iter()
        .map(|row| {
            let sum: good_lp::Expression = row.terms.iter().map(|&(c, a)| columns[c as usize] * a as f64).sum();
            if row.equal {
                sum.eq(row.rhs as f64)
            } else {
                sum.leq(row.rhs as f64)
            }
        })
        .collect();
    (variables.minimise(objective), columns, constraints)
}

/// The columns, each as often as its rounded value says.
fn chosen(values: impl Iterator<Item = f64>) -> Vec<u32> {
    let times = |(c, v): (usize, f64)| std::iter::repeat_n(c as u32, v.max(0.0).round() as usize);
    values.enumerate().flat_map(times).collect()
}

/// The value of every column where these are chosen.
fn values(model: &Model, chosen: &[u32]) -> Vec<f64> {
    let mut values = vec![0.0; model.costs.len()];
    for &c in chosen {
        values[c as usize] += 1.0;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units of two sorts at one price each opening: the cheapest cover of a number of units, by every backend.
    #[test]
    fn columns_that_count_are_chosen_as_often_as_the_rows_let_them() {
        for units in [3, 500, 20_000, 60_000, 90_000, 1_000_000] {
            // A unit here and there, what opens each, and units left out.
            let model = Model {
                costs: vec![0, 0, 50_000, 50_000, 500_000],
                most: vec![(0, units), (1, 1), (4, units + 2)],
                rows: vec![
                    Row {
                        terms: vec![(0, 1), (1, 1), (4, 1)],
                        rhs: i64::from(units) + 2,
                        equal: true,
                    },
                    Row {
                        terms: vec![(0, 1), (2, -i64::from(units))],
                        rhs: 0,
                        equal: false,
                    },
                    Row {
                        terms: vec![(1, 1), (3, -1)],
                        rhs: 0,
                        equal: false,
                    },
                ],
            };
            for milp in [Milp::Strongest, Milp::MicroLp] {
                let limits = Limits {
                    seconds: None,
                    nodes: None,
                    gap: 0.0,
                    threads: 1,
                    bound_first: false,
                    patience: None,
                    work: None,
                };
                let answer = milp.backend().solve(&model, None, limits, &Wire::default());
                let mut expected = vec![0; units as usize];
                expected.extend([1, 2, 3, 4]);
                assert!(answer.proved, "{units} by {milp:?}: {:?}", answer.bound);
                assert!(answer.chosen == Some(expected), "{units} by {milp:?}");
            }
        }
    }
}
