//! A long call: in a thread of its own and without the lock of the interpreter. The calling thread looks for signals and
//! hands over the progress meanwhile.
//!
//! Ctrl-C asks the call to stop and raises `KeyboardInterrupt` at once; the call ends in the background. A callback that
//! returns `False` asks it to stop too, and gets the best plan so far.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use clapot::search::{Progress, StdClock};
use clapot::{Error, Money, Surroundings};
use pyo3::prelude::*;

use crate::errors::{panicked, raise};
use crate::money::amount;

/// How often signals are looked for.
const TICK: Duration = Duration::from_millis(20);

enum News<T> {
    Progress(Progress),
    Done(thread::Result<Result<T, Error>>),
}

/// Runs a call that has progress and can be stopped.
pub(crate) fn run<T: Send + 'static>(
    py: Python<'_>,
    on_progress: Option<&Bound<'_, PyAny>>,
    call: impl FnOnce(Surroundings<'_>) -> Result<T, Error> + Send + 'static,
) -> PyResult<T> {
    let stop = Arc::new(AtomicBool::new(false));
    let (send, news) = channel();
    let worker = start(call, Arc::clone(&stop), send, on_progress.is_some());
    worker.map_err(|e| raise(py, &Error::internal(format!("no thread: {e}"))))?;
    let ended = watch(py, news, on_progress, &stop);
    if ended.is_err() {
        stop.store(true, Ordering::Relaxed);
    }
    match ended? {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(raise(py, &error)),
        Err(payload) => Err(panicked(py, &*payload)),
    }
}

fn start<T: Send + 'static>(
    call: impl FnOnce(Surroundings<'_>) -> Result<T, Error> + Send + 'static,
    stop: Arc<AtomicBool>,
    send: Sender<News<T>>,
    tell: bool,
) -> std::io::Result<thread::JoinHandle<()>> {
    let clock = StdClock::start();
    thread::Builder::new().name("clapot-call".to_owned()).spawn(move || {
        let to = send.clone();
        // A caller that has gone hears nothing.
        let mut see = move |progress| {
            if tell {
                let _ = to.send(News::Progress(progress));
            }
        };
        let around = Surroundings {
            clock: &clock,
            interrupt: Some(&stop),
            progress: &mut see,
        };
        let done = catch_unwind(AssertUnwindSafe(|| call(around)));
        let _ = send.send(News::Done(done));
    })
}

/// Waits for the end of the call.
fn watch<T: Send>(
    py: Python<'_>,
    mut news: Receiver<News<T>>,
    on_progress: Option<&Bound<'_, PyAny>>,
    stop: &AtomicBool,
) -> PyResult<thread::Result<Result<T, Error>>> {
    loop {
        // A receiver goes to where it is read from, and comes back.
        let (back, (progress, done)) = py.detach(move || {
            let next = next(&news);
            (news, next)
        });
        news = back;
        py.check_signals()?;
        if let Some(callback) = on_progress {
            for step in progress {
                if !stop.load(Ordering::Relaxed) && says_stop(callback, step)? {
                    stop.store(true, Ordering::Relaxed);
                }
            }
        }
        if let Some(done) = done {
            return Ok(done);
        }
    }
}

type Next<T> = (Vec<Progress>, Option<thread::Result<Result<T, Error>>>);

/// What comes within a tick: of the progress, the last of each phase.
fn next<T>(news: &Receiver<News<T>>) -> Next<T> {
    let mut progress: Vec<Progress> = Vec::new();
    let mut wait = TICK;
    loop {
        match news.recv_timeout(wait) {
            Ok(News::Progress(step)) => {
                if progress.last().is_some_and(|last| last.phase == step.phase) {
                    progress.pop();
                }
                progress.push(step);
                wait = Duration::ZERO;
            }
            Ok(News::Done(done)) => return (progress, Some(done)),
            Err(RecvTimeoutError::Timeout) => return (progress, None),
            Err(RecvTimeoutError::Disconnected) => {
                return (progress, Some(Err(Box::new("the call ended without an answer"))));
            }
        }
    }
}

/// Whether a callback returns `False`, and nothing that only counts as false.
fn says_stop(callback: &Bound<'_, PyAny>, step: Progress) -> PyResult<bool> {
    let py = callback.py();
    let money = |value: Option<i64>| value.map(|v| amount(py, Money::from_ten_thousandths(v))).transpose();
    let class = py.import("clapot._progress")?.getattr("Progress")?;
    let news = class.call1((step.phase, step.seconds, money(step.incumbent)?, money(step.bound)?))?;
    let answer = callback.call1((news,))?;
    Ok(answer
        .cast::<pyo3::types::PyBool>()
        .is_ok_and(|answer| !answer.is_true()))
}
