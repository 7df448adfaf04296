//! The rows of the tables of a plan of waves, read one table after another; ids lead from one to the next.

use std::collections::HashMap;

use super::schema::{BATCHES, TOURS, UNPLANNED, WAVE_SHIPMENTS, WAVES};
use crate::diagnostic::{Code, Diagnostics};
use crate::index::{BatchIdx, Idx, ShipmentIdx, WaveIdx};
use crate::io::cells::Cells;
use crate::io::parse::{count, date, integer, metres, moment};
use crate::io::plan::names::Names;
use crate::io::plan::schema::SHIPMENTS;
use crate::io::source::Source;
use crate::io::table::read_table;
use crate::model::floor::{Floor, Floors, GroupKey};
use crate::plan::{
    Batch, Carriage, Fill, LineCount, Pick, Picker, RoutingPlan, Unplanned, UnplannedReason, Wave, WaveGroup,
    WaveShipment,
};
use crate::quantity::{Grams, Seconds, Volume};

/// Ids of one kind, those of faulty rows too (without an index), and whether all rows could be read.
pub(super) struct Ids<I> {
    of: HashMap<String, Option<I>>,
    whole: bool,
}

impl<I: Idx> Ids<I> {
    fn new() -> Self {
        Self {
            of: HashMap::new(),
            whole: true,
        }
    }

    /// Adds the id of a row; one that is there already is reported.
    fn add(&mut self, cells: &mut Cells<'_, '_>, column: usize, index: Option<I>) {
        let Some(id) = cells.needed(column) else {
            self.whole = false;
            return;
        };
        if self.of.contains_key(id) {
            cells.fault(column, Code::DUPLICATE_ROW, "another row has this id");
        } else {
            self.of.insert(id.to_owned(), index);
        }
    }

    /// What a cell names; where that is nothing, it is reported.
    fn find(&self, cells: &mut Cells<'_, '_>, column: usize, code: Code, message: &str) -> Option<I> {
        let known = self.of.get(cells.needed(column)?);
        if known.is_none() && self.whole {
            cells.fault(column, code, message);
        }
        known.copied().flatten()
    }
}

/// Reads the tables of one directory.
pub(super) struct Tables<'a> {
    pub names: Names<'a>,
    pub floors: &'a Floors,
    pub from: Source<'a>,
    pub found: &'a mut Diagnostics,
}

