//! Waves: what a node releases to its floor together, and the whole plan of the floors.
//!
//! A [`WaveChoice`] is the bare decision. A [`WavePlan`] is the decision with every figure that its files state; it is made
//! by [`cost::waves::price_waves`](crate::cost::waves::price_waves), and judged by [`verify`](crate::verify), which trusts
//! none of it.

use std::ops::Range;

use super::{Batch, Carriage, Fill, Pick, Picker};
use crate::index::{BatchIdx, CartIdx, IndexVec, LineIdx, NodeIdx, PickLocationIdx, ShipmentIdx, Sym, WaveIdx};
use crate::quantity::{Distance, Grams, Moment, Seconds, Volume};

/// Whether a shipment has one line or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineCount {
    /// One line.
    Single,
    /// Two lines or more.
    Multi,
}

impl LineCount {
    /// The word of `waves.csv`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Multi => "multi",
        }
    }
}

/// What all shipments of a wave share: the priority, and the value of each grouping key of the floor; `None` = not a key
/// there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WaveGroup {
    /// Priority, 1 (most urgent) to 9.
    pub priority: u8,
    /// The departure that each is due to make; the inner `None` = none.
    pub departure: Option<Option<Moment>>,
    /// Service.
    pub service: Option<Carriage>,
    /// Picking zone, a text of the floor; the inner `None` = not in one zone.
    pub zone: Option<Option<Sym>>,
    /// One line or several.
    pub lines: Option<LineCount>,
    /// Sales channel, a text of the problem.
    pub channel: Option<Sym>,
}

/// A row of `waves.csv`. Its id is its position plus 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wave {
    /// The node.
    pub node: NodeIdx,
    /// What its shipments share.
    pub group: WaveGroup,
    /// When it is released: no tour of it begins earlier.
    pub release: Moment,
    /// When its first tour begins.
    pub start: Moment,
    /// When its last tour ends.
    pub picked: Moment,
    /// When all of it is packed.
    pub end: Moment,
    /// The earliest moment at which one of its shipments is due.
    pub due: Option<Moment>,
    /// Shipments in it.
    pub shipments: u32,
    /// Their lines.
    pub lines: u32,
    /// Their units.
    pub units: u64,
    /// Their weight.
    pub weight: Grams,
    /// Their volume.
    pub volume: Volume,
    /// Their different services, pickup included.
    pub docks: u32,
    /// Shipments that make a later departure than they are due to make, or none.
    pub late_shipments: u32,
    /// The largest lateness of one of them.
    pub late: Seconds,
    /// Its batches, as positions in [`WavePlan::batches`].
    pub batches: Range<u32>,
}

/// A row of `wave_shipments.csv`: in which wave and batch a shipment is, and with which departure it leaves. A shipment that no
/// cart takes whole is in several batches of one wave, and has a row for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaveShipment {
    /// The shipment.
    pub shipment: ShipmentIdx,
    /// Its wave.
    pub wave: WaveIdx,
    /// Its batch.
    pub batch: BatchIdx,
    /// Bins that it takes in this batch; 0 where the cart has none.
    pub bins: u32,
    /// The departure that it is due to make; `None` = it may leave at any time.
    pub due: Option<Moment>,
    /// The departure that it makes; `None` = none within the days of the plan, or nothing is due.
    pub departs: Option<Moment>,
    /// How much later it departs than it is due.
    pub late: Seconds,
}

/// Why a shipment, or some of it, is in no wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnplannedReason {
    /// The routing plan lets it wait for stock that is not there yet.
    WaitsForStock,
    /// The pick locations do not have all of it: what is there goes to more urgent and older orders.
    Short,
    /// No cart takes a unit of the line.
    NoCart,
    /// No picker has time for it within the days of the plan.
    NoTime,
}

