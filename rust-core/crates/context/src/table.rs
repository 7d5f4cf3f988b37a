// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Table of the calls in flight.

mod counters;
mod steps;
mod tombstones;

use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Instant;

use crossbeam_utils::CachePadded;

use self::counters::LiveCounters;
use self::tombstones::Tombstones;
use crate::call::{Call, Members, Outcome, Success};
use crate::error::{CancelCause, Error, ErrorKind};
use crate::group::{GROUP_BIT, Groups, OpenGroup};
use crate::map::CallMap;
use crate::metadata::Metadata;
use crate::outbox::Outbox;
use crate::sync::Mutex;

pub use self::counters::Counters;
pub use self::steps::Follow;

const SHARDS: usize = if cfg!(ferrule_loom) { 1 } else { 16 };

/// On a cache line of its own, so that threads with different shards do not slow one another.
type Shard = CachePadded<Mutex<CallMap<Arc<Call>>>>;

/// Table of the calls in flight, from admission to outcome. Taking a call out is atomic, so that
/// exactly one of answer, deadline, cancellation and loss finishes it. All methods may be called
/// from any thread, and none waits for anything but short locks.
///
/// Lock order: a shard's lock before `tombstones`; neither is held while the outbox or an owner is
/// called.
#[derive(Debug)]
pub struct CallTable {
    shards: [Shard; SHARDS],
    groups: Arc<Groups>,
    tombstones: Mutex<Tombstones>,
    outbox: Arc<Outbox>,
    counters: LiveCounters,
    follow: Follow,
}

/// Result of a look-up by the id that data carries.
#[derive(Debug)]
pub enum Found {
    /// The call is in flight.
    Open(Arc<Call>),
    /// The call was cancelled, or its deadline passed, as the kind says: nobody wants the data any
    /// more. The last 8192 such calls are remembered.
    GivenUp(ErrorKind),
    /// The call had an answer, as from a node that keeps the data and answers early, or it is not
    /// of this table: the data goes on without it.
    Unknown,
}

/// Result of an admission.
#[derive(Debug)]
pub enum Admission {
    /// The call is in flight.
    Admitted(Arc<Call>),
    /// All credits are out.
    TooManyCalls,
    /// The id is in flight already, or it is one of those that groups have.
    Duplicate,
}

impl CallTable {
    /// Creates a table whose outcomes go to `outbox`.
    #[must_use]
    pub fn new(outbox: Arc<Outbox>) -> Self {
        Self {
            shards: std::array::from_fn(|_| CachePadded::default()),
            groups: Arc::default(),
            tombstones: Mutex::default(),
            outbox,
            counters: LiveCounters::new(),
            follow: Follow::default(),
        }
    }

    /// The log of the calls' steps.
    #[must_use]
    pub fn follow(&self) -> &Follow {
        &self.follow
    }

    /// Logs a step of a call, or of all members of a batch, if they are followed; `text` is not
    /// called otherwise. It must hold no payload and no credentials.
    pub fn step(&self, call: &Call, text: impl FnOnce() -> String) {
        self.follow.step(&self.outbox, call, text);
    }

    /// Admits a call if a credit is free and its id is not in flight.
    pub fn admit(&self, mut call: Call) -> Admission {
        if !self.outbox.take_credit() {
            return Admission::TooManyCalls;
        }
        call.count_degraded(self.counters.degraded());
        if call.id() & GROUP_BIT != 0 {
            self.outbox.return_credit();
            return Admission::Duplicate;
        }
        let call = Arc::new(call);
        let admitted = match self.shard(call.id()).lock().entry(call.id()) {
            Entry::Vacant(entry) => {
                entry.insert(Arc::clone(&call));
                true
            }
            Entry::Occupied(_) => false,
        };
        if admitted {
            self.counters.count_submitted();
            self.step(&call, || "admitted".to_owned());
            Admission::Admitted(call)
        } else {
            self.outbox.return_credit();
            Admission::Duplicate
        }
    }

    /// Finishes a call with an answer. Returns false, and counts it as late, if the call had
    /// its outcome already.
    pub fn finish(&self, call_id: u64, outcome: Outcome) -> bool {
        let finished = self.finish_quietly(call_id, outcome);
        self.announce();
        finished
    }

    /// As [`CallTable::finish`], but the host may sleep on: whoever answers many calls in a row
    /// calls [`CallTable::announce`] after the last.
    pub fn finish_quietly(&self, call_id: u64, outcome: Outcome) -> bool {
        let finished = self.take_and_complete(call_id, outcome).is_some();
        if !finished {
            self.counters.count_late();
        }
        finished
    }

