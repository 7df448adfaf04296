//! The commands, one file each: its options, its help, and what it does.

mod completions;
mod generate;
mod man;
mod route;
mod validate;
mod verify;

pub(crate) use completions::Completions;
pub(crate) use generate::Generate;
pub(crate) use man::Man;
pub(crate) use route::Route;
pub(crate) use validate::Validate;
pub(crate) use verify::Verify;
