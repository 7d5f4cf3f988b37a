// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The traits for local and for shared nodes, which differ in `Send` only, and their adapters.

use std::time::Duration;

use ferrule_context::Error;
use otel_arrow_dfe_config::error::Error as ConfigError;
use otel_arrow_dfe_engine::control::NackMsg;
use otel_arrow_dfe_otap::pdata::OtapPdata;
use serde::de::DeserializeOwned;

use super::Unsent;
use crate::nack::Refusal;
use crate::shared::Shared;

/// Longer than any call lasts: who waits for room gives up when its call ends.
const FOREVER: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// How soon a receiver tries again to send what there was no room for.
const RETRY: Duration = Duration::from_millis(1);

/// A node's own configuration, without what was added to it at start.
fn parse<C: DeserializeOwned>(config: &serde_json::Value) -> Result<C, ConfigError> {
    let mut config = config.clone();
    match config.as_object_mut() {
        Some(fields) => {
            fields.remove("engine");
        }
        None => config = serde_json::json!({}),
    }
    serde_json::from_value(config).map_err(|error| ConfigError::InvalidUserConfig {
        error: error.to_string(),
    })
}

fn refusal(shared: &Shared, error: Error, data: OtapPdata) -> NackMsg<OtapPdata> {
    Refusal::new(shared, error).nack(data)
}

/// Answers where the engine's future need not be `Send`.
macro_rules! tell_here {
    ($handler:expr, $method:ident, $message:expr) => {
        // It fails only while the pipeline ends, and then the receiver answers
        let _ = $handler.$method($message).await;
    };
}

/// Answers in a task of its own, because the engine's future is not `Send`. Shared nodes run on
/// the thread of their pipeline, too.
macro_rules! tell_in_task {
    ($handler:expr, $method:ident, $message:expr) => {
        let (handler, message) = (Clone::clone($handler), $message);
        let task = tokio::task::spawn_local(async move {
            let _ = handler.$method(message).await;
        });
        let _ = task.await;
    };
}

