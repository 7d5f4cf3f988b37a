// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Queue of outcomes and log lines that wait for the host.

mod message;

use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::{Duration, Instant, SystemTime};

use crate::call::{Outcome, Timings};
use crate::sync::{AtomicU64, AtomicUsize, Condvar, Mutex, Ordering};

pub use self::message::{LogLevel, LogLine, Message};

/// Queue to the host. An outcome always finds room, because whoever admits a call takes one of
/// `capacity` credits first, and the credit comes back when the host fetched the outcome. Log
/// lines have a bound of their own, beyond which they are dropped and counted.
///
/// Lock order: `ready` before `state`. Neither is held while an outcome is produced, and `state`
/// is never held while messages are offered.
#[derive(Debug)]
pub struct Outbox {
    state: Mutex<State>,
    arrived: Condvar,
    /// Messages that are being offered; used by those who fetch only.
    ready: Mutex<VecDeque<Message>>,
    /// Free credits, and `CLOSED`: one number, so that no credit is taken once closing was seen.
    credits: AtomicUsize,
    capacity: usize,
    dropped_lines: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    completions: VecDeque<Message>,
    lines: VecDeque<Message>,
    woken: bool,
}

/// Result of [`Outbox::fetch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    /// Messages were offered.
    Messages,
    /// The time is up.
    Nothing,
    /// Somebody called [`Outbox::wake`].
    Woken,
    /// The outbox is closed, and all credits are back.
    Closed,
}

/// Most log lines that wait; more are dropped.
const MOST_LINES: usize = 1024;

/// Bit of the credits that is set once the outbox is closed.
const CLOSED: usize = 1 << (usize::BITS - 1);

impl Outbox {
    /// Creates an outbox for at most `capacity` calls between admission and fetching.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            state: Mutex::default(),
            arrived: Condvar::new(),
            ready: Mutex::default(),
            credits: AtomicUsize::new(capacity),
            capacity,
            dropped_lines: AtomicU64::new(0),
        }
    }

    /// Whether a credit is free right now, so that a refusal can come before any work.
    #[must_use]
    pub fn has_credit(&self) -> bool {
        let credits = self.credits.load(Ordering::Acquire);
        credits & CLOSED == 0 && credits > 0
    }

    /// Takes a credit; false if all are out or the outbox is closed.
    #[must_use]
    pub fn take_credit(&self) -> bool {
        self.credits
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |credits| {
                (credits & CLOSED == 0 && credits > 0).then(|| credits - 1)
            })
            .is_ok()
    }

    /// Gives back the credit of a call that was not admitted after all.
    pub fn return_credit(&self) {
        self.credits.fetch_add(1, Ordering::AcqRel);
        self.notify();
    }

    /// Adds an outcome; its credit was taken at admission. Whoever adds one calls
    /// [`Outbox::announce`] then, once for many.
    pub fn complete(&self, call_id: u64, outcome: Outcome, timings: Timings) {
        self.state
            .lock()
            .completions
            .push_back(Message::Completion {
                call_id,
                outcome,
                timings,
            });
    }

    /// Wakes whoever waits in [`Outbox::fetch`] for the outcomes that were added.
    pub fn announce(&self) {
        self.arrived.notify_one();
    }

    /// Adds a log line, or drops and counts it if too many wait.
    pub fn log(&self, level: LogLevel, target: impl Into<Cow<'static, str>>, text: String) {
        let mut state = self.state.lock();
        if state.lines.len() >= MOST_LINES {
            self.dropped_lines.fetch_add(1, Ordering::Relaxed);
            return;
        }
        state.lines.push_back(Message::Log(LogLine {
            level,
            time: SystemTime::now(),
            target: target.into(),
            text,
        }));
        drop(state);
        self.arrived.notify_one();
    }

    /// Number of log lines dropped so far.
    #[must_use]
    pub fn dropped_lines(&self) -> u64 {
        self.dropped_lines.load(Ordering::Relaxed)
    }

    /// Waits until there is a message, the time is up, or somebody calls [`Outbox::wake`]. Then
    /// offers messages to `accept`, outcomes first, until it returns false for one, which stays. One
    /// thread fetches at a time; others wait for it, beyond their timeout if need be.
    pub fn fetch(&self, timeout: Duration, mut accept: impl FnMut(&Message) -> bool) -> Fetched {
        let until = Instant::now().checked_add(timeout);
        let mut ready = self.ready.lock();
        if ready.is_empty()
            && let Some(fetched) = self.fill(&mut ready, until)
        {
            return fetched;
        }
        while let Some(message) = ready.front()
            && accept(message)
        {
            if let Some(Message::Completion { .. }) = ready.pop_front() {
                self.credits.fetch_add(1, Ordering::AcqRel);
            }
        }
        Fetched::Messages
    }

    /// Waits for messages and moves them to `ready`, or says why there are none.
    fn fill(&self, ready: &mut VecDeque<Message>, until: Option<Instant>) -> Option<Fetched> {
        let mut state = self.state.lock();
        while state.completions.is_empty() && state.lines.is_empty() {
            if std::mem::take(&mut state.woken) {
                return Some(Fetched::Woken);
            }
            if self.credits.load(Ordering::Acquire) == CLOSED | self.capacity {
                return Some(Fetched::Closed);
            }
            match until {
                Some(until) if until <= Instant::now() => return Some(Fetched::Nothing),
                Some(until) => {
                    self.arrived.wait_until(&mut state, until);
                }
                None => self.arrived.wait(&mut state),
            }
        }
        std::mem::swap(ready, &mut state.completions);
        ready.append(&mut state.lines);
        None
    }

    /// Makes a waiting [`Outbox::fetch`] return.
    pub fn wake(&self) {
        self.state.lock().woken = true;
        self.arrived.notify_all();
    }

    /// Gives out no more credits; what was admitted can still complete and be fetched.
    pub fn close(&self) {
        self.credits.fetch_or(CLOSED, Ordering::AcqRel);
        self.notify();
    }

    /// Notifies under the lock, so that whoever looked before it is waiting already.
    fn notify(&self) {
        let _state = self.state.lock();
        self.arrived.notify_all();
    }
}
