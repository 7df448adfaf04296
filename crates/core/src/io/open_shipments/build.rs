//! From gathered shipments to the problem that they solve, the departures for which they are due, and the plan that holds them.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::PlanningInstant;
use super::rows::{LINE, ORDER, Rows, SERVICE, SHIPMENTS};
use crate::diagnostic::{Diagnostic, Severity};
use crate::index::{Idx as _, LineIdx, NodeIdx, OrderIdx, ShipmentIdx};
use crate::model::floor::{DepartureInput, Floor, FloorDraft, Floors, OpenShipments};
use crate::model::{
    Draft, ItemInput, LineInput, NodeInput, OrderInput, Problem, ServiceInput, SettingsInput, StockInput, Table,
    Weekdays,
};
use crate::plan::{Assignment, Carriage, CostParts, Outcome, RoutingPlan, ShadowPrices, Shipment, Status};
use crate::quantity::{Grams, Moment, Money};

/// For each row of a table of the problem the first row of the shipments from which it comes; `None` = from the floors.
#[derive(Default)]
pub(super) struct Origins {
    items: Vec<Option<u32>>,
    orders: Vec<Option<u32>>,
    lines: Vec<Option<u32>>,
    services: Vec<Option<u32>>,
    /// What the table calls the columns of orders, lines and services.
    names: [&'static str; 3],
}

impl Origins {
    /// What is wrong with the problem, as what is wrong with the shipments. A warning of what is not theirs is dropped.
    pub(super) fn own(&self, mut found: Diagnostic) -> Option<Diagnostic> {
        let rows = [
            (Table::Items, &self.items),
            (Table::Orders, &self.orders),
            (Table::Lines, &self.lines),
            (Table::Services, &self.services),
        ];
        let of = rows.iter().find(|(table, _)| table.name() == found.table);
        let row = found.row.and_then(|row| *of?.1.get(usize::try_from(row).ok()?)?);
        let Some(row) = row else {
            return (found.severity == Severity::Error).then_some(found);
        };
        let [order, line, service] = self.names;
        found.table = SHIPMENTS.name;
        found.row = Some(row.into());
        found.field = match found.field {
            Some("order_id") => Some(order),
            Some("line_id") => Some(line),
            Some("service_id") => Some(service),
            other => other.filter(|field| SHIPMENTS.position(field).is_some()),
        };
        Some(found)
    }
}

impl Rows<'_> {
    /// The problem that the shipments solve, and where its rows come from.
    pub(super) fn draft(&self, name: &str, at: &PlanningInstant) -> (Draft, Origins) {
        let mut from = Origins {
            names: [ORDER, LINE, SERVICE].map(|column| self.name(column)),
            ..Origins::default()
        };
        let mut draft = Draft::new(SettingsInput {
            name: name.to_owned(),
            currency: "XXX".to_owned(), // ISO 4217: no currency is involved
            now: at.now.clone(),
            timezone: Some(at.timezone.clone()),
            ..SettingsInput::default()
        });
        for node in &self.nodes {
            draft.node(NodeInput {
                pickup: true,
                ..NodeInput::new(node)
            });
        }
        for (sku, row) in &self.skus {
            let [weight_g, volume_cm3] = self.measures.get(sku).copied().unwrap_or_default();
            draft.item(ItemInput {
                volume_cm3: volume_cm3.unwrap_or(0),
                ..ItemInput::new(sku, weight_g.unwrap_or(0))
            });
            from.items.push(*row);
        }
        for (service, row) in &self.services {
            draft.service(ServiceInput::new(service, Weekdays::ALL));
            from.services.push(*row);
        }
        let mut leaving: BTreeMap<(&str, &str), i64> = BTreeMap::new();
        for order in &self.orders {
            draft.order(OrderInput::new(&order.id, "", ""));
            from.orders.push(Some(order.row));
            for line in &order.lines {
                // Units that one line can have bound what a row can; more is told as such.
                let qty = line.units.values().fold(0u32, |sum, qty| sum.saturating_add(*qty));
                draft.line(LineInput::new(&order.id, &line.id, &line.sku, qty));
                from.lines.push(Some(line.row));
                for (&shipment, &qty) in &line.units {
                    let node = self.shipments[shipment].1.node.as_str();
                    *leaving.entry((node, &line.sku)).or_default() += i64::from(qty);
                }
            }
        }
        for ((node_id, sku), on_hand) in leaving {
            draft.stock(StockInput::new(node_id, sku, on_hand));
        }
        (draft, from)
    }

