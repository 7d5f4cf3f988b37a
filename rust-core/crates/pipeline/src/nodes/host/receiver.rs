// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! One running instance of the host receiver.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use ferrule_context::Outcome;
use smallvec::smallvec;

use super::in_flight::{InFlight, Stage};
use super::lingering::Lingering;
use super::metrics::HostMetrics;
use crate::admission::lane::{LaneMessage, QueuedCall};
use crate::engine::state::EngineState;
use crate::engine_api::local::receiver::EffectHandler;
use crate::engine_api::{
    Context, Context8u8, Interests, MessageSourceLocalEffectHandlerExtension, MetricSet,
    MetricsReporter, NackMsg, OtapPdata, OtlpProtoBytes, ProducerEffectHandlerExtension, SendError,
    TypedError,
};
use crate::error::nack;
use crate::headers::transport::HeaderNames;
use crate::signal::signal_type;

type BlockedSend = Pin<Box<dyn Future<Output = Result<(), TypedError<OtapPdata>>>>>;

/// A running instance of the host receiver: its queue, its calls and its timers.
pub(super) struct RunningReceiver {
    engine: Arc<EngineState>,
    names: HeaderNames,
    pub(super) handler: EffectHandler<OtapPdata>,
    /// Before `in_flight`, so that calls that were never sent say so when both are dropped.
    queue: VecDeque<QueuedCall>,
    pub(super) in_flight: InFlight,
    pub(super) lingering: Lingering,
    blocked: Option<(u64, BlockedSend)>,
    /// Answers that the host was not woken for.
    unannounced: usize,
    pub(super) metrics: MetricSet<HostMetrics>,
}

/// Most answers that the host is not woken for, so that a long row of them does not wait.
const MOST_UNANNOUNCED: usize = 64;

impl RunningReceiver {
    pub(super) fn new(
        engine: Arc<EngineState>,
        names: HeaderNames,
        metrics: MetricSet<HostMetrics>,
        handler: EffectHandler<OtapPdata>,
    ) -> Self {
        Self {
            in_flight: InFlight::new(Arc::clone(&engine.calls)),
            lingering: Lingering::new(Arc::clone(&engine)),
            engine,
            names,
            handler,
            queue: VecDeque::new(),
            blocked: None,
            unannounced: 0,
            metrics,
        }
    }

    /// Reports what was counted, and how many calls are in the lane; what cannot be reported now
    /// is reported next time.
    pub(super) fn report(&mut self, queued: usize, reporter: &mut MetricsReporter) {
        self.metrics.queued.set(queued as u64);
        self.metrics.in_flight.set(self.in_flight.len() as u64);
        let _ = reporter.report(&mut self.metrics);
    }

    /// Whether the host must be woken for answers.
    pub(super) fn has_unannounced(&self) -> bool {
        self.unannounced > 0
    }

    /// Wakes the host for the answers since the last time.
    pub(super) fn announce(&mut self) {
        self.unannounced = 0;
        self.engine.calls.announce();
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
                if queued.call.is_finished() {
                    self.metrics.dropped.inc();
                } else {
                    self.in_flight
                        .insert(queued.call.id(), queued.call.deadline());
                    self.queue.push_back(queued);
                }
            }
            LaneMessage::Released(call_id, ended) => match self.in_flight.remove(call_id) {
                Some(Stage::Queued) => {
                    self.metrics.dropped.inc();
                    self.queue.retain(|queued| queued.call.id() != call_id);
                    self.lingering.check(ended, Instant::now());
                }
                Some(Stage::Sent) => self.release(call_id, ended),
                // Answered meanwhile, or not here yet; then it is dropped when it arrives.
                None => {}
            },
        }
    }

    /// Finishes calls whose deadline has passed and gives their permits back.
    pub(super) fn expire(&mut self, now: Instant) {
        let mut any_queued = false;
        while let Some((call_id, stage)) = self.in_flight.expire(now) {
            match stage {
                Stage::Queued => {
                    self.metrics.dropped.inc();
                    any_queued = true;
                }
                Stage::Sent => self.release(call_id, now),
            }
        }
        if any_queued {
            self.queue.retain(|queued| !queued.call.is_finished());
        }
        self.lingering.expire(now);
    }

    /// Drops the data of a call that ended, or watches the pipeline do so.
    fn release(&mut self, call_id: u64, ended: Instant) {
        match &self.blocked {
            Some((blocked, _)) if *blocked == call_id => self.blocked = None,
            _ => self.lingering.insert(call_id, ended),
        }
    }

    /// The next instant at which [`RunningReceiver::expire`] has something to do.
    pub(super) fn first_timer(&self) -> Option<Instant> {
        let deadline = self.in_flight.first_deadline();
        deadline.into_iter().chain(self.lingering.first()).min()
    }

    /// Hands queued calls to the pipeline until it is full.
    pub(super) fn pump(&mut self) {
        while self.blocked.is_none()
            && let Some(queued) = self.queue.pop_front()
        {
            if queued.call.is_finished() {
                self.metrics.dropped.inc();
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
                self.metrics.blocked.inc();
                let handler = self.handler.clone();
                let send = async move { handler.send_message_with_source_node(data).await };
                self.blocked = Some((call_id, Box::pin(send)));
            }
            Err(_) => self.unsent(call_id),
        }
    }

    fn message(&mut self, queued: QueuedCall) -> OtapPdata {
        let QueuedCall {
            call,
            signal,
            payload,
            guard,
            ..
        } = queued;
        guard.disarm();
        self.metrics.sent.inc();
        call.mark_dispatched();
        self.engine
            .calls
            .step(&call, || "sent into the pipeline".to_owned());
        self.in_flight.mark_sent(call.id());
        let mut data = OtapPdata::new(
            Context::with_capacity(4),
            OtlpProtoBytes::new_from_bytes(signal_type(signal), payload).into(),
        );
        let (headers, dropped) =
            self.names
                .captured(&call, self.handler.capture_policy(), &self.engine.outbound);
        if dropped > 0 {
            self.engine
                .dropped_headers
                .fetch_add(dropped, Ordering::Relaxed);
        }
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
        self.engine
            .calls
            .finish_if_open(call_id, Err(nack::closed()));
    }

    pub(super) fn refuse(&mut self, nack: NackMsg<OtapPdata>) {
        let error = self.engine.error_of(&nack);
        self.answer(nack.unwind.route.calldata.first(), Err(error));
    }

    pub(super) fn answer(&mut self, calldata: Option<&Context8u8>, outcome: Outcome) {
        if let Some(calldata) = calldata {
            let call_id = u64::from(*calldata);
            self.metrics.answered.inc();
            self.in_flight.remove(call_id);
            self.lingering.remove(call_id);
            self.engine.calls.finish_quietly(call_id, outcome);
            self.unannounced += 1;
            if self.unannounced == MOST_UNANNOUNCED {
                self.announce();
            }
        }
    }

    /// Finishes what is left, because the engine ends.
    pub(super) fn abandon(&mut self) {
        self.in_flight.finish_all(&self.engine.end_error());
        self.queue.clear();
        self.blocked = None;
    }

    pub(super) fn is_idle(&self) -> bool {
        self.in_flight.is_empty() && self.queue.is_empty()
    }
}

impl Drop for RunningReceiver {
    fn drop(&mut self) {
        self.announce();
    }
}
