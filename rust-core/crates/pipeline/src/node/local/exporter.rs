// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Context-aware exporters: the trait and its adapter.

use std::sync::Arc;

use async_trait::async_trait;
use ferrule_context::{Error, Success};
use serde::de::DeserializeOwned;

use crate::engine::state::EngineState;
use crate::engine_api::{
    AckMsg, Capabilities, ConfigError, ConsumerEffectHandlerExtension, EngineError, ExporterConfig,
    ExporterFactory, ExporterInbox, ExporterWrapper, Message, NodeControlMsg, NodeId,
    NodeUserConfig, OtapPdata, PipelineContext, TerminalState, WiringContract, local,
};
use crate::error::nack;
use crate::node::handler::ContextEffectHandler;
use crate::node::metrics::{NodeMetrics, NodeOutcome};
use crate::node::support::parse;

/// The handler of an exporter.
pub type ExporterHandler<'a> = ContextEffectHandler<'a, local::exporter::EffectHandler<OtapPdata>>;

/// An exporter that obeys the call. Register [`exporter_factory`]. It exports one
/// message after the other; one that does more at once implements the engine's trait
/// and asks a [`ContextEffectHandler`] of its own for each message.
#[async_trait(?Send)]
pub trait ContextExporter: Sized + 'static {
    /// Its configuration; parsed before anything starts.
    type Config: DeserializeOwned;

    /// Creates the node; also called to check the configuration, with no engine.
    ///
    /// # Errors
    /// If the configuration is wrong.
    fn new(config: Self::Config, engine: Option<&Arc<EngineState>>) -> Result<Self, ConfigError>;

    /// Exports data that somebody waits for. Partial success is part of the outcome.
    ///
    /// # Errors
    /// Whoever sent the data gets the error, whole if it came through the host.
    ///
    /// # Cancel safety
    /// Must be safe: the future is dropped once nobody waits any more.
    async fn export(
        &mut self,
        data: &mut OtapPdata,
        handler: &ExporterHandler<'_>,
    ) -> Result<Success, Error>;
}

/// The factory of an exporter; `name` starts with `urn:ferrule`.
#[must_use]
pub const fn exporter_factory<E: ContextExporter>(
    name: &'static str,
) -> ExporterFactory<OtapPdata> {
    ExporterFactory {
        name,
        create: create_exporter::<E>,
        context_declarations: None,
        wiring_contract: WiringContract::UNRESTRICTED,
        validate_config: |config| E::new(parse(config)?, None).map(|_| ()),
    }
}

struct ExporterAdapter<N> {
    node: N,
    engine: Arc<EngineState>,
    metrics: NodeMetrics,
}

fn create_exporter<E: ContextExporter>(
    pipeline: PipelineContext,
    id: NodeId,
    config: Arc<NodeUserConfig>,
    runtime: &ExporterConfig,
    _: &Capabilities,
) -> Result<ExporterWrapper<OtapPdata>, ConfigError> {
    let engine = EngineState::of_node(&config.config)?;
    let node = E::new(parse(&config.config)?, Some(&engine))?;
    let metrics = NodeMetrics::register(&pipeline);
    let adapter = ExporterAdapter {
        node,
        engine,
        metrics,
    };
    Ok(ExporterWrapper::local(adapter, id, config, runtime))
}

#[async_trait(?Send)]
impl<E: ContextExporter> local::exporter::Exporter<OtapPdata> for ExporterAdapter<E> {
    async fn start(
        mut self: Box<Self>,
        mut inbox: ExporterInbox<OtapPdata>,
        inner: local::exporter::EffectHandler<OtapPdata>,
    ) -> Result<TerminalState, EngineError> {
        loop {
            match inbox.recv().await? {
                Message::PData(data) => self.export(data, &inner).await,
                Message::Control(NodeControlMsg::Shutdown { deadline, .. }) => {
                    return Ok(TerminalState::new(deadline, self.metrics.take()));
                }
                Message::Control(NodeControlMsg::CollectTelemetry {
                    mut metrics_reporter,
                }) => self.metrics.report(&mut metrics_reporter),
                Message::Control(_) => {}
            }
        }
    }
}

impl<E: ContextExporter> ExporterAdapter<E> {
    /// Exports a message and answers it. Answering fails only while the pipeline ends, and then
    /// the receiver answers.
    async fn export(
        &mut self,
        mut data: OtapPdata,
        inner: &local::exporter::EffectHandler<OtapPdata>,
    ) {
        let handler = match ContextEffectHandler::new(inner, &self.engine, &data) {
            Ok(handler) => handler,
            Err(error) => {
                self.metrics.count(NodeOutcome::of(error.kind));
                let _ = inner.notify_nack(nack::of_ended(data)).await;
                return;
            }
        };
        let result = match handler.check_deadline() {
            Ok(()) => tokio::select! {
                biased;
                () = handler.cancelled() => None,
                result = self.node.export(&mut data, &handler) => Some(result),
            },
            Err(error) => Some(Err(error)),
        };
        self.metrics.count(match &result {
            Some(Ok(_)) => NodeOutcome::Passed,
            Some(Err(error)) => NodeOutcome::of(error.kind),
            None => {
                let ended = handler.check_deadline().err();
                ended.map_or(NodeOutcome::Cancelled, |it| NodeOutcome::of(it.kind))
            }
        });
        let _ = match result {
            Some(Ok(success)) => {
                if let Some(call) = handler.call()
                    && success != Success::default()
                {
                    call.note_warning(success);
                }
                inner.notify_ack(AckMsg::new(data)).await
            }
            Some(Err(error)) => {
                let nack = self.engine.nack_of(error).nack(data);
                inner.notify_nack(nack).await
            }
            None => inner.notify_nack(nack::of_ended(data)).await,
        };
    }
}
