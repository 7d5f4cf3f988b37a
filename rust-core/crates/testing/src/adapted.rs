// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Nodes on the public traits: the exporter `adapted` and the processor `pass` obey a call's order,
//! and the receiver `three` sends what belongs to no call.

use std::sync::Arc;

use async_trait::async_trait;
use ferrule_context::{Error, LogLevel, Success};
use ferrule_pipeline::EngineState;
use ferrule_pipeline::engine_api::{
    ConfigError, Context, ExporterFactory, OTAP_EXPORTER_FACTORIES, OTAP_PROCESSOR_FACTORIES,
    OTAP_RECEIVER_FACTORIES, OtapPdata, OtlpProtoBytes, ProcessorFactory, ReceiverFactory,
    SignalType,
};
use ferrule_pipeline::node::Next;
use ferrule_pipeline::node::local::{
    ContextExporter, ContextProcessor, ContextReceiver, ExporterHandler, ProcessorHandler,
    ReceiverHandler, exporter_factory, processor_factory, receiver_factory,
};
use linkme::distributed_slice;
use serde::Deserialize;

use crate::order::Order;

const TARGET: &str = "testing.adapted";

#[derive(Deserialize)]
struct Config {}

struct Adapted(Option<Arc<EngineState>>);

#[allow(
    unsafe_code,
    reason = "the engine collects factories in a link section"
)]
#[distributed_slice(OTAP_EXPORTER_FACTORIES)]
static EXPORTER: ExporterFactory<OtapPdata> =
    exporter_factory::<Adapted>("urn:ferrule-testing:exporter:adapted");

/// Tells when it is dropped before its time.
struct Told<'a>(&'a EngineState, u64);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        let text = format!("dropped call={}", self.1);
        self.0.log(LogLevel::Info, TARGET, text);
    }
}

#[async_trait(?Send)]
impl ContextExporter for Adapted {
    type Config = Config;

    fn new(_: Config, engine: Option<&Arc<EngineState>>) -> Result<Self, ConfigError> {
        Ok(Self(engine.cloned()))
    }

    async fn export(
        &mut self,
        _: &mut OtapPdata,
        handler: &ExporterHandler<'_>,
    ) -> Result<Success, Error> {
        let Some(call) = handler.call() else {
            return Ok(Success::default());
        };
        match Order::of(call) {
            Order::Park => {
                let _told = self.0.as_deref().map(|engine| Told(engine, call.id()));
                std::future::pending().await
            }
            Order::Finish(outcome) => outcome,
            _ => Ok(Success::default()),
        }
    }
}

struct Pass;

#[allow(
    unsafe_code,
    reason = "the engine collects factories in a link section"
)]
#[distributed_slice(OTAP_PROCESSOR_FACTORIES)]
static PROCESSOR: ProcessorFactory<OtapPdata> =
    processor_factory::<Pass>("urn:ferrule-testing:processor:pass");

#[async_trait(?Send)]
impl ContextProcessor for Pass {
    type Config = Config;

    fn new(_: Config, _: Option<&Arc<EngineState>>) -> Result<Self, ConfigError> {
        Ok(Self)
    }

    async fn process(
        &mut self,
        _: &mut OtapPdata,
        handler: &ProcessorHandler<'_>,
    ) -> Result<Next, Error> {
        match handler.call().map(|call| Order::of(call)) {
            Some(Order::Release) => Ok(Next::Done),
            Some(Order::Hold) => Ok(Next::SendTo("nowhere".into())),
            _ => Ok(Next::Send),
        }
    }
}

/// Sends three messages, and tells their outcomes.
struct Three {
    engine: Option<Arc<EngineState>>,
    sent: u64,
}

#[allow(
    unsafe_code,
    reason = "the engine collects factories in a link section"
)]
#[distributed_slice(OTAP_RECEIVER_FACTORIES)]
static RECEIVER: ReceiverFactory<OtapPdata> =
    receiver_factory::<Three>("urn:ferrule-testing:receiver:three");

#[async_trait(?Send)]
impl ContextReceiver for Three {
    type Config = Config;

    fn new(_: Config, engine: Option<&Arc<EngineState>>) -> Result<Self, ConfigError> {
        Ok(Self {
            engine: engine.cloned(),
            sent: 0,
        })
    }

    async fn receive(&mut self, _: &ReceiverHandler<'_>) -> Option<(u64, OtapPdata)> {
        self.sent += 1;
        let bytes = OtlpProtoBytes::new_from_bytes(SignalType::Logs, vec![0x0a, 0]);
        let data = OtapPdata::new(Context::default(), bytes.into());
        (self.sent <= 3).then_some((self.sent, data))
    }

    async fn answered(&mut self, number: u64, outcome: Result<(), Error>) {
        if let Some(engine) = &self.engine {
            let text = format!("answered {number}: {outcome:?}");
            engine.log(LogLevel::Info, TARGET, text);
        }
    }
}
