//! What a plan says it costs: every figure of every row and the parts of the objective, recomputed.

use super::ledger::{Ledger, line_name, shipment_name};
use super::watch::Watch;
use super::{Report, Violation, ViolationCode, amount};
use crate::cost::calendar;
use crate::cost::shipment::{NotOffered, ShipmentCost, price_shipment_from};
use crate::index::{Idx as _, ShipmentIdx};
use crate::model::Problem;
use crate::plan::{Carriage, CostParts, Fill, Shipment};
use crate::quantity::{Date, Money};

/// The recomputed cost.
pub(super) struct Figures {
    /// By part.
    pub(super) cost: CostParts,
    /// Cost of each order: transport, handling, late, split and unfilled.
    pub(super) order_cost: Vec<i128>,
}

/// Recomputes every figure and compares it with what is stated; `None` where it is over before the last.
pub(super) fn check(ledger: &Ledger<'_>, watch: &Watch<'_>, report: &mut Report) -> Option<Figures> {
    let mut sums = Sums {
        order_cost: vec![0; ledger.problem.orders().len()],
        ..Sums::default()
    };
    let mut shipments = vec![0i128; ledger.problem.orders().len()];
    for (index, shipment) in watch.going(&ledger.shipments) {
        shipments[shipment.order.get()] += 1;
        match price(ledger, *index, shipment) {
            Ok(Some(cost)) => {
                compare_shipment(*index, shipment, &cost, report);
                sums.add_shipment(shipment, cost.transport, cost.handling, cost.late);
            }
            Ok(None) => sums.add_shipment(shipment, shipment.transport, shipment.handling, shipment.late),
            Err(cause) => {
                report.add(not_offered(ledger.problem, *index, shipment, cause));
                sums.add_shipment(shipment, shipment.transport, shipment.handling, shipment.late);
            }
        }
    }
    if watch.is_over() {
        return None;
    }
    let penalty = i128::from(ledger.problem.objective().split_penalty.ten_thousandths());
    for (cost, n) in sums.order_cost.iter_mut().zip(shipments) {
        let split = penalty * (n - 1).max(0);
        sums.split += split;
        *cost += split;
    }
    sums.add_unfilled(ledger);
    check_unfilled_rows(ledger, report);
    let cost = sums.parts(report);
    compare_parts(&ledger.plan.cost, &cost, report);
    Some(Figures {
        cost,
        order_cost: sums.order_cost,
    })
}

/// Sums of the plan's own numbers, which may be anything.
#[derive(Default)]
struct Sums {
    transport: i128,
    handling: i128,
    split: i128,
    late: i128,
    unfilled: i128,
    order_cost: Vec<i128>,
}

impl Sums {
    fn add_shipment(&mut self, shipment: &Shipment, transport: Money, handling: Money, late: Money) {
        let [transport, handling, late] = [transport, handling, late].map(|m| i128::from(m.ten_thousandths()));
        self.transport += transport;
        self.handling += handling;
        self.late += late;
        self.order_cost[shipment.order.get()] += transport + handling + late;
    }

    fn add_unfilled(&mut self, ledger: &Ledger<'_>) {
        for (line, l) in ledger.problem.lines().iter_enumerated() {
            let left = u64::from(l.qty).saturating_sub(ledger.filled_units[line.get()]);
            let penalty = i128::from(l.unfilled_penalty.ten_thousandths()) * i128::from(left);
            self.unfilled += penalty;
            self.order_cost[l.order.get()] += penalty;
        }
    }

    fn parts(&self, report: &mut Report) -> CostParts {
        CostParts {
            transport: amount(self.transport, "transport", report),
            handling: amount(self.handling, "handling", report),
            split: amount(self.split, "split", report),
            late: amount(self.late, "late", report),
            unfilled: amount(self.unfilled, "unfilled", report),
        }
    }
}

/// The figures of a shipment. `None` where it holds nothing, a line twice, or more than was ordered: violations already, and
/// its weight may be beyond what the cost functions are made for.
fn price(ledger: &Ledger<'_>, index: ShipmentIdx, shipment: &Shipment) -> Result<Option<ShipmentCost>, NotOffered> {
    let load = &ledger.loads[index.get()];
    let is_too_much = |f: &Fill| ledger.filled_units[f.line.get()] > u64::from(ledger.problem.lines()[f.line].qty);
    let repeats = load.windows(2).any(|w| w[0].line == w[1].line);
    if load.is_empty() || repeats || load.iter().any(is_too_much) {
        return Ok(None);
    }
    let travels = (shipment.carriage, waits_for(ledger.problem, shipment, load));
    price_shipment_from(ledger.problem, shipment.order, shipment.node, travels, load).map(Some)
}

