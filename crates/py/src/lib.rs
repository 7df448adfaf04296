//! The extension module `clapot._clapot`: converts, calls the library, converts back.
//!
//! People import `clapot`, whose Python side (`python/clapot/__init__.py`) re-exports what is public.

use pyo3::prelude::*;

#[pymodule]
mod _clapot {
    use super::{Bound, PyModule, PyModuleMethods, PyResult, pyfunction};

    /// Returns the version of Clapot, such as `0.1.0`.
    #[pyfunction]
    fn version() -> &'static str {
        clapot::VERSION
    }

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", clapot::VERSION)
    }
}
