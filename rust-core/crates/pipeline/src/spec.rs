// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Prepares the engine's specification for running inside a host process.

mod propagation;
mod tls;

use ferrule_context::{Error, OutboundRules};
use otel_arrow_dfe_config::engine::{
    EngineObservabilityPipelineConfig, INTERNAL_TELEMETRY_RECEIVER_URN, OtelDataflowSpec,
};
use otel_arrow_dfe_controller::startup::validate_engine_components;
use otel_arrow_dfe_otap::OTAP_PIPELINE_FACTORY;
use serde_json::{Map, Value, json};

use crate::config::{StartConfig, configuration};
use crate::logs::LOG_EXPORTER;
use crate::runtime::HOST_EXTENSION;

/// Type of the receiver that the host submits to.
pub(crate) const HOST_RECEIVER: &str = "urn:ferrule:receiver:host";

/// Nodes whose type starts so are told which engine they belong to.
const OWN_NODES: &str = "urn:ferrule";

/// Log lines of the engine that may wait; beyond this they are lost.
const LOG_CHANNEL: usize = 4096;

/// The engine's own default for its largest channel.
const LEAST_CAPACITY: usize = 512;

/// A specification that was validated and made to fit.
#[derive(Debug)]
pub(crate) struct PreparedSpec {
    pub(crate) spec: OtelDataflowSpec,
    /// Pipelines that the host can submit to; a pipeline's index is its number.
    pub(crate) pipelines: Vec<String>,
    /// Which captured headers go to the downstream.
    pub(crate) outbound: OutboundRules,
}

/// Parses, completes and validates the specification of an engine.
///
/// The admin server goes to a free loopback port, logs go to the host, channels hold what may be in
/// flight (a full one would hold up the Acks), cores are explicit, and exporters send what the
/// context's settings let out.
pub(crate) fn prepare(config: &StartConfig, engine_id: u64) -> Result<PreparedSpec, Error> {
    let parsed = parse(config)?;
    let mut value = serde_json::to_value(&parsed).map_err(|error| {
        configuration(format!("the specification cannot be completed: {error}"))
    })?;
    complete_logs(&mut value, config)?;
    let pipelines = attach_nodes(&mut value, engine_id)?;
    let outbound = config.context.outbound.rules()?;
    propagation::complete(&mut value, &outbound)?;
    complete(&mut value, config)?;
    let spec = OtelDataflowSpec::from_json(&value.to_string()).map_err(refused)?;
    validate_engine_components(&spec, &OTAP_PIPELINE_FACTORY).map_err(refused)?;
    tls::check(&mut value, &config.tls_bundles)?;
    Ok(PreparedSpec {
        spec,
        pipelines,
        outbound,
    })
}

fn parse(config: &StartConfig) -> Result<OtelDataflowSpec, Error> {
    match (&config.spec, &config.spec_yaml) {
        (Some(spec), None) => OtelDataflowSpec::from_json(&spec.to_string()).map_err(refused),
        (None, Some(yaml)) => OtelDataflowSpec::from_yaml(yaml).map_err(refused),
        _ => Err(configuration(
            "start configuration: exactly one of spec and specYaml must be set".to_owned(),
        )),
    }
}

fn refused(error: impl std::fmt::Display) -> Error {
    configuration(
        error
            .to_string()
            .trim_end_matches("\nContext: ")
            .trim()
            .to_owned(),
    )
}

/// Numbers the pipelines that have a host receiver and tells each of our nodes its engine.
fn attach_nodes(spec: &mut Value, engine_id: u64) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for (_, node) in sorted(spec.pointer_mut("/engine/observability/pipeline/nodes")) {
        attach(node, engine_id);
    }
    for (group_name, group) in sorted(spec.pointer_mut("/groups")) {
        for (pipeline_name, pipeline) in sorted(group.pointer_mut("/pipelines")) {
            let mut receivers = 0;
            for (_, node) in sorted(pipeline.pointer_mut("/nodes")) {
                if attach(node, engine_id) && node["type"] == HOST_RECEIVER {
                    receivers += 1;
                    node["config"]["pipeline"] = json!(found.len());
                }
            }
            match receivers {
                0 => {}
                1 => found.push((group_name.clone(), pipeline_name)),
                _ => {
                    return Err(configuration(format!(
                        "pipeline_group={group_name} pipeline={pipeline_name} has {receivers} \
                         receivers of type {HOST_RECEIVER}; one is allowed"
                    )));
                }
            }
        }
    }
    if found.is_empty() {
        return Err(configuration(format!(
            "no pipeline has a receiver of type {HOST_RECEIVER}, so nothing could be submitted"
        )));
    }
    Ok(names(&found))
}

