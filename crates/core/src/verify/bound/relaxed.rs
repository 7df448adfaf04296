//! A lower bound on the cost of serving one order alone, where it has too many pieces for the exact method.
//!
//! Lagrangian relaxation: that each unit is served or left exactly once goes into the objective, with a value per unit.
//! Each node then picks what to ship by itself, against its tariffs: for every weight band a fractional knapsack of what
//! fits below the top of the band. Any values give a valid bound, found in integers; subgradient steps, whose direction
//! may be found in floats, look for good ones.
//!
//! ```text
//! L(v) = sum v x count  +  sum min(0, unfilled - v) x count  +  the `max_shipments` least of  min(0, shipment of node)
//! cost >= min(all unfilled, L(v) - split)
//! ```
//!
//! Source: M. L. Fisher, "The Lagrangian relaxation method for solving integer programming problems", Management Science
//! 27 (1981), 1-18.

use super::alone::{Alone, CAP};
use super::shipment::{Chosen, Packer};

/// Subgradient steps; each takes `O(nodes x tariffs x (bands + pieces))`.
const STEPS: usize = 60;
/// Steps without progress after which the step length is halved.
const PATIENCE: usize = 4;

/// A valid lower bound, at most the cost of leaving everything unfilled.
pub(super) fn lower(alone: &Alone<'_>) -> i64 {
    let target = alone.one_node() as f64;
    let packer = Packer::new(alone);
    let mut values = first_values(alone);
    let (mut best, mut best_values) = (i128::MIN, values.clone());
    let (mut length, mut since) = (1.0, 0);
    for _ in 0..STEPS {
        let (bound, excess) = evaluate(alone, &packer, &values);
        if bound > best {
            (best, best_values, since) = (bound, values.clone(), 0);
        } else {
            since += 1;
            if since == PATIENCE {
                (length, since) = (length / 2.0, 0);
                values.clone_from(&best_values);
            }
        }
        let norm: f64 = excess.iter().map(|e| e * e).sum();
        let distance = target - bound as f64;
        if norm < 1e-9 || distance < 1.0 {
            break;
        }
        let step = length * distance / norm;
        for ((value, excess), piece) in values.iter_mut().zip(&excess).zip(&alone.pieces) {
            let most = if alone.order.ship_complete { CAP } else { piece.unfilled };
            *value = (*value as f64 + step * excess).clamp(0.0, most as f64) as i64;
        }
    }
    best.clamp(0, i128::from(alone.all_unfilled)) as i64
}

/// For each piece the cheapest node's price of a unit, with an even share of a shipment of everything.
fn first_values(alone: &Alone<'_>) -> Vec<i64> {
    let units: i64 = alone.pieces.iter().map(|p| i64::from(p.count)).sum();
    let share = alone.one_node() / units.max(1);
    let pieces = alone.pieces.iter().enumerate();
    let value = |(n, piece): (usize, &super::alone::Piece)| {
        let offers = alone.sources.iter().map(|s| s.offers[n]).filter(|o| o.most > 0);
        let least = offers
            .map(|o| o.each.saturating_add(o.line / i64::from(o.most)))
            .min()
            .unwrap_or(CAP);
        least.saturating_add(share).min(piece.unfilled)
    };
    pieces.map(value).collect()
}

/// The bound at these values, and for each piece the units that are still to be placed (negative: placed too often).
fn evaluate(alone: &Alone<'_>, packer: &Packer<'_>, values: &[i64]) -> (i128, Vec<f64>) {
    let mut bound = -i128::from(alone.split);
    let mut excess: Vec<f64> = Vec::with_capacity(values.len());
    for (&value, piece) in values.iter().zip(&alone.pieces) {
        let stays = !alone.order.ship_complete && piece.unfilled <= value;
        bound += i128::from(if stays { piece.unfilled } else { value }) * i128::from(piece.count);
        excess.push(if stays { 0.0 } else { f64::from(piece.count) });
    }
    let mut shipments: Vec<Chosen> = alone.sources.iter().filter_map(|s| packer.pack(s, values)).collect();
    shipments.sort_by_key(|s| s.cost);
    shipments.truncate(alone.most_shipments());
    for shipment in &shipments {
        bound += shipment.cost;
        for &(piece, units) in &shipment.units {
            excess[piece] -= units;
        }
    }
    (bound, excess)
}
