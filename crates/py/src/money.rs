//! Exact amounts as `decimal.Decimal`, with the digits that the files have.

use clapot::Money;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// A decimal number by its text.
pub(crate) fn decimal<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    DECIMAL.import(py, "decimal", "Decimal")?.call1((text,))
}

/// An amount.
pub(crate) fn amount(py: Python<'_>, money: Money) -> PyResult<Bound<'_, PyAny>> {
    decimal(py, &money.to_string())
}
