// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Prepares the engine's specification for running inside a host process.

mod capacities;
mod cores;
mod json;
mod logs;
mod propagation;
mod tls;

use ferrule_context::{Error, OutboundRules};
use serde_json::{Value, json};

use self::json::{object, sorted};
use crate::config::start::StartConfig;
use crate::engine_api::{OTAP_PIPELINE_FACTORY, OtelDataflowSpec, validate_engine_components};
use crate::error::configuration::configuration;
use crate::urns::{HOST_EXTENSION, HOST_RECEIVER, NO_ADMIN, OWN_NODES};

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
/// The admin server listens only where the specification says, logs go to the host, channels hold
/// what may be in flight (a full one would hold up the Acks), cores are explicit, and exporters send
/// what the context's settings let out.
pub(crate) fn prepare(config: &StartConfig, engine_id: u64) -> Result<PreparedSpec, Error> {
    let parsed = parse(config)?;
    let mut value = serde_json::to_value(&parsed).map_err(|error| {
        configuration(format!("the specification cannot be completed: {error}"))
    })?;
    logs::complete(&mut value, config)?;
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

/// Numbers the pipelines that have a host receiver and gives each of our nodes its engine's number.
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

/// Gives a node its engine's number; false if it is not one of ours.
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
    let admin = engine.entry("http_admin").or_insert(Value::Null);
    if admin.is_null() {
        *admin = json!({"bind_address": NO_ADMIN});
    }
    let controller = object(engine.entry("controller").or_insert_with(|| json!({})));
    object(controller.entry("extensions").or_insert_with(|| json!({}))).insert(
        "ferrule".to_owned(),
        json!({"type": HOST_EXTENSION, "config": {}}),
    );
    capacities::complete(root, config.max_in_flight);
    let policies = object(root.entry("policies").or_insert_with(|| json!({})));
    cores::complete(policies, config.cores)
}

#[cfg(test)]
mod tests;