/// Tells a node its engine; false if it is not one of ours.
fn attach(node: &mut Value, engine_id: u64) -> bool {
    let ours = node["type"]
        .as_str()
        .is_some_and(|name| name.starts_with(OWN_NODES));
    if ours {
        object(&mut node["config"]).insert("engine".to_owned(), json!(engine_id));
    }
    ours
}

/// A pipeline's own name where it is unique, else `group/pipeline`.
fn names(found: &[(String, String)]) -> Vec<String> {
    found
        .iter()
        .map(|(group, pipeline)| {
            let unique = found.iter().filter(|(_, other)| other == pipeline).count() == 1;
            if unique {
                pipeline.clone()
            } else {
                format!("{group}/{pipeline}")
            }
        })
        .collect()
}

fn complete(spec: &mut Value, config: &StartConfig) -> Result<(), Error> {
    let root = object(spec);
    let engine = object(root.entry("engine").or_insert_with(|| json!({})));
    engine.insert(
        "http_admin".to_owned(),
        json!({"bind_address": "127.0.0.1:0"}),
    );
    let controller = object(engine.entry("controller").or_insert_with(|| json!({})));
    object(controller.entry("extensions").or_insert_with(|| json!({}))).insert(
        "ferrule".to_owned(),
        json!({"type": HOST_EXTENSION, "config": {}}),
    );
    complete_inner_capacities(root, config.max_in_flight.max(LEAST_CAPACITY));
    let policies = object(root.entry("policies").or_insert_with(|| json!({})));
    complete_capacity(policies, config.max_in_flight.max(LEAST_CAPACITY));
    let resources = object(policies.entry("resources").or_insert_with(|| json!({})));
    if resources.get("core_allocation").is_none_or(Value::is_null) {
        let set: Vec<_> = cores(config.cores)?
            .into_iter()
            .map(|core| json!({"start": core, "end": core}))
            .collect();
        resources.insert(
            "core_allocation".to_owned(),
            json!({"type": "core_set", "set": set}),
        );
    }
    Ok(())
}

/// Routes the engine's logs to the host, unless the specification has an observability pipeline of
/// its own; that gets them then.
fn complete_logs(spec: &mut Value, config: &StartConfig) -> Result<(), Error> {
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
                "host": {"type": LOG_EXPORTER, "config": {}},
            },
            "connections": [{"from": "logs", "to": "host"}],
        });
    }
    Ok(())
}

/// The innermost block of capacities counts, so those of groups and pipelines are raised, too.
fn complete_inner_capacities(root: &mut Map<String, Value>, least: usize) {
    for (_, group) in sorted(root.get_mut("groups")) {
        for (_, pipeline) in sorted(group.get_mut("pipelines")) {
            raise_existing(pipeline, least);
        }
        raise_existing(group, least);
    }
}

fn raise_existing(scope: &mut Value, least: usize) {
    if let Some(policies) = scope.get_mut("policies").and_then(Value::as_object_mut)
        && policies
            .get("channel_capacity")
            .is_some_and(Value::is_object)
    {
        complete_capacity(policies, least);
    }
}

/// Each channel must hold at least what may be in flight.
fn complete_capacity(policies: &mut Map<String, Value>, least: usize) {
    let channels = object(
        policies
            .entry("channel_capacity")
            .or_insert_with(|| json!({})),
    );
    raise(channels, "pdata", least);
    let control = object(channels.entry("control").or_insert_with(|| json!({})));
    for channel in ["node", "pipeline", "completion"] {
        raise(control, channel, least);
    }
}

fn raise(map: &mut Map<String, Value>, key: &str, least: usize) {
    let value = map.entry(key).or_insert(Value::Null);
    if value.as_u64().is_none_or(|value| value < least as u64) {
        *value = json!(least);
    }
}

/// The last cores that this process may use; the first one has the most other work.
fn cores(count: usize) -> Result<Vec<usize>, Error> {
    let available: Vec<_> = core_affinity::get_core_ids()
        .unwrap_or_default()
        .into_iter()
        .map(|core| core.id)
        .collect();
    match available.len().checked_sub(count) {
        Some(skipped) => Ok(available[skipped..].to_vec()),
        None => Err(configuration(format!(
            "start configuration: cores is {count}, but this process may use {}",
            available.len()
        ))),
    }
}

fn object(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = json!({});
    }
    match value {
        Value::Object(map) => map,
        _ => unreachable!("made an object above"),
    }
}

fn sorted(value: Option<&mut Value>) -> Vec<(String, &mut Value)> {
    let mut entries: Vec<_> = value
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value))
        .collect();
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    entries
}

#[cfg(test)]
mod tests;
