// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Configuration of the batch processor.

use std::num::NonZeroUsize;
use std::time::Duration;

use ferrule_context::merging::PartitionNames;
use serde::Deserialize;

use crate::engine_api::{
    BatchPlan, BatchSettings, CodecRegistry, ConfigError, PdataEncoding, PdataFormat,
};

/// The engine's own names where its batch processor has the setting, too.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    /// Set at start.
    #[serde(rename = "engine", default)]
    _engine: u64,
    /// Sizes of OTLP batches, by default in bytes.
    #[serde(default = "BatchSettings::otlp")]
    otlp: BatchSettings,
    /// Sizes of OTAP batches, in items.
    #[serde(default = "BatchSettings::otap")]
    otap: BatchSettings,
    /// Time that data waits for more.
    #[serde(with = "humantime_serde", default = "default_max_duration")]
    pub(super) max_batch_duration: Duration,
    /// Time before the earliest deadline at which a batch goes out.
    #[serde(with = "humantime_serde", default = "default_deadline_margin")]
    pub(super) deadline_margin: Duration,
    /// Metadata names; only data with equal values is merged.
    #[serde(default)]
    partition_by: Vec<String>,
    /// Most batches of one signal that gather at once.
    #[serde(default = "default_partition_limit")]
    pub(super) partition_limit: NonZeroUsize,
    /// Most messages that wait for their outcome; beyond it no more are taken.
    pub(super) inbound_request_limit: Option<NonZeroUsize>,
    /// Most batches that wait for theirs; beyond it no more messages are taken.
    pub(super) outbound_request_limit: Option<NonZeroUsize>,
}

impl Config {
    pub(super) fn parse(config: &serde_json::Value) -> Result<Self, ConfigError> {
        let config = Self::deserialize(config).map_err(refused)?;
        if config.max_batch_duration.is_zero() {
            return Err(refused("max_batch_duration must not be zero"));
        }
        Plans::new(&config)?;
        Ok(config)
    }

    pub(super) fn partition_names(&self) -> PartitionNames {
        PartitionNames::new(self.partition_by.iter().map(String::as_str))
    }
}

/// What the engine does to merge and split: OTLP stays OTLP, all else becomes OTAP.
pub(super) struct Plans {
    otlp_format: PdataFormat,
    otlp: BatchPlan,
    otap: BatchPlan,
}

impl Plans {
    /// Number of plans.
    pub(super) const COUNT: usize = 2;

    pub(super) fn new(config: &Config) -> Result<Self, ConfigError> {
        let registry = CodecRegistry::global().map_err(refused)?;
        let codec = registry.resolve(&PdataEncoding::OTLP).map_err(refused)?;
        let otlp_format = PdataFormat::encoded(codec);
        let plan = |name: &str, format, settings: &BatchSettings| {
            BatchPlan::new(format, settings.clone(), true)
                .map_err(|error| refused(format!("{name}: {error}")))
        };
        Ok(Self {
            otlp: plan("otlp", otlp_format, &config.otlp)?,
            otap: plan("otap", PdataFormat::OTAP, &config.otap)?,
            otlp_format,
        })
    }

    pub(super) fn is_otlp(&self, format: PdataFormat) -> bool {
        format == self.otlp_format
    }

    /// Number of the plan for a format.
    pub(super) fn number(&self, format: PdataFormat) -> usize {
        usize::from(!self.is_otlp(format))
    }

    pub(super) fn get(&self, number: usize) -> &BatchPlan {
        if number == 0 { &self.otlp } else { &self.otap }
    }
}

fn refused(error: impl std::fmt::Display) -> ConfigError {
    ConfigError::InvalidUserConfig {
        error: error.to_string(),
    }
}

const fn default_max_duration() -> Duration {
    Duration::from_millis(200)
}

const fn default_deadline_margin() -> Duration {
    Duration::from_millis(50)
}

fn default_partition_limit() -> NonZeroUsize {
    const { NonZeroUsize::new(1000).unwrap() }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn error(config: &Value) -> String {
        Config::parse(config).unwrap_err().to_string()
    }

    #[test]
    fn defaults_are_those_that_are_documented() {
        let config = Config::parse(&json!({"engine": 1})).unwrap();
        assert_eq!(config.max_batch_duration, Duration::from_millis(200));
        assert_eq!(config.deadline_margin, Duration::from_millis(50));
        assert_eq!(config.partition_limit.get(), 1000);
        let plans = Plans::new(&config).unwrap();
        let sizes: Vec<_> = [0, 1]
            .map(|number| plans.get(number).settings().lower_limit())
            .into();
        assert_eq!(sizes, [262_144, 8192]);
    }

    #[test]
    fn wrong_settings_are_refused_before_start() {
        for (config, part) in [
            (json!({"max_batch_duration": "0s"}), "max_batch_duration"),
            (json!({"max_batch_duration": 5}), "invalid type"),
            (json!({"partition_limit": 0}), "nonzero"),
            (json!({"partitions": []}), "unknown field `partitions`"),
            (
                json!({"otlp": {"min_size": 2, "max_size": 1, "sizer": "bytes"}}),
                "otlp: ",
            ),
            (json!({"otap": {"min_size": 2, "sizer": "bytes"}}), "otap: "),
        ] {
            assert!(
                error(&config).contains(part),
                "{config}: {}",
                error(&config)
            );
        }
    }
}
