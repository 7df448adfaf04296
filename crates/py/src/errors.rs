//! From errors of the library, and from panics, to exceptions. Their classes are in `python/clapot/_errors.py`.

use std::any::Any;
use std::ffi::CString;
use std::panic::{AssertUnwindSafe, catch_unwind};

use clapot::Diagnostic;
use clapot::diagnostic::Code;
use pyo3::prelude::*;
use pyo3::types::PyList;

const MODULE: &str = "clapot._errors";

/// The exception for an error.
pub(crate) fn raise(py: Python<'_>, error: &clapot::Error) -> PyErr {
    let made = match error.code() {
        "input" => return invalid(py, error.diagnostics()),
        "io" => exception(py, "FileError", &error.to_string()),
        "options" => exception(py, "OptionError", &error.to_string()),
        "interrupted" => exception(py, "StoppedError", &error.to_string()),
        "verification" => exception(py, "VerificationError", &error.to_string()),
        _ => exception(py, "InternalError", &error.to_string()),
    };
    made.unwrap_or_else(|e| e)
}

/// An input that cannot be used, with all that is wrong with it.
pub(crate) fn invalid(py: Python<'_>, list: &[Diagnostic]) -> PyErr {
    let make = || {
        let class = py.import(MODULE)?.getattr("InputError")?;
        Ok(PyErr::from_value(class.call1((diagnostics(py, list)?,))?))
    };
    make().unwrap_or_else(|e: PyErr| e)
}

/// A table that could not be taken, because of another exception.
pub(crate) fn unreadable(py: Python<'_>, table: &str, cause: PyErr) -> PyErr {
    let make = || {
        let class = py.import(MODULE)?.getattr("Diagnostic")?;
        let code = Code::COLUMN_TYPE;
        let message = format!("the table cannot be given as Arrow: {}", cause.value(py));
        let place = (table.to_owned(), None::<u64>, None::<&str>, message, None::<&str>);
        let (table, row, column, message, location) = place;
        let diagnostic = class.call1((
            code.id(),
            code.name(),
            code.severity().as_str(),
            table,
            row,
            column,
            message,
            code.remedy(),
            location,
        ))?;
        let error = py.import(MODULE)?.getattr("InputError")?.call1((vec![diagnostic],))?;
        let error = PyErr::from_value(error);
        error.set_cause(py, Some(cause));
        Ok(error)
    };
    make().unwrap_or_else(|e: PyErr| e)
}

/// Diagnostics as objects of Python.
pub(crate) fn diagnostics<'py>(py: Python<'py>, list: &[Diagnostic]) -> PyResult<Bound<'py, PyList>> {
    let class = py.import(MODULE)?.getattr("Diagnostic")?;
    let objects = list.iter().map(|d| {
        class.call1((
            d.code.id(),
            d.code.name(),
            d.severity.as_str(),
            d.table,
            d.row,
            d.field,
            d.message.as_str(),
            d.code.remedy(),
            d.location.as_ref().map(ToString::to_string),
            d.order.as_deref(),
            d.more,
        ))
    });
    PyList::new(py, objects.collect::<PyResult<Vec<_>>>()?)
}

/// Warnings of Python for columns and settings that are not known, but like ones that are.
pub(crate) fn warn_of_names(py: Python<'_>, list: &[Diagnostic]) -> PyResult<()> {
    let misspelt = [Code::MISSPELT_COLUMN, Code::UNKNOWN_KEY];
    for d in list.iter().filter(|d| misspelt.contains(&d.code)) {
        let text = CString::new(format!("{}: {}", d.table, d.message))?;
        let class = py.import(MODULE)?.getattr("InputWarning")?;
        PyErr::warn(py, &class, &text, 1)?;
    }
    Ok(())
}

fn exception(py: Python<'_>, class: &str, message: &str) -> PyResult<PyErr> {
    let class = py.import(MODULE)?.getattr(class)?;
    Ok(PyErr::from_value(class.call1((message,))?))
}

/// A parameter that cannot be used.
pub(crate) fn option(py: Python<'_>, message: &str) -> PyErr {
    exception(py, "OptionError", message).unwrap_or_else(|e| e)
}

/// The exception for a panic, which is a bug.
pub(crate) fn panicked(py: Python<'_>, payload: &(dyn Any + Send)) -> PyErr {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("unknown");
    let message = format!(
        "internal error: {text}. This is a bug in Clapot {}; please report it",
        clapot::VERSION
    );
    exception(py, "InternalError", &message).unwrap_or_else(|e| e)
}

/// Runs what holds the lock of the interpreter; a panic becomes an exception that is a `ClapotError`.
pub(crate) fn guarded<T>(py: Python<'_>, call: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|payload| Err(panicked(py, &*payload)))
}

/// Runs a short call, or one that must not be left to itself, without the lock of the interpreter; errors and panics become
/// exceptions.
pub(crate) fn detached<T: Send>(py: Python<'_>, call: impl FnOnce() -> Result<T, clapot::Error> + Send) -> PyResult<T> {
    match py.detach(|| catch_unwind(AssertUnwindSafe(call))) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(raise(py, &error)),
        Err(payload) => Err(panicked(py, &*payload)),
    }
}

/// Panics, so that tests can see what comes of it: in a call that runs in a thread of its own (``call``), in one that runs in this
/// thread (``detached``), with the lock held (``guarded``), or bare, as another extension may (``bare``).
#[pyfunction(name = "_panic_for_tests")]
pub(crate) fn panic_for_tests(py: Python<'_>, place: &str) -> PyResult<()> {
    #[allow(clippy::panic, reason = "that is what it is for")]
    fn panic() -> ! {
        panic!("on purpose")
    }
    match place {
        "call" => crate::run::interruptible(py, |_| panic()),
        "detached" => detached(py, || panic()),
        "guarded" => guarded(py, || panic()),
        _ => panic(),
    }
}
