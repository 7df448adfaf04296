//! The class `Verification`: what the independent judge found.

use clapot::Money;
use clapot::plan::CostParts;
use clapot::verify::Violation;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::money::amount;
use crate::plan::parts;

/// What the independent verifier found of a plan. It is true where the plan is valid.
///
/// Examples
/// --------
/// >>> import clapot
/// >>> problem = clapot.generate(orders=20, nodes=4, seed=7)
/// >>> found = clapot.verify(problem, clapot.route(problem))
/// >>> bool(found), found.violations
/// (True, [])
#[pyclass(module = "clapot", frozen)]
pub(crate) struct Verification {
    state: State,
}

/// Violations, warnings, cost by parts and bound in ten-thousandths, gap, what was not checked.
type State = (
    Vec<String>,
    Vec<String>,
    [i64; 5],
    Option<i64>,
    Option<f64>,
    Vec<String>,
);

impl Verification {
    pub(crate) fn new(found: &clapot::verify::Verification) -> Self {
        let texts = |list: &[Violation]| list.iter().map(ToString::to_string).collect();
        let c = &found.cost;
        let cost = [c.transport, c.handling, c.split, c.late, c.unfilled].map(Money::ten_thousandths);
        let bound = found.certified_bound().map(Money::ten_thousandths);
        let state = (
            texts(&found.violations),
            texts(&found.warnings),
            cost,
            bound,
            found.certified_gap(),
            texts(&found.unchecked),
        );
        Self { state }
    }

    fn costs(&self) -> CostParts {
        let [transport, handling, split, late, unfilled] = self.state.2.map(Money::from_ten_thousandths);
        CostParts {
            transport,
            handling,
            split,
            late,
            unfilled,
        }
    }
}

/// A verification from what it was pickled as.
#[pyfunction(name = "_verification_from_state")]
pub(crate) fn verification_from_state(state: State) -> Verification {
    Verification { state }
}

#[pymethods]
impl Verification {
    /// Whether all of the plan was checked and nothing is wrong with it.
    #[getter]
    fn is_valid(&self) -> bool {
        self.state.0.is_empty() && self.state.5.is_empty()
    }

    /// What was not checked within the limits, in words: it may be right or wrong.
    #[getter]
    fn unchecked(&self) -> Vec<String> {
        self.state.5.clone()
    }

    /// Everything that makes the plan invalid, in words.
    #[getter]
    fn violations(&self) -> Vec<String> {
        self.state.0.clone()
    }

    /// What is unusual but not wrong, in words.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.state.1.clone()
    }

    /// Cost of the plan, added up again.
    #[getter]
    fn total<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        amount(py, self.costs().total())
    }

    /// Its parts: ``transport``, ``handling``, ``split``, ``late``, ``unfilled``.
    #[getter]
    fn cost<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        parts(py, &self.costs())
    }

    /// The bound that is certain; ``None`` where it was not recomputed.
    #[getter]
    fn bound<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let bound = self.state.3.map(Money::from_ten_thousandths);
        bound.map(|bound| amount(py, bound)).transpose()
    }

    /// ``(total - bound) / total`` with both recomputed; ``None`` where the bound was not, or proves nothing.
    #[getter]
    fn gap(&self) -> Option<f64> {
        self.state.4
    }

    fn __bool__(&self) -> bool {
        self.is_valid()
    }

    fn __repr__(&self) -> String {
        let total = self.costs().total();
        let bound = self.state.3.map(Money::from_ten_thousandths);
        let bound = bound.map_or_else(|| "None".to_owned(), |bound| bound.to_string());
        match self.state.0.as_slice() {
            [] if !self.is_valid() => format!("Verification(NOT checked whole, total={total}, bound={bound})"),
            [] => format!("Verification(valid, total={total}, bound={bound})"),
            [first, ..] => {
                let n = self.state.0.len();
                let many = if n == 1 { "" } else { "s" };
                format!("Verification(NOT valid, {n} violation{many}, the first: {first})")
            }
        }
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (State,))> {
        let make = slf.py().import("clapot._clapot")?.getattr("_verification_from_state")?;
        Ok((make, (slf.get().state.clone(),)))
    }
}
