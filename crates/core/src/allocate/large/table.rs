//! The cheapest way to serve an order with divisible lines, exactly: a dynamic programme over the quantities filled.
//!
//! ```text
//! state    how much of each atom's count is filled, one digit for each atom
//! f(n, s)  least cost of filling s from the first n nodes = min over bundles b <= s of  f(n - 1, s - b) + cost of b at n
//! ```
//! A node is passed once, so that it ships once; the stops of one node compete for each bundle. Where the number of
//! shipments is limited, states count them too.

use super::offers::{Offer, handling, offers};
use super::tree::{Effort, Search};
use super::{LargeOrder, LargeWay, OUT, Portion};
use crate::allocate::book::NEVER;
use crate::allocate::price::Valuation;
use crate::cost::tariff::Load;

/// Steps of the programme up to which it is used: for the quickest look at an order, for a bound in the climb, for
/// good ways, and for what an order costs at least.
const STEPS: [u64; 4] = [60_000, 400_000, 4_000_000, 30_000_000];
/// Most states.
const MOST_STATES: u64 = 1 << 16;

/// What ships up to a state: the bundle of the last node, and which of its stops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Came {
    bundle: u32,
    stop: u16,
}

impl Came {
    /// Adds it to a way.
    fn ship(self, digits: &[Digit], at: &mut [u16], portions: &mut Vec<Portion>) {
        for d in digits {
            let units = d.of(self.bundle as usize) as u32;
            match d.count {
                _ if units == 0 => {}
                1 => at[d.atom as usize] = self.stop,
                _ => portions.push(Portion {
                    atom: d.atom,
                    node: self.stop,
                    units,
                }),
            }
        }
    }
}

/// Buffers of the programme.
#[derive(Default)]
pub(super) struct Table {
    /// Atoms, the one of the largest count first, with their counts and how far a unit of each is from the next state.
    digits: Vec<Digit>,
    offers: Vec<Offer>,
    /// Least cost of each state, one layer for each number of shipments where that matters.
    costs: Vec<i64>,
    next: Vec<i64>,
    /// For each node and layer how each state was reached, none where it came as it was.
    came: Vec<Came>,
    /// The bundles of a node: cheapest cost and stop of each.
    bundles: Vec<(i64, u16)>,
    handling: Vec<i64>,
    loads: Vec<Load>,
    /// Where all ways are listed: the costs before the first node and after each, and what each node may ship at what cost.
    levels: Vec<i64>,
    shipments: Vec<Vec<(i64, Came)>>,
}

#[derive(Clone, Copy)]
struct Digit {
    atom: u32,
    count: u32,
    stride: u32,
}

impl LargeOrder {
    /// Whether the programme is small enough for so much effort.
    pub(super) fn has_table(&self, branches: u32) -> bool {
        let most = match branches {
            0 => STEPS[0],
            1..16 => STEPS[1],
            16..100 => STEPS[2],
            _ => STEPS[3],
        };
        self.steps_of_table <= most
    }

    /// Whether the programme is used however little effort is made.
    pub(crate) fn is_easy(&self) -> bool {
        self.has_table(0)
    }

    /// Steps of the programme; `u64::MAX` where there are too many states, or no divisible lines.
    pub(crate) fn count_steps(&self) -> u64 {
        let states = self.atoms.iter().try_fold(1u64, |states, a| {
            let states = states.checked_mul(u64::from(a.count) + 1);
            states.filter(|&n| n <= MOST_STATES)
        });
        if !self.is_divisible || states.is_none() {
            return u64::MAX;
        }
        let layers = self.layers() as u64;
        let mut steps = 0u64;
        let mut first = 0;
        while first < self.nodes.len() {
            let stops = self.stops_from(first);
            let pairs = self.atoms.iter().map(|atom| {
                let sources = atom.sources.iter().filter(|s| stops.contains(&usize::from(s.node)));
                let (count, most) = (
                    u64::from(atom.count),
                    u64::from(sources.map(|s| s.most).max().unwrap_or(0)),
                );
                (most + 1) * (count + 1) - most * (most + 1) / 2
            });
            steps = steps.saturating_add(pairs.fold(layers, u64::saturating_mul));
            first = stops.end;
        }
        steps
    }

    /// The stops of a node, the first of which is given.
    fn stops_from(&self, first: usize) -> std::ops::Range<usize> {
        let node = self.nodes[first].node;
        let more = self.nodes[first..].iter().take_while(|n| n.node == node).count();
        first..first + more
    }

    /// Layers of states: one, or one for each number of shipments that is allowed.
    fn layers(&self) -> usize {
        let nodes = self.nodes.chunk_by(|a, b| a.node == b.node).count();
        if self.max_shipments >= nodes {
            1
        } else {
            self.max_shipments + 1
        }
    }
}

