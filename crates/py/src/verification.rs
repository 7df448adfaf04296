//! The class `Verification`: what the independent judge found.

use std::sync::Arc;

use clapot::Money;
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
    found: Arc<clapot::verify::Verification>,
}

impl Verification {
    pub(crate) fn new(found: clapot::verify::Verification) -> Self {
        let found = Arc::new(found);
        Self { found }
    }
}

fn texts(list: &[Violation]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

#[pymethods]
impl Verification {
    /// Whether nothing is wrong with the plan.
    #[getter]
    fn is_valid(&self) -> bool {
        self.found.is_valid()
    }

    /// Everything that makes the plan invalid, in words.
    #[getter]
    fn violations(&self) -> Vec<String> {
        texts(&self.found.violations)
    }

    /// What is unusual but not wrong, in words.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        texts(&self.found.warnings)
    }

    /// Cost of the plan, added up again.
    #[getter]
    fn total<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        amount(py, self.found.cost.total())
    }

    /// Its parts: ``transport``, ``handling``, ``split``, ``late``, ``unfilled``.
    #[getter]
    fn cost<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        parts(py, &self.found.cost)
    }

    /// The bound that is certain; ``None`` where it was not recomputed.
    #[getter]
    fn bound<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.found.certified_bound().map(|bound| amount(py, bound)).transpose()
    }

    /// ``(total - bound) / total`` with both recomputed; ``None`` where the bound was not.
    #[getter]
    fn gap(&self) -> Option<f64> {
        self.found.certified_gap()
    }

    fn __bool__(&self) -> bool {
        self.found.is_valid()
    }

    fn __repr__(&self) -> String {
        let total = self.found.cost.total();
        let bound = self.found.certified_bound().map_or_else(|| "None".to_owned(), |b: Money| b.to_string());
        match self.found.violations.as_slice() {
            [] => format!("Verification(valid, total={total}, bound={bound})"),
            [first, ..] => {
                let n = self.found.violations.len();
                format!("Verification(NOT valid, {n} violations, the first: {first})")
            }
        }
    }
}
