// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! The loop of an exporter, and the way of one message through it.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use ferrule_context::{Call, CancelCause, Error, ErrorKind, Found, LogLevel, Success};
use otel_arrow_dfe_config::SignalType;
use otel_arrow_dfe_engine::ConsumerEffectHandlerExtension;
use otel_arrow_dfe_engine::control::{AckMsg, NackCause, NackMsg, NodeControlMsg};
use otel_arrow_dfe_engine::error::Error as EngineError;
use otel_arrow_dfe_engine::local::exporter::{EffectHandler, Exporter};
use otel_arrow_dfe_engine::message::{ExporterInbox, Message};
use otel_arrow_dfe_engine::terminal_state::TerminalState;
use otel_arrow_dfe_otap::otlp_exporter::InFlightExports;
use otel_arrow_dfe_otap::pdata::{OtapPdata, PdataDelivery, PdataEffectHandlerExtension};
use otel_arrow_dfe_pdata_codec::{EncodePolicy, PdataEncoding};
use otel_arrow_dfe_telemetry::metrics::MetricSetSnapshot;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::retry::RetrySettings;
use super::{Client, Failure, Request, headers_of};
use crate::shared::{Shared, call_id_of};

/// Less is not worth an attempt, and cannot be told to a downstream over HTTP.
const LEAST: Duration = Duration::from_millis(1);

/// At most one line of log in this time.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// Between our giving up and the engine's, so that the Nacks still get through.
const DRAIN_MARGIN: Duration = Duration::from_millis(50);

/// What both exporters are made of.
pub(super) struct Node<C> {
    pub(super) shared: Arc<Shared>,
    pub(super) client: C,
    pub(super) retry: RetrySettings,
    /// Time that one attempt may take.
    pub(super) timeout: Option<Duration>,
    pub(super) max_in_flight: usize,
}

/// Shared by all messages of one running exporter.
struct Running<C> {
    node: Node<C>,
    places: Semaphore,
    /// Cancelled when the drain is over.
    stop: CancellationToken,
    quiet_until: Cell<Option<Instant>>,
}

/// A message on its way out.
struct Job {
    call: Option<Arc<Call>>,
    signal: SignalType,
    content: Bytes,
    delivery: PdataDelivery,
}

/// How it ended.
struct Done {
    call: Option<Arc<Call>>,
    delivery: PdataDelivery,
    result: Result<Success, Lost>,
}

enum Lost {
    /// The call has its outcome already.
    GivenUp,
    Failed(Error),
}

