// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Configuration of the exporter.

use std::time::Duration;

use serde::Deserialize;

use crate::config::tls;
use crate::engine_api::{ConfigError, GrpcClientSettings, deserialize_typed_config};
use crate::nodes::export::retry::RetrySettings;
use crate::nodes::export::settings::{ExporterSettings, check_limit, default_max_in_flight};

/// Settings of the exporter; those of the connection are the engine's own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    /// Set at start.
    #[serde(rename = "engine")]
    _engine: u64,
    #[serde(flatten)]
    pub(super) grpc: GrpcClientSettings,
    #[serde(default = "default_max_in_flight")]
    max_in_flight: usize,
    #[serde(default = "default_num_connections")]
    pub(super) num_connections: usize,
    #[serde(default)]
    retry: RetrySettings,
    /// Name of what the host gave for TLS.
    pub(super) tls_bundle: Option<String>,
}

const fn default_num_connections() -> usize {
    1
}

impl ExporterSettings for Config {
    fn read(config: &serde_json::Value) -> Result<Self, ConfigError> {
        let read: Self = deserialize_typed_config(config)?;
        let refused = |error: String| ConfigError::InvalidUserConfig { error };
        read.grpc
            .validate()
            .map_err(|error| refused(error.to_string()))?;
        read.retry.check().map_err(refused)?;
        if read.tls_bundle.is_some() {
            tls::check_settings("tls", read.grpc.tls.as_ref()).map_err(refused)?;
            let is_secure = read.grpc.grpc_endpoint.starts_with("https://");
            tls::check_scheme("grpc_endpoint", is_secure).map_err(refused)?;
        }
        for (name, value) in [
            ("max_in_flight", read.max_in_flight),
            ("num_connections", read.num_connections),
        ] {
            check_limit(name, value).map_err(refused)?;
        }
        Ok(read)
    }

    fn header_names(&self) -> impl Iterator<Item = &str> {
        self.grpc.headers.keys().map(String::as_str)
    }

    fn take_timeout(&mut self) -> Option<Duration> {
        self.grpc.timeout.take()
    }

    fn retry(&self) -> &RetrySettings {
        &self.retry
    }

    fn max_in_flight(&self) -> usize {
        self.max_in_flight
    }
}