impl UnplannedReason {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::WaitsForStock, Self::Short, Self::NoCart, Self::NoTime];

    /// The word of `unplanned.csv`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WaitsForStock => "waits-for-stock",
            Self::Short => "short",
            Self::NoCart => "no-cart",
            Self::NoTime => "no-time",
        }
    }
}

/// A row of `unplanned.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unplanned {
    /// The shipment.
    pub shipment: ShipmentIdx,
    /// What of it: these units of a line. `None` = all that no other row names.
    pub fill: Option<Fill>,
    /// Why.
    pub reason: UnplannedReason,
}

/// What a plan of waves makes as small as it can: compared field by field, the first that differs decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WaveObjective {
    /// Shipments that no picker has time for.
    pub no_time: u32,
    /// Shipments that are late.
    pub late_shipments: u32,
    /// Their lateness, added up.
    pub late: Seconds,
    /// Shipments that are not late but whose wave ends within the safety time before they are due, or after it.
    pub tight: u32,
    /// Time of all tours, added up.
    pub labour: Seconds,
    /// Waves.
    pub waves: u32,
    /// Over all moments of release at a node: the square of the lines released, added up. Even releases have less.
    pub unevenness: u64,
}

/// Figures of one node or of all: what is counted or measured, from which the ratios follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaveFigures {
    /// What the plan makes as small as it can.
    pub objective: WaveObjective,
    /// Batches, and so tours.
    pub batches: u32,
    /// Shipments in waves.
    pub shipments: u32,
    /// Their lines.
    pub lines: u32,
    /// Their units.
    pub units: u64,
    /// Picks: rows of `tours.csv`.
    pub picks: u32,
    /// Shipments in no wave, for whatever reason.
    pub unplanned: u32,
    /// What pickers walk.
    pub walk: Distance,
    /// Shift time of pickers who walk at least one tour: from the start of the shift, or from the planning instant where
    /// that is later, to its end.
    pub shift_time: Seconds,
}

#[allow(clippy::cast_precision_loss, reason = "ratios for display need no more")]
impl WaveFigures {
    /// The whole figures by their names in `waves.json`, times in seconds; the walk, in metres there, is not among them.
    #[must_use]
    pub fn counts(&self) -> [(&'static str, i128); 14] {
        let o = &self.objective;
        [
            ("waves", o.waves.into()),
            ("batches", self.batches.into()),
            ("shipments", self.shipments.into()),
            ("lines", self.lines.into()),
            ("units", self.units.into()),
            ("picks", self.picks.into()),
            ("unplanned", self.unplanned.into()),
            ("no_time", o.no_time.into()),
            ("late_shipments", o.late_shipments.into()),
            ("late_s", o.late.0.into()),
            ("tight", o.tight.into()),
            ("labour_s", o.labour.0.into()),
            ("unevenness", o.unevenness.into()),
            ("shift_s", self.shift_time.0.into()),
        ]
    }

    /// Metres walked per line; 0 without lines.
    #[must_use]
    pub fn metres_per_line(&self) -> f64 {
        ratio(self.walk.as_metres(), f64::from(self.lines))
    }

    /// Lines per hour of picking time; 0 without any.
    #[must_use]
    pub fn lines_per_hour(&self) -> f64 {
        ratio(f64::from(self.lines) * 3_600.0, self.objective.labour.0 as f64)
    }

    /// Picking time per shift time of the pickers who work, 0 to 1.
    #[must_use]
    pub fn utilisation(&self) -> f64 {
        ratio(self.objective.labour.0 as f64, self.shift_time.0 as f64)
    }
}

fn ratio(a: f64, b: f64) -> f64 {
    if b == 0.0 { 0.0 } else { a / b }
}

/// One pick of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PickChoice {
    /// Where from.
    pub location: PickLocationIdx,
    /// What for.
    pub line: LineIdx,
    /// Units, at least 1.
    pub qty: u32,
}

