//! What can be wrong with a plan: a catalogue of codes with stable ids and names, and one finding.

use std::fmt;

use crate::index::{LineIdx, NodeIdx, OrderIdx, ShipmentIdx};

/// One thing that is wrong with a plan, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What kind of fault.
    pub code: ViolationCode,
    /// What is wrong, in one sentence that names the ids.
    pub message: String,
    /// The order, where it concerns one.
    pub order: Option<OrderIdx>,
    /// The line, where it concerns one.
    pub line: Option<LineIdx>,
    /// The node, where it concerns one.
    pub node: Option<NodeIdx>,
    /// The shipment, where it concerns one.
    pub shipment: Option<ShipmentIdx>,
}

impl Violation {
    pub(super) fn new(code: ViolationCode, message: String) -> Self {
        Self {
            code,
            message,
            order: None,
            line: None,
            node: None,
            shipment: None,
        }
    }

    pub(super) fn of_order(self, order: OrderIdx) -> Self {
        Self {
            order: Some(order),
            ..self
        }
    }

    pub(super) fn of_line(self, line: LineIdx) -> Self {
        Self {
            line: Some(line),
            ..self
        }
    }

    pub(super) fn at(self, node: NodeIdx) -> Self {
        Self {
            node: Some(node),
            ..self
        }
    }

    pub(super) fn in_shipment(self, shipment: ShipmentIdx) -> Self {
        Self {
            shipment: Some(shipment),
            ..self
        }
    }
}

/// `V401 stock: node A, sku x: 5 units used, 3 available`.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.code.id(), self.code.name(), self.message)
    }
}

macro_rules! codes {
    ($($variant:ident $id:literal $name:literal $doc:literal;)*) => {
        /// A kind of violation. Ids and names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ViolationCode {
            $(#[doc = $doc] $variant,)*
        }

        impl ViolationCode {
            /// The catalogue, by id.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Stable id, such as `V401`.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// Stable name, such as `stock`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Whether it says that something was not judged: it may be right or wrong.
            #[must_use]
            pub const fn is_unchecked(self) -> bool {
                matches!(
                    self,
                    Self::RulesNotChecked | Self::CutsNotChecked | Self::BoundNotChecked | Self::WavesNotChecked
                )
            }

            /// What it means, in one or two sentences.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $doc,)* }
            }
        }
    };
}

