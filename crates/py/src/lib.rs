//! The extension module `clapot._clapot`: converts, calls the library, converts back.
//!
//! People import `clapot`, whose Python side (`python/clapot/__init__.py`) re-exports what is public.
//!
//! | module | what it does |
//! |---|---|
//! | `tables`, `cells` | tables out: the frozen table class, and its values |
//! | `input`, `side_by_side`, `meaning` | tables in, by the Arrow PyCapsule interface or as lists, and settings |
//! | `ids`, `dates` | ids in the type in which they came, moments as timestamps |
//! | `problem`, `plan`, `verification` | the classes of these names |
//! | `floors`, `waves` | floors, and `plan_waves` |
//! | `layout`, `batch`, `select` | how a picker walks, and the single questions of a floor: `tour`, `batch`, `select_wave` |
//! | `calls` | `route`, `verify`, `generate` |
//! | `priced` | `price` |
//! | `run` | a long call: without the lock of the interpreter, with progress, and stopped by Ctrl-C |
//! | `errors` | from errors of the library, and from panics, to exceptions |
//! | `money` | exact amounts as `decimal.Decimal` |

#![allow(
    clippy::doc_markdown,
    clippy::doc_link_with_quotes,
    reason = "docstrings are in the form of Python's numerical libraries"
)]
#![allow(
    clippy::struct_field_names,
    reason = "a class of Python holds the thing of the same name"
)]
#![allow(
    clippy::needless_pass_by_value,
    reason = "arguments are taken out of objects of Python"
)]
#![allow(clippy::type_complexity, reason = "what a class is pickled as is a tuple")]

mod batch;
mod calls;
mod cells;
mod dates;
mod errors;
mod floors;
mod ids;
mod input;
mod layout;
mod meaning;
mod money;
mod plan;
mod priced;
mod problem;
mod run;
mod select;
mod shipments;
mod side_by_side;
mod tables;
mod verification;
mod waves;

use pyo3::prelude::*;

#[pymodule]
mod _clapot {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::batch::{Batches, batch, batches_from_state};
    #[pymodule_export]
    use crate::calls::{generate, route, verify};
    #[pymodule_export]
    use crate::floors::{Floors, floors_from_state, generate_floors};
    #[pymodule_export]
    use crate::input::{columns_of, table_of, tables_of};
    #[pymodule_export]
    use crate::layout::{Layout, Tour, layout_from_state, tour, tour_from_state};
    #[pymodule_export]
    use crate::plan::{Plan, plan_from_state};
    #[pymodule_export]
    use crate::priced::{Priced, price, priced_from_state};
    #[pymodule_export]
    use crate::problem::{Problem, problem_from_state};
    #[pymodule_export]
    use crate::select::{Selection, select_wave, selection_from_state};
    #[pymodule_export]
    use crate::shipments::read_shipments;
    #[pymodule_export]
    use crate::tables::{Table, table_from_state, table_of_columns};
    #[pymodule_export]
    use crate::verification::{Verification, verification_from_state};
    #[pymodule_export]
    use crate::waves::plan_waves;

    #[pymodule_export]
    use crate::errors::panic_for_tests;

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
