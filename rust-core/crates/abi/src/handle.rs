// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Handles: generation-checked numbers that stand for values of the library.

use std::sync::{Arc, LazyLock};

use parking_lot::RwLock;
use slotmap::{DefaultKey, Key as _, KeyData, SlotMap};

/// Table of shared values by handle, for any thread. A handle is never valid again once its value
/// was removed, so that a stale one is an error and not an access to freed memory.
///
/// A handle is the key of a slot, `version << 32 | index`; zero is never valid and all are positive
/// as `i64`.
#[derive(Debug)]
pub struct HandleTable<T> {
    slots: LazyLock<Slots<T>>,
}

/// A slot that is retired stays occupied, by nothing.
type Slots<T> = RwLock<SlotMap<DefaultKey, Option<Arc<T>>>>;

/// A slot is retired with this version, the last that makes a positive handle: the versions of a
/// slot map wrap, and then its keys come back. Low enough in tests to be reached.
const LAST_VERSION: u64 = if cfg!(test) { 9 } else { i32::MAX as u64 };

impl<T> HandleTable<T> {
    /// Creates an empty table.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            slots: LazyLock::new(RwLock::default),
        }
    }

    /// Inserts a value and returns its handle.
    pub fn insert(&self, value: Arc<T>) -> u64 {
        self.slots.write().insert(Some(value)).data().as_ffi()
    }

    /// Returns the value of a handle, none if that is stale or made up. The caller's reference keeps
    /// the value alive. Takes a read lock for the look-up only.
    pub fn get(&self, handle: u64) -> Option<Arc<T>> {
        let key = key(handle)?;
        self.slots.read().get(key)?.clone()
    }

    /// Removes the value of a handle and returns it; of several callers only one gets it.
    pub fn remove(&self, handle: u64) -> Option<Arc<T>> {
        let key = key(handle)?;
        let mut slots = self.slots.write();
        let value = slots.get_mut(key)?.take()?;
        if handle >> 32 < LAST_VERSION {
            slots.remove(key);
        }
        Some(value)
    }
}

impl<T> Default for HandleTable<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// The key that a handle was made of; a made-up handle may come from none.
fn key(handle: u64) -> Option<DefaultKey> {
    let data = KeyData::from_ffi(handle);
    (data.as_ffi() == handle).then(|| data.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removed_handle_stays_invalid_when_its_slot_is_used_again() {
        let table = HandleTable::new();
        let first = table.insert(Arc::new("first"));
        assert_eq!(table.remove(first).as_deref(), Some(&"first"));
        let second = table.insert(Arc::new("second"));
        assert_ne!(first, second);
        assert!(table.get(first).is_none());
        assert!(table.remove(first).is_none());
        assert_eq!(table.get(second).as_deref(), Some(&"second"));
    }

    #[test]
    fn zero_and_made_up_handles_are_unknown() {
        let table = HandleTable::<u8>::new();
        assert!(table.get(0).is_none());
        assert!(table.get(u64::MAX).is_none());
        assert!(table.remove(1 << 32 | 7).is_none());
        let handle = table.insert(Arc::new(1));
        for bit in 0..u64::BITS {
            assert!(table.get(handle ^ 1 << bit).is_none());
        }
    }

    #[test]
    fn value_outlives_removal_while_it_is_used() {
        let table = HandleTable::new();
        let handle = table.insert(Arc::new(5));
        let used = table.get(handle);
        assert!(table.remove(handle).is_some());
        assert_eq!(used.as_deref(), Some(&5));
    }

    #[test]
    fn handles_are_positive_as_java_longs() {
        let table = HandleTable::new();
        assert!(table.insert(Arc::new(1)).cast_signed() > 0);
    }

    #[test]
    fn slot_is_retired_before_its_versions_wrap() {
        let table = HandleTable::new();
        let mut handles = Vec::new();
        for _ in 0..3 * LAST_VERSION {
            let handle = table.insert(Arc::new(1));
            assert!(handle >> 32 <= LAST_VERSION);
            assert!(table.remove(handle).is_some());
            assert!(table.remove(handle).is_none());
            handles.push(handle);
        }
        assert!(handles.iter().all(|handle| table.get(*handle).is_none()));
        handles.sort_unstable();
        handles.dedup();
        assert_eq!(handles.len() as u64, 3 * LAST_VERSION);
    }
}
