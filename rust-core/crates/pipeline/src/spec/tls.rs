// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Whether the exporters of ours can use what they are to use for TLS.

use std::collections::BTreeMap;

use ferrule_context::Error;
use serde::Deserialize;
use serde_json::Value;

use super::json::sorted;
use super::propagation::is_own_exporter;
use crate::config::tls::{TlsBundle, check as check_material};
use crate::engine_api::TlsClientConfig;
use crate::error::configuration::configuration;

/// Where the settings of TLS stand.
const SETTINGS: [&str; 2] = ["/config/tls", "/config/http/tls"];

pub(super) fn check(spec: &mut Value, bundles: &BTreeMap<String, TlsBundle>) -> Result<(), Error> {
    for (group_name, group) in sorted(spec.pointer_mut("/groups")) {
        for (pipeline_name, pipeline) in sorted(group.pointer_mut("/pipelines")) {
            for (node_name, node) in sorted(pipeline.pointer_mut("/nodes")) {
                if is_own_exporter(node) {
                    check_exporter(node, bundles).map_err(|error| {
                        configuration(format!(
                            "pipeline_group={group_name} pipeline={pipeline_name} \
                             node={node_name}: {error}"
                        ))
                    })?;
                }
            }
        }
    }
    Ok(())
}

fn check_exporter(node: &Value, bundles: &BTreeMap<String, TlsBundle>) -> Result<(), String> {
    let settings = SETTINGS
        .iter()
        .find_map(|place| TlsClientConfig::deserialize(node.pointer(place)?).ok());
    let tls = match node["config"]["tls_bundle"].as_str() {
        Some(name) => {
            let bundle = bundles
                .get(name)
                .ok_or_else(|| format!("there is no TLS bundle called {name}"))?;
            Some(bundle.apply(settings))
        }
        None => settings,
    };
    tls.map_or(Ok(()), |tls| check_material(&tls))
}
