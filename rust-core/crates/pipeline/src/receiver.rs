// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The `host` receiver: calls from the host process into a pipeline.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ferrule_context::{CallTable, CancelCause, Error as CallError, Success};
use ferrule_otlp::Signal;
use linkme::distributed_slice;
use otel_arrow_dfe_channel::error::SendError;
use otel_arrow_dfe_config::SignalType;
use otel_arrow_dfe_config::context::ContextEntryName;
use otel_arrow_dfe_config::error::Error as ConfigError;
use otel_arrow_dfe_config::node::NodeUserConfig;
use otel_arrow_dfe_config::transport_headers::{TransportHeader, TransportHeaders};
use otel_arrow_dfe_config::validation::{deserialize_typed_config, validate_typed_config};
use otel_arrow_dfe_engine::capability::registry::Capabilities;
use otel_arrow_dfe_engine::config::ReceiverConfig;
use otel_arrow_dfe_engine::context::PipelineContext;
use otel_arrow_dfe_engine::control::{Context8u8, NackMsg, NodeControlMsg};
use otel_arrow_dfe_engine::error::{Error, TypedError};
use otel_arrow_dfe_engine::local::receiver::{ControlChannel, EffectHandler, Receiver};
use otel_arrow_dfe_engine::node::NodeId;
use otel_arrow_dfe_engine::receiver::ReceiverWrapper;
use otel_arrow_dfe_engine::terminal_state::TerminalState;
use otel_arrow_dfe_engine::wiring_contract::WiringContract;
use otel_arrow_dfe_engine::{
    Interests, MessageSourceLocalEffectHandlerExtension, ProducerEffectHandlerExtension,
    ReceiverFactory,
};
use otel_arrow_dfe_otap::OTAP_RECEIVER_FACTORIES;
use otel_arrow_dfe_otap::pdata::{Context, OtapPdata};
use otel_arrow_dfe_pdata::OtlpProtoBytes;
use otel_arrow_dfe_telemetry::metrics::MetricSetSnapshot;
use serde::Deserialize;
use smallvec::smallvec;

use crate::lane::{Lane, LaneMessage, QueuedCall};
use crate::nack;
use crate::shared::{CALL_ID_HEADER, Pressure, Shared};
use crate::spec::HOST_RECEIVER;

/// Both fields are set at start; the receiver has no settings of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(rename = "engine")]
    _engine: u64,
    pipeline: usize,
}

struct HostReceiver {
    shared: Arc<Shared>,
    pipeline: usize,
    call_id_name: ContextEntryName,
}

#[allow(
    unsafe_code,
    reason = "the engine collects factories in a link section"
)]
#[distributed_slice(OTAP_RECEIVER_FACTORIES)]
static FACTORY: ReceiverFactory<OtapPdata> = ReceiverFactory {
    name: HOST_RECEIVER,
    create: |pipeline: PipelineContext,
             node: NodeId,
             node_config: Arc<NodeUserConfig>,
             receiver_config: &ReceiverConfig,
             _: &Capabilities| {
        let config = deserialize_typed_config::<Config>(&node_config.config)?;
        let shared = Shared::of_node(&node_config.config)?;
        // The first instance sets it; all instances of an engine share one state.
        let _ = shared
            .pressure
            .set(Pressure(pipeline.memory_pressure_state()));
        let call_id_name = ContextEntryName::try_from(CALL_ID_HEADER).map_err(|error| {
            ConfigError::InvalidUserConfig {
                error: error.to_string(),
            }
        })?;
        let receiver = HostReceiver {
            shared,
            pipeline: config.pipeline,
            call_id_name,
        };
        Ok(
            ReceiverWrapper::local(receiver, node, node_config, receiver_config)
                .with_startup_readiness(),
        )
    },
    context_declarations: None,
    wiring_contract: WiringContract::UNRESTRICTED,
    validate_config: validate_typed_config::<Config>,
};

type BlockedSend = Pin<Box<dyn Future<Output = Result<(), TypedError<OtapPdata>>>>>;

/// Calls that this instance answers for. Dropping it, as a panic or a restart does, tells each
/// caller that the fate of its data is unknown.
struct InFlight {
    calls: Arc<CallTable>,
    deadlines: HashMap<u64, Instant>,
    timers: BTreeSet<(Instant, u64)>,
}

impl InFlight {
    fn insert(&mut self, call_id: u64, deadline: Instant) {
        self.deadlines.insert(call_id, deadline);
        self.timers.insert((deadline, call_id));
    }

