//! The extension module `clapot._clapot`: converts, calls the library, converts back.
//!
//! People import `clapot`, whose Python side (`python/clapot/__init__.py`) re-exports what is public.
//!
//! | module | what it does |
//! |---|---|
//! | `tables` | tables out: the frozen table class, and its values |
//! | `input` | tables in, by the Arrow PyCapsule interface, and settings |
//! | `problem`, `plan`, `verification` | the classes of these names |
//! | `floors`, `waves` | floors, and the calls of what happens on them: select, batch, tour |
//! | `calls` | `route`, `verify`, `generate` |
//! | `run` | a long call: without the lock of the interpreter, with progress, and stopped by Ctrl-C |
//! | `errors` | from errors of the library, and from panics, to exceptions |
//! | `money` | exact amounts as `decimal.Decimal` |

mod calls;
mod errors;
mod input;
mod money;
mod plan;
mod problem;
mod run;
mod tables;
mod verification;

use pyo3::prelude::*;

#[pymodule]
mod _clapot {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::calls::{generate, route, verify};
    #[pymodule_export]
    use crate::plan::{Plan, plan_from_state};
    #[pymodule_export]
    use crate::problem::{Problem, problem_from_state};
    #[pymodule_export]
    use crate::tables::{Table, table_from_state};
    #[pymodule_export]
    use crate::verification::Verification;

    /// Version of Clapot, such as ``0.1.0``.
    #[pyfunction]
    fn version() -> &'static str {
        clapot::VERSION
    }

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", clapot::VERSION)
    }
}
