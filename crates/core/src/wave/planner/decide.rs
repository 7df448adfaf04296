//! From the best draft and its schedule to the decision that is priced and verified.

use crate::plan::{BatchChoice, Picker, Unplanned, UnplannedReason, WaveChoice, WaveDecision};
use crate::wave::assign::load::Draft;
use crate::wave::assign::schedule::Schedule;
use crate::wave::assign::site::Site;
use crate::wave::assign::tour::Walker;

/// Adds the waves of a floor, and what no picker has time for.
pub(super) fn decide(
    site: &Site<'_>,
    walker: &mut Walker<'_>,
    draft: &Draft,
    schedule: &Schedule,
    decision: &mut WaveDecision,
) {
    let shipments = |tasks: &[u32]| -> Vec<_> { tasks.iter().map(|&n| site.tasks[n as usize].shipment).collect() };
    for (n, wave) in draft.waves.iter().enumerate() {
        let mut batches = Vec::new();
        for (load, placed) in wave.loads.iter().zip(&schedule.placed[n]) {
            let Some(at) = placed else {
                let reason = UnplannedReason::NoTime;
                let firsts = load.tasks.iter().filter(|&&n| site.portions[n as usize].number == 0);
                decision.unplanned.extend(firsts.map(|&n| Unplanned {
                    shipment: site.tasks[n as usize].shipment,
                    fill: None,
                    reason,
                }));
                continue;
            };
            let mut picks = load.picks.clone();
            walker.arrange(&mut picks);
            let turn = &site.turns[at.turn as usize];
            batches.push(BatchChoice {
                cart: at.cart,
                picker: Picker {
                    date: turn.date,
                    shift: turn.shift,
                    number: at.picker + 1,
                },
                start: at.start,
                shipments: shipments(&load.tasks),
                picks,
            });
        }
        if let Some(times) = &schedule.times[n] {
            decision.waves.push(WaveChoice {
                node: site.floor.node(),
                release: times.release,
                batches,
            });
        }
    }
}
