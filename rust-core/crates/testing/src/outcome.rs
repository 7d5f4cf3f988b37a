// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! `urn:ferrule-testing:exporter:outcome`: ends each call as its header asks for.

use std::sync::Arc;

use async_trait::async_trait;
use ferrule_context::{Error, LogLevel, Success};
use ferrule_pipeline::engine_api::local::exporter::{EffectHandler, Exporter};
use ferrule_pipeline::engine_api::{
    AckMsg, Capabilities, ConsumerEffectHandlerExtension, EngineError, ExporterConfig,
    ExporterFactory, ExporterInbox, ExporterWrapper, Message, NackMsg, NodeControlMsg, NodeId,
    NodeUserConfig, OTAP_EXPORTER_FACTORIES, OtapPdata, PipelineContext, TerminalState,
    WiringContract,
};
use ferrule_pipeline::{EngineState, call_id_of};
use linkme::distributed_slice;

use crate::order::Order;
use crate::park::{Parking, arrival};

const TARGET: &str = "testing.outcome";

struct OutcomeExporter {
    engine: Arc<EngineState>,
}

#[allow(
    unsafe_code,
    reason = "the engine collects factories in a link section"
)]
#[distributed_slice(OTAP_EXPORTER_FACTORIES)]
static FACTORY: ExporterFactory<OtapPdata> = ExporterFactory {
    name: "urn:ferrule-testing:exporter:outcome",
    create: |_: PipelineContext,
             node: NodeId,
             node_config: Arc<NodeUserConfig>,
             exporter_config: &ExporterConfig,
             _: &Capabilities| {
        let engine = EngineState::of_node(&node_config.config)?;
        Ok(ExporterWrapper::local(
            OutcomeExporter { engine },
            node,
            node_config,
            exporter_config,
        ))
    },
    context_declarations: None,
    wiring_contract: WiringContract::UNRESTRICTED,
    validate_config: |_| Ok(()),
};

#[async_trait(?Send)]
impl Exporter<OtapPdata> for OutcomeExporter {
    async fn start(
        self: Box<Self>,
        mut inbox: ExporterInbox<OtapPdata>,
        handler: EffectHandler<OtapPdata>,
    ) -> Result<TerminalState, EngineError> {
        let mut held = Vec::new();
        let mut waiting = Vec::new();
        let mut has_failed = false;
        let mut parking = Parking::new(Arc::clone(&self.engine), handler.clone());
        loop {
            match inbox.recv().await? {
                Message::Control(NodeControlMsg::Shutdown { .. }) => {
                    return Ok(TerminalState::default());
                }
                Message::Control(_) => {}
                Message::PData(data) => {
                    let call =
                        call_id_of(&data).and_then(|call_id| self.engine.calls().get(call_id));
                    match (call.as_deref().map(Order::of), call) {
                        (Some(Order::Hang), _) => {
                            held.push(data);
                            continue;
                        }
                        (Some(Order::Park), Some(call)) => {
                            parking.park(call, data);
                            continue;
                        }
                        (Some(Order::Stall), Some(call)) => call.finished().await,
                        (Some(Order::Panic), _) => {
                            panic!("a test asked for a panic in the exporter")
                        }
                        (Some(Order::Hold), Some(call)) => {
                            self.engine.log(LogLevel::Info, TARGET, arrival(&call));
                            waiting.push(data);
                            continue;
                        }
                        (Some(Order::Release), _) => {
                            for data in waiting.drain(..) {
                                handler.notify_ack(AckMsg::new(data)).await?;
                            }
                        }
                        (Some(Order::FailFirst), _) if !has_failed => {
                            has_failed = true;
                            let nack = NackMsg::new_permanent("a test asked for it", data);
                            handler.notify_nack(nack).await?;
                            continue;
                        }
                        (Some(Order::Finish(Err(error))), Some(call)) if call.is_group() => {
                            handler
                                .notify_nack(refusal(&self.engine, error, data))
                                .await?;
                            continue;
                        }
                        (Some(Order::Finish(outcome)), Some(call))
                            if outcome != Ok(Success::default()) =>
                        {
                            self.engine.calls().finish(call.id(), outcome);
                        }
                        _ => {}
                    }
                    handler.notify_ack(AckMsg::new(data)).await?;
                }
            }
        }
    }
}

fn refusal(engine: &EngineState, error: Error, data: OtapPdata) -> NackMsg<OtapPdata> {
    let permanent = error.is_permanent();
    let reason = engine.reason_of(error);
    if permanent {
        NackMsg::new_permanent(reason, data)
    } else {
        NackMsg::new(reason, data)
    }
}
