//! The names in a plan's tables: what of the problem they mean. A plan for the problem names nothing else; a plan to start
//! from may be of yesterday, and what it names in vain is passed over and noted.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use crate::diagnostic::Code;
use crate::index::{IdTable, Idx, IndexVec, LineIdx, NodeIdx, OrderIdx, ServiceIdx, SkuIdx};
use crate::io::cells::Cells;
use crate::model::Problem;
use crate::plan::Known;

/// Finds elements by their ids; quick for orders with many lines too.
pub(super) struct Names<'p> {
    pub problem: &'p Problem,
    long: HashMap<(OrderIdx, &'p str), LineIdx>,
    /// Where ids that mean nothing are no fault: what was met so far.
    met: Option<RefCell<Met>>,
}

/// What the rows of an earlier plan name.
#[derive(Debug)]
pub(super) struct Met {
    /// For every order, whether a row names it, and whether all that the rows say of it means something.
    pub orders: IndexVec<OrderIdx, Known>,
    /// Orders that the problem does not have.
    pub gone: HashSet<String>,
}

/// From this number of lines on, an order's lines are found through a hash table.
const MANY: usize = 24;

impl<'p> Names<'p> {
    /// Every id must be one of the problem.
    pub(super) fn new(problem: &'p Problem) -> Self {
        let mut long = HashMap::new();
        for (order, o) in problem
            .orders()
            .iter_enumerated()
            .filter(|(_, o)| o.lines().len() >= MANY)
        {
            long.extend(o.lines().map(|line| ((order, problem.line_id(line)), line)));
        }
        Self {
            problem,
            long,
            met: None,
        }
    }

    /// Ids may be of an earlier problem.
    pub(super) fn of_earlier(problem: &'p Problem) -> Self {
        let orders = problem.orders().iter().map(|_| Known::New).collect();
        Self {
            met: Some(RefCell::new(Met {
                orders,
                gone: HashSet::new(),
            })),
            ..Self::new(problem)
        }
    }

    /// What the rows read so far name.
    pub(super) fn met(self) -> Option<Met> {
        self.met.map(RefCell::into_inner)
    }

    /// The line that two columns of a row name.
    pub(super) fn line(&self, cells: &mut Cells<'_, '_>, order: usize, line: usize) -> Option<LineIdx> {
        let order = self.order(cells, order);
        let id = cells.needed(line)?;
        let order = order?;
        let found = if self.problem.orders()[order].lines().len() < MANY {
            self.problem.find_line(order, id)
        } else {
            self.long.get(&(order, id)).copied()
        };
        match &self.met {
            None if found.is_none() => cells.fault(line, Code::NOT_IN_PROBLEM, "the order has no such line"),
            Some(met) if found.is_none() => met.borrow_mut().orders[order] = Known::Changed,
            _ => {}
        }
        found
    }

    /// The order that a column of a row names.
    pub(super) fn order(&self, cells: &mut Cells<'_, '_>, column: usize) -> Option<OrderIdx> {
        let found = self.find(cells, column, self.problem.order_ids(), "order");
        if let Some(met) = &self.met {
            let mut met = met.borrow_mut();
            match found {
                Some(order) => met.orders[order] = met.orders[order].max(Known::Whole),
                None => {
                    if let Some(id) = cells.given(column).filter(|&id| !met.gone.contains(id)) {
                        met.gone.insert(id.to_owned());
                    }
                }
            }
        }
        found
    }

    /// The node that a column of a row names.
    pub(super) fn node(&self, cells: &mut Cells<'_, '_>, column: usize) -> Option<NodeIdx> {
        self.find(cells, column, self.problem.node_ids(), "node")
    }

    /// The service that a column of a row names.
    pub(super) fn service(&self, cells: &mut Cells<'_, '_>, column: usize) -> Option<ServiceIdx> {
        self.find(cells, column, self.problem.service_ids(), "service")
    }

    /// The SKU that a column of a row names.
    pub(super) fn sku(&self, cells: &mut Cells<'_, '_>, column: usize) -> Option<SkuIdx> {
        self.find(cells, column, self.problem.sku_ids(), "SKU")
    }

    fn find<I: Idx>(&self, cells: &mut Cells<'_, '_>, column: usize, ids: &IdTable<I>, what: &str) -> Option<I> {
        let id = cells.needed(column)?;
        let found = ids.find(id);
        if found.is_none() && self.met.is_none() {
            cells.fault(column, Code::NOT_IN_PROBLEM, format!("the problem has no such {what}"));
        }
        found
    }
}
