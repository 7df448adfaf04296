//! The shipments of an order as parts of the book: which entry stands for each shipment, and which atoms it holds.

use crate::allocate::book::{AtomSet, Book, NEVER, NO_TABLE, OrderHead, Piece, Way, members};
use crate::allocate::large::{LargeOrder, LargeWay, OUT, Portion};
use crate::allocate::price::Part;
use crate::allocate::state::each_cell;
use crate::cost::calendar::leaves_from;
use crate::cost::shipment::quote;
use crate::index::{Idx as _, LineIdx, OrderIdx};
use crate::plan::{Carriage, Fill, Known, OrderShipment, Start};
use crate::quantity::Date;

/// How an order is served in a start, in the terms of the book.
pub(super) struct Taken {
    pub served: Served,
    /// Just as the start says, and at no more cost.
    pub whole: bool,
}

/// An order's shipments in the terms of the book.
pub(crate) enum Served {
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
    let (served, whole) = served(book, order, shipments)?;
    let nothing = match &served {
        Served::Small(parts) => parts.is_empty(),
        Served::Large(way) => *way == LargeWay::default(),
    };
    let whole = whole && known == Known::Whole;
    // Where nothing of what was to ship can, there is nothing to take over.
    (whole || !nothing).then_some(Taken { served, whole })
}

/// Shipments of an order in the terms of the book, and whether these say just the same at no more cost; `None` where the rules of the order
/// do not allow them.
pub(crate) fn served(book: &Book<'_>, order: OrderIdx, shipments: &[OrderShipment]) -> Option<(Served, bool)> {
    if book.head(order).large > 0 {
        large(book, order, shipments)
    } else {
        small(book, order, shipments)
    }
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
                (
                    e,
                    entry.way,
                    entry.workload,
                    entry.base,
                    entry_dates(book, head, e, &shipments[n]),
                )
            });
            let (entry, same) = choose(book, order, shipments, n, ways)?;
            exact &= same;
            Some(entry)
        })
        .collect();
    let pieces: Vec<&[Piece]> = atoms.iter().map(|a| book.pieces_of(a)).collect();
    let admits = |atom: usize, n: usize| entries[n].is_some_and(|e| book.entries.at(e).atoms >> atom & 1 == 1);
    let mut held = held(shipments);
    let at = places(book, &pieces, &mut held, &admits);
    let all = held.iter().all(|h| h.qty == 0);
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
            let at_node = (0..large.nodes.len()).filter(|&x| large.nodes[x].node == shipments[n].node);
            let ways = at_node.flat_map(|node| {
                let date = node_dates(book, large, node as u16, &shipments[n]);
                let fixed = large.nodes[node].fixed.iter().zip(0..);
                let of_load = large.nodes[node].fixed.is_empty();
                let ways = fixed.map(move |(&(way, workload, cost), i)| ((node, Some(i)), way, workload, cost, date));
                ways.chain(of_load.then_some(((node, None), Way::BestService, 1, 0, date)))
            });
            let ((node, by), same) = choose(book, order, shipments, n, ways)?;
            exact &= same;
            Some((node as u16, by))
        })
        .collect();
    let mut held = held(shipments);
    let portions = portions(large, &nodes, &mut held);
    let pieces: Vec<&[Piece]> = large.atoms.iter().map(|a| &a.pieces[..]).collect();
    let admits = |atom: usize, n: usize| {
        let has = |node: u16| large.atoms[atom].cell_at(node).is_some();
        large.atoms[atom].count == 1 && nodes[n].is_some_and(|(node, _)| has(node))
    };
    let at = places(book, &pieces, &mut held, &admits);
    let node_at = |n: &Option<usize>| n.and_then(|n| nodes[n]).map_or(OUT, |(node, _)| node);
    let at: Vec<u16> = at.iter().map(node_at).collect();
    let by = nodes.iter().flatten().filter_map(|&(node, by)| Some((node, by?)));
    let ships = |node: &u16| at.contains(node) || portions.iter().any(|p| p.node == *node);
    let by = by.filter(|(node, _)| ships(node)).collect();
    let way = large.way_of(book, at, by, portions)?;
    Some((Served::Large(way), exact && held.iter().all(|h| h.qty == 0)))
}

