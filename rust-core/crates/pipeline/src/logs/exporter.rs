// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The end of the observability pipeline: log records of the engine become lines of the host.

use std::sync::Arc;

use async_trait::async_trait;
use ferrule_context::LogLevel;
use linkme::distributed_slice;
use otel_arrow_dfe_config::node::NodeUserConfig;
use otel_arrow_dfe_config::validation::{deserialize_typed_config, validate_typed_config};
use otel_arrow_dfe_engine::capability::registry::Capabilities;
use otel_arrow_dfe_engine::config::ExporterConfig;
use otel_arrow_dfe_engine::context::PipelineContext;
use otel_arrow_dfe_engine::control::{AckMsg, NodeControlMsg};
use otel_arrow_dfe_engine::error::Error;
use otel_arrow_dfe_engine::exporter::ExporterWrapper;
use otel_arrow_dfe_engine::local::exporter::{EffectHandler, Exporter};
use otel_arrow_dfe_engine::message::{ExporterInbox, Message};
use otel_arrow_dfe_engine::node::NodeId;
use otel_arrow_dfe_engine::terminal_state::TerminalState;
use otel_arrow_dfe_engine::wiring_contract::WiringContract;
use otel_arrow_dfe_engine::{ConsumerEffectHandlerExtension, ExporterFactory};
use otel_arrow_dfe_otap::OTAP_EXPORTER_FACTORIES;
use otel_arrow_dfe_otap::pdata::{OtapPdata, PdataEffectHandlerExtension};
use otel_arrow_dfe_pdata::proto::opentelemetry::collector::logs::v1::ExportLogsServiceRequest;
use otel_arrow_dfe_pdata::proto::opentelemetry::common::v1::any_value::Value;
use otel_arrow_dfe_pdata::proto::opentelemetry::common::v1::{AnyValue, InstrumentationScope};
use otel_arrow_dfe_pdata::proto::opentelemetry::logs::v1::LogRecord;
use otel_arrow_dfe_pdata_codec::{EncodePolicy, PdataEncoding};
use prost::Message as _;
use serde::Deserialize;

use super::line::LineText;
use crate::codec::signal_of;
use crate::shared::Shared;

/// Type of this exporter.
pub(crate) const LOG_EXPORTER: &str = "urn:ferrule:exporter:engine_log";

/// What of the engine's scope goes into a line, and as which field.
const PLACE: [(&str, &str); 3] = [
    ("pipeline.id", "pipeline"),
    ("node.id", "node"),
    ("core.id", "core"),
];

/// The exporter has no settings of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    /// Set at start.
    #[serde(rename = "engine")]
    _engine: u64,
}

struct EngineLogExporter {
    shared: Arc<Shared>,
}

#[allow(
    unsafe_code,
    reason = "the engine collects factories in a link section"
)]
#[distributed_slice(OTAP_EXPORTER_FACTORIES)]
static FACTORY: ExporterFactory<OtapPdata> = ExporterFactory {
    name: LOG_EXPORTER,
    create: |_: PipelineContext,
             node: NodeId,
             node_config: Arc<NodeUserConfig>,
             exporter_config: &ExporterConfig,
             _: &Capabilities| {
        deserialize_typed_config::<Config>(&node_config.config)?;
        let shared = Shared::of_node(&node_config.config)?;
        Ok(ExporterWrapper::local(
            EngineLogExporter { shared },
            node,
            node_config,
            exporter_config,
        ))
    },
    context_declarations: None,
    wiring_contract: WiringContract::UNRESTRICTED,
    validate_config: validate_typed_config::<Config>,
};

#[async_trait(?Send)]
impl Exporter<OtapPdata> for EngineLogExporter {
    async fn start(
        self: Box<Self>,
        mut inbox: ExporterInbox<OtapPdata>,
        handler: EffectHandler<OtapPdata>,
    ) -> Result<TerminalState, Error> {
        let plan = handler.resolve_encoding_plan(&PdataEncoding::OTLP, EncodePolicy::default())?;
        loop {
            match inbox.recv().await? {
                Message::Control(NodeControlMsg::Shutdown { .. }) => {
                    return Ok(TerminalState::default());
                }
                Message::Control(_) => {}
                Message::PData(data) => {
                    let is_logs = signal_of(data.signal_type()) == ferrule_otlp::Signal::Logs;
                    let (context, mut payload) = data.into_parts();
                    if is_logs
                        && let Ok(bytes) = handler.encode_owned(&mut payload, &plan).await
                        && let Ok(request) = ExportLogsServiceRequest::decode(&*bytes)
                    {
                        self.write(request);
                    }
                    handler
                        .notify_ack(AckMsg::new(OtapPdata::new(context, payload)))
                        .await?;
                }
            }
        }
    }
}

impl EngineLogExporter {
    fn write(&self, request: ExportLogsServiceRequest) {
        // Each scope has a place of its own, so records are in order only within one.
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
            self.shared.log(
                level(record.severity_number),
                scope.name.clone(),
                text(&scope, record),
            );
        }
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
    for (key, name) in PLACE {
        if let Some(attribute) = scope.attributes.iter().find(|found| found.key == key)
            && let Some(place) = &attribute.value
        {
            line.field(name, &value(place.clone()));
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
