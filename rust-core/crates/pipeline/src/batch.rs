// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The `batch` processor: the engine's own merge and split, for messages that belong to calls.

mod buffer;
mod config;
mod member;
mod merge;
mod output;

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ferrule_context::merging::{PartitionKey, PartitionNames};
use ferrule_context::{Call, Error};
use linkme::distributed_slice;
use otel_arrow_dfe_config::node::NodeUserConfig;
use otel_arrow_dfe_engine::capability::registry::Capabilities;
use otel_arrow_dfe_engine::config::ProcessorConfig;
use otel_arrow_dfe_engine::context::PipelineContext;
use otel_arrow_dfe_engine::control::{AckMsg, NodeControlMsg, WakeupSlot};
use otel_arrow_dfe_engine::error::Error as EngineError;
use otel_arrow_dfe_engine::local::processor::{EffectHandler, Processor};
use otel_arrow_dfe_engine::message::Message;
use otel_arrow_dfe_engine::node::NodeId;
use otel_arrow_dfe_engine::processor::{FlowMetricHook, ProcessorWrapper};
use otel_arrow_dfe_engine::wiring_contract::WiringContract;
use otel_arrow_dfe_engine::{
    ConsumerEffectHandlerExtension, LocalWakeupRequirements, ProcessorFactory,
    ProcessorRuntimeRequirements,
};
use otel_arrow_dfe_otap::OTAP_PROCESSOR_FACTORIES;
use otel_arrow_dfe_otap::pdata::{OtapPdata, PdataEffectHandlerExtension};
use otel_arrow_dfe_pdata_codec::PdataPayload;
use tokio_util::task::AbortOnDropHandle;

use self::buffer::{Buffers, Place, Waiting};
use self::config::{Config, Plans};
use self::member::{Member, Place as MemberPlace};
use self::merge::metadata_of;
use self::output::Outputs;
use crate::codec::{self, signal_of};
use crate::nack::{self, Refusal};
use crate::receiver::headers::HeaderNames;
use crate::shared::Shared;

/// While calls are here: how soon those that have ended meanwhile are let go of. Shorter than
/// the grace that calls have after their outcome.
const LOOK_INTERVAL: Duration = Duration::from_millis(200);

/// While the engine is being stopped, data waits for more no longer than this.
const DRAIN_WAIT: Duration = Duration::from_millis(10);

const TIMER: WakeupSlot = WakeupSlot(0);
const STOPPING: WakeupSlot = WakeupSlot(1);

