//! How a run goes on: one line of progress on standard error where that is a terminal, and lines of
//! a log where they are asked for.

use std::io::IsTerminal as _;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use clap::Args;
use clapot::plan::gap;
use clapot::quantity::Money;
use clapot::search::Progress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::output::{self, text};
use crate::values::span;

/// The line that is shown.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes a line to standard error, above the line of progress where there is one.
pub(crate) fn say(text: &str) {
    match &*held(&SHOWN) {
        Some(bar) => bar.println(text),
        None => output::print_error(text),
    }
}

/// Whether a log is written.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct Log {
    /// Write a line to standard error so often, with time, cost, bound and gap; also where that is
    /// no terminal
    #[arg(long = "log", value_name = "TIME", value_parser = span)]
    every: Option<Duration>,
}

/// What is known of a run.
#[derive(Clone, Debug, Default)]
struct State {
    phase: &'static str,
    cost: Option<i64>,
    bound: Option<i64>,
    currency: String,
}

/// The line; cleared when it is dropped, and so ends the log.
pub(crate) struct Line {
    bar: ProgressBar,
    state: Arc<Mutex<State>>,
    log: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Line {
    /// A line that shows itself where it is wanted and standard error is a terminal, and a log
    /// where that is wanted.
    pub(crate) fn new(wanted: bool, log: Log) -> Self {
        let bar = if wanted && std::io::stderr().is_terminal() {
            let bar = ProgressBar::new_spinner();
            // What does not fit is cut at the end, where the phase is.
            if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            *held(&SHOWN) = Some(bar.clone());
            bar
        } else {
            ProgressBar::hidden()
        };
        let state = Arc::default();
        let log = log.every.map(|every| logging(every, Arc::clone(&state)));
        Self { bar, state, log }
    }

    /// The currency of costs and bounds.
    pub(crate) fn counts_in(&self, currency: &str) {
        currency.clone_into(&mut held(&self.state).currency);
    }

    /// A phase that has no figures.
    pub(crate) fn phase(&self, name: &'static str) {
        let mut state = held(&self.state);
        *state = State {
            phase: name,
            currency: std::mem::take(&mut state.currency),
            ..State::default()
        };
        drop(state);
        self.bar.set_message(name);
    }

    /// News of a run.
    pub(crate) fn show(&self, news: Progress) {
        let mut state = held(&self.state);
        // Not every phase of a run tells all figures; the others stand.
        state.phase = news.phase;
        state.cost = news.incumbent.or(state.cost);
        state.bound = news.bound.or(state.bound);
        let message = state.message();
        drop(state);
        self.bar.set_message(message);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.log.take() {
            drop(end);
            let _ = thread.join(); // it only writes
        }
        *held(&SHOWN) = None;
        self.bar.finish_and_clear();
    }
}

/// A thread that writes a line of the log again and again, until the sender is dropped.
fn logging(every: Duration, state: Arc<Mutex<State>>) -> (Sender<()>, JoinHandle<()>) {
    let (end, ended) = mpsc::channel();
    let start = Instant::now();
    let thread = thread::spawn(move || {
        let mut next = every;
        while ended.recv_timeout(next.saturating_sub(start.elapsed())) == Err(RecvTimeoutError::Timeout) {
            let message = held(&state).message();
            let digits = usize::from(every.subsec_nanos() > 0);
            say(&format!("{:.digits$} s  {message}", start.elapsed().as_secs_f64()));
            next += every;
        }
    });
    (end, thread)
}

impl State {
    /// What is known, the most important first.
    fn message(&self) -> String {
        let money = |n: i64| text::money(Money::from_ten_thousandths(n), &self.currency);
        let of = |n: Option<i64>| n.map(Money::from_ten_thousandths);
        let known = [
            self.cost.map(|cost| format!("cost {}", money(cost))),
            self.bound.map(|bound| format!("bound {}", money(bound))),
            of(self.cost)
                .zip(of(self.bound))
                .map(|(cost, bound)| match gap(cost, bound) {
                    Some(gap) => format!("gap {}", text::gap(gap)),
                    None => text::NO_BOUND.to_owned(),
                }),
            Some(self.phase.to_owned()),
        ];
        known.into_iter().flatten().collect::<Vec<_>>().join("  ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_what_is_known() {
        let state = State {
            phase: "prices",
            cost: None,
            bound: Some(9_900_000),
            currency: "EUR".to_owned(),
        };
        assert_eq!(state.message(), "bound 990.00  prices");
        let state = State {
            cost: Some(10_000_000),
            ..state
        };
        assert_eq!(state.message(), "cost 1,000.00  bound 990.00  gap 1.000 %  prices");
    }

    #[test]
    fn figures_of_large_plans_fit_a_narrow_terminal() {
        let state = State {
            phase: "",
            cost: Some(12_345_678_900),
            bound: Some(12_000_000_000),
            currency: "EUR".to_owned(),
        };
        // A spinner, `10m` and blanks stand before it.
        assert!(state.message().trim_end().len() + 6 <= 60, "{}", state.message());
    }
}