impl<V: Valuation> Search<'_, V> {
    /// Whether the order is to be served by the programme.
    pub(super) fn by_table(&self, effort: Effort) -> bool {
        self.order.has_table(effort.branches)
    }

    /// What each atom costs at least, filled or not, without anything that shipments cost; a lower bound.
    pub(super) fn least_of_atoms(&mut self) -> i64 {
        let (book, order, v) = (self.book, self.order, self.v);
        let mut offered = std::mem::take(&mut self.space.table.offers);
        offers(book, order, &self.space.costs, v, &mut offered);
        let mut least: Vec<i64> = order.atoms.iter().map(super::LargeAtom::each_unfilled).collect();
        for offer in &offered {
            // The share of the line's cost is smallest in the most units.
            let each = handling(book, order, v, offer, offer.most).div_euclid(i64::from(offer.most));
            let least = &mut least[offer.atom as usize];
            *least = each.min(*least);
        }
        self.space.table.offers = offered;
        let atoms = order.atoms.iter().zip(least);
        atoms.map(|(atom, each)| each * i64::from(atom.count)).sum()
    }

    /// The cheapest way and its cost.
    pub(super) fn tabulate(&mut self) -> (i64, LargeWay) {
        let (states, layers) = self.fill_table(false);
        self.best(states, layers)
    }

    /// The ways that cost at most so much more than the cheapest, with their costs, cheapest first and at most `most` of them;
    /// and whether they are all.
    pub(super) fn list(&mut self, slack: i64, most: usize) -> (Vec<(i64, LargeWay)>, bool) {
        let order = self.order;
        let (states, layers) = self.fill_table(true);
        let (cheapest, _) = self.best(states, layers);
        let table = &self.space.table;
        let filled = |state: usize| -> i64 {
            let digits = table.digits.iter();
            digits
                .map(|d| d.of(state) * order.atoms[d.atom as usize].each_unfilled())
                .sum()
        };
        let nodes = table.levels.len() / (states * layers) - 1;
        let mut listing = Listing {
            table,
            size: (states, layers),
            limit: cheapest.saturating_add(slack).min(NEVER),
            most,
            complete: !order.has_twins() && order.nodes.iter().all(|n| n.fixed.len() < 2),
            found: Vec::new(),
            shipped: Vec::new(),
        };
        if order.nothing() <= listing.limit {
            listing.found.push((order.nothing(), Vec::new()));
        }
        let first = if order.ship_complete { states - 1 } else { 1 };
        for layer in 0..layers {
            for state in first.max(1)..states {
                let rest = order.nothing() - filled(state) - self.book.split;
                listing.descend(nodes, layer, state, rest);
            }
        }
        let Listing {
            mut found,
            mut complete,
            ..
        } = listing;
        found.sort_unstable();
        complete &= found.len() <= most;
        found.truncate(most);
        let way = |shipped: &Vec<Came>| {
            let (mut at, mut portions) = (vec![OUT; order.atoms.len()], Vec::new());
            for came in shipped {
                came.ship(&table.digits, &mut at, &mut portions);
            }
            self.space.costs.way(order, &at, &portions)
        };
        let mut ways: Vec<(i64, LargeWay)> = found.iter().map(|(cost, shipped)| (*cost, way(shipped))).collect();
        ways.sort_unstable();
        (ways, complete)
    }

    /// Runs the programme over all nodes, keeping all that it computes or only what the cheapest way needs; the numbers of
    /// states and layers.
    fn fill_table(&mut self, keep: bool) -> (usize, usize) {
        let states = self.lay_digits();
        let (order, layers) = (self.order, self.order.layers());
        let table = &mut self.space.table;
        table.costs.clear();
        table.costs.resize(states * layers, NEVER);
        table.costs[0] = 0;
        table.came.clear();
        table.levels.clear();
        table.shipments.clear();
        if keep {
            table.levels.extend_from_slice(&table.costs);
        }
        let mut first = 0;
        while first < order.nodes.len() {
            let stops = order.stops_from(first);
            first = stops.end;
            self.price_bundles(stops, states);
            self.pass(states, layers, !keep);
            if keep {
                let table = &mut self.space.table;
                table.levels.extend_from_slice(&table.costs);
                let of_node = table.bundles.iter().zip(0..).filter(|(b, _)| b.0 < NEVER);
                let of_node = of_node.map(|(&(cost, stop), bundle)| (cost, Came { bundle, stop }));
                table.shipments.push(of_node.collect());
            }
        }
        (states, layers)
    }

    /// Digits and loads; the number of states.
    fn lay_digits(&mut self) -> usize {
        let order = self.order;
        let table = &mut self.space.table;
        let mut offered = std::mem::take(&mut table.offers);
        offers(self.book, order, &self.space.costs, self.v, &mut offered);
        table.offers = offered;
        table.digits.clear();
        let digit = |(a, atom): (usize, &super::LargeAtom)| Digit {
            atom: a as u32,
            count: atom.count,
            stride: 0,
        };
        table.digits.extend(order.atoms.iter().enumerate().map(digit));
        table.digits.sort_by_key(|d| std::cmp::Reverse(d.count)); // stable
        let mut states = 1;
        for d in &mut table.digits {
            d.stride = states;
            states *= d.count + 1;
        }
        table.loads.clear();
        table.loads.resize(states as usize, Load::default());
        for d in &table.digits {
            let each = order.atoms[d.atom as usize].load_of(1);
            // States below the stride have none of this digit; those above come from one unit less.
            for state in d.stride..d.stride * (d.count + 1) {
                table.loads[state as usize] = table.loads[(state - d.stride) as usize].plus(each);
            }
        }
        states as usize
    }

    /// What every bundle costs at the stops of a node.
    fn price_bundles(&mut self, stops: std::ops::Range<usize>, states: usize) {
        let (book, order, v) = (self.book, self.order, self.v);
        let costs = &self.space.costs;
        let table = &mut self.space.table;
        table.bundles.clear();
        table.bundles.resize(states, (NEVER, 0));
        for stop in stops {
            let base = costs.base[stop];
            if base >= NEVER {
                continue;
            }
            // For each digit how much the stop has of it, and what each quantity of it costs there.
            let mut here: Vec<(Digit, Offer, usize)> = Vec::new();
            table.handling.clear();
            for d in &table.digits {
                let offer = table
                    .offers
                    .iter()
                    .find(|o| o.atom == d.atom && usize::from(o.node) == stop);
                if let Some(offer) = offer {
                    here.push((*d, *offer, table.handling.len()));
                    table
                        .handling
                        .extend((0..=offer.most).map(|n| handling(book, order, v, offer, n)));
                }
            }
            let entry = order.entry(stop as u16, 1);
            let mut at = vec![0u32; here.len()];
            'bundles: loop {
                // The next bundle.
                let mut digit = 0;
                loop {
                    let Some((_, offer, _)) = here.get(digit) else {
                        break 'bundles;
                    };
                    if at[digit] < offer.most {
                        at[digit] += 1;
                        break;
                    }
                    at[digit] = 0;
                    digit += 1;
                }
                let (mut bundle, mut sum, mut lines, mut units) = (0, base, 0, 0);
                for (&n, (d, _, first)) in at.iter().zip(&here).filter(|(n, _)| **n > 0) {
                    let atom = &order.atoms[d.atom as usize];
                    bundle += n * d.stride;
                    sum = sum.saturating_add(table.handling[first + n as usize]).min(NEVER);
                    lines += atom.pieces.len() as u32;
                    units += atom.units_of(n);
                }
                if sum >= NEVER || V::LIMITS && !v.fits(&entry, lines, units) {
                    continue;
                }
                if V::LIMITS && order.shares_rows {
                    let taken = at.iter().zip(&here).map(|(&n, (_, offer, _))| (*offer, n));
                    if !fit_together(book, order, v, &taken.collect::<Vec<_>>()) {
                        continue;
                    }
                }
                let cell = &mut table.bundles[bundle as usize];
                if sum >= cell.0 {
                    continue;
                }
                if let Some(carriage) = order.carriage(book, stop as u16, table.loads[bundle as usize])
                    && sum + carriage < cell.0
                {
                    *cell = (sum + carriage, stop as u16);
                }
            }
        }
    }

    /// Takes a node into the programme.
    fn pass(&mut self, states: usize, layers: usize, prune: bool) {
        let (order, split) = (self.order, self.book.split);
        let table = &mut self.space.table;
        table.next.clone_from(&table.costs);
        let from = table.came.len();
        table.came.resize(from + states * layers, Came::default());
        for bundle in 1..states {
            let (cost, stop) = table.bundles[bundle];
            if cost >= NEVER {
                continue;
            }
            // What is worth less than it costs is left, as a part of any way.
            let worth: i64 = table
                .digits
                .iter()
                .map(|d| d.of(bundle) * order.atoms[d.atom as usize].each_unfilled())
                .sum();
            if prune && !order.ship_complete && cost - split > worth {
                continue;
            }
            let came = Came {
                bundle: bundle as u32,
                stop,
            };
            for layer in 0..layers.max(2) - 1 {
                let to = if layers == 1 { 0 } else { layer + 1 };
                add(
                    &table.digits,
                    bundle,
                    (cost, came),
                    &table.costs[layer * states..][..states],
                    &mut table.next[to * states..][..states],
                    &mut table.came[from + to * states..][..states],
                );
            }
        }
        std::mem::swap(&mut table.costs, &mut table.next);
    }

    /// The best state, and the way to it.
    fn best(&self, states: usize, layers: usize) -> (i64, LargeWay) {
        let (order, table) = (self.order, &self.space.table);
        let nothing = order.nothing();
        let mut best = (nothing, 0);
        let least = if order.ship_complete { states - 1 } else { 1 };
        for layer in 0..layers {
            for state in least.max(1)..states {
                let cost = table.costs[layer * states + state];
                if cost < NEVER {
                    let filled = |d: &Digit| d.of(state) * order.atoms[d.atom as usize].each_unfilled();
                    let cost = cost + nothing - table.digits.iter().map(filled).sum::<i64>() - self.book.split;
                    if cost < best.0 {
                        best = (cost, layer * states + state);
                    }
                }
            }
        }
        let (mut at, mut portions) = (vec![OUT; order.atoms.len()], Vec::new());
        let (mut layer, mut state) = (best.1 / states, best.1 % states);
        for came in table.came.chunks(states * layers).rev() {
            let came = came[layer * states + state];
            if came.bundle > 0 {
                came.ship(&table.digits, &mut at, &mut portions);
                state -= came.bundle as usize;
                layer -= usize::from(layers > 1);
            }
        }
        (best.0, self.space.costs.way(order, &at, &portions))
    }
}