impl From<Error> for Lost {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl<C: Client> Node<C> {
    /// Runs until the engine shuts the exporter down. Messages are always taken from the inbox,
    /// and wait for a place here, so that those whose call ends can be let go of at once.
    pub(super) async fn run(
        self,
        mut inbox: ExporterInbox<OtapPdata>,
        handler: EffectHandler<OtapPdata>,
    ) -> Result<TerminalState, EngineError> {
        let plan = handler.resolve_encoding_plan(&PdataEncoding::OTLP, EncodePolicy::default())?;
        let running = Rc::new(Running {
            places: Semaphore::new(self.max_in_flight),
            stop: CancellationToken::new(),
            quiet_until: Cell::new(None),
            node: self,
        });
        let shared = Arc::clone(&running.node.shared);
        // Messages of calls are bounded by the calls in flight; others are by this.
        let most_held = shared.config.max_in_flight.max(running.node.max_in_flight);
        let mut exports = InFlightExports::new();
        loop {
            let has_room = exports.len() < most_held;
            let message = tokio::select! {
                biased;
                Some(done) = exports.next_completion(), if !exports.is_empty() => {
                    answer(&shared, &handler, done).await;
                    continue;
                }
                message = inbox.recv_when(has_room) => message?,
            };
            match message {
                Message::Control(NodeControlMsg::Shutdown { deadline, .. }) => {
                    let own = *shared.drain_deadline.lock();
                    let until = own.map_or(deadline, |own| own.min(deadline));
                    let until = until.checked_sub(DRAIN_MARGIN).unwrap_or(until);
                    let over = tokio::time::sleep_until(until.into());
                    tokio::pin!(over);
                    while !exports.is_empty() {
                        tokio::select! {
                            biased;
                            Some(done) = exports.next_completion() => {
                                answer(&shared, &handler, done).await;
                            }
                            () = &mut over, if !running.stop.is_cancelled() => running.stop.cancel(),
                        }
                    }
                    return Ok(TerminalState::new(
                        deadline,
                        Vec::<MetricSetSnapshot>::new(),
                    ));
                }
                Message::Control(_) => {}
                Message::PData(data) => {
                    let call = match call_id_of(&data).map(|id| shared.calls.find(id)) {
                        Some(Found::Open(call)) => Some(call),
                        Some(Found::GivenUp) => {
                            let delivery = data.into_delivery();
                            let result = Err(Lost::GivenUp);
                            answer(
                                &shared,
                                &handler,
                                Done {
                                    call: None,
                                    delivery,
                                    result,
                                },
                            )
                            .await;
                            continue;
                        }
                        Some(Found::Unknown) | None => None,
                    };
                    let signal = data.signal_type();
                    let (context, mut payload) = data.into_parts();
                    let encoded = handler.encode_owned(&mut payload, &plan).await;
                    let delivery = OtapPdata::new(context, payload).into_delivery();
                    match encoded {
                        Ok(content) => exports.push(Rc::clone(&running).deliver(Job {
                            call,
                            signal,
                            content,
                            delivery,
                        })),
                        Err(error) => {
                            let text = crate::text::clean(&error.to_string());
                            let error =
                                Error::permanent(format!("the data cannot be encoded: {text}"));
                            let result = Err(Lost::Failed(error));
                            answer(
                                &shared,
                                &handler,
                                Done {
                                    call,
                                    delivery,
                                    result,
                                },
                            )
                            .await;
                        }
                    }
                }
            }
        }
    }
}

#[async_trait(?Send)]
impl<C: Client> Exporter<OtapPdata> for Node<C> {
    async fn start(
        self: Box<Self>,
        inbox: ExporterInbox<OtapPdata>,
        handler: EffectHandler<OtapPdata>,
    ) -> Result<TerminalState, EngineError> {
        self.run(inbox, handler).await
    }
}

impl<C: Client> Running<C> {
    /// Delivers a message, or gives up once nobody waits for it any more.
    async fn deliver(self: Rc<Self>, job: Job) -> Done {
        let Job {
            call,
            signal,
            content,
            delivery,
        } = job;
        let result = tokio::select! {
            biased;
            lost = given_up(call.as_deref()) => Err(lost),
            () = self.stop.cancelled() => Err(Error::cancelled(CancelCause::Shutdown).into()),
            result = self.export(call.as_deref(), signal, content) => result.map_err(Lost::Failed),
        };
        Done {
            call,
            delivery,
            result,
        }
    }

    /// Sends until it works or is in vain.
    async fn export(
        &self,
        call: Option<&Call>,
        signal: SignalType,
        content: Bytes,
    ) -> Result<Success, Error> {
        let node = &self.node;
        let (headers, dropped) = call
            .map(|call| headers_of(&node.client, call))
            .unwrap_or_default();
        if dropped > 0 {
            node.shared
                .dropped_headers
                .fetch_add(dropped, Ordering::Relaxed);
        }
        let mut place = self.place().await;
        let body = node.client.body(content)?;
        let request = Request {
            signal,
            body,
            headers,
        };
        let start = Instant::now();
        let mut attempts = 0;
        loop {
            let failure = match self.attempt(call, request.clone()).await {
                Ok(success) => return Ok(success),
                Err(failure) => failure,
            };
            attempts += 1;
            drop(place);
            self.log(&failure);
            let now = Instant::now();
            let remaining = time_left(call, now);
            let elapsed = now.saturating_duration_since(start);
            let Some(wait) = node
                .retry
                .wait(&failure.error, attempts, elapsed, remaining)
            else {
                return Err(self.with_delay(failure.error));
            };
            tokio::time::sleep(wait).await;
            place = self.place().await;
        }
    }

