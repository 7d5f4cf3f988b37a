// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The `batch` processor: the engine's own merge and split, for messages that belong to calls.

mod buffer;
mod config;
mod gather;
mod member;
mod merge;
mod metrics;
mod outcome;
mod sent;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ferrule_context::merging::PartitionNames;
use linkme::distributed_slice;
use tokio_util::task::AbortOnDropHandle;

use self::buffer::Buffers;
use self::config::{Config, Plans};
use self::member::PendingCounter;
use self::metrics::BatchMetrics;
use self::sent::SentBatches;
use crate::engine::state::EngineState;
use crate::engine_api::local::processor::{EffectHandler, Processor};
use crate::engine_api::{
    Capabilities, EngineError, LocalWakeupRequirements, Message, NodeControlMsg, NodeId,
    NodeUserConfig, OTAP_PROCESSOR_FACTORIES, OtapPdata, PipelineContext, ProcessorConfig,
    ProcessorFactory, ProcessorRuntimeRequirements, ProcessorWrapper, WakeupSlot, WiringContract,
};
use crate::headers::transport::HeaderNames;
use crate::urns::BATCH_PROCESSOR;

/// While calls are here: how soon those that have ended meanwhile are nacked. Shorter than the
/// grace that calls have after their outcome.
const LOOK_INTERVAL: Duration = Duration::from_millis(200);

/// While the engine is being stopped, data waits for more no longer than this.
const DRAIN_WAIT: Duration = Duration::from_millis(10);

const TIMER: WakeupSlot = WakeupSlot(0);
const STOPPING: WakeupSlot = WakeupSlot(1);

struct BatchProcessor {
    engine: Arc<EngineState>,
    config: Config,
    plans: Plans,
    names: PartitionNames,
    header_names: HeaderNames,
    most_members: usize,
    most_outputs: usize,
    buffers: Buffers,
    outputs: SentBatches,
    members: PendingCounter,
    metrics: BatchMetrics,
    /// When the timer fires.
    armed: Option<Instant>,
    stop_watch: Option<AbortOnDropHandle<()>>,
}

#[allow(
    unsafe_code,
    reason = "the engine collects factories in a link section"
)]
#[distributed_slice(OTAP_PROCESSOR_FACTORIES)]
static FACTORY: ProcessorFactory<OtapPdata> = ProcessorFactory {
    name: BATCH_PROCESSOR,
    create: |pipeline: PipelineContext,
             node: NodeId,
             node_config: Arc<NodeUserConfig>,
             processor_config: &ProcessorConfig,
             _: &Capabilities| {
        let engine = EngineState::of_node(&node_config.config)?;
        let config = Config::parse(&node_config.config)?;
        let limit = |limit: Option<std::num::NonZeroUsize>| {
            limit.map_or(engine.config.max_in_flight, Into::into)
        };
        let processor = BatchProcessor {
            plans: Plans::new(&config)?,
            names: config.partition_names(),
            header_names: HeaderNames::new()?,
            most_members: limit(config.inbound_request_limit),
            most_outputs: limit(config.outbound_request_limit),
            config,
            engine,
            buffers: Buffers::default(),
            outputs: SentBatches::default(),
            members: PendingCounter::default(),
            metrics: BatchMetrics::register(&pipeline),
            armed: None,
            stop_watch: None,
        };
        Ok(ProcessorWrapper::local(
            processor,
            node,
            node_config,
            processor_config,
        ))
    },
    context_declarations: None,
    wiring_contract: WiringContract::UNRESTRICTED,
    validate_config: |config| Config::parse(config).map(|_| ()),
};

#[async_trait(?Send)]
impl Processor<OtapPdata> for BatchProcessor {
    async fn process(
        &mut self,
        message: Message<OtapPdata>,
        handler: &mut EffectHandler<OtapPdata>,
    ) -> Result<(), EngineError> {
        self.watch_stop(handler);
        match message {
            Message::PData(data) => self.accept(data, handler).await,
            Message::Control(NodeControlMsg::Ack(ack)) => {
                self.delivered(&ack.unwind, handler).await;
            }
            Message::Control(NodeControlMsg::Nack(nack)) => self.refused(&nack, handler).await,
            Message::Control(NodeControlMsg::Wakeup { slot, .. }) => {
                if slot == STOPPING {
                    self.buffers.hurry(Instant::now() + DRAIN_WAIT);
                } else {
                    self.armed = None;
                    self.nack_dead(handler).await;
                    self.flush_due(Instant::now(), handler).await;
                    self.buffers.refresh();
                }
            }
            Message::Control(NodeControlMsg::Shutdown { .. }) => {
                let now = Instant::now();
                self.buffers.hurry(now);
                self.flush_due(now, handler).await;
                return Ok(());
            }
            Message::Control(NodeControlMsg::CollectTelemetry {
                mut metrics_reporter,
            }) => {
                let counts = &mut self.metrics.counts;
                counts.pending_members.set(self.members.taken() as u64);
                counts.pending_batches.set(self.outputs.len() as u64);
                self.metrics.report(&mut metrics_reporter);
                return Ok(());
            }
            Message::Control(_) => return Ok(()),
        }
        self.arm(handler);
        Ok(())
    }

    fn accept_pdata(&self) -> bool {
        self.members.taken() < self.most_members && self.outputs.len() < self.most_outputs
    }

    fn runtime_requirements(&self) -> ProcessorRuntimeRequirements {
        ProcessorRuntimeRequirements {
            local_wakeups: Some(LocalWakeupRequirements::new(2)),
            ..ProcessorRuntimeRequirements::none()
        }
    }
}

impl BatchProcessor {
    async fn flush_due(&mut self, now: Instant, handler: &EffectHandler<OtapPdata>) {
        for (key, trigger) in self.buffers.due(now) {
            self.flush(&key, trigger, handler).await;
        }
    }

    async fn nack_dead(&mut self, handler: &EffectHandler<OtapPdata>) {
        for waiting in self.buffers.take_dead() {
            self.metrics.counts.dropped.inc();
            waiting.member.nack_ended(handler).await;
        }
        for member in self.outputs.dead_members() {
            member.nack_ended(handler).await;
        }
    }

    /// Sets the timer to what is due first.
    fn arm(&mut self, handler: &EffectHandler<OtapPdata>) {
        if self.members.taken() == 0 {
            return;
        }
        let due = self.buffers.next_due();
        let next = match self.armed {
            // It was set while something was here, so it fires before another look is due
            Some(armed) => due.filter(|due| *due < armed),
            None => {
                let look = Instant::now() + LOOK_INTERVAL;
                Some(due.map_or(look, |due| due.min(look)))
            }
        };
        if let Some(next) = next {
            // It is refused only while the node ends, which flushes everything
            self.armed = handler.set_wakeup(TIMER, next).is_ok().then_some(next);
        }
    }

    /// Once the engine is being stopped nothing waits for more; processors get no message of it.
    fn watch_stop(&mut self, handler: &EffectHandler<OtapPdata>) {
        if self.stop_watch.is_none() {
            let (engine, handler) = (Arc::clone(&self.engine), handler.clone());
            let watch = tokio::task::spawn_local(async move {
                engine.stopping().await;
                let _ = handler.set_wakeup(STOPPING, Instant::now());
            });
            self.stop_watch = Some(AbortOnDropHandle::new(watch));
        }
    }
}
