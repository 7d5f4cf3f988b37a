// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The exporter that needs no server: a readable summary in the host's logging.

use std::sync::Arc;

use async_trait::async_trait;
use ferrule_context::LogLevel;
use linkme::distributed_slice;
use otel_arrow_dfe_config::node::NodeUserConfig;
use otel_arrow_dfe_config::validation::{deserialize_typed_config, validate_typed_config};
use otel_arrow_dfe_engine::capability::registry::Capabilities;
use otel_arrow_dfe_engine::config::ExporterConfig;
use otel_arrow_dfe_engine::context::PipelineContext;
use otel_arrow_dfe_engine::control::{AckMsg, NackMsg, NodeControlMsg};
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
use otel_arrow_dfe_pdata_codec::{EncodePolicy, PdataEncoding};
use serde::Deserialize;

use crate::codec::signal_of;
use crate::shared::Shared;

/// Type of this exporter.
const LOG_EXPORTER: &str = "urn:ferrule:exporter:log";

/// Logger name of the summaries.
const TARGET: &str = "exporter.log";

/// The exporter has no settings of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    /// Set at start.
    #[serde(rename = "engine")]
    _engine: u64,
}

struct LogExporter {
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
            LogExporter { shared },
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
impl Exporter<OtapPdata> for LogExporter {
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
                    let signal = signal_of(data.signal_type());
                    let (context, mut payload) = data.into_parts();
                    let encoded = handler.encode_owned(&mut payload, &plan).await;
                    let data = OtapPdata::new(context, payload);
                    match encoded {
                        Ok(bytes) => {
                            let summary = ferrule_otlp::summarize(signal, &bytes);
                            self.shared.log(LogLevel::Info, TARGET, summary.to_string());
                            handler.notify_ack(AckMsg::new(data)).await?;
                        }
                        Err(error) => {
                            handler
                                .notify_nack(NackMsg::new_permanent(error.to_string(), data))
                                .await?;
                        }
                    }
                }
            }
        }
    }
}
