// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! `urn:ferrule-testing:processor:probe`: panics or hogs its core as a call's header asks for.

use std::sync::Arc;

use async_trait::async_trait;
use ferrule_context::LogLevel;
use ferrule_pipeline::engine_api::local::processor::{EffectHandler, Processor};
use ferrule_pipeline::engine_api::{
    Capabilities, EngineError, Message, MessageSourceLocalEffectHandlerExtension, NodeId,
    NodeUserConfig, OTAP_PROCESSOR_FACTORIES, OtapPdata, OtlpProtoBytes, PipelineContext,
    ProcessorConfig, ProcessorFactory, ProcessorWrapper, WiringContract,
};
use ferrule_pipeline::{EngineState, call_id_of};
use linkme::distributed_slice;

use crate::order::Order;

const TARGET: &str = "testing.probe";

struct ProbeProcessor {
    engine: Arc<EngineState>,
}

#[allow(
    unsafe_code,
    reason = "the engine collects factories in a link section"
)]
#[distributed_slice(OTAP_PROCESSOR_FACTORIES)]
static FACTORY: ProcessorFactory<OtapPdata> = ProcessorFactory {
    name: "urn:ferrule-testing:processor:probe",
    create: |_: PipelineContext,
             node: NodeId,
             node_config: Arc<NodeUserConfig>,
             processor_config: &ProcessorConfig,
             _: &Capabilities| {
        let engine = EngineState::of_node(&node_config.config)?;
        Ok(ProcessorWrapper::local(
            ProbeProcessor { engine },
            node,
            node_config,
            processor_config,
        ))
    },
    context_declarations: None,
    wiring_contract: WiringContract::UNRESTRICTED,
    validate_config: |_| Ok(()),
};

#[async_trait(?Send)]
impl Processor<OtapPdata> for ProbeProcessor {
    async fn process(
        &mut self,
        message: Message<OtapPdata>,
        handler: &mut EffectHandler<OtapPdata>,
    ) -> Result<(), EngineError> {
        let Message::PData(mut data) = message else {
            return Ok(());
        };
        let call = call_id_of(&data).and_then(|call_id| self.engine.calls().get(call_id));
        match call.as_deref().map(Order::of) {
            Some(Order::PanicInProcessor) => panic!("a test asked for a panic in the processor"),
            Some(Order::Truncate) => {
                let signal = data.signal_type();
                if let Some(bytes) = data.take_payload().into_encoded_bytes() {
                    let (context, _) = data.into_parts();
                    let bytes = bytes.slice(..bytes.len().saturating_sub(1));
                    let payload = OtlpProtoBytes::new_from_bytes(signal, bytes).into();
                    data = OtapPdata::new(context, payload);
                }
            }
            Some(Order::Hog) => {
                let text = format!("hogging call={}", call.as_ref().map_or(0, |call| call.id()));
                self.engine.log(LogLevel::Info, TARGET, text);
                while call.as_ref().is_some_and(|call| !call.is_finished()) {
                    std::thread::yield_now();
                }
            }
            _ => {}
        }
        Ok(handler.send_message_with_source_node(data).await?)
    }
}
