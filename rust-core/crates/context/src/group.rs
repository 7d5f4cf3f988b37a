// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Group calls, which stand for the members of a batch in the nodes behind it.

use std::ops::Deref;
use std::sync::Arc;

use crate::call::{Call, Members};
use crate::map::CallMap;
use crate::metadata::Metadata;
use crate::sync::{AtomicU64, Mutex, Ordering};

/// Ids with this bit are those of groups; no call of the host has one.
pub(crate) const GROUP_BIT: u64 = 1 << 63;

/// Registry of groups whose outcome is not known. They hold no credit and have no completion of their own.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    calls: Mutex<CallMap<Arc<Call>>>,
    last: AtomicU64,
}

impl Groups {
    pub(crate) fn open(self: &Arc<Self>, members: Members, metadata: Metadata) -> OpenGroup {
        let id = GROUP_BIT | self.last.fetch_add(1, Ordering::Relaxed);
        let call = Arc::new(Call::group(id, members, metadata));
        self.calls.lock().insert(id, Arc::clone(&call));
        OpenGroup {
            groups: Arc::clone(self),
            call,
        }
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

/// Guard of a group call: the table finds the group by its id until this is dropped.
#[derive(Debug)]
pub struct OpenGroup {
    groups: Arc<Groups>,
    call: Arc<Call>,
}

impl Deref for OpenGroup {
    type Target = Call;

    fn deref(&self) -> &Call {
        &self.call
    }
}

impl Drop for OpenGroup {
    fn drop(&mut self) {
        self.groups.remove(self.call.id());
    }
}

#[cfg(test)]
mod tests;
