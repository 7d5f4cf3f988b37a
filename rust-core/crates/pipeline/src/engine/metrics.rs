// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The engine's metrics, for the host.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Engine;
use crate::engine_api::{
    AttributeSetHandler, Instrument, MetricValue, MetricsField, TelemetryRegistryHandle,
};
use crate::urns::SYSTEM_GROUP;

/// Most series in one snapshot.
const MOST_SERIES: usize = 10_000;

/// The only attribute of channels that is a tag: `control` or `pdata`.
const CHANNEL: &str = "channel.kind";

/// Set of the engine that counts what was printed, which is nothing inside a host.
const CONSOLE: &str = "engine.console_output";

/// The key of a time series. Values of several cores and channels are put together in one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Series {
    set: &'static str,
    name: &'static str,
    pipeline: String,
    node: String,
    /// Attributes that the engine's code enumerates, such as signal and outcome.
    tags: Vec<(String, String)>,
}

/// A metric with its current value.
#[derive(Debug)]
struct Measured {
    field: &'static MetricsField,
    value: Measure,
}

/// A value of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Measure {
    Count(u64),
    Number(f64),
    Summary {
        count: u64,
        sum: f64,
        min: f64,
        max: f64,
    },
}

impl Engine {
    /// All metrics of the engine and its nodes as JSON: `metrics`, each with `set`, `name`, `unit`,
    /// `description`, `kind` (`counter`, `sum`, `gauge` or `summary`), `pipeline` and `node` (empty
    /// for what belongs to none), `tags`, and `value`, or `count`, `sum`, `min` and `max`. Values
    /// of several cores and channels are put together: those of gauges by their maximum, others by
    /// their sum. Values are since the start and not reset; a pipeline that restarts begins at 0.
    /// `dropped` counts series beyond the bound.
    #[must_use]
    pub fn metrics(&self) -> String {
        let mut all = BTreeMap::new();
        let mut dropped = 0_u64;
        if let Some(runtime) = self.runtime() {
            let host_pipelines: Vec<&str> = self.pipelines().collect();
            dropped = collect(runtime.telemetry(), &host_pipelines, &mut all);
        }
        let metrics: Vec<Value> = all.into_iter().map(to_json).collect();
        json!({"metrics": metrics, "dropped": dropped}).to_string()
    }
}

fn collect(
    registry: &TelemetryRegistryHandle,
    host_pipelines: &[&str],
    all: &mut BTreeMap<Series, Measured>,
) -> u64 {
    let mut dropped = 0;
    registry.visit_current_metrics_with_item_attrs(
        |set, entity, items, values| {
            let Some((pipeline, node)) = origin(entity, host_pipelines) else {
                return;
            };
            if set.name == CONSOLE {
                return;
            }
            let mut tags: Vec<_> = items
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect();
            let channel = entity.iter_attributes().find(|(key, _)| *key == CHANNEL);
            tags.extend(channel.map(|(key, kind)| (key.to_owned(), kind.to_string_value())));
            for (field, value) in values {
                let series = Series {
                    set: set.name,
                    name: field.name,
                    pipeline: pipeline.clone(),
                    node: node.clone(),
                    tags: tags.clone(),
                };
                let value = Measure::of(value);
                if let Some(measured) = all.get_mut(&series) {
                    measured.value = measured.value.with(value, field.instrument);
                } else if all.len() < MOST_SERIES {
                    all.insert(series, Measured { field, value });
                } else {
                    dropped += 1;
                }
            }
        },
        true,
    );
    dropped
}

/// Pipeline and node of an entity, empty if it belongs to none; nothing for the pipeline through
/// which the engine observes itself.
fn origin(entity: &dyn AttributeSetHandler, host_pipelines: &[&str]) -> Option<(String, String)> {
    let mut group = String::new();
    let mut pipeline = String::new();
    let mut node = String::new();
    for (key, value) in entity.iter_attributes() {
        match key {
            "pipeline.group.id" => group = value.to_string_value(),
            "pipeline.id" => pipeline = value.to_string_value(),
            "node.id" => node = value.to_string_value(),
            _ => {}
        }
    }
    if group == SYSTEM_GROUP {
        return None;
    }
    if !group.is_empty() && !host_pipelines.contains(&pipeline.as_str()) {
        pipeline = format!("{group}/{pipeline}");
    }
    Some((pipeline, node))
}

impl Measure {
    fn of(value: &MetricValue) -> Self {
        match value {
            MetricValue::U64(count) => Self::Count(*count),
            MetricValue::F64(number) => Self::Number(*number),
            MetricValue::Distribution(distribution) => {
                let (count, sum, min, max) = distribution.summary();
                Self::Summary {
                    count,
                    sum,
                    min,
                    max,
                }
            }
        }
    }

    fn with(self, other: Self, instrument: Instrument) -> Self {
        match (self, other) {
            (Self::Count(a), Self::Count(b)) if instrument == Instrument::Gauge => {
                Self::Count(a.max(b))
            }
            (Self::Count(a), Self::Count(b)) => Self::Count(a.wrapping_add(b)),
            (Self::Number(a), Self::Number(b)) if instrument == Instrument::Gauge => {
                Self::Number(a.max(b))
            }
            (Self::Number(a), Self::Number(b)) => Self::Number(a + b),
            (empty @ Self::Summary { count: 0, .. }, other @ Self::Summary { .. })
            | (other @ Self::Summary { .. }, empty @ Self::Summary { count: 0, .. }) => {
                let _ = empty;
                other
            }
            (
                Self::Summary {
                    count,
                    sum,
                    min,
                    max,
                },
                Self::Summary {
                    count: more,
                    sum: added,
                    min: least,
                    max: most,
                },
            ) => Self::Summary {
                count: count + more,
                sum: sum + added,
                min: min.min(least),
                max: max.max(most),
            },
            // One field has values of one kind.
            _ => self,
        }
    }
}

fn to_json((series, measured): (Series, Measured)) -> Value {
    let field = measured.field;
    let tags: Map<String, Value> = series
        .tags
        .into_iter()
        .map(|(key, value)| (key, Value::String(value)))
        .collect();
    let mut json = json!({
        "set": series.set,
        "name": series.name,
        "unit": field.unit,
        "description": field.brief,
        "kind": match field.instrument {
            Instrument::Counter => "counter",
            Instrument::UpDownCounter => "sum",
            Instrument::Gauge => "gauge",
            Instrument::Mmsc | Instrument::ExponentialHistogram => "summary",
        },
        "pipeline": series.pipeline,
        "node": series.node,
        "tags": tags,
    });
    match measured.value {
        Measure::Count(value) => json["value"] = json!(value),
        Measure::Number(value) => json["value"] = json!(value),
        Measure::Summary {
            count,
            sum,
            min,
            max,
        } => {
            json["count"] = json!(count);
            json["sum"] = json!(sum);
            json["min"] = json!(min);
            json["max"] = json!(max);
        }
    }
    json
}
