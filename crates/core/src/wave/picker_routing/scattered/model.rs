//! The needs, the offers by block of an aisle, and what each way to pick such a block costs and brings.

use crate::Error;
use crate::index::{Idx as _, LocationIdx};
use crate::wave::picker_routing::moves::Moves;
use crate::wave::picker_routing::states::States;
use crate::wave::picker_routing::stops::Grid;
use crate::wave::picker_routing::walk::Vertical;

use super::Offer;

/// An offer that is worth a look, by need.
#[derive(Clone, Copy, Debug)]
pub(super) struct Supply {
    /// Position in the needs of the model.
    pub need: usize,
    /// Units, at most the need.
    pub units: u32,
    /// Position among the offers.
    pub offer: usize,
}

/// One way to pick a block of an aisle.
#[derive(Clone, Debug)]
pub(super) struct Way {
    pub vertical: Vertical,
    /// Millimetres.
    pub cost: i64,
    /// Need and units that it brings, at most the need; each need once.
    pub brings: Vec<(u32, u32)>,
    /// Up to where the stops from the front, and from where those from the back are within reach.
    pub front: usize,
    pub back: usize,
}

/// A height of a block of an aisle with the offers there.
#[derive(Clone, Debug)]
pub(super) struct Height {
    pub height: i64,
    pub supplies: Vec<Supply>,
}

/// A block of an aisle.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    /// Upwards.
    pub heights: Vec<Height>,
    pub ways: Vec<Way>,
}

/// One step of the programme along the aisles.
#[derive(Clone, Copy, Debug)]
pub(super) enum Layer {
    /// Picking a block: position in the blocks of the model, and which block of the aisle it is.
    Pick { at: usize, block: usize },
    /// The crossing of the depot has to be touched.
    Depot,
    /// To the next aisle, which is so far away.
    Along { gap: i64 },
}

/// A problem of scattered storage.
#[derive(Debug)]
pub(super) struct Model {
    pub states: States,
    pub moves: Moves,
    pub needs: Vec<u32>,
    pub supplies: Vec<Supply>,
    /// Where each supply lies.
    pub locations: Vec<LocationIdx>,
    pub blocks: Vec<Block>,
    /// By block of an aisle: positions of its supplies.
    pub members: Vec<Vec<usize>>,
    pub layers: Vec<Layer>,
    /// By layer: whether a whole tour may end before it; the last entry is the end.
    pub may_end: Vec<bool>,
    /// From the depot to its crossing and back.
    pub depot_both_ways: i64,
    /// All tours differ by multiples of this many millimetres.
    pub grain: i64,
}

impl Model {
    pub(super) fn new(grid: &Grid, needs: &[u32], offers: &[Offer]) -> Result<Self, Error> {
        let (articles, supplies) = check(grid, needs, offers)?;
        let kept: Vec<u32> = articles.iter().map(|&a| needs[a]).collect();
        let aisles = supplies.iter().map(|s| grid.place(offers[s.offer].location).0);
        let first = aisles.clone().chain([grid.depot_aisle]).min().unwrap_or(0);
        let last = aisles.chain([grid.depot_aisle]).max().unwrap_or(0);
        let mut blocks = vec![Block::default(); (last - first + 1) * grid.blocks];
        let mut members = vec![Vec::new(); blocks.len()];
        for (n, &supply) in supplies.iter().enumerate() {
            let (aisle, block, height) = grid.place(offers[supply.offer].location);
            let at = (aisle - first) * grid.blocks + block;
            members[at].push(n);
            let heights = &mut blocks[at].heights;
            match heights.binary_search_by_key(&height, |h| h.height) {
                Ok(at) => heights[at].supplies.push(supply),
                Err(at) => heights.insert(
                    at,
                    Height {
                        height,
                        supplies: vec![supply],
                    },
                ),
            }
        }
        let (mut layers, mut may_end) = (Vec::new(), Vec::new());
        let mut grain = 0;
        for aisle in first..=last {
            for block in 0..grid.blocks {
                let at = (aisle - first) * grid.blocks + block;
                let (lower, upper) = (grid.crosses[block], grid.crosses[block + 1]);
                grain = gcd(grain, upper - lower);
                for height in &blocks[at].heights {
                    grain = gcd(grain, height.height - lower);
                }
                blocks[at].ways = ways(&blocks[at].heights, lower, upper, &kept);
                layers.push(Layer::Pick { at, block });
                may_end.push(false);
            }
            if aisle == grid.depot_aisle {
                layers.push(Layer::Depot);
                may_end.push(false);
            }
            may_end.push(aisle >= grid.depot_aisle);
            if aisle < last {
                layers.push(Layer::Along { gap: grid.gaps[aisle] });
                grain = gcd(grain, grid.gaps[aisle]);
            }
        }
        let states = States::new(grid.blocks + 1);
        Ok(Self {
            moves: Moves::new(&states, grid.depot_cross),
            states,
            needs: kept,
            locations: supplies.iter().map(|s| offers[s.offer].location).collect(),
            supplies,
            blocks,
            members,
            layers,
            may_end,
            depot_both_ways: grid.depot_both_ways,
            // A closed walk on a grid goes every step of it there and back.
            grain: 2 * grain.max(1),
        })
    }

