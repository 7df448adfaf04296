//! A plan that was made for an earlier state of a problem, on its way to the orders of today.

use std::collections::{HashMap, HashSet};

use super::{
    Allocation, Assignment, Carriage, Cut, CutResource, CutTerm, Fill, Known, OrderShipment, RoutingPlan, ShadowPrices,
    Shipment, Start, Unfilled, waits_for,
};
use crate::index::{IdTable, Idx, IndexVec, LineIdx, NodeIdx, OrderIdx, ServiceIdx, ShipmentIdx, SkuIdx};
use crate::model::Problem;

/// What an earlier plan says, in the indices of today's problem; rows that name nothing of it are left out.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    pub shipments: Vec<Shipment>,
    /// Shipments by their positions in the list above.
    pub assignments: Vec<Assignment>,
    pub unfilled: Vec<Unfilled>,
    pub prices: ShadowPrices,
    /// For every order, whether a row names it, and whether all that the rows say of it means something.
    pub known: IndexVec<OrderIdx, Known>,
    /// Orders that the problem does not have.
    pub gone: usize,
}

impl Earlier {
    /// The start that it makes: a line is filled as often as it is ordered today, an indivisible one whole from the first
    /// shipment that names it, a divisible one up to what is ordered.
    pub(crate) fn start(self, problem: &Problem) -> Start {
        let mut fitting = Fitting {
            problem,
            allocation: Allocation::empty(problem.orders().len()),
            known: self.known,
            left: problem.lines().iter().map(|l| l.qty).collect(),
        };
        fitting.fill(&self.shipments, self.assignments);
        fitting.compare(&self.unfilled);
        Start {
            allocation: fitting.allocation,
            known: fitting.known.as_slice().to_vec(),
            gone: self.gone,
            prices: self.prices,
        }
    }
}

impl Start {
    /// A start for a problem from a plan of an earlier state of it, both in memory: orders, lines, nodes, services and items
    /// are known by their ids, and what the problem does not have is left out.
    ///
    /// The same as writing the plan and reading it back with [`read_start`](crate::io::read_start).
    ///
    /// # Panics
    /// Where the plan is not of the earlier problem and names what that does not have.
    ///
    /// # Example
    /// Two orders less than an hour ago; the others start as they were.
    /// ```
    /// # fn main() -> Result<(), clapot::Error> {
    /// use clapot::generate::{GenerateOptions, generate};
    /// use clapot::plan::Start;
    /// use clapot::{RouteOptions, StdClock, Surroundings, route, route_from, validate};
    ///
    /// let problem_of = |orders| -> Result<_, clapot::Error> {
    ///     let draft = generate(&GenerateOptions { orders, nodes: 4, seed: 7, ..GenerateOptions::default() })?;
    ///     Ok(validate::check(draft).map_err(clapot::Error::input)?.problem)
    /// };
    /// let clock = StdClock::start();
    /// let around = || Surroundings::new(&clock);
    /// let (before, now) = (problem_of(20)?, problem_of(18)?);
    /// let plan = route(&before, &RouteOptions::default(), around())?;
    /// let start = Start::of_earlier(&now, &before, &plan);
    /// assert_eq!(start.gone, 2);
    /// let (next, taken_over) = route_from(&now, &RouteOptions::default(), &start, around())?;
    /// assert_eq!(taken_over.new, 0);
    /// assert!(next.outcome.bound <= next.cost.total());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn of_earlier(problem: &Problem, earlier: &Problem, plan: &RoutingPlan) -> Self {
        let mut moved = Moved::new(problem, earlier);
        let mut places: Vec<Option<ShipmentIdx>> = vec![None; plan.shipments.len()];
        let mut shipments = Vec::with_capacity(plan.shipments.len());
        for (place, s) in places.iter_mut().zip(&plan.shipments) {
            let order = moved.order(s.order);
            let (Some(order), Some(node), Some(carriage)) = (order, moved.node(s.node), moved.carriage(s.carriage))
            else {
                continue;
            };
            *place = Some(ShipmentIdx::new(shipments.len()));
            shipments.push(Shipment {
                order,
                node,
                carriage,
                ..*s
            });
        }
        let assignments = plan.assignments.iter().filter_map(|a| {
            Some(Assignment {
                line: moved.line(a.line)?,
                node: moved.node(a.node)?,
                shipment: places[a.shipment.get()]?,
                qty: a.qty,
            })
        });
        let assignments = assignments.collect();
        let unfilled = plan.unfilled.iter().filter_map(|u| {
            let line = moved.line(u.line)?;
            Some(Unfilled { line, ..*u })
        });
        let unfilled = unfilled.collect();
        let prices = moved.prices(&plan.prices);
        Earlier {
            shipments,
            assignments,
            unfilled,
            prices,
            known: moved.known,
            gone: moved.gone.len(),
        }
        .start(problem)
    }
}

