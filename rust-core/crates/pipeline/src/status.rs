// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What the engine tells of itself.

use std::sync::atomic::Ordering;

use ferrule_context::ErrorKind;
use serde_json::json;

use crate::engine::Engine;
use crate::runtime::Runtime;

impl Engine {
    /// State, counters and pipelines as JSON.
    #[must_use]
    pub fn status(&self) -> String {
        let shared = &self.shared;
        let counters = shared.calls.counters();
        let failed: serde_json::Map<_, _> = ErrorKind::ALL
            .iter()
            .zip(counters.failed)
            .map(|(kind, count)| (kind.name().to_owned(), json!(count)))
            .collect();
        let pipelines: Vec<_> = shared
            .pipelines
            .iter()
            .map(|pipeline| {
                json!({
                    "name": pipeline.name,
                    "instances": pipeline.lanes.count(),
                    "queued": pipeline.lanes.depth(),
                    "starts": pipeline.starts.load(Ordering::Relaxed),
                })
            })
            .collect();
        let ready = self.runtime.lock().as_ref().is_some_and(Runtime::is_ready);
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "ready": ready,
            "stopping": shared.is_stopping(),
            "memoryPressure": self.retry_for_pressure().is_some(),
            "inFlight": shared.calls.len(),
            "submitted": counters.submitted,
            "succeeded": counters.succeeded,
            "failed": failed,
            "late": counters.late,
            "payloadBytes": shared.budget.used(),
            "droppedLogLines": shared.outbox.dropped_lines(),
            "pipelines": pipelines,
        })
        .to_string()
    }
}
