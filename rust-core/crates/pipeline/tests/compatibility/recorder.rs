// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! `urn:ferrule-testing:exporter:recorder`: tells what has arrived of a call, and takes or
//! refuses the data.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ferrule_context::{Error, LogLevel, Success};
use ferrule_pipeline::EngineState;
use ferrule_pipeline::engine_api::{
    ConfigError, ExporterFactory, OTAP_EXPORTER_FACTORIES, OtapPdata,
};
use ferrule_pipeline::node::local::{ContextExporter, ExporterHandler, exporter_factory};
use linkme::distributed_slice;
use serde::Deserialize;

pub const RECORDER: &str = "urn:ferrule-testing:exporter:recorder";

#[derive(Deserialize)]
struct Config {
    refuse: bool,
}

struct Recorder {
    refuse: bool,
    engine: Option<Arc<EngineState>>,
}

#[allow(
    unsafe_code,
    reason = "the engine collects factories in a link section"
)]
#[distributed_slice(OTAP_EXPORTER_FACTORIES)]
static FACTORY: ExporterFactory<OtapPdata> = exporter_factory::<Recorder>(RECORDER);

/// What a recorder refuses data with.
pub fn refusal() -> Error {
    Error::exhausted("slow down", Duration::from_millis(1500))
}

#[async_trait(?Send)]
impl ContextExporter for Recorder {
    type Config = Config;

    fn new(config: Config, engine: Option<&Arc<EngineState>>) -> Result<Self, ConfigError> {
        Ok(Self {
            refuse: config.refuse,
            engine: engine.cloned(),
        })
    }

    async fn export(
        &mut self,
        data: &mut OtapPdata,
        handler: &ExporterHandler<'_>,
    ) -> Result<Success, Error> {
        let call = handler.call().map_or_else(
            || "none".to_owned(),
            |call| {
                let left = call.deadline().saturating_duration_since(Instant::now());
                let tenant = call.metadata().first("x-tenant").unwrap_or_default();
                format!("{} tenant={tenant} left={}", call.id(), left.as_secs() / 10)
            },
        );
        let headers: Vec<_> = data
            .transport_headers()
            .into_iter()
            .flat_map(|headers| headers.iter())
            .map(|header| header.wire_name().to_owned())
            .collect();
        if let Some(engine) = &self.engine {
            let text = format!("recorded call={call} headers={}", headers.join(","));
            engine.log(LogLevel::Info, "testing.recorder", text);
        }
        if self.refuse {
            return Err(refusal());
        }
        Ok(Success::default())
    }
}