    /// The nodes and services that have departures in the floors.
    pub(super) fn departing(draft: &FloorDraft) -> HashSet<(String, String)> {
        let text = |sym| draft.texts.text(sym).to_owned();
        let rows = draft.departures.iter().map(|row| &row.value);
        rows.map(|row| (text(row.node_id), text(row.service_id))).collect()
    }

    /// Adds a departure of its service at each moment at which a shipment is due, where the floors have none then.
    pub(super) fn add_departures(&self, draft: &mut FloorDraft) {
        let mut there: BTreeSet<(&str, &str, Moment)> = BTreeSet::new();
        let given = draft.departures.len();
        for (_, head) in &self.shipments {
            let (Some(service), Some(due)) = (head.service.as_deref(), head.due) else {
                continue;
            };
            if !there.insert((&head.node, service, due)) {
                continue;
            }
            let (date, time) = (self.clock.date(due), self.clock.time(due));
            let is_there = draft.departures[..given].iter().any(|row| {
                let of = &row.value;
                let on = of.date.is_some_and(|on| on == date)
                    || of.days.is_some_and(|days| days.contains(date.iso_weekday()));
                let named = |sym, text: &str| draft.texts.text(sym) == text;
                on && of.time == time && named(of.node_id, &head.node) && named(of.service_id, service)
            });
            if !is_there {
                draft.departure(DepartureInput {
                    node_id: &head.node,
                    service_id: service,
                    days: None,
                    date: Some(date),
                    time,
                    max_parcels: None,
                });
            }
        }
    }

    /// The plan that holds the shipments, with their own ids and dues. One without a due leaves today where its service has
    /// departures from its node.
    pub(super) fn plan(
        &self,
        problem: &Problem,
        floors: &Floors,
        departing: &HashSet<(String, String)>,
    ) -> (RoutingPlan, OpenShipments) {
        let mut plan = RoutingPlan {
            problem: problem.settings().name.clone(),
            cost: CostParts::default(),
            outcome: unpriced(),
            assignments: Vec::new(),
            shipments: Vec::new(),
            unfilled: Vec::new(),
            prices: ShadowPrices::default(),
        };
        for (_, head) in &self.shipments {
            let node = problem.node_ids().find(&head.node).unwrap_or(NodeIdx(0));
            let service = head.service.clone().unwrap_or_default();
            let carriage = problem.service_ids().find(&service);
            let departs = departing.contains(&(head.node.clone(), service));
            let today = floors.of(node).filter(|_| departs).map(Floor::today);
            plan.shipments.push(Shipment {
                order: problem.order_ids().find(&head.order).unwrap_or(OrderIdx(0)),
                node,
                carriage: carriage.map_or(Carriage::Pickup, Carriage::Service),
                parcels: 1,
                weight: Grams(0),
                billable: Grams(0),
                transport: Money::ZERO,
                handling: Money::ZERO,
                leaves_on: head.due.map(|due| self.clock.date(due)).or(today),
                arrives_on: None,
                days_late: 0,
                late: Money::ZERO,
            });
        }
        for of in &self.orders {
            let Some(order) = problem.order_ids().find(&of.id) else {
                continue;
            };
            for row in &of.lines {
                let Some(line) = line_of(problem, order, &row.id) else {
                    continue;
                };
                for (&shipment, &qty) in &row.units {
                    plan.assignments.push(Assignment {
                        line,
                        node: plan.shipments[shipment].node,
                        shipment: ShipmentIdx::new(shipment),
                        qty,
                    });
                }
            }
        }
        let open = OpenShipments {
            ids: self.shipments.iter().map(|(id, _)| id.clone()).collect(),
            due: self.shipments.iter().map(|(_, head)| head.due).collect(),
        };
        (plan, open)
    }
}

fn line_of(problem: &Problem, order: OrderIdx, id: &str) -> Option<LineIdx> {
    problem.orders()[order]
        .lines()
        .find(|&line| problem.line_id(line) == id)
}

/// Nothing is claimed of a plan that nobody priced.
fn unpriced() -> Outcome {
    Outcome {
        status: Status::Feasible,
        limit: None,
        bound: Money::ZERO,
        proved_bound: None,
        method: "given".to_owned(),
        seed: 0,
        work: 0,
        seconds: 0.0,
    }
}
