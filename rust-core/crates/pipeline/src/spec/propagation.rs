// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Which headers exporters send to the downstream.
//!
//! The engine's exporter for OTLP over gRPC sends the transport headers that its node's
//! `header_propagation` selects, else those that the policies around the node select; by default
//! none. Where the specification itself selects nothing, the exporter gets the names of the
//! context's settings and those of the trace. Where it does, it decides, but the private header
//! stays within.

use ferrule_context::{Error, OutboundRules};
use http::Uri;
use serde_json::{Value, json};

use super::json::{object, sorted};
use crate::error::configuration::configuration;
use crate::headers::names::{CALL_ID_HEADER, TRACE_PARENT, TRACE_STATE};
use crate::urns::{GRPC_EXPORTER, HTTP_EXPORTER, OWN_NODES};

/// Type of the only exporter of the engine that sends headers of the call.
const EXPORTER: &str = "exporter:otlp_grpc";

/// Types of our own exporters that send headers of the call.
const OWN_EXPORTERS: [&str; 2] = [GRPC_EXPORTER, HTTP_EXPORTER];

/// Where the configuration of an exporter names servers.
const ENDPOINTS: [&str; 5] = [
    "grpc_endpoint",
    "endpoint",
    "traces_endpoint",
    "metrics_endpoint",
    "logs_endpoint",
];

pub(super) fn complete(spec: &mut Value, outbound: &OutboundRules) -> Result<(), Error> {
    let names: Vec<_> = outbound
        .names()
        .chain([TRACE_PARENT, TRACE_STATE])
        .collect();
    let ours = json!({
        "default": {
            "selector": {"type": "named", "named": names},
            "action": "propagate",
            "name": "stored_name",
        },
    });
    let engine_selects = selects(spec);
    for (group_name, group) in sorted(spec.pointer_mut("/groups")) {
        let group_selects = selects(group).or(engine_selects);
        for (pipeline_name, pipeline) in sorted(group.pointer_mut("/pipelines")) {
            let is_selected = selects(pipeline).or(group_selects) == Some(true);
            for (node_name, node) in sorted(pipeline.pointer_mut("/nodes")) {
                let has_own = present(node, "/header_propagation")
                    .map(keep_private)
                    .is_some();
                let is_told = !has_own && !is_selected && is_exporter(node);
                if is_told {
                    object(node).insert("header_propagation".to_owned(), ours.clone());
                }
                if is_told || is_own_exporter(node) {
                    check_targets(node, outbound).map_err(|error| {
                        configuration(format!(
                            "pipeline_group={group_name} pipeline={pipeline_name} \
                             node={node_name}: {}",
                            error.message
                        ))
                    })?;
                }
            }
        }
    }
    Ok(())
}

/// Whether the policies of a scope select headers; none if they leave that to the scope around.
fn selects(scope: &mut Value) -> Option<bool> {
    let policy = present(scope, "/policies/transport_headers")?;
    let own = present(policy, "/header_propagation")?;
    let selects = own["overrides"]
        .as_array()
        .is_some_and(|all| !all.is_empty())
        || own["default"]["selector"]["type"]
            .as_str()
            .is_some_and(|selector| selector != "none");
    if selects {
        keep_private(own);
    }
    Some(selects)
}

/// The first override that matches counts.
fn keep_private(policy: &mut Value) {
    let overrides = object(policy)
        .entry("overrides")
        .or_insert_with(|| json!([]));
    if let Some(overrides) = overrides.as_array_mut() {
        overrides.insert(
            0,
            json!({"match": {"stored_names": [CALL_ID_HEADER]}, "action": "drop"}),
        );
    }
}

fn present<'a>(value: &'a mut Value, pointer: &str) -> Option<&'a mut Value> {
    value.pointer_mut(pointer).filter(|value| !value.is_null())
}

fn is_exporter(node: &Value) -> bool {
    node["type"]
        .as_str()
        .is_some_and(|name| name.ends_with(EXPORTER) && !name.starts_with(OWN_NODES))
}

/// Ours send what the context's settings let out, without a policy.
pub(super) fn is_own_exporter(node: &Value) -> bool {
    node["type"]
        .as_str()
        .is_some_and(|name| OWN_EXPORTERS.contains(&name))
}

