// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The end of the observability pipeline: log records of the engine become lines of the host.

use std::sync::Arc;

use async_trait::async_trait;
use ferrule_context::{Error, LogLevel, Success};
use linkme::distributed_slice;
use prost::Message as _;

use super::intercepted::is_expected;
use super::line::LineText;
use crate::engine::state::EngineState;
use crate::engine_api::any_value::Value;
use crate::engine_api::{
    AnyValue, ConfigError, ExportLogsServiceRequest, ExporterFactory, InstrumentationScope,
    LogRecord, OTAP_EXPORTER_FACTORIES, OtapPdata,
};
use crate::node::local::{ContextExporter, ExporterHandler, exporter_factory};
use crate::node::support::NoSettings;
use crate::urns::ENGINE_LOG_EXPORTER;

/// Attributes of the engine's scope that go into a line, and their fields there.
const SCOPE_FIELDS: [(&str, &str); 3] = [
    ("pipeline.id", "pipeline"),
    ("node.id", "node"),
    ("core.id", "core"),
];

struct EngineLogExporter;

#[allow(
    unsafe_code,
    reason = "the engine collects factories in a link section"
)]
#[distributed_slice(OTAP_EXPORTER_FACTORIES)]
static FACTORY: ExporterFactory<OtapPdata> =
    exporter_factory::<EngineLogExporter>(ENGINE_LOG_EXPORTER);

#[async_trait(?Send)]
impl ContextExporter for EngineLogExporter {
    type Config = NoSettings;

    fn new(_: NoSettings, _: Option<&Arc<EngineState>>) -> Result<Self, ConfigError> {
        Ok(Self)
    }

    async fn export(
        &mut self,
        data: &mut OtapPdata,
        handler: &ExporterHandler<'_>,
    ) -> Result<Success, Error> {
        let request = ExportLogsServiceRequest::decode(&*handler.encode(data).await?)
            .map_err(|_| Error::permanent("no log records"))?;
        write(handler.engine(), request);
        Ok(Success::default())
    }
}

fn write(engine: &EngineState, request: ExportLogsServiceRequest) {
    // Records stand below their scopes, so they are in order only within one.
    let mut lines: Vec<_> = request
        .resource_logs
        .into_iter()
        .flat_map(|resource| resource.scope_logs)
        .flat_map(|logs| {
            let scope = Arc::new(logs.scope.unwrap_or_default());
            logs.log_records
                .into_iter()
                .map(move |record| (Arc::clone(&scope), record))
        })
        .collect();
    lines.sort_by_key(|(_, record)| record.time_unix_nano);
    for (scope, record) in lines {
        let field = |name: &str| {
            let mut found = record.attributes.iter().filter(|it| it.key == name);
            found.next().and_then(|it| it.value.clone()).map(value)
        };
        if is_expected(&record.event_name, field) {
            continue;
        }
        engine.log(
            level(record.severity_number),
            scope.name.clone(),
            text(&scope, record),
        );
    }
}

fn text(scope: &InstrumentationScope, record: LogRecord) -> String {
    let mut line = LineText::of(&record.event_name);
    if let Some(body) = record.body {
        line.message(&value(body));
    }
    for attribute in record.attributes {
        line.field(
            &attribute.key,
            &attribute.value.map(value).unwrap_or_default(),
        );
    }
    for (key, name) in SCOPE_FIELDS {
        if let Some(attribute) = scope.attributes.iter().find(|found| found.key == key)
            && let Some(found) = &attribute.value
        {
            line.field(name, &value(found.clone()));
        }
    }
    line.finish()
}

fn value(value: AnyValue) -> String {
    match value.value {
        None => String::new(),
        Some(Value::StringValue(text)) => text,
        Some(Value::BoolValue(flag)) => flag.to_string(),
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::DoubleValue(number)) => number.to_string(),
        // The engine's events have no other fields.
        Some(_) => "?".to_owned(),
    }
}

/// The level of an OTLP severity, of which each has four.
fn level(severity: i32) -> LogLevel {
    match severity {
        1..=4 => LogLevel::Trace,
        5..=8 => LogLevel::Debug,
        13..=16 => LogLevel::Warn,
        17.. => LogLevel::Error,
        _ => LogLevel::Info,
    }
}
