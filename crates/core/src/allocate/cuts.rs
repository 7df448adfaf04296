//! Cuts: inequalities over one stock row that lift the bound.
//!
//! A row of 3 units may be shared in the relaxation by three lines of 2 units, two thirds of each; in a plan only one of
//! them fits. Such a set is a **cover**: lines that together want more than there is. At most all but one of them fit, and
//! **lifting** gives further lines the largest coefficient that keeps the inequality true:
//!
//! ```text
//! cover C:  sum of q over C > b        =>  sum of x over C <= |C| - 1
//! lift j:   a_j = rhs - max { sum of a y : sum of q y <= b - q_j }          a knapsack, exact by dynamic programming
//! ```
//! Where no cover is violated, a [facet](super::facet) of the lines of largest share may be, and is lifted in the same way.
//!
//! Separation minimises the sum of `1 - x` over covers, by dynamic programming over the units of the row; lines are lifted
//! by falling x. (Balas 1975; Gu, Nemhauser & Savelsbergh 1998.) Only indivisible lines take part, so a cut is one more
//! price on a line at a node, and the programme of [`price`](super::price) stays exact.

use std::sync::Arc;

use rayon::prelude::*;

use super::book::{Book, members};
use super::facet;
use crate::index::{LineIdx, OrderIdx};

/// A cut over a stock row and its price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PricedCut {
    pub row: u32,
    pub rhs: i64,
    pub price: i64,
    /// In one piece for all copies: with very many orders they are most of what a climb holds.
    pub terms: Arc<[Term]>,
    /// It comes from a facet, not from a cover: such rows make models slower by more than they are worth there.
    pub is_facet: bool,
}

/// A line of a cut, with every cell of the book where it takes from the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    pub line: LineIdx,
    pub coefficient: i64,
    pub cells: Vec<u32>,
}

/// For each cell of the book the sum of price x coefficient of the cuts that it is in; empty without priced cuts.
pub(crate) fn prices_by_cell(book: &Book<'_>, cuts: &[PricedCut]) -> Vec<i64> {
    if cuts.iter().all(|c| c.price == 0) {
        return Vec::new();
    }
    let mut prices = vec![0; book.rows.len()];
    for cut in cuts.iter().filter(|c| c.price > 0) {
        for term in cut.terms.iter() {
            for &cell in &term.cells {
                prices[cell as usize] += cut.price * term.coefficient;
            }
        }
    }
    prices
}

/// A line that could take from a row: what it takes, its share there in the relaxation, and its cells.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub row: u32,
    pub line: LineIdx,
    pub qty: i64,
    pub share: f64,
    pub cells: Vec<u32>,
}

/// The claims on the rows where cuts are worth a look, by row and line: of the rows of a node and SKU the last, which holds for
/// all that leaves. `share` gives the relaxation's share of a cell; cells of a share below `least` are left out.
pub(crate) fn claims(book: &Book<'_>, worth: &[bool], share: &(dyn Fn(usize) -> f64 + Sync), least: f64) -> Vec<Claim> {
    let chains = book.problem.chains();
    let wanted = |cell: u32, line: LineIdx| {
        let row = chains.last(book.rows[cell as usize]);
        (worth[row as usize] && share(cell as usize) >= least && !book.problem.lines()[line].divisible).then_some(row)
    };
    let of_chunk = |orders: &[OrderIdx]| {
        let mut found: Vec<(u32, LineIdx, u32, u32)> = Vec::new(); // row, line, units, cell
        for &order in orders {
            let head = book.head(order);
            let atoms = book.atoms_of(head);
            for entry in book.entries.of(head) {
                let mut cell = entry.first_row;
                for a in members(entry.atoms) {
                    for piece in book.pieces_of(&atoms[a]) {
                        found.extend(wanted(cell, piece.line).map(|row| (row, piece.line, piece.qty, cell)));
                        cell += 1;
                    }
                }
            }
        }
        found
    };
    let mut found: Vec<_> = book.sequence.par_chunks(4096).flat_map_iter(of_chunk).collect();
    for large in &book.large {
        large.each_claim(|_, piece, cell| {
            found.extend(wanted(cell, piece.line).map(|row| (row, piece.line, piece.qty, cell)));
        });
    }
    found.par_sort_unstable();
    let mut claims: Vec<Claim> = Vec::new();
    for (row, line, qty, cell) in found {
        match claims.last_mut() {
            Some(c) if c.row == row && c.line == line => {
                c.share += share(cell as usize);
                c.cells.push(cell);
            }
            _ => claims.push(Claim {
                row,
                line,
                qty: i64::from(qty),
                share: share(cell as usize),
                cells: vec![cell],
            }),
        }
    }
    claims
}

