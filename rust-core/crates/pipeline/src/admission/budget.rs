// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The byte budget of all payloads in flight.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A counter of the bytes that payloads hold at once, with a bound. By hand, because a permit of
/// tokio's `Semaphore` neither holds more than `u32::MAX` nor exceeds the bound, as merged data may.
#[derive(Debug)]
pub(crate) struct ByteBudget {
    used: AtomicUsize,
    most: usize,
}

impl ByteBudget {
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            used: AtomicUsize::new(0),
            most,
        })
    }

    /// Takes `bytes` out of the budget if they are there.
    pub(crate) fn take(self: &Arc<Self>, bytes: usize) -> Option<Permit> {
        let mut permit = Permit {
            budget: Arc::clone(self),
            bytes: 0,
        };
        permit.grow(bytes).then_some(permit)
    }

    /// Takes `bytes` out of the budget whether they are there or not, for what replaces data that
    /// was part of it.
    pub(crate) fn take_anyway(self: &Arc<Self>, bytes: usize) -> Permit {
        self.used.fetch_add(bytes, Ordering::Relaxed);
        Permit {
            budget: Arc::clone(self),
            bytes,
        }
    }

    pub(crate) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }
}

/// A permit for bytes of the budget, given back when dropped.
#[derive(Debug)]
pub struct Permit {
    budget: Arc<ByteBudget>,
    bytes: usize,
}

impl Permit {
    /// Takes more bytes; false if they are not there.
    pub(crate) fn grow(&mut self, bytes: usize) -> bool {
        let most = self.budget.most;
        let taken = self
            .budget
            .used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                used.checked_add(bytes).filter(|used| *used <= most)
            });
        if taken.is_ok() {
            self.bytes += bytes;
        }
        taken.is_ok()
    }

    /// Bytes that it holds.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Passes `bytes` of it, at most all, on to a permit of their own.
    #[must_use]
    pub fn split_off(&mut self, bytes: usize) -> Self {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        Self {
            budget: Arc::clone(&self.budget),
            bytes,
        }
    }

    /// Gives back all but `bytes`.
    pub(crate) fn shrink_to(&mut self, bytes: usize) {
        let rest = self.bytes.saturating_sub(bytes);
        self.budget.used.fetch_sub(rest, Ordering::Relaxed);
        self.bytes -= rest;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Bytes with the permit that they hold until they are dropped.
pub(crate) struct Budgeted<T> {
    bytes: T,
    _permit: Permit,
}

impl<T: AsRef<[u8]>> AsRef<[u8]> for Budgeted<T> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

/// Ties `bytes` to their permit.
pub(crate) fn budgeted<T>(bytes: T, permit: Permit) -> bytes::Bytes
where
    T: AsRef<[u8]> + Send + 'static,
{
    bytes::Bytes::from_owner(Budgeted {
        bytes,
        _permit: permit,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budget_is_given_back_when_the_last_slice_is_dropped() {
        let budget = ByteBudget::new(10);
        let bytes = budgeted(vec![1_u8; 8], budget.take(8).unwrap());
        let slice = bytes.slice(2..4);
        drop(bytes);
        assert_eq!(budget.used(), 8);
        assert!(budget.take(3).is_none());
        drop(slice);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn parts_of_a_permit_are_given_back_one_by_one() {
        let budget = ByteBudget::new(10);
        let mut permit = budget.take(8).unwrap();
        let part = permit.split_off(3);
        drop(permit);
        assert_eq!(budget.used(), 3);
        drop(part);
        assert_eq!(budget.used(), 0);
        assert_eq!(budget.take(4).unwrap().split_off(5).bytes(), 4);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn growth_beyond_the_budget_takes_nothing() {
        let budget = ByteBudget::new(10);
        let mut permit = budget.take(6).unwrap();
        assert!(!permit.grow(5));
        assert!(!permit.grow(usize::MAX));
        assert_eq!(budget.used(), 6);
    }
}
