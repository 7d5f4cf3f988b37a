// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The start configuration.

use std::collections::BTreeMap;
use std::time::Duration;

use ferrule_context::Error;
use serde::Deserialize;

use super::context::ContextSettings;
use super::log_threshold::LogThreshold;
use super::tls::TlsBundle;
use crate::error::configuration::configuration;

/// Largest value of any limit, so that sums of a few stay far from overflow.
const MOST: usize = 1 << 40;

/// The configuration that an engine is started with, as JSON in camelCase.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StartConfig {
    /// Name in thread names and logs.
    #[serde(default = "default_name")]
    pub name: String,
    /// Engine specification as JSON; exactly one of this and `spec_yaml` is set.
    pub spec: Option<serde_json::Value>,
    /// Engine specification in the engine's own YAML.
    pub spec_yaml: Option<String>,
    /// Cores that run each pipeline, unless the specification allocates cores itself.
    #[serde(default = "default_cores")]
    pub cores: usize,
    /// Most calls between admission and the host's fetching of their outcome.
    #[serde(default = "default_max_in_flight")]
    pub max_in_flight: usize,
    /// Most bytes of payload held at once.
    #[serde(default = "default_max_payload_bytes")]
    pub max_payload_bytes: usize,
    /// Most calls that wait for one pipeline instance.
    #[serde(default = "default_lane_capacity")]
    pub lane_capacity: usize,
    /// Most bytes of one payload after decompression.
    #[serde(default = "default_max_decoded_bytes")]
    pub max_decoded_bytes: usize,
    /// Milliseconds within which all pipelines must be ready.
    #[serde(default = "default_start_timeout_millis")]
    pub start_timeout_millis: u64,
    /// Threads that decompress and read JSON.
    #[serde(default = "default_codec_threads")]
    pub codec_threads: usize,
    /// Most payloads that wait for those threads.
    #[serde(default = "default_codec_queue_capacity")]
    pub codec_queue_capacity: usize,
    /// Milliseconds that a refused caller is asked to wait.
    #[serde(default = "default_retry_delay_millis")]
    pub default_retry_delay_millis: u64,
    /// Which of the engine's own log lines go to the host until that says otherwise.
    #[serde(default)]
    pub log_level: LogThreshold,
    /// Ids of the traces whose calls are followed, in hex; empty for all.
    #[serde(default)]
    pub follow_trace_ids: Vec<String>,
    /// Settings of call contexts.
    #[serde(default)]
    pub context: ContextSettings,
    /// Certificates and keys that exporters name as `tls_bundle`.
    #[serde(default)]
    pub tls_bundles: BTreeMap<String, TlsBundle>,
}

impl StartConfig {
    /// Reads and checks a configuration.
    ///
    /// # Errors
    /// `Configuration`, naming the field, if the JSON or a value is wrong.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        let config: Self = serde_json::from_slice(json)
            .map_err(|error| configuration(format!("start configuration: {error}")))?;
        for (name, value) in [
            ("cores", config.cores),
            ("maxInFlight", config.max_in_flight),
            ("maxPayloadBytes", config.max_payload_bytes),
            ("laneCapacity", config.lane_capacity),
            ("maxDecodedBytes", config.max_decoded_bytes),
            ("codecThreads", config.codec_threads),
            ("codecQueueCapacity", config.codec_queue_capacity),
        ] {
            if value == 0 || value > MOST {
                return Err(configuration(format!(
                    "start configuration: {name} must be from 1 to {MOST}"
                )));
            }
        }
        config.context.check()?;
        config.follow_traces()?;
        Ok(config)
    }

    /// The traces whose calls are followed; empty for all.
    ///
    /// # Errors
    /// `Configuration` if one is no trace id.
    pub(crate) fn follow_traces(&self) -> Result<Vec<[u8; 16]>, Error> {
        let parse = |id: &String| {
            let is_hex = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
            u128::from_str_radix(id, 16)
                .ok()
                .filter(|number| is_hex && *number != 0)
                .map(u128::to_be_bytes)
                .ok_or_else(|| {
                    configuration(
                        "start configuration: followTraceIds must be ids of 32 hex digits"
                            .to_owned(),
                    )
                })
        };
        self.follow_trace_ids.iter().map(parse).collect()
    }

    /// Drops the specification, which may hold credentials, once it was prepared.
    pub(crate) fn forget_spec(&mut self) {
        self.spec = None;
        self.spec_yaml = None;
    }

    pub(crate) fn start_timeout(&self) -> Duration {
        Duration::from_millis(self.start_timeout_millis)
    }

    pub(crate) fn retry_delay(&self) -> Duration {
        Duration::from_millis(self.default_retry_delay_millis)
    }
}

fn default_name() -> String {
    "ferrule".to_owned()
}

const fn default_cores() -> usize {
    1
}

const fn default_max_in_flight() -> usize {
    10_000
}

const fn default_max_payload_bytes() -> usize {
    256 << 20
}

const fn default_lane_capacity() -> usize {
    1024
}

const fn default_max_decoded_bytes() -> usize {
    64 << 20
}

const fn default_start_timeout_millis() -> u64 {
    10_000
}

const fn default_codec_threads() -> usize {
    1
}

const fn default_codec_queue_capacity() -> usize {
    1024
}

const fn default_retry_delay_millis() -> u64 {
    1_000
}

#[cfg(test)]
mod tests {
    use ferrule_context::ErrorKind;

    use super::*;

    #[test]
    fn zero_names_its_field() {
        let error = StartConfig::from_json(br#"{"spec":{},"laneCapacity":0}"#).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration);
        assert!(error.message.contains("laneCapacity"), "{error}");
    }

    #[test]
    fn unknown_field_is_refused() {
        let error = StartConfig::from_json(br#"{"lanes":1}"#).unwrap_err();
        assert!(error.message.contains("lanes"), "{error}");
    }
}