/// The indices of an earlier state of a problem in those of today.
struct Moved<'p> {
    earlier: &'p Problem,
    orders: Vec<Option<OrderIdx>>,
    lines: Vec<Option<LineIdx>>,
    nodes: Vec<Option<NodeIdx>>,
    skus: Vec<Option<SkuIdx>>,
    services: Vec<Option<ServiceIdx>>,
    known: IndexVec<OrderIdx, Known>,
    gone: HashSet<OrderIdx>,
}

impl<'p> Moved<'p> {
    fn new(problem: &Problem, earlier: &'p Problem) -> Self {
        let orders = moved_ids(earlier.order_ids(), problem.order_ids());
        Self {
            earlier,
            lines: moved_lines(problem, earlier, &orders),
            orders,
            nodes: moved_ids(earlier.node_ids(), problem.node_ids()),
            skus: moved_ids(earlier.sku_ids(), problem.sku_ids()),
            services: moved_ids(earlier.service_ids(), problem.service_ids()),
            known: problem.orders().iter().map(|_| Known::New).collect(),
            gone: HashSet::new(),
        }
    }

    /// The order that a row names.
    fn order(&mut self, order: OrderIdx) -> Option<OrderIdx> {
        let found = self.orders[order.get()];
        match found {
            Some(order) => self.known[order] = self.known[order].max(Known::Whole),
            None => _ = self.gone.insert(order),
        }
        found
    }

    /// The line that a row names. An order that has lost a line has changed.
    fn line(&mut self, line: LineIdx) -> Option<LineIdx> {
        let order = self.order(self.earlier.lines()[line].order)?;
        let found = self.lines[line.get()];
        if found.is_none() {
            self.known[order] = Known::Changed;
        }
        found
    }

    fn node(&self, node: NodeIdx) -> Option<NodeIdx> {
        self.nodes[node.get()]
    }

    fn sku(&self, sku: SkuIdx) -> Option<SkuIdx> {
        self.skus[sku.get()]
    }

    fn carriage(&self, carriage: Carriage) -> Option<Carriage> {
        match carriage {
            Carriage::Pickup => Some(Carriage::Pickup),
            Carriage::Service(service) => self.services[service.get()].map(Carriage::Service),
        }
    }

    /// The prices of rows that the problem names; sorted as they have to be.
    fn prices(&mut self, prices: &ShadowPrices) -> ShadowPrices {
        let of_nodes = |list: &[(NodeIdx, _)]| {
            let mut list: Vec<_> = list
                .iter()
                .filter_map(|&(n, price)| Some((self.node(n)?, price)))
                .collect();
            list.sort_unstable();
            list
        };
        let (shipments, lines) = (of_nodes(&prices.shipments), of_nodes(&prices.lines));
        let units = of_nodes(&prices.units);
        let stock = prices.stock.iter();
        let stock = stock.filter_map(|&(n, sku, price)| Some((self.node(n)?, self.sku(sku)?, price)));
        let mut stock: Vec<_> = stock.collect();
        stock.sort_unstable();
        let incoming = prices.incoming.iter();
        let incoming = incoming.filter_map(|&(n, sku, from, price)| Some((self.node(n)?, self.sku(sku)?, from, price)));
        let mut incoming: Vec<_> = incoming.collect();
        incoming.sort_unstable();
        ShadowPrices {
            stock,
            incoming,
            shipments,
            lines,
            units,
            cuts: prices.cuts.iter().filter_map(|cut| self.cut(cut)).collect(),
        }
    }

