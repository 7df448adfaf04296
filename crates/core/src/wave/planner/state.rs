//! The plan of a floor under work.

use std::sync::Arc;

use super::batches::Batched;
use crate::wave::assign::load::{Draft, Load, Wave};
use crate::wave::assign::picks::Shelves;
use crate::wave::assign::schedule::{Schedule, schedule};
use crate::wave::assign::site::Site;
use crate::wave::assign::tour::Walker;
use crate::wave::release::waves::join;

/// The best plan so far, and what is needed to change it.
pub(super) struct State<'s, 'a> {
    pub site: &'s Site<'a>,
    pub walker: Walker<'a>,
    pub shelves: Shelves,
    pub draft: Draft,
    pub schedule: Schedule,
}

impl<'s, 'a> State<'s, 'a> {
    /// The best of the plans that the batches make: in large waves, and with a wave for every batch.
    pub(super) fn start(site: &'s Site<'a>, walker: Walker<'a>, batched: Batched) -> Self {
        let mut best: Option<(Draft, Schedule)> = None;
        for loads in batched.ways {
            let loads: Vec<Arc<Load>> = loads.into_iter().map(Arc::new).collect();
            for fine in [false, true] {
                let draft = join(site, loads.clone(), fine);
                let made = schedule(site, &draft);
                if best.as_ref().is_none_or(|b| made.objective < b.1.objective) {
                    best = Some((draft, made));
                }
            }
        }
        let (draft, schedule) = best.unwrap_or_default();
        let mut state = Self {
            site,
            walker,
            shelves: batched.shelves,
            draft,
            schedule,
        };
        state.settle_picks();
        state
    }

    /// Takes a plan where it is worth more.
    pub(super) fn offer(&mut self, draft: Draft) -> bool {
        let made = schedule(self.site, &draft);
        let is_better = made.objective < self.schedule.objective;
        if is_better {
            (self.draft, self.schedule) = (draft, made);
        }
        is_better
    }

    /// Lets each batch pick from other places where that is shorter. Tours get no longer, so the plan gets no worse; where a
    /// schedule of shorter tours is worse all the same, which lists of tasks can be, the times are left as they were.
    pub(super) fn settle_picks(&mut self) {
        let mut draft = self.draft.clone();
        let before = self.shelves.clone();
        let mut moved = false;
        for wave in &mut draft.waves {
            let mut loads = Vec::with_capacity(wave.loads.len());
            let mut changed = false;
            for load in &wave.loads {
                let mut picks = load.picks.clone();
                if self.shelves.settle(self.site, &mut self.walker, &mut picks)
                    && let Some(shorter) = Load::new(self.site, &mut self.walker, load.tasks.clone(), picks)
                {
                    changed = true;
                    loads.push(Arc::new(shorter));
                } else {
                    loads.push(Arc::clone(load));
                }
            }
            if changed && let Some(new) = Wave::new(self.site, loads) {
                *wave = Arc::new(new);
                moved = true;
            }
        }
        if moved && !self.offer(draft) {
            self.shelves = before;
        }
    }
}
