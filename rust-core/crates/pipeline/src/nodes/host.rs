// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The `host` receiver: calls from the host process into a pipeline.

mod in_flight;
mod lingering;
mod metrics;
mod receiver;
mod timers;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ferrule_context::Success;
use linkme::distributed_slice;
use serde::Deserialize;

use self::metrics::HostMetrics;
use self::receiver::RunningReceiver;
use crate::admission::lane::Lane;
use crate::engine::state::{DRAIN_MARGIN, EngineState, Pressure};
use crate::engine_api::local::receiver::{ControlChannel, EffectHandler, Receiver};
use crate::engine_api::{
    Capabilities, EngineError, MetricSet, NodeControlMsg, NodeId, NodeUserConfig,
    OTAP_RECEIVER_FACTORIES, OtapPdata, PipelineContext, ReceiverConfig, ReceiverFactory,
    ReceiverWrapper, TerminalState, WiringContract, deserialize_typed_config,
    validate_typed_config,
};
use crate::headers::transport::HeaderNames;
use crate::urns::HOST_RECEIVER;

/// Both fields are set at start; the receiver has no settings of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(rename = "engine")]
    _engine: u64,
    pipeline: usize,
}

struct HostReceiver {
    engine: Arc<EngineState>,
    pipeline: usize,
    names: HeaderNames,
    metrics: MetricSet<HostMetrics>,
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
        let engine = EngineState::of_node(&node_config.config)?;
        // The first instance sets it; all instances of an engine share one state.
        let _ = engine
            .pressure
            .set(Pressure(pipeline.memory_pressure_state()));
        let receiver = HostReceiver {
            engine,
            pipeline: config.pipeline,
            names: HeaderNames::new()?,
            metrics: HostMetrics::register(&pipeline),
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

/// Beyond any deadline; the timer is set before it is waited for.
const FAR: Duration = Duration::from_secs(60 * 60 * 24);

#[async_trait(?Send)]
impl Receiver<OtapPdata> for HostReceiver {
    async fn start(
        self: Box<Self>,
        mut control: ControlChannel<OtapPdata>,
        handler: EffectHandler<OtapPdata>,
    ) -> Result<TerminalState, EngineError> {
        let pipeline = &self.engine.pipelines[self.pipeline];
        let (lane, mut arrivals) = Lane::new(self.engine.config.lane_capacity);
        let measured_lane = Arc::downgrade(&lane);
        // Calls and permits alone hold the lane, so it closes when no call can arrive any more.
        let mut open_lane = Some(pipeline.lanes.open(lane));
        let mut lane_open = true;
        pipeline.starts.fetch_add(1, Ordering::Relaxed);
        handler.signal_ready();
        let mut running =
            RunningReceiver::new(Arc::clone(&self.engine), self.names, self.metrics, handler);
        let timer = tokio::time::sleep(FAR);
        tokio::pin!(timer);
        let mut armed = None;
        let mut drain_until = None;
        loop {
            while let Ok(message) = arrivals.try_recv() {
                running.accept(message);
            }
            running.expire(Instant::now());
            running.pump();
            if let Some(until) = drain_until {
                let late = Instant::now() >= until;
                if late {
                    running.abandon();
                }
                if late || (!lane_open && running.is_idle()) {
                    running.handler.notify_receiver_drained().await?;
                    return Ok(TerminalState::new(
                        until,
                        running.metrics.terminal_snapshots(),
                    ));
                }
            }
            let next = running.first_timer().into_iter().chain(drain_until).min();
            if next != armed {
                if let Some(next) = next {
                    timer.as_mut().reset(next.into());
                }
                armed = next;
            }
            // Deadlines were looked at above; answers come before new calls.
            tokio::select! {
                biased;
                message = control.recv() => match message? {
                    NodeControlMsg::Ack(ack) => {
                        running.answer(ack.unwind.route.calldata.first(), Ok(Success::default()));
                    }
                    NodeControlMsg::Nack(nack) => running.refuse(nack),
                    NodeControlMsg::DrainIngress { deadline, .. } => {
                        drop(open_lane.take());
                        let most = deadline.checked_sub(DRAIN_MARGIN).unwrap_or(deadline);
                        drain_until = Some(self.engine.drain_until(deadline).unwrap_or(most));
                    }
                    NodeControlMsg::Shutdown { deadline, .. } => {
                        running.abandon();
                        let metrics = running.metrics.terminal_snapshots();
                        return Ok(TerminalState::new(deadline, metrics));
                    }
                    NodeControlMsg::CollectTelemetry { mut metrics_reporter } => {
                        let queued = measured_lane.upgrade().map_or(0, |lane| lane.depth());
                        running.report(queued, &mut metrics_reporter);
                    }
                    _ => {}
                },
                () = timer.as_mut(), if armed.is_some() => armed = None,
                () = running.unblocked(), if running.is_blocked() => {}
                message = arrivals.recv(), if lane_open => match message {
                    Some(message) => running.accept(message),
                    None => lane_open = false,
                },
                // Last, for waking the host costs more than answering a call
                () = std::future::ready(()), if running.has_unannounced() => running.announce(),
            }
        }
    }
}
