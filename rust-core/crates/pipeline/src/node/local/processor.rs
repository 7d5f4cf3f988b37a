// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Context-aware processors: the trait and its adapter.

use std::sync::Arc;

use async_trait::async_trait;
use ferrule_context::Error;
use serde::de::DeserializeOwned;

use crate::engine::state::EngineState;
use crate::engine_api::{
    AckMsg, Capabilities, ConfigError, ConsumerEffectHandlerExtension, EngineError, Message,
    NodeControlMsg, NodeId, NodeUserConfig, OtapPdata, PipelineContext, ProcessorConfig,
    ProcessorFactory, ProcessorWrapper, WiringContract, local,
};
use crate::error::nack;
use crate::node::handler::{ContextEffectHandler, Next, Unsent};
use crate::node::metrics::{NodeMetrics, NodeOutcome};
use crate::node::support::{FOREVER, parse};

/// The handler of a processor.
pub type ProcessorHandler<'a> =
    ContextEffectHandler<'a, local::processor::EffectHandler<OtapPdata>>;

/// A processor that obeys the call. Register [`processor_factory`].
#[async_trait(?Send)]
pub trait ContextProcessor: Sized + 'static {
    /// Its configuration; parsed before anything starts.
    type Config: DeserializeOwned;

    /// Creates the node; also called to check the configuration, with no engine.
    ///
    /// # Errors
    /// If the configuration is wrong.
    fn new(config: Self::Config, engine: Option<&Arc<EngineState>>) -> Result<Self, ConfigError>;

    /// Processes data that somebody waits for, in place.
    ///
    /// # Errors
    /// Whoever sent the data gets the error, whole if it came through the host.
    async fn process(
        &mut self,
        data: &mut OtapPdata,
        handler: &ProcessorHandler<'_>,
    ) -> Result<Next, Error>;

    /// Handles a message of the engine.
    ///
    /// # Errors
    /// An error ends the pipeline; the engine starts it again.
    async fn control(
        &mut self,
        _message: NodeControlMsg<OtapPdata>,
        _handler: &ProcessorHandler<'_>,
    ) -> Result<(), EngineError> {
        Ok(())
    }
}

/// The factory of a processor; `name` starts with `urn:ferrule`.
#[must_use]
pub const fn processor_factory<P: ContextProcessor>(
    name: &'static str,
) -> ProcessorFactory<OtapPdata> {
    ProcessorFactory {
        name,
        create: create_processor::<P>,
        context_declarations: None,
        wiring_contract: WiringContract::UNRESTRICTED,
        validate_config: |config| P::new(parse(config)?, None).map(|_| ()),
    }
}

struct ProcessorAdapter<N> {
    node: N,
    engine: Arc<EngineState>,
    metrics: NodeMetrics,
}

fn create_processor<P: ContextProcessor>(
    pipeline: PipelineContext,
    id: NodeId,
    config: Arc<NodeUserConfig>,
    runtime: &ProcessorConfig,
    _: &Capabilities,
) -> Result<ProcessorWrapper<OtapPdata>, ConfigError> {
    let engine = EngineState::of_node(&config.config)?;
    let node = P::new(parse(&config.config)?, Some(&engine))?;
    let metrics = NodeMetrics::register(&pipeline);
    let adapter = ProcessorAdapter {
        node,
        engine,
        metrics,
    };
    Ok(ProcessorWrapper::local(adapter, id, config, runtime))
}

#[async_trait(?Send)]
impl<P: ContextProcessor> local::processor::Processor<OtapPdata> for ProcessorAdapter<P> {
    async fn process(
        &mut self,
        message: Message<OtapPdata>,
        inner: &mut local::processor::EffectHandler<OtapPdata>,
    ) -> Result<(), EngineError> {
        let inner = &*inner;
        let mut data = match message {
            Message::PData(data) => data,
            Message::Control(message) => {
                if let NodeControlMsg::CollectTelemetry { metrics_reporter } = &message {
                    self.metrics.report(&mut metrics_reporter.clone());
                }
                let handler = ContextEffectHandler::without_call(inner, &self.engine);
                return self.node.control(message, &handler).await;
            }
        };
        let handler = match ContextEffectHandler::new(inner, &self.engine, &data) {
            Ok(handler) => handler,
            Err(error) => {
                self.metrics.count(NodeOutcome::of(error.kind));
                // It fails only while the pipeline ends, and then the receiver answers
                let _ = inner.notify_nack(nack::of_ended(data)).await;
                return Ok(());
            }
        };
        let next = match handler.check_deadline() {
            Ok(()) => self.node.process(&mut data, &handler).await,
            Err(error) => Err(error),
        };
        let sent = match next {
            Ok(Next::Send) => handler.send(None, data, FOREVER).await,
            Ok(Next::SendTo(port)) => handler.send(Some(port), data, FOREVER).await,
            Ok(Next::Done) => {
                let _ = inner.notify_ack(AckMsg::new(data)).await;
                Ok(())
            }
            Err(error) => Err(Unsent {
                error,
                data: Box::new(data),
            }),
        };
        match sent {
            Ok(()) => self.metrics.count(NodeOutcome::Passed),
            Err(Unsent { error, data }) => {
                self.metrics.count(NodeOutcome::of(error.kind));
                let _ = inner
                    .notify_nack(self.engine.nack_of(error).nack(*data))
                    .await;
            }
        }
        Ok(())
    }
}