/// Largest table (units of the row x claims) of a knapsack that is worth its time and memory. On larger rows covers gain
/// little: one line is a small part of them.
const LARGEST_TABLE: i64 = 1 << 22;

/// Violated lifted cover cuts of one row, whose claims these are, or where there are none and they are wanted a violated lifted facet; none of a
/// row that is too large to look at.
pub(crate) fn separate(claims: &[Claim], there_is: i64, with_facets: bool) -> Vec<PricedCut> {
    /// Least violation, in lines.
    const VIOLATION: f64 = 0.03;
    if (there_is + 2).saturating_mul(claims.len() as i64) > LARGEST_TABLE {
        return Vec::new();
    }
    let mut cuts: Vec<PricedCut> = Vec::new();
    for weight in [|_: &Claim| 1.0, |c: &Claim| 1.0 / c.qty as f64] {
        let Some(cover) = cover(claims, there_is, weight) else {
            continue;
        };
        let rhs = cover.len() as i64 - 1;
        let ones: Vec<(usize, i64)> = cover.iter().map(|&c| (c, 1)).collect();
        let cut = lift(claims, &ones, rhs, there_is);
        let reached: f64 = cut.iter().map(|&(c, a)| a as f64 * claims[c].share).sum();
        if reached > rhs as f64 + VIOLATION {
            add_cut(&mut cuts, claims, (&cut, rhs), false);
        }
    }
    if with_facets
        && cuts.is_empty()
        && let Some((cut, rhs)) = by_facet(claims, there_is, VIOLATION)
    {
        add_cut(&mut cuts, claims, (&cut, rhs), true);
    }
    cuts
}

fn add_cut(cuts: &mut Vec<PricedCut>, claims: &[Claim], (cut, rhs): (&[(usize, i64)], i64), is_facet: bool) {
    let mut terms: Vec<Term> = cut
        .iter()
        .map(|&(c, coefficient)| Term {
            line: claims[c].line,
            coefficient,
            cells: claims[c].cells.clone(),
        })
        .collect();
    terms.sort_by_key(|t| t.line);
    let cut = PricedCut {
        row: claims[0].row,
        rhs,
        price: 0,
        terms: terms.into(),
        is_facet,
    };
    if !cuts.contains(&cut) {
        cuts.push(cut);
    }
}

/// A lifted facet of the lines of largest share, with its right-hand side.
fn by_facet(claims: &[Claim], there_is: i64, violation: f64) -> Option<(Vec<(usize, i64)>, i64)> {
    let mut able: Vec<usize> = (0..claims.len())
        .filter(|&c| claims[c].share > 1e-2 && claims[c].qty <= there_is)
        .collect();
    let wanted: f64 = able.iter().map(|&c| claims[c].share * claims[c].qty as f64).sum();
    let largest = able.iter().map(|&c| claims[c].qty).max().unwrap_or(0);
    let torn = able
        .iter()
        .filter(|&&c| (0.05..0.95).contains(&claims[c].share))
        .count();
    if torn < 3 || largest < 2 || wanted <= (there_is - largest) as f64 {
        return None; // nothing is in anybody's way
    }
    able.sort_by(|&a, &b| claims[b].share.total_cmp(&claims[a].share).then(a.cmp(&b)));
    able.truncate(facet::MOST_LINES);
    let lines: Vec<(i64, f64)> = able
        .iter()
        .map(|&c| (claims[c].qty, claims[c].share.min(1.0)))
        .collect();
    let (coefficients, rhs) = facet::facet(&lines, there_is, violation)?;
    let known: Vec<(i64, i64)> = lines.iter().zip(&coefficients).map(|(l, &a)| (l.0, a)).collect();
    if most_that_fits(&known, there_is)? > rhs {
        return None; // the floats were off
    }
    let some: Vec<(usize, i64)> = able.iter().copied().zip(coefficients).filter(|(_, a)| *a > 0).collect();
    Some((lift(claims, &some, rhs, there_is), rhs))
}

