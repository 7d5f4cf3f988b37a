// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Counters of a table.

use std::sync::Arc;

use crate::call::Outcome;
use crate::error::ErrorKind;
use crate::sync::{AtomicU64, Ordering};

/// Snapshot of a table's counters, all since the engine started. They are read one after the
/// other, so that a call that is admitted or ends meanwhile may be in some of them only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Calls admitted.
    pub submitted: u64,
    /// Calls that succeeded.
    pub succeeded: u64,
    /// Calls that failed, in the order of [`ErrorKind::ALL`].
    pub failed: [u64; ErrorKind::ALL.len()],
    /// Answers that came after the outcome.
    pub late: u64,
    /// Calls whose attributes were asked for but are no JSON object.
    pub degraded: u64,
}

impl Counters {
    /// Calls that have their outcome.
    #[must_use]
    pub fn completed(&self) -> u64 {
        self.succeeded + self.failed.iter().sum::<u64>()
    }
}

/// The counters themselves.
#[derive(Debug)]
pub(super) struct LiveCounters {
    submitted: AtomicU64,
    succeeded: AtomicU64,
    failed: [AtomicU64; ErrorKind::ALL.len()],
    late: AtomicU64,
    degraded: Arc<AtomicU64>,
}

impl LiveCounters {
    pub(super) fn new() -> Self {
        Self {
            submitted: AtomicU64::new(0),
            succeeded: AtomicU64::new(0),
            failed: std::array::from_fn(|_| AtomicU64::new(0)),
            late: AtomicU64::new(0),
            degraded: Arc::new(AtomicU64::new(0)),
        }
    }

    pub(super) fn count_submitted(&self) {
        self.submitted.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_outcome(&self, outcome: &Outcome) {
        match outcome {
            Ok(_) => &self.succeeded,
            Err(error) => &self.failed[usize::from(error.kind.number() - 1)],
        }
        .fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_late(&self) {
        self.late.fetch_add(1, Ordering::Relaxed);
    }

    /// The counter that calls hold, because theirs is noticed when a node asks.
    pub(super) fn degraded(&self) -> &Arc<AtomicU64> {
        &self.degraded
    }

    pub(super) fn snapshot(&self) -> Counters {
        Counters {
            submitted: self.submitted.load(Ordering::Relaxed),
            succeeded: self.succeeded.load(Ordering::Relaxed),
            failed: std::array::from_fn(|i| self.failed[i].load(Ordering::Relaxed)),
            late: self.late.load(Ordering::Relaxed),
            degraded: self.degraded.load(Ordering::Relaxed),
        }
    }
}
