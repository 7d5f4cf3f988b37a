// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Inputs: checked, passed on if they are large enough, and else buffered.

use std::num::NonZeroU64;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use ferrule_context::merging::PartitionKey;
use ferrule_context::{Call, Error};

use super::buffer::{BufferKey, BufferedData, Due};
use super::member::Member;
use super::merge::metadata_of;
use super::metrics::Trigger;
use super::{BatchProcessor, DRAIN_WAIT};
use crate::decode::validate;
use crate::engine_api::local::processor::EffectHandler;
use crate::engine_api::{
    AckMsg, ConsumerEffectHandlerExtension, FlowMetricHook, OtapPdata, PdataEffectHandlerExtension,
    PdataPayload,
};
use crate::error::nack;
use crate::error::operation::BATCH;
use crate::signal::signal_of;

impl BatchProcessor {
    pub(super) async fn accept(&mut self, data: OtapPdata, handler: &EffectHandler<OtapPdata>) {
        self.metrics.counts.inputs.inc();
        let Ok(call) = self.engine.call_of(&data) else {
            self.metrics.counts.dropped.inc();
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
                return self.reject(error, data, handler).await;
            }
        };
        let mut data = OtapPdata::new(context, payload);
        let size = match size {
            Ok(size) => size,
            Err(error) => {
                let error = Error::invalid_payload(error.to_string()).during(BATCH);
                return self.reject(error, data, handler).await;
            }
        };
        if size == 0 {
            data.complete_processor_without_output(handler);
            let _ = handler.notify_ack(AckMsg::new(data)).await;
            return;
        }
        if plan.settings().in_passthrough_range(size) {
            self.metrics.counts.passed.inc();
            return self.forward(call.as_deref(), data, handler).await;
        }
        let key = BufferKey {
            plan: plan_number,
            signal,
            partition: self.partition_key(call.as_deref(), &data),
        };
        let (limit, delay) = (
            self.config.partition_limit,
            self.engine.config.retry_delay(),
        );
        let gathered = match self.buffers.size(&key, limit.get(), delay) {
            Ok(gathered) => gathered,
            Err(error) => return self.reject(error, data, handler).await,
        };
        let settings = plan.settings();
        let too_large = |most: NonZeroU64| gathered > 0 && (gathered + size) as u64 > most.get();
        if settings.max_size.is_some_and(too_large) {
            self.flush(&key, Trigger::Size, handler).await;
        }
        self.gather(key, call, data, size, handler).await;
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
            return validate::check(signal_of(payload.signal_type()), bytes);
        }
        if ferrule_otlp::is_whole(bytes) {
            Ok(())
        } else {
            Err(Error::invalid_payload("the data is truncated").during(BATCH))
        }
    }

    async fn gather(
        &mut self,
        key: BufferKey,
        call: Option<Arc<Call>>,
        data: OtapPdata,
        size: usize,
        handler: &EffectHandler<OtapPdata>,
    ) {
        let now = Instant::now();
        let mut due = Due {
            at: now + self.config.max_batch_duration,
            trigger: Trigger::Timeout,
        };
        if let Some(call) = &call {
            let latest = call.deadline().checked_sub(self.config.deadline_margin);
            due = due.or(latest.unwrap_or(now), Trigger::Deadline);
        }
        if self.engine.is_stopping() {
            due = due.or(now + DRAIN_WAIT, Trigger::Drain);
        }
        if let Some(call) = &call {
            self.engine.calls.step(call, || {
                let wait = due.at.saturating_duration_since(now);
                format!("waits in a batch for {wait:?} at most")
            });
        }
        let (context, payload) = data.into_parts();
        let member = Rc::new(Member::new(call, key.signal, context, &self.members));
        let waiting = BufferedData {
            member,
            payload,
            size,
        };
        let (gathered, due) = self.buffers.add(&key, waiting, due);
        let settings = self.plans.get(key.plan).settings();
        if gathered as u64 >= settings.lower_limit() {
            self.flush(&key, Trigger::Size, handler).await;
        } else if due.at <= now {
            self.flush(&key, due.trigger, handler).await;
        }
    }

    fn partition_key(&self, call: Option<&Call>, data: &OtapPdata) -> PartitionKey {
        match call {
            Some(call) => self.names.key(call.metadata()),
            None => self.names.key(&metadata_of(data.transport_headers())),
        }
    }

    async fn reject(&mut self, error: Error, data: OtapPdata, handler: &EffectHandler<OtapPdata>) {
        self.metrics.counts.rejected.inc();
        self.refuse(error, data, handler).await;
    }

    pub(super) async fn refuse(
        &self,
        error: Error,
        data: OtapPdata,
        handler: &EffectHandler<OtapPdata>,
    ) {
        let nack = self.engine.nack_of(error).nack(data);
        // It fails only while the pipeline ends, and then the receiver answers
        let _ = handler.notify_nack(nack).await;
    }
}