    /// What is taken at these offers: the needs, from the largest offers first.
    pub(super) fn take(&self, chosen: &[usize]) -> Vec<(usize, u32)> {
        let mut chosen: Vec<Supply> = self
            .supplies
            .iter()
            .filter(|s| chosen.contains(&s.offer))
            .copied()
            .collect();
        chosen.sort_unstable_by_key(|s| (std::cmp::Reverse(s.units), s.offer));
        let mut left = self.needs.clone();
        let mut picks = Vec::new();
        for supply in chosen {
            let units = supply.units.min(left[supply.need]);
            left[supply.need] -= units;
            if units > 0 {
                picks.push((supply.offer, units));
            }
        }
        picks.sort_unstable();
        picks
    }
}

/// The articles that are needed, and the offers of them.
fn check(grid: &Grid, needs: &[u32], offers: &[Offer]) -> Result<(Vec<usize>, Vec<Supply>), Error> {
    let articles: Vec<usize> = (0..needs.len()).filter(|&a| needs[a] > 0).collect();
    let mut supplies = Vec::new();
    let mut there = vec![0u64; needs.len()];
    for (n, offer) in offers.iter().enumerate() {
        let article = offer.article as usize;
        if article >= needs.len() || offer.location.get() >= grid.locations() {
            return Err(Error::options(format!(
                "offer {n} is of no article of the needs, or lies at no location"
            )));
        }
        there[article] += u64::from(offer.quantity);
        if let Ok(need) = articles.binary_search(&article) {
            let units = offer.quantity.min(needs[article]);
            if units > 0 {
                supplies.push(Supply { need, units, offer: n });
            }
        }
    }
    if let Some(article) = articles.iter().find(|&&a| there[a] < u64::from(needs[a])) {
        return Err(Error::options(format!(
            "article {article}: {} units needed, {} offered",
            needs[*article], there[*article]
        )));
    }
    Ok((articles, supplies))
}

/// All ways to pick a block that bring more than any that costs no more and leads to the same states.
fn ways(heights: &[Height], lower: i64, upper: i64, needs: &[u32]) -> Vec<Way> {
    let through = upper - lower;
    let n = heights.len();
    let mut ways = Vec::new();
    let mut brought = vec![0u32; needs.len()];
    let mut add = |vertical, cost, front: usize, back: usize, brought: &[u32]| {
        let list = brought.iter().zip(needs).enumerate().filter(|(_, (b, _))| **b > 0);
        ways.push(Way {
            vertical,
            cost,
            brings: list.map(|(need, (&b, &d))| (need as u32, b.min(d))).collect(),
            front,
            back,
        });
    };
    let lacks = |height: &Height, brought: &[u32]| height.supplies.iter().any(|s| brought[s.need] < needs[s.need]);
    let pick = |height: &Height, brought: &mut [u32]| {
        for s in &height.supplies {
            brought[s.need] += s.units;
        }
    };
    // What a stop would be missed for, if all others stayed.
    let missed = |height: &Height, brought: &[u32]| {
        height
            .supplies
            .iter()
            .any(|s| brought[s.need] - s.units < needs[s.need])
    };
    for (i, height) in heights.iter().enumerate() {
        if !lacks(height, &brought) {
            pick(height, &mut brought);
            continue;
        }
        pick(height, &mut brought);
        let front = 2 * (height.height - lower);
        add(Vertical::FromFront, front, i + 1, n, &brought);
        let mut both = brought.clone();
        for k in (i + 1..n).rev() {
            let more = lacks(&heights[k], &both);
            pick(&heights[k], &mut both);
            if more && missed(height, &both) {
                add(
                    Vertical::FromBoth,
                    front + 2 * (upper - heights[k].height),
                    i + 1,
                    k,
                    &both,
                );
            }
        }
    }
    let all = brought;
    let mut brought = vec![0u32; needs.len()];
    for k in (0..n).rev() {
        let more = lacks(&heights[k], &brought);
        pick(&heights[k], &mut brought);
        if more {
            add(Vertical::FromBack, 2 * (upper - heights[k].height), 0, k, &brought);
        }
    }
    add(Vertical::Once, through, n, n, &all);
    add(Vertical::Twice, 2 * through, n, n, &all);
    ways
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