    fn remove(&mut self, call_id: u64) {
        if let Some(deadline) = self.deadlines.remove(&call_id) {
            self.timers.remove(&(deadline, call_id));
        }
    }

    /// Finishes the calls whose deadline has passed.
    fn expire(&mut self, now: Instant) {
        while let Some((deadline, call_id)) = self.timers.first().copied()
            && deadline <= now
        {
            self.remove(call_id);
            self.calls
                .finish_if_open(call_id, Err(CallError::timeout()));
        }
    }

    fn finish_all(&mut self, error: &CallError) {
        self.timers.clear();
        for (call_id, _) in self.deadlines.drain() {
            self.calls.finish_if_open(call_id, Err(error.clone()));
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.finish_all(&CallError::lost());
    }
}

/// One running instance.
struct Running {
    shared: Arc<Shared>,
    call_id_name: ContextEntryName,
    handler: EffectHandler<OtapPdata>,
    in_flight: InFlight,
    queue: VecDeque<QueuedCall>,
    blocked: Option<(u64, BlockedSend)>,
}

#[async_trait(?Send)]
impl Receiver<OtapPdata> for HostReceiver {
    async fn start(
        self: Box<Self>,
        mut control: ControlChannel<OtapPdata>,
        handler: EffectHandler<OtapPdata>,
    ) -> Result<TerminalState, Error> {
        let pipeline = &self.shared.pipelines[self.pipeline];
        let (lane, mut arrivals) = Lane::new(self.shared.config.lane_capacity);
        let mut open = Some(pipeline.lanes.open(lane));
        pipeline.starts.fetch_add(1, Ordering::Relaxed);
        handler.signal_ready();
        let mut running = Running {
            in_flight: InFlight {
                calls: Arc::clone(&self.shared.calls),
                deadlines: HashMap::new(),
                timers: BTreeSet::new(),
            },
            shared: Arc::clone(&self.shared),
            call_id_name: self.call_id_name,
            handler,
            queue: VecDeque::new(),
            blocked: None,
        };
        let timer = tokio::time::sleep(FAR);
        tokio::pin!(timer);
        let mut armed = None;
        let mut drain_until = None;
        loop {
            while let Ok(message) = arrivals.try_recv() {
                running.accept(message);
            }
            running.pump();
            if let Some(until) = drain_until {
                let late = Instant::now() >= until;
                if late {
                    running.abandon();
                }
                if late || running.is_idle() {
                    running.handler.notify_receiver_drained().await?;
                    return Ok(TerminalState::new(until, Vec::<MetricSetSnapshot>::new()));
                }
            }
            let next = running.next_timer().into_iter().chain(drain_until).min();
            if next != armed {
                if let Some(next) = next {
                    timer.as_mut().reset(next.into());
                }
                armed = next;
            }
            // Answers first, then deadlines, so that both hold under any load of new calls.
            tokio::select! {
                biased;
                message = control.recv() => match message? {
                    NodeControlMsg::Ack(ack) => {
                        running.answer(ack.unwind.route.calldata.first(), Ok(Success::default()));
                    }
                    NodeControlMsg::Nack(nack) => running.refuse(nack),
                    NodeControlMsg::DrainIngress { deadline, .. } => {
                        open = None;
                        let own = *self.shared.drain_deadline.lock();
                        drain_until = Some(own.map_or(deadline, |own| own.min(deadline)));
                    }
                    NodeControlMsg::Shutdown { deadline, .. } => {
                        running.abandon();
                        return Ok(TerminalState::new(deadline, Vec::<MetricSetSnapshot>::new()));
                    }
                    _ => {}
                },
                () = timer.as_mut(), if armed.is_some() => {
                    armed = None;
                    running.in_flight.expire(Instant::now());
                }
                result = sent(&mut running.blocked), if running.blocked.is_some() => {
                    running.unblock(result);
                }
                message = arrivals.recv(), if open.is_some() || !running.is_idle() => match message {
                    Some(message) => running.accept(message),
                    // The lane's last sender went with `open`; what is in flight still answers.
                    None => tokio::task::yield_now().await,
                },
            }
        }
    }
}

/// Beyond any deadline; the timer is set before it is waited for.
const FAR: Duration = Duration::from_secs(60 * 60 * 24);

/// # Cancel safety
/// Safe: the send stays in `blocked` until it is done.
async fn sent(blocked: &mut Option<(u64, BlockedSend)>) -> Result<(), TypedError<OtapPdata>> {
    match blocked {
        Some((_, send)) => send.await,
        None => std::future::pending().await,
    }
}

impl Running {
    fn accept(&mut self, message: LaneMessage) {
        match message {
            LaneMessage::Call(queued) => {
                if !queued.call.is_finished() {
                    self.in_flight
                        .insert(queued.call.id(), queued.call.deadline());
                    self.queue.push_back(queued);
                }
            }
            LaneMessage::Released(call_id) => {
                self.in_flight.remove(call_id);
                self.queue.retain(|queued| queued.call.id() != call_id);
            }
        }
    }

