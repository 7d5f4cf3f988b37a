// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! What both exporters do before their loop starts.

use std::sync::Arc;

use async_trait::async_trait;

use super::client::Client;
use super::delivery::ExporterParts;
use super::metrics::ExporterMetrics;
use super::settings::ExporterSettings;
use crate::engine::state::EngineState;
use crate::engine_api::local::exporter::{EffectHandler, Exporter};
use crate::engine_api::{
    Capabilities, ConfigError, EngineError, ExporterConfig, ExporterErrorKind, ExporterFactory,
    ExporterInbox, ExporterWrapper, NodeId, NodeUserConfig, OtapPdata, PipelineContext,
    TerminalState, WiringContract, format_error_sources,
};

/// Connections are opened when the node starts, on the thread that will use them.
struct OtlpExporter<C: Client> {
    engine: Arc<EngineState>,
    metrics: ExporterMetrics,
    settings: C::Settings,
}

/// The factory of an exporter.
pub(super) const fn factory<C: Client>(name: &'static str) -> ExporterFactory<OtapPdata> {
    ExporterFactory {
        name,
        create: create::<C>,
        context_declarations: None,
        wiring_contract: WiringContract::UNRESTRICTED,
        validate_config: |config| C::Settings::read(config).map(|_| ()),
    }
}

fn create<C: Client>(
    pipeline: PipelineContext,
    node: NodeId,
    node_config: Arc<NodeUserConfig>,
    exporter_config: &ExporterConfig,
    _: &Capabilities,
) -> Result<ExporterWrapper<OtapPdata>, ConfigError> {
    let exporter = OtlpExporter::<C> {
        settings: C::Settings::read(&node_config.config)?,
        engine: EngineState::of_node(&node_config.config)?,
        metrics: ExporterMetrics::register(&pipeline),
    };
    Ok(ExporterWrapper::local(
        exporter,
        node,
        node_config,
        exporter_config,
    ))
}

#[async_trait(?Send)]
impl<C: Client> Exporter<OtapPdata> for OtlpExporter<C> {
    async fn start(
        self: Box<Self>,
        inbox: ExporterInbox<OtapPdata>,
        handler: EffectHandler<OtapPdata>,
    ) -> Result<TerminalState, EngineError> {
        let Self {
            engine,
            metrics,
            mut settings,
        } = *self;
        // Before the connections are made, so that no renewal is missed
        let renewed = engine.tls_bundles.subscribe();
        let rules = engine.outbound.clone().without(settings.header_names());
        // One attempt's time is watched together with that of the call
        let timeout = settings.take_timeout();
        let (retry, max_in_flight) = (settings.retry().clone(), settings.max_in_flight());
        let client = C::connect(settings, rules, &engine)
            .await
            .map_err(|error| EngineError::ExporterError {
                exporter: handler.exporter_id(),
                kind: ExporterErrorKind::Configuration,
                error: error.to_string(),
                source_detail: format_error_sources(&error),
            })?;
        let parts = ExporterParts {
            engine,
            client,
            renewed,
            retry,
            timeout,
            max_in_flight,
            metrics,
        };
        parts.run(inbox, handler).await
    }
}
