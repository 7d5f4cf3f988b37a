// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The table of calls in flight.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::time::Instant;

use crate::follow::Follow;
use crate::group::{GROUP_BIT, Groups, Members, OpenGroup};
use crate::sync::{AtomicU64, Mutex, Ordering};
use crate::{Call, CancelCause, Error, ErrorKind, Metadata, Outbox, Outcome, Success};

const SHARDS: usize = if cfg!(ferrule_loom) { 1 } else { 16 };

/// A map by call id.
pub type CallMap<V> = HashMap<u64, V, BuildHasherDefault<IdHasher>>;

type Shard = Mutex<CallMap<Arc<Call>>>;

/// Calls in flight. A call stands here from admission to outcome; taking it out is atomic, so
/// that exactly one of answer, deadline, cancellation and loss finishes it.
///
/// Lock order: a shard's lock before `given_up`; neither is held while the outbox or an owner is
/// called.
#[derive(Debug)]
pub struct CallTable {
    shards: [Shard; SHARDS],
    groups: Groups,
    given_up: Mutex<GivenUp>,
    outbox: Arc<Outbox>,
    submitted: AtomicU64,
    succeeded: AtomicU64,
    failed: [AtomicU64; ErrorKind::ALL.len()],
    late: AtomicU64,
    degraded: Arc<AtomicU64>,
    follow: Follow,
}

/// Ended calls that are remembered, because their data may still be in a pipeline.
const MOST_REMEMBERED: usize = 8192;

/// Calls that were cancelled or whose deadline passed, the latest at the end.
#[derive(Debug, Default)]
struct GivenUp {
    calls: CallMap<ErrorKind>,
    order: VecDeque<u64>,
}

impl GivenUp {
    fn insert(&mut self, call_id: u64, kind: ErrorKind) {
        if self.order.len() == MOST_REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.calls.remove(&oldest);
        }
        self.order.push_back(call_id);
        self.calls.insert(call_id, kind);
    }
}

/// What is known of a call that data belongs to.
#[derive(Debug)]
pub enum Found {
    /// It is in flight.
    Open(Arc<Call>),
    /// It was cancelled, or its deadline passed, as the kind says: nobody wants the data any more.
    GivenUp(ErrorKind),
    /// It had an answer, as from a node that keeps the data and answers early, or it is not of
    /// this table: the data goes on without it.
    Unknown,
}

/// What became of the wish to admit a call.
#[derive(Debug)]
pub enum Admission {
    /// The call is in flight.
    Admitted(Arc<Call>),
    /// All credits are out.
    TooManyCalls,
    /// The id is in flight already, or it is one of those that groups have.
    Duplicate,
}

/// How often what happened, since the engine started.
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

impl CallTable {
    /// Creates a table whose outcomes go to `outbox`.
    #[must_use]
    pub fn new(outbox: Arc<Outbox>) -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
            groups: Groups::default(),
            given_up: Mutex::default(),
            outbox,
            submitted: AtomicU64::new(0),
            succeeded: AtomicU64::new(0),
            failed: std::array::from_fn(|_| AtomicU64::new(0)),
            late: AtomicU64::new(0),
            degraded: Arc::new(AtomicU64::new(0)),
            follow: Follow::default(),
        }
    }

    /// Which calls are followed.
    #[must_use]
    pub fn follow(&self) -> &Follow {
        &self.follow
    }

    /// Logs a step of a call, or of all members of a batch, if they are followed. `text` must hold
    /// no payload and no credentials.
    pub fn step(&self, call: &Call, text: impl FnOnce() -> String) {
        self.follow.step(&self.outbox, call, text);
    }

    /// Admits a call if a credit is free and its id is not in flight.
    pub fn admit(&self, mut call: Call) -> Admission {
        if !self.outbox.take_credit() {
            return Admission::TooManyCalls;
        }
        call.count_degraded(&self.degraded);
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
            self.submitted.fetch_add(1, Ordering::Relaxed);
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
            self.late.fetch_add(1, Ordering::Relaxed);
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

    /// Cancels a call.
    pub fn cancel(&self, call_id: u64, cause: CancelCause) -> bool {
        self.abort(call_id, Error::cancelled(cause))
    }

    /// Finishes all calls whose deadline lies before `now`.
    pub fn sweep(&self, now: Instant) {
        for call_id in self.ids(|call| call.deadline() <= now) {
            self.abort(call_id, Error::timeout());
        }
    }

    /// Finishes all calls that are left.
    pub fn abort_all(&self, error: &Error) {
        for call_id in self.ids(|_| true) {
            self.abort(call_id, error.clone());
        }
    }

    /// Opens a call for `members`, whose data is on its way as one message. `metadata` is what
    /// they have in common.
    #[must_use]
    pub fn open_group(self: &Arc<Self>, members: Members, metadata: Metadata) -> OpenGroup {
        let call = Arc::new(Call::group(self.groups.next_id(), members, metadata));
        self.groups.insert(Arc::clone(&call));
        OpenGroup {
            table: Arc::clone(self),
            call,
        }
    }

    /// Groups whose outcome is not known.
    #[must_use]
    pub fn open_groups(&self) -> usize {
        self.groups.len()
    }

    pub(crate) fn groups(&self) -> &Groups {
        &self.groups
    }

    /// A call in flight, or a group.
    #[must_use]
    pub fn get(&self, call_id: u64) -> Option<Arc<Call>> {
        if call_id & GROUP_BIT != 0 {
            return self.groups.get(call_id);
        }
        self.shard(call_id).lock().get(&call_id).cloned()
    }

    /// What is known of a call.
    #[must_use]
    pub fn find(&self, call_id: u64) -> Found {
        match self.get(call_id) {
            Some(call) => Found::Open(call),
            None => match self.given_up.lock().calls.get(&call_id) {
                Some(kind) => Found::GivenUp(*kind),
                None => Found::Unknown,
            },
        }
    }

    /// Calls in flight.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().len()).sum()
    }

    /// Whether no call is in flight.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shards.iter().all(|shard| shard.lock().is_empty())
    }

    /// How often what happened.
    #[must_use]
    pub fn counters(&self) -> Counters {
        Counters {
            submitted: self.submitted.load(Ordering::Relaxed),
            succeeded: self.succeeded.load(Ordering::Relaxed),
            failed: std::array::from_fn(|i| self.failed[i].load(Ordering::Relaxed)),
            late: self.late.load(Ordering::Relaxed),
            degraded: self.degraded.load(Ordering::Relaxed),
        }
    }

    fn take_and_complete(&self, call_id: u64, outcome: Outcome) -> Option<Arc<Call>> {
        let call = {
            let mut shard = self.shard(call_id).lock();
            let call = shard.remove(&call_id)?;
            if let Err(error) = &outcome
                && matches!(error.kind, ErrorKind::Cancelled | ErrorKind::Timeout)
            {
                self.given_up.lock().insert(call_id, error.kind);
            }
            call
        };
        let outcome = match (outcome, call.export().warning()) {
            (Ok(success), Some(warning)) if success == Success::default() => Ok(warning),
            (outcome, _) => outcome,
        };
        match &outcome {
            Ok(_) => &self.succeeded,
            Err(error) => &self.failed[usize::from(error.kind.number() - 1)],
        }
        .fetch_add(1, Ordering::Relaxed);
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

/// Call ids are counted up by the host, so multiplying spreads them well enough.
#[derive(Debug, Default)]
pub struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0 ^ value)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29);
    }
}

#[cfg(test)]
mod tests;
