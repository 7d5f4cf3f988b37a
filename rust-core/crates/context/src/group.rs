// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Calls that stand for several: what the nodes behind a batch see of its members.

use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::deadline::{deadline_in, group_deadline};
use crate::sync::{AtomicU64, Mutex, Ordering};
use crate::{Call, CallMap, CallOwner, CallTable, CancelCause, Ending, ErrorKind, TraceContext};

/// Ids with this bit are those of groups; no call of the host has one.
pub(crate) const GROUP_BIT: u64 = 1 << 63;

/// What has been merged into one message.
#[derive(Debug, Default)]
pub struct Members {
    /// Calls whose data is in the message.
    pub calls: Vec<Arc<Call>>,
    /// Whether there is data of no call in the message. Then its deadline is infinite, and it is
    /// never in vain to work on it.
    pub others: bool,
}

impl Members {
    /// The latest deadline, as far away as can be if one of the members has none.
    pub(crate) fn deadline(&self, now: Instant) -> Instant {
        let calls = self.calls.iter().map(|call| Some(call.deadline()));
        group_deadline(calls.chain(self.others.then_some(None)))
            .unwrap_or_else(|| deadline_in(now, Duration::MAX))
    }

    /// The trace that all members belong to, as the first one has it.
    pub(crate) fn trace(&self) -> Option<TraceContext> {
        let mut traces = self.calls.iter().map(|call| call.trace());
        let first = traces.next()??;
        let common = traces.all(|trace| trace.is_some_and(|it| it.trace_id == first.trace_id));
        (common && !self.others).then(|| first.clone())
    }

    pub(crate) fn are_finished(&self) -> bool {
        !self.others && self.calls.iter().all(|call| call.is_finished())
    }

    /// Completes once all members are finished.
    pub(crate) async fn finished(&self) {
        if self.others {
            return std::future::pending().await;
        }
        // One after the other is enough, because no call ever opens again
        for call in &self.calls {
            call.finished_alone().await;
        }
    }

    /// How the group ended: as expired if all members are, else as left by all its members.
    pub(crate) fn ending(&self) -> Option<Ending> {
        let timeout = Some(ErrorKind::Timeout);
        let is_timeout = |call: &Arc<Call>| call.ending().is_some_and(|it| it.failure == timeout);
        self.are_finished().then(|| {
            if self.calls.iter().all(is_timeout) {
                Ending {
                    failure: timeout,
                    cause: None,
                }
            } else {
                Ending {
                    failure: Some(ErrorKind::Cancelled),
                    cause: Some(CancelCause::BatchPeer),
                }
            }
        })
    }
}

/// Groups whose outcome is not known. They hold no credit and have no completion of their own.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    calls: Mutex<CallMap<Arc<Call>>>,
    last: AtomicU64,
}

impl Groups {
    pub(crate) fn next_id(&self) -> u64 {
        GROUP_BIT | self.last.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn insert(&self, call: Arc<Call>) {
        self.calls.lock().insert(call.id(), call);
    }

    pub(crate) fn get(&self, id: u64) -> Option<Arc<Call>> {
        self.calls.lock().get(&id).cloned()
    }

    fn remove(&self, id: u64) {
        self.calls.lock().remove(&id);
    }

    pub(crate) fn len(&self) -> usize {
        self.calls.lock().len()
    }
}

/// A group call, found by its id until this is dropped.
#[derive(Debug)]
pub struct OpenGroup {
    pub(crate) table: Arc<CallTable>,
    pub(crate) call: Arc<Call>,
}

impl Deref for OpenGroup {
    type Target = Call;

    fn deref(&self) -> &Call {
        &self.call
    }
}

impl Drop for OpenGroup {
    fn drop(&mut self) {
        self.table.groups().remove(self.call.id());
    }
}

/// Nobody has to let go of a group: it ends with its members.
pub(crate) struct Nobody;

impl CallOwner for Nobody {
    fn released(&self, _: u64) {}
}

#[cfg(test)]
mod tests;
