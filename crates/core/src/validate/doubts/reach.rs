//! Where services go, and what they take there, by node and destination.
//!
//! Which lanes a destination may match follows from its country and the longest prefix of a lane that its postcode begins with. So
//! what services offer is found once for each of these and a node, and only lanes with a distance need the destination itself.

use std::rc::Rc;

use hashbrown::HashMap;

use crate::cost::lane::kilometres;
use crate::cost::tariff::{Load, transport};
use crate::index::{DestIdx, Idx as _, LineIdx, NodeIdx, RateIdx, ServiceIdx, Sym};
use crate::model::{Lane, Problem};

/// How many offers, and how many weights, are kept at most.
const MOST_KEPT: usize = 1 << 20;
/// In place of a weight: it was not looked at.
const UNKNOWN: i64 = i64::MIN;
/// How many lanes are looked at, at most: what takes longer is a problem of lanes, and not worth its time here.
const MOST_LOOKED_AT: u64 = 30_000_000;

/// How far a service gets with a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Carried {
    /// No lane matches.
    NoLane,
    /// The lane's zone has no rates.
    NoRates,
    /// The load is too heavy.
    TooHeavy,
    /// It takes it.
    Yes,
}

/// The lanes of a service from a node, the best first, up to the first without a distance, and their rates.
#[derive(Debug)]
struct Offer {
    lanes: Vec<(Option<f64>, Option<RateIdx>)>,
}

/// Destinations that may match the same lanes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Class<'p> {
    country: Sym,
    prefix: &'p str,
    number: u32,
}

/// The lanes of a country whose prefix is the same, and their number.
type Lanes<'p> = (u32, Vec<&'p Lane>);

/// Finds what services offer.
pub(super) struct Reach<'p> {
    problem: &'p Problem,
    /// Lengths of the prefixes that the lanes of a country have, falling.
    lengths: HashMap<Sym, Vec<usize>>,
    lanes: HashMap<(Sym, &'p str), Lanes<'p>>,
    offers: HashMap<(u32, NodeIdx), Rc<[Offer]>>,
    kept: usize,
    /// By class and node the heaviest unit of which any number is surely taken; empty where these are too many.
    sure: Vec<i64>,
    looked_at: u64,
}

impl<'p> Reach<'p> {
    pub(super) fn new(problem: &'p Problem) -> Self {
        let mut lengths: HashMap<Sym, Vec<usize>> = HashMap::new();
        let mut lanes: HashMap<(Sym, &str), Lanes<'_>> = HashMap::new();
        for lane in problem.services().indices().flat_map(|s| problem.lanes_of(s)) {
            let prefix = problem.text(lane.postcode_prefix);
            let number = lanes.len() as u32;
            let entry = lanes.entry((lane.country, prefix)).or_insert_with(|| {
                let lengths = lengths.entry(lane.country).or_default();
                lengths.push(prefix.len());
                (number, Vec::new())
            });
            entry.1.push(lane);
        }
        let sorted = |(country, mut lengths): (Sym, Vec<usize>)| {
            lengths.sort_unstable_by(|a, b| b.cmp(a));
            lengths.dedup();
            (country, lengths)
        };
        let cells = lanes.len() * problem.nodes().len();
        Self {
            problem,
            lengths: lengths.into_iter().map(sorted).collect(),
            sure: vec![UNKNOWN; if cells > MOST_KEPT { 0 } else { cells }],
            lanes,
            offers: HashMap::new(),
            kept: 0,
            looked_at: 0,
        }
    }

    /// Whether more was looked at than is worth its time.
    pub(super) const fn is_exhausted(&self) -> bool {
        self.looked_at > MOST_LOOKED_AT
    }

    /// Whether there are lanes to the country of a destination.
    pub(super) fn knows_country(&self, destination: DestIdx) -> bool {
        self.lengths
            .contains_key(&self.problem.destinations()[destination].country)
    }