impl Tables<'_> {
    /// The ids of the routing plan's shipments: that of an order and node is the shipment of both in the plan.
    pub(super) fn shipment_ids(&mut self, plan: &RoutingPlan) -> Ids<ShipmentIdx> {
        if let Some(open) = self.floors.open_shipments() {
            let own = open
                .ids
                .iter()
                .zip(0..)
                .map(|(id, n)| (id.clone(), Some(ShipmentIdx(n))));
            return Ids {
                of: own.collect(),
                whole: true,
            };
        }
        let all = plan.shipments.iter().enumerate();
        let of: HashMap<_, _> = all.map(|(n, s)| ((s.order, s.node), ShipmentIdx::new(n))).collect();
        let mut ids = Ids::new();
        let readable = read_table(self.from, &SHIPMENTS, self.found, |cells| {
            let Some(mut cells) = cells else {
                ids.whole = false;
                return;
            };
            let (order, node) = (self.names.order(&mut cells, 1), self.names.node(&mut cells, 2));
            let shipment = order.zip(node).and_then(|key| of.get(&key).copied());
            ids.add(&mut cells, 0, shipment);
        });
        ids.whole &= readable;
        ids
    }

    /// The waves in file order; which batches they have comes later.
    pub(super) fn waves(&mut self) -> (Vec<Wave>, Ids<WaveIdx>) {
        let (mut list, mut ids) = (Vec::new(), Ids::new());
        let (names, floors) = (&self.names, self.floors);
        let readable = read_table(self.from, &WAVES, self.found, |cells| {
            let Some(mut cells) = cells else {
                ids.whole = false;
                return;
            };
            let row = wave(names, floors, &mut cells).filter(|_| cells.ok());
            ids.add(&mut cells, 0, row.as_ref().map(|_| WaveIdx::new(list.len())));
            list.extend(row);
        });
        ids.whole &= readable;
        (list, ids)
    }

    /// The batches in file order.
    pub(super) fn batches(&mut self, waves: &[Wave], wave_ids: &Ids<WaveIdx>) -> (Vec<Batch>, Ids<BatchIdx>) {
        let (mut list, mut ids) = (Vec::new(), Ids::new());
        let floors = self.floors;
        let readable = read_table(self.from, &BATCHES, self.found, |cells| {
            let Some(mut cells) = cells else {
                ids.whole = false;
                return;
            };
            let wave = wave_ids.find(&mut cells, 1, Code::UNKNOWN_WAVE, "the plan has no such wave");
            let floor = wave.and_then(|wave| floors.of(waves[wave.get()].node));
            let row = batch(wave, floor, &mut cells).filter(|_| cells.ok());
            ids.add(&mut cells, 0, row.as_ref().map(|_| BatchIdx::new(list.len())));
            list.extend(row);
        });
        ids.whole &= readable;
        (list, ids)
    }

    /// The picks in file order, each with its position in its tour.
    pub(super) fn picks(
        &mut self,
        waves: &[Wave],
        batches: &[Batch],
        ids: &Ids<BatchIdx>,
        shipments: &Ids<ShipmentIdx>,
    ) -> Vec<(u32, Pick)> {
        let mut list = Vec::new();
        let (names, floors) = (&self.names, self.floors);
        read_table(self.from, &TOURS, self.found, |cells| {
            let Some(mut cells) = cells else { return };
            let cells = &mut cells;
            let batch = ids.find(cells, 0, Code::UNKNOWN_WAVE, "the plan has no such batch");
            let floor = batch.and_then(|b| floors.of(waves[batches[b.get()].wave.get()].node));
            let position = cells.required(1, count);
            let location = cells.needed(2).zip(floor).and_then(|(id, floor)| {
                let found = floor.find_location(id);
                if found.is_none() {
                    cells.fault(2, Code::NOT_IN_FLOOR, "the floor has no such pick location");
                }
                found
            });
            let shipment = shipments.find(cells, 4, Code::UNKNOWN_SHIPMENT, "the plan has no such shipment");
            let line = names.line(cells, 5, 6);
            let sku = line.map(|line| names.problem.sku(names.problem.lines()[line].sku));
            if sku.is_some_and(|sku| cells.given(3).is_some_and(|given| given != sku)) {
                cells.fault(3, Code::PLAN_CONTRADICTS, "not the SKU of the line");
            }
            let (qty, walk, done) = (
                cells.required(7, count),
                cells.required(8, metres),
                cells.required(9, moment(floor)),
            );
            let row = || {
                let pick = Pick {
                    batch: batch?,
                    location: location?,
                    shipment: shipment?,
                    line: line?,
                    qty: qty?,
                    walk: walk?,
                    done: done?,
                };
                Some((position?, pick))
            };
            list.extend(row());
        });
        list
    }

    /// The shipments in waves, in file order.
    pub(super) fn wave_shipments(
        &mut self,
        shipments: &Ids<ShipmentIdx>,
        (rows, waves): (&[Wave], &Ids<WaveIdx>),
        batches: &Ids<BatchIdx>,
    ) -> Vec<WaveShipment> {
        let mut list = Vec::new();
        let floors = self.floors;
        read_table(self.from, &WAVE_SHIPMENTS, self.found, |cells| {
            let Some(mut cells) = cells else { return };
            let cells = &mut cells;
            let shipment = shipments.find(cells, 0, Code::UNKNOWN_SHIPMENT, "the plan has no such shipment");
            let wave = waves.find(cells, 1, Code::UNKNOWN_WAVE, "the plan has no such wave");
            let batch = batches.find(cells, 2, Code::UNKNOWN_WAVE, "the plan has no such batch");
            let bins = cells.required(3, count);
            let at = moment(wave.and_then(|wave| floors.of(rows[wave.get()].node)));
            let (due, departs) = (cells.optional(4, at), cells.optional(5, at));
            let late = cells.required(6, integer);
            let row = || {
                Some(WaveShipment {
                    shipment: shipment?,
                    wave: wave?,
                    batch: batch?,
                    bins: bins?,
                    due,
                    departs,
                    late: Seconds(late?),
                })
            };
            list.extend(row());
        });
        list
    }

    /// What is in no wave, in file order.
    pub(super) fn unplanned(&mut self, shipments: &Ids<ShipmentIdx>) -> Vec<Unplanned> {
        let mut list = Vec::new();
        let names = &self.names;
        read_table(self.from, &UNPLANNED, self.found, |cells| {
            let Some(mut cells) = cells else { return };
            let shipment = shipments.find(&mut cells, 0, Code::UNKNOWN_SHIPMENT, "the plan has no such shipment");
            let reason = cells.required(1, |word| {
                let found = UnplannedReason::ALL.into_iter().find(|r| r.as_str() == word);
                found.ok_or((Code::BAD_WORD, "not one of the reasons"))
            });
            let whole = cells.given(3).is_none();
            let line = (!whole).then(|| names.line(&mut cells, 2, 3)).flatten();
            let qty = (!whole).then(|| cells.required(5, count)).flatten();
            let fill = line.zip(qty).map(|(line, qty)| Fill { line, qty });
            list.extend(
                shipment
                    .zip(reason)
                    .filter(|_| whole || fill.is_some())
                    .map(|(shipment, reason)| Unplanned { shipment, fill, reason }),
            );
        });
        list
    }
}

