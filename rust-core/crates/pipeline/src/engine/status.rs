// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The engine's state and counters, for the host.

use std::sync::atomic::Ordering;

use ferrule_context::ErrorKind;
use serde_json::json;

use super::Engine;

impl Engine {
    /// State, counters and pipelines as JSON. `failure` says why the engine ended, or is about to,
    /// although nobody stopped it. Counters are since the start: `submitted`,
    /// `succeeded` and `failed` of calls; `late` answers, which came after the outcome;
    /// `degraded` calls, whose attributes a node asked for but which are no JSON object;
    /// `lingering` calls, whose data was still held half a second after their outcome;
    /// `droppedHeaders`, values for the downstream that gRPC cannot carry; `droppedDetails`, parts
    /// of downstreams' answers (details, delays) that are too large or cannot be read;
    /// `droppedLogLines`.
    /// `inFlight`, `openBatches`, `payloadBytes` and `queued` are as of now.
    #[must_use]
    pub fn status(&self) -> String {
        let state = &self.state;
        let counters = state.calls.counters();
        let failed: serde_json::Map<_, _> = ErrorKind::ALL
            .iter()
            .zip(counters.failed)
            .map(|(kind, count)| (kind.name().to_owned(), json!(count)))
            .collect();
        let pipelines: Vec<_> = state
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
        let ready = self.runtime().is_some_and(|runtime| runtime.is_ready());
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "ready": ready,
            "stopping": state.is_stopping(),
            "failure": state.failure(),
            "memoryPressure": state.pressure_delay().is_some(),
            "inFlight": state.calls.len(),
            "openBatches": state.calls.open_groups(),
            "submitted": counters.submitted,
            "succeeded": counters.succeeded,
            "failed": failed,
            "late": counters.late,
            "degraded": counters.degraded,
            "lingering": state.lingering.load(Ordering::Relaxed),
            "droppedHeaders": state.dropped_headers.load(Ordering::Relaxed),
            "droppedDetails": state.dropped_details.load(Ordering::Relaxed),
            "payloadBytes": state.budget.used(),
            "maxPayloadBytes": state.config.max_payload_bytes,
            "maxInFlight": state.config.max_in_flight,
            "droppedLogLines": state.outbox.dropped_lines(),
            "pipelines": pipelines,
        })
        .to_string()
    }
}