    /// The class of a destination; `None` where no lane can match it.
    pub(super) fn class(&mut self, destination: DestIdx) -> Option<Class<'p>> {
        let to = &self.problem.destinations()[destination];
        let postcode = self.problem.text(to.postcode);
        for &length in self.lengths.get(&to.country)? {
            self.looked_at += 1;
            let Some(prefix) = postcode.get(..length) else { continue };
            if let Some((number, _)) = self.lanes.get(&(to.country, prefix)) {
                return Some(Class {
                    country: to.country,
                    prefix,
                    number: *number,
                });
            }
        }
        None
    }

    /// How far any service gets with so many units of a line from a node to a destination of the class.
    pub(super) fn carried(
        &mut self,
        class: Class<'p>,
        node: NodeIdx,
        destination: DestIdx,
        line: LineIdx,
        qty: u32,
    ) -> Carried {
        let unit = self.problem.items()[self.problem.lines()[line].sku].weight.0;
        if unit <= self.surely_taken(class, node) {
            return Carried::Yes;
        }
        let load = Load::of(self.problem, line, qty);
        let offers = self.offers(class, node);
        let unconditional = |offer: &&Offer| matches!(offer.lanes.first(), Some((None, _)));
        let mut best = Carried::NoLane;
        for offer in offers.iter().filter(unconditional) {
            self.looked_at += 1;
            best = best.max(self.taken(offer.lanes[0].1, load));
            if best == Carried::Yes {
                return best;
            }
        }
        let ends = self.problem.nodes()[node]
            .place
            .zip(self.problem.destinations()[destination].place);
        let km = ends.map(|(a, b)| kilometres(a, b));
        for offer in offers.iter().filter(|offer| !unconditional(offer)) {
            self.looked_at += offer.lanes.len() as u64;
            let matches = |most: Option<f64>| most.is_none_or(|most| km.is_some_and(|km| km <= most));
            if let Some(&(_, rate)) = offer.lanes.iter().find(|(most, _)| matches(*most)) {
                best = best.max(self.taken(rate, load));
            }
        }
        best
    }

    /// The heaviest unit of which any number is taken by a service that goes to all destinations of the class.
    fn surely_taken(&mut self, class: Class<'p>, node: NodeIdx) -> i64 {
        let at = class.number as usize * self.problem.nodes().len() + node.get();
        match self.sure.get(at) {
            None => UNKNOWN,
            Some(&UNKNOWN) => {
                let offers = self.offers(class, node);
                let surely = offers.iter().map(|offer| match offer.lanes.first() {
                    Some((None, Some(rate))) => self.any_number_of(*rate),
                    _ => -1,
                });
                let surely = surely.max().unwrap_or(-1);
                self.sure[at] = surely;
                surely
            }
            Some(&surely) => surely,
        }
    }

    /// The heaviest unit of which the service of a price table takes any number: parcels are never above the largest.
    fn any_number_of(&self, rate: RateIdx) -> i64 {
        let rate = &self.problem.rates()[rate];
        let largest = self.problem.services()[rate.service].max_parcel;
        let last = rate.bands.last().map(|band| band.max);
        match (largest, rate.open) {
            (None, Some(_)) => i64::MAX,
            (Some(largest), Some(_)) => largest.0,
            (Some(largest), None) if last.is_some_and(|last| last >= largest) => largest.0,
            _ => -1,
        }
    }

    fn taken(&self, rate: Option<RateIdx>, load: Load) -> Carried {
        match rate {
            None => Carried::NoRates,
            Some(rate) if transport(self.problem, rate, load).is_none() => Carried::TooHeavy,
            Some(_) => Carried::Yes,
        }
    }

    fn offers(&mut self, class: Class<'p>, node: NodeIdx) -> Rc<[Offer]> {
        if let Some(offers) = self.offers.get(&(class.number, node)) {
            return Rc::clone(offers);
        }
        if self.kept > MOST_KEPT {
            self.offers.clear();
            self.kept = 0;
        }
        let offers: Rc<[Offer]> = self.found(class, node).into();
        self.kept += offers.len() + 1;
        self.offers.insert((class.number, node), Rc::clone(&offers));
        offers
    }

    /// What each service offers. The order of lanes is that of [`cost::lane::find`](crate::cost::lane::find); of equals the first
    /// of the file is the best, and lanes of a service stand in that order.
    fn found(&mut self, class: Class<'p>, node: NodeIdx) -> Vec<Offer> {
        let mut of_service: Vec<(ServiceIdx, bool, usize, f64, &Lane)> = Vec::new();
        for &length in self.lengths.get(&class.country).map_or(&[][..], Vec::as_slice) {
            let Some(prefix) = class.prefix.get(..length) else {
                continue;
            };
            let Some((_, lanes)) = self.lanes.get(&(class.country, prefix)) else {
                continue;
            };
            self.looked_at += lanes.len() as u64;
            let here = lanes.iter().filter(|lane| lane.node.is_none_or(|n| n == node));
            of_service.extend(here.map(|lane| {
                let most = lane.max_km.unwrap_or(f64::INFINITY);
                (lane.service, lane.node.is_none(), usize::MAX - length, most, *lane)
            }));
        }
        // Stable: equals of one prefix stay in the order of the file.
        of_service.sort_by(|a, b| (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2)).then(a.3.total_cmp(&b.3)));
        let offer = |lanes: &[(ServiceIdx, bool, usize, f64, &Lane)]| {
            let last = lanes.iter().position(|lane| lane.4.max_km.is_none());
            let lanes = &lanes[..last.map_or(lanes.len(), |last| last + 1)];
            let rated = lanes
                .iter()
                .map(|lane| (lane.4.max_km, self.problem.rate_of(lane.4.service, lane.4.zone)));
            Offer { lanes: rated.collect() }
        };
        of_service.chunk_by(|a, b| a.0 == b.0).map(offer).collect()
    }
}
