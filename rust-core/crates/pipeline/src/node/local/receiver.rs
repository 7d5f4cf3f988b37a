// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Context-aware receivers: the trait and its adapter.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use ferrule_context::{CancelCause, Error};
use serde::de::DeserializeOwned;
use smallvec::smallvec;

use crate::engine::state::EngineState;
use crate::engine_api::{
    Capabilities, ConfigError, Context8u8, EngineError, Interests, MetricSetSnapshot,
    NodeControlMsg, NodeId, NodeUserConfig, OtapPdata, PipelineContext,
    ProducerEffectHandlerExtension, ReceiverConfig, ReceiverFactory, ReceiverWrapper,
    TerminalState, WiringContract, local,
};
use crate::node::handler::{ContextEffectHandler, SendAttempt};
use crate::node::support::{RETRY, parse};

/// The handler of a receiver.
pub type ReceiverHandler<'a> = ContextEffectHandler<'a, local::receiver::EffectHandler<OtapPdata>>;

/// A receiver whose data may belong to calls, as data from a topic does. Register
/// [`receiver_factory`].
#[async_trait(?Send)]
pub trait ContextReceiver: Sized + 'static {
    /// Its configuration; parsed before anything starts.
    type Config: DeserializeOwned;

    /// Creates the node; also called to check the configuration, with no engine.
    ///
    /// # Errors
    /// If the configuration is wrong.
    fn new(config: Self::Config, engine: Option<&Arc<EngineState>>) -> Result<Self, ConfigError>;

    /// Waits for data, with a number under which its outcome comes back; none if no
    /// more will come. Not called while there is no room in the pipeline.
    ///
    /// # Cancel safety
    /// Must be safe: the future is dropped whenever something else happens.
    async fn receive(&mut self, handler: &ReceiverHandler<'_>) -> Option<(u64, OtapPdata)>;

    /// Takes the one outcome of what was received under a number.
    async fn answered(&mut self, number: u64, outcome: Result<(), Error>);
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

struct ReceiverAdapter<N> {
    node: N,
    engine: Arc<EngineState>,
}

fn create_receiver<R: ContextReceiver>(
    _: PipelineContext,
    id: NodeId,
    config: Arc<NodeUserConfig>,
    runtime: &ReceiverConfig,
    _: &Capabilities,
) -> Result<ReceiverWrapper<OtapPdata>, ConfigError> {
    let engine = EngineState::of_node(&config.config)?;
    let node = R::new(parse(&config.config)?, Some(&engine))?;
    Ok(ReceiverWrapper::local(
        ReceiverAdapter { node, engine },
        id,
        config,
        runtime,
    ))
}

#[async_trait(?Send)]
impl<R: ContextReceiver> local::receiver::Receiver<OtapPdata> for ReceiverAdapter<R> {
    async fn start(
        mut self: Box<Self>,
        mut control: local::receiver::ControlChannel<OtapPdata>,
        inner: local::receiver::EffectHandler<OtapPdata>,
    ) -> Result<TerminalState, EngineError> {
        let inner = &inner;
        let engine = Arc::clone(&self.engine);
        let idle = ContextEffectHandler::without_call(inner, &engine);
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
                self.abandon(open.drain().chain(waiting.map(|it| it.0)))
                    .await;
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
                            let error = engine.error_of(&nack);
                            (nack.unwind, Err(error))
                        }
                        NodeControlMsg::DrainIngress { deadline, .. } => {
                            drain_until = Some(deadline);
                            continue;
                        }
                        NodeControlMsg::Shutdown { deadline, .. } => {
                            let left = open.drain().chain(waiting.map(|it| it.0));
                            self.abandon(left).await;
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

impl<R: ContextReceiver> ReceiverAdapter<R> {
    /// Answers what the pipeline has not answered in time.
    async fn abandon(&mut self, numbers: impl Iterator<Item = u64>) {
        let numbers: Vec<_> = numbers.collect();
        for number in numbers {
            let error = Error::cancelled(CancelCause::Shutdown);
            self.node.answered(number, Err(error)).await;
        }
    }

    /// Sends what somebody waits for, and answers what cannot be sent.
    async fn try_send(
        &mut self,
        inner: &local::receiver::EffectHandler<OtapPdata>,
        number: u64,
        data: OtapPdata,
    ) -> Sent {
        let engine = Arc::clone(&self.engine);
        let error = match ContextEffectHandler::new(inner, &engine, &data) {
            Ok(handler) => match handler.try_send(None, data) {
                SendAttempt::Sent => return Sent::Yes,
                SendAttempt::Full(data) => return Sent::Full(Box::new(data)),
                SendAttempt::Failed(unsent) => unsent.error,
            },
            Err(error) => error,
        };
        self.node.answered(number, Err(error)).await;
        Sent::No
    }
}
