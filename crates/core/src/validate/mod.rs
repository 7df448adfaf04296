//! From draft to problem: every diagnostic, never only the first.

use crate::diagnostic::Diagnostic;
use crate::model::{Draft, Problem};

/// A valid problem and what was noticed on the way.
#[derive(Debug)]
pub struct Checked {
    /// The problem.
    pub problem: Problem,
    /// Warnings; never errors.
    pub warnings: Vec<Diagnostic>,
}

/// Checks a draft and makes the problem that it describes.
///
/// # Errors
/// All errors and warnings, in the order of tables and rows, where there is at least one error.
pub fn check(draft: Draft) -> Result<Checked, Vec<Diagnostic>> {
    let _ = draft;
    Err(Vec::new())
}