impl Digit {
    /// The digit of a state.
    const fn of(&self, state: usize) -> i64 {
        (state as u32 / self.stride % (self.count + 1)) as i64
    }
}

/// The ways up to a limit, from the last node to the first.
struct Listing<'a> {
    table: &'a Table,
    /// States and layers.
    size: (usize, usize),
    limit: i64,
    most: usize,
    complete: bool,
    found: Vec<(i64, Vec<Came>)>,
    shipped: Vec<Came>,
}

impl Listing<'_> {
    /// All ways to fill a state from the first nodes where the rest costs so much.
    fn descend(&mut self, node: usize, layer: usize, state: usize, rest: i64) {
        let (states, layers) = self.size;
        let least = self.table.levels[(node * layers + layer) * states + state];
        if least >= NEVER || least + rest > self.limit {
            return;
        }
        if node == 0 {
            self.found.push((rest, self.shipped.clone()));
            if self.found.len() >= 2 * self.most {
                self.found.sort_unstable();
                self.found.truncate(self.most);
                // Equal ones could go on for ever.
                self.limit = self.found.last().map_or(self.limit, |f| f.0) - 1;
                self.complete = false;
            }
            return;
        }
        self.descend(node - 1, layer, state, rest);
        let before = if layers == 1 { Some(0) } else { layer.checked_sub(1) };
        let Some(before) = before else { return };
        let table = self.table;
        for &(cost, came) in &table.shipments[node - 1] {
            let bundle = came.bundle as usize;
            if bundle > state {
                break;
            }
            if table.digits.iter().all(|d| d.of(bundle) <= d.of(state)) {
                self.shipped.push(came);
                self.descend(node - 1, before, state - bundle, rest + cost);
                self.shipped.pop();
            }
        }
    }
}

