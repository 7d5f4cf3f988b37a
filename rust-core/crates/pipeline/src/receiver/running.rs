// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! One running instance of the host receiver.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use ferrule_context::{CancelCause, Error, Outcome};
use ferrule_otlp::Signal;
use otel_arrow_dfe_channel::error::SendError;
use otel_arrow_dfe_config::SignalType;
use otel_arrow_dfe_config::context::ContextEntryName;
use otel_arrow_dfe_config::transport_headers::{TransportHeader, TransportHeaders};
use otel_arrow_dfe_engine::control::{Context8u8, NackMsg};
use otel_arrow_dfe_engine::error::TypedError;
use otel_arrow_dfe_engine::local::receiver::EffectHandler;
use otel_arrow_dfe_engine::{
    Interests, MessageSourceLocalEffectHandlerExtension, ProducerEffectHandlerExtension,
};
use otel_arrow_dfe_otap::pdata::{Context, OtapPdata};
use otel_arrow_dfe_pdata::OtlpProtoBytes;
use smallvec::smallvec;

use super::in_flight::InFlight;
use crate::lane::{LaneMessage, QueuedCall};
use crate::nack;
use crate::shared::Shared;

type BlockedSend = Pin<Box<dyn Future<Output = Result<(), TypedError<OtapPdata>>>>>;

/// One running instance.
pub(super) struct Running {
    shared: Arc<Shared>,
    call_id_name: ContextEntryName,
    pub(super) handler: EffectHandler<OtapPdata>,
    /// Before `in_flight`, so that calls that were never sent say so when both are dropped.
    queue: VecDeque<QueuedCall>,
    pub(super) in_flight: InFlight,
    blocked: Option<(u64, BlockedSend)>,
}

impl Running {
    pub(super) fn new(
        shared: Arc<Shared>,
        call_id_name: ContextEntryName,
        handler: EffectHandler<OtapPdata>,
    ) -> Self {
        Self {
            in_flight: InFlight::new(Arc::clone(&shared.calls)),
            shared,
            call_id_name,
            handler,
            queue: VecDeque::new(),
            blocked: None,
        }
    }

    pub(super) fn is_blocked(&self) -> bool {
        self.blocked.is_some()
    }

    /// Waits until the pipeline took the message that it had no room for.
    ///
    /// # Cancel safety
    /// Safe: the send stays until it is done.
    pub(super) async fn unblocked(&mut self) {
        let Some((call_id, send)) = &mut self.blocked else {
            return std::future::pending().await;
        };
        let (call_id, result) = (*call_id, send.await);
        self.blocked = None;
        if result.is_err() {
            self.unsent(call_id);
        }
    }

    pub(super) fn accept(&mut self, message: LaneMessage) {
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

    /// Finishes calls whose deadline has passed and gives up their places in the lane.
    pub(super) fn expire(&mut self, now: Instant) {
        if self.in_flight.expire(now) {
            self.queue.retain(|queued| !queued.call.is_finished());
        }
    }

    /// Hands queued calls to the pipeline until it is full.
    pub(super) fn pump(&mut self) {
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

    fn unsent(&mut self, call_id: u64) {
        self.in_flight.remove(call_id);
        let error = Error::retryable("the pipeline is being restarted or stopped");
        self.shared.calls.finish_if_open(call_id, Err(error));
    }

    pub(super) fn refuse(&mut self, nack: NackMsg<OtapPdata>) {
        let retry_delay = self.shared.config.retry_delay();
        let error = nack::error_of(&nack.reason, nack.permanent, nack.cause, retry_delay);
        self.answer(nack.unwind.route.calldata.first(), Err(error));
    }

    pub(super) fn answer(&mut self, calldata: Option<&Context8u8>, outcome: Outcome) {
        if let Some(calldata) = calldata {
            let call_id = u64::from(*calldata);
            self.in_flight.remove(call_id);
            self.shared.calls.finish(call_id, outcome);
        }
    }

    /// Finishes what is left, because the engine stops.
    pub(super) fn abandon(&mut self) {
        self.in_flight
            .finish_all(&Error::cancelled(CancelCause::Shutdown));
        self.queue.clear();
        self.blocked = None;
    }

    pub(super) fn is_idle(&self) -> bool {
        self.in_flight.is_empty() && self.queue.is_empty()
    }
}

fn signal_type(signal: Signal) -> SignalType {
    match signal {
        Signal::Traces => SignalType::Traces,
        Signal::Metrics => SignalType::Metrics,
        Signal::Logs => SignalType::Logs,
    }
}
