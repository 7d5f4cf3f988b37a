// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Calls that are held until somebody finishes them. What was seen of them goes to the log.

use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use ferrule_context::{Call, CancelCause, Ending, ErrorKind, LogLevel};
use ferrule_pipeline::EngineState;
use ferrule_pipeline::engine_api::local::exporter::EffectHandler;
use ferrule_pipeline::engine_api::{AckMsg, ConsumerEffectHandlerExtension, OtapPdata};
use tokio::task::JoinSet;

const TARGET: &str = "testing.park";

/// Header whose first value is told.
const TENANT: &str = "x-tenant-id";

/// Any number of parked calls; dropping it lets them go.
pub(crate) struct Parking {
    engine: Arc<EngineState>,
    handler: EffectHandler<OtapPdata>,
    parked: JoinSet<()>,
}

impl Parking {
    pub(crate) fn new(engine: Arc<EngineState>, handler: EffectHandler<OtapPdata>) -> Self {
        Self {
            engine,
            handler,
            parked: JoinSet::new(),
        }
    }

    /// Holds a call without waiting for it.
    pub(crate) fn park(&mut self, call: Arc<Call>, data: OtapPdata) {
        while self.parked.try_join_next().is_some() {}
        // Reads the attributes, as a node that works with them does.
        let _ = call.attributes().object();
        self.engine.log(LogLevel::Info, TARGET, arrival(&call));
        let (engine, handler) = (Arc::clone(&self.engine), self.handler.clone());
        self.parked.spawn_local(async move {
            call.finished().await;
            let now = SystemTime::now();
            let nanos = now
                .duration_since(UNIX_EPOCH)
                .map_or(0, |time| time.as_nanos());
            let text = format!(
                "finished call={} cause={} at={nanos}",
                call.id(),
                cause(call.ending())
            );
            engine.log(LogLevel::Info, TARGET, text);
            // As an exporter that gave up would answer; it fails only if the pipeline ends.
            let _ = handler.notify_ack(AckMsg::new(data)).await;
        });
    }
}

pub(crate) fn arrival(call: &Call) -> String {
    let time_left = call.deadline().saturating_duration_since(Instant::now());
    let (trace, state) = call.trace().map_or_else(Default::default, |trace| {
        let ids = format!(
            "{:032x}-{:016x}-{:02x}",
            u128::from_be_bytes(trace.trace_id),
            u64::from_be_bytes(trace.span_id),
            trace.flags
        );
        (ids, &*trace.trace_state)
    });
    let names: Vec<_> = call.metadata().iter().map(|entry| entry.name).collect();
    format!(
        "parked call={} time-left-ms={} tenant={} trace={trace} state={state} attributes={} \
         headers={}",
        call.id(),
        time_left.as_millis(),
        call.metadata().first(TENANT).unwrap_or_default(),
        String::from_utf8_lossy(call.attributes().json()),
        names.join(",")
    )
}

fn cause(ending: Option<Ending>) -> &'static str {
    match ending {
        Some(Ending {
            failure: Some(ErrorKind::Timeout),
            ..
        }) => "DEADLINE",
        Some(Ending {
            cause: Some(cause), ..
        }) => match cause {
            CancelCause::Client => "CLIENT",
            CancelCause::Application => "APPLICATION",
            CancelCause::Shutdown => "SHUTDOWN",
            CancelCause::BatchPeer => "BATCH_PEER",
            CancelCause::Downstream => "DOWNSTREAM",
        },
        _ => "none",
    }
}