/// Adds a bundle to every state that has room for it.
fn add(
    digits: &[Digit],
    bundle: usize,
    (cost, came): (i64, Came),
    before: &[i64],
    after: &mut [i64],
    how: &mut [Came],
) {
    let room: Vec<u32> = digits.iter().map(|d| d.count - d.of(bundle) as u32).collect();
    let mut at = vec![0; digits.len()];
    let (mut base, run) = (0, room[0] as usize + 1);
    loop {
        let from = &before[base..base + run];
        let to = after[base + bundle..base + bundle + run].iter_mut();
        for ((&from, to), how) in from.iter().zip(to).zip(&mut how[base + bundle..]) {
            if from + cost < *to {
                *to = from + cost;
                *how = came;
            }
        }
        let mut digit = 1;
        loop {
            let Some(d) = digits.get(digit) else { return };
            if at[digit] < room[digit] {
                at[digit] += 1;
                base += d.stride as usize;
                break;
            }
            base -= (at[digit] * d.stride) as usize;
            at[digit] = 0;
            digit += 1;
        }
    }
}

/// Whether one node has so much of all these offers together, where several may take from one stock row.
fn fit_together<V: Valuation>(
    book: &crate::allocate::book::Book<'_>,
    order: &LargeOrder,
    v: &V,
    taken: &[(Offer, u32)],
) -> bool {
    let mut rows: Vec<(u32, u32)> = Vec::new();
    for (offer, count) in taken.iter().filter(|t| t.1 > 0) {
        let pieces = order.atoms[offer.atom as usize].cells_of(*count, offer.cell);
        rows.extend(pieces.map(|(piece, cell)| (book.rows[cell as usize], piece.qty)));
    }
    rows.sort_unstable();
    let mut runs = rows.chunk_by(|a, b| a.0 == b.0);
    runs.all(|run| run.iter().map(|r| r.1).sum::<u32>() <= v.available(run[0].0))
}
