//! The shipments of an order as parts of the book: which entry stands for each shipment, and which atoms it holds.

use crate::allocate::book::{AtomSet, Book, NEVER, NO_TABLE, Piece, Way, members};
use crate::allocate::large::{LargeWay, OUT};
use crate::allocate::price::Part;
use crate::cost::shipment::quote;
use crate::index::{LineIdx, OrderIdx};
use crate::plan::{Carriage, Known, OrderShipment, Start};

/// How an order is served in a start, in the terms of the book.
pub(super) struct Taken {
    pub served: Served,
    /// Just as the start says, and at no more cost.
    pub whole: bool,
}

pub(super) enum Served {
    Small(Vec<Part>),
    Large(LargeWay),
}

/// How the start serves an order; `None` where it does not know the order, or its own rules no longer allow it.
pub(super) fn taken(book: &Book<'_>, start: &Start, order: OrderIdx) -> Option<Taken> {
    let known = start.known(order);
    if known == Known::New {
        return None;
    }
    let shipments = start.shipments_of(order);
    let (served, whole) = if book.head(order).large > 0 {
        large(book, order, shipments)?
    } else {
        small(book, order, shipments)?
    };
    let nothing = match &served {
        Served::Small(parts) => parts.is_empty(),
        Served::Large(way) => *way == LargeWay::default(),
    };
    let whole = whole && known == Known::Whole;
    // Where nothing of what was to ship can, there is nothing to take over.
    (whole || !nothing).then_some(Taken { served, whole })
}

fn small(book: &Book<'_>, order: OrderIdx, shipments: &[OrderShipment]) -> Option<(Served, bool)> {
    let head = book.head(order);
    let atoms = book.atoms_of(head);
    let mut exact = true;
    let entries: Vec<Option<u32>> = (0..shipments.len())
        .map(|n| {
            let own = head.first_entry..head.end_entry;
            let at_node = own.filter(|&e| book.entries.at(e).node == shipments[n].node);
            let ways = at_node.map(|e| {
                let entry = book.entries.at(e);
                (e, entry.way, entry.workload, entry.base)
            });
            let (entry, same) = choose(book, order, shipments, n, ways)?;
            exact &= same;
            Some(entry)
        })
        .collect();
    let pieces: Vec<&[Piece]> = atoms.iter().map(|a| book.pieces_of(a)).collect();
    let admits = |atom: usize, n: usize| entries[n].is_some_and(|e| book.entries.at(e).atoms >> atom & 1 == 1);
    let (at, all) = places(book, &pieces, shipments, &admits);
    let mut parts: Vec<Part> = Vec::new();
    for (n, entry) in entries.iter().enumerate() {
        let held = (0..atoms.len()).filter(|&a| at[a] == Some(n));
        let atoms = held.fold(0, |set: AtomSet, a| set | 1 << a);
        let &Some(entry) = entry else { continue };
        if atoms != 0 {
            parts.push(Part { entry, atoms });
        }
    }
    let travels = |p: &Part| {
        let entry = book.entries.at(p.entry);
        entry.table == NO_TABLE || book.tables.at(entry.table + u64::from(p.atoms)) < NEVER
    };
    let filled: usize = parts.iter().map(|p| members(p.atoms).count()).sum();
    let complete = parts.is_empty() || !head.ship_complete || filled == atoms.len();
    let allowed = complete && parts.len() <= usize::from(head.max_shipments) && parts.iter().all(travels);
    allowed.then_some((Served::Small(parts), exact && all))
}

fn large(book: &Book<'_>, order: OrderIdx, shipments: &[OrderShipment]) -> Option<(Served, bool)> {
    let large = &book.large[book.head(order).large as usize - 1];
    let mut exact = true;
    // For each shipment its node in the order, and by which of the node's fixed ways it travels, where it has any.
    let nodes: Vec<Option<(u16, Option<u16>)>> = (0..shipments.len())
        .map(|n| {
            let node = large.nodes.binary_search_by_key(&shipments[n].node, |x| x.node).ok()?;
            let fixed = large.nodes[node].fixed.iter().zip(0..);
            let of_load = large.nodes[node].fixed.is_empty();
            let ways = fixed.map(|(&(way, workload, cost), i)| (Some(i), way, workload, cost));
            let ways = ways.chain(of_load.then_some((None, Way::BestService, 1, 0)));
            let (by, same) = choose(book, order, shipments, n, ways)?;
            exact &= same;
            Some((node as u16, by))
        })
        .collect();
    let pieces: Vec<&[Piece]> = large.atoms.iter().map(|a| &a.pieces[..]).collect();
    let admits = |atom: usize, n: usize| {
        nodes[n].is_some_and(|(node, _)| large.atoms[atom].sources.iter().any(|s| s.node == node))
    };
    let (at, all) = places(book, &pieces, shipments, &admits);
    let node_at = |n: &Option<usize>| n.and_then(|n| nodes[n]).map_or(OUT, |(node, _)| node);
    let at: Vec<u16> = at.iter().map(node_at).collect();
    let by = nodes.iter().flatten().filter_map(|&(node, by)| Some((node, by?)));
    let by = by.filter(|(node, _)| at.contains(node)).collect();
    let way = large.way_of(book, at, by)?;
    Some((Served::Large(way), exact && all))
}

