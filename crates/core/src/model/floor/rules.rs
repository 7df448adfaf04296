//! How waves are made: when they are released, how large they are, and what may be together in one.

use crate::quantity::{Grams, Seconds, TimeOfDay, Volume};

/// Priority of an order to which no row of `priorities.csv` gives another; 1 is the most urgent, 9 the least.
pub const DEFAULT_PRIORITY: u8 = 5;

/// When waves are released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReleaseMode {
    /// Each as soon as pickers and carts are free for it, from the start of the first shift on.
    #[default]
    Early,
    /// At the times of day of [`WaveRules::releases`], every day.
    Fixed,
    /// Each as late as is safe for the departures of its shipments.
    CutOff,
    /// One after another as work gets done: [`WaveRules::max_open`] is given.
    Waveless,
}

impl ReleaseMode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::Early, Self::Fixed, Self::CutOff, Self::Waveless];

    /// The word of `floor.toml`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Early => "early",
            Self::Fixed => "fixed",
            Self::CutOff => "cutoff",
            Self::Waveless => "waveless",
        }
    }
}

/// A property that all shipments of a wave must share where it is a key. Priority always is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupKey {
    /// The carrier service.
    Service,
    /// The departure that each is to make.
    Departure,
    /// The picking zone, where all that a shipment holds lies in one; all others are together.
    Zone,
    /// One line, or several.
    Lines,
    /// The sales channel of the order.
    Channel,
}

impl GroupKey {
    /// Every key, in the order in which files name them.
    pub const ALL: [Self; 5] = [Self::Service, Self::Departure, Self::Zone, Self::Lines, Self::Channel];

    /// The word of `floor.toml`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Departure => "departure",
            Self::Zone => "zone",
            Self::Lines => "lines",
            Self::Channel => "channel",
        }
    }
}

/// What one wave may hold; `None` = no limit, each by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaveLimits {
    /// Shipments.
    pub shipments: Option<u32>,
    /// Lines of them.
    pub lines: Option<u32>,
    /// Units of them.
    pub units: Option<u32>,
    /// Their weight.
    pub weight: Option<Grams>,
    /// Their volume.
    pub volume: Option<Volume>,
    /// Dock doors or sorter lanes: different services of them, pickup included.
    pub docks: Option<u32>,
}

/// How a tour visits its stops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PickMethod {
    /// The shortest tour, where that can be found in time.
    #[default]
    Exact,
    /// Every aisle with a stop is walked through, in turn up and down.
    SShape,
    /// Every aisle with a stop is entered and left at the front.
    Return,
    /// Aisles are entered from both ends up to the middle.
    Midpoint,
    /// Aisles are entered from both ends up to the largest gap.
    LargestGap,
    /// Aisle by aisle the better of walking through and returning.
    Combined,
    /// By the sequence numbers of the pick locations, the same every time.
    Sequence,
}

impl PickMethod {
    /// Every method, in the order in which the documentation lists them.
    pub const ALL: [Self; 7] = [
        Self::Exact,
        Self::SShape,
        Self::Return,
        Self::Midpoint,
        Self::LargestGap,
        Self::Combined,
        Self::Sequence,
    ];

    /// The word of `floor.toml`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::SShape => "s-shape",
            Self::Return => "return",
            Self::Midpoint => "midpoint",
            Self::LargestGap => "largest-gap",
            Self::Combined => "combined",
            Self::Sequence => "sequence",
        }
    }
}

/// What `floor.toml` says of waves and picking, but for the rates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaveRules {
    /// When waves are released.
    pub mode: ReleaseMode,
    /// The times of day of the mode `fixed`: rising, each once, at least one. Empty in other modes.
    pub releases: Vec<TimeOfDay>,
    /// A wave should end this long before the departures of its shipments.
    pub safety: Seconds,
    /// Most shipments in waves that are released and have not ended, at any moment; `None` = no limit.
    pub max_open: Option<u32>,
    /// What one wave may hold.
    pub limits: WaveLimits,
    /// What the shipments of a wave must share beside their priority: all of these. Rising, each once.
    pub group_by: Vec<GroupKey>,
    /// How many days after today work is planned and departures are looked for, 0 to 60.
    pub horizon_days: u32,
    /// How tours visit their stops.
    pub method: PickMethod,
}

impl Default for WaveRules {
    /// The defaults of `floor.toml`.
    fn default() -> Self {
        Self {
            mode: ReleaseMode::Early,
            releases: Vec::new(),
            safety: Seconds(15 * 60),
            max_open: None,
            limits: WaveLimits::default(),
            group_by: Vec::new(),
            horizon_days: 7,
            method: PickMethod::Exact,
        }
    }
}
