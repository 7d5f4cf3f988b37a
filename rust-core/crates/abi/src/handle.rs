// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Handles: generation-checked numbers that stand for values of the library.

use std::sync::Arc;

use parking_lot::RwLock;

/// Table of shared values by handle, for any thread. A handle is never valid again once its value
/// was removed, so that a stale one is an error and not an access to freed memory.
///
/// A handle is `generation << 32 | index + 1`; zero is never valid and all are positive as `i64`.
#[derive(Debug)]
pub struct HandleTable<T> {
    slots: RwLock<Slots<T>>,
}

#[derive(Debug)]
struct Slots<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
}

#[derive(Debug)]
struct Slot<T> {
    generation: u32,
    value: Option<Arc<T>>,
}

/// Generations stay below this so that a handle is positive as `i64`. A slot that used all of
/// them is not used again.
const LAST_GENERATION: u32 = i32::MAX.cast_unsigned();

impl<T> HandleTable<T> {
    /// Creates an empty table.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            slots: RwLock::new(Slots {
                slots: Vec::new(),
                free: Vec::new(),
            }),
        }
    }

    /// Inserts a value and returns its handle.
    pub fn insert(&self, value: Arc<T>) -> u64 {
        let mut slots = self.slots.write();
        let index = if let Some(index) = slots.free.pop() {
            index
        } else {
            slots.slots.push(Slot {
                generation: 1,
                value: None,
            });
            u32::try_from(slots.slots.len() - 1).unwrap_or(u32::MAX - 1)
        };
        let slot = &mut slots.slots[index as usize];
        slot.value = Some(value);
        handle(slot.generation, index)
    }

    /// Returns the value of a handle, none if that is stale or made up. The caller's reference keeps
    /// the value alive. Takes a read lock for the look-up only.
    pub fn get(&self, handle: u64) -> Option<Arc<T>> {
        let (generation, index) = split(handle)?;
        let slots = self.slots.read();
        let slot = slots.slots.get(index as usize)?;
        if slot.generation == generation {
            slot.value.clone()
        } else {
            None
        }
    }

    /// Removes the value of a handle and returns it; of several callers only one gets it.
    pub fn remove(&self, handle: u64) -> Option<Arc<T>> {
        let (generation, index) = split(handle)?;
        let mut slots = self.slots.write();
        let slot = slots.slots.get_mut(index as usize)?;
        if slot.generation != generation {
            return None;
        }
        let value = slot.value.take()?;
        slot.generation += 1;
        if slot.generation < LAST_GENERATION {
            slots.free.push(index);
        }
        Some(value)
    }
}

impl<T> Default for HandleTable<T> {
    fn default() -> Self {
        Self::new()
    }
}

fn handle(generation: u32, index: u32) -> u64 {
    u64::from(generation) << 32 | (u64::from(index) + 1)
}

fn split(handle: u64) -> Option<(u32, u32)> {
    let generation = u32::try_from(handle >> 32).ok()?;
    let index = u32::try_from(handle & 0xffff_ffff).ok()?.checked_sub(1)?;
    Some((generation, index))
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
}
