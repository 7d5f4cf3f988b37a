// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The calls that a receiver instance answers for.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use ferrule_context::{CallMap, CallTable, Error};

/// Calls that this instance answers for. Dropping it, as a panic or a restart does, tells each
/// caller that the fate of its data is unknown.
pub(super) struct InFlight {
    calls: Arc<CallTable>,
    deadlines: CallMap<Instant>,
    timers: BTreeSet<(Instant, u64)>,
}

impl InFlight {
    pub(super) fn new(calls: Arc<CallTable>) -> Self {
        Self {
            calls,
            deadlines: CallMap::default(),
            timers: BTreeSet::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.deadlines.is_empty()
    }

    pub(super) fn first_deadline(&self) -> Option<Instant> {
        self.timers.first().map(|(deadline, _)| *deadline)
    }

    pub(super) fn insert(&mut self, call_id: u64, deadline: Instant) {
        self.deadlines.insert(call_id, deadline);
        self.timers.insert((deadline, call_id));
    }

    pub(super) fn remove(&mut self, call_id: u64) {
        if let Some(deadline) = self.deadlines.remove(&call_id) {
            self.timers.remove(&(deadline, call_id));
        }
    }

    /// Finishes the calls whose deadline has passed; true if there were any.
    pub(super) fn expire(&mut self, now: Instant) -> bool {
        let mut any = false;
        while let Some((deadline, call_id)) = self.timers.first().copied()
            && deadline <= now
        {
            any = true;
            self.remove(call_id);
            self.calls.finish_if_open(call_id, Err(Error::timeout()));
        }
        any
    }

    pub(super) fn finish_all(&mut self, error: &Error) {
        self.timers.clear();
        for (call_id, _) in self.deadlines.drain() {
            self.calls.finish_if_open(call_id, Err(error.clone()));
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.finish_all(&Error::lost());
    }
}
