//! A call that takes its time: in a thread of its own and without the lock of the interpreter. The calling thread looks for
//! signals and hands over the progress meanwhile.
//!
//! Ctrl-C raises `KeyboardInterrupt` at once: the call is abandoned, and ends in the background as soon as it looks at its flag. A
//! callback that returns `False`, and Ctrl-C where that is asked for, ask it to stop too, but get the best so far.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use clapot::search::{Clock as _, Progress, StdClock};
use clapot::{Error, Money, Surroundings};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;

use crate::errors::{guarded, option, panicked, raise};
use crate::money::decimal;

/// How often signals are looked for.
const TICK: Duration = Duration::from_millis(20);
/// How long a callback waits for news at most: then it hears again how things stood, so that it can always stop a call.
const BEAT: Duration = Duration::from_millis(150);

/// News of a call; numbers as texts, in the unit of the call.
#[derive(Clone)]
pub(crate) struct Step {
    pub phase: &'static str,
    /// Seconds since the start of the call.
    pub seconds: f64,
    /// What the best so far is worth.
    pub total: Option<String>,
    /// What is proved.
    pub bound: Option<String>,
}

impl Step {
    const START: Self = Self {
        phase: "start",
        seconds: 0.0,
        total: None,
        bound: None,
    };
}

/// What surrounds a call.
pub(crate) struct Around<'a> {
    pub clock: &'a StdClock,
    /// Set to stop with the best so far.
    pub stop: &'a AtomicBool,
    /// Set where nobody wants an answer any more; then so is `stop`.
    pub gone: &'a AtomicBool,
    /// Takes news. Where nobody wants an answer any more, it does not come back: the call unwinds.
    pub tell: &'a mut (dyn FnMut(Step) + Send),
}

impl Around<'_> {
    /// Runs a call of the library whose progress is in money.
    pub(crate) fn of_money<T>(self, call: impl FnOnce(Surroundings<'_>, &AtomicBool) -> T) -> T {
        let tell = self.tell;
        let text = |value: Option<i64>| value.map(|value| Money::from_ten_thousandths(value).to_string());
        let mut progress = |step: Progress| {
            tell(Step {
                phase: step.phase,
                seconds: step.seconds,
                total: text(step.incumbent),
                bound: text(step.bound),
            });
        };
        let surroundings = Surroundings {
            clock: self.clock,
            interrupt: Some(self.stop),
            progress: &mut progress,
        };
        call(surroundings, self.gone)
    }
}

#[derive(Default)]
struct Flags {
    stop: AtomicBool,
    gone: AtomicBool,
}

enum News<T> {
    Step(Step),
    Done(thread::Result<Result<T, Error>>),
}

/// What a call unwinds with that nobody wants any more.
struct Abandoned;

/// Who hears of a call, and what Ctrl-C does to it.
#[derive(Default)]
pub(crate) struct Watch<'a, 'py> {
    pub on_progress: Option<&'a Bound<'py, PyAny>>,
    /// Takes all news, where that is wanted.
    pub history: Option<&'a mut Vec<Step>>,
    /// The first Ctrl-C asks the call to stop with the best so far.
    pub keeps: bool,
}

impl<'a, 'py> Watch<'a, 'py> {
    /// One whose Ctrl-C does what `on_interrupt` says.
    pub(crate) fn new(
        py: Python<'py>,
        on_progress: Option<&'a Bound<'py, PyAny>>,
        on_interrupt: &str,
    ) -> PyResult<Self> {
        let keeps = match on_interrupt {
            "raise" => false,
            "return" => true,
            _ => return Err(option(py, "on_interrupt must be 'raise' or 'return'")),
        };
        Ok(Self {
            on_progress,
            history: None,
            keeps,
        })
    }

