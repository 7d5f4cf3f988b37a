// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Stages and timings of a call.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::outcome::{Success, Timings};
use crate::sync::{AtomicU64, Ordering};

/// Stage that a call has reached. The numbers cross to the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Phase {
    /// It waits for the pipeline.
    Queued = 1,
    /// Its payload is decompressed or read as JSON, or waits for that.
    Decoding = 2,
    /// It is in the pipeline before export, which may be a batch.
    Pipeline = 3,
    /// An exporter of ours sends it, or waits to do so again.
    Export = 4,
}

/// Marks that the stages of the pipeline leave on a call, from any thread.
#[derive(Debug)]
pub(super) struct Progress {
    submitted: Instant,
    /// Nanoseconds after `submitted` at which the pipeline got the call; 0 until then.
    dispatched: AtomicU64,
    decoding: AtomicBool,
    /// Start of the first export attempt.
    exporting: OnceLock<Instant>,
    attempts: AtomicU32,
    warning: Mutex<Option<Success>>,
}

impl Progress {
    pub(super) fn new(submitted: Instant) -> Self {
        Self {
            submitted,
            dispatched: AtomicU64::new(0),
            decoding: AtomicBool::new(false),
            exporting: OnceLock::new(),
            attempts: AtomicU32::new(0),
            warning: Mutex::new(None),
        }
    }

    pub(super) fn mark_decoding(&self, decoding: bool) {
        self.decoding.store(decoding, Ordering::Relaxed);
    }

    pub(super) fn mark_dispatched(&self) {
        let nanos = nanos(self.submitted.elapsed()).max(1);
        self.dispatched.store(nanos, Ordering::Relaxed);
    }

    /// Marks the start of an export attempt.
    pub(super) fn note_attempt(&self) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        self.exporting.get_or_init(Instant::now);
    }

    /// Keeps the latest warning, with the most rejected items of all.
    pub(super) fn note_warning(&self, warning: Success) {
        let mut noted = self.warning.lock();
        let rejected = noted.as_ref().map_or(0, |noted| noted.rejected_items);
        *noted = Some(Success {
            rejected_items: rejected.max(warning.rejected_items),
            ..warning
        });
    }

    pub(super) fn warning(&self) -> Option<Success> {
        self.warning.lock().clone()
    }

    pub(super) fn phase(&self) -> Phase {
        if self.exporting.get().is_some() {
            Phase::Export
        } else if self.dispatched.load(Ordering::Relaxed) != 0 {
            Phase::Pipeline
        } else if self.decoding.load(Ordering::Relaxed) {
            Phase::Decoding
        } else {
            Phase::Queued
        }
    }

    /// Timings of a call that ends now.
    pub(super) fn timings(&self) -> Timings {
        let total = nanos(self.submitted.elapsed());
        let attempts = self.attempts.load(Ordering::Relaxed);
        match self.dispatched.load(Ordering::Relaxed) {
            0 => Timings {
                queued: total,
                attempts,
                ..Timings::default()
            },
            dispatched => {
                let start = self.exporting.get();
                let exporting = start.map_or(0, |start| nanos(start.elapsed()));
                Timings {
                    queued: dispatched,
                    processing: total.saturating_sub(dispatched).saturating_sub(exporting),
                    exporting,
                    attempts,
                }
            }
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
