//! One line of progress on standard error, and only where that is a terminal.

use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clapot::plan::gap;
use clapot::quantity::Money;
use clapot::search::Progress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::output::{self, text};

/// The line that is shown.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn shown() -> std::sync::MutexGuard<'static, Option<ProgressBar>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes a line to standard error, above the line of progress where there is one.
pub(crate) fn say(text: &str) {
    match &*shown() {
        Some(bar) => bar.println(text),
        None => output::print_error(text),
    }
}

/// The line; cleared when it is dropped.
pub(crate) struct Line(ProgressBar);

impl Line {
    /// A line that shows itself where it is wanted and standard error is a terminal.
    pub(crate) fn new(wanted: bool) -> Self {
        if !wanted || !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed_precise} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        *shown() = Some(bar.clone());
        Self(bar)
    }

    /// A phase that has no figures.
    pub(crate) fn phase(&self, name: &'static str) {
        self.0.set_message(name);
    }

    /// News of a run.
    pub(crate) fn show(&self, news: Progress) {
        self.0.set_message(message(news));
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        *shown() = None;
        self.0.finish_and_clear();
    }
}

fn message(news: Progress) -> String {
    let cost = news.incumbent.map(Money::from_ten_thousandths);
    let bound = news.bound.map(Money::from_ten_thousandths);
    let known = [
        Some(news.phase.to_owned()),
        cost.map(|cost| format!("cost {}", text::money(cost))),
        bound.map(|bound| format!("bound {}", text::money(bound))),
        cost.zip(bound)
            .map(|(cost, bound)| format!("gap {}", text::gap(gap(cost, bound)))),
    ];
    known.into_iter().flatten().collect::<Vec<_>>().join("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_what_is_known() {
        let news = Progress {
            phase: "prices",
            seconds: 1.0,
            incumbent: None,
            bound: Some(9_900_000),
        };
        assert_eq!(message(news), "prices  bound 990.0000");
        let news = Progress {
            incumbent: Some(10_000_000),
            ..news
        };
        assert_eq!(message(news), "prices  cost 1,000.0000  bound 990.0000  gap 1.000 %");
    }
}
