// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Context-aware exporters: the trait and its adapter, for local and for shared nodes.

/// Expands to a module for one kind of exporter.
macro_rules! exporters {
    ($name:ident, $async:meta, [$($bound:tt)*], $notify:ident, $inbox:ty) => {
        mod exporter {
            use std::sync::Arc;

            use async_trait::async_trait;
            use ferrule_context::{Error, Success};
            use otel_arrow_dfe_config::error::Error as ConfigError;
            use otel_arrow_dfe_config::node::NodeUserConfig;
            use otel_arrow_dfe_engine::capability::registry::Capabilities;
            use otel_arrow_dfe_engine::config::ExporterConfig;
            use otel_arrow_dfe_engine::context::PipelineContext;
            use otel_arrow_dfe_engine::control::{AckMsg, NodeControlMsg};
            use otel_arrow_dfe_engine::error::Error as EngineError;
            use otel_arrow_dfe_engine::exporter::ExporterWrapper;
            use otel_arrow_dfe_engine::message::Message;
            use otel_arrow_dfe_engine::node::NodeId;
            use otel_arrow_dfe_engine::terminal_state::TerminalState;
            use otel_arrow_dfe_engine::wiring_contract::WiringContract;
            use otel_arrow_dfe_engine::{
                ConsumerEffectHandlerExtension, ExporterFactory, $name as engine,
            };
            use otel_arrow_dfe_otap::pdata::OtapPdata;
            use serde::de::DeserializeOwned;

            use crate::error::nack;
            use crate::node::metrics::{Fate, NodeMetrics};
            use crate::node::ContextEffectHandler;
            use crate::node::nodes::{parse, refusal};
            use crate::engine::state::Shared;

            /// The handler of an exporter.
            pub type ExporterHandler<'a> =
                ContextEffectHandler<'a, engine::exporter::EffectHandler<OtapPdata>>;

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

            struct Adapter<N> {
                node: N,
                shared: Arc<Shared>,
                metrics: NodeMetrics,
            }

            fn create_exporter<E: ContextExporter>(
                pipeline: PipelineContext,
                id: NodeId,
                config: Arc<NodeUserConfig>,
                runtime: &ExporterConfig,
                _: &Capabilities,
            ) -> Result<ExporterWrapper<OtapPdata>, ConfigError> {
                let shared = Shared::of_node(&config.config)?;
                let node = E::new(parse(&config.config)?, Some(&shared))?;
                let metrics = NodeMetrics::register(&pipeline);
                let adapter = Adapter { node, shared, metrics };
                Ok(ExporterWrapper::$name(adapter, id, config, runtime))
            }

            #[$async]
            impl<E: ContextExporter> engine::exporter::Exporter<OtapPdata> for Adapter<E> {
                async fn start(
                    mut self: Box<Self>,
                    mut inbox: $inbox,
                    inner: engine::exporter::EffectHandler<OtapPdata>,
                ) -> Result<TerminalState, EngineError> {
                    let inner = &inner;
                    loop {
                        let mut data = match inbox.recv().await? {
                            Message::PData(data) => data,
                            Message::Control(NodeControlMsg::Shutdown { deadline, .. }) => {
                                return Ok(TerminalState::new(deadline, self.metrics.take()));
                            }
                            Message::Control(NodeControlMsg::CollectTelemetry {
                                mut metrics_reporter,
                            }) => {
                                self.metrics.report(&mut metrics_reporter);
                                continue;
                            }
                            Message::Control(_) => continue,
                        };
                        let handler = match ContextEffectHandler::new(inner, &self.shared, &data) {
                            Ok(handler) => handler,
                            Err(error) => {
                                self.metrics.count(Fate::of(error.kind));
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
                        self.metrics.count(match &result {
                            Some(Ok(_)) => Fate::Passed,
                            Some(Err(error)) => Fate::of(error.kind),
                            None => {
                                let ended = handler.check_deadline().err();
                                ended.map_or(Fate::Cancelled, |it| Fate::of(it.kind))
                            }
                        });
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
        }
    };
}

pub(super) use exporters;