    /// Wakes the host for the calls that were finished quietly.
    pub fn announce(&self) {
        self.outbox.announce();
    }

    /// Finishes a call, by the one who works on it, for a reason that is no answer. Returns
    /// false if the call had its outcome already.
    pub fn finish_if_open(&self, call_id: u64, outcome: Outcome) -> bool {
        let finished = self.take_and_complete(call_id, outcome).is_some();
        self.announce();
        finished
    }

    /// Finishes a call from outside and tells its owner to let go. Returns false if it had its
    /// outcome already.
    pub fn abort(&self, call_id: u64, error: Error) -> bool {
        match self.take_and_complete(call_id, Err(error)) {
            Some(call) => {
                self.announce();
                call.release();
                true
            }
            None => false,
        }
    }

    /// Cancels a call and tells its owner. Returns false if it had its outcome already.
    pub fn cancel(&self, call_id: u64, cause: CancelCause) -> bool {
        self.abort(call_id, Error::cancelled(cause))
    }

    /// Finishes all calls whose deadline is `now` or lies before, as expired.
    pub fn sweep(&self, now: Instant) {
        for call_id in self.ids(|call| call.deadline() <= now) {
            self.abort(call_id, Error::timeout());
        }
    }

    /// Finishes all calls that are left, each with a copy of `error`.
    pub fn abort_all(&self, error: &Error) {
        for call_id in self.ids(|_| true) {
            self.abort(call_id, error.clone());
        }
    }

    /// Opens a group: a call for `members`, whose data is on its way as one message. `metadata` is
    /// what they have in common.
    #[must_use]
    pub fn open_group(&self, members: Members, metadata: Metadata) -> OpenGroup {
        self.groups.open(members, metadata)
    }

    /// Number of groups whose outcome is not known.
    #[must_use]
    pub fn open_groups(&self) -> usize {
        self.groups.len()
    }

    /// The call in flight with this id, or the group.
    #[must_use]
    pub fn get(&self, call_id: u64) -> Option<Arc<Call>> {
        if call_id & GROUP_BIT != 0 {
            return self.groups.get(call_id);
        }
        self.shard(call_id).lock().get(&call_id).cloned()
    }

    /// Looks up a call that data belongs to, or a group.
    #[must_use]
    pub fn find(&self, call_id: u64) -> Found {
        match self.get(call_id) {
            Some(call) => Found::Open(call),
            None => match self.tombstones.lock().get(call_id) {
                Some(kind) => Found::GivenUp(kind),
                None => Found::Unknown,
            },
        }
    }

    /// Number of calls in flight.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().len()).sum()
    }

    /// Whether no call is in flight.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shards.iter().all(|shard| shard.lock().is_empty())
    }

    /// Snapshot of the counters.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters.snapshot()
    }

    fn take_and_complete(&self, call_id: u64, outcome: Outcome) -> Option<Arc<Call>> {
        let call = {
            let mut shard = self.shard(call_id).lock();
            let call = shard.remove(&call_id)?;
            if let Err(error) = &outcome
                && matches!(error.kind, ErrorKind::Cancelled | ErrorKind::Timeout)
            {
                self.tombstones.lock().insert(call_id, error.kind);
            }
            call
        };
        let outcome = match (outcome, call.warning()) {
            (Ok(success), Some(warning)) if success == Success::default() => Ok(warning),
            (outcome, _) => outcome,
        };
        self.counters.count_outcome(&outcome);
        self.step(&call, || ending_of(&outcome));
        call.mark_finished(&outcome);
        self.outbox.complete(call_id, outcome, call.timings());
        Some(call)
    }

    fn ids(&self, which: impl Fn(&Call) -> bool) -> Vec<u64> {
        let mut ids = Vec::new();
        for shard in &self.shards {
            ids.extend(
                shard
                    .lock()
                    .values()
                    .filter(|call| which(call))
                    .map(|call| call.id()),
            );
        }
        ids
    }

    fn shard(&self, call_id: u64) -> &Shard {
        &self.shards[(call_id % SHARDS as u64) as usize]
    }
}

fn ending_of(outcome: &Outcome) -> String {
    match outcome {
        Ok(_) => "succeeded".to_owned(),
        Err(error) => format!("failed as {}: {}", error.kind.name(), error.message),
    }
}

#[cfg(test)]
mod tests;