/// The scheme alone decides: the clients ignore settings of TLS where it is not `https`. An
/// endpoint that is no URI is left to the node's own validation.
fn check_targets(node: &Value, outbound: &OutboundRules) -> Result<(), Error> {
    for field in ENDPOINTS {
        if let Some(Ok(endpoint)) = node["config"][field].as_str().map(str::parse::<Uri>) {
            let tls = endpoint.scheme_str() == Some("https");
            outbound.check_target(tls, endpoint.host().unwrap_or_default())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(names: &[&str], allow_credentials: bool) -> OutboundRules {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        OutboundRules::new(&names, allow_credentials).unwrap()
    }

    fn spec(node: &str, policies: &Value) -> Value {
        let node: Value = serde_json::from_str(node).unwrap();
        json!({"groups": {"g": {"pipelines": {"p": {
            "policies": policies,
            "nodes": {"out": node, "in": {"type": "urn:ferrule:receiver:host"}},
        }}}}})
    }

    const OUT: &str =
        r#"{"type": "urn:otel:exporter:otlp_grpc", "config": {"grpc_endpoint": "http://far:1"}}"#;

    fn own(spec: &Value) -> &Value {
        &spec["groups"]["g"]["pipelines"]["p"]["nodes"]["out"]["header_propagation"]
    }

    #[test]
    fn exporter_without_policy_sends_what_is_named() {
        let mut spec = spec(OUT, &Value::Null);
        complete(&mut spec, &rules(&["X-Tenant"], false)).unwrap();
        assert_eq!(
            own(&spec)["default"]["selector"],
            json!({"type": "named", "named": ["x-tenant", "traceparent", "tracestate"]})
        );
        assert!(
            spec.pointer("/groups/g/pipelines/p/nodes/in/header_propagation")
                .is_none()
        );
    }

    #[test]
    fn policy_of_the_node_stays_and_keeps_the_private_header_within() {
        let node = r#"{"type": "exporter:otlp_grpc", "header_propagation": {"default": {"selector": {"type": "all_captured"}}}}"#;
        let mut spec = spec(node, &Value::Null);
        complete(&mut spec, &rules(&["x-tenant"], false)).unwrap();
        assert_eq!(own(&spec)["default"]["selector"]["type"], "all_captured");
        assert_eq!(
            own(&spec)["overrides"][0],
            json!({"match": {"stored_names": ["ferrule.call"]}, "action": "drop"})
        );
    }

    #[test]
    fn policy_of_the_pipeline_stays_if_it_selects_anything() {
        let all = json!({"transport_headers": {"header_propagation": {"default": {"selector": {"type": "all_captured"}}}}});
        let mut selecting = spec(OUT, &all);
        complete(&mut selecting, &rules(&[], false)).unwrap();
        assert!(own(&selecting).is_null());
        let pointer = "/groups/g/pipelines/p/policies/transport_headers/header_propagation/overrides/0/action";
        assert_eq!(selecting.pointer(pointer), Some(&json!("drop")));
        let none = json!({"transport_headers": {"header_propagation": {"default": {"selector": {"type": "none"}}, "overrides": []}}});
        let mut silent = spec(OUT, &none);
        complete(&mut silent, &rules(&[], false)).unwrap();
        assert!(own(&silent).is_object());
    }

    #[test]
    fn credentials_in_the_clear_are_refused_with_the_node() {
        let with_tls = OUT.replace(r#"far:1""#, r#"far:1", "tls": {"ca_pem": "..."}"#);
        for node in [OUT, &with_tls] {
            let mut spec = super::tests::spec(node, &Value::Null);
            let error = complete(&mut spec, &rules(&["authorization"], true)).unwrap_err();
            assert!(error.message.contains("node=out"), "{error}");
        }
        for endpoint in ["https://far:1", "http://127.0.0.1:1"] {
            let mut spec = super::tests::spec(&OUT.replace("http://far:1", endpoint), &Value::Null);
            complete(&mut spec, &rules(&["authorization"], true)).unwrap();
        }
    }
}
