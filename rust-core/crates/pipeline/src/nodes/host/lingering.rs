// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Calls that have their outcome while the pipeline still holds their data.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ferrule_context::LogLevel;

use super::timers::Timers;
use crate::engine::state::EngineState;

/// Time for the pipeline to ack or nack a call's data after the call's outcome.
const GRACE: Duration = Duration::from_millis(500);

/// At most one line of log in this time.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

const TARGET: &str = "receiver.host";

/// A watch list of calls within their grace. The pipeline acks or nacks the data of a call that
/// ended, which for a node that knows nothing of cancellation may take until its own timeout. Calls
/// whose data is held longer than the grace are counted and logged; their bytes stay counted in the
/// byte budget.
pub(super) struct Lingering {
    engine: Arc<EngineState>,
    calls: Timers<()>,
    unreported: u64,
    quiet_until: Option<Instant>,
}

impl Lingering {
    pub(super) fn new(engine: Arc<EngineState>) -> Self {
        Self {
            engine,
            calls: Timers::new(),
            unreported: 0,
            quiet_until: None,
        }
    }

    /// A call that the pipeline holds got its outcome.
    pub(super) fn insert(&mut self, call_id: u64, ended: Instant) {
        self.calls.insert(call_id, ended + GRACE, ());
    }

    /// The pipeline acked or nacked a call's data.
    pub(super) fn remove(&mut self, call_id: u64) {
        self.calls.remove(call_id);
    }

    /// The data of a call that ended at `ended` was dropped; it counts if that took too long.
    pub(super) fn check(&mut self, ended: Instant, now: Instant) {
        if now.saturating_duration_since(ended) > GRACE {
            self.count();
        }
    }

    pub(super) fn first(&self) -> Option<Instant> {
        self.calls.first()
    }

    /// Counts the calls whose grace is over.
    pub(super) fn expire(&mut self, now: Instant) {
        while self.calls.pop_due(now).is_some() {
            self.count();
        }
        if self.unreported > 0 && self.quiet_until.is_none_or(|until| until <= now) {
            self.quiet_until = Some(now + LOG_INTERVAL);
            let calls = std::mem::take(&mut self.unreported);
            let text = format!(
                "data of {calls} calls was still held {} ms after the calls had ended",
                GRACE.as_millis()
            );
            self.engine.log(LogLevel::Warn, TARGET, text);
        }
    }

    fn count(&mut self) {
        self.unreported += 1;
        self.engine.lingering.fetch_add(1, Ordering::Relaxed);
    }
}
