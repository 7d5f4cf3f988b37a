// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Timers of calls.

use std::collections::BTreeSet;
use std::time::Instant;

use ferrule_context::CallMap;

/// A queue of calls by instant, with a value for each. What is removed is gone at once. By hand,
/// because `tokio_util::time::DelayQueue` rounds up to milliseconds, panics beyond two years, needs
/// a map from call ids all the same, and costs more while few calls are in flight.
pub(super) struct Timers<V> {
    calls: CallMap<(Instant, V)>,
    order: BTreeSet<(Instant, u64)>,
}

impl<V> Timers<V> {
    pub(super) fn new() -> Self {
        Self {
            calls: CallMap::default(),
            order: BTreeSet::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    pub(super) fn first(&self) -> Option<Instant> {
        self.order.first().map(|(at, _)| *at)
    }

    pub(super) fn insert(&mut self, call_id: u64, at: Instant, value: V) {
        self.remove(call_id);
        self.calls.insert(call_id, (at, value));
        self.order.insert((at, call_id));
    }

    pub(super) fn get_mut(&mut self, call_id: u64) -> Option<&mut V> {
        self.calls.get_mut(&call_id).map(|(_, value)| value)
    }

    pub(super) fn remove(&mut self, call_id: u64) -> Option<V> {
        let (at, value) = self.calls.remove(&call_id)?;
        self.order.remove(&(at, call_id));
        Some(value)
    }

    /// Takes out a call whose instant is not after `now`.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<(u64, V)> {
        let (at, call_id) = self.order.first().copied()?;
        let value = (at <= now).then(|| self.remove(call_id))??;
        Some((call_id, value))
    }

    /// Takes out all calls.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = u64> {
        self.order.clear();
        self.calls.drain().map(|(call_id, _)| call_id)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn calls_come_out_when_due_and_once() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut timers = Timers::new();
        for (call_id, seconds) in [(1, 3), (2, 1), (3, 2), (4, 1)] {
            timers.insert(call_id, at(seconds), seconds);
        }
        assert_eq!(timers.remove(4), Some(1));
        timers.insert(3, at(9), 9);
        assert_eq!(timers.first(), Some(at(1)));
        assert_eq!(timers.pop_due(at(3)), Some((2, 1)));
        assert_eq!(timers.pop_due(at(3)), Some((1, 3)));
        assert_eq!(timers.pop_due(at(3)), None);
        assert_eq!(timers.drain().collect::<Vec<_>>(), [3]);
        assert!(timers.is_empty() && timers.first().is_none());
    }
}
