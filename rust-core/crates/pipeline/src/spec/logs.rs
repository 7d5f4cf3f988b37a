// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The way of the engine's own logs.

use ferrule_context::Error;
use serde_json::{Value, json};

use super::json::{object, raise};
use crate::config::start::StartConfig;
use crate::engine_api::{EngineObservabilityPipelineConfig, INTERNAL_TELEMETRY_RECEIVER_URN};
use crate::error::configuration::configuration;
use crate::urns::ENGINE_LOG_EXPORTER;

/// Log lines of the engine that may wait; beyond this they are lost.
const LOG_CHANNEL: usize = 4096;

/// Routes the engine's logs to the host, unless the specification has an observability pipeline of
/// its own; that gets them then.
pub(super) fn complete(spec: &mut Value, config: &StartConfig) -> Result<(), Error> {
    let engine = object(&mut spec["engine"]);
    let telemetry = object(engine.entry("telemetry").or_insert_with(|| json!({})));
    raise(telemetry, "reporting_channel_size", LOG_CHANNEL);
    let logs = object(telemetry.entry("logs").or_insert_with(|| json!({})));
    // Threads of the engine without a provider are served by a subscriber for the whole process.
    logs.insert(
        "providers".to_owned(),
        json!({"global": "noop", "engine": "its", "internal": "noop", "admin": "its"}),
    );
    logs.insert("level".to_owned(), json!(config.log_level.directive()));
    let default = serde_json::to_value(EngineObservabilityPipelineConfig::default())
        .map_err(|error| configuration(error.to_string()))?;
    let observability = object(engine.entry("observability").or_insert_with(|| json!({})));
    let pipeline = observability.entry("pipeline").or_insert(Value::Null);
    if pipeline.is_null() || *pipeline == default {
        *pipeline = json!({
            "nodes": {
                "logs": {
                    "type": INTERNAL_TELEMETRY_RECEIVER_URN,
                    "config": {"signals": ["logs"]},
                },
                "host": {"type": ENGINE_LOG_EXPORTER, "config": {}},
            },
            "connections": [{"from": "logs", "to": "host"}],
        });
    }
    Ok(())
}
