//! Who does what when on a floor: picks from pick locations, the order in which a tour makes them, a cart, a picker, a time.
//!
//! | module | what it does |
//! |---|---|
//! | `site` | the floor and its work as planning sees them: sizes, dues, shifts |
//! | `portions` | shipments that no cart takes whole, in portions |
//! | `picks` | from which pick location each line is taken |
//! | `tour` | the order of the picks of a batch, and how long it takes |
//! | `load` | batches and waves on their way to a plan |
//! | `schedule` | from waves in their order to pickers, carts, times, and what that is worth |
//! | `back` | the same schedule as late as is safe |

pub(crate) mod back;
pub(crate) mod load;
pub(crate) mod picks;
pub(crate) mod portions;
pub(crate) mod schedule;
pub(crate) mod site;
pub(crate) mod tour;