/// Of the ways to ship from a node (a mark, way, workload and cost) the one that stands for the `n`th shipment: its own, or
/// one that beats it. The second value says whether it is that; if not, it is another way from there.
fn choose<T>(
    book: &Book<'_>,
    order: OrderIdx,
    shipments: &[OrderShipment],
    n: usize,
    ways: impl Iterator<Item = (T, Way, u32, i64)>,
) -> Option<(T, bool)> {
    let shipment = &shipments[n];
    if shipments[..n].iter().any(|s| s.node == shipment.node) {
        return None; // one shipment from a node
    }
    let quoted = match shipment.carriage {
        Carriage::Service(service) => quote(book.problem, order, shipment.node, service).map(|q| (service, q.workload)),
        Carriage::Pickup => None,
    };
    let rank = |&(_, way, workload, cost): &(T, Way, u32, i64)| {
        let stands_for = match (way, shipment.carriage) {
            (Way::Pickup, Carriage::Pickup) | (Way::BestService, Carriage::Service(_)) => true,
            (Way::Quote(service), Carriage::Service(own)) if service == own => return (0, cost),
            (Way::Quote(_), _) => quoted.is_some_and(|(_, most)| workload <= most),
            _ => false,
        };
        (if stands_for { 1 } else { 2 }, cost)
    };
    let best = ways.min_by_key(rank)?;
    let same = rank(&best).0 < 2;
    Some((best.0, same))
}

/// For every atom the shipment that holds it, and whether that is all that the shipments hold.
fn places(
    book: &Book<'_>,
    atoms: &[&[Piece]],
    shipments: &[OrderShipment],
    admits: &dyn Fn(usize, usize) -> bool,
) -> (Vec<Option<usize>>, bool) {
    let fills = shipments.iter().enumerate();
    let mut held: Vec<Held> = fills
        .flat_map(|(n, s)| {
            s.fills.iter().map(move |f| Held {
                line: f.line,
                shipment: n,
                qty: i64::from(f.qty),
            })
        })
        .collect();
    held.sort_unstable();
    let mut at = vec![None; atoms.len()];
    let mut first = 0;
    for run in atoms.chunk_by(|a, b| a.len() == 1 && b.len() == 1 && a[0].line == b[0].line) {
        let run = first..first + run.len();
        first = run.end;
        let pieces = atoms[run.start];
        let of_first = of_line(&held, pieces[0].line);
        if book.problem.lines()[pieces[0].line].divisible && pieces.len() == 1 {
            let parts: Vec<u32> = run.clone().map(|a| atoms[a][0].qty).collect();
            let admits = |part, n| admits(run.start + part, n);
            cover(&parts, &mut held[of_first], &admits, &mut at[run.clone()]);
            continue;
        }
        // A line or a group of lines: whole in one shipment that holds all of them.
        let has_all = |n: usize| pieces.iter().all(|p| find(&held, p.line, n).is_some());
        let place = of_first
            .map(|h| held[h].shipment)
            .find(|&n| has_all(n) && admits(run.start, n));
        let Some(n) = place else { continue };
        for piece in pieces {
            if let Some(h) = find(&held, piece.line, n) {
                held[h].qty -= i64::from(piece.qty);
            }
        }
        at[run.start] = Some(n);
    }
    let all = held.iter().all(|h| h.qty == 0);
    (at, all)
}

/// Units of a line in a shipment that no atom stands for yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    line: LineIdx,
    shipment: usize,
    qty: i64,
}

fn of_line(held: &[Held], line: LineIdx) -> std::ops::Range<usize> {
    held.partition_point(|h| h.line < line)..held.partition_point(|h| h.line <= line)
}

fn find(held: &[Held], line: LineIdx, shipment: usize) -> Option<usize> {
    let at = held.partition_point(|h| (h.line, h.shipment) < (line, shipment));
    held.get(at)
        .is_some_and(|h| (h.line, h.shipment) == (line, shipment))
        .then_some(at)
}

/// Puts the parts of a divisible line where its units are, exactly if that is possible, else as many as fit.
fn cover(parts: &[u32], held: &mut [Held], admits: &dyn Fn(usize, usize) -> bool, at: &mut [Option<usize>]) {
    // Parts of one size fit in any order; of two sizes there are a few parts only.
    let alike = parts.windows(2).all(|w| w[0] == w[1]);
    if !alike && exactly(parts, 0, held, admits, at) {
        return;
    }
    for (part, &qty) in parts.iter().enumerate() {
        let fits = |h: &&mut Held| h.qty >= i64::from(qty) && admits(part, h.shipment);
        at[part] = held.iter_mut().find(fits).map(|h| {
            h.qty -= i64::from(qty);
            h.shipment
        });
    }
}

/// Looks for places for the parts from the `part`th on that use up what is held; leaves `held` as it was if there are none.
fn exactly(
    parts: &[u32],
    part: usize,
    held: &mut [Held],
    admits: &dyn Fn(usize, usize) -> bool,
    at: &mut [Option<usize>],
) -> bool {
    let wanted: i64 = held.iter().map(|h| h.qty).sum();
    let there_is: i64 = parts[part..].iter().map(|&q| i64::from(q)).sum();
    if wanted > there_is {
        return false;
    }
    let Some(&qty) = parts.get(part) else { return true };
    for h in 0..held.len() {
        if held[h].qty >= i64::from(qty) && admits(part, held[h].shipment) {
            held[h].qty -= i64::from(qty);
            at[part] = Some(held[h].shipment);
            if exactly(parts, part + 1, held, admits, at) {
                return true;
            }
            held[h].qty += i64::from(qty);
        }
    }
    at[part] = None;
    exactly(parts, part + 1, held, admits, at)
}
