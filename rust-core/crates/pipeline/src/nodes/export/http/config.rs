// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Configuration of the exporter.

use std::num::NonZeroUsize;
use std::time::Duration;

use reqwest::{ClientBuilder, NoProxy, Proxy, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::config::tls;
use crate::engine_api::{
    ConfigError, HttpClientSettings, LOGS_PATH, METRICS_PATH, TRACES_PATH, deserialize_typed_config,
};
use crate::nodes::export::retry::RetrySettings;
use crate::nodes::export::settings::{ExporterSettings, check_limit, default_max_in_flight};

/// Settings of the exporter; those of the connection are the engine's own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    /// Set at start.
    #[serde(rename = "engine")]
    _engine: u64,
    #[serde(default)]
    pub(super) http: HttpClientSettings,
    endpoint: String,
    traces_endpoint: Option<String>,
    metrics_endpoint: Option<String>,
    logs_endpoint: Option<String>,
    #[serde(default = "default_max_in_flight")]
    max_in_flight: usize,
    #[serde(default = "default_client_pool_size")]
    pub(super) client_pool_size: NonZeroUsize,
    #[serde(default)]
    retry: RetrySettings,
    #[serde(default)]
    pub(super) proxy: ProxySettings,
    /// Name of what the host gave for TLS.
    pub(super) tls_bundle: Option<String>,
}

const fn default_client_pool_size() -> NonZeroUsize {
    NonZeroUsize::MIN
}

/// Proxies; without them those of the environment count. URLs may hold credentials.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ProxySettings {
    http_proxy: Option<SecretString>,
    https_proxy: Option<SecretString>,
    all_proxy: Option<SecretString>,
    no_proxy: Option<String>,
}

impl ProxySettings {
    pub(super) fn apply(
        &self,
        mut builder: ClientBuilder,
    ) -> Result<ClientBuilder, reqwest::Error> {
        for (url, proxy) in [
            (&self.http_proxy, Proxy::http as fn(_) -> _),
            (&self.https_proxy, Proxy::https),
            (&self.all_proxy, Proxy::all),
        ] {
            if let Some(url) = url {
                let no_proxy = self.no_proxy.as_deref().and_then(NoProxy::from_string);
                builder = builder.proxy(proxy(url.expose_secret())?.no_proxy(no_proxy));
            }
        }
        Ok(builder)
    }
}

impl ExporterSettings for Config {
    fn read(config: &serde_json::Value) -> Result<Self, ConfigError> {
        let read: Self = deserialize_typed_config(config)?;
        read.check()
            .map_err(|error| ConfigError::InvalidUserConfig { error })?;
        Ok(read)
    }

    fn header_names(&self) -> impl Iterator<Item = &str> {
        self.http.headers.keys().map(String::as_str)
    }

    fn take_timeout(&mut self) -> Option<Duration> {
        self.http.timeout.take()
    }

    fn retry(&self) -> &RetrySettings {
        &self.retry
    }

    fn max_in_flight(&self) -> usize {
        self.max_in_flight
    }
}

impl Config {
    fn check(&self) -> Result<(), String> {
        let urls = self.urls()?;
        if self.tls_bundle.is_some() {
            tls::check_settings("http.tls", self.http.tls.as_ref())?;
            let is_secure = urls.iter().all(|url| url.scheme() == "https");
            tls::check_scheme("endpoint", is_secure)?;
        }
        self.http.validate().map_err(|error| error.to_string())?;
        self.retry.check()?;
        if self.proxy.apply(ClientBuilder::new()).is_err() {
            return Err("proxy has a URL that is none".to_owned());
        }
        check_limit("max_in_flight", self.max_in_flight)?;
        if self
            .http
            .tls
            .as_ref()
            .is_some_and(|tls| tls.server_name.is_some())
        {
            return Err(
                "http.tls.server_name_override is not supported over HTTP; remove it, or use otlp_grpc"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// For traces, metrics and logs.
    pub(super) fn urls(&self) -> Result<[Url; 3], String> {
        let base = self.endpoint.trim_end_matches('/');
        let url = |name: &str, own: &Option<String>, path: &str| {
            let (name, text) = match own {
                Some(own) => (name, own.clone()),
                None => ("endpoint", format!("{base}{path}")),
            };
            let url = Url::parse(&text)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
            url.ok_or_else(|| format!("{name} is no URL with http or https and a host"))
        };
        Ok([
            url("traces_endpoint", &self.traces_endpoint, TRACES_PATH)?,
            url("metrics_endpoint", &self.metrics_endpoint, METRICS_PATH)?,
            url("logs_endpoint", &self.logs_endpoint, LOGS_PATH)?,
        ])
    }
}
