//! Reading a plan of waves that anybody made. Every defect of its files is reported; whether it is any good is for the
//! verifier to say.

use std::path::Path;

use super::schema::ORDER;
use super::summary;
use super::tables::Tables;
use crate::Error;
use crate::diagnostic::{Code, Diagnostics};
use crate::index::{BatchIdx, Idx as _, IndexVec, ShipmentIdx, WaveIdx};
use crate::io::directory::Kind;
use crate::io::files::Files;
use crate::io::plan::names::Names;
use crate::io::source::Source;
use crate::model::{Floors, Problem};
use crate::plan::{Batch, Pick, RoutingPlan, Wave, WavePlan, WaveShipment};

/// Reads the plan of waves in a directory, which belongs to the routing plan in the same directory. Rows may stand in any
/// order and have any ids; they are put into canonical order.
///
/// # Errors
/// Every defect of the files: missing ones, their syntax, cells, and ids that the problem, the floors or the plan do not
/// have; or that there is no such directory.
pub fn read_waves(problem: &Problem, plan: &RoutingPlan, floors: &Floors, dir: &Path) -> Result<WavePlan, Error> {
    let files = Files::open(dir, &Kind::plan())?;
    read_waves_from(problem, plan, floors, Source::Dir(&files))
}

/// The same from anywhere.
pub(crate) fn read_waves_from(
    problem: &Problem,
    plan: &RoutingPlan,
    floors: &Floors,
    from: Source<'_>,
) -> Result<WavePlan, Error> {
    let mut found = Diagnostics::new();
    let stated = summary::read(problem, from, &mut found);
    let mut tables = Tables {
        names: Names::new(problem),
        floors,
        from,
        found: &mut found,
    };
    let shipment_ids = tables.shipment_ids(plan);
    let (waves, wave_ids) = tables.waves();
    let (batches, batch_ids) = tables.batches(&waves, &wave_ids);
    let picks = tables.picks(&waves, &batches, &batch_ids, &shipment_ids);
    let shipments = tables.wave_shipments(&shipment_ids, (&waves, &wave_ids), &batch_ids);
    let mut unplanned = tables.unplanned(&shipment_ids);
    if found.has_errors() {
        return Err(Error::input(found.into_sorted(|d| {
            let at = d.location.as_ref().map(|at| (at.line, at.column));
            let table = ORDER.iter().position(|t| *t == d.table);
            (d.code == Code::MORE_DIAGNOSTICS, table, at)
        })));
    }
    unplanned.sort();
    let mut made = canonical(waves, batches, picks, shipments);
    made.problem = stated.problem;
    made.run = stated.run;
    made.figures = stated.figures;
    made.unplanned = unplanned;
    Ok(made)
}

/// Waves by node, release and first shipment; batches by wave, start, picker and first shipment; picks by batch and position.
fn canonical(
    mut waves: Vec<Wave>,
    mut batches: Vec<Batch>,
    mut picks: Vec<(u32, Pick)>,
    mut shipments: Vec<WaveShipment>,
) -> WavePlan {
    const LAST: ShipmentIdx = ShipmentIdx(u32::MAX);
    let mut first_of_wave = vec![LAST; waves.len()];
    let mut first_of_batch = vec![LAST; batches.len()];
    for s in &shipments {
        let first = &mut first_of_wave[s.wave.get()];
        *first = s.shipment.min(*first);
        let first = &mut first_of_batch[s.batch.get()];
        *first = s.shipment.min(*first);
    }
    let wave_key = |n: usize| (waves[n].node, waves[n].release, first_of_wave[n]);
    let (order, moved): (Vec<usize>, Vec<u32>) = permutation(waves.len(), wave_key);
    waves = order.iter().map(|&n| waves[n].clone()).collect();
    for wave in batches
        .iter_mut()
        .map(|b| &mut b.wave)
        .chain(shipments.iter_mut().map(|s| &mut s.wave))
    {
        *wave = WaveIdx(moved[wave.get()]);
    }
    let batch_key = |n: usize| (batches[n].wave, batches[n].start, batches[n].picker, first_of_batch[n]);
    let (order, moved) = permutation(batches.len(), batch_key);
    batches = order.iter().map(|&n| batches[n].clone()).collect();
    let of_picks = picks.iter_mut().map(|(_, pick)| &mut pick.batch);
    for batch in of_picks.chain(shipments.iter_mut().map(|s| &mut s.batch)) {
        *batch = BatchIdx(moved[batch.get()]);
    }
    picks.sort_by_key(|(position, pick)| (pick.batch, *position));
    shipments.sort_by_key(|s| (s.shipment, s.batch)); // stable
    let picks: Vec<Pick> = picks.into_iter().map(|(_, pick)| pick).collect();
    let range = |from: usize, to: usize| from as u32..to as u32;
    for (n, wave) in waves.iter_mut().enumerate() {
        let index = WaveIdx::new(n);
        wave.batches = range(
            batches.partition_point(|b| b.wave < index),
            batches.partition_point(|b| b.wave <= index),
        );
    }
    for (n, batch) in batches.iter_mut().enumerate() {
        let index = BatchIdx::new(n);
        batch.picks = range(
            picks.partition_point(|p| p.batch < index),
            picks.partition_point(|p| p.batch <= index),
        );
    }
    WavePlan {
        waves: IndexVec::from_vec(waves),
        batches: IndexVec::from_vec(batches),
        picks,
        shipments,
        ..WavePlan::default()
    }
}

/// The order in which elements stand by their keys (equal ones as before), and where each has gone.
fn permutation<K: Ord>(len: usize, key: impl Fn(usize) -> K) -> (Vec<usize>, Vec<u32>) {
    let mut order: Vec<usize> = (0..len).collect();
    order.sort_by_key(|&n| key(n)); // stable
    let mut moved = vec![0; len];
    for (to, &from) in order.iter().enumerate() {
        moved[from] = to as u32;
    }
    (order, moved)
}