    async fn attempt(&self, call: Option<&Call>, request: Request) -> Result<Success, Failure> {
        let remaining = time_left(call, Instant::now());
        if remaining.is_some_and(|remaining| remaining < LEAST) {
            return Err(Error::timeout().into());
        }
        if let Some(call) = call {
            call.note_attempt();
        }
        let timeout = self.node.timeout;
        let limit = remaining.into_iter().chain(timeout).min();
        let send = self.node.client.send(request, limit);
        let Some(limit) = limit else {
            return send.await;
        };
        match tokio::time::timeout(limit, send).await {
            Ok(result) => result,
            Err(_) if Some(limit) == remaining => Err(Error::timeout().into()),
            Err(_) => Err(Error {
                grpc_code: Some(4),
                delivery_unknown: true,
                ..Error::retryable("the downstream did not answer within the exporter's timeout")
            }
            .into()),
        }
    }

    async fn place(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        // The semaphore is never closed, so there always is one.
        self.places.acquire().await.ok()
    }

    /// A downstream that is exhausted but does not say for how long.
    fn with_delay(&self, mut error: Error) -> Error {
        if error.kind == ErrorKind::ResourceExhausted && error.retry_delay.is_none() {
            error.retry_delay = Some(self.node.shared.config.retry_delay());
        }
        error
    }

    fn log(&self, failure: &Failure) {
        let Some(detail) = &failure.detail else {
            return;
        };
        let now = Instant::now();
        if self.quiet_until.get().is_none_or(|until| until <= now) {
            self.quiet_until.set(Some(now + LOG_INTERVAL));
            let text = format!("{} ({detail})", failure.error.message);
            self.node.shared.log(LogLevel::Warn, C::TARGET, text);
        }
    }
}

/// Time that a call has left; none if there is no limit. A call that succeeded already, because
/// a node keeps the data and answered early, has none any more.
fn time_left(call: Option<&Call>, now: Instant) -> Option<Duration> {
    let call = call.filter(|call| !call.is_finished())?;
    Some(call.time_left(now).unwrap_or_default())
}

/// Completes once a call failed or is overdue.
///
/// # Cancel safety
/// Safe: nothing is lost when the future is dropped.
async fn given_up(call: Option<&Call>) -> Lost {
    let Some(call) = call else {
        return std::future::pending().await;
    };
    tokio::select! {
        biased;
        () = call.finished() => {}
        () = tokio::time::sleep_until(call.deadline().into()) => {}
    }
    match call.ending() {
        None => Lost::Failed(Error::timeout()),
        Some(ending) if ending.failure.is_some() => Lost::GivenUp,
        Some(_) => std::future::pending().await,
    }
}

/// Sends the Ack or the Nack. Neither can fail unless the pipeline is gone.
async fn answer(shared: &Shared, handler: &EffectHandler<OtapPdata>, done: Done) {
    let data = done.delivery.into_pdata();
    match done.result {
        Ok(success) => {
            if success != Success::default()
                && let Some(call) = done.call
            {
                call.note_warning(success);
            }
            let _ = handler.notify_ack(AckMsg::new(data)).await;
        }
        Err(Lost::GivenUp) => {
            let reason = "nobody waits for the data any more";
            let nack = NackMsg::new_permanent_with_cause(reason, data, NackCause::Refused);
            let _ = handler.notify_nack(nack).await;
        }
        Err(Lost::Failed(error)) => {
            let mut nack = NackMsg::new("", data);
            // Whoever retries above must not do so in vain.
            nack.permanent = error.is_permanent() || error.kind == ErrorKind::Timeout;
            nack.reason = shared.reason_of(error);
            let _ = handler.notify_nack(nack).await;
        }
    }
}