/// What the shipments, each from its node in the order, hold of divisible lines, as far as the nodes have it; it is taken
/// off what they hold.
fn portions(large: &LargeOrder, nodes: &[Option<(u16, Option<u16>)>], held: &mut [Held]) -> Vec<Portion> {
    let mut portions = Vec::new();
    for (a, atom) in large.atoms.iter().enumerate().filter(|(_, a)| a.count > 1) {
        let mut left = i64::from(atom.count);
        let of_line = of_line(held, atom.pieces[0].line);
        for h in &mut held[of_line] {
            let Some((node, _)) = nodes[h.shipment] else { continue };
            let source = atom.sources.iter().find(|s| s.node == node);
            let units = source.map_or(0, |s| i64::from(s.most)).min(h.qty).min(left);
            h.qty -= units;
            left -= units;
            portions.push(Portion {
                atom: a as u32,
                node,
                units: units as u32,
            });
        }
    }
    portions
}

/// The last date of the stock of what a shipment holds from which an entry takes, and of all that the entry could hold: when
/// its stop begins. `None` where it waits for none.
type Dates = (Option<Date>, Option<Date>);

fn entry_dates(book: &Book<'_>, head: &OrderHead, entry: u32, shipment: &OrderShipment) -> Dates {
    let mut last = (None, None);
    if book.problem.chains().is_dated() {
        let atoms = book.entries.at(entry).atoms;
        each_cell(book, Part { entry, atoms }, head.first_atom, |_, row, _| {
            last = later(last, dates_of_row(book, row, shipment));
        });
    }
    last
}

fn later(a: Dates, b: Dates) -> Dates {
    (a.0.max(b.0), a.1.max(b.1))
}

/// The same for a node of a large order.
fn node_dates(book: &Book<'_>, large: &LargeOrder, node: u16, shipment: &OrderShipment) -> Dates {
    if !book.problem.chains().is_dated() {
        return (None, None);
    }
    let cells = large
        .atoms
        .iter()
        .filter_map(|a| a.cell_at(node).map(|first| a.cells(first)));
    let dates = cells
        .flatten()
        .map(|(_, cell)| dates_of_row(book, book.rows[cell as usize], shipment));
    dates.fold((None, None), later)
}

/// The date of a stock row that is after the node's ready date, first only if a shipment holds its SKU.
fn dates_of_row(book: &Book<'_>, row: u32, shipment: &OrderShipment) -> Dates {
    let problem = book.problem;
    let row = problem.stock()[row as usize];
    let line = |f: &Fill| problem.lines().as_slice().get(f.line.get());
    let held = shipment.fills.iter().filter_map(line).any(|l| l.sku == row.sku);
    let date = row.available_from.filter(|d| *d > problem.nodes()[row.node].ready.date);
    (date.filter(|_| held), date)
}

/// The day on which a shipment leaves; `None` where its service has no calendar, or what it waits for is not known.
fn leaves_on(book: &Book<'_>, shipment: &OrderShipment) -> Option<Date> {
    let problem = book.problem;
    let Carriage::Service(service) = shipment.carriage else {
        return None;
    };
    let line = |f: &Fill| problem.lines().as_slice().get(f.line.get());
    let skus = shipment.fills.iter().filter_map(line).map(|l| l.sku);
    let mut rows = skus.flat_map(|sku| problem.stock_at(shipment.node, sku));
    let is_date = |from| rows.any(|r| problem.stock()[r as usize].available_from == Some(from));
    let is_known = service.get() < problem.services().len()
        && shipment.node.get() < problem.nodes().len()
        && shipment.waits_for.is_none_or(is_date);
    is_known.then(|| leaves_from(problem, service, shipment.node, shipment.waits_for))
}