    fn cut(&mut self, cut: &Cut) -> Option<Cut> {
        let resource = match cut.resource {
            CutResource::Stock(sku) => self.sku(sku).map(CutResource::Stock),
            CutResource::Units => Some(CutResource::Units),
        };
        let node = self.node(cut.node);
        let mut terms: Vec<CutTerm> = cut
            .terms
            .iter()
            .filter_map(|t| {
                let line = self.line(t.line)?;
                Some(CutTerm { line, ..*t })
            })
            .collect();
        terms.sort_unstable();
        Some(Cut {
            node: node?,
            resource: resource?,
            rhs: cut.rhs,
            price: cut.price,
            terms,
        })
    }
}

/// Where the ids of one table are in another.
fn moved_ids<I: Idx>(from: &IdTable<I>, to: &IdTable<I>) -> Vec<Option<I>> {
    from.iter().map(|id| to.find(id)).collect()
}

/// Where the lines are. Those of an order usually stand where they stood.
fn moved_lines(problem: &Problem, earlier: &Problem, orders: &[Option<OrderIdx>]) -> Vec<Option<LineIdx>> {
    let mut moved = Vec::with_capacity(earlier.lines().len());
    for (order, to) in earlier.orders().iter().zip(orders) {
        let Some(to) = to else {
            moved.extend(order.lines().map(|_| None));
            continue;
        };
        let mut by_id: HashMap<&str, LineIdx> = HashMap::new();
        let mut next = problem.orders()[*to].lines();
        for line in order.lines() {
            let id = earlier.line_id(line);
            let found = next.next().filter(|&now| problem.line_id(now) == id).or_else(|| {
                if by_id.is_empty() {
                    let lines = problem.orders()[*to].lines();
                    by_id = lines.map(|now| (problem.line_id(now), now)).collect();
                }
                by_id.get(id).copied()
            });
            moved.push(found);
        }
    }
    moved
}

/// An earlier decision on its way to today's orders.
struct Fitting<'p> {
    problem: &'p Problem,
    allocation: Allocation,
    known: IndexVec<OrderIdx, Known>,
    /// Units of every line that nothing holds yet.
    left: IndexVec<LineIdx, u32>,
}

impl Fitting<'_> {
    /// Puts what the shipments hold into them, by line and then by shipment.
    fn fill(&mut self, shipments: &[Shipment], mut assignments: Vec<Assignment>) {
        assignments.sort_by_key(|a| (a.line, a.shipment));
        let mut place: Vec<Option<usize>> = vec![None; shipments.len()];
        for a in assignments {
            let shipment = &shipments[a.shipment.get()];
            let line = &self.problem.lines()[a.line];
            let left = self.left[a.line];
            let qty = if line.divisible { a.qty.min(left) } else { left };
            if shipment.order != line.order || qty != a.qty {
                self.known[line.order] = Known::Changed;
            }
            if shipment.order != line.order || qty == 0 || a.qty == 0 {
                continue;
            }
            self.left[a.line] -= qty;
            let of_order = &mut self.allocation.orders[line.order.get()];
            let at = *place[a.shipment.get()].get_or_insert_with(|| {
                let (node, carriage) = (shipment.node, shipment.carriage);
                of_order.push(OrderShipment {
                    node,
                    carriage,
                    waits_for: None,
                    fills: Vec::new(),
                });
                of_order.len() - 1
            });
            let fills = &mut of_order[at].fills;
            match fills.last_mut() {
                Some(fill) if fill.line == a.line => fill.qty += qty,
                _ => fills.push(Fill { line: a.line, qty }),
            }
        }
        for (shipment, place) in shipments.iter().zip(place) {
            if let Some(at) = place {
                let placed = &mut self.allocation.orders[shipment.order.get()][at];
                placed.waits_for = waits_for(self.problem, shipment, &placed.fills);
            } else {
                self.known[shipment.order] = Known::Changed;
            }
        }
    }

    /// An order of which some units are neither filled nor said to be unfilled has changed.
    fn compare(&mut self, unfilled: &[Unfilled]) {
        let mut stated: IndexVec<LineIdx, u64> = self.problem.lines().iter().map(|_| 0).collect();
        for row in unfilled {
            stated[row.line] += u64::from(row.qty);
        }
        for (line, l) in self.problem.lines().iter_enumerated() {
            let known = &mut self.known[l.order];
            if *known == Known::Whole && stated[line] != u64::from(self.left[line]) {
                *known = Known::Changed;
            }
        }
    }
}