macro_rules! nodes {
    ($name:ident, $doc:literal, $async:meta, $inbox:ty, [$($bound:tt)*], $notify:ident) => {
        #[doc = $doc]
        pub mod $name {
            use std::collections::HashSet;
            use std::sync::Arc;
            use std::time::Instant;

            use async_trait::async_trait;
            use ferrule_context::{Error, Success};
            use otel_arrow_dfe_config::error::Error as ConfigError;
            use otel_arrow_dfe_config::node::NodeUserConfig;
            use otel_arrow_dfe_engine::capability::registry::Capabilities;
            use otel_arrow_dfe_engine::config::{ExporterConfig, ProcessorConfig, ReceiverConfig};
            use otel_arrow_dfe_engine::context::PipelineContext;
            use otel_arrow_dfe_engine::control::{AckMsg, Context8u8, NodeControlMsg};
            use otel_arrow_dfe_engine::error::Error as EngineError;
            use otel_arrow_dfe_engine::exporter::ExporterWrapper;
            use otel_arrow_dfe_engine::message::Message;
            use otel_arrow_dfe_engine::node::NodeId;
            use otel_arrow_dfe_engine::processor::ProcessorWrapper;
            use otel_arrow_dfe_engine::receiver::ReceiverWrapper;
            use otel_arrow_dfe_engine::terminal_state::TerminalState;
            use otel_arrow_dfe_engine::wiring_contract::WiringContract;
            use otel_arrow_dfe_engine::{
                ConsumerEffectHandlerExtension, ExporterFactory, Interests,
                ProcessorFactory, ProducerEffectHandlerExtension, ReceiverFactory,
                $name as engine,
            };
            use otel_arrow_dfe_otap::pdata::OtapPdata;
            use otel_arrow_dfe_telemetry::metrics::MetricSetSnapshot;
            use serde::de::DeserializeOwned;
            use smallvec::smallvec;

            use super::super::{Attempt, ContextEffectHandler, Next};
            use super::{FOREVER, RETRY, Unsent, parse, refusal};
            use crate::nack;
            use crate::shared::Shared;

            /// The handler of a processor.
            pub type ProcessorHandler<'a> =
                ContextEffectHandler<'a, engine::processor::EffectHandler<OtapPdata>>;
            /// The handler of a receiver.
            pub type ReceiverHandler<'a> =
                ContextEffectHandler<'a, engine::receiver::EffectHandler<OtapPdata>>;
            /// The handler of an exporter.
            pub type ExporterHandler<'a> =
                ContextEffectHandler<'a, engine::exporter::EffectHandler<OtapPdata>>;

            /// A processor that obeys the call. Register [`processor_factory`].
            #[$async]
            pub trait ContextProcessor: $($bound)* Sized + 'static {
                /// Its configuration; parsed before anything starts.
                type Config: DeserializeOwned;

                /// Creates the node; also called to check the configuration, with no engine.
                ///
                /// # Errors
                /// If the configuration is wrong.
                fn new(config: Self::Config, engine: Option<&Arc<Shared>>)
                    -> Result<Self, ConfigError>;

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

            /// An exporter that obeys the call. Register [`exporter_factory`]. It exports one
            /// message after the other; one that does more at once implements the engine's trait
            /// and asks a [`ContextEffectHandler`] of its own for each message.
            #[$async]
            pub trait ContextExporter: $($bound)* Sized + 'static {
                /// Its configuration; parsed before anything starts.
                type Config: DeserializeOwned;

                /// Creates the node; also called to check the configuration, with no engine.
                ///
                /// # Errors
                /// If the configuration is wrong.
                fn new(config: Self::Config, engine: Option<&Arc<Shared>>)
                    -> Result<Self, ConfigError>;

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

            /// A receiver whose data may belong to calls, as data from a topic does. Register
            /// [`receiver_factory`].
            #[$async]
            pub trait ContextReceiver: $($bound)* Sized + 'static {
                /// Its configuration; parsed before anything starts.
                type Config: DeserializeOwned;

                /// Creates the node; also called to check the configuration, with no engine.
                ///
                /// # Errors
                /// If the configuration is wrong.
                fn new(config: Self::Config, engine: Option<&Arc<Shared>>)
                    -> Result<Self, ConfigError>;

                /// Waits for data, with a number under which its outcome comes back; none if no
                /// more will come. Not called while there is no room in the pipeline.
                ///
                /// # Cancel safety
                /// Must be safe: the future is dropped whenever something else happens.
                async fn receive(
                    &mut self,
                    handler: &ReceiverHandler<'_>,
                ) -> Option<(u64, OtapPdata)>;

                /// Takes the one outcome of what was received under a number.
                async fn answered(&mut self, number: u64, outcome: Result<(), Error>);
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

            /// The factory of a receiver; `name` starts with `urn:ferrule`.
            #[must_use]
            pub const fn receiver_factory<R: ContextReceiver>(
                name: &'static str,
            ) -> ReceiverFactory<OtapPdata> {
                ReceiverFactory {
                    name,
                    create: create_receiver::<R>,
                    context_declarations: None,
                    wiring_contract: WiringContract::UNRESTRICTED,
                    validate_config: |config| R::new(parse(config)?, None).map(|_| ()),
                }
            }

            struct Adapter<N> {
                node: N,
                shared: Arc<Shared>,
            }

            fn create_processor<P: ContextProcessor>(
                _: PipelineContext,
                id: NodeId,
                config: Arc<NodeUserConfig>,
                runtime: &ProcessorConfig,
                _: &Capabilities,
            ) -> Result<ProcessorWrapper<OtapPdata>, ConfigError> {
                let shared = Shared::of_node(&config.config)?;
                let node = P::new(parse(&config.config)?, Some(&shared))?;
                Ok(ProcessorWrapper::$name(Adapter { node, shared }, id, config, runtime))
            }

            fn create_exporter<E: ContextExporter>(
                _: PipelineContext,
                id: NodeId,
                config: Arc<NodeUserConfig>,
                runtime: &ExporterConfig,
                _: &Capabilities,
            ) -> Result<ExporterWrapper<OtapPdata>, ConfigError> {
                let shared = Shared::of_node(&config.config)?;
                let node = E::new(parse(&config.config)?, Some(&shared))?;
                Ok(ExporterWrapper::$name(Adapter { node, shared }, id, config, runtime))
            }

            fn create_receiver<R: ContextReceiver>(
                _: PipelineContext,
                id: NodeId,
                config: Arc<NodeUserConfig>,
                runtime: &ReceiverConfig,
                _: &Capabilities,
            ) -> Result<ReceiverWrapper<OtapPdata>, ConfigError> {
                let shared = Shared::of_node(&config.config)?;
                let node = R::new(parse(&config.config)?, Some(&shared))?;
                Ok(ReceiverWrapper::$name(Adapter { node, shared }, id, config, runtime))
            }

            #[$async]
            impl<P: ContextProcessor> engine::processor::Processor<OtapPdata> for Adapter<P> {
                async fn process(
                    &mut self,
                    message: Message<OtapPdata>,
                    inner: &mut engine::processor::EffectHandler<OtapPdata>,
                ) -> Result<(), EngineError> {
                    let inner = &*inner;
                    let mut data = match message {
                        Message::PData(data) => data,
                        Message::Control(message) => {
                            let handler = ContextEffectHandler::without_call(inner, &self.shared);
                            return self.node.control(message, &handler).await;
                        }
                    };
                    let handler = match ContextEffectHandler::new(inner, &self.shared, &data) {
                        Ok(handler) => handler,
                        Err(_) => {
                            $notify!(inner, notify_nack, nack::of_ended(data));
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
                            $notify!(inner, notify_ack, AckMsg::new(data));
                            Ok(())
                        }
                        Err(error) => Err(Unsent { error, data: Box::new(data) }),
                    };
                    if let Err(Unsent { error, data }) = sent {
                        $notify!(inner, notify_nack, refusal(&self.shared, error, *data));
                    }
                    Ok(())
                }
            }

            #[$async]
            impl<E: ContextExporter> engine::exporter::Exporter<OtapPdata> for Adapter<E> {
                async fn start(
                    mut self: Box<Self>,
                    mut inbox: ExporterInbox,
                    inner: engine::exporter::EffectHandler<OtapPdata>,
                ) -> Result<TerminalState, EngineError> {
                    let inner = &inner;
                    loop {
                        let mut data = match inbox.recv().await? {
                            Message::PData(data) => data,
                            Message::Control(NodeControlMsg::Shutdown { deadline, .. }) => {
                                return Ok(TerminalState::new(
                                    deadline,
                                    Vec::<MetricSetSnapshot>::new(),
                                ));
                            }
                            Message::Control(_) => continue,
                        };
                        let handler = match ContextEffectHandler::new(inner, &self.shared, &data) {
                            Ok(handler) => handler,
                            Err(_) => {
                                $notify!(inner, notify_nack, nack::of_ended(data));
                                continue;
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
                        match result {
                            Some(Ok(success)) => {
                                if let Some(call) = handler.call()
                                    && success != Success::default()
                                {
                                    call.note_warning(success);
                                }
                                $notify!(inner, notify_ack, AckMsg::new(data));
                            }
                            Some(Err(error)) => {
                                $notify!(inner, notify_nack, refusal(&self.shared, error, data));
                            }
                            None => {
                                $notify!(inner, notify_nack, nack::of_ended(data));
                            }
                        }
                    }
                }
            }

            #[$async]
            impl<R: ContextReceiver> engine::receiver::Receiver<OtapPdata> for Adapter<R> {
                async fn start(
                    mut self: Box<Self>,
                    mut control: engine::receiver::ControlChannel<OtapPdata>,
                    inner: engine::receiver::EffectHandler<OtapPdata>,
                ) -> Result<TerminalState, EngineError> {
                    let inner = &inner;
                    let shared = Arc::clone(&self.shared);
                    let idle = ContextEffectHandler::without_call(inner, &shared);
                    let mut open = HashSet::new();
                    let mut waiting: Option<(u64, OtapPdata)> = None;
                    let mut more = true;
                    let mut drain_until = None;
                    loop {
                        if let Some((number, data)) = waiting.take() {
                            match self.try_send(inner, number, data).await {
                                Sent::Yes => drop(open.insert(number)),
                                Sent::No => {}
                                Sent::Full(data) => waiting = Some((number, *data)),
                            }
                        }
                        if let Some(until) = drain_until
                            && (Instant::now() >= until || open.is_empty() && waiting.is_none())
                        {
                            inner.notify_receiver_drained().await?;
                            return Ok(TerminalState::new(until, Vec::<MetricSetSnapshot>::new()));
                        }
                        let until = drain_until.unwrap_or_else(Instant::now);
                        tokio::select! {
                            biased;
                            message = control.recv() => {
                                let (unwind, outcome) = match message? {
                                    NodeControlMsg::Ack(ack) => (ack.unwind, Ok(())),
                                    NodeControlMsg::Nack(nack) => {
                                        let error = shared.error_of(&nack);
                                        (nack.unwind, Err(error))
                                    }
                                    NodeControlMsg::DrainIngress { deadline, .. } => {
                                        drain_until = Some(deadline);
                                        continue;
                                    }
                                    NodeControlMsg::Shutdown { deadline, .. } => {
                                        return Ok(TerminalState::new(
                                            deadline,
                                            Vec::<MetricSetSnapshot>::new(),
                                        ));
                                    }
                                    _ => continue,
                                };
                                let number = unwind.route.calldata.first().map(|it| u64::from(*it));
                                if let Some(number) = number
                                    && open.remove(&number)
                                {
                                    self.node.answered(number, outcome).await;
                                }
                            }
                            () = tokio::time::sleep_until(until.into()), if drain_until.is_some() => {}
                            () = tokio::time::sleep(RETRY), if waiting.is_some() => {}
                            received = self.node.receive(&idle),
                                if more && waiting.is_none() && drain_until.is_none() =>
                            {
                                more = received.is_some();
                                waiting = received.map(|(number, mut data)| {
                                    inner.subscribe_to(
                                        Interests::ACKS | Interests::NACKS,
                                        smallvec![Context8u8::from(number)],
                                        &mut data,
                                    );
                                    (number, data)
                                });
                            }
                        }
                    }
                }
            }

            enum Sent {
                Yes,
                No,
                Full(Box<OtapPdata>),
            }

            impl<R: ContextReceiver> Adapter<R> {
                /// Sends what somebody waits for, and answers what cannot be sent.
                async fn try_send(
                    &mut self,
                    inner: &engine::receiver::EffectHandler<OtapPdata>,
                    number: u64,
                    data: OtapPdata,
                ) -> Sent {
                    let shared = Arc::clone(&self.shared);
                    let error = match ContextEffectHandler::new(inner, &shared, &data) {
                        Ok(handler) => match handler.try_send(None, data) {
                            Attempt::Sent => return Sent::Yes,
                            Attempt::Full(data) => return Sent::Full(Box::new(data)),
                            Attempt::Failed(unsent) => unsent.error,
                        },
                        Err(error) => error,
                    };
                    self.node.answered(number, Err(error)).await;
                    Sent::No
                }
            }

            type ExporterInbox = $inbox;
        }
    };
}

nodes!(
    local,
    "Nodes that need not be `Send`, as most nodes of the engine.",
    async_trait(?Send),
    otel_arrow_dfe_engine::message::ExporterInbox<OtapPdata>,
    [],
    tell_here
);

nodes!(
    shared,
    "Nodes that are `Send`. They are slower: their answers take a task each.",
    async_trait,
    otel_arrow_dfe_engine::shared::exporter::ExporterInbox<OtapPdata>,
    [Send+],
    tell_in_task
);