/// Of the ways to ship from a node (a mark, way, workload, cost and the dates that it waits for) the one that stands for the `n`th shipment: its own, or
/// one that beats it. The second value says whether it is that; if not, it is another way from there.
fn choose<T>(
    book: &Book<'_>,
    order: OrderIdx,
    shipments: &[OrderShipment],
    n: usize,
    ways: impl Iterator<Item = (T, Way, u32, i64, Dates)>,
) -> Option<(T, bool)> {
    let shipment = &shipments[n];
    if shipments[..n].iter().any(|s| s.node == shipment.node) {
        return None; // one shipment from a node
    }
    let quoted = match shipment.carriage {
        Carriage::Service(service) => quote(book.problem, order, shipment.node, service).map(|q| (service, q.workload)),
        Carriage::Pickup => None,
    };
    // It must not wait longer than the shipment did; of the others the shipment leaves in the stop that begins last by its
    // day, which has the most to ship. A quote has its day, and does not wait for any.
    let day = leaves_on(book, shipment);
    let waits = |(date, from): Dates| {
        let is_later = date > shipment.waits_for || day.is_some() && from > day;
        (is_later, std::cmp::Reverse(if day.is_some() { from } else { date }))
    };
    let rank = |&(_, way, workload, cost, date): &(T, Way, u32, i64, Dates)| {
        let date = if matches!(way, Way::Quote(_)) {
            (None, None)
        } else {
            date
        };
        let stands_for = match (way, shipment.carriage) {
            (Way::Pickup, Carriage::Pickup) | (Way::BestService, Carriage::Service(_)) => true,
            (Way::Quote(service), Carriage::Service(own)) if service == own => return (0, waits(date), cost),
            (Way::Quote(_), _) => quoted.is_some_and(|(_, most)| workload <= most),
            _ => false,
        };
        (if stands_for { 1 } else { 2 }, waits(date), cost)
    };
    let best = ways.min_by_key(rank)?;
    let (kind, (waits_longer, _), _) = rank(&best);
    let same = kind < 2 && !waits_longer;
    Some((best.0, same))
}

/// For every atom the shipment that holds it; what is placed is taken off what they hold.
fn places(
    book: &Book<'_>,
    atoms: &[&[Piece]],
    held: &mut [Held],
    admits: &dyn Fn(usize, usize) -> bool,
) -> Vec<Option<usize>> {
    let mut at = vec![None; atoms.len()];
    let mut first = 0;
    for run in atoms.chunk_by(|a, b| a.len() == 1 && b.len() == 1 && a[0].line == b[0].line) {
        let run = first..first + run.len();
        first = run.end;
        let pieces = atoms[run.start];
        let of_first = of_line(held, pieces[0].line);
        if book.problem.lines()[pieces[0].line].divisible && pieces.len() == 1 {
            for atom in run {
                let qty = i64::from(atoms[atom][0].qty);
                let fits = |h: &&mut Held| h.qty >= qty && admits(atom, h.shipment);
                at[atom] = held[of_first.clone()].iter_mut().find(fits).map(|h| {
                    h.qty -= qty;
                    h.shipment
                });
            }
            continue;
        }
        // A line or a group of lines: whole in one shipment that holds all of them.
        let has_all = |n: usize| pieces.iter().all(|p| find(held, p.line, n).is_some());
        let place = of_first
            .map(|h| held[h].shipment)
            .find(|&n| has_all(n) && admits(run.start, n));
        let Some(n) = place else { continue };
        for piece in pieces {
            if let Some(h) = find(held, piece.line, n) {
                held[h].qty -= i64::from(piece.qty);
            }
        }
        at[run.start] = Some(n);
    }
    at
}

/// Units of a line in a shipment that no atom stands for yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    line: LineIdx,
    shipment: usize,
    qty: i64,
}

/// What the shipments hold, by line and shipment.
fn held(shipments: &[OrderShipment]) -> Vec<Held> {
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
    held
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
