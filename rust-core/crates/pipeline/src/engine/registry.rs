// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The values of this process by number, such as its engines.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::RwLock;

/// A registry of shared values by number, which keeps none of them alive.
#[derive(Debug)]
pub(super) struct Registry<T> {
    values: RwLock<BTreeMap<u64, Weak<T>>>,
    next: AtomicU64,
}

impl<T> Registry<T> {
    pub(super) const fn new() -> Self {
        Self {
            values: RwLock::new(BTreeMap::new()),
            next: AtomicU64::new(1),
        }
    }

    /// A number, never given again.
    pub(super) fn next_id(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn insert(&self, id: u64, value: &Arc<T>) {
        self.values.write().insert(id, Arc::downgrade(value));
    }

    pub(super) fn remove(&self, id: u64) {
        self.values.write().remove(&id);
    }

    pub(super) fn get(&self, id: u64) -> Option<Arc<T>> {
        self.values.read().get(&id).and_then(Weak::upgrade)
    }

    /// All values; none if they cannot be looked at now.
    pub(super) fn all(&self) -> Vec<Arc<T>> {
        // A panic while the lock is held must not dead-lock the hook that reports it. The lock is
        // released before the values are, because the last owner of one takes it to remove it.
        self.values.try_read().map_or_else(Vec::new, |values| {
            values.values().filter_map(Weak::upgrade).collect()
        })
    }
}
