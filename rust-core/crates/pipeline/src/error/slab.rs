// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Structured errors on their way back through nodes that pass on text only.

use std::collections::hash_map::RandomState;
use std::fmt::Write;
use std::hash::{BuildHasher, Hasher};

use ferrule_context::Error;
use parking_lot::Mutex;

/// Errors that are kept at once, if the calls in flight are not fewer.
const MOST: usize = 4096;

/// Bytes of details that are kept at once; older errors lose theirs first.
const MOST_DETAILS: usize = 4 << 20;

/// Stands before and behind a marker. No text of a downstream contains it, because it is cleaned.
const EDGE: char = '\u{1e}';

/// A ring of errors, by the markers that stand for them in the reasons of Nacks.
///
/// An error may be looked up any number of times, because a Nack may go to all members of a
/// batch. Nothing has to be given back: a new error takes the place of the oldest, so that
/// markers that never arrive cost nothing. A marker whose error has been replaced stands for
/// nothing.
pub(crate) struct ErrorSlab {
    /// Part of each marker, so that a downstream cannot make one up.
    secret: String,
    errors: Mutex<Ring>,
}

struct Ring {
    capacity: usize,
    next: u64,
    /// The error with number n lies at n modulo the capacity.
    errors: Vec<(u64, Error)>,
    /// Bytes of the details of all errors.
    details: usize,
    /// Number of the oldest error that may have details.
    detailed: u64,
}

impl ErrorSlab {
    pub(crate) fn new(max_in_flight: usize) -> Self {
        Self {
            secret: format!("{:016x}", RandomState::new().build_hasher().finish()),
            errors: Mutex::new(Ring {
                capacity: max_in_flight.clamp(1, MOST),
                next: 0,
                errors: Vec::new(),
                details: 0,
                detailed: 0,
            }),
        }
    }

    /// Keeps an error; returns the reason for its Nack.
    pub(crate) fn reason(&self, error: Error) -> String {
        let mut reason = format!("{}{EDGE}{}", error.message, self.secret);
        let number = self.errors.lock().insert(error);
        let _ = write!(reason, "{number:x}{EDGE}");
        reason
    }

    /// The error that a reason stands for.
    pub(crate) fn resolve(&self, reason: &str) -> Option<Error> {
        let number = reason
            .split(EDGE)
            .find_map(|part| u64::from_str_radix(part.strip_prefix(&*self.secret)?, 16).ok())?;
        self.errors.lock().get(number)
    }
}

/// A reason without markers.
pub(crate) fn without_markers(reason: &str) -> String {
    reason.split(EDGE).step_by(2).collect()
}

impl Ring {
    fn insert(&mut self, error: Error) -> u64 {
        let number = self.next;
        self.next += 1;
        self.details += size_of_details(&error);
        if self.errors.len() < self.capacity {
            self.errors.push((number, error));
        } else {
            let index = self.index(number);
            self.details -= size_of_details(&self.errors[index].1);
            self.errors[index] = (number, error);
        }
        self.drop_details(number);
        number
    }

    /// Makes room, at the cost of errors older than `newest`.
    fn drop_details(&mut self, newest: u64) {
        while self.details > MOST_DETAILS && self.detailed < newest {
            let index = self.index(self.detailed);
            let (number, error) = &mut self.errors[index];
            if *number == self.detailed {
                self.details -= size_of_details(error);
                error.details = None;
            }
            self.detailed += 1;
        }
    }

    fn get(&self, number: u64) -> Option<Error> {
        let (found, error) = self.errors.get(self.index(number))?;
        (*found == number).then(|| error.clone())
    }

    fn index(&self, number: u64) -> usize {
        (number % self.capacity as u64) as usize
    }
}

fn size_of_details(error: &Error) -> usize {
    let details = error.details.as_deref();
    details.map_or(0, |details| details.elements().len())
}

impl std::fmt::Debug for ErrorSlab {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ErrorSlab")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn error_comes_back_whole_and_more_than_once() {
        let slab = ErrorSlab::new(10);
        let error = Error::exhausted("slow down", Duration::from_millis(1500));
        let reason = format!("all failed: {}; gave up", slab.reason(error.clone()));
        assert_eq!(slab.resolve(&reason), Some(error.clone()));
        assert_eq!(slab.resolve(&reason), Some(error));
        assert_eq!(without_markers(&reason), "all failed: slow down; gave up");
    }

    #[test]
    fn replaced_error_is_gone() {
        let slab = ErrorSlab::new(2);
        let reasons: Vec<_> = ["a", "b", "c"]
            .map(|text| slab.reason(Error::retryable(text)))
            .into();
        assert_eq!(slab.resolve(&reasons[0]), None);
        assert_eq!(slab.resolve(&reasons[1]).unwrap().message, "b");
        assert_eq!(slab.resolve(&reasons[2]).unwrap().message, "c");
    }

    #[test]
    fn details_are_bounded_over_all_errors() {
        let slab = ErrorSlab::new(MOST);
        let mut details = ferrule_context::Details::default();
        details.push_protobuf("type.googleapis.com/google.rpc.Help", &[7; 8 << 10]);
        let size = details.elements().len();
        let error = Error {
            details: Some(std::sync::Arc::new(details)),
            ..Error::retryable("a")
        };
        let reasons: Vec<_> = (0..2 * MOST).map(|_| slab.reason(error.clone())).collect();
        let kept = |reason: &String| {
            let found = slab.resolve(reason);
            found.is_some_and(|error| error.details.is_some())
        };
        let latest = MOST_DETAILS / size;
        assert!(reasons[2 * MOST - latest..].iter().all(kept));
        assert!(!reasons[..2 * MOST - latest].iter().any(kept));
        assert!(slab.resolve(&reasons[MOST]).is_some());
    }

    #[test]
    fn marker_that_was_made_up_stands_for_nothing() {
        let slab = ErrorSlab::new(2);
        let _ = slab.reason(Error::retryable("a"));
        for reason in [
            "",
            "plain",
            "x\u{1e}0\u{1e}",
            "\u{1e}",
            "\u{1e}00000000000000000\u{1e}",
        ] {
            assert_eq!(slab.resolve(reason), None, "{reason:?}");
        }
    }
}
