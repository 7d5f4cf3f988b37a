// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The values of this process by number, such as its engines.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use arc_swap::ArcSwapOption;

/// A registry of shared values by number, which keeps none of them alive. It has no lock, so that
/// the panic hook can look at it whatever panicked, and a value can remove itself wherever its last
/// owner is.
#[derive(Debug)]
pub(super) struct Registry<T> {
    values: ArcSwapOption<BTreeMap<u64, Weak<T>>>,
    next: AtomicU64,
}

impl<T> Registry<T> {
    pub(super) const fn new() -> Self {
        Self {
            values: ArcSwapOption::const_empty(),
            next: AtomicU64::new(1),
        }
    }

    /// A number, never given again.
    pub(super) fn next_id(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn insert(&self, id: u64, value: &Arc<T>) {
        self.change(|values| {
            values.insert(id, Arc::downgrade(value));
        });
    }

    pub(super) fn remove(&self, id: u64) {
        self.change(|values| {
            values.remove(&id);
        });
    }

    pub(super) fn get(&self, id: u64) -> Option<Arc<T>> {
        self.values.load().as_ref()?.get(&id)?.upgrade()
    }

    pub(super) fn all(&self) -> Vec<Arc<T>> {
        let values = self.values.load();
        let values = values.iter().flat_map(|values| values.values());
        values.filter_map(Weak::upgrade).collect()
    }

    fn change(&self, change: impl Fn(&mut BTreeMap<u64, Weak<T>>)) {
        self.values.rcu(|values| {
            let mut values = values.as_deref().cloned().unwrap_or_default();
            change(&mut values);
            Some(Arc::new(values))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_is_found_until_it_is_removed_or_dropped() {
        let registry = Registry::new();
        let (first, second) = (Arc::new("first"), Arc::new("second"));
        let ids = [registry.next_id(), registry.next_id()];
        registry.insert(ids[0], &first);
        registry.insert(ids[1], &second);
        assert_eq!(registry.get(ids[1]).as_deref(), Some(&"second"));
        assert_eq!(registry.all().len(), 2);
        registry.remove(ids[0]);
        drop(second);
        assert_eq!(ids.map(|id| registry.get(id)), [None, None]);
        assert!(registry.all().is_empty());
    }
}