/// One batch of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchChoice {
    /// The type of cart.
    pub cart: CartIdx,
    /// Who walks.
    pub picker: Picker,
    /// When the picker begins.
    pub start: Moment,
    /// What is in it, whole or in part, in any order; at least one.
    pub shipments: Vec<ShipmentIdx>,
    /// The picks, in the order in which they are made. A line belongs to that shipment of the batch which is of its order.
    pub picks: Vec<PickChoice>,
}

/// One wave of a decision: its batches, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaveChoice {
    /// The node.
    pub node: NodeIdx,
    /// When it is released.
    pub release: Moment,
    /// Its batches, in any order.
    pub batches: Vec<BatchChoice>,
}

/// What is released when, who picks it with which cart, and in which order: the bare decision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WaveDecision {
    /// The waves, in any order.
    pub waves: Vec<WaveChoice>,
    /// What is in no wave, in any order.
    pub unplanned: Vec<Unplanned>,
}

/// A plan of waves: what its files state, rows in canonical order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WavePlan {
    /// Name of the problem.
    pub problem: String,
    /// How it was made: method, seed, work, seconds.
    pub run: WaveRun,
    /// By node, then release, then the first shipment.
    pub waves: IndexVec<WaveIdx, Wave>,
    /// By wave, then start, then picker.
    pub batches: IndexVec<BatchIdx, Batch>,
    /// By batch, then in the order in which they are made.
    pub picks: Vec<Pick>,
    /// By shipment, then batch.
    pub shipments: Vec<WaveShipment>,
    /// By shipment, then line.
    pub unplanned: Vec<Unplanned>,
    /// Figures of each node that has a floor, by node.
    pub figures: Vec<(NodeIdx, WaveFigures)>,
}

/// What the run says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WaveRun {
    /// What stopped it early, if anything.
    pub limit: Option<super::LimitReached>,
    /// Name of the method.
    pub method: String,
    /// Seed.
    pub seed: u64,
    /// Work done, in the units of the work limit.
    pub work: u64,
    /// Wall-clock seconds from the start of the call to the finished plan.
    pub seconds: f64,
}

impl WavePlan {
    /// Figures of all nodes together.
    #[must_use]
    pub fn total(&self) -> WaveFigures {
        self.figures.iter().fold(WaveFigures::default(), |mut sum, (_, f)| {
            sum += *f;
            sum
        })
    }

    /// The picks of a batch, in the order in which they are made.
    #[must_use]
    pub fn picks_of(&self, batch: BatchIdx) -> &[Pick] {
        let range = &self.batches[batch].picks;
        &self.picks[range.start as usize..range.end as usize]
    }
}

/// Saturating: any figures that a file may state can be added up.
impl std::ops::AddAssign for WaveObjective {
    fn add_assign(&mut self, other: Self) {
        let add = |a: &mut u32, b: u32| *a = a.saturating_add(b);
        add(&mut self.no_time, other.no_time);
        add(&mut self.late_shipments, other.late_shipments);
        add(&mut self.tight, other.tight);
        add(&mut self.waves, other.waves);
        self.late.0 = self.late.0.saturating_add(other.late.0);
        self.labour.0 = self.labour.0.saturating_add(other.labour.0);
        self.unevenness = self.unevenness.saturating_add(other.unevenness);
    }
}

/// Saturating as well.
impl std::ops::AddAssign for WaveFigures {
    fn add_assign(&mut self, other: Self) {
        let add = |a: &mut u32, b: u32| *a = a.saturating_add(b);
        self.objective += other.objective;
        add(&mut self.batches, other.batches);
        add(&mut self.shipments, other.shipments);
        add(&mut self.lines, other.lines);
        add(&mut self.picks, other.picks);
        add(&mut self.unplanned, other.unplanned);
        self.units = self.units.saturating_add(other.units);
        self.walk.0 = self.walk.0.saturating_add(other.walk.0);
        self.shift_time.0 = self.shift_time.0.saturating_add(other.shift_time.0);
    }
}
