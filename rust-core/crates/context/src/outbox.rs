// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What waits for the host: outcomes and log lines.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use parking_lot::{Condvar, Mutex};

use crate::{Outcome, Timings};

/// Levels of log lines; numbers are those of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum LogLevel {
    /// Every step.
    Trace = 1,
    /// For those who look into the engine.
    Debug = 2,
    /// Normal events.
    Info = 3,
    /// Something needs attention.
    Warn = 4,
    /// Something failed.
    Error = 5,
}

/// A line for the host's logging.
#[derive(Debug, Clone)]
pub struct LogLine {
    /// Level.
    pub level: LogLevel,
    /// When it was written.
    pub time: SystemTime,
    /// Logger name.
    pub target: &'static str,
    /// Text, without payloads or credentials.
    pub text: String,
}

/// One thing for the host.
#[derive(Debug)]
pub enum Message {
    /// A call's outcome.
    Completion {
        /// The call.
        call_id: u64,
        /// How it ended.
        outcome: Outcome,
        /// Where its time went.
        timings: Timings,
    },
    /// A log line.
    Log(LogLine),
}

/// Queue to the host. An outcome always finds room, because whoever admits a call takes one of
/// `capacity` credits first, and the credit comes back when the host fetched the outcome. Log
/// lines have a bound of their own, beyond which they are dropped and counted.
#[derive(Debug)]
pub struct Outbox {
    state: Mutex<State>,
    arrived: Condvar,
    dropped_lines: AtomicU64,
}

#[derive(Debug)]
struct State {
    completions: VecDeque<Message>,
    lines: VecDeque<LogLine>,
    credits: usize,
    woken: bool,
    closed: bool,
}

/// Why [`Outbox::fetch`] returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    /// Messages were offered.
    Messages,
    /// The time is up.
    Nothing,
    /// Somebody called [`Outbox::wake`].
    Woken,
    /// The outbox is closed and empty.
    Closed,
}

impl State {
    fn is_empty(&self) -> bool {
        self.completions.is_empty() && self.lines.is_empty()
    }

    fn offer(&mut self, mut accept: impl FnMut(&Message) -> bool) {
        while let Some(message) = self.completions.front() {
            if !accept(message) {
                return;
            }
            self.completions.pop_front();
            self.credits += 1;
        }
        while let Some(line) = self.lines.pop_front() {
            let message = Message::Log(line);
            if !accept(&message) {
                if let Message::Log(line) = message {
                    self.lines.push_front(line);
                }
                return;
            }
        }
    }
}

const MOST_LINES: usize = 1024;

impl Outbox {
    /// Creates an outbox for at most `capacity` calls between admission and fetching.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            state: Mutex::new(State {
                completions: VecDeque::new(),
                lines: VecDeque::new(),
                credits: capacity,
                woken: false,
                closed: false,
            }),
            arrived: Condvar::new(),
            dropped_lines: AtomicU64::new(0),
        }
    }

    /// Takes a credit; false if all are out or the outbox is closed.
    #[must_use]
    pub fn take_credit(&self) -> bool {
        let mut state = self.state.lock();
        if state.closed || state.credits == 0 {
            return false;
        }
        state.credits -= 1;
        true
    }

    /// Gives back the credit of a call that was not admitted after all.
    pub fn return_credit(&self) {
        self.state.lock().credits += 1;
    }

    /// Adds an outcome; its credit was taken at admission.
    pub fn complete(&self, call_id: u64, outcome: Outcome, timings: Timings) {
        self.state
            .lock()
            .completions
            .push_back(Message::Completion {
                call_id,
                outcome,
                timings,
            });
        self.arrived.notify_one();
    }

    /// Adds a log line, or drops and counts it if too many wait.
    pub fn log(&self, level: LogLevel, target: &'static str, text: String) {
        let mut state = self.state.lock();
        if state.lines.len() >= MOST_LINES {
            self.dropped_lines.fetch_add(1, Ordering::Relaxed);
            return;
        }
        state.lines.push_back(LogLine {
            level,
            time: SystemTime::now(),
            target,
            text,
        });
        drop(state);
        self.arrived.notify_one();
    }

    /// Log lines dropped so far.
    #[must_use]
    pub fn dropped_lines(&self) -> u64 {
        self.dropped_lines.load(Ordering::Relaxed)
    }

    /// Waits until there is something, the time is up, or somebody calls [`Outbox::wake`].
    /// Then offers messages to `accept`, outcomes first, until it returns false for one, which
    /// stays.
    pub fn fetch(&self, timeout: Duration, accept: impl FnMut(&Message) -> bool) -> Fetched {
        let until = Instant::now().checked_add(timeout);
        let mut state = self.state.lock();
        while state.is_empty() {
            if std::mem::take(&mut state.woken) {
                return Fetched::Woken;
            }
            if state.closed {
                return Fetched::Closed;
            }
            let timed_out = match until {
                Some(until) => self.arrived.wait_until(&mut state, until).timed_out(),
                None => {
                    self.arrived.wait(&mut state);
                    false
                }
            };
            if timed_out && state.is_empty() {
                return Fetched::Nothing;
            }
        }
        state.offer(accept);
        Fetched::Messages
    }

    /// Makes a waiting [`Outbox::fetch`] return.
    pub fn wake(&self) {
        self.state.lock().woken = true;
        self.arrived.notify_all();
    }

    /// Takes no more credits; what waits can still be fetched.
    pub fn close(&self) {
        self.state.lock().closed = true;
        self.arrived.notify_all();
    }
}