    /// Hands queued calls to the pipeline until it is full.
    fn pump(&mut self) {
        while self.blocked.is_none()
            && let Some(queued) = self.queue.pop_front()
        {
            if queued.call.is_finished() {
                self.in_flight.remove(queued.call.id());
                continue;
            }
            self.send(queued);
        }
    }

    fn send(&mut self, queued: QueuedCall) {
        let call_id = queued.call.id();
        let data = self.message(queued);
        match self.handler.try_send_message_with_source_node(data) {
            Ok(()) => {}
            Err(TypedError::ChannelSendError(SendError::Full(data))) => {
                let handler = self.handler.clone();
                let send = async move { handler.send_message_with_source_node(data).await };
                self.blocked = Some((call_id, Box::pin(send)));
            }
            Err(_) => self.unsent(call_id),
        }
    }

    fn message(&self, queued: QueuedCall) -> OtapPdata {
        let QueuedCall {
            call,
            signal,
            payload,
            guard,
            ..
        } = queued;
        guard.disarm();
        call.mark_dispatched();
        let mut data = OtapPdata::new(
            Context::with_capacity(4),
            OtlpProtoBytes::new_from_bytes(signal_type(signal), payload).into(),
        );
        let mut headers = TransportHeaders::with_capacity(1);
        if let Some(policy) = self.handler.capture_policy() {
            let pairs = call
                .metadata()
                .iter()
                .map(|entry| (entry.name, entry.value));
            let _ = policy.capture_from_pairs(pairs, &mut headers);
        }
        headers.push(TransportHeader::binary(
            self.call_id_name.clone(),
            call.id().to_le_bytes().to_vec(),
        ));
        data.set_transport_headers(headers);
        self.handler.subscribe_to(
            Interests::ACKS | Interests::NACKS,
            smallvec![Context8u8::from(call.id())],
            &mut data,
        );
        data
    }

    fn unblock(&mut self, result: Result<(), TypedError<OtapPdata>>) {
        if let Some((call_id, _)) = self.blocked.take()
            && result.is_err()
        {
            self.unsent(call_id);
        }
    }

    fn unsent(&mut self, call_id: u64) {
        self.in_flight.remove(call_id);
        let error = CallError::retryable("the pipeline is being restarted or stopped");
        self.shared.calls.finish_if_open(call_id, Err(error));
    }

    fn refuse(&mut self, nack: NackMsg<OtapPdata>) {
        let retry_delay = self.shared.config.retry_delay();
        let error = nack::error_of(&nack.reason, nack.permanent, nack.cause, retry_delay);
        self.answer(nack.unwind.route.calldata.first(), Err(error));
    }

    fn answer(&mut self, calldata: Option<&Context8u8>, outcome: ferrule_context::Outcome) {
        if let Some(calldata) = calldata {
            let call_id = u64::from(*calldata);
            self.in_flight.remove(call_id);
            self.shared.calls.finish(call_id, outcome);
        }
    }

    /// Finishes what is left, because the engine stops.
    fn abandon(&mut self) {
        self.in_flight
            .finish_all(&CallError::cancelled(CancelCause::Shutdown));
        self.queue.clear();
        self.blocked = None;
    }

    fn is_idle(&self) -> bool {
        self.in_flight.deadlines.is_empty() && self.queue.is_empty()
    }

    fn next_timer(&self) -> Option<Instant> {
        self.in_flight.timers.first().map(|(deadline, _)| *deadline)
    }
}

fn signal_type(signal: Signal) -> SignalType {
    match signal {
        Signal::Traces => SignalType::Traces,
        Signal::Metrics => SignalType::Metrics,
        Signal::Logs => SignalType::Logs,
    }
}
