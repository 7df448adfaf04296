//! The prices of a start for today's rows. They prove at least what they did: prices are only lowered to what somebody
//! could pay, and the right-hand side of every cut becomes the most that fits into its row today.

use crate::allocate::book::{Book, NEVER};
use crate::allocate::cuts::{Claim, PricedCut, Term, claims, most_that_fits};
use crate::allocate::parts::scarce;
use crate::allocate::shadow::{Prices, Rows};
use crate::index::{Idx as _, SkuIdx};
use crate::model::Problem;
use crate::plan::{Cut, CutResource, ShadowPrices};
use crate::quantity::Money;

/// The prices of rows that can bind, and the cuts that hold today; the second value says whether that is all that may prove
/// something.
///
/// A row that cannot bind proves most at price 0. So does one whose price is so high that all prices together prove less
/// than nothing: then they all start at 0.
pub(crate) fn prices(book: &Book<'_>, rows: &Rows, start: &ShadowPrices) -> (Prices, bool) {
    let problem = book.problem;
    let cap = dearest(problem);
    let within = |p: Money| p.ten_thousandths().clamp(0, cap);
    let mut given = Prices::zero(problem);
    let now = start.stock.iter().map(|&(node, sku, price)| (node, sku, None, price));
    let incoming = start
        .incoming
        .iter()
        .map(|&(node, sku, from, price)| (node, sku, Some(from), price));
    for (node, sku, from, price) in now.chain(incoming) {
        if node.get() < problem.nodes().len()
            && sku.get() < problem.items().len()
            && let Some(row) = problem.stock_row_of(node, sku, from)
        {
            given.stock[row.get()] = within(price);
        }
    }
    for (of_node, list) in [
        (&mut given.shipments, &start.shipments),
        (&mut given.lines, &start.lines),
        (&mut given.units, &start.units),
    ] {
        for &(node, price) in list {
            if let Some(cell) = of_node.get_mut(node.get()) {
                *cell = within(price);
            }
        }
    }
    let mut prices = Prices::zero(problem);
    let mut paid: i128 = 0;
    for (i, there_is) in rows.there_is.iter().enumerate() {
        let price = rows.price(i, &given);
        rows.set(i, &mut prices, price);
        paid += i128::from(price) * i128::from(*there_is);
    }
    let kept;
    (prices.cuts, kept) = cuts(book, rows, &start.cuts, cap);
    paid += prices
        .cuts
        .iter()
        .map(|c| i128::from(c.price) * i128::from(c.rhs))
        .sum::<i128>();
    let unfilled = problem.lines().iter().map(|l| unfilled(l.unfilled_penalty, l.qty));
    if paid > unfilled.sum() {
        return (Prices::zero(problem), true);
    }
    (prices, kept)
}

fn unfilled(penalty: Money, qty: u32) -> i128 {
    i128::from(penalty.ten_thousandths()) * i128::from(qty)
}

/// More than this nobody pays for a unit of anything: it is what an order without any of its lines costs. Sums of what an
/// order pays stay inside the integers.
fn dearest(problem: &Problem) -> i64 {
    let (mut penalty, mut units) = (0, 1);
    for order in problem.orders() {
        let of_order = |f: fn(&crate::model::Line) -> i128| order.lines().map(|l| f(&problem.lines()[l])).sum::<i128>();
        penalty = penalty.max(of_order(|l| unfilled(l.unfilled_penalty, l.qty)));
        units = units.max(of_order(|l| i128::from(l.qty)));
    }
    (penalty + 1).min(i128::from(NEVER) / 64 / units) as i64
}

/// The cuts over stock rows that can bind, with the terms that lines of today have.
fn cuts(book: &Book<'_>, rows: &Rows, cuts: &[Cut], cap: i64) -> (Vec<PricedCut>, bool) {
    let problem = book.problem;
    let binds = scarce(book, rows);
    let row_of = |cut: &Cut, sku: SkuIdx| {
        let known = cut.node.get() < problem.nodes().len() && sku.get() < problem.items().len();
        // A cut is over all that there is of a SKU at a node: the last of its rows.
        let row = known.then(|| problem.stock_at(cut.node, sku).last())??;
        binds[row as usize].then_some(row)
    };
    let mut all_kept = true;
    let mut of_rows: Vec<(u32, &Cut)> = Vec::new();
    for cut in cuts {
        match cut.resource {
            CutResource::Stock(sku) => of_rows.extend(row_of(cut, sku).map(|row| (row, cut))),
            CutResource::Units => all_kept = false,
        }
    }
    let mut worth = vec![false; problem.stock().len()];
    for (row, _) in &of_rows {
        worth[*row as usize] = true;
    }
    let claims = if of_rows.is_empty() {
        Vec::new()
    } else {
        claims(book, &worth, &|_| 0.0, 0.0)
    };
    let mut kept: Vec<PricedCut> = Vec::new();
    for (row, cut) in of_rows {
        let there_is = i64::from(problem.stock()[row as usize].available);
        match proved(cut, row, there_is, &claims) {
            Proof::Holds(cut) => kept.push(cut),
            Proof::SaysNothing => {}
            Proof::TooLarge => all_kept = false,
        }
    }
    for cut in &mut kept {
        cut.price = cut.price.clamp(0, cap);
    }
    // Two cuts over the same lines have become one.
    kept.sort_by_cached_key(key);
    kept.dedup_by(|b, a| {
        let same = key(a) == key(b);
        if same {
            a.price = (a.price + b.price).min(cap);
        }
        same
    });
    (kept, all_kept)
}

/// What tells two cuts apart, but for the right-hand side, which follows from it.
fn key(cut: &PricedCut) -> (u32, Vec<(u32, i64)>) {
    (cut.row, cut.terms.iter().map(|t| (t.line.0, t.coefficient)).collect())
}

/// What became of a cut.
enum Proof {
    /// With this right-hand side it holds today.
    Holds(PricedCut),
    /// All its lines fit together.
    SaysNothing,
    /// What it says today takes too long to find.
    TooLarge,
}

/// The cut with the best right-hand side that holds today.
fn proved(cut: &Cut, row: u32, there_is: i64, claims: &[Claim]) -> Proof {
    let mut terms: Vec<Term> = Vec::new();
    let mut items: Vec<(i64, i64)> = Vec::new();
    for term in &cut.terms {
        let Ok(at) = claims.binary_search_by_key(&(row, term.line), |c| (c.row, c.line)) else {
            continue;
        };
        let claim = &claims[at];
        terms.push(Term {
            line: claim.line,
            coefficient: i64::from(term.coefficient),
            cells: claim.cells.clone(),
        });
        items.push((claim.qty, i64::from(term.coefficient)));
    }
    terms.sort_by_key(|t| t.line);
    let once = terms.windows(2).all(|w| w[0].line < w[1].line);
    let all: i64 = items.iter().map(|i| i.1).sum();
    let Some(rhs) = most_that_fits(&items, there_is) else {
        return Proof::TooLarge;
    };
    if !once || rhs >= all {
        return Proof::SaysNothing;
    }
    let price = cut.price.ten_thousandths();
    Proof::Holds(PricedCut {
        row,
        rhs,
        price,
        terms: terms.into(),
        is_facet: false,
    })
}