/// A minimal cover of least weighted slack, as positions of claims; `None` if all claims fit together.
fn cover(claims: &[Claim], there_is: i64, weight: fn(&Claim) -> f64) -> Option<Vec<usize>> {
    let want = there_is as usize + 1;
    let able: Vec<usize> = (0..claims.len()).filter(|&c| claims[c].share > 1e-3).collect();
    let mut best = vec![f64::INFINITY; want + 1]; // best[w]: least slack of claims that want at least w in all
    best[0] = 0.0;
    let mut taken = vec![vec![false; want + 1]; able.len()];
    for (i, &c) in able.iter().enumerate() {
        let slack = (1.0 - claims[c].share).max(0.0) * weight(&claims[c]);
        for w in (1..=want).rev() {
            let before = best[w.saturating_sub(claims[c].qty as usize)];
            if before + slack < best[w] {
                best[w] = before + slack;
                taken[i][w] = true;
            }
        }
    }
    if best[want].is_infinite() {
        return None;
    }
    let (mut cover, mut w) = (Vec::new(), want);
    for (i, &c) in able.iter().enumerate().rev() {
        if taken[i][w] {
            cover.push(c);
            w = w.saturating_sub(claims[c].qty as usize);
        }
    }
    // Minimal: without the claims of least share that it does not need.
    cover.sort_by(|&a, &b| claims[a].share.total_cmp(&claims[b].share).then(a.cmp(&b)));
    let mut total: i64 = cover.iter().map(|&c| claims[c].qty).sum();
    cover.retain(|&c| {
        let spare = total - claims[c].qty > there_is;
        if spare {
            total -= claims[c].qty;
        }
        !spare
    });
    Some(cover)
}

/// Lifts an inequality over some lines: (claim, coefficient) of every line with a coefficient above 0.
fn lift(claims: &[Claim], some: &[(usize, i64)], rhs: i64, there_is: i64) -> Vec<(usize, i64)> {
    let room = there_is as usize;
    let mut best = vec![0i64; room + 1]; // best[w]: largest sum of coefficients in w units
    let mut cut: Vec<(usize, i64)> = Vec::with_capacity(some.len());
    let mut add = |c: usize, coefficient: i64, best: &mut Vec<i64>| {
        let qty = claims[c].qty as usize;
        for w in (qty..=room).rev() {
            best[w] = best[w].max(best[w - qty] + coefficient);
        }
        cut.push((c, coefficient));
    };
    for &(c, coefficient) in some {
        add(c, coefficient, &mut best);
    }
    let is_new = |c: &usize| some.iter().all(|(known, _)| known != c);
    let mut others: Vec<usize> = (0..claims.len()).filter(is_new).collect();
    others.sort_by(|&a, &b| claims[b].share.total_cmp(&claims[a].share).then(a.cmp(&b)));
    for c in others {
        let qty = claims[c].qty as usize;
        if qty > room {
            continue; // it never fits, and its order knows
        }
        let coefficient = rhs - best[room - qty];
        if coefficient > 0 {
            add(c, coefficient, &mut best);
        }
    }
    cut
}

/// The largest sum of coefficients of lines (units, coefficient) that fit together: the smallest right-hand side that holds.
/// `None` where that takes too long to find.
pub(crate) fn most_that_fits(lines: &[(i64, i64)], there_is: i64) -> Option<i64> {
    if lines.iter().map(|l| l.0).sum::<i64>() <= there_is {
        return Some(lines.iter().map(|l| l.1).sum());
    }
    if (there_is + 2).saturating_mul(lines.len() as i64) > LARGEST_TABLE {
        return None;
    }
    let mut best = vec![0i64; there_is as usize + 1]; // best[w]: largest sum of coefficients in w units
    for &(qty, coefficient) in lines.iter().filter(|l| l.0 <= there_is) {
        for w in (qty as usize..best.len()).rev() {
            best[w] = best[w].max(best[w - qty as usize] + coefficient);
        }
    }
    best.last().copied()
}

