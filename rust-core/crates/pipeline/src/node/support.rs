// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What the adapters have in common.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::engine_api::ConfigError;

/// The configuration of a node that has no settings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoSettings {}

/// Longer than any call lasts: waiting for room ends with the call.
pub(super) const FOREVER: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// How soon a receiver tries again to send what there was no room for.
pub(super) const RETRY: Duration = Duration::from_millis(1);

/// A node's own configuration, without what was added to it at start.
pub(super) fn parse<C: DeserializeOwned>(config: &serde_json::Value) -> Result<C, ConfigError> {
    let mut config = config.clone();
    match config.as_object_mut() {
        Some(fields) => {
            fields.remove("engine");
        }
        None => config = serde_json::json!({}),
    }
    serde_json::from_value(config).map_err(|error| ConfigError::InvalidUserConfig {
        error: error.to_string(),
    })
}