    /// Takes the first Ctrl-C for a wish to stop with the best so far, where it is one.
    fn take(&self, py: Python<'_>, signal: PyErr, flags: &Flags) -> PyResult<()> {
        let is_first = !flags.stop.load(Ordering::Relaxed);
        if !(self.keeps && is_first && signal.is_instance_of::<PyKeyboardInterrupt>(py)) {
            return Err(signal);
        }
        flags.stop.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// Runs a call that has progress and can be stopped.
pub(crate) fn run<T: Send + 'static>(
    py: Python<'_>,
    on_progress: Option<&Bound<'_, PyAny>>,
    call: impl FnOnce(Around<'_>) -> Result<T, Error> + Send + 'static,
) -> PyResult<T> {
    let watch = Watch {
        on_progress,
        ..Watch::default()
    };
    watched(py, watch, call)
}

/// The same, with all that can be watched.
pub(crate) fn watched<T: Send + 'static>(
    py: Python<'_>,
    by: Watch<'_, '_>,
    call: impl FnOnce(Around<'_>) -> Result<T, Error> + Send + 'static,
) -> PyResult<T> {
    let flags = Arc::<Flags>::default();
    let (send, news) = channel();
    let clock = StdClock::start();
    let is_heard = by.on_progress.is_some() || by.history.is_some();
    let worker = start(call, clock, Arc::clone(&flags), send, is_heard);
    worker.map_err(|e| raise(py, &Error::internal(format!("no thread: {e}"))))?;
    let ended = watch(py, news, by, &clock, &flags);
    if ended.is_err() {
        flags.gone.store(true, Ordering::Relaxed);
        flags.stop.store(true, Ordering::Relaxed);
    }
    match ended? {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(raise(py, &error)),
        Err(payload) => Err(panicked(py, &*payload)),
    }
}

/// Runs a call that has no progress; on Ctrl-C it is left to itself, with the flag set.
pub(crate) fn interruptible<T: Send + 'static>(
    py: Python<'_>,
    call: impl FnOnce(&AtomicBool) -> Result<T, Error> + Send + 'static,
) -> PyResult<T> {
    run(py, None, move |around| call(around.gone))
}

fn start<T: Send + 'static>(
    call: impl FnOnce(Around<'_>) -> Result<T, Error> + Send + 'static,
    clock: StdClock,
    flags: Arc<Flags>,
    send: Sender<News<T>>,
    is_heard: bool,
) -> std::io::Result<thread::JoinHandle<()>> {
    thread::Builder::new().name("clapot-call".to_owned()).spawn(move || {
        let to = send.clone();
        let gone = &flags.gone;
        let mut tell = move |step| {
            if gone.load(Ordering::Relaxed) {
                // Not a panic: no hook sees it, and it ends at the catch below.
                resume_unwind(Box::new(Abandoned));
            }
            if is_heard {
                let _ = to.send(News::Step(step));
            }
        };
        let around = Around {
            clock: &clock,
            stop: &flags.stop,
            gone: &flags.gone,
            tell: &mut tell,
        };
        let done = catch_unwind(AssertUnwindSafe(|| call(around)));
        // A caller that has gone hears nothing.
        let _ = send.send(News::Done(done));
    })
}

/// Waits for the end of the call.
fn watch<T: Send>(
    py: Python<'_>,
    mut news: Receiver<News<T>>,
    mut by: Watch<'_, '_>,
    clock: &StdClock,
    flags: &Flags,
) -> PyResult<thread::Result<Result<T, Error>>> {
    let (mut last, mut heard) = (Step::START, Instant::now());
    loop {
        // A receiver goes to where it is read from, and comes back.
        let (back, (mut steps, done)) = py.detach(move || {
            let next = next(&news);
            (news, next)
        });
        news = back;
        py.check_signals().or_else(|signal| by.take(py, signal, flags))?;
        if by.on_progress.is_some() && steps.is_empty() && done.is_none() && heard.elapsed() >= BEAT {
            let seconds = clock.elapsed().as_secs_f64();
            steps.push(Step {
                seconds,
                ..last.clone()
            });
        }
        for step in steps {
            // What was known stays known where a phase has no figures of its own.
            last = Step {
                phase: step.phase,
                seconds: step.seconds.max(last.seconds),
                total: step.total.or(last.total),
                bound: step.bound.or(last.bound),
            };
            if let Some(history) = &mut by.history {
                remember(history, &last);
            }
            if let Some(callback) = by.on_progress {
                if !flags.stop.load(Ordering::Relaxed) {
                    match says_stop(callback, &last) {
                        Ok(false) => {}
                        Ok(true) => flags.stop.store(true, Ordering::Relaxed),
                        // A signal that came while the callback ran.
                        Err(signal) => by.take(py, signal, flags)?,
                    }
                }
                heard = Instant::now();
            }
        }
        if let Some(done) = done {
            return Ok(done);
        }
    }
}

/// Adds news to a history, unless nothing but the time is new.
fn remember(history: &mut Vec<Step>, step: &Step) {
    let same = |last: &Step| (last.phase, &last.total, &last.bound) == (step.phase, &step.total, &step.bound);
    if !history.last().is_some_and(same) {
        history.push(step.clone());
    }
}

type Next<T> = (Vec<Step>, Option<thread::Result<Result<T, Error>>>);

/// What comes within a tick: of the progress, the last of each phase.
fn next<T>(news: &Receiver<News<T>>) -> Next<T> {
    let mut steps: Vec<Step> = Vec::new();
    let mut wait = TICK;
    loop {
        match news.recv_timeout(wait) {
            Ok(News::Step(step)) => {
                if steps.last().is_some_and(|last| last.phase == step.phase) {
                    steps.pop();
                }
                steps.push(step);
                wait = Duration::ZERO;
            }
            Ok(News::Done(done)) => return (steps, Some(done)),
            Err(RecvTimeoutError::Timeout) => return (steps, None),
            Err(RecvTimeoutError::Disconnected) => {
                return (steps, Some(Err(Box::new("the call ended without an answer"))));
            }
        }
    }
}

/// Whether a callback returns `False`, and nothing that only counts as false.
fn says_stop(callback: &Bound<'_, PyAny>, step: &Step) -> PyResult<bool> {
    let py = callback.py();
    let number = |text: &Option<String>| text.as_deref().map(|text| decimal(py, text)).transpose();
    let class = py.import("clapot._progress")?.getattr("Progress")?;
    let news = class.call1((step.phase, step.seconds, number(&step.total)?, number(&step.bound)?))?;
    // The callback may be of another extension, and panic.
    let answer = guarded(py, || callback.call1((news,)))?;
    Ok(answer
        .cast::<pyo3::types::PyBool>()
        .is_ok_and(|answer| !answer.is_true()))
}