struct BatchProcessor {
    shared: Arc<Shared>,
    config: Config,
    plans: Plans,
    names: PartitionNames,
    header_names: HeaderNames,
    most_members: usize,
    most_outputs: usize,
    buffers: Buffers,
    outputs: Outputs,
    members: MemberPlace,
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
    name: "urn:ferrule:processor:batch",
    create: |_: PipelineContext,
             node: NodeId,
             node_config: Arc<NodeUserConfig>,
             processor_config: &ProcessorConfig,
             _: &Capabilities| {
        let shared = Shared::of_node(&node_config.config)?;
        let config = Config::parse(&node_config.config)?;
        let limit = |limit: Option<std::num::NonZeroUsize>| {
            limit.map_or(shared.config.max_in_flight, Into::into)
        };
        let processor = BatchProcessor {
            plans: Plans::new(&config)?,
            names: config.partition_names(),
            header_names: HeaderNames::new()?,
            most_members: limit(config.inbound_request_limit),
            most_outputs: limit(config.outbound_request_limit),
            config,
            shared,
            buffers: Buffers::default(),
            outputs: Outputs::default(),
            members: MemberPlace::default(),
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
                    self.let_dead_go(handler).await;
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
    async fn accept(&mut self, data: OtapPdata, handler: &EffectHandler<OtapPdata>) {
        let Ok(call) = self.shared.call_of(&data) else {
            let _ = handler.notify_nack(nack::of_ended(data)).await;
            return;
        };
        let signal = data.signal_type();
        let plan_number = self.plans.number(data.payload_ref().format());
        let plan = self.plans.get(plan_number);
        let (context, mut payload) = data.into_parts();
        let (size, payload) = match self.check(&payload, call.is_some()) {
            Ok(()) => match handler.prepare_batch(plan, &mut payload).await {
                Ok(()) => (plan.settings().sizer.batch_size(&payload), payload),
                Err(error) => (Err(error), payload),
            },
            Err(error) => {
                let data = OtapPdata::new(context, payload);
                return self.refuse(error, data, handler).await;
            }
        };
        let mut data = OtapPdata::new(context, payload);
        let size = match size {
            Ok(size) => size,
            Err(error) => {
                let error = Error::invalid_payload(error.to_string());
                return self.refuse(error, data, handler).await;
            }
        };
        if size == 0 {
            data.complete_processor_without_output(handler);
            let _ = handler.notify_ack(AckMsg::new(data)).await;
            return;
        }
        if plan.settings().in_passthrough_range(size) {
            return self.forward(call.as_deref(), data, handler).await;
        }
        let place = Place {
            plan: plan_number,
            signal,
            key: self.partition_key(call.as_deref(), &data),
        };
        let (limit, delay) = (
            self.config.partition_limit,
            self.shared.config.retry_delay(),
        );
        if let Err(error) = self.buffers.check(&place, limit.get(), delay) {
            return self.refuse(error, data, handler).await;
        }
        self.gather(place, call, data, size, handler).await;
    }

    /// Checks that the data ends where its neighbour in a batch would begin. What came through
    /// the host receiver was validated there.
    fn check(&self, payload: &PdataPayload, is_validated: bool) -> Result<(), Error> {
        let Some(bytes) = payload.encoded_bytes() else {
            return Ok(());
        };
        if !self.plans.is_otlp(payload.format()) {
            return Ok(());
        }
        if !is_validated {
            return codec::check(signal_of(payload.signal_type()), bytes);
        }
        if ferrule_otlp::is_whole(bytes) {
            Ok(())
        } else {
            Err(Error::invalid_payload("the data is truncated"))
        }
    }

    async fn gather(
        &mut self,
        place: Place,
        call: Option<Arc<Call>>,
        data: OtapPdata,
        size: usize,
        handler: &EffectHandler<OtapPdata>,
    ) {
        let settings = self.plans.get(place.plan).settings();
        let gathered = self.buffers.size(&place);
        let too_large =
            |most: std::num::NonZeroU64| gathered > 0 && (gathered + size) as u64 > most.get();
        let (is_full, lower_limit) = (
            settings.max_size.is_some_and(too_large),
            settings.lower_limit(),
        );
        if is_full {
            self.flush(&place, handler).await;
        }
        let now = Instant::now();
        let mut due = now + self.config.max_batch_duration;
        if let Some(call) = &call {
            let latest = call.deadline().checked_sub(self.config.deadline_margin);
            due = due.min(latest.unwrap_or(now));
        }
        if self.shared.is_stopping() {
            due = due.min(now + DRAIN_WAIT);
        }
        if let Some(call) = &call {
            self.shared.calls.step(call, || {
                let wait = due.saturating_duration_since(now);
                format!("waits in a batch for {wait:?} at most")
            });
        }
        let (context, payload) = data.into_parts();
        let member = Rc::new(Member::new(call, place.signal, context, &self.members));
        let waiting = Waiting {
            member,
            payload,
            size,
        };
        let (gathered, due) = self.buffers.add(place.clone(), waiting, due);
        if gathered as u64 >= lower_limit || due <= now {
            self.flush(&place, handler).await;
        }
    }

    fn partition_key(&self, call: Option<&Call>, data: &OtapPdata) -> PartitionKey {
        match call {
            Some(call) => self.names.key(call.metadata()),
            None => self.names.key(&metadata_of(data.transport_headers())),
        }
    }

    async fn refuse(&self, error: Error, data: OtapPdata, handler: &EffectHandler<OtapPdata>) {
        let nack = Refusal::new(&self.shared, error).nack(data);
        // It fails only while the pipeline ends, and then the receiver answers
        let _ = handler.notify_nack(nack).await;
    }

    async fn flush_due(&mut self, now: Instant, handler: &EffectHandler<OtapPdata>) {
        for place in self.buffers.due(now) {
            self.flush(&place, handler).await;
        }
    }

    async fn let_dead_go(&mut self, handler: &EffectHandler<OtapPdata>) {
        for waiting in self.buffers.take_dead() {
            waiting.member.let_go(handler).await;
        }
        for member in self.outputs.dead_members() {
            member.let_go(handler).await;
        }
    }

    /// Sets the timer to what is due first.
    fn arm(&mut self, handler: &EffectHandler<OtapPdata>) {
        let look = (self.members.taken() > 0).then(|| Instant::now() + LOOK_INTERVAL);
        let next = self.buffers.next_due().into_iter().chain(look).min();
        if let Some(next) = next
            && self.armed.is_none_or(|armed| next < armed)
        {
            // It is refused only while the node ends, which flushes everything
            self.armed = handler.set_wakeup(TIMER, next).is_ok().then_some(next);
        }
    }

    /// Once the engine is being stopped nothing waits for more; nobody tells a processor else.
    fn watch_stop(&mut self, handler: &EffectHandler<OtapPdata>) {
        if self.stop_watch.is_none() {
            let (shared, handler) = (Arc::clone(&self.shared), handler.clone());
            let watch = tokio::task::spawn_local(async move {
                shared.stopping().await;
                let _ = handler.set_wakeup(STOPPING, Instant::now());
            });
            self.stop_watch = Some(AbortOnDropHandle::new(watch));
        }
    }
}
