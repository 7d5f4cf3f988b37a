// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The state of a call that says whether and how it ended.

use std::fmt;

use super::outcome::Outcome;
use crate::error::{CancelCause, ErrorKind};
use crate::sync::{AtomicU8, Notify, Ordering};

/// Summary of a call's [`Outcome`]: kind of the failure and cause of the cancellation, without
/// message and details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// Kind of the failure; absent if the call succeeded.
    pub failure: Option<ErrorKind>,
    /// Why the call was cancelled; absent if it was not.
    pub cause: Option<CancelCause>,
}

/// The ending of one call, set once, and a notification of those who wait for it.
pub(super) struct Completion {
    /// `OPEN`, or the number of the ending: see `encode`.
    state: AtomicU8,
    changed: Notify,
}

impl Completion {
    pub(super) fn open() -> Self {
        Self {
            state: AtomicU8::new(OPEN),
            changed: Notify::new(),
        }
    }

    pub(super) fn is_set(&self) -> bool {
        self.state.load(Ordering::Acquire) != OPEN
    }

    pub(super) fn ending(&self) -> Option<Ending> {
        decode(self.state.load(Ordering::Acquire))
    }

    pub(super) fn set(&self, outcome: &Outcome) {
        self.state.store(encode(outcome), Ordering::Release);
        self.changed.notify_waiters();
    }

    /// A future that hears of a [`Completion::set`] from now on, even before it is polled.
    pub(super) fn changed(&self) -> impl Future<Output = ()> {
        self.changed.notified()
    }
}

impl fmt::Debug for Completion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ending().fmt(f)
    }
}

const OPEN: u8 = 0xff;
const KIND_BITS: u8 = 0xf;
const CAUSE_SHIFT: u32 = 4;

/// The kind's number, 0 for a success, and above it the cause's; never `OPEN`.
fn encode(outcome: &Outcome) -> u8 {
    match outcome {
        Ok(_) => 0,
        Err(error) => {
            error.kind.number() | error.cause.map_or(0, |cause| cause as u8) << CAUSE_SHIFT
        }
    }
}

fn decode(state: u8) -> Option<Ending> {
    (state != OPEN).then(|| Ending {
        failure: ErrorKind::ALL
            .into_iter()
            .find(|kind| kind.number() == state & KIND_BITS),
        cause: (state >> CAUSE_SHIFT != 0)
            .then(|| CancelCause::from_number(i32::from(state >> CAUSE_SHIFT))),
    })
}