/// The stock that a shipment waits for if it leaves on the day that it states; `None` where it would wait for nothing then, so
/// that it must leave as early as it can.
fn waits_for(problem: &Problem, shipment: &Shipment, load: &[Fill]) -> Option<Date> {
    let (day, order, node) = (shipment.leaves_on?, shipment.order, shipment.node);
    let skus = load.iter().map(|f| problem.lines()[f.line].sku);
    let leaves = |from: Option<Date>| match shipment.carriage {
        Carriage::Pickup => from,
        Carriage::Service(service) => {
            let listed = service.get() < problem.services().len() && problem.quotes_of(order).is_empty();
            listed.then(|| calendar::leaves_from(problem, service, node, from))
        }
    };
    let mut dates = calendar::waits(problem, node, skus).into_iter();
    dates.find(|&from| leaves(Some(from)) == Some(day))
}

fn not_offered(problem: &Problem, index: ShipmentIdx, shipment: &Shipment, cause: NotOffered) -> Violation {
    let code = match cause {
        NotOffered::Pickup => ViolationCode::PickupService,
        NotOffered::NoQuote => ViolationCode::NoQuote,
        NotOffered::NotListed => ViolationCode::NotListed,
        NotOffered::NoLane => ViolationCode::NoLane,
        NotOffered::TooHeavy => ViolationCode::TooHeavy,
        NotOffered::QuoteWaits => ViolationCode::QuoteWaits,
        #[allow(
            unreachable_patterns,
            reason = "a cause that is added later must still be a violation"
        )]
        _ => ViolationCode::NotPriced,
    };
    let message = format!(
        "{} (order {}, node {}): {cause}",
        shipment_name(index),
        problem.order_id(shipment.order),
        problem.node_id(shipment.node)
    );
    Violation::new(code, message)
        .of_order(shipment.order)
        .at(shipment.node)
        .in_shipment(index)
}

fn compare_shipment(index: ShipmentIdx, stated: &Shipment, is: &ShipmentCost, report: &mut Report) {
    let mut differ = |code: ViolationCode, same: bool, stated: String, is: String| {
        if !same {
            let message = format!("{}: {code} is {stated}, recomputed {is}", shipment_name(index));
            let fault = Violation::new(code, message).in_shipment(index);
            report.add(fault);
        }
    };
    let day = |d: Option<Date>| d.map_or_else(|| "empty".to_owned(), |d| d.to_string());
    let mut number = |code, stated: i64, is: i64| differ(code, stated == is, stated.to_string(), is.to_string());
    number(ViolationCode::Parcels, stated.parcels, is.parcels);
    number(ViolationCode::Weight, stated.weight.0, is.weight.0);
    number(ViolationCode::Billable, stated.billable.0, is.billable.0);
    number(ViolationCode::DaysLate, stated.days_late.into(), is.days_late.into());
    let mut money = |code, stated: Money, is: Money| differ(code, stated == is, stated.to_string(), is.to_string());
    money(ViolationCode::Transport, stated.transport, is.transport);
    money(ViolationCode::Handling, stated.handling, is.handling);
    money(ViolationCode::Late, stated.late, is.late);
    let mut date = |code, stated, is| differ(code, stated == is, day(stated), day(is));
    date(ViolationCode::LeavesOn, stated.leaves_on, is.leaves_on);
    date(ViolationCode::ArrivesOn, stated.arrives_on, is.arrives_on);
}

fn check_unfilled_rows(ledger: &Ledger<'_>, report: &mut Report) {
    for row in &ledger.plan.unfilled {
        let Some(line) = ledger.problem.lines().get(row.line) else {
            continue;
        };
        let is = i128::from(line.unfilled_penalty.ten_thousandths()) * i128::from(row.qty);
        if i128::from(row.penalty.ten_thousandths()) != is {
            let message = format!(
                "{}: the penalty of {} units is {}",
                line_name(ledger.problem, row.line),
                row.qty,
                row.penalty
            );
            report.add(Violation::new(ViolationCode::UnfilledPenalty, message).of_line(row.line));
        }
    }
}

fn compare_parts(stated: &CostParts, is: &CostParts, report: &mut Report) {
    let parts = [
        (ViolationCode::CostTransport, stated.transport, is.transport),
        (ViolationCode::CostHandling, stated.handling, is.handling),
        (ViolationCode::CostSplit, stated.split, is.split),
        (ViolationCode::CostLate, stated.late, is.late),
        (ViolationCode::CostUnfilled, stated.unfilled, is.unfilled),
    ];
    for (code, stated, is) in parts {
        if stated != is {
            report.note(code, format!("{code} is {stated}, recomputed {is}"));
        }
    }
}
