// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The calls that a receiver instance answers for.

use std::sync::Arc;
use std::time::Instant;

use ferrule_context::{CallTable, Error};

use super::timers::Timers;

/// Where a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// In the local queue.
    Queued,
    /// With the pipeline, or in the send that the pipeline has no room for.
    Sent,
}

/// The calls that this instance answers for. Dropping it, as a panic or a restart does, finishes
/// each of them with unknown delivery.
pub(super) struct InFlight {
    calls: Arc<CallTable>,
    deadlines: Timers<Stage>,
}

impl InFlight {
    pub(super) fn new(calls: Arc<CallTable>) -> Self {
        Self {
            calls,
            deadlines: Timers::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.deadlines.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.deadlines.is_empty()
    }

    pub(super) fn first_deadline(&self) -> Option<Instant> {
        self.deadlines.first()
    }

    pub(super) fn insert(&mut self, call_id: u64, deadline: Instant) {
        self.deadlines.insert(call_id, deadline, Stage::Queued);
    }

    pub(super) fn mark_sent(&mut self, call_id: u64) {
        if let Some(stage) = self.deadlines.get_mut(call_id) {
            *stage = Stage::Sent;
        }
    }

    pub(super) fn remove(&mut self, call_id: u64) -> Option<Stage> {
        self.deadlines.remove(call_id)
    }

    /// Finishes a call whose deadline has passed.
    pub(super) fn expire(&mut self, now: Instant) -> Option<(u64, Stage)> {
        let (call_id, stage) = self.deadlines.pop_due(now)?;
        self.calls.finish_if_open(call_id, Err(Error::timeout()));
        Some((call_id, stage))
    }

    pub(super) fn finish_all(&mut self, error: &Error) {
        for call_id in self.deadlines.drain() {
            self.calls.finish_if_open(call_id, Err(error.clone()));
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.finish_all(&Error::lost());
    }
}