#[cfg(test)]
mod tests {
    use super::super::testing::Random;
    use super::*;

    fn some_claims(random: &mut Random, there_is: i64) -> Vec<Claim> {
        let claim = |line| Claim {
            row: 0,
            line: LineIdx(line),
            qty: random.between(1, there_is.min(6)),
            share: random.between(0, 100) as f64 / 100.0,
            cells: vec![line],
        };
        (0..8).map(claim).collect()
    }

    /// Sums of units and of coefficients of a set of claims.
    fn sums(claims: &[Claim], cut: &PricedCut, set: u32) -> (i64, i64) {
        let inside = |line: LineIdx| set >> line.0 & 1 == 1;
        let units = claims.iter().filter(|c| inside(c.line)).map(|c| c.qty).sum();
        (
            units,
            cut.terms.iter().filter(|t| inside(t.line)).map(|t| t.coefficient).sum(),
        )
    }

    #[test]
    fn cuts_hold_for_every_set_that_fits_and_not_for_the_shares() {
        let mut random = Random::new(1);
        let (mut found, mut lifted, mut above_one) = (0, 0, 0);
        for case in 0..5000 {
            let there_is = random.between(1, 14);
            let claims = some_claims(&mut random, there_is);
            for cut in separate(&claims, there_is, case % 2 == 0) {
                let what = format!("case {case}: {claims:?}, {there_is} units, {cut:?}");
                let fitting: Vec<(u32, i64)> = (0..1 << claims.len())
                    .map(|set| (set, sums(&claims, &cut, set)))
                    .filter_map(|(set, (units, reached))| (units <= there_is).then_some((set, reached)))
                    .collect();
                assert!(fitting.iter().all(|&(_, reached)| reached <= cut.rhs), "{what}");
                // No coefficient could be larger: each line is in a set that fits and reaches the right-hand side.
                for term in cut.terms.iter() {
                    let tight = |&(set, reached): &(u32, i64)| set >> term.line.0 & 1 == 1 && reached == cut.rhs;
                    assert!(fitting.iter().any(tight), "line {} in {what}", term.line.0);
                }
                let share = |t: &Term| t.coefficient as f64 * claims[t.line.0 as usize].share;
                assert!(cut.terms.iter().map(share).sum::<f64>() > cut.rhs as f64, "{what}");
                found += 1;
                lifted += usize::from(cut.terms.len() as i64 > cut.rhs + 1);
                above_one += usize::from(cut.terms.iter().any(|t| t.coefficient > 1));
            }
        }
        assert!(
            found > 1000 && lifted > 100 && above_one > 10,
            "{found} cuts, {lifted} lifted, {above_one} above 1"
        );
    }

    #[test]
    fn facets_say_what_covers_cannot() {
        let mut random = Random::new(3);
        let (mut more, mut steep) = (0, 0);
        for _ in 0..3000 {
            let there_is = random.between(4, 14);
            let claims = some_claims(&mut random, there_is);
            if !separate(&claims, there_is, false).is_empty() {
                continue;
            }
            for cut in separate(&claims, there_is, true) {
                more += 1;
                steep += usize::from(cut.terms.iter().any(|t| t.coefficient > 1));
            }
        }
        assert!(more >= 20 && steep >= 10, "{more} {steep}");
    }

    #[test]
    fn shares_that_a_plan_can_have_violate_nothing() {
        let mut random = Random::new(2);
        for case in 0..2000 {
            let there_is = random.between(1, 14);
            let mut claims = some_claims(&mut random, there_is);
            let mut left = there_is;
            for claim in &mut claims {
                claim.share = f64::from(claim.qty <= left && random.chance(70));
                left -= if claim.share > 0.0 { claim.qty } else { 0 };
            }
            assert_eq!(
                separate(&claims, there_is, true),
                [],
                "case {case}: {claims:?}, {there_is} units"
            );
        }
    }
}
