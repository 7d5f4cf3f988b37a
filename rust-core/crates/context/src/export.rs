// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What exporters note on a call.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use parking_lot::Mutex;

use crate::Success;

/// What exporters note on a call. All methods may be called from any thread.
#[derive(Debug, Default)]
pub(crate) struct Export {
    started: OnceLock<Instant>,
    attempts: AtomicU32,
    warning: Mutex<Option<Success>>,
}

impl Export {
    /// Notes that an attempt to send the data starts now.
    pub(crate) fn attempt(&self) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        self.started.get_or_init(Instant::now);
    }

    /// Attempts so far.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// When the first attempt started.
    pub(crate) fn started(&self) -> Option<Instant> {
        self.started.get().copied()
    }

    pub(crate) fn warn(&self, warning: Success) {
        let mut noted = self.warning.lock();
        let rejected = noted.as_ref().map_or(0, |noted| noted.rejected_items);
        *noted = Some(Success {
            rejected_items: rejected.max(warning.rejected_items),
            ..warning
        });
    }

    /// The warning, if there was one.
    pub(crate) fn warning(&self) -> Option<Success> {
        self.warning.lock().clone()
    }
}