fn wave(names: &Names<'_>, floors: &Floors, cells: &mut Cells<'_, '_>) -> Option<Wave> {
    let node = names.node(cells, 1);
    let floor = node.and_then(|node| floors.of(node));
    if node.is_some() && floor.is_none() {
        cells.fault(1, Code::NOT_IN_FLOOR, "the node has no floor");
    }
    let moment = moment(floor);
    let release = cells.required(2, moment);
    let group = group(names, floor, cells);
    let mut number = |column| cells.required(column, count);
    let (shipments, lines) = (number(9), number(10));
    let mut whole = |column| cells.required(column, integer);
    let (units, weight, volume) = (whole(11), whole(12), whole(13));
    let docks = cells.required(14, count);
    let mut at = |column| cells.required(column, moment);
    let (start, picked, end) = (at(15), at(16), at(17));
    let due = cells.optional(18, moment);
    let (late_shipments, late) = (cells.required(19, count), cells.required(20, integer));
    Some(Wave {
        node: node?,
        group: group?,
        release: release?,
        start: start?,
        picked: picked?,
        end: end?,
        due,
        shipments: shipments?,
        lines: lines?,
        units: units.and_then(|n| u64::try_from(n).ok())?,
        weight: Grams(weight?),
        volume: Volume(volume?),
        docks: docks?,
        late_shipments: late_shipments?,
        late: Seconds(late?),
        batches: 0..0,
    })
}

/// What the cells state of the keys by which the floor groups; other cells are ignored.
fn group(names: &Names<'_>, floor: Option<&Floor>, cells: &mut Cells<'_, '_>) -> Option<WaveGroup> {
    let priority = cells.required(3, count);
    let floor = floor?;
    let has = |key| floor.rules().group_by.contains(&key);
    let mut group = WaveGroup {
        priority: u8::try_from(priority?).unwrap_or(u8::MAX),
        departure: None,
        service: None,
        zone: None,
        lines: None,
        channel: None,
    };
    if has(GroupKey::Service) {
        group.service = match cells.given(4) {
            Some("pickup") => Some(Carriage::Pickup),
            _ => names.service(cells, 4).map(Carriage::Service),
        };
    }
    if has(GroupKey::Departure) {
        group.departure = Some(cells.optional(5, moment(Some(floor))));
    }
    if has(GroupKey::Zone) {
        let zone = cells.given(6).map(|zone| floor.find_text(zone));
        if zone == Some(None) {
            cells.fault(6, Code::NOT_IN_FLOOR, "the floor has no such zone");
        }
        group.zone = Some(zone.flatten());
    }
    if has(GroupKey::Lines) {
        group.lines = cells.required(7, |word| {
            let found = [LineCount::Single, LineCount::Multi]
                .into_iter()
                .find(|l| l.as_str() == word);
            found.ok_or((Code::BAD_WORD, "neither single nor multi"))
        });
    }
    if has(GroupKey::Channel) {
        group.channel = names.problem.find_text(cells.text(8));
        if group.channel.is_none() {
            cells.fault(8, Code::NOT_IN_PROBLEM, "the problem has no such channel");
        }
    }
    Some(group)
}

fn batch(wave: Option<WaveIdx>, floor: Option<&Floor>, cells: &mut Cells<'_, '_>) -> Option<Batch> {
    let cart = cells.needed(2).zip(floor).and_then(|(id, floor)| {
        let found = floor.find_cart(id);
        if found.is_none() {
            cells.fault(2, Code::NOT_IN_FLOOR, "the floor has no such cart");
        }
        found
    });
    let on = cells.required(3, date);
    let shift = cells.needed(4).zip(floor).and_then(|(id, floor)| {
        let found = floor.find_shift(id);
        if found.is_none() {
            cells.fault(4, Code::NOT_IN_FLOOR, "the floor has no such shift");
        }
        found
    });
    let number = cells.required(5, count);
    let at = moment(floor);
    let (start, end) = (cells.required(6, at), cells.required(7, at));
    let (shipments, lines) = (cells.required(8, count), cells.required(9, count));
    let mut whole = |column| cells.required(column, integer);
    let (units, weight, volume) = (whole(10), whole(11), whole(12));
    let (bins, walk) = (cells.required(13, count), cells.required(14, metres));
    Some(Batch {
        wave: wave?,
        cart: cart?,
        picker: Picker {
            date: on?,
            shift: shift?,
            number: number?,
        },
        start: start?,
        end: end?,
        shipments: shipments?,
        lines: lines?,
        units: units.and_then(|n| u64::try_from(n).ok())?,
        weight: Grams(weight?),
        volume: Volume(volume?),
        bins: bins?,
        walk: walk?,
        picks: 0..0,
    })
}