codes! {
    // The rows.
    UnknownReference "V101" "unknown-reference" "A row names a line, order, node, service or shipment that does not exist.";
    DuplicateAssignment "V102" "duplicate-assignment" "A line is assigned to the same node twice.";
    ShipmentMismatch "V103" "shipment-mismatch" "An assignment names a shipment of another order or another node.";
    EmptyShipment "V104" "empty-shipment" "A shipment holds nothing.";
    ZeroQuantity "V105" "zero-quantity" "An assignment or an unfilled row is of no units.";
    DuplicateUnfilled "V106" "duplicate-unfilled" "A line has two rows of unfilled units.";
    OtherProblem "V107" "other-problem" "The plan names another problem.";
    RowOrder "V108" "row-order" "Rows are not in the order of the problem. A warning: the plan may still be valid.";
    // Lines.
    Pickup "V201" "pickup" "A line of a pickup order is filled from a node other than its pickup node.";
    ShipsFalse "V202" "ships-false" "A line is filled from a node that does not ship.";
    Pin "V203" "pin" "A line is filled from a node other than the one it is pinned to.";
    Exclusion "V204" "exclusion" "A line is filled from a node that is excluded for it.";
    Overfilled "V205" "overfilled" "More units of a line are filled than were ordered.";
    MissingUnfilled "V206" "missing-unfilled" "Units of a line are neither filled nor stated as unfilled.";
    Quantity "V207" "quantity" "Filled and unfilled units of a line do not add up to what was ordered.";
    SplitLine "V208" "split-line" "An indivisible line is filled from several nodes.";
    PartialLine "V209" "partial-line" "An indivisible line is filled in part.";
    Group "V210" "group" "Lines of one group do not travel together.";
    // Orders.
    ShipComplete "V301" "ship-complete" "An order that must ship complete ships in part.";
    MaxShipments "V302" "max-shipments" "An order has more shipments than it may have.";
    TwoShipments "V303" "two-shipments" "An order has two shipments from one node.";
    // Stock and capacity.
    Stock "V401" "stock" "More units of a SKU leave a node than it has available to promise.";
    NodeShipments "V402" "node-shipments" "A node has more shipments (or quoted workload) than its capacity.";
    NodeLines "V403" "node-lines" "A node fills more lines than its capacity.";
    NodeUnits "V404" "node-units" "A node fills more units than its capacity.";
    StockDate "V405" "stock-date" "More units of a SKU leave a node before a date than are there by then.";
    // Carriage.
    PickupService "V501" "pickup-service" "A pickup order travels by a carrier, or another order by the service pickup.";
    NoQuote "V502" "no-quote" "The order has quotes, and none is for this node and service.";
    NotListed "V503" "not-listed" "The service is not listed, and the order has no quotes.";
    NoLane "V504" "no-lane" "The service does not go from the node to the destination.";
    TooHeavy "V505" "too-heavy" "The service does not take the weight of the shipment.";
    NotPriced "V506" "not-priced" "The shipment cannot be priced for a reason that this verifier does not know.";
    QuoteWaits "V507" "quote-waits" "A quoted shipment waits for stock.";
    // Figures.
    Parcels "V601" "parcels" "A shipment's number of parcels is wrong.";
    Weight "V602" "weight" "A shipment's weight is wrong.";
    Billable "V603" "billable" "A shipment's billable weight is wrong.";
    Transport "V604" "transport" "A shipment's transport cost is wrong.";
    Handling "V605" "handling" "A shipment's handling cost is wrong.";
    LeavesOn "V606" "leaves-on" "A shipment's day of leaving is wrong.";
    ArrivesOn "V607" "arrives-on" "A shipment's day of arrival is wrong.";
    DaysLate "V608" "days-late" "A shipment's number of days late is wrong.";
    Late "V609" "late" "A shipment's late penalty is wrong.";
    UnfilledPenalty "V610" "unfilled-penalty" "The penalty of an unfilled row is wrong.";
    CostTransport "V611" "cost-transport" "The plan's transport cost is not the sum over its shipments.";
    CostHandling "V612" "cost-handling" "The plan's handling cost is not the sum over its shipments.";
    CostSplit "V613" "cost-split" "The plan's split cost does not follow from its shipments.";
    CostLate "V614" "cost-late" "The plan's late cost is not the sum over its shipments.";
    CostUnfilled "V615" "cost-unfilled" "The plan's unfilled cost does not follow from the units left unfilled.";
    // What the plan claims to prove.
    BoundAboveTotal "V701" "bound-above-total" "The bound is above the plan's own total.";
    BoundAbovePrices "V702" "bound-above-prices" "The bound is above what the shadow prices can prove.";
    BoundNotProved "V703" "bound-not-proved" "The bound is above what this verifier can prove from the shadow prices.";
    OptimalNotProved "V704" "optimal-not-proved" "The plan is called optimal, but its bound is below its total.";
    ProvedBound "V705" "proved-bound" "The bound from branching is above the plan's total.";
    PriceReference "V711" "price-reference" "A shadow price names a node or SKU that does not exist.";
    PriceNegative "V712" "price-negative" "A shadow price is negative.";
    PriceDuplicate "V713" "price-duplicate" "A resource has two shadow prices.";
    PriceUnlimited "V714" "price-unlimited" "An unlimited resource has a shadow price.";
    CutReference "V721" "cut-reference" "A cut names a node, SKU or line that does not exist.";
    CutPrice "V722" "cut-price" "The price of a cut is not above 0.";
    CutUnlimited "V723" "cut-unlimited" "A cut is over units of a node whose units are unlimited.";
    CutTerm "V724" "cut-term" "A term of a cut has coefficient 0, repeats a line, or is of a divisible line or another SKU.";
    CutInvalid "V725" "cut-invalid" "Lines that fit into what the row has exceed the right-hand side of the cut.";
    CutTooLarge "V726" "cut-too-large" "A cut is too large to be checked, and so proves nothing.";
    // Waves: rows.
    WaveRows "V801" "wave-rows" "Waves, batches, picks and shipments of a plan of waves do not belong together as they say.";
    WaveReference "V802" "wave-reference" "A row of a plan of waves names something that does not exist on its floor.";
    WaveShipments "V803" "wave-shipments" "A shipment is in no wave, in two, or both in a wave and unplanned.";
    UnplannedReason "V804" "unplanned-reason" "A shipment is unplanned for another reason than the true one, or in a wave though it cannot be done.";
    // Waves: rules.
    WavePriority "V811" "wave-priority" "Shipments of different priorities are in one wave.";
    WaveGroup "V812" "wave-group" "Shipments of a wave differ in a grouping key, or the wave states another value.";
    WaveLimit "V813" "wave-limit" "A wave holds more than a limit allows.";
    WaveRelease "V814" "wave-release" "A wave is released before now, or at no time of release.";
    OpenShipments "V815" "open-shipments" "More shipments are in open waves than may be.";
    CartCapacity "V821" "cart-capacity" "A batch is more than its cart holds.";
    CartBins "V822" "cart-bins" "The shipments of a batch take more bins than the cart has.";
    CartCount "V823" "cart-count" "More carts of a type are in use than there are.";
    PickQuantity "V831" "pick-quantity" "The picks of a batch are not what its shipments hold.";
    LocationStock "V832" "location-stock" "More of a SKU is taken from a pick location than is available there.";
    PickSequence "V833" "pick-sequence" "A tour does not follow the pick sequence of its floor.";
    PickerShift "V841" "picker-shift" "A tour is not within the shift of its picker, or there is no such picker.";
    PickerOverlap "V842" "picker-overlap" "A picker walks two tours at the same time.";
    EarlyTour "V843" "early-tour" "A tour begins before its wave is released.";
    // Waves: figures.
    Walk "V851" "walk" "A way is not as long as the shortest way is.";
    PickTime "V852" "pick-time" "A pick or tour is not done when its work and ways allow.";
    WaveTime "V853" "wave-time" "The start, picked, end or due moment of a wave is wrong.";
    WaveCount "V854" "wave-count" "A count or measure of a wave or batch is wrong.";
    Departs "V855" "departs" "The departure that a shipment is due to make or makes is wrong.";
    WaveLate "V856" "wave-late" "The lateness of a shipment or wave is wrong.";
    WaveFigures "V857" "wave-figures" "A figure of the summary of waves is wrong.";
    Unchecked "V901" "unchecked" "An amount is too large to be added up, so the plan cannot be checked.";
    // What was not judged: it may be right or wrong.
    RulesNotChecked "V911" "rules-not-checked" "Time was up before every rule and figure was judged.";
    CutsNotChecked "V912" "cuts-not-checked" "Some cuts take more steps to be proved than are left of those that all together may take, or time was up before.";
    BoundNotChecked "V913" "bound-not-checked" "Time was up before the least cost of every order at the shadow prices was found.";
    WavesNotChecked "V914" "waves-not-checked" "Time was up before the plan of waves was judged.";
}

/// The stable name.
impl fmt::Display for ViolationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
